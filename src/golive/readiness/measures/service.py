"""Measures of the running service: latency, errors, late inputs, versions, contract, write-back, skew, people's response."""

from __future__ import annotations

from datetime import date
from statistics import median

from golive.model.columns import Role
from golive.model.finding import Kind
from golive.model.profile import SMALL_CELL
from golive.model.readiness import Measurement
from golive.outcomes.service.service import OK_WORDS
from golive.readiness.measures.facts import (
    LOOKED,
    Facts,
    Maker,
    Unknown,
    at_most,
    lower,
    rounded_down,
)
from golive.wording.numbers import percent

BUSY = 0.8
"""Hours with at least this share of the calls of the busiest hour are busy."""


def latency(facts: Facts, make: Maker) -> Measurement:
    """REL-01: 95th and 99th percentile of response time as multiples of the declared budget."""
    found = facts.performance.operations.latency_ms
    p95, p99, calls = found.p95, found.p99, found.n
    column = facts.of_log("latency_ms")
    if p95 is None and column is not None and column.live is not None:
        p95, p99 = (column.live.quantiles.get(q) for q in ("0.95", "0.99"))
        calls = column.live.n - column.live.missing - column.live.unparsed
    if p95 is None or p99 is None:
        raise Unknown("the live data has no response times.")
    budget = facts.config.latency_budget_ms
    if not budget:
        raise Unknown("no latency budget is declared.")
    n = make.enough(calls, "calls")
    # Twice the peak load is a test, level 4
    level = make.rank(most=3, p95=p95 / budget, p99=p99 / budget)
    value = f"95 % of answers within {p95:,.0f} ms, 99 % within {p99:,.0f} ms, budget {budget:,.0f} ms ({n:,} calls)."
    return make.level(level, value, n=n, findings=facts.of(Kind.LATENCY_OVER_BUDGET))


def _days(facts: Facts) -> float | None:
    """Calendar days that live data covers, by its time column."""
    time = facts.with_role(Role.TIME)
    if time is None or time.live is None or not time.live.first or not time.live.last:
        return None
    first, last = (date.fromisoformat(day[:10]) for day in (time.live.first, time.live.last))
    return float((last - first).days + 1)


def _successes(facts: Facts) -> tuple[float, int] | None:
    """Successful requests and requests, from the status column: words that mean success against all other values."""
    column = facts.of_log("status")
    if column is None or column.live is None or column.picture is None or not column.picture.live:
        return None
    labels = [label.strip().lower() for label in column.picture.labels]
    if not set(labels) & OK_WORDS:
        return None
    counts = zip(labels, column.picture.live, strict=False)
    return float(sum(c or 0 for label, c in counts if label in OK_WORDS)), column.live.n


def availability(facts: Facts, make: Maker) -> Measurement:
    """REL-02: share of requests that succeed, lower 95 % bound, over the days that the log covers."""
    found, counted = facts.performance.operations.success, _successes(facts)
    low, requests = found.low, found.n
    if low is None and counted is not None:
        low, requests = lower(*counted), counted[1]
    if low is None:
        raise Unknown("the live data has no status of requests.")
    n = make.enough(requests, "calls")
    days = found.days or _days(facts)
    over = f" over {days:.0f} days" if days else ""
    value = f"At least {100 * low:.2f} % of requests succeed (95 % bound, {n:,} requests{over})."
    level = make.rank(success=low)
    if days is not None and days < 30 and level >= 2:
        return make.level(3, value, n=n, unseen="the 30 days that the criterion asks for")
    used = facts.of(Kind.ERROR_RATE)
    return make.level(level, value, n=n, findings=used, document="An agreed service level")


def inputs_ready(facts: Facts, make: Maker) -> Measurement:
    """INT-01: share of live predictions whose required inputs had arrived, lower 95 % bound."""
    ready = facts.performance.operations.inputs_ready
    low, rows = ready.low, ready.n
    late = facts.of(Kind.LATE_INPUTS, verdicts=LOOKED)
    effect = late[0].effect if late else None
    if low is None and effect is not None and effect.live is not None:
        rows = effect.n_live
        low = lower((1 - effect.live) * rows, rows)
    if low is None:
        raise Unknown("the live data does not say when each input arrived.")
    n = make.enough(rows, "live_rows", "live predictions")
    # A contracted delay, level 4, is not in the data
    level = make.rank(least=1, most=3, ready=low)
    value = f"At least {rounded_down(low)} of predictions had every required input (n = {n:,})."
    return make.level(level, value, n=n, findings=late)


def versions(facts: Facts, make: Maker) -> Measurement:
    """MLO-03: share of live predictions that name a registered version. Limits what is claimed of the registry."""
    n = make.enough(facts.live_rows, "live_rows")
    known = facts.performance.versions.known
    column = facts.with_role(Role.MODEL_VERSION)
    if known is None and column is not None and column.live is not None:
        known = 1 - column.live.missing_share
    if known is None:
        raise Unknown("no column names the model version.")
    value = f"{rounded_down(known)} of live predictions name their version (n = {n:,})."
    used = facts.of(Kind.VERSION_MIXED)
    return make.level(make.rank(least=1, known=known), value, n=n, findings=used)


def contract(facts: Facts, make: Maker) -> Measurement:
    """GOV-03: live rows that break the contract and still have an output."""
    n = make.enough(facts.live_rows, "live_rows")
    if facts.performance.contract:
        return _row_by_row(facts, make)
    declared = [(c.name, c.live) for c in facts.features if facts.declared(c.name).required]
    gaps = [(live.missing_share, name) for name, live in declared if live is not None]
    output = facts.output
    if not gaps or output is None or output.live is None:
        raise Unknown(
            "no required column or no output is declared, so there is no contract to check."
        )
    worst, name = max(gaps)
    least = max(0.0, worst - output.live.missing_share)
    value = f"At least {percent(least)} of live rows were scored although required {name} was missing (n = {n:,})."
    found = facts.of(Kind.MISSING_UP, Kind.ALWAYS_MISSING, Kind.MISSING_BLOCK)
    used = [f for f in found if name in f.columns]
    level, unseen = 2 if least > 0.001 else 3, "several columns of one row at once"
    return make.level(level, value, n=n, findings=used, unseen=unseen)


def _row_by_row(facts: Facts, make: Maker) -> Measurement:
    """Rows were held against a contract one by one. 1 to 10 rows, whose share is not told, count as the most they can be."""
    found = facts.performance.contract
    n, share, abstains = found.n or facts.live_rows, found.scored_violations, found.abstained
    named = f"version {found.version} of the contract" if found.version else "the contract"
    broken = facts.of(Kind.CONTRACT_BROKEN)
    if share == 0 and abstains == 0:
        value, unseen = (
            f"No live row breaks {named} (n = {n:,}).",
            "whether the model refuses a row that does",
        )
        return make.level(3, value, n=n, findings=broken, unseen=unseen)
    least = "" if found.all_terms is not False else "At least "
    scored = f"{least}{percent(share)}" if share is not None else f"Fewer than {SMALL_CELL}"
    refused = f"{percent(abstains)} were" if abstains else "none was"
    refused = refused if abstains is not None else f"fewer than {SMALL_CELL} were"
    value = f"{scored} of the live rows break {named} and were still scored; {refused} refused (n = {n:,})."
    level = make.rank(least=2, most=2 if abstains == 0 else 3, violations=at_most(share, n))
    return make.level(level, value, n=n, findings=broken)


def write_back(facts: Facts, make: Maker) -> Measurement:
    """INT-02: writes that reached the right patient. A wrong one refutes every claim."""
    found = facts.performance.write_back
    attempts, right = found.attempts, found.right_patient
    if attempts is None or right is None:
        raise Unknown(
            "no column says whose record a result was written to (operations: written_to)."
        )
    if right < attempts:
        wrong = f"Fewer than {SMALL_CELL}" if found.at_most else f"{attempts - right:,}"
        value = f"{wrong} of {attempts:,} writes reached another patient."
        return make.level(0, value, n=attempts)
    n = make.enough(attempts, "writes")
    return make.level(4, f"All of {n:,} writes reached the right patient.", n=n)


def skew(facts: Facts, make: Maker) -> Measurement:
    """MLO-07: feature values that differ between training and live pipelines on the same keys."""
    found = facts.performance.skew
    if found.share is None:
        raise Unknown("no case (id and time) is in both files, so nothing can be compared.")
    n = make.enough(found.n, "matched_rows")
    value = f"{percent(found.share)} of feature values differ on {n:,} matched rows."
    if found.exact:
        why = "nothing differs to the last digit, so one file may be copied from the other."
        raise Unknown(why, value, n)
    # Continuous checking, level 4, is not in two files
    level = make.rank(most=3, skew=found.share, reproduced=found.reproduced)
    unseen = "whether scores repeat" if found.reproduced is None else ""
    return make.level(level, value, n=n, unseen=unseen)


def reconstruction(facts: Facts, make: Maker) -> Measurement:
    """GOV-07: sampled predictions that can be put together again from the log."""
    found = facts.performance.reconstruction
    if found.share is None:
        raise Unknown("no predictions were reconstructed from the log.")
    n = make.enough(found.n, "predictions", "reconstructed predictions")
    level = make.rank(least=0 if found.share == 0 else 1, reconstructed=found.share)
    value = f"{percent(found.share)} of {n:,} sampled predictions could be reconstructed."
    return make.level(level, value, n=n, document="Review of the explanation")


def bad_input(facts: Facts, make: Maker) -> Measurement:
    """REL-05: faults that live data brought itself, and how many of them got no score.

    A live row with an impossible, unreadable or wrongly scaled input that got a score as if nothing were wrong is a silent
    wrong output. That can refute the criterion; only a test with faults of every kind can confirm it, and that is a
    document.
    """
    found = facts.performance.bad_input
    low, high = found.low, found.high
    if high is None or low is None or found.n is None:
        raise Unknown(
            "live data holds no fault that can be told; a test with injected faults is a document."
        )
    n = make.enough(found.n, "faults", "live rows with an impossible or unreadable input")
    used = [f for f in facts.findings if f.id in found.findings]
    value = f"At most {percent(high)} of {n:,} live rows with an impossible, unreadable or wrongly scaled input got no score."
    # Level 0 ends at 5 % of handled faults, levels 1 and 2 at the policy's bounds of the levels above them
    _, second, third, _ = make.criterion.at_least.get("handled", (None,) * 4)
    second, third = 0.8 if second is None else second, 0.95 if third is None else third
    level = 0 if high < 0.05 else 1 if high < second else 2 if low < third else 3
    return make.level(level, value, n=n, findings=used, unseen="faults of other kinds")


def peak(facts: Facts, make: Maker) -> Measurement:
    """REL-03: 95th percentile of answers in the busiest hours of the live log, against the budget.

    The log shows the load that came, not twice of it: a budget that is missed at the usual peak refutes a load test, a
    budget that is kept confirms nothing above it.
    """
    budget, rows = facts.config.latency_budget_ms, facts.performance.operations.by_hour
    hours = [(r.p95, r.n, r.hour) for r in rows if r.p95 is not None and r.n is not None]
    if not budget:
        raise Unknown("no latency budget is declared.")
    if not hours:
        raise Unknown("the live data has no response times by hour.")
    most = max(calls for _, calls, _ in hours)
    busy = [row for row in hours if row[1] >= BUSY * most]
    worst, _, at = max(busy, key=lambda row: row[0])
    n = sum(calls for _, calls, _ in busy)
    value = (
        f"In the busiest hours 95 % of answers come within {worst:,.0f} ms at worst (from {at}:00), "
        f"budget {budget:,.0f} ms (n = {n:,})."
    )
    if worst <= budget:
        return make.level(3, value, n=n, unseen="a load above the usual peak")
    # 1: it copes with the usual load
    level = 1 if median(p95 for p95, _, _ in hours) <= budget else 0
    return make.level(level, value, n=n, findings=facts.of(Kind.LATENCY_OVER_BUDGET))


def overrides(facts: Facts, make: Maker) -> Measurement:
    """ADO-02: accepted and overridden outputs, and how many overrides give a reason."""
    found = facts.performance.feedback
    over, reasons = found.overrides, found.reasons
    if found.n is None or over is None:
        raise Unknown(
            "no column says whether an output was accepted or overridden (operations: response)."
        )
    n = make.enough(found.n, "shown", "outputs shown")
    value = f"{percent(over)} of {n:,} outputs were overridden"
    if reasons is None:
        level = 1 if over > 0 else 3
        return make.level(level, f"{value}.", n=n, unseen="the reasons of overrides")
    if not reasons:
        return make.level(1, f"{value}, none with a reason.", n=n)
    level = make.rank(least=2, reasons=reasons, overrides=over, accepts=1 - over)
    value = f"{value}, {percent(reasons)} of them with a reason."
    return make.level(level, value, n=n, document="Review of safety overrides")


def alert_burden(facts: Facts, make: Maker) -> Measurement:
    """ADO-04: alerts against the agreed limit (per site and day, or per clinician and shift), repeats, and PPV against its floor."""
    found = facts.performance.alerts
    load, unit = found.load, "site and day"
    if found.per_shift is not None:
        load, unit = found.per_shift, "clinician and shift"
    if load is None:
        raise Unknown("the live data does not say when and where alerts were raised.")
    if not found.limit:
        raise Unknown(f"no limit of alerts is agreed; there are {load:.1f} per {unit}.")
    n = make.enough(found.n, "alerts")
    ppv, floor = facts.performance.at_threshold.ppv.live_value, facts.config.floors.get("ppv")
    below = ppv is not None and floor is not None and ppv < floor
    level = make.rank(most=2 if below else 3, load=load / found.limit, repeats=found.repeats)
    where = f" at {found.where}" if found.where else ""
    value = f"{load:.1f} alerts per {unit}{where}, limit {found.limit:g}"
    value += f"; {percent(found.repeats)} repeat within a day" if found.repeats is not None else ""
    used, unseen = facts.of(Kind.ALERT_RATE_SHIFT), "repeats or the share of useful alerts"
    if found.repeats is None or ppv is None or floor is None:
        return make.level(level, f"{value}.", n=n, findings=used, unseen=unseen)
    return make.level(level, f"{value}; {percent(ppv)} are useful.", n=n, findings=used)


def active_use(facts: Facts, make: Maker) -> Measurement:
    """ADO-05: intended users who use it, and feedback answered within 30 days."""
    found = facts.performance.usage
    active, closed = found.active, found.feedback_closed
    if active is None:
        raise Unknown(
            "no column says who used it (operations: user), or how many are meant to (intended_users)."
        )
    n = make.enough(found.eligible, "users", "intended users")
    level = make.rank(least=1, most=3, active=active, feedback_closed=closed)
    value = f"{percent(active)} of {n:,} intended users are active."
    return make.level(level, value, n=n, unseen="answers to feedback" if closed is None else "")

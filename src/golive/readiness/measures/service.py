"""Measures of the running service: latency, errors, late inputs, versions, contract, write-back, skew, people's response."""

from __future__ import annotations

from datetime import date
from statistics import median

from golive.model.columns import Role
from golive.model.finding import Kind, Verdict
from golive.model.profile import SMALL_CELL
from golive.model.readiness import Measurement
from golive.model.result import ColumnResult
from golive.outcomes.service.service import OK_WORDS
from golive.readiness.measures.facts import BAR, Facts, Maker, at_most, fine
from golive.wording.numbers import percent

BUSY = 0.8
"""Hours with at least this share of the calls of the busiest hour are busy."""


def _column(facts: Facts, name: str | None) -> ColumnResult | None:
    return next((c for c in facts.columns if name and c.name == name), None)


def latency(facts: Facts, make: Maker) -> Measurement:
    """REL-01: 95th and 99th percentile of response time as multiples of the declared budget."""
    found = facts.performance.operations.latency_ms
    p95, p99, n = found.p95, found.p99, found.n
    column = _column(facts, facts.config.operations.latency_ms if facts.config.operations else None)
    if p95 is None and column is not None and column.live is not None:
        p95, p99 = column.live.quantiles.get("0.95"), column.live.quantiles.get("0.99")
        n = column.live.n - column.live.missing - column.live.unparsed
    if p95 is None or p99 is None:
        return make.unknown("the live data has no response times.")
    budget = facts.config.latency_budget_ms
    if not budget:
        return make.unknown("no latency budget is declared.")
    if not make.enough(n, "calls"):
        return make.too_few(n or 0, "calls", "calls")
    # Twice the peak load is a test, level 4
    level = min(make.criterion.level_of(p95=p95 / budget, p99=p99 / budget), 3)
    value = f"95 % of answers within {p95:,.0f} ms, 99 % within {p99:,.0f} ms, budget {budget:,.0f} ms ({n:,.0f} calls)."
    return make.level(level, value, n=int(n or 0), findings=facts.of(Kind.LATENCY_OVER_BUDGET))


def _days(facts: Facts) -> float | None:
    time = facts.with_role(Role.TIME)
    if time is None or time.live is None or not time.live.first or not time.live.last:
        return None
    return float(
        (date.fromisoformat(time.live.last[:10]) - date.fromisoformat(time.live.first[:10])).days
        + 1
    )


def _successes(facts: Facts) -> tuple[float, float] | None:
    """Successful requests and requests, from the status column: words that mean success against all other values."""
    column = _column(facts, facts.config.operations.status if facts.config.operations else None)
    if column is None or column.live is None or column.picture is None or not column.picture.live:
        return None
    labels = [label.strip().lower() for label in column.picture.labels]
    if not set(labels) & OK_WORDS:
        return None
    counts = column.picture.live
    good = sum(c or 0 for label, c in zip(labels, counts, strict=False) if label in OK_WORDS)
    return float(good), float(column.live.n)


def availability(facts: Facts, make: Maker) -> Measurement:
    """REL-02: share of requests that succeed, lower 95 % bound, over the days that the log covers."""
    from golive.stats.proportions import wilson

    found, counted = facts.performance.operations.success, _successes(facts)
    low, n = found.low, found.n
    if low is None and counted is not None:
        low, n = float(wilson(counted[0], counted[1])[0]), int(counted[1])
    if low is None:
        return make.unknown("the live data has no status of requests.")
    if not make.enough(n, "calls"):
        return make.too_few(n or 0, "calls", "calls")
    days = found.days or _days(facts)
    level = make.criterion.level_of(success=low)
    reason = (
        "An agreed service level is a document: evidence decides above level 2."
        if level > 2
        else ""
    )
    over = f" over {days:.0f} days" if days else ""
    value = f"At least {100 * low:.2f} % of requests succeed (95 % bound, {n:,.0f} requests{over})."
    if days is not None and days < 30 and level >= 2:
        return make.partial(3, value, "the 30 days that the criterion asks for", n=int(n or 0))
    return make.level(
        level, value, n=int(n or 0), findings=facts.of(Kind.ERROR_RATE), reason=reason
    )


def inputs_ready(facts: Facts, make: Maker) -> Measurement:
    """INT-01: share of live predictions whose required inputs had arrived, lower 95 % bound."""
    ready = facts.performance.operations.inputs_ready
    low, n = ready.low, ready.n
    late = facts.of(Kind.LATE_INPUTS, verdicts=[Verdict.ALARM, Verdict.WATCH, Verdict.QUIET])
    if low is None and late and late[0].effect is not None and late[0].effect.live is not None:
        from golive.stats.proportions import wilson

        n = late[0].effect.n_live
        low = float(wilson((1 - late[0].effect.live) * n, n)[0])
    if low is None:
        return make.unknown("the live data does not say when each input arrived.")
    if not make.enough(n, "live_rows"):
        return make.too_few(n or 0, "live_rows", "live predictions")
    # A contracted delay, level 4, is not in the data
    level = max(1, min(make.criterion.level_of(ready=low), 3))
    return make.level(
        level,
        f"At least {fine(low)} of predictions had every required input (n = {n:,.0f}).",
        n=int(n or 0),
        findings=late,
    )


def versions(facts: Facts, make: Maker) -> Measurement:
    """MLO-03: share of live predictions that name a registered version. Limits what is claimed of the registry."""
    if not make.enough(facts.live_rows, "live_rows"):
        return make.too_few(facts.live_rows, "live_rows", "live rows")
    known = facts.performance.versions.known
    column = facts.with_role(Role.MODEL_VERSION)
    if known is None and column is not None and column.live is not None:
        known = 1 - column.live.missing_share
    if known is None:
        return make.unknown("no column names the model version.")
    level = max(1, make.criterion.level_of(known=known))
    value = f"{fine(known)} of live predictions name their version (n = {facts.live_rows:,})."
    return make.level(level, value, n=facts.live_rows, findings=facts.of(Kind.VERSION_MIXED))


def contract(facts: Facts, make: Maker) -> Measurement:
    """GOV-03: live rows that break the contract and still have an output."""
    n = facts.live_rows
    if not make.enough(n, "live_rows"):
        return make.too_few(n, "live_rows", "live rows")
    if facts.performance.contract:
        return _counted(facts, make)
    declared = [c for c in facts.features if facts.declared(c.name).required and c.live is not None]
    output = facts.with_role(Role.SCORE) or facts.with_role(Role.PREDICTION)
    if not declared or output is None or output.live is None:
        return make.unknown(
            "no required column or no output is declared, so there is no contract to check."
        )
    gaps = [(c.live.missing_share if c.live else 1.0, c.name) for c in declared]
    worst, name = max(gaps)
    least = max(0.0, worst - output.live.missing_share)
    value = f"At least {percent(least)} of live rows were scored although required {name} was missing (n = {n:,})."
    level = 2 if least > 0.001 else 3
    used = [
        f
        for f in facts.of(Kind.MISSING_UP, Kind.ALWAYS_MISSING, Kind.MISSING_BLOCK)
        if name in f.columns
    ]
    return make.partial(level, value, "several columns of one row at once", n=n, findings=used)


def _counted(facts: Facts, make: Maker) -> Measurement:
    """Rows were held against a contract one by one. 1 to 10 rows, whose share is not told, count as the most they can be."""
    kept = facts.performance.contract
    n, share, abstains = kept.n or facts.live_rows, kept.scored_violations, kept.abstained
    named = f"version {kept.version} of the contract" if kept.version else "the contract"
    broken = facts.of(Kind.CONTRACT_BROKEN)
    if share == 0 and abstains == 0:
        value = f"No live row breaks {named} (n = {n:,})."
        return make.partial(
            3, value, "whether the model refuses a row that does", n=n, findings=broken
        )
    least = "" if kept.all_terms is not False else "At least "
    scored = f"{least}{percent(share)}" if share is not None else f"Fewer than {SMALL_CELL}"
    refused = (
        f"{percent(abstains)} were"
        if abstains
        else "none was"
        if abstains == 0
        else f"fewer than {SMALL_CELL} were"
    )
    value = f"{scored} of the live rows break {named} and were still scored; {refused} refused (n = {n:,})."
    level = max(2, make.criterion.level_of(violations=at_most(share, n)))
    return make.level(min(level, 3 if abstains != 0 else 2), value, n=n, findings=broken)


def write_back(facts: Facts, make: Maker) -> Measurement:
    """INT-02: writes that reached the right patient. A wrong one refutes every claim."""
    found = facts.performance.write_back
    attempts, right = found.attempts, found.right_patient
    if attempts is None or right is None:
        return make.unknown(
            "no column says whose record a result was written to (operations: written_to)."
        )
    if right < attempts:
        wrong = f"Fewer than {SMALL_CELL}" if found.at_most else f"{attempts - right:,.0f}"
        return make.level(
            0, f"{wrong} of {attempts:,.0f} writes reached another patient.", n=int(attempts)
        )
    if not make.enough(attempts, "writes"):
        return make.too_few(attempts, "writes", "writes")
    return make.level(
        4, f"All of {attempts:,.0f} writes reached the right patient.", n=int(attempts)
    )


def skew(facts: Facts, make: Maker) -> Measurement:
    """MLO-07: feature values that differ between training and live pipelines on the same keys."""
    found = facts.performance.skew
    share, n = found.share, found.n
    if share is None:
        return make.unknown("no case (id and time) is in both files, so nothing can be compared.")
    if not make.enough(n, "matched_rows"):
        return make.too_few(n or 0, "matched_rows", "matched rows")
    again = found.reproduced
    known = {"skew": share} | ({"reproduced": again} if again is not None else {})
    # Continuous checking, level 4, is not in two files
    level = min(make.criterion.level_of(**known), 3)
    value = f"{percent(share)} of feature values differ on {n:,.0f} matched rows."
    if found.exact:
        return make.unknown(
            "nothing differs to the last digit, so one file may be copied from the other.",
            value,
            int(n or 0),
        )
    if again is None:
        return make.partial(level, value, "whether scores repeat", n=int(n or 0))
    return make.level(level, value, n=int(n or 0))


def reconstruction(facts: Facts, make: Maker) -> Measurement:
    """GOV-07: sampled predictions that can be put together again from the log."""
    share, n = facts.performance.reconstruction.share, facts.performance.reconstruction.n
    if share is None:
        return make.unknown("no predictions were reconstructed from the log.")
    if not make.enough(n, "predictions"):
        return make.too_few(n or 0, "predictions", "reconstructed predictions")
    level = max(0 if share == 0 else 1, make.criterion.level_of(reconstructed=share))
    reason = (
        "Review of the explanation is a document: evidence decides above level 2."
        if level > 2
        else ""
    )
    return make.level(
        level,
        f"{percent(share)} of {n:,.0f} sampled predictions could be reconstructed.",
        n=int(n or 0),
        reason=reason,
    )


def bad_input(facts: Facts, make: Maker) -> Measurement:
    """REL-05: faults that live data brought itself, and how many of them got no score.

    A live row with an impossible, unreadable or wrongly scaled input that got a score as if nothing were wrong is a silent
    wrong output. That can refute the criterion; only a test with faults of every kind can confirm it, and that is a
    document.
    """
    found = facts.performance.bad_input
    low, high, n = found.low, found.high, found.n
    if high is None or low is None or n is None:
        return make.unknown(
            "live data holds no fault that can be told; a test with injected faults is a document."
        )
    if not make.enough(n, "faults"):
        return make.too_few(n, "faults", "live rows with an impossible or unreadable input")
    used = [f for f in facts.findings if f.id in found.findings]
    value = f"At most {percent(high)} of {n:,.0f} live rows with an impossible, unreadable or wrongly scaled input got no score."
    bounds = _bounds(make)
    level = 0 if high < bounds[0] else 1 if high < bounds[1] else 2 if low < bounds[2] else 3
    return make.partial(level, value, "faults of other kinds", n=int(n), findings=used)


def _bounds(make: Maker) -> tuple[float, float, float]:
    """Shares of handled faults under which level 0, 1 and 2 end: half, and the policy's bounds of levels 2 and 3."""
    at = make.criterion.at_least.get("handled", (None,) * 4)
    return 0.05, at[1] if at[1] is not None else 0.8, at[2] if at[2] is not None else 0.95


def peak(facts: Facts, make: Maker) -> Measurement:
    """REL-03: 95th percentile of answers in the busiest hours of the live log, against the budget.

    The log shows the load that came, not twice of it: a budget that is missed at the usual peak refutes a load test, a
    budget that is kept confirms nothing above it.
    """
    budget, rows = facts.config.latency_budget_ms, facts.performance.operations.by_hour
    hours = [(r.p95, r.n, r.hour) for r in rows if r.p95 is not None and r.n is not None]
    if not budget:
        return make.unknown("no latency budget is declared.")
    if not hours:
        return make.unknown("the live data has no response times by hour.")
    most = max(calls for _, calls, _ in hours)
    busy = [row for row in hours if row[1] >= BUSY * most]
    worst, _, at = max(busy, key=lambda row: row[0])
    n = sum(calls for _, calls, _ in busy)
    value = (
        f"In the busiest hours 95 % of answers come within {worst:,.0f} ms at worst (from {at}:00), "
        f"budget {budget:,.0f} ms (n = {n:,})."
    )
    if worst <= budget:
        return make.partial(3, value, "a load above the usual peak", n=n)
    # 1: it copes with the usual load
    level = 1 if median(p95 for p95, _, _ in hours) <= budget else 0
    return make.level(level, value, n=n, findings=facts.of(Kind.LATENCY_OVER_BUDGET))


def overrides(facts: Facts, make: Maker) -> Measurement:
    """ADO-02: accepted and overridden outputs, and how many overrides give a reason."""
    found = facts.performance.feedback
    shown, over, reasons = found.n, found.overrides, found.reasons
    if shown is None or over is None:
        return make.unknown(
            "no column says whether an output was accepted or overridden (operations: response)."
        )
    if not make.enough(shown, "shown"):
        return make.too_few(shown, "shown", "outputs shown")
    value = f"{percent(over)} of {shown:,.0f} outputs were overridden"
    if reasons is None:
        return make.partial(
            1 if over > 0 else BAR, f"{value}.", "the reasons of overrides", n=int(shown)
        )
    if not reasons:
        return make.level(1, f"{value}, none with a reason.", n=int(shown))
    level = make.criterion.level_of(reasons=reasons, overrides=over, accepts=1 - over)
    level = max(2, level)
    reason = (
        "Review of safety overrides is a document: evidence decides above level 2."
        if level > 2
        else ""
    )
    return make.level(
        level, f"{value}, {percent(reasons)} of them with a reason.", n=int(shown), reason=reason
    )


def alert_burden(facts: Facts, make: Maker) -> Measurement:
    """ADO-04: alerts against the agreed limit (per site and day, or per clinician and shift), repeats, and PPV against its floor."""
    found = facts.performance.alerts
    limit, n, shifts = found.limit, found.n, found.per_shift
    load, unit = (
        (shifts, "clinician and shift") if shifts is not None else (found.load, "site and day")
    )
    if load is None:
        return make.unknown("the live data does not say when and where alerts were raised.")
    if not limit:
        return make.unknown(f"no limit of alerts is agreed; there are {load:.1f} per {unit}.")
    if not make.enough(n, "alerts"):
        return make.too_few(n or 0, "alerts", "alerts")
    repeats = found.repeats
    ppv, floor = facts.performance.at_threshold.ppv.live_value, facts.config.floors.get("ppv")
    known = {"load": load / limit} | ({"repeats": repeats} if repeats is not None else {})
    level = min(make.criterion.level_of(**known), 3)
    if floor is not None and ppv is not None and ppv < floor:
        level = min(level, 2)
    value = f"{load:.1f} alerts per {unit}{f' at {found.where}' if found.where else ''}, limit {limit:g}"
    value += f"; {percent(repeats)} repeat within a day" if repeats is not None else ""
    if repeats is None or ppv is None or floor is None:
        used = facts.of(Kind.ALERT_RATE_SHIFT)
        return make.partial(
            level,
            f"{value}.",
            "repeats or the share of useful alerts",
            n=int(n or 0),
            findings=used,
        )
    return make.level(
        level,
        f"{value}; {percent(ppv)} are useful.",
        n=int(n or 0),
        findings=facts.of(Kind.ALERT_RATE_SHIFT),
    )


def active_use(facts: Facts, make: Maker) -> Measurement:
    """ADO-05: intended users who use it, and feedback answered within 30 days."""
    found = facts.performance.usage
    active, n, closed = found.active, found.eligible, found.feedback_closed
    if active is None:
        return make.unknown(
            "no column says who used it (operations: user), or how many are meant to (intended_users)."
        )
    if not make.enough(n, "users"):
        return make.too_few(n or 0, "users", "intended users")
    known = {"active": active} | ({"feedback_closed": closed} if closed is not None else {})
    level = max(1, min(make.criterion.level_of(**known), 3))
    value = f"{percent(active)} of {n:,.0f} intended users are active."
    if closed is None:
        return make.partial(level, value, "answers to feedback", n=int(n or 0))
    return make.level(level, value, n=int(n or 0))

"""Measures of clinical validation: baseline, validation size, operating point, calibration, groups, silent run, net benefit."""

from __future__ import annotations

from collections import Counter

from golive.model.columns import Role
from golive.model.finding import Kind
from golive.model.readiness import Measurement
from golive.readiness.measures.facts import ANY, Facts, Maker, Unknown
from golive.wording.numbers import percent, plural


def _events(facts: Facts, counted: int | None) -> int | None:
    """The number of events that a part of performance was ``counted`` on, else that of the AUROC."""
    return counted if counted is not None else facts.performance.auroc.n_events


def baseline(facts: Facts, make: Maker) -> Measurement:
    """SCO-06: gain of the model over prevalence, over a simple model and over the current rule (lower 95 % bounds)."""
    over = facts.performance.baseline
    rivals = {"the current rule": over.rule, "a simple model": over.simple}
    known = {name: gain for name, gain in rivals.items() if gain.low is not None}
    name, best = next(iter(known.items()), ("prevalence", over.prevalence))
    if best.low is None:
        raise Unknown("no baseline was compared on live outcomes.")
    n = make.enough(_events(facts, over.n_events), "events", "live events")
    if known and best.low > 0:
        level = 3
    elif over.prevalence.low is not None and over.prevalence.low > 0:
        level = 2
    else:
        top = over.rule.high if over.rule.low is not None else over.simple.high
        top = top if top is not None else over.prevalence.high
        level = 0 if top is not None and top < 0 else 1
    value = (
        f"The model gains at least {best.low or 0.0:+.3f} over {name} (95 % bound, {n:,} events)."
    )
    return make.level(level, value, n=n, findings=facts.of(Kind.BASELINE_NOT_BEATEN))


def _temporal(facts: Facts) -> bool:
    """Whether live data starts after training data ends."""
    time = facts.with_role(Role.TIME)
    if time is None or time.train is None or time.live is None:
        return False
    return bool(time.train.last and time.live.first and time.live.first > time.train.last)


def validation_size(facts: Facts, make: Maker) -> Measurement:
    """CLN-01: events and non-events of the validation, and whether it is of another time or place."""
    external, auroc = facts.performance.validation, facts.performance.auroc
    events = _events(facts, external.n_events)
    rest = external.n_nonevents or auroc.n_nonevents
    if events is None or rest is None:
        raise Unknown("live data has no outcomes with scores to validate on.")
    split = external.split or ("temporal" if _temporal(facts) else None)
    n = events + rest
    if split is None:
        value = (
            f"{events:,} events, but neither time nor place of the live data differs from training."
        )
        return make.level(1, value, n=n)
    kappa = external.kappa
    # An independent team, level 4, is a document
    most = 2 if kappa is not None and kappa < 0.6 else 3
    level = make.rank(least=2, most=most, events=events, non_events=rest)
    agreement = f", raters agree with kappa {kappa:.2f}" if kappa is not None else ""
    value = (
        f"{split.capitalize()} validation on {events:,} events and {rest:,} non-events{agreement}."
    )
    return make.level(level, value, n=n, findings=facts.of(Kind.PERFORMANCE_DROP, verdicts=ANY))


HIDDEN_LEVELS = {"kept": 3, "likely_kept": 2, "likely_missed": 1, "missed": 0}
"""What a share that is not shown says of its floor (``golive.stats.operating_point.against_floor``)."""


def operating_point(facts: Facts, make: Maker) -> Measurement:
    """CLN-02: sensitivity and PPV at the declared threshold against the declared floors, with their intervals."""
    at = facts.performance.at_threshold
    shares = {"sensitivity": at.sensitivity, "ppv": at.ppv, "specificity": at.specificity}
    floors = {k: v for k, v in facts.config.floors.items() if k in shares}
    hidden = {k: HIDDEN_LEVELS.get(shares[k].against_floor or "") for k in floors}
    events = _events(facts, at.n_events)
    if not floors:
        raise Unknown("no floor for sensitivity or PPV is declared.")
    if events is None or any(shares[k].live_value is None and hidden[k] is None for k in floors):
        raise Unknown("there are no live outcomes at a declared threshold.")
    n = make.enough(events, "events", "live events")
    levels, words = [], []
    for name, floor in floors.items():
        share, known = shares[name], hidden[name]
        if known is not None:
            levels.append(known)
            words.append(f"{name} not shown (a count of 1 to 10 patients), floor {percent(floor)}")
            continue
        live = share.live_value or 0.0
        low = share.live_low if share.live_low is not None else 0.0
        high = share.live_high if share.live_high is not None else 1.0
        ladder = ((3, low), (2, live), (1, high))
        levels.append(next((level for level, reached in ladder if reached >= floor), 0))
        words.append(
            f"{name} {percent(live)} ({percent(low)} to {percent(high)}), floor {percent(floor)}"
        )
    level = min(levels)
    if level == 3 and (facts.performance.windows or 0) >= 3:
        level = 4
    value = f"{'; '.join(words)} ({events:,} events)."
    return make.level(level, value, n=n, findings=facts.of(Kind.BELOW_FLOOR))


def calibration(facts: Facts, make: Maker) -> Measurement:
    """CLN-03: distance of the calibration slope from 1, its standard error, observed to expected, calibration error."""
    found = facts.performance.calibration
    slope, ece, ratio = (m.live_value for m in (found.slope, found.ece, found.observed_expected))
    error, spread = found.slope.se, found.subgroup_ece_spread
    if slope is None or ece is None:
        raise Unknown("live data has no outcomes with scores.")
    n = make.enough(_events(facts, found.n_events), "events", "live events")
    level = make.rank(
        most=3 if spread is None else 4,
        slope_distance=abs(slope - 1),
        ece=ece,
        observed_expected_high=ratio,
        observed_expected_low=ratio,
        slope_se=error,
        subgroup_ece_spread=spread,
    )
    value = f"Live slope {slope:.2f}, calibration error {percent(ece)}"
    value += f", observed to expected {ratio:.2f}" if ratio is not None else ""
    unseen = (
        "how sure the slope is, or observed to expected," if error is None or ratio is None else ""
    )
    used = facts.of(Kind.CALIBRATION_DRIFT)
    return make.level(level, f"{value} ({n:,} events).", n=n, findings=used, unseen=unseen)


def subgroups(facts: Facts, make: Maker) -> Measurement:
    """CLN-04: largest gap of a group with enough patients to all together, and the share of patients in groups without."""
    rows = facts.performance.subgroups
    if not rows:
        raise Unknown("no group columns with live outcomes were compared.")
    least_rows, least_events = make.least("group_rows"), make.least("group_events")
    groups_of = Counter(row.by for row in rows)
    total, too_small = Counter[str](), Counter[str]()
    gaps: list[tuple[float, str]] = []
    for row in rows:
        n = row.n or 0
        total[row.by] += n
        if n < least_rows or (row.n_events or 0) < least_events:
            too_small[row.by] += n
            continue
        known = [abs(gap) for gap in row.gaps.values() if gap is not None]
        if (
            known and groups_of[row.by] > 1
        ):  # else nothing was asked of the group, or it is everyone
            gaps.append((max(known), f"{row.value} ({row.by})"))
    n = max(total.values())
    if not gaps:
        asked = f"{least_rows} patients and {least_events} events"
        raise Unknown(f"no group with {asked} could be compared with another.", n=n)
    share = max((too_small[by] / n for by, n in total.items() if n), default=0.0)
    worst, name = max(gaps, key=lambda gap: gap[0])
    # Each quarter, crossed groups: level 4
    level = make.rank(most=3, gap=worst, unknown_share=share)
    value = (
        f"Largest gap {100 * worst:.1f} points: {name}; {len(gaps)} groups had enough patients, "
        f"{percent(share)} of patients are in groups that had not."
    )
    used = facts.of(Kind.SUBGROUP_GAP, Kind.SUBGROUP_TOO_SMALL)
    return make.level(level, value, n=n, findings=used)


def silent_run(facts: Facts, make: Maker) -> Measurement:
    """CLN-05: length and events of a silent run and its drop in performance."""
    run = facts.performance.silent
    days, events, drop = run.days, run.n_events, run.drop
    if days is None or events is None:
        raise Unknown("no live rows are marked as a silent run.")
    level = make.rank(least=2, days=days, events=events, drop=drop)
    lost = f", performance lower by at most {percent(max(0.0, drop))}" if drop is not None else ""
    value = f"Silent for {days:.0f} days with {events:,} events{lost}."
    return make.level(level, value, n=events, document="Pre-registration")


def net_benefit(facts: Facts, make: Maker) -> Measurement:
    """CLN-07: net benefit at the threshold against treating all, none, and the current rule; workups against capacity."""
    found = facts.performance.net_benefit
    if found is None or found.model is None:
        raise Unknown("there are no live outcomes at a declared threshold.")
    n = make.enough(_events(facts, found.n_events), "events", "live events")
    default = max(found.treat_all or 0.0, 0.0)
    low = found.model if found.low is None else found.low
    rule, load, capacity = found.rule, found.workups_per_true_positive, found.capacity
    level = 0 if found.model < default else 1 if low <= default else 2
    reason = ""
    if level == 2 and (rule is None or capacity is None):
        reason = "Level 3 also needs the current rule and the team's capacity."
    elif level == 2 and rule is not None and capacity is not None and load is not None:
        level = 3 if low > rule and load <= capacity else 2
    value = f"Net benefit {found.model:.4f} (at least {low:.4f}) against {default:.4f} without the model ({n:,} events)."
    used = facts.of(Kind.BELOW_FLOOR, Kind.PERFORMANCE_DROP, verdicts=ANY)
    return make.level(level, value, n=n, findings=used, reason=reason)


def impact(facts: Facts, make: Maker) -> Measurement:
    """VAL-04: data problems ranked by what repairing each changes in the primary metric."""
    found = facts.performance.impact
    rows = found.issues
    if not rows:
        raise Unknown(
            "no data problem has enough live rows with outcomes to measure what it costs."
        )
    n = make.enough(found.n_events, "events", "live events")
    named = [f for row in rows for f in facts.findings if f.id == row.finding]
    value = f"What {plural(len(rows), 'data problem')} cost is measured on live outcomes"
    if named:
        value += (
            f"; most: {', '.join(named[0].columns)}, {rows[0].change:+.3f} AUROC without its rows"
        )
    level = 3 if len(rows) >= 5 or found.complete else 2
    return make.level(level, f"{value} ({n:,} events).", n=n, findings=named)

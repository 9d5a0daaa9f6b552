"""Measures of clinical validation: baseline, validation size, operating point, calibration, groups, silent run, net benefit."""

from __future__ import annotations

from collections import Counter

from golive.model.columns import Role
from golive.model.finding import Kind, Verdict
from golive.model.readiness import Measurement
from golive.readiness.measures.facts import Facts, Maker
from golive.wording.numbers import percent


def _events(*counted: int | None) -> int | None:
    """The first number of events that is known."""
    return next((n for n in counted if n is not None), None)


def baseline(facts: Facts, make: Maker) -> Measurement:
    """SCO-06: gain of the model over prevalence, over a simple model and over the current rule (lower 95 % bounds)."""
    over = facts.performance.baseline
    events = _events(over.n_events, facts.performance.auroc.n_events)
    simple, rule, prevalence = over.simple.low, over.rule.low, over.prevalence.low
    if simple is None and rule is None and prevalence is None:
        return make.unknown("no baseline was compared on live outcomes.")
    if not make.enough(events, "events"):
        return make.too_few(events or 0, "events", "live events")
    used = facts.of(Kind.BASELINE_NOT_BEATEN)
    best = next((v for v in (rule, simple) if v is not None), None)
    high = (over.rule if rule is not None else over.simple).high
    if best is not None and best > 0:
        level = 3
    elif prevalence is not None and prevalence > 0:
        level = 2
    else:
        top = high if high is not None else over.prevalence.high
        level = 0 if top is not None and top < 0 else 1
    shown = best if best is not None else prevalence
    name = (
        "the current rule"
        if rule is not None
        else "a simple model"
        if simple is not None
        else "prevalence"
    )
    return make.level(
        level,
        f"The model gains at least {shown or 0:+.3f} over {name} (95 % bound, {events:,.0f} events).",
        n=int(events or 0),
        findings=used,
    )


def _temporal(facts: Facts) -> bool:
    """Whether live data starts after training data ends."""
    column = facts.with_role(Role.TIME)
    if column is None or column.train is None or column.live is None:
        return False
    return bool(column.train.last and column.live.first and column.live.first > column.train.last)


def validation_size(facts: Facts, make: Maker) -> Measurement:
    """CLN-01: events and non-events of the validation, and whether it is of another time or place."""
    external, auroc = facts.performance.validation, facts.performance.auroc
    events = _events(external.n_events, auroc.n_events)
    rest = external.n_nonevents or auroc.n_nonevents
    if events is None or rest is None:
        return make.unknown("live data has no outcomes with scores to validate on.")
    split = external.split or ("temporal" if _temporal(facts) else None)
    if split is None:
        return make.level(
            1,
            f"{events:,.0f} events, but neither time nor place of the live data differs from training.",
            n=int(events + rest),
        )
    # Independent team: a document
    level = max(2, min(make.criterion.level_of(events=events, non_events=rest), 3))
    kappa = external.kappa
    if kappa is not None and kappa < 0.6:
        level = min(level, 2)
    agreement = f", raters agree with kappa {kappa:.2f}" if kappa is not None else ""
    value = f"{split.capitalize()} validation on {events:,.0f} events and {rest:,.0f} non-events{agreement}."
    used = facts.of(Kind.PERFORMANCE_DROP, verdicts=tuple(Verdict))
    return make.level(level, value, n=int(events + rest), findings=used)


LEVELS = {"kept": 3, "likely_kept": 2, "likely_missed": 1, "missed": 0}
"""What a share that is not shown says of its floor (``golive.stats.operating_point.against_floor``)."""


def operating_point(facts: Facts, make: Maker) -> Measurement:
    """CLN-02: sensitivity and PPV at the declared threshold against the declared floors, with their intervals."""
    floors = {
        k: v for k, v in facts.config.floors.items() if k in ("sensitivity", "ppv", "specificity")
    }
    at = facts.performance.at_threshold
    shares = {"sensitivity": at.sensitivity, "ppv": at.ppv, "specificity": at.specificity}
    events = _events(at.n_events, facts.performance.auroc.n_events)
    hidden = {
        k: LEVELS[state] for k in floors if (state := shares[k].against_floor or "") in LEVELS
    }
    known = {k: shares[k].live.value for k in floors if k not in hidden}
    if not floors:
        return make.unknown("no floor for sensitivity or PPV is declared.")
    if events is None or any(v is None for v in known.values()):
        return make.unknown("there are no live outcomes at a declared threshold.")
    if not make.enough(events, "events"):
        return make.too_few(events, "events", "live events")
    levels, words = [], []
    for name, floor in floors.items():
        if name in hidden:
            levels.append(hidden[name])
            words.append(f"{name} not shown (a count of 1 to 10 patients), floor {percent(floor)}")
            continue
        live = known[name] or 0.0
        low, high = shares[name].live_low, shares[name].live_high
        low, high = (low if low is not None else 0.0), (high if high is not None else 1.0)
        levels.append(3 if low >= floor else 2 if live >= floor else 1 if high >= floor else 0)
        words.append(
            f"{name} {percent(live)} ({percent(low)} to {percent(high)}), floor {percent(floor)}"
        )
    level = min(levels)
    if level == 3 and (facts.performance.windows or 0) >= 3:
        level = 4
    return make.level(
        level,
        f"{'; '.join(words)} ({events:,.0f} events).",
        n=int(events),
        findings=facts.of(Kind.BELOW_FLOOR),
    )


def calibration(facts: Facts, make: Maker) -> Measurement:
    """CLN-03: distance of the calibration slope from 1, its standard error, observed to expected, calibration error."""
    found = facts.performance.calibration
    slope, ece = found.slope.live.value, found.ece.live.value
    events = _events(found.n_events, facts.performance.auroc.n_events)
    if slope is None or ece is None:
        return make.unknown("live data has no outcomes with scores.")
    if not make.enough(events, "events"):
        return make.too_few(events or 0, "events", "live events")
    known = {"slope_distance": abs(slope - 1), "ece": ece}
    words = [f"slope {slope:.2f}", f"calibration error {percent(ece)}"]
    ratio = found.observed_expected.live.value
    if ratio is not None:
        known |= {"observed_expected_high": ratio, "observed_expected_low": ratio}
        words.append(f"observed to expected {ratio:.2f}")
    error = found.slope.se
    if error is not None:
        known["slope_se"] = error
    spread = found.subgroup_ece_spread
    if spread is not None:
        known["subgroup_ece_spread"] = spread
    level = make.criterion.level_of(**known)
    if spread is None:
        level = min(level, 3)
    value, n = f"Live {', '.join(words)} ({events:,.0f} events).", int(events or 0)
    used = facts.of(Kind.CALIBRATION_DRIFT)
    if error is None or ratio is None:
        return make.partial(
            level, value, "how sure the slope is, or observed to expected,", n=n, findings=used
        )
    return make.level(level, value, n=n, findings=used)


def subgroups(facts: Facts, make: Maker) -> Measurement:
    """CLN-04: largest gap of a group with enough patients to all together, and the share of patients in groups without."""
    rows = facts.performance.subgroups
    if not rows:
        return make.unknown("no group columns with live outcomes were compared.")
    least = make.criterion.min_n
    groups_of = Counter(row.by for row in rows)
    worst, name, powered = -1.0, "", 0
    unknown: dict[str, float] = {}
    total: dict[str, float] = {}
    for row in rows:
        by, n, events = row.by, float(row.n or 0), float(row.n_events or 0)
        total[by] = total.get(by, 0.0) + n
        if n < least.get("group_rows", 0) or events < least.get("group_events", 0):
            unknown[by] = unknown.get(by, 0.0) + n
            continue
        known = [abs(gap) for gap in row.gaps.values() if gap is not None]
        if not known or groups_of[by] < 2:  # nothing was asked of the group, or it is everyone
            continue
        powered += 1
        gap = max(known)
        if gap > worst:
            worst, name = gap, f"{row.value} ({by})"
    if not powered:
        return make.unknown(
            f"no group with {least.get('group_rows', 0)} patients and {least.get('group_events', 0)} events could be compared with another.",
            n=int(max(total.values())),
        )
    share = max((unknown.get(by, 0.0) / n for by, n in total.items() if n), default=0.0)
    # Each quarter, crossed groups: level 4
    level = min(make.criterion.level_of(gap=worst, unknown_share=share), 3)
    value = f"Largest gap {100 * worst:.1f} points: {name}; {powered} groups had enough patients, {percent(share)} of patients are in groups that had not."
    return make.level(
        level,
        value,
        n=int(max(total.values())),
        findings=facts.of(Kind.SUBGROUP_GAP, Kind.SUBGROUP_TOO_SMALL),
    )


def silent_run(facts: Facts, make: Maker) -> Measurement:
    """CLN-05: length and events of a silent run and its drop in performance."""
    run = facts.performance.silent
    days, events, drop = run.days, run.n_events, run.drop
    if days is None or events is None:
        return make.unknown("no live rows are marked as a silent run.")
    known = {"days": days, "events": events} | ({"drop": drop} if drop is not None else {})
    level = max(2, make.criterion.level_of(**known))
    reason = "Pre-registration is a document: evidence decides above level 2." if level > 2 else ""
    lost = f", performance lower by at most {percent(max(0.0, drop))}" if drop is not None else ""
    return make.level(
        level,
        f"Silent for {days:.0f} days with {events:,.0f} events{lost}.",
        n=int(events),
        reason=reason,
    )


def net_benefit(facts: Facts, make: Maker) -> Measurement:
    """CLN-07: net benefit at the threshold against treating all, none, and the current rule; workups against capacity."""
    found = facts.performance.net_benefit
    if found is None or found.model is None:
        return make.unknown("there are no live outcomes at a declared threshold.")
    model, events = found.model, _events(found.n_events, facts.performance.auroc.n_events)
    if not make.enough(events, "events"):
        return make.too_few(events or 0, "events", "live events")
    default = max(found.treat_all or 0.0, 0.0)
    low = model if found.low is None else found.low
    rule, load, capacity = found.rule, found.workups_per_true_positive, found.capacity
    level = 0 if model < default else 1 if low <= default else 2
    if (
        level == 2
        and rule is not None
        and low > rule
        and load is not None
        and capacity is not None
        and load <= capacity
    ):
        level = 3
    value = f"Net benefit {model:.4f} (at least {low:.4f}) against {default:.4f} without the model ({events:,.0f} events)."
    unseen = level == 2 and (rule is None or capacity is None)
    reason = "Level 3 also needs the current rule and the team's capacity." if unseen else ""
    used = facts.of(Kind.BELOW_FLOOR, Kind.PERFORMANCE_DROP, verdicts=tuple(Verdict))
    return make.level(level, value, n=int(events or 0), findings=used, reason=reason)


def impact(facts: Facts, make: Maker) -> Measurement:
    """VAL-04: data problems ranked by what repairing each changes in the primary metric."""
    rows, events = facts.performance.impact.issues, facts.performance.impact.n_events
    if not rows:
        return make.unknown(
            "no data problem has enough live rows with outcomes to measure what it costs."
        )
    if not make.enough(events, "events"):
        return make.too_few(events or 0, "events", "live events")
    named = [f for row in rows for f in facts.findings if f.id == row.finding]
    level = 3 if len(rows) >= 5 or facts.performance.impact.complete else 2
    value = f"What {len(rows)} data problem{'s' if len(rows) > 1 else ''} cost is measured on live outcomes"
    if named:
        most = f"{', '.join(named[0].columns)}, {rows[0].change:+.3f} AUROC without its rows"
        value += f"; most: {most}"
    return make.level(level, f"{value} ({events:,.0f} events).", n=int(events or 0), findings=named)

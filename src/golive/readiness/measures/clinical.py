"""Measures of clinical validation: baseline, validation size, operating point, calibration, groups, silent run, net benefit."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

from golive.model.columns import Role
from golive.model.finding import Kind, Verdict
from golive.model.readiness import Measurement
from golive.readiness.measures.facts import Facts, Maker
from golive.wording.numbers import percent


def _events(facts: Facts, *places: str) -> float | None:
    return next((n for p in places if (n := facts.number(p, "n_events")) is not None), None)


def baseline(facts: Facts, make: Maker) -> Measurement:
    """SCO-06: gain of the model over prevalence, over a simple model and over the current rule (lower 95 % bounds)."""
    events = _events(facts, "baseline", "auroc")
    simple, rule = (
        facts.number("baseline", "simple", "low"),
        facts.number("baseline", "rule", "low"),
    )
    prevalence = facts.number("baseline", "prevalence", "low")
    if simple is None and rule is None and prevalence is None:
        return make.unknown("no baseline was compared on live outcomes.")
    if not make.enough(events, "events"):
        return make.too_few(events or 0, "events", "live events")
    used = facts.of(Kind.BASELINE_NOT_BEATEN)
    best = next((v for v in (rule, simple) if v is not None), None)
    high = facts.number("baseline", "rule" if rule is not None else "simple", "high")
    if best is not None and best > 0:
        level = 3
    elif prevalence is not None and prevalence > 0:
        level = 2
    else:
        top = high if high is not None else facts.number("baseline", "prevalence", "high")
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
    events, rest = _events(facts, "validation", "auroc"), facts.number("auroc", "n_nonevents")
    rest = facts.number("validation", "n_nonevents") or rest
    if events is None or rest is None:
        return make.unknown("live data has no outcomes with scores to validate on.")
    split = str(facts.look("validation", "split") or ("temporal" if _temporal(facts) else ""))
    if split not in ("temporal", "site", "external"):
        return make.level(
            1,
            f"{events:,.0f} events, but neither time nor place of the live data differs from training.",
            n=int(events + rest),
        )
    level = max(
        2, min(make.criterion.level_of(events=events, non_events=rest), 3)
    )  # independent team: a document
    kappa = facts.number("validation", "kappa")
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
    events = _events(facts, "at_threshold", "auroc")
    hidden = {
        k: LEVELS[state]
        for k in floors
        if (state := facts.look("at_threshold", k, "against_floor")) in LEVELS
    }
    known = {k: facts.number("at_threshold", k, "live") for k in floors if k not in hidden}
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
        low, high = (facts.number("at_threshold", name, k) for k in ("live_low", "live_high"))
        low, high = (low if low is not None else 0.0), (high if high is not None else 1.0)
        levels.append(3 if low >= floor else 2 if live >= floor else 1 if high >= floor else 0)
        words.append(
            f"{name} {percent(live)} ({percent(low)} to {percent(high)}), floor {percent(floor)}"
        )
    level = min(levels)
    if level == 3 and (facts.number("windows") or 0) >= 3:
        level = 4
    return make.level(
        level,
        f"{'; '.join(words)} ({events:,.0f} events).",
        n=int(events),
        findings=facts.of(Kind.BELOW_FLOOR),
    )


def calibration(facts: Facts, make: Maker) -> Measurement:
    """CLN-03: distance of the calibration slope from 1, its standard error, observed to expected, calibration error."""
    slope, ece = (
        facts.number("calibration", "slope", "live"),
        facts.number("calibration", "ece", "live"),
    )
    events = _events(facts, "calibration", "auroc")
    if slope is None or ece is None:
        return make.unknown("live data has no outcomes with scores.")
    if not make.enough(events, "events"):
        return make.too_few(events or 0, "events", "live events")
    known = {"slope_distance": abs(slope - 1), "ece": ece}
    words = [f"slope {slope:.2f}", f"calibration error {percent(ece)}"]
    ratio = facts.number("calibration", "observed_expected", "live")
    if ratio is not None:
        known |= {"observed_expected_high": ratio, "observed_expected_low": ratio}
        words.append(f"observed to expected {ratio:.2f}")
    error = facts.number("calibration", "slope", "se")
    if error is not None:
        known["slope_se"] = error
    spread = facts.number("calibration", "subgroup_ece_spread")
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
    groups: Any = facts.look("subgroups")
    rows = [g for g in groups if isinstance(g, Mapping)] if isinstance(groups, list | tuple) else []
    if not rows:
        return make.unknown("no group columns with live outcomes were compared.")
    least = make.criterion.min_n
    groups_of = Counter(str(row.get("by")) for row in rows)
    worst, name, powered = -1.0, "", 0
    unknown: dict[str, float] = {}
    total: dict[str, float] = {}
    for row in rows:
        by, n, events = (
            str(row.get("by")),
            float(row.get("n") or 0),
            float(row.get("n_events") or 0),
        )
        total[by] = total.get(by, 0.0) + n
        gaps = row.get("gaps")
        if (
            n < least.get("group_rows", 0)
            or events < least.get("group_events", 0)
            or not isinstance(gaps, Mapping)
        ):
            unknown[by] = unknown.get(by, 0.0) + n
            continue
        known = [
            abs(float(v)) for v in gaps.values() if isinstance(v, int | float) and math.isfinite(v)
        ]
        if not known or groups_of[by] < 2:  # nothing was asked of the group, or it is everyone
            continue
        powered += 1
        gap = max(known)
        if gap > worst:
            worst, name = gap, f"{row.get('value')} ({by})"
    if not powered:
        return make.unknown(
            f"no group with {least.get('group_rows', 0)} patients and {least.get('group_events', 0)} events could be compared with another.",
            n=int(max(total.values())),
        )
    share = max((unknown.get(by, 0.0) / n for by, n in total.items() if n), default=0.0)
    level = min(
        make.criterion.level_of(gap=worst, unknown_share=share), 3
    )  # each quarter, crossed groups: level 4
    value = f"Largest gap {100 * worst:.1f} points: {name}; {powered} groups had enough patients, {percent(share)} of patients are in groups that had not."
    return make.level(
        level,
        value,
        n=int(max(total.values())),
        findings=facts.of(Kind.SUBGROUP_GAP, Kind.SUBGROUP_TOO_SMALL),
    )


def silent_run(facts: Facts, make: Maker) -> Measurement:
    """CLN-05: length and events of a silent run and its drop in performance."""
    days, events, drop = (facts.number("silent", k) for k in ("days", "n_events", "drop"))
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
    model, events = facts.number("net_benefit", "model"), _events(facts, "net_benefit", "auroc")
    if model is None:
        return make.unknown("there are no live outcomes at a declared threshold.")
    if not make.enough(events, "events"):
        return make.too_few(events or 0, "events", "live events")
    default = max(facts.number("net_benefit", "treat_all") or 0.0, 0.0)
    low = facts.number("net_benefit", "low")
    low = model if low is None else low
    rule, load, capacity = (
        facts.number("net_benefit", k) for k in ("rule", "workups_per_true_positive", "capacity")
    )
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
    ranked, events = facts.look("impact", "issues"), facts.number("impact", "n_events")
    rows = [r for r in ranked if isinstance(r, Mapping)] if isinstance(ranked, list | tuple) else []
    if not rows:
        return make.unknown(
            "no data problem has enough live rows with outcomes to measure what it costs."
        )
    if not make.enough(events, "events"):
        return make.too_few(events or 0, "events", "live events")
    named = [f for row in rows for f in facts.findings if f.id == row.get("finding")]
    level = 3 if len(rows) >= 5 or facts.look("impact", "complete") is True else 2
    value = f"What {len(rows)} data problem{'s' if len(rows) > 1 else ''} cost is measured on live outcomes"
    first = rows[0].get("change")
    if named and isinstance(first, int | float):
        value += f"; most: {', '.join(named[0].columns)}, {first:+.3f} AUROC without its rows"
    return make.level(level, f"{value} ({events:,.0f} events).", n=int(events or 0), findings=named)

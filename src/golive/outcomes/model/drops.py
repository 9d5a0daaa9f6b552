"""Findings on all patients together: performance lower than in training, probabilities that no longer hold, floors missed."""

from __future__ import annotations

import math

from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Severity, Verdict, finding
from golive.model.profile import SMALL_CELL
from golive.outcomes.model.performance import Measured
from golive.stats.estimate import Estimate, change, number
from golive.wording.metrics import METRICS
from golive.wording.numbers import metric, percent, sizes, span

FEWEST = 20
"""Events and non-events below which nothing is said of performance."""

ALARM_DROP, PASS_DROP = 0.03, 0.05
"""A drop of the primary metric that matters, and the drop that must be excluded before the answer is "quiet"."""

RATIO, SLOPE = (0.8, 1.25), 0.2
"""Observed to expected, and distance of the slope from 1, outside which probabilities mislead (CLN-03 of the readiness model)."""

_Z_CALIBRATION = 2.807
"""Two questions at once (level and slope): each at 99.5 %, two-sided."""


def effect(name: str, before: Estimate, now: Estimate, n_train: int, n_live: int) -> Effect:
    """A finding's effect from two estimates."""
    d, low, high = change(before, now)
    return Effect(
        name=name,
        train=number(before.value),
        live=number(now.value),
        change=number(d),
        low=number(low),
        high=number(high),
        n_train=n_train,
        n_live=n_live,
    )


def few(m: Measured) -> str:
    """Why nothing can be said, or an empty string: the smaller class on either side."""
    live = m.cases_live
    events, others = live.n_events, live.n - live.n_events
    if min(events, others) < FEWEST:
        which = "events" if events <= others else "patients without the event"
        count = min(events, others)
        return f"live data has {_shown(count)} {which} with a score; at least {FEWEST} are needed"
    train = m.cases_train
    if train is None or train.n == 0:
        return "training has no scores with outcomes to compare with"
    if min(train.n_events, train.n - train.n_events) < FEWEST:
        return f"training has fewer than {FEWEST} events or non-events with a score"
    return ""


def _shown(count: int) -> str:
    """A number of patients, one of 1 to 10 not shown."""
    return f"fewer than {SMALL_CELL}" if 0 < count < SMALL_CELL else f"{count:,}"


def few_for_calibration(m: Measured) -> str:
    """Why nothing can be said of probabilities: fewer than ``FEWEST`` events or non-events promised on a side, or one class."""
    for name, side in (("live data", m.cases_live), ("training", m.cases_train)):
        if side is None or side.score is None or side.n == 0:
            return f"{name} has no scores with outcomes"
        promised = float(side.score.sum())
        if min(promised, side.n - promised) < FEWEST:
            return f"{name} promises fewer than {FEWEST} events or non-events"
        if side.n_events in (0, side.n):
            return f"{name} has outcomes of one kind only"
    return ""


def performance_drop(m: Measured, columns: tuple[str, ...]) -> Finding:
    """Primary metric live against training: ``alarm`` when the interval of the change is below 0 and the drop is 0.03 or more."""
    name = METRICS[m.primary].name
    n_train, n_live = (m.cases_train.n if m.cases_train else 0), m.cases_live.n
    why = few(m)
    if why:
        return finding(
            Kind.PERFORMANCE_DROP,
            Verdict.CANNOT_JUDGE,
            columns=columns,
            title=f"Whether the model works as well as in training cannot be judged: {why}",
            effect=Effect(name=m.primary, n_train=n_train, n_live=n_live),
            fix="Collect outcomes of live patients until there are enough, and score the training hold-out with the same model.",
        )
    before, now = m.both(m.primary)
    d, low, high = change(before, now)
    lower = high < 0
    ranks = "ranks" if m.primary == "auroc" else "classifies"
    method = (
        "DeLong, by patient where rows repeat"
        if m.primary == "auroc"
        else "by patient where rows repeat"
    )
    verdict = (
        Verdict.ALARM
        if lower and d <= -ALARM_DROP
        else Verdict.WATCH
        if lower
        else Verdict.QUIET
        if low > -PASS_DROP
        else Verdict.CANNOT_JUDGE
    )
    said = {
        Verdict.ALARM: f"The model {ranks} live patients worse than training patients",
        Verdict.WATCH: f"The model {ranks} live patients a little worse than training patients",
        Verdict.QUIET: f"The model {ranks} live patients as well as training patients",
        Verdict.CANNOT_JUDGE: f"Too few outcomes to say whether the model {ranks} live patients worse",
    }[verdict]
    severe = verdict is Verdict.ALARM and d <= -0.1
    return finding(
        Kind.PERFORMANCE_DROP,
        verdict,
        columns=columns,
        severity=Severity.CRITICAL if severe else None,
        title=f"{said}: {name} {span(now)}, in training {metric(before.value)} ({sizes(n_train, n_live)}, {m.cases_live.n_events:,} live events)",
        explanation=_about_prevalence(m, worse=lower),
        effect=effect(m.primary, before, now, n_train, n_live),
        evidence=(
            f"change {d:+.3f}, 95 % interval {low:+.3f} to {high:+.3f} ({method})",
            *_brier_line(m),
        ),
        fix="Look first at the inputs that changed, then at the groups and sites below the average; recalibrate or retrain under change control."
        if lower
        else "",
    )


def _about_prevalence(m: Measured, *, worse: bool) -> str:
    """What belongs to the model and what to a change of the event rate."""
    parts = []
    before, now = m.both("prevalence")
    if before.known and now.known:
        parts.append(
            f"The outcome occurs in {percent(now.value)} of live rows and {percent(before.value)} in training; ranking does not depend on that."
        )
    b, a = m.both("brier")
    if (
        b.known
        and a.known
        and a.value < b.value
        and (worse or now.value < before.value)
        and "brier" in m.standardised
    ):
        same = m.standardised["brier"].value
        more = "higher" if same > b.value else "no better" if same > b.value - 1e-4 else "lower"
        parts.append(
            f"The Brier score fell from {metric(b.value)} to {metric(a.value)}, which is no improvement by itself: rarer outcomes are easier "
            f"to be right about. At the event rate of training it would be {metric(same)}, {more} than in training."
        )
    if worse:
        parts.append(
            "If training scores come from the rows the model was fitted on, part of the drop is optimism of training."
        )
    return " ".join(parts)


def _brier_line(m: Measured) -> tuple[str, ...]:
    before, now = m.both("brier")
    if not (before.known and now.known):
        return ()
    same = (
        f"; {metric(m.standardised['brier'].value)} at the event rate of training"
        if "brier" in m.standardised
        else ""
    )
    return (f"Brier score {metric(before.value)} to {metric(now.value)}{same}",)


def calibration_drift(m: Measured, columns: tuple[str, ...]) -> Finding | None:
    """Level (intercept) and spread (slope) of the probabilities, live against training; ``None`` for a score that is none."""
    if not m.probability or m.cases_live.score is None:
        return None
    n_train, n_live = (m.cases_train.n if m.cases_train else 0), m.cases_live.n
    why = few_for_calibration(m)
    level, tilt = m.both("intercept"), m.both("slope")
    ratio = m.live.get("observed_expected")
    if (
        why
        or ratio is None
        or not (level[0].known and level[1].known and tilt[0].known and tilt[1].known)
    ):
        return finding(
            Kind.CALIBRATION_DRIFT,
            Verdict.CANNOT_JUDGE,
            columns=columns,
            title=f"Whether the probabilities still hold cannot be judged: {why or 'the scores hardly differ from each other'}",
            effect=Effect(name="observed_expected", n_train=n_train, n_live=n_live),
        )
    moved = [_beyond(*level), _beyond(*tilt)]
    off = not RATIO[0] <= ratio.value <= RATIO[1]
    steep = abs(tilt[1].value - 1) > SLOPE
    alarm = (moved[0] and off) or (moved[1] and steep)
    wrong = not (_touches(ratio, *RATIO) and _touches(tilt[1], 1 - SLOPE, 1 + SLOPE))
    verdict = Verdict.ALARM if alarm else Verdict.WATCH if wrong or any(moved) else Verdict.QUIET
    wide = ratio.high > RATIO[1] or ratio.low < RATIO[0]
    if verdict is Verdict.QUIET and wide:
        verdict = Verdict.CANNOT_JUDGE
    far = not 0.5 <= ratio.value <= 2
    promised = m.cases_live.score.mean()
    return finding(
        Kind.CALIBRATION_DRIFT,
        verdict,
        columns=columns,
        severity=Severity.CRITICAL if far and verdict is Verdict.ALARM else None,
        title=_calibration_title(
            verdict,
            float(promised),
            m.live["prevalence"].value,
            sizes(n_train, n_live),
            moved=any(moved),
        ),
        explanation="A probability is used as it is read. When it promises too much or too little, every threshold stands in the wrong place.",
        effect=effect("observed_expected", m.both("observed_expected")[0], ratio, n_train, n_live),
        evidence=(
            f"observed to expected {ratio.value:.2f} ({ratio.low:.2f} to {ratio.high:.2f})",
            f"slope {tilt[1].value:.2f} ({tilt[1].low:.2f} to {tilt[1].high:.2f}), in training {tilt[0].value:.2f}",
            f"intercept {level[1].value:+.2f}, in training {level[0].value:+.2f} (log odds)",
        ),
        fix="Recalibrate on live data, the intercept first and then the slope, and set the threshold anew."
        if verdict in (Verdict.ALARM, Verdict.WATCH)
        else "",
    )


def _beyond(before: Estimate, now: Estimate) -> bool:
    """Whether two coefficients differ at 99.5 %."""
    return abs(now.value - before.value) > _Z_CALIBRATION * math.hypot(before.se, now.se)


def _touches(estimate: Estimate, low: float, high: float) -> bool:
    """Whether some value of the 95 % interval lies between two limits."""
    return estimate.low <= high and estimate.high >= low


def _calibration_title(
    verdict: Verdict, promised: float, happened: float, n: str, *, moved: bool
) -> str:
    said = f"the scores promise {percent(promised)} on average, {percent(happened)} happened ({n})"
    return {
        Verdict.ALARM: f"The probabilities no longer hold: {said}",
        Verdict.WATCH: f"The probabilities {'moved a little' if moved else 'were off in training and still are'}: {said}",
        Verdict.QUIET: f"The probabilities hold as in training: {said}",
        Verdict.CANNOT_JUDGE: f"Too few outcomes to say whether the probabilities hold: {said}",
    }[verdict]


def below_floor(m: Measured, config: Config, columns: tuple[str, ...]) -> list[Finding]:
    """Each declared floor against the live interval: all below is ``alarm``, the value below ``watch``, crossing ``cannot_judge``."""
    found = []
    for name, floor in config.floors.items():
        now = m.live.get(name)
        if now is None or not now.known:
            found.append(_floor_unknown(name, floor, m, columns))
            continue
        enough = min(m.cases_live.n_events, m.cases_live.n - m.cases_live.n_events) >= FEWEST
        verdict = (
            Verdict.CANNOT_JUDGE
            if not enough
            else Verdict.ALARM
            if now.high < floor
            else Verdict.WATCH
            if now.value < floor
            else Verdict.QUIET
            if now.low >= floor
            else Verdict.CANNOT_JUDGE
        )
        words = METRICS[name]
        least = words.say(floor)
        said = {
            Verdict.ALARM: f"is below its floor of {least}",
            Verdict.WATCH: f"is below its floor of {least}, though chance could explain it",
            Verdict.QUIET: f"keeps its floor of {least}",
            Verdict.CANNOT_JUDGE: f"cannot be told from its floor of {least}",
        }[verdict]
        few = "live" in m.hidden(name)
        size = (
            "it rests on a count of 1 to 10 patients and is not shown"
            if few
            else span(now, share=words.share)
        )
        made = finding(
            Kind.BELOW_FLOOR,
            verdict,
            columns=columns,
            title=f"{words.name[0].upper()}{words.name[1:]} {said}: {size} (n = {m.cases_live.n:,}, {_shown(m.cases_live.n_events)} events)",
            explanation="The floor was declared before live data was judged."
            if verdict is not Verdict.QUIET
            else "The whole 95 % interval is at or above the floor.",
            effect=Effect(
                name=name,
                train=number(floor),
                live=None if few else number(now.value),
                change=None if few else number(now.value - floor),
                low=None if few else number(now.low - floor),
                high=None if few else number(now.high - floor),
                n_live=m.cases_live.n,
            ),
            fix=""
            if verdict is Verdict.QUIET
            else "Choose the threshold again with clinicians; repair inputs before the model.",
        )
        found.append(made.model_copy(update={"id": f"{made.id}#{name}"}))
    return found


def _floor_unknown(name: str, floor: float, m: Measured, columns: tuple[str, ...]) -> Finding:
    """A declared floor that nothing could be held against: said, because silence reads like a pass."""
    words = METRICS[name]
    why = (
        "no operating threshold is declared and no column holds the prediction"
        if words.share and m.cases_live.flagged is None
        else "it cannot be computed on live data"
    )
    made = finding(
        Kind.BELOW_FLOOR,
        Verdict.CANNOT_JUDGE,
        columns=columns,
        title=f"{words.name[0].upper()}{words.name[1:]} cannot be held against its floor of {words.say(floor)}: {why} (n = {m.cases_live.n:,})",
        effect=Effect(name=name, train=number(floor), n_live=m.cases_live.n),
    )
    return made.model_copy(update={"id": f"{made.id}#{name}"})

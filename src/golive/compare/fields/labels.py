"""The label: has the outcome become rarer or more frequent, and does it arrive at all?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from golive.compare.base.pairs import MINIMUM_VALUES, missing_weights_of, weights_of
from golive.compare.fields.disguised import is_missing_word
from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Route, Severity, Verdict, finding
from golive.model.profile import ColumnProfile, NumericProfile, Profile, cell_share
from golive.stats.noise_floor import category_counts
from golive.stats.proportions import cohen_h, newcombe, two_share_p
from golive.wording.numbers import cell, number, p_value, percent, points, sizes

ALPHA = 0.02
"""One question, decided on beforehand, so without correction. A fifth of what all checks of an unchanged session may find by
chance together (one session in ten); the questions about columns are asked at ``drift.alpha`` each."""
ALARM_POINTS, ALARM_RATIO, WATCH_H = 0.05, 1.5, 0.05
_NEGATIVE = frozenset(
    {"0", "false", "no", "n", "f", "negative", "neg", "absent", "alive", "none", "control"}
)
_MOST_LEVELS = 20
OTHER_WORDS = 0.5
"""Share of live outcomes that training never held from which the words differ before the rate does."""


@dataclass(frozen=True)
class Event:
    """A label as an event: what counts as one, and how many rows have it on both sides."""

    name: str
    train: int
    live: int
    n_train: int
    n_live: int
    weights: tuple[float, float]


def event(before: ColumnProfile, now: ColumnProfile) -> Event | None:
    """The label as an event, or ``None`` for a label with levels that have no "no".

    Two values: the one that does not say "no" (0, false, no, ...), or the second in order. Several number levels from 0 on:
    any value above 0, as in a disease grade.
    """
    weights = weights_of(before, now)
    if before.type.is_number and before.numeric is not None and now.numeric is not None:
        values = before.numeric.values
        if (
            not before.numeric.exact
            or len(values) > _MOST_LEVELS
            or before.numeric.minimum < 0
            or len(values) < 2
        ):
            return None
        low = before.numeric.minimum if len(values) == 2 else 0.0
        if low != before.numeric.minimum:
            return None
        rows = [_above(side, low) for side in (before.numeric, now.numeric)]
        name = f"= {number(float(values[1]))}" if len(values) == 2 else f"above {number(low)}"
        return Event(name, rows[0], rows[1], before.numeric.n, now.numeric.n, weights)
    if before.category is None or now.category is None:
        return None
    known = [v for v in before.category.values if not is_missing_word(v)]
    negative = [v for v in known if v.strip().lower() in _NEGATIVE]
    levels = {v.strip() for v in known}
    graded = len(known) > 2 and "0" in levels and all(v.isdigit() for v in levels)
    n = [
        side.n if graded else sum(side.count(v) for v in known)
        for side in (before.category, now.category)
    ]
    # Where live data writes the outcome in other words than training, levels are compared as they stand.
    told = (
        sum(now.category.count(v) for v in now.category.values if _is_number(v)) if graded else n[1]
    )
    if (len(known) != 2 and not graded) or told < 0.5 * now.category.n:
        return None
    none = "0" if graded else negative[0] if negative else min(known)
    rows = [
        held - side.count(none)
        for held, side in zip(n, (before.category, now.category), strict=True)
    ]
    name = f"not {none}" if graded else f"= {next(v for v in known if v != none)}"
    return Event(name, rows[0], rows[1], n[0], n[1], weights)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _above(profile: NumericProfile, low: float) -> int:
    return int(profile.counts[profile.values > low].sum())


def check(train: Profile, live: Profile, config: Config) -> list[Finding]:
    """``label_shift`` and ``label_missing`` of the column with the role label."""
    name = train.roles.label
    before = train.columns.get(name) if name else None
    if name is None or before is None or before.present == 0:
        return []
    now = live.columns.get(name)
    if now is None or now.present == 0:
        return [
            finding(
                Kind.LABEL_MISSING,
                Verdict.CANNOT_JUDGE,
                columns=(name,),
                title=f"Live data has no outcome ({name}) yet, so accuracy cannot be measured",
                explanation="Training had it. Until outcomes come back, only the inputs and the scores can be watched.",
                effect=Effect(
                    name="missing_share",
                    train=before.missing_share,
                    live=1.0,
                    change=1 - before.missing_share,
                    n_train=before.n,
                    n_live=live.rows,
                ),
                fix=f"Agree on who returns {name}, from which system and after how many days, and join it to the predictions.",
            )
        ]
    return [*_missing(name, before, now, config), *_shift(name, before, now, config)]


def _missing(name: str, before: ColumnProfile, now: ColumnProfile, config: Config) -> list[Finding]:
    p = float(
        two_share_p(before.missing, before.n, now.missing, now.n, missing_weights_of(before, now))
    )
    change = now.missing_share - before.missing_share
    if p > config.drift.alpha or change < 0.01:
        return []
    low, high = newcombe(
        before.missing, before.n, now.missing, now.n, missing_weights_of(before, now)
    )
    return [
        finding(
            Kind.LABEL_MISSING,
            Verdict.ALARM if change >= 0.2 else Verdict.WATCH,
            columns=(name,),
            title=f"{percent(now.missing_share)} of live rows have no outcome ({name}); in training {percent(before.missing_share)} ({sizes(before.n, now.n)})",
            explanation="Accuracy is measured on the rest. If outcomes come back sooner for some patients, that rest is not typical.",
            effect=Effect(
                name="missing_share",
                train=before.missing_share,
                live=now.missing_share,
                change=change,
                low=float(low),
                high=float(high),
                n_train=before.n,
                n_live=now.n,
            ),
            rows_affected=now.missing,
            fix="Wait until outcomes are complete for a period, or judge only the rows whose follow-up has ended.",
        )
    ]


def _shift(name: str, before: ColumnProfile, now: ColumnProfile, config: Config) -> list[Finding]:
    known = event(before, now)
    if known is not None:
        return [_event_shift(name, known)]
    if before.category is not None and now.category is not None:
        return [_level_shift(name, before, now)]
    return _number_shift(name, before, now, config)


def _few(name: str, n_train: int, n_live: int) -> Finding:
    return finding(
        Kind.LABEL_SHIFT,
        Verdict.CANNOT_JUDGE,
        columns=(name,),
        route=Route.PRODUCT,
        title=f"Too few outcomes ({name}) to say whether their rate changed ({sizes(n_train, n_live)})",
        explanation=f"At least {MINIMUM_VALUES} are needed on each side.",
        effect=Effect(name="event_share", n_train=n_train, n_live=n_live),
    )


def _event_shift(name: str, e: Event) -> Finding:
    if min(e.n_train * e.weights[0], e.n_live * e.weights[1]) < MINIMUM_VALUES:
        return _few(name, e.n_train, e.n_live)
    p1, p2 = e.train / e.n_train, e.live / e.n_live
    p = float(two_share_p(e.train, e.n_train, e.live, e.n_live, e.weights))
    low, high = (float(v) for v in newcombe(e.train, e.n_train, e.live, e.n_live, e.weights))
    verdict = _verdict(p, p1, p2)
    shown = cell_share(e.train, e.n_train), cell_share(e.live, e.n_live)
    whole = None not in shown
    return finding(
        Kind.LABEL_SHIFT,
        verdict,
        columns=(name,),
        title=f"The outcome ({name} {e.name}) occurs in {cell(e.live, e.n_live)} of live rows; in training in {cell(e.train, e.n_train)} ({sizes(e.n_train, e.n_live)})",
        explanation=(
            "Another outcome rate moves calibration, predictive values and the number of alerts, even when the model ranks "
            "patients as well as before."
            if verdict is not Verdict.QUIET
            else "The outcome rate is what training would lead one to expect."
        ),
        effect=Effect(
            name="event_share",
            train=shown[0],
            live=shown[1],
            change=p2 - p1 if whole else None,
            low=low if whole else None,
            high=high if whole else None,
            n_train=e.n_train,
            n_live=e.n_live,
        ),
        evidence=(
            *(
                (f"change {points(p2 - p1)}, 95 % interval {points(low)} to {points(high)}",)
                if whole
                else ()
            ),
            f"{p_value(p)} (score test, one question, no correction)",
        ),
        fix=""
        if verdict is Verdict.QUIET
        else "Check that the outcome is defined and collected as in training; then recalibrate and set the threshold anew.",
    )


def _verdict(p: float, p1: float, p2: float) -> Verdict:
    if p > ALPHA:
        return Verdict.QUIET
    if abs(p2 - p1) >= ALARM_POINTS or max(p1, p2) >= ALARM_RATIO * min(p1, p2):
        return Verdict.ALARM
    return Verdict.WATCH if abs(float(cohen_h(p1, p2))) >= WATCH_H else Verdict.QUIET


def _level_shift(name: str, before: ColumnProfile, now: ColumnProfile) -> Finding:
    """Several outcome levels: chi-square over them, and the level that moved most."""
    from scipy.stats import chi2_contingency

    assert before.category is not None
    assert now.category is not None
    names, train, live = category_counts(before.category, now.category)
    n_train, n_live = int(train.sum()), int(live.sum())
    weights = weights_of(before, now)
    if min(n_train * weights[0], n_live * weights[1]) < MINIMUM_VALUES:
        return _few(name, n_train, n_live)
    p = (
        float(
            chi2_contingency(np.vstack([train * weights[0], live * weights[1]]), correction=False)[
                1
            ]
        )
        if len(names) > 1
        else 1.0
    )
    p1, p2 = train / n_train, live / n_live
    most = int(np.argmax(np.abs(cohen_h(p1, p2))))
    made = _event_like(
        name,
        Event(f"= {names[most]}", int(train[most]), int(live[most]), n_train, n_live, weights),
        p,
    )
    foreign = int(live[train == 0].sum())
    if made.verdict is Verdict.QUIET or foreign < OTHER_WORDS * n_live:
        return made
    return made.model_copy(
        update={
            "explanation": (
                f"{percent(foreign / n_live)} of live outcomes are values that training never held. An outcome written in other "
                "words looks like another outcome rate, and accuracy cannot be measured until the words are mapped."
            ),
            "fix": f"Map the live values of {name} to those of training, then judge the outcome rate again.",
        }
    )


def _event_like(name: str, e: Event, p: float) -> Finding:
    made = _event_shift(name, e)
    verdict = _verdict(p, e.train / e.n_train, e.live / e.n_live)
    return made.model_copy(
        update={
            "verdict": verdict,
            "severity": Severity.INFO if verdict is Verdict.QUIET else made.severity,
            "evidence": (*made.evidence[:-1], f"{p_value(p)} (chi-square over all levels)"),
        }
    )


def _number_shift(
    name: str, before: ColumnProfile, now: ColumnProfile, config: Config
) -> list[Finding]:
    """A label that is a quantity: Wasserstein over the training standard deviation against its noise."""
    from golive.stats.noise_floor import wasserstein_noise

    if before.numeric is None or now.numeric is None:
        return []
    train, live = before.numeric, now.numeric
    weights = weights_of(before, now)
    if min(train.n * weights[0], live.n * weights[1]) < MINIMUM_VALUES:
        return [_few(name, train.n, live.n)]
    noise = wasserstein_noise(train, live, alpha=ALPHA, seed=config.seed, weights=weights)
    shifted = noise.p_value <= ALPHA and noise.effect > noise.floor
    verdict = (
        Verdict.ALARM
        if shifted and noise.effect > config.drift.threshold
        else Verdict.WATCH
        if shifted and noise.effect > config.drift.threshold / 2
        else Verdict.QUIET
    )
    return [
        finding(
            Kind.LABEL_SHIFT,
            verdict,
            columns=(name,),
            severity=Severity.MAJOR if verdict is Verdict.WATCH else None,
            title=f"The outcome {name} has a median of {number(live.median)} live; in training {number(train.median)} ({sizes(train.n, live.n)})",
            explanation=f"The shift is {noise.effect:.2f} standard deviations; chance gives up to {noise.floor:.2f} at these sizes.",
            effect=Effect(
                name="median",
                train=train.median,
                live=live.median,
                change=live.median - train.median,
                n_train=train.n,
                n_live=live.n,
            ),
            evidence=(f"{p_value(noise.p_value)} (random splits, one question)",),
            fix=""
            if verdict is Verdict.QUIET
            else "Check that the outcome is measured as in training; then recalibrate.",
        )
    ]

"""Judged on generated text: the reviewed rate, what the source does not support, length and style, and missing sources.

A rise is an alarm only when it is both large enough to matter and unlikely by chance; with too few reviews to exclude a rise
that matters, the answer is "cannot judge", never a pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.finding import Effect
from golive.model.kinds import Route, Severity, Verdict
from golive.model.profile import SMALL_CELL, FloatArray
from golive.stats.estimate import Estimate, Mask, change
from golive.text.labels import Labels, equal_p, fisher_p, mean_share
from golive.text.side import TextSide, longer_live
from golive.wording.findings.generated_text import (
    HallucinationRate,
    ImpossibleRates,
    LengthShift,
    NoSource,
    UnsupportedStatements,
)

RISE = 0.02
"""A rise of the hallucination rate that matters: two points."""

EXCLUDE = 0.05
"""A rise that must be excluded before "no rise" is said."""

TOO_OFTEN = 0.10
"""Share of unsupported output above which criterion OBS-04 is at level 0."""

LEAST_REVIEWED = 20
LEAST_CHECKED = 30
MARKED_RISE, MARKED_EXCLUDE = 0.05, 0.10
LENGTH_ALARM, LENGTH_WATCH = 0.14, 0.06
"""Distance of "a live output is longer" from one half: 0.14 is Cohen's d of one half (medium), 0.06 of one fifth (small)."""
_Z99 = 2.576


def hallucination_rate(
    train: Labels | None, live: Labels | None, config: Config, column: str
) -> Iterator[Facts]:
    """``hallucination_rate_up`` from reviewers' labels; nothing when live data has none."""
    if live is None or live.n == 0:
        return
    now, short = live.rate, live.n < LEAST_REVIEWED
    before = train.rate if train is not None and train.n >= LEAST_REVIEWED and not short else None
    name, often = "hallucination_rate", now.low > TOO_OFTEN and not short
    effect = Effect.between(name, None, now.value, n=(0, live.n))
    verdict = Verdict.ALARM if often else Verdict.CANNOT_JUDGE
    low, high, p = 0.0, 0.0, 1.0
    if train is not None and before is not None:
        (d, low, high), p, n = change(before, now), equal_p(train, live), (train.n, live.n)
        effect = Effect.between(name, before.value, now.value, n=n, interval=(low, high))
        verdict = _risen(d, high, p, often, config)
    yield HallucinationRate(
        verdict=verdict,
        columns=(column,),
        severity=Severity.CRITICAL if often else None,
        effect=effect,
        rated=live.kind == "rate",
        now=now,
        before=before,
        n=(train.n if train else 0, live.n),
        hits=(train.hits if train else 0, live.hits),
        change=(low, high),
        p=p,
        least=LEAST_REVIEWED,
        limit=TOO_OFTEN,
        exclude=EXCLUDE,
        too_often=often,
    )


def _risen(d: float, high: float, p: float, often: bool, config: Config) -> Verdict:
    if often or (d >= RISE and p < config.drift.alpha):
        return Verdict.ALARM
    if d >= RISE and p < 0.1:
        return Verdict.WATCH
    return Verdict.QUIET if high < EXCLUDE else Verdict.CANNOT_JUDGE


def unsupported_statements(
    train: TextSide | None, live: TextSide, config: Config, columns: tuple[str, ...]
) -> Iterator[Facts]:
    """``unsupported_statements``: outputs with a number, unit, date, medication, name or finding that the source lacks."""
    train = train if train is not None and train.checked.any() else None
    marked = live.marks[live.checked] > 0
    base = train.marks[train.checked] > 0 if train else np.zeros(0, dtype=bool)
    n, count = (len(base), len(marked)), int(marked.sum())
    if n[1] == 0:
        return
    units = (train.units(train.checked) if train else None, live.units(live.checked))
    share, before = float(marked.mean()), float(base.mean()) if train else None
    then = mean_share(base.astype(float), units[0])
    _, low, high = change(then, mean_share(marked.astype(float), units[1]))
    p, compared = fisher_p(base, marked, units), min(n) >= LEAST_CHECKED
    risen = _kinds_risen(train, live, config) if compared and train else []
    verdict = Verdict.WATCH if count else Verdict.QUIET
    if n[1] < LEAST_CHECKED:
        verdict = Verdict.CANNOT_JUDGE
    elif compared and before is not None:
        rise = share - before
        verdict = Verdict.CANNOT_JUDGE if high >= MARKED_EXCLUDE else Verdict.QUIET
        if risen or (rise >= MARKED_RISE and p < config.drift.alpha):
            verdict = Verdict.ALARM
        elif rise >= RISE and p < 0.05:
            verdict = Verdict.WATCH
    kinds = sorted(((float(m.mean()), k) for k, m in live.kinds.items() if m.any()), reverse=True)
    interval = (low, high) if train else (None, None)
    yield UnsupportedStatements(
        verdict=verdict,
        columns=columns,
        effect=Effect.between("unsupported_share", before, share, n=n, interval=interval),
        rows_affected=None if live.texts.sampled else count,
        count=count,
        n=n,
        before=before,
        change=(low, high),
        compared=compared,
        risen=tuple(risen),
        kinds=tuple((k, s, float(train.kinds[k].mean()) if train else None) for s, k in kinds),
    )


def _kinds_risen(train: TextSide, live: TextSide, config: Config) -> list[tuple[str, float, float]]:
    """Kinds of marked places that are more frequent than in training by two points or more, after Benjamini-Hochberg."""
    from scipy.stats import false_discovery_control

    rows = [(k, train.kinds[k], live.kinds[k]) for k in live.kinds]
    units = train.units(train.checked), live.units(live.checked)
    p = false_discovery_control([fisher_p(a, b, units) for _, a, b in rows])
    return [
        (k, float(a.mean()), float(b.mean()))
        for (k, a, b), q in zip(rows, p, strict=True)
        if q < config.drift.alpha and b.mean() - a.mean() >= RISE
    ]


def no_source(
    train: TextSide | None, live: TextSide, config: Config, columns: tuple[str, ...]
) -> Iterator[Facts]:
    """``cannot_check_source``: no source column, or outputs whose source is missing; nothing when every output has one."""
    bare = live.unsourced[live.written]
    n, count = len(bare), int(bare.sum())
    if count == 0:
        return
    if count == n:
        yield NoSource(verdict=Verdict.CANNOT_JUDGE, columns=columns, count=n, n=n)
        return
    there = train.unsourced[train.written] if train else np.zeros(0, dtype=bool)
    share, before = count / n, float(there.mean()) if len(there) else None
    units = train.units(train.written) if train else None, live.units(live.written)
    p = fisher_p(there, bare, units)
    risen = before is not None and p < config.drift.alpha and share - before >= RISE
    yield NoSource(
        verdict=Verdict.ALARM if risen and share >= MARKED_RISE else Verdict.WATCH,
        columns=columns,
        severity=Severity.MAJOR if risen else None,
        effect=Effect.between("without_source", before, share, n=(len(there), n)),
        count=count,
        n=n,
        before=before,
        n_train=len(there),
    )


def length_shift(
    train: TextSide | None, live: TextSide, config: Config, columns: tuple[str, ...]
) -> Iterator[Facts]:
    """``length_shift``: outputs longer or shorter than in training, cut off, empty or repeating themselves."""
    if train is None or not (train.written.any() and live.written.any()):
        return
    sides, written = (train, live), (train.written, live.written)
    n = int(written[0].sum()), int(written[1].sum())
    before, now = (float(np.median(s.words[s.written])) for s in sides)
    shift = _longer(sides, [s.words for s in sides], written)
    ratios = [s.ratio for s in sides]
    behind = [np.isfinite(r) & w for r, w in zip(ratios, written, strict=True)]
    ratio = _longer(sides, ratios, behind)
    away = abs(shift.value - 0.5)
    # All of one side longer than all of the other: no spread, but bounds
    sure = away > _Z99 * shift.se if shift.se > 0 else not shift.low <= 0.5 <= shift.high
    explained = ratio.known and abs(ratio.value - 0.5) < LENGTH_WATCH <= away
    habits = _habits(train, live)
    rises = [(habit, b - a, p) for habit, (a, b, p) in habits.items()]
    worse = [(h, rise) for h, rise, p in rises if p < config.drift.alpha and rise >= MARKED_RISE]
    soft = [(h, rise) for h, rise, p in rises if p < 0.05 and rise >= RISE]
    verdict = Verdict.WATCH if soft or (sure and away >= LENGTH_WATCH) else Verdict.QUIET
    if min(n) < LEAST_CHECKED:
        verdict = Verdict.CANNOT_JUDGE
    elif worse or (sure and away >= LENGTH_ALARM and not explained):
        verdict = Verdict.ALARM
    yield LengthShift(
        verdict=verdict,
        columns=columns,
        effect=Effect.between("median_words", before, now, n=n),
        medians=(before, now),
        n=n,
        shift=shift,
        explained=explained,
        habits=tuple((habit, a, b) for habit, (a, b, _) in habits.items()),
        risen=next(iter(worse or soft), None),
    )


def _longer(
    sides: Sequence[TextSide], values: Sequence[FloatArray], rows: Sequence[Mask]
) -> Estimate:
    """``longer_live`` of the values that ``rows`` marks, training first."""
    train, live = (v[r] for v, r in zip(values, rows, strict=True))
    first, second = (s.units(r) for s, r in zip(sides, rows, strict=True))
    return longer_live(train, live, (first, second))


def _habits(train: TextSide, live: TextSide) -> dict[str, tuple[float, float, float]]:
    """What outputs do wrong: share of training and of live outputs, and the p of no change."""
    names = {"empty": "empty", "cut off": "cut_off", "repeating a sentence": "repeats"}
    found = {}
    for habit, name in names.items():
        a, b = getattr(train, name), getattr(live, name)
        p = fisher_p(a, b, (train.all_units, live.all_units))
        found[habit] = float(a.mean()), float(b.mean()), p
    return found


def impossible_rates(
    column: str, values: Sequence[tuple[str, int]], n: int, *, live: bool
) -> Facts:
    """``score_out_of_range`` for a rate that holds what no rate can be (-1 for "not computed").

    It carries no effect: the share of impossible *model scores* (OBS-02) must not count a reviewer's column.
    """
    count = sum(rows for _, rows in values)
    return ImpossibleRates(
        columns=(column,),
        severity=Severity.MINOR,
        route=Route.CLINICAL_INFORMATICS,
        rows_affected=count if count >= SMALL_CELL else None,
        values=tuple(value for value, _ in values[:3]),
        count=count,
        n=n,
        live=live,
    )

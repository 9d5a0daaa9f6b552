"""Findings on generated text: the reviewed rate, what the source does not support, length and style, and missing sources.

A rise is an alarm only when it is both large enough to matter and unlikely by chance; with too few reviews to exclude a rise
that matters, the answer is "cannot judge", never a pass.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Route, Severity, Verdict, finding
from golive.model.profile import SMALL_CELL
from golive.stats.estimate import Estimate, Mask, change
from golive.text.labels import Labels, equal_p, fisher_p, mean_share
from golive.text.side import TextSide
from golive.text.style import longer_live
from golive.wording.numbers import cell, p_value, percent, rows, sizes

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

KIND_WORDS = {
    "number": "numbers", "unit": "units", "date": "dates", "medication": "medications", "name": "names",
    "finding": "findings", "negation": "negations", "contradiction": "contradictions", "citation": "citations",
}  # fmt: skip


def between(low: float, high: float) -> str:
    """``between +0.2 and +16 points``."""
    return f"between {_points(low)} and {_points(high)} points"


def _points(value: float) -> str:
    points = 100 * value
    return f"{points:+.1f}" if abs(points) < 9.95 else f"{points:+.0f}"


def rate_finding(
    train: Labels | None, live: Labels | None, config: Config, column: str
) -> Finding | None:
    """``hallucination_rate_up`` from reviewers' labels; ``None`` when live data has none."""
    if live is None or live.n == 0:
        return None
    now = mean_share(live.value[live.known], live.units)
    rated = live.kind == "rate"
    what = "of a live output is unsupported" if rated else "of live outputs hold a hallucination"
    hit = percent(float(live.hit[live.known].mean()))
    said = f"Reviewers found that {'on average ' if rated else ''}{percent(now.value)} {what}"
    any_said = f"; {hit} of live outputs hold something unsupported" if rated else ""
    if train is None or train.n < LEAST_REVIEWED or live.n < LEAST_REVIEWED:
        short = live.n < LEAST_REVIEWED
        high = now.low > TOO_OFTEN
        why = (
            f"Only {live.n} live outputs are reviewed; {LEAST_REVIEWED} are the least."
            if short
            else f"The rate lies between {percent(now.low)} and {percent(now.high)}. Too few training outputs are reviewed to say whether it rose."
        )
        return finding(
            Kind.HALLUCINATION_RATE_UP,
            Verdict.ALARM if high and not short else Verdict.CANNOT_JUDGE,
            columns=(column,),
            severity=Severity.CRITICAL if high and not short else None,
            title=f"{said} (n = {live.n:,}){any_said}",
            explanation=why,
            effect=Effect(
                name="hallucination_rate", live=now.value, low=None, high=None, n_live=live.n
            ),
            evidence=(
                f"95 % interval of the live rate: {percent(now.low)} to {percent(now.high)}",
            ),
            fix="Review a random sample of outputs, two reviewers each." if short else _FIX,
        )
    before = mean_share(train.value[train.known], train.units)
    d, low, high_ = change(before, now)
    p = equal_p(train, live)
    verdict, why = _risen(d, high_, p, now, config)
    return finding(
        Kind.HALLUCINATION_RATE_UP,
        verdict,
        columns=(column,),
        severity=Severity.CRITICAL if now.low > TOO_OFTEN else None,
        title=f"{said}; in training {percent(before.value)} ({sizes(train.n, live.n)}){any_said}",
        explanation=f"The change is {between(low, high_)}. {why}",
        effect=Effect(
            name="hallucination_rate", train=before.value, live=now.value, change=d, low=low, high=high_,
            n_train=train.n, n_live=live.n,
        ),
        evidence=(
            f"{p_value(p)} that the rates are equal",
            f"outputs with any: {cell(int(train.hit[train.known].sum()), train.n)} in training, "
            f"{cell(int(live.hit[live.known].sum()), live.n)} live",
            f"95 % interval of the live rate: {percent(now.low)} to {percent(now.high)}",
        ),
        fix=_FIX if verdict in (Verdict.ALARM, Verdict.WATCH) else "",
    )  # fmt: skip


_FIX = "Ground the text on the retrieved source, require citations, let it abstain, and keep a person's sign-off."


def _risen(d: float, high: float, p: float, now: Estimate, config: Config) -> tuple[Verdict, str]:
    if now.low > TOO_OFTEN:
        return (
            Verdict.ALARM,
            f"The whole interval of the live rate lies above {percent(TOO_OFTEN)}.",
        )
    if d >= RISE and p < config.drift.alpha:
        return Verdict.ALARM, "Chance alone rarely makes such a rise."
    if d >= RISE and p < 0.1:
        return (Verdict.WATCH, "This may still be chance: review more outputs before acting on it.")
    if high < EXCLUDE:
        return Verdict.QUIET, f"A rise of {percent(EXCLUDE)} of outputs or more is excluded."
    return Verdict.CANNOT_JUDGE, "Too few outputs are reviewed to exclude a rise that matters."


def marks_finding(
    train: TextSide | None, live: TextSide, config: Config, columns: tuple[str, ...]
) -> Finding | None:
    """``unsupported_statements``: outputs with a number, unit, date, medication, name or finding that the source lacks."""
    n = int(live.checked.sum())
    if n == 0:
        return None
    marked = live.marks[live.checked] > 0
    now, k = float(marked.mean()), int(marked.sum())
    m = int(train.checked.sum()) if train else 0
    base = train.marks[train.checked] > 0 if train and m else np.zeros(0, dtype=bool)
    usable = min(n, m) >= LEAST_CHECKED
    units = (train.units(train.checked) if train and m else None, live.units(live.checked))
    _, low, high = change(
        mean_share(base.astype(float), units[0]), mean_share(marked.astype(float), units[1])
    )
    p = fisher_p(base, marked, units)
    risen = kinds_risen(train, live, config) if usable and train else []
    verdict, why = Verdict.QUIET, "None was found."
    if n < LEAST_CHECKED:
        verdict, why = Verdict.CANNOT_JUDGE, f"Only {n} live outputs have a source."
    elif usable and ((now - base.mean() >= MARKED_RISE and p < config.drift.alpha) or risen):
        verdict = Verdict.ALARM
        why = (
            f"More than in training: the change is {between(low, high)}."
            if not risen
            else f"More than in training: {', '.join(risen)}."
        )
    elif usable and now - base.mean() >= RISE and p < 0.05:
        verdict, why = Verdict.WATCH, f"The change is {between(low, high)}."
    elif not usable and k:
        verdict = Verdict.WATCH
        why = "Training data has too few outputs with a source to compare with."
    elif usable and high >= MARKED_EXCLUDE:
        verdict = Verdict.CANNOT_JUDGE
        why = f"Too few outputs to exclude a rise that matters: the change is {between(low, high)}."
    elif usable:
        why = f"Not more than in training: the change is {between(low, high)}."
    before = (
        f"; in training {percent(float(base.mean()))} ({sizes(m, n)})" if m else f" (n = {n:,})"
    )
    return finding(
        Kind.UNSUPPORTED_STATEMENTS,
        verdict,
        columns=columns,
        title=f"{percent(now)} of live outputs say something their source does not{before}",
        explanation=f"{why} Found by comparing words and numbers, without a model: each marked place is a question for a reviewer, not proof.",
        effect=Effect(
            name="unsupported_share", train=float(base.mean()) if m else None, live=now,
            change=now - float(base.mean()) if m else None, low=low if m else None, high=high if m else None, n_train=m, n_live=n,
        ),
        evidence=tuple(_kind_lines(train if m else None, live)),
        rows_affected=k if not live.texts.sampled else None,
        fix="Look at the marked places on the page Generated text, worst kinds first." if k else "",
    )  # fmt: skip


def kinds_risen(train: TextSide, live: TextSide, config: Config) -> list[str]:
    """Kinds of marked places that are more frequent than in training by two points or more, after Benjamini-Hochberg."""
    from scipy.stats import false_discovery_control

    rows = [(k, train.kinds[k], live.kinds[k]) for k in live.kinds]
    units = train.units(train.checked), live.units(live.checked)
    p = false_discovery_control([fisher_p(a, b, units) for _, a, b in rows])
    return [
        f"{KIND_WORDS[k]} {percent(float(a.mean()))} to {percent(float(b.mean()))}"
        for (k, a, b), q in zip(rows, p, strict=True)
        if q < config.drift.alpha and b.mean() - a.mean() >= RISE
    ]


def _kind_lines(train: TextSide | None, live: TextSide) -> list[str]:
    shares = sorted(((float(m.mean()), k) for k, m in live.kinds.items() if m.any()), reverse=True)
    return [
        f"{KIND_WORDS[k]}: {percent(share)} of live outputs"
        + (f", {percent(float(train.kinds[k].mean()))} in training" if train else "")
        for share, k in shares
    ]


def source_finding(
    train: TextSide | None, live: TextSide, config: Config, columns: tuple[str, ...]
) -> Finding | None:
    """``cannot_check_source``: no source column, or outputs whose source is missing; ``None`` when every output has one."""
    written = int((~live.style.empty).sum())
    here = live.unsourced[~live.style.empty]
    bare = int(here.sum())
    if written == 0 or bare == 0:
        return None
    share = bare / written
    if bare == written:
        return finding(
            Kind.CANNOT_CHECK_SOURCE,
            Verdict.CANNOT_JUDGE,
            columns=columns,
            title=f"No live output has a source beside it, so what it says cannot be checked (n = {written:,})",
            explanation="Invention can only be seen against the text or record the output was made from.",
            fix="Log the source of every generated text and name its column (outputs.source).",
        )
    there = train.unsourced[~train.style.empty] if train else np.zeros(0, dtype=bool)
    m, before = len(there), int(there.sum())
    p = fisher_p(
        there,
        here,
        (train.units(~train.style.empty) if train else None, live.units(~live.style.empty)),
    )
    risen = m > 0 and p < config.drift.alpha and share - before / m >= RISE
    return finding(
        Kind.CANNOT_CHECK_SOURCE,
        Verdict.ALARM if risen and share >= MARKED_RISE else Verdict.WATCH,
        columns=columns,
        severity=Severity.MAJOR if risen else None,
        title=f"{percent(share)} of live outputs have no source to check against (n = {written:,})",
        explanation=f"In training {percent(before / m)} had none (n = {m:,})." if m else "",
        effect=Effect(
            name="without_source", train=before / m if m else None, live=share,
            change=share - before / m if m else None, n_train=m, n_live=written,
        ),
        fix="Log the source of every generated text.",
    )  # fmt: skip


def length_finding(
    train: TextSide, live: TextSide, config: Config, columns: tuple[str, ...]
) -> Finding | None:
    """``length_shift``: outputs longer or shorter than in training, cut off, empty or repeating themselves."""
    a, b = train.style.words[~train.style.empty], live.style.words[~live.style.empty]
    n, m = len(b), len(a)
    if not n or not m:
        return None
    written = [~s.style.empty for s in (train, live)]
    shift = longer_live(a, b, (train.units(written[0]), live.units(written[1])))
    behind = [np.isfinite(s.style.ratio) & w for s, w in zip((train, live), written, strict=True)]
    ratio = longer_live(
        train.style.ratio[behind[0]],
        live.style.ratio[behind[1]],
        (train.units(behind[0]), live.units(behind[1])),
    )
    habits = _habits(train, live)
    worse = [(w, r) for w, r, p in habits if p < config.drift.alpha and r >= MARKED_RISE]
    soft = [(w, r) for w, r, p in habits if p < 0.05 and r >= RISE]
    away = abs(shift.value - 0.5)
    # All of one side longer than all of the other: no spread, but bounds
    apart = not shift.low <= 0.5 <= shift.high
    sure = away > 2.576 * shift.se if shift.se > 0 else apart
    explained = ratio.known and abs(ratio.value - 0.5) < LENGTH_WATCH and away >= LENGTH_WATCH
    if min(n, m) < LEAST_CHECKED:
        verdict = Verdict.CANNOT_JUDGE
    elif worse or (sure and away >= LENGTH_ALARM and not explained):
        verdict = Verdict.ALARM
    elif soft or (sure and away >= LENGTH_WATCH):
        verdict = Verdict.WATCH
    else:
        verdict = Verdict.QUIET
    named = worse or soft
    tail = f"; {named[0][0]} more often ({_points(named[0][1])} points)" if named else ""
    return finding(
        Kind.LENGTH_SHIFT,
        verdict,
        columns=columns,
        title=f"The median live output has {np.median(b):.0f} words, the median training output {np.median(a):.0f} ({sizes(m, n)}){tail}",
        explanation=(
            f"A live output is longer than a training output with probability {percent(shift.value)} "
            f"({percent(shift.low)} to {percent(shift.high)}; no shift is 50 %)."
            + (" Sources changed in length by as much, so the writing did not." if explained else "")
        ),
        effect=Effect(
            name="median_words", train=float(np.median(a)), live=float(np.median(b)),
            change=float(np.median(b) - np.median(a)), n_train=m, n_live=n,
        ),
        evidence=tuple(
            f"{word}: {percent(s[1])} of live outputs, {percent(s[0])} in training" for word, s in _shares(train, live).items()
        ),
        fix="Check the token limit, the prompt and the version of the generator." if verdict in (Verdict.ALARM, Verdict.WATCH) else "",
    )  # fmt: skip


def _masks(side: TextSide) -> dict[str, Mask]:
    return {
        "empty": side.style.empty,
        "cut off": side.style.cut_off,
        "repeating a sentence": side.style.repeats,
    }


def _habits(train: TextSide, live: TextSide) -> list[tuple[str, float, float]]:
    """Per habit: its name, its rise from training to live, and the p of no change."""
    old, new = _masks(train), _masks(live)
    units = (train.all_units, live.all_units)
    return [(w, float(new[w].mean() - old[w].mean()), fisher_p(old[w], new[w], units)) for w in new]


def _shares(train: TextSide, live: TextSide) -> dict[str, tuple[float, float]]:
    old, new = _masks(train), _masks(live)
    return {w: (float(old[w].mean()), float(new[w].mean())) for w in new}


def outside_finding(column: str, values: Sequence[tuple[str, int]], n: int, side: str) -> Finding:
    """``score_out_of_range`` for a rate that holds what no rate can be (-1 for "not computed").

    It carries no effect: the share of impossible *model scores* (OBS-02) must not count a reviewer's column.
    """
    listed = ", ".join(v for v, _ in values[:3])
    count = sum(c for _, c in values)
    return finding(
        Kind.SCORE_OUT_OF_RANGE,
        Verdict.WATCH,
        columns=(column,),
        severity=Severity.MINOR,
        route=Route.CLINICAL_INFORMATICS,
        title=f"{column} holds {listed} in {rows(count)} of {n:,} in {side} data, where a rate from 0 to 1 belongs",
        explanation="A mark for 'not computed' that is averaged as a number changes the rate. Here it counts as missing.",
        rows_affected=count if count >= SMALL_CELL else None,
        fix=f"Write a missing value to {column} where the rate was not computed.",
    )

"""How generated texts and their sources are written, live against training: Evidently's descriptors, judged as any number column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from golive.compare.base.pairs import Pair
from golive.compare.drift.drift import judge
from golive.model.columns import Roles
from golive.model.config import Config, OutputsConfig
from golive.model.finding import Effect, Finding, Kind, Verdict, finding
from golive.model.measured.generated_text import TextDescriptor
from golive.model.result import ColumnResult, DriftResult
from golive.wording.numbers import number, p_value, percent, sizes
from golive.wording.text import listing

if TYPE_CHECKING:
    from golive.intake import Dataset
    from golive.profile.text.evidently import TextColumn

_URGENCY = (Verdict.ALARM, Verdict.WATCH, Verdict.CANNOT_JUDGE, Verdict.QUIET)


@dataclass(frozen=True)
class TextShift:
    """Descriptors of both sides, and one finding per text."""

    columns: tuple[TextDescriptor, ...] = ()
    findings: tuple[Finding, ...] = ()


def text_shift(train: Dataset, live: Dataset, roles: Roles, config: Config) -> TextShift:
    """Compare how output and source are written; empty when no column of generated text is named or live data lacks it.

    The texts that were checked are read again; only numbers leave this function. All descriptors are judged together, so the
    chance of a false alarm is controlled over them.
    """
    if config.outputs is None or config.outputs.note is None:
        return TextShift()
    from golive.profile.text.evidently import text_columns

    now = text_columns(live, config.outputs, unit=roles.id)
    before = text_columns(train, config.outputs, unit=roles.id) if now else {}
    pairs = {name: Pair(before[name].profile, now[name].profile) for name in now if name in before}
    drift = judge(pairs, config)
    findings = [_finding(text, now, pairs, drift, config.outputs) for text in _texts(now, pairs)]
    return TextShift(
        tuple(_described(now[n], before.get(n), drift.get(n)) for n in now), tuple(findings)
    )


def _texts(now: Mapping[str, TextColumn], pairs: Mapping[str, Pair]) -> list[str]:
    return list(dict.fromkeys(now[name].text for name in pairs))


def _described(
    now: TextColumn, before: TextColumn | None, drift: DriftResult | None
) -> TextDescriptor:
    from golive.profile import picture, side

    old = before.profile if before else None
    result = ColumnResult(
        name=now.profile.name,
        type=now.profile.type,
        role=now.profile.role,
        train=side(old) if old else None,
        live=side(now.profile),
        drift=drift,
        picture=picture(old, now.profile),
    )
    return TextDescriptor(text=now.text, words=now.words, unit=now.unit, column=result)


def _finding(
    text: str,
    now: Mapping[str, TextColumn],
    pairs: Mapping[str, Pair],
    drift: Mapping[str, DriftResult],
    outputs: OutputsConfig,
) -> Finding:
    """``text_shift`` of one column of texts: as urgent as its most urgent descriptor, told by the largest of those."""
    own = [name for name in pairs if now[name].text == text]
    verdict = min((drift[name].verdict for name in own), key=_URGENCY.index)
    told = [name for name in own if drift[name].verdict is verdict]
    first = max(told, key=lambda name: drift[name].score or 0.0)
    result, n = drift[first], sizes(drift[first].n_train, drift[first].n_live)
    what = "Outputs" if text == outputs.note else "Sources"
    kinds = listing([now[name].words for name in told])
    titles = {
        Verdict.ALARM: f"{what} ({text}) are written differently live than in training: {_medians(first, now, pairs)} ({n})",
        Verdict.WATCH: f"{what} ({text}) are written a little differently than in training: {_medians(first, now, pairs)} ({n})",
        Verdict.QUIET: f"{what} ({text}) are written as in training ({n})",
        Verdict.CANNOT_JUDGE: f"Too few {what.lower()} ({text}) to say whether they are written as in training ({n})",
    }
    active = verdict in (Verdict.ALARM, Verdict.WATCH)
    fix = {
        "Outputs": "Check the version, the prompt and the token limit of the generator.",
        "Sources": "Find out whether another kind of record or another template arrives as source.",
    }[what]
    return finding(
        Kind.TEXT_SHIFT,
        verdict,
        columns=(text,),
        title=titles[verdict],
        explanation=f"Evidently counted {listing([now[name].words for name in own])} of each text."
        + (
            f" What changed: {kinds}. How a text is written says nothing about whether it is right."
            if active
            else ""
        ),
        effect=Effect(
            name=result.method, change=result.score, n_train=result.n_train, n_live=result.n_live
        ),
        evidence=tuple(_line(now[name].words, drift[name]) for name in own),
        fix=fix if active else "",
    )


def _medians(name: str, now: Mapping[str, TextColumn], pairs: Mapping[str, Pair]) -> str:
    pair, column = pairs[name], now[name]
    assert pair.train.numeric is not None
    assert pair.live.numeric is not None
    live, train = pair.live.numeric.median, pair.train.numeric.median
    if column.unit == "%":
        return f"the median share of {column.words} is {percent(live / 100)}, in training {percent(train / 100)}"
    return f"the median number of {column.words} is {number(live)}, in training {number(train)}"


def _line(words: str, result: DriftResult) -> str:
    if result.score is None:
        return f"{words}: {result.reason}"
    floor = f", no change gives up to {result.floor:.3f}" if result.floor is not None else ""
    p = f", adjusted {p_value(result.p_adjusted)}" if result.p_adjusted is not None else ""
    return f"{words}: score {result.score:.3f} ({result.method}), threshold {result.threshold:g}{floor}{p}"

"""How generated texts and their sources are written, live against training: Evidently's descriptors, judged as any number column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from golive.compare.base.pairs import Pair
from golive.compare.drift.drift import judge_columns
from golive.compare.drift.findings import score_effect
from golive.model.columns import Roles
from golive.model.config import Config
from golive.model.finding import Finding
from golive.model.measured.generated_text import TextDescriptor
from golive.model.result import ColumnResult, DriftResult
from golive.wording.findings.distributions import TextsWritten, Written
from golive.wording.order import VERDICTS

if TYPE_CHECKING:
    from golive.intake import Dataset
    from golive.profile.text.evidently import TextColumn


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
    drift = judge_columns(pairs, config)
    counted: dict[str, list[Written]] = {}
    for name, pair in pairs.items():
        old, new, column = pair.train.numeric, pair.live.numeric, now[name]
        assert old is not None
        assert new is not None
        written = Written(column.words, column.unit, (old.median, new.median), drift[name])
        counted.setdefault(column.text, []).append(written)
    return TextShift(
        tuple(_described(now[n], before.get(n), drift.get(n)) for n in now),
        tuple(_facts(t, own, t != config.outputs.note).finding() for t, own in counted.items()),
    )


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


def _facts(text: str, counted: list[Written], sources: bool) -> TextsWritten:
    """``text_shift`` of one column of texts: as urgent as its most urgent descriptor, told by the largest of those."""
    verdict = min((w.result.verdict for w in counted), key=VERDICTS.index)
    most_urgent = [w for w in counted if w.result.verdict is verdict]
    first = max(most_urgent, key=lambda w: w.result.score or 0.0)
    return TextsWritten(
        verdict=verdict,
        columns=(text,),
        effect=score_effect(first.result),
        sources=sources,
        counted=tuple(counted),
        first=first,
    )

"""How outputs and sources are written, live beside training: Evidently's descriptors with their noise floors, one drawn at a time."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from golive.model.finding import Verdict
from golive.model.measured.generated_text import GeneratedText, TextDescriptor
from golive.model.result import ColumnResult, SideResult
from golive.ui.figures.distribution import describe_distribution, distribution
from golive.ui.live.columns import GLYPH
from golive.ui.shell import chart, theme
from golive.ui.shell.words import plain
from golive.wording.numbers import count, number, percent, score

_URGENCY = (Verdict.ALARM, Verdict.WATCH, Verdict.CANNOT_JUDGE, Verdict.QUIET)


def written(found: GeneratedText) -> None:
    """Table of all descriptors, the most urgent first, and the distribution of the chosen one; nothing where there are none."""
    rows = sorted(found.descriptors, key=lambda r: _urgency(r.column))
    if not rows:
        return
    st.subheader("How it is written", anchor=False)
    st.markdown(sentence(rows))
    table = [_row(row) for row in rows]
    st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        alt="How outputs and sources are written, training beside live",
    )
    names = [row.column.name for row in rows]
    chosen = st.selectbox("Draw", names, key="text_descriptor")
    row = next((r for r in rows if r.column.name == chosen), rows[0])
    chart.show(
        distribution(row.column, theme.tokens(), unit=row.unit),
        key="text_descriptor_picture",
        alt=describe_distribution(row.column, unit=row.unit),
    )
    st.caption(
        "Counted by Evidently's descriptors, without a model, and judged as any number column: an alarm lies above the "
        "threshold and above what no change gives at these sizes. How a text is written says nothing about whether it is right."
    )


def _verdict(column: ColumnResult) -> Verdict:
    return column.drift.verdict if column.drift else Verdict.CANNOT_JUDGE


def _urgency(column: ColumnResult) -> tuple[int, float]:
    """Sort key: the verdict, then the larger score first."""
    score = column.drift.score if column.drift else None
    return _URGENCY.index(_verdict(column)), -(score or 0)


def sentence(rows: Sequence[TextDescriptor]) -> str:
    """What the descriptors say together, first of all."""
    of = {v: [r for r in rows if _verdict(r.column) is v] for v in Verdict}
    changed = [*of[Verdict.ALARM], *of[Verdict.WATCH]]
    if changed:
        first = changed[0]
        return (
            f"**{len(changed)} of {len(rows)} measures moved**, most of all {plain(first.column.name)}: the median is "
            f"{_middle(first, first.column.live)}, in training {_middle(first, first.column.train)}."
        )
    if of[Verdict.CANNOT_JUDGE]:
        return f"Too few texts to judge {len(of[Verdict.CANNOT_JUDGE])} of {len(rows)} measures; none of the others moved."
    return f"None of {len(rows)} measures moved."


def _middle(row: TextDescriptor, side: SideResult | None) -> str:
    """Median of one side with its unit, where that is a share."""
    value = side.quantiles.get("0.5") if side else None
    if value is None:
        return "not known"
    return percent(value / 100) if row.unit == "%" else number(value)


def _row(row: TextDescriptor) -> dict[str, str]:
    column = row.column
    drift, look = column.drift, theme.VERDICT[_verdict(column)]

    return {
        "Text": row.text,
        "Measure": row.words,
        "Verdict": f"{GLYPH[_verdict(column)]} {look.word}",
        "Training, median": _middle(row, column.train),
        "Live, median": _middle(row, column.live),
        "Score": "" if drift is None or drift.score is None else score(drift.score),
        "No change gives up to": "" if drift is None or drift.floor is None else score(drift.floor),
        "n": "" if drift is None else f"{count(drift.n_train)} and {count(drift.n_live)}",
    }

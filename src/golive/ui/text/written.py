"""How outputs and sources are written, live beside training: Evidently's descriptors with their noise floors, one drawn at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from golive.model.finding import Verdict
from golive.model.result import ColumnResult, SideResult
from golive.ui.figures.distribution import describe_distribution, distribution
from golive.ui.live.columns import GLYPH
from golive.ui.shell import chart, theme
from golive.ui.shell.words import plain
from golive.wording.numbers import count, number, percent, score

_URGENCY = (Verdict.ALARM, Verdict.WATCH, Verdict.CANNOT_JUDGE, Verdict.QUIET)


def written(found: Mapping[str, Any]) -> None:
    """Table of all descriptors, the most urgent first, and the distribution of the chosen one; nothing where there are none."""
    rows = [
        (row, ColumnResult.model_validate(row["column"])) for row in found.get("descriptors") or ()
    ]
    if not rows:
        return
    rows.sort(
        key=lambda r: (
            _URGENCY.index(_verdict(r[1])),
            -(r[1].drift.score or 0) if r[1].drift else 0,
        )
    )
    st.subheader("How it is written", anchor=False)
    st.markdown(sentence(rows))
    table = [_row(row, column) for row, column in rows]
    st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        alt="How outputs and sources are written, training beside live",
    )
    names = [column.name for _, column in rows]
    chosen = st.selectbox("Draw", names, key="text_descriptor")
    row, column = next((r for r in rows if r[1].name == chosen), rows[0])
    figure = distribution(column, theme.tokens(), unit=str(row["unit"]))
    chart.show(
        figure,
        key="text_descriptor_picture",
        alt=describe_distribution(column, unit=str(row["unit"])),
    )
    st.caption(
        "Counted by Evidently's descriptors, without a model, and judged as any number column: an alarm lies above the "
        "threshold and above what no change gives at these sizes. How a text is written says nothing about whether it is right."
    )


def _verdict(column: ColumnResult) -> Verdict:
    return column.drift.verdict if column.drift else Verdict.CANNOT_JUDGE


def sentence(rows: list[tuple[Mapping[str, Any], ColumnResult]]) -> str:
    """What the descriptors say together, first of all."""
    of = {v: [r for r in rows if _verdict(r[1]) is v] for v in Verdict}
    changed = [*of[Verdict.ALARM], *of[Verdict.WATCH]]
    if changed:
        row, first = changed[0]
        return (
            f"**{len(changed)} of {len(rows)} measures moved**, most of all {plain(first.name)}: the median is "
            f"{_middle(row, first.live)}, in training {_middle(row, first.train)}."
        )
    if of[Verdict.CANNOT_JUDGE]:
        return f"Too few texts to judge {len(of[Verdict.CANNOT_JUDGE])} of {len(rows)} measures; none of the others moved."
    return f"None of {len(rows)} measures moved."


def _middle(row: Mapping[str, Any], side: SideResult | None) -> str:
    """Median of one side with its unit, where that is a share."""
    value = side.quantiles.get("0.5") if side else None
    if value is None:
        return "not known"
    return percent(value / 100) if row["unit"] == "%" else number(value)


def _row(row: Mapping[str, Any], column: ColumnResult) -> dict[str, Any]:
    drift, look = column.drift, theme.VERDICT[_verdict(column)]

    return {
        "Text": row["text"],
        "Measure": row["words"],
        "Verdict": f"{GLYPH[_verdict(column)]} {look.word}",
        "Training, median": _middle(row, column.train),
        "Live, median": _middle(row, column.live),
        "Score": "" if drift is None or drift.score is None else score(drift.score),
        "No change gives up to": "" if drift is None or drift.floor is None else score(drift.floor),
        "n": "" if drift is None else f"{count(drift.n_train)} and {count(drift.n_live)}",
    }

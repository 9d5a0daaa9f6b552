"""Groups of patients: one measure for each with intervals, how far apart they lie, and which are too small to judge."""

from __future__ import annotations

import streamlit as st

from golive.model.measured.performance import Performance
from golive.ui.figures import outcomes as figures
from golive.ui.shell import chart, theme
from golive.ui.shell.words import plain
from golive.wording.metrics import METRICS
from golive.wording.numbers import count, percent, points

SHOWN = ("auroc", "sensitivity", "ppv", "specificity", "observed_expected", "alert_rate")
QUESTIONS = (
    ("demographic_parity", "Alert rate"),
    ("equal_opportunity", "Cases found (sensitivity)"),
    ("equalized_odds", "Errors: cases missed or false alarms, whichever differs more"),
)
"""Measures between groups and how they are said; the key is what the field calls it."""


def groups(performance: Performance) -> None:
    """One metric for every group, chosen by the reader, with intervals; groups too small are named, not measured."""
    every = [*performance.subgroups, *performance.pairs]
    known = {m for g in every for m in g.metrics}
    metrics = [m for m in SHOWN if m in known]
    if metrics:
        metric = st.segmented_control(
            "Measure",
            metrics,
            default=metrics[0],
            key="group_metric",
            required=True,
            format_func=lambda m: METRICS[m].title,
        )
        shown = [g for g in every if metric in g.metrics]
        shown.sort(key=lambda g: g.metrics[metric].value or 0.0)
        everyone = performance.metric(metric).live.value
        figure = figures.forest(shown[:24], metric, everyone, theme.tokens())
        chart.show(figure, key=f"forest_{metric}", alt=figures.describe_forest(shown, metric))
        st.caption(
            "Dots: live value, n beside each group; bars: 95 % interval; dotted line: everyone. Lowest first, at most 24 groups."
        )
    small = [g for g in every if not g.enough]
    if small:
        with st.expander(f"{len(small)} groups are too small to judge"):
            st.dataframe(
                [{"Group": f"{g.by}: {g.value}", "Patients": count(g.n)} for g in small],
                hide_index=True,
                width="stretch",
            )


def parity(performance: Performance) -> None:
    """How far apart the groups of each column lie at the threshold, beside what chance alone shows."""
    found = performance.parity
    if not found:
        return
    st.subheader("How far apart groups lie at the threshold", anchor=False)
    beyond = {
        row.by: [
            words.split(":")[0].split(" (")[0].lower()
            for key, words in QUESTIONS
            if getattr(row, key).beyond_chance
        ]
        for row in found
    }
    told = "; ".join(f"**{plain(by)}** ({', '.join(what)})" for by, what in beyond.items() if what)
    st.markdown(
        f"Groups differ by more than chance would show by {told}."
        if told
        else "No difference is larger than equal groups of these sizes would show in one of twenty samples."
    )
    rows = [
        {
            "Groups of": row.by,
            "What": words,
            "Lowest": f"{gap.lowest.group} {percent(gap.lowest.rate)}",
            "Highest": f"{gap.highest.group} {percent(gap.highest.rate)}",
            "Difference": points(gap.difference).lstrip("+"),
            "By chance up to": points(gap.chance).lstrip("+"),
            "Lowest / highest": "not defined" if gap.ratio is None else f"{gap.ratio:.2f}",
        }
        for row in found
        for words, gap in ((words, getattr(row, key)) for key, words in QUESTIONS)
    ]
    st.dataframe(
        rows,
        hide_index=True,
        width="stretch",
        alt="Largest difference between groups at the threshold",
    )
    st.caption(
        "Demographic parity, equal opportunity and equalized odds by fairlearn, over groups large enough to judge. Groups that "
        "differ in how often the outcome occurs should differ in alerts: read the first line beside the event rate."
    )

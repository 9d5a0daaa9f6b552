"""Groups of patients: one measure for each with intervals, how far apart they lie, and which are too small to judge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from golive.ui.figures import outcomes as figures
from golive.ui.shell import chart, theme
from golive.ui.shell.words import plain
from golive.wording.numbers import count, percent, points

Part = Mapping[str, Any]
GROUP_WORDS = {
    "auroc": "AUROC",
    "sensitivity": "Sensitivity",
    "ppv": "PPV",
    "specificity": "Specificity",
    "observed_expected": "Observed to predicted",
    "alert_rate": "Alert rate",
}
QUESTIONS = (
    ("demographic_parity", "Alert rate"),
    ("equal_opportunity", "Cases found (sensitivity)"),
    ("equalized_odds", "Errors: cases missed or false alarms, whichever differs more"),
)
"""Measures between groups and how they are said; the key is what the field calls it."""


def groups(performance: Part) -> None:
    """One metric for every group, chosen by the reader, with intervals; groups too small are named, not measured."""
    every = [*(performance.get("subgroups") or []), *(performance.get("pairs") or [])]
    known = {m for g in every for m in (g.get("metrics") or {})}
    metrics = [
        m
        for m in ("auroc", "sensitivity", "ppv", "specificity", "observed_expected", "alert_rate")
        if m in known
    ]
    if metrics:
        metric = st.segmented_control(
            "Measure",
            metrics,
            default=metrics[0],
            key="group_metric",
            required=True,
            format_func=lambda m: GROUP_WORDS.get(m, m),
        )
        part = performance.get(metric) or (performance.get("at_threshold") or {}).get(metric) or {}
        part = part or (performance.get("calibration") or {}).get(metric) or {}
        shown = [g for g in every if (g.get("metrics") or {}).get(metric)]
        shown.sort(key=lambda g: g["metrics"][metric]["live"])
        figure = figures.forest(shown[:24], metric, part.get("live"), theme.tokens())
        chart.show(figure, key=f"forest_{metric}", alt=figures.describe_forest(shown, metric))
        st.caption(
            "Dots: live value, n beside each group; bars: 95 % interval; dotted line: everyone. Lowest first, at most 24 groups."
        )
    small = [g for g in every if not g.get("enough")]
    if small:
        with st.expander(f"{len(small)} groups are too small to judge"):
            st.dataframe(
                [
                    {
                        "Group": f"{g['by']}: {g['value']}",
                        "Patients": count(g["n"]) if g.get("n") else "1-10",
                    }
                    for g in small
                ],
                hide_index=True,
                width="stretch",
            )


def parity(performance: Part) -> None:
    """How far apart the groups of each column lie at the threshold, beside what chance alone shows."""
    found = performance.get("parity") or []
    if not found:
        return
    st.subheader("How far apart groups lie at the threshold", anchor=False)
    beyond = {
        str(row["by"]): [
            words.split(":")[0].split(" (")[0].lower()
            for key, words in QUESTIONS
            if row[key]["beyond_chance"]
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
            "Groups of": row["by"],
            "What": words,
            "Lowest": f"{part['lowest']['group']} {percent(part['lowest']['rate'])}",
            "Highest": f"{part['highest']['group']} {percent(part['highest']['rate'])}",
            "Difference": points(part["difference"]).lstrip("+"),
            "By chance up to": points(part["chance"]).lstrip("+"),
            "Lowest / highest": f"{part['ratio']:.2f}"
            if part.get("ratio") is not None
            else "not defined",
        }
        for row in found
        for key, words in QUESTIONS
        for part in (row[key],)
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

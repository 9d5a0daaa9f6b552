"""The chosen column by site and by week: two small pictures, and the choice between its values and its gaps."""

from __future__ import annotations

import streamlit as st

from golive.model.finding import Signal, Verdict
from golive.model.result import Assessment, ColumnResult
from golive.ui import figures
from golive.ui.shell import chart, nav, theme
from golive.ui.shell.words import plain

VALUES = "values"
_WORD = {VALUES: "Values", figures.MISSING: "Rows without a value"}


def render(column: ColumnResult, assessment: Assessment, *, unit: str) -> None:
    """Draw the column by site and by time window, or say which role is missing to do so."""
    site, window = figures.cut_of(column.live, "site"), figures.cut_of(column.live, "time")
    if site is None and window is None:
        _why_not(column, assessment)
        return
    choices = [
        k for k in (VALUES, figures.MISSING) if figures.drawn(column, gaps=k == figures.MISSING)
    ]
    chosen = choices[-1]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Where and when**")
        if len(choices) > 1:
            chosen = st.segmented_control(
                "What to draw by site and time",
                choices,
                default=figures.MISSING if _gaps_first(column, assessment) else VALUES,
                required=True,
                format_func=_WORD.__getitem__,
                key=f"slices_of:{column.name}",
                label_visibility="collapsed",
            )
    what = figures.drawn(column, gaps=chosen == figures.MISSING)
    if what is None:
        return
    tokens = theme.tokens()
    left, right = st.columns(2, gap="medium")
    if site is not None:
        with left:
            st.caption(f"By {plain(site.column)}")
            chart.show(
                figures.by_site(column, tokens, what, unit=unit),
                key=f"by_site:{column.name}",
                alt=figures.describe_by_site(column, what),
            )
    if window is not None:
        with right if site is not None else left:
            st.caption(f"By {figures.window_word(window.values)} of {plain(window.column)}")
            chart.show(
                figures.by_time(column, tokens, what, unit=unit),
                key=f"by_time:{column.name}",
                alt=figures.describe_by_time(column, what),
            )
    st.caption(_legend(what))


def _legend(what: figures.Drawn) -> str:
    drawn = (
        "Dots are medians, bars the middle half of the values. " if what.what == "median" else ""
    )
    return f"{drawn}Slices under 11 rows are left out; a gap stands for 1-10 rows."


def _gaps_first(column: ColumnResult, assessment: Assessment) -> bool:
    """Whether what is wrong with the column is first of all that values are missing."""
    own = [
        f for f in assessment.findings if column.name in f.columns and f.verdict is Verdict.ALARM
    ]
    return bool(own) and all(f.signal is Signal.MISSINGNESS for f in own)


def _why_not(column: ColumnResult, assessment: Assessment) -> None:
    roles = assessment.roles
    if column.live is None:
        return
    if roles.site is None and roles.time is None:
        st.caption(
            "Name a site or a time column on the Data page, and this column is drawn by site and by week."
        )
        nav.link("data", "Data", icon=":material/upload_file:")
    elif column.name not in (roles.site, roles.time):
        st.caption(
            "This session keeps no numbers by site and week for this column; assess the data again to see them."
        )

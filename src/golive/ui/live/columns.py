"""Distributions page: the list of columns with small pictures, and one column in full."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from golive.model.columns import Role
from golive.model.config import Config
from golive.model.finding import Finding, Signal, Verdict
from golive.model.result import Assessment, ColumnResult, Picture
from golive.ui import figures
from golive.ui.shell import chart, components, nav, theme
from golive.ui.shell.nav import line_with_link
from golive.ui.shell.words import plain
from golive.wording.numbers import count, number, p_value, percent, repeated_rows, score
from golive.wording.order import VERDICTS

if TYPE_CHECKING:
    import pandas as pd

KEY, QUERY = "column_choice", "column"
"""The chosen column in the page's state and in the address (``?column=creatinine``)."""
GLYPH = {Verdict.ALARM: "▲", Verdict.WATCH: "◆", Verdict.QUIET: "✓", Verdict.CANNOT_JUDGE: "?"}
"""Cells of a table draw no Material icons; these differ in shape as the icons do."""
LIST_HEIGHT = 570
"""Pixels: fifteen columns at a glance beside the figures of the chosen one, and not more than a telephone shows."""
VALUES = "values"
ROLE_WORD = {role: role.value.replace("_", " ") for role in Role}


def verdict_of(column: ColumnResult, assessment: Assessment) -> Verdict:
    """The most urgent verdict among a column's own findings and its drift; ``cannot_judge`` when nothing judged it."""
    found = [f.verdict for f in findings_of(column, assessment)]
    if column.drift is not None:
        found.append(column.drift.verdict)
    return min(found, key=VERDICTS.index, default=Verdict.CANNOT_JUDGE)


def ordered(assessment: Assessment) -> list[ColumnResult]:
    """Columns by urgency, then by how far the score stands above its threshold, then by name."""
    return sorted(
        assessment.columns,
        key=lambda c: (
            VERDICTS.index(verdict_of(c, assessment)),
            -((c.drift.score or 0) / c.drift.threshold if c.drift else 0),
            c.name,
        ),
    )


def spark(column: ColumnResult, side: str) -> list[float]:
    """Shares (percent of the side's values) per bin for the small picture in the list; suppressed cells are left out."""
    picture, result = column.picture, getattr(column, side)
    if picture is None or result is None:
        return []
    n = result.n - result.missing
    return [100 * (cell or 0) / n for cell in getattr(picture, side)[:40]] if n else []


def table(columns: Sequence[ColumnResult], assessment: Assessment) -> pd.DataFrame:
    """One row per column: verdict in words, name, small pictures, score, missing shares in percent."""
    import pandas as pd

    verdicts = [verdict_of(c, assessment) for c in columns]
    return pd.DataFrame(
        {
            "Column": [c.name for c in columns],
            "Verdict": [f"{GLYPH[v]} {theme.VERDICT[v].word}" for v in verdicts],
            "Training": [spark(c, "train") for c in columns],
            "Live": [spark(c, "live") for c in columns],
            "Score": pd.array(
                [c.drift.score if c.drift else None for c in columns], dtype="Float64"
            ),
            "Missing live (%)": pd.array(
                [100 * c.live.missing_share if c.live else None for c in columns], dtype="Float64"
            ),
        }
    )


def choose(columns: Sequence[ColumnResult], assessment: Assessment) -> ColumnResult:
    """Show the list and the select box (for narrow screens and typing) and return the chosen column."""
    names = [c.name for c in columns]
    asked = st.query_params.get(QUERY)
    if asked in names and asked != st.session_state.get("column_asked"):
        st.session_state[KEY] = asked
    st.session_state["column_asked"] = asked
    if st.session_state.get(KEY) not in names:
        st.session_state[KEY] = names[0]
    shown = str(st.session_state[KEY])
    st.selectbox(
        "Column",
        names,
        key=KEY,
        on_change=_remember,
        filter_mode="contains",
        help="Type to search, or click a row of the list.",
    )
    tokens, column = theme.tokens(), st.column_config
    bins = "Share of values per bin; 1-10 rows are left out."
    same = "The same bins as training; 1-10 rows are left out."
    drift = "Drift score, 0 = no difference; empty when it was not compared."
    gone = "Live rows without a value."
    st.dataframe(
        table(columns, assessment).style.map(_ink, subset=["Verdict"]),
        key="column_list",
        on_select=lambda: _take_row(names),
        selection_mode="single-cell",
        hide_index=True,
        height=min(LIST_HEIGHT, 38 + 35 * len(columns)),
        alt="Columns with verdict, small pictures of training and live data, score and missing share.",
        column_config={
            "Column": column.TextColumn(pinned=True),
            "Verdict": column.TextColumn(width=110),
            "Training": column.BarChartColumn(
                y_min=0, color=tokens.training, width="small", help=bins
            ),
            "Live": column.BarChartColumn(y_min=0, color=tokens.live, width="small", help=same),
            "Score": column.NumberColumn(format="%.3f", help=drift),
            "Missing live (%)": column.NumberColumn("Missing (%)", format="%.1f", help=gone),
        },
    )
    return columns[names.index(shown)]


def _ink(cell: object) -> str:
    """The colour of a verdict's word, for the reader's theme."""
    verdict = next(v for v, glyph in GLYPH.items() if str(cell).startswith(glyph))
    return f"color: {theme.tokens().of(verdict)}"


def _take_row(names: Sequence[str]) -> None:
    cells = st.session_state["column_list"]["selection"]["cells"]
    if cells and 0 <= cells[0][0] < len(names):
        st.session_state[KEY] = names[cells[0][0]]
        _remember()


def _remember() -> None:
    """Write the chosen column into the address, so that a reload and a shared link show the same."""
    st.query_params[QUERY] = st.session_state["column_asked"] = st.session_state[KEY]


def unit_of(config: Config, column: str) -> str:
    """The declared unit of a column, or an empty string. Braces of UCUM annotations (``{score}``) are left out."""
    declared = config.columns.get(column)
    return (declared.unit or "").strip("{}") if declared else ""


def findings_of(column: ColumnResult, assessment: Assessment) -> list[Finding]:
    """Findings about a column, alone or with others."""
    return [f for f in assessment.findings if column.name in f.columns]


def render(column: ColumnResult, assessment: Assessment, config: Config) -> None:
    """Draw one column: verdict and reason, both distributions, missing values, the score on its scale, and its findings."""
    name, unit = column.name, unit_of(config, column.name)
    look = theme.VERDICT[verdict_of(column, assessment)]
    st.subheader(f"{plain(name)}  :{look.color}[{look.icon} {look.word}]", anchor=False)
    kind = f"{column.type.value.capitalize()}, {ROLE_WORD[column.role]}"
    why = f" Type and role: {column.reason}." if column.reason else ""
    st.caption(plain(f"{kind}{f', in {unit}' if unit else ''}.{why}"))
    st.markdown(plain(_sentence(column)))
    tokens = theme.tokens()
    if column.picture and (column.picture.edges or column.picture.labels):
        log = st.toggle(
            "Logarithmic shares",
            value=figures.needs_log(column),
            key=f"log_shares:{name}",
            help="Makes small tails visible; on by itself where one bin holds most values.",
        )
        alt = figures.describe_distribution(column, unit=unit)
        figure = figures.distribution(column, tokens, unit=unit, log=log)
        chart.show(figure, key=f"distribution:{name}", alt=alt)
        _notes(column.picture)
    else:
        st.info(_why_no_picture(column), icon=":material/hide_image:")
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Rows without a value**")
        alt = figures.describe_missing(column)
        chart.show(figures.missing(column, tokens), key=f"missing:{name}", alt=alt)
    with right:
        _scale(column)
    _slices(column, assessment, unit)
    own = findings_of(column, assessment)
    if own:
        st.markdown("**Findings of this column**")
    for finding in own[:6]:
        look = theme.VERDICT[finding.verdict]
        title = f":{look.color}[{look.icon} {look.word}] {plain(finding.title)}"
        line_with_link("findings", title, query={"finding": finding.id})
    _numbers(column, unit)


def _sentence(column: ColumnResult) -> str:
    if column.live is None:
        return "Live data does not have this column."
    if column.train is None:
        return "Training data did not have this column."
    drift = column.drift
    if drift is None:
        return "The spread of this column is not compared."
    if drift.score is None or drift.verdict is Verdict.CANNOT_JUDGE:
        return f"Its spread cannot be judged: {drift.reason or 'too few values'}."
    sentence = {
        Verdict.ALARM: "Live values are spread differently, by more than matters and more than chance.",
        Verdict.WATCH: "Live values are spread a little differently: more than chance, less than matters.",
        Verdict.QUIET: "Live values are spread as in training, as far as these numbers of rows can show.",
    }[drift.verdict]
    return f"{sentence[:-1]} (n = {count(drift.n_train)} and {count(drift.n_live)})."


def _notes(picture: Picture) -> None:
    notes = [
        f"{word} the range drawn: {count(cells[0])} training and {count(cells[1])} live values"
        for word, cells in (("below", picture.below), ("above", picture.above))
        if any(cell is None or cell > 0 for cell in cells)
    ]
    if picture.edges and any(c is None for c in (*picture.train, *picture.live)):
        notes.append("hatched: 1-10 rows, the exact count is not shown")
    rarer = len(picture.labels) - figures.MAX_BARS
    if rarer > 0:
        notes.append(f"{rarer} categories that are rarer and changed less are not drawn")
    if notes:
        st.caption("; ".join(notes).capitalize() + ".")


def _why_no_picture(column: ColumnResult) -> str:
    if column.type.value in ("identifier", "text"):
        return "Identifiers and free text are never drawn: the picture would show single people."
    return "There are no values to draw on either side."


def _scale(column: ColumnResult) -> None:
    st.markdown("**How far from nothing**")
    drift = column.drift
    if drift is None:
        st.caption("This column is not compared, so there is no score.")
        return
    if drift.score is None:
        st.caption(plain(f"No score: {drift.reason or 'too few values'}."))
        return
    alt = figures.describe_scale(drift)
    chart.show(figures.scale(drift, theme.tokens()), key=f"scale:{column.name}", alt=alt)
    if drift.smallest_detectable is not None:
        p = f" Adjusted p {p_value(drift.p_adjusted)}." if drift.p_adjusted is not None else ""
        st.caption(
            f"The smallest shift these numbers of rows show reliably is {score(drift.smallest_detectable)} "
            f"(80 % power; n = {count(drift.n_train)} and {count(drift.n_live)}).{p}"
        )
    if repeated := repeated_rows(drift):
        st.caption(f"{repeated[0].upper()}{repeated[1:]}.")


def _numbers(column: ColumnResult, unit: str) -> None:
    sides = (column.train, column.live)
    quantiles = sorted({q for side in sides if side for q in side.quantiles}, key=float)
    with st.expander("The numbers behind it", icon=":material/table:"):
        rows = [(label, *_written(column, field, write)) for label, field, write in _LINES]
        for q in quantiles:
            train, live = (number(side.quantiles.get(q)) if side else "–" for side in sides)
            rows.append((f"{percent(float(q))} of values are at most", train, live))
        kept = [row for row in rows if row[1:] != ("–", "–")]
        components.table(
            {
                f"{column.name}{f' ({unit})' if unit else ''}": [r[0] for r in kept],
                "Training": [r[1] for r in kept],
                "Live": [r[2] for r in kept],
            },
            f"Counts, moments and quantiles of {column.name} in training and live data.",
        )


_LINES: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("Rows", "n", count),
    ("Rows without a value", "missing", count),
    ("Share without a value", "missing_share", percent),
    ("Distinct values", "distinct", count),
    ("Values that are no number", "unparsed", count),
    ("Mean", "mean", number),
    ("Standard deviation", "std", number),
    ("Smallest", "min", number),
    ("Largest", "max", number),
)


def _written(column: ColumnResult, field: str, write: Callable[[Any], str]) -> tuple[str, str]:
    """One field of both sides in words; a dash where a side does not have it."""
    train, live = (getattr(s, field) if s else None for s in (column.train, column.live))
    return "–" if train is None else write(train), "–" if live is None else write(live)


def _slices(column: ColumnResult, assessment: Assessment, unit: str) -> None:
    """The column by site and by time window, its values or its gaps, or which role is missing to draw it."""
    site, window = figures.cut_of(column.live, "site"), figures.cut_of(column.live, "time")
    if site is None and window is None:
        _why_no_slices(column, assessment)
        return
    word = {VALUES: "Values", figures.MISSING: "Rows without a value"}
    choices = [k for k in word if figures.drawn(column, gaps=k == figures.MISSING)]
    chosen = choices[-1]
    # What is wrong with the column may be first of all that values are missing
    alarms = [f for f in findings_of(column, assessment) if f.verdict is Verdict.ALARM]
    gaps_first = bool(alarms) and all(f.signal is Signal.MISSINGNESS for f in alarms)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Where and when**")
        if len(choices) > 1:
            chosen = st.segmented_control(
                "What to draw by site and time",
                choices,
                default=figures.MISSING if gaps_first else VALUES,
                required=True,
                format_func=word.__getitem__,
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
            alt = figures.describe_by_site(column, what)
            figure = figures.by_site(column, tokens, what, unit=unit)
            chart.show(figure, key=f"by_site:{column.name}", alt=alt)
    if window is not None:
        with right if site is not None else left:
            st.caption(f"By {figures.window_word(window.values)} of {plain(window.column)}")
            alt = figures.describe_by_time(column, what)
            figure = figures.by_time(column, tokens, what, unit=unit)
            chart.show(figure, key=f"by_time:{column.name}", alt=alt)
    middle = "Dots are medians, bars the middle half of the values. "
    drawn = middle if what.what == "median" else ""
    st.caption(f"{drawn}Slices under 11 rows are left out; a gap stands for 1-10 rows.")


def _why_no_slices(column: ColumnResult, assessment: Assessment) -> None:
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

"""The report page: choose a report and a form, see it before it is written, take the file."""

from __future__ import annotations

import streamlit as st

from golive.model.finding import Verdict
from golive.report.base import document as doc
from golive.report.base.identity import SAMPLE
from golive.report.base.sources import Sources
from golive.report.formats.html import TONE_MARK
from golive.report.forms import FORMS, KINDS, render
from golive.ui.shell import theme
from golive.ui.shell.components import download
from golive.ui.shell.words import plain

KIND, FORM = "report", "as"
"""The choice in the address (``?report=memo&as=pdf``)."""
MOST_ROWS = 25
"""Rows of a table in the preview; the file holds all."""


def choose() -> tuple[str, str]:
    """Show what there is, keep the choice in the address, and return (kind, form)."""
    left, right = st.columns([1.4, 1])
    kind = left.selectbox(
        "Report", list(KINDS), format_func=lambda k: KINDS[k].title, key=KIND, bind="query-params"
    )
    forms = [name for name, form in FORMS.items() if form.of_kinds]
    form = right.segmented_control(
        "As",
        forms,
        format_func=lambda f: FORMS[f].title.split(",")[0],
        key=FORM,
        default=forms[0],
        required=True,
    )
    st.caption(KINDS[kind].serves)
    return str(kind or next(iter(KINDS))), str(form or forms[0])


def downloads(sources: Sources, kind: str, form: str) -> None:
    """One button for the chosen report, and one for each form that holds the whole assessment."""
    _button(sources, form, kind, f"Download the {KINDS[kind].title.lower()}", primary=True)
    st.caption("The whole assessment in one file:")
    with st.container(horizontal=True):
        for name, whole in FORMS.items():
            if not whole.of_kinds:
                _button(sources, name, "report", whole.title.split(",")[0])


def _button(sources: Sources, form: str, kind: str, label: str, *, primary: bool = False) -> None:
    chosen = FORMS[form]
    stem = kind if chosen.of_kinds else form
    download(
        label,
        f"golive-{sources.assessment.session[:8]}-{stem}.{chosen.suffix}",
        chosen.mime,
        lambda: _data(sources, form, kind),
        key=f"download_{form}_{'chosen' if primary else 'whole'}",
        type="primary" if primary else "secondary",
    )


def _data(sources: Sources, form: str, kind: str) -> bytes:
    return render(sources, form, kind).data


def preview(document: doc.Document) -> None:
    """Draw the document as the page draws everything else, in a box of its own."""
    with st.container(border=True, height=640, key="report_preview"):
        if document.identity.sample:
            st.info(SAMPLE, icon=":material/science:")
        st.subheader(plain(document.title), anchor=False)
        st.caption(plain(document.subtitle))
        for block in document.blocks:
            _draw(block)
        st.markdown("**Where this comes from**")
        _facts(document.identity.rows)
        st.markdown(f"**{plain(document.identity.disclaimer)}**")


def _draw(block: doc.Block) -> None:
    match block:
        case doc.Heading(text, level):
            st.markdown(f"{'####' if level == 2 else '#####'} {plain(text)}")
        case doc.Paragraph(text, muted):
            (st.caption if muted else st.markdown)(plain(text))
        case doc.Bullets(items, numbered):
            marks = [f"{n}." if numbered else "-" for n in range(1, len(items) + 1)]
            st.markdown("\n".join(f"{m} {plain(t)}" for m, t in zip(marks, items, strict=True)))
        case doc.Banner(word, meaning, tone, lines):
            look = theme.VERDICT[Verdict.QUIET if tone == "accent" else Verdict(tone)]
            st.markdown(f"#### :{look.color}[{look.icon} {plain(word)}] – {plain(meaning)}.")
            st.markdown("  \n".join(plain(line) for line in lines if line))
        case doc.Facts(rows):
            _facts(rows)
        case doc.Figure(svg, alt, caption):
            st.image(svg, width="stretch", alt=alt)
            st.caption(plain(caption))
        case doc.Table():
            _table(block)


def _facts(rows: tuple[tuple[str, str], ...]) -> None:
    st.markdown("  \n".join(f"{plain(name)}: **{plain(value)}**" for name, value in rows))


def _table(table: doc.Table) -> None:
    if not table.rows:
        st.markdown(plain(table.empty))
        return
    head = [name or "#" for name in table.head]
    tones = [*table.tones, *[None] * len(table.rows)]
    st.table(
        [
            {
                name: plain(f"{TONE_MARK[tone]} {cell}" if (tone := tones[y]) and x == 0 else cell)
                for x, (name, cell) in enumerate(zip(head, row, strict=True))
            }
            for y, row in enumerate(table.rows[:MOST_ROWS])
        ],
        border="horizontal",
    )
    if len(table.rows) > MOST_ROWS:
        st.caption(f"And {len(table.rows) - MOST_ROWS} more rows in the file.")

"""What a board gets on paper and on a wall: no heading alone, no row torn, no sentence cut, nobody's name in the file."""

from __future__ import annotations

import io
from typing import Any

import pytest
from read_pdf import pages, reaches, width

from golive.report.base.document import Document, Heading, Paragraph, Table
from golive.report.base.sources import Sources
from golive.report.formats.deck import BOTTOM, TOP, lines_of, pages_of
from golive.report.formats.pdf import pdf
from golive.report.forms import KINDS, render
from golive.wording.metrics import measured
from golive.wording.text import sentences, shorten

LONG = "Every live value was compared with the limits for adults. " * 6


def deck(sources: Sources) -> Any:
    """The slides of an assessment as their reader opens them."""
    from pptx import Presentation

    return Presentation(io.BytesIO(render(sources, "pptx").data))


def document(sources: Sources, *blocks: Any) -> Document:
    """A report of these blocks with the identity of a real one."""
    real = KINDS["report"].write(sources)
    return Document(real.title, real.subtitle, real.identity, real.created_at, blocks)


@pytest.mark.parametrize("lines", range(28, 44, 2))
def test_a_heading_and_its_note_stay_with_their_table(sources: Sources, lines: int) -> None:
    rows = tuple((f"row {i}", "word " * 40) for i in range(8))
    filler = (Paragraph("x") for _ in range(lines))
    blocks = (
        *filler,
        Heading("Findings"),
        Paragraph("Eight of them.", muted=True),
        Table(("First", "Second"), rows),
    )
    found = pages(pdf(document(sources, *blocks)))
    (page,) = [p for p in found if "Findings" in p]
    assert any(line.startswith("row 0") for line in page[page.index("Findings") :])


def test_a_row_is_not_torn_between_pages(sources: Sources) -> None:
    rows = tuple((f"row {i}", f"start{i} " + "word " * 60 + f"end{i}") for i in range(60))
    found = [
        " ".join(page)
        for page in pages(pdf(document(sources, Table(("First", "Second"), rows, (1, 3)))))
    ]
    assert len(found) > 3
    for i in range(len(rows)):
        assert sum(f"start{i} " in page and f" end{i} " in page + " " for page in found) == 1


def test_a_row_longer_than_a_page_loses_nothing(sources: Sources) -> None:
    note = " ".join(f"w{i}" for i in range(3000))
    text = " ".join(
        " ".join(page)
        for page in pages(pdf(document(sources, Table(("First", "Second"), (("note", note),)))))
    )
    assert "w0 " in text
    assert " w2999" in text


def test_words_and_numbers_of_a_narrow_column_are_neither_broken_nor_written_over(
    sources: Sources,
) -> None:
    head = ("Criterion", "Kind", "What", "Score")
    rows = (
        (
            "OBS-03",
            "attestation",
            "a long sentence with many words " * 4,
            "0.0412 against 0.10 (jensenshannon)",
        ),
    )
    data = pdf(document(sources, Table(head, rows, (0.3, 0.3, 9, 0.3))))
    ends = reaches(data)
    for word, beside in (("Criterion", "Kind"), ("attestation", "a"), ("OBS-03", "attestation")):
        assert ends[word][1] < ends[beside][0]
    for word in ("0.0412", "(jensenshannon)"):
        assert ends[word][1] < width(data)


def test_the_origin_stands_on_one_page(sources: Sources) -> None:
    for kind in KINDS:
        last = pages(render(sources, "pdf", kind).data)[-1]
        assert "Where this comes from" in last
        assert any(
            line.startswith("Self-assessment, not a certification. Thresholds") for line in last
        )


def test_a_pdf_names_its_day_its_language_and_no_author(sources: Sources) -> None:
    data = render(sources, "pdf", "memo").data
    made = sources.assessment.created_at[:10].encode()
    assert b"<xmp:CreateDate>" + made in data
    assert b"/Lang(en)" in data
    assert b"dc:creator" not in data
    assert b"/Author" not in data


def test_slides_carry_nobodys_name(sources: Sources) -> None:
    about = deck(sources).core_properties
    assert (about.author, about.last_modified_by, about.language) == ("", "", "en")
    assert about.created.isoformat()[:10] == sources.assessment.created_at[:10]


def test_slides_cut_no_sentence_and_say_what_they_leave_out(sources: Sources) -> None:
    r = sources.assessment.readiness
    criteria = tuple(c.model_copy(update={"measurement": LONG.strip()}) for c in r.criteria)
    told = sources.assessment.model_copy(
        update={"readiness": r.model_copy(update={"criteria": criteria})}
    )
    changed = deck(Sources(**{**vars(sources), "assessment": told}))
    titles = [page.shapes.title.text_frame.text for page in changed.slides]
    blocked = [
        page
        for page in changed.slides
        if page.shapes.title.text_frame.text.startswith("What blocks")
    ]
    assert len(blocked) > 1, titles
    cells = [
        c.text_frame.text
        for p in blocked
        for s in p.shapes
        if s.has_table
        for row in s.table.rows
        for c in row.cells
    ]
    assert any(LONG.strip() in cell for cell in cells)
    assert not any("…" in cell for cell in cells)


def test_a_table_is_cut_into_slides_without_losing_a_row() -> None:
    rows = [(str(i), "word " * (i % 60)) for i in range(40)]
    parts = pages_of(rows, (1, 6), BOTTOM - TOP)
    assert [row for part in parts for row in part] == rows
    assert len(parts) > 2
    assert pages_of([("1", "word " * 5000)], (1, 6), 1.0) == [[("1", "word " * 5000)]]
    assert lines_of("", 13, 5) == 1


def test_what_is_written_in_percent_changes_by_points(sources: Sources) -> None:
    said = {w.key: w.change(m) for w, m in measured(sources.assessment.measured)}
    assert said["sensitivity"] == "+3.3 points (-0.7 to +7.3)"
    assert said["ppv"] == "-14.3 points (-15.9 to -12.7)"
    assert said["auroc"] == "-0.088 (-0.108 to -0.068)"
    text = render(sources, "md", "report").data.decode()
    assert "+3.3 points" in text


def test_text_is_shortened_between_words() -> None:
    assert shorten("a gap of several points", 12) == "a gap of…"
    assert shorten("a gap of several points", 10) == "a gap of…"
    assert shorten("x" * 40, 10) == "x" * 9 + "…"
    assert sentences("One fact. Two facts. Three facts.", 22) == "One fact. Two facts."
    assert sentences("The score is 0.821 now. It was more.", 30) == "The score is 0.821 now."
    assert sentences("One long fact without an end to it", 16) == "One long fact…"
    assert sentences("short", 16) == "short"


def test_a_slide_says_that_small_cells_are_not_drawn(sources: Sources) -> None:
    def said(hidden: bool) -> str:
        columns = tuple(
            c.model_copy(update={"picture": c.picture.model_copy(update={"live": tuple(
                None if hidden and i == 0 else (cell or 20) for i, cell in enumerate(c.picture.live)
            ), "train": tuple(cell or 20 for cell in c.picture.train)})})
            if c.picture
            else c
            for c in sources.assessment.columns
        )  # fmt: skip
        told = sources.assessment.model_copy(update={"columns": columns})
        pages = deck(Sources(**{**vars(sources), "assessment": told})).slides
        return "\n".join(
            s.text_frame.text for page in pages for s in page.shapes if s.has_text_frame
        )

    assert "Cells of 1 to 10 rows are not drawn." in said(hidden=True)
    assert "not drawn" not in said(hidden=False)

"""The same numbers in every form, nothing fetched, foreign text shown as it is, and what every report says about itself."""

from __future__ import annotations

import csv
import io
import json
import re
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from xml.etree import ElementTree as ET

import pytest
import read_pdf

from golive.model.errors import InputError
from golive.report.base.document import Facts, Figure, Table
from golive.report.base.identity import DISCLAIMER
from golive.report.base.sources import Sources
from golive.report.base.verdict import strongest, verdict_sentence
from golive.report.forms import FORMS, KINDS, render
from golive.report.parts.sections import index_words
from golive.wording.labels import VERDICT_WORD

TEXT_FORMS = ("html", "md")


def plain_text(form: str, data: bytes) -> str:
    """The words of a rendered form without its markup."""
    text = data.decode()
    if form == "html":
        text = unescape(
            re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<style>.*?</style>|<svg.*?</svg>", " ", text))
        )
    else:
        text = re.sub(r"\\([\\`*_\[\]<>|~$#+-])", r"\1", text)
    return " ".join(text.split())


@pytest.mark.parametrize("form", TEXT_FORMS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_word_of_a_document_is_in_every_form(sources: Sources, form: str, kind: str) -> None:
    text = plain_text(form, render(sources, form, kind).data)
    document = KINDS[kind].write(sources)
    for block in document.blocks:
        cells = []
        if isinstance(block, Facts):
            cells = [value for _, value in block.rows]
        elif isinstance(block, Table):
            cells = [cell for row in block.rows for cell in row]
        for cell in cells:
            assert " ".join(cell.split()) in text


@pytest.mark.parametrize("form", TEXT_FORMS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_report_says_where_it_comes_from(sources: Sources, form: str, kind: str) -> None:
    text = plain_text(form, render(sources, form, kind).data)
    a = sources.assessment
    assert DISCLAIMER in text
    assert "not a certification" in text
    for needed in (
        a.inputs.train.sha256,
        a.inputs.live.sha256,
        a.session,
        "Sample:",
        "Policy",
        "Risk tier",
    ):
        assert needed in text


@pytest.mark.parametrize("form", TEXT_FORMS)
def test_the_verdict_reads_the_same(sources: Sources, form: str) -> None:
    r = sources.assessment.readiness
    for kind in ("report", "memo", "reviewer"):
        text = plain_text(form, render(sources, form, kind).data)
        assert verdict_sentence(r) in text
        assert index_words(r) in text


def test_json_and_csv_hold_the_same_numbers_as_the_assessment(sources: Sources) -> None:
    a = sources.assessment
    assert json.loads(render(sources, "json").data) == json.loads(a.model_dump_json())
    archive = zipfile.ZipFile(io.BytesIO(render(sources, "csv").data))
    rows = {
        name: list(csv.DictReader(io.StringIO(archive.read(name).decode())))
        for name in archive.namelist()
    }
    assert float(rows["verdict.csv"][0]["index"]) == a.readiness.index
    assert [float(r["low"]) for r in rows["dimensions.csv"]] == [
        d.low for d in a.readiness.dimensions
    ]
    assert [r["id"] for r in rows["findings.csv"]] == [f.id for f in a.findings]
    assert len(rows["criteria.csv"]) == len(a.readiness.criteria)
    scores = {r["name"]: r["drift_score"] for r in rows["columns.csv"]}
    for column in a.columns:
        if column.drift and column.drift.score is not None:
            assert float(scores[column.name]) == column.drift.score


def words_of_pdf(data: bytes) -> str:
    """Text of a PDF as its readers extract it, without spaces (lines break anywhere)."""
    return squeezed(read_pdf.text(data))


def squeezed(text: str) -> str:
    """Text without spaces and the hyphens of broken lines, for comparing across forms that break lines."""
    return re.sub(r"[\s\u200b\u00ad\-\u2010]", "", text)


@pytest.mark.parametrize("kind", KINDS)
def test_pdf_holds_the_same_numbers(sources: Sources, kind: str) -> None:
    data = render(sources, "pdf", kind).data
    assert data.startswith(b"%PDF-")
    text = words_of_pdf(data)
    for block in KINDS[kind].write(sources).blocks:
        if isinstance(block, Facts):
            for _, value in block.rows:
                assert squeezed(value) in text
    for _, value in KINDS[kind].write(sources).identity.rows:
        assert squeezed(value) in text
    assert squeezed(DISCLAIMER) in text.rpartition(squeezed("Where this comes from"))[2], (
        "elsewhere is not enough"
    )


PLAIN = "A quarter of creatinine values are in another unit."


@pytest.mark.parametrize("plain", [PLAIN, ""])
def test_a_meeting_reads_the_plain_sentence_of_a_finding(sources: Sources, plain: str) -> None:
    """The memo and the slides say the plain sentence, the title where there is none; a reviewer reads the title."""
    a = sources.assessment
    found = tuple(f.model_copy(update={"plain": plain}) for f in a.findings)
    told = replace(sources, assessment=a.model_copy(update={"findings": found}))
    first = strongest(found)[0]
    said = f"{VERDICT_WORD[first.verdict]}: {plain.removesuffix('.') or first.title}"
    memo = unescape(render(told, "html", "memo").data.decode())
    assert f"<li>{said}.</li>" in memo
    archive = zipfile.ZipFile(io.BytesIO(render(told, "pptx").data))
    slides = unescape(
        "".join(archive.read(n).decode() for n in archive.namelist() if "slides/slide" in n)
    )
    assert said in slides
    for kind in ("report", "reviewer"):
        assert first.title in unescape(render(told, "html", kind).data.decode())
        assert PLAIN not in render(told, "html", kind).data.decode()


def test_the_memo_keeps_to_one_page(sources: Sources) -> None:
    data = render(sources, "pdf", "memo").data
    assert len(read_pdf.pages(data)) == 1
    assert words_of_pdf(data).count("1/1") == 1
    assert squeezed("Where this comes from") in words_of_pdf(data)


def test_slides_hold_the_same_numbers_in_native_charts(sources: Sources) -> None:
    from pptx import Presentation

    r = sources.assessment.readiness
    deck = Presentation(io.BytesIO(render(sources, "pptx").data))
    said, charts = [], []
    for page in deck.slides:
        assert page.shapes.title.text_frame.text
        words = [s.text_frame.text for s in page.shapes if s.has_text_frame]
        assert any("not a certification" in w for w in words)
        said += words
        for shape in page.shapes:
            if shape.has_table:
                said += [c.text_frame.text for row in shape.table.rows for c in row.cells]
            if shape.has_chart:
                charts.append(shape.chart)
    text = "\n".join(said)
    for needed in (verdict_sentence(r), index_words(r), sources.assessment.inputs.live.sha256):
        assert needed in text
    proven = {
        s.name: dict(zip(charts[0].plots[0].categories, s.values, strict=True))
        for s in charts[0].plots[0].series
    }
    assert proven["Proven"] == {d.name: round(d.low, 1) for d in r.dimensions}


def test_html_fetches_nothing_and_runs_nothing(sources: Sources) -> None:
    text = render(sources, "html").data.decode()
    assert len(text) < 3_000_000
    assert "<script" not in text
    assert not re.search(r"(?:src|href)\s*=|url\((?!#)|@import", text)


def test_foreign_text_is_shown_as_it_is(sources: Sources) -> None:
    nasty = '<script>alert(1)</script> | *x* & "y" ]] #let a = $1$'
    a = sources.assessment
    first = a.findings[0].model_copy(update={"title": nasty})
    hostile = replace(
        sources, title=nasty, assessment=a.model_copy(update={"findings": (first, *a.findings[1:])})
    )
    assert "<script>" not in render(hostile, "html").data.decode()
    for form in TEXT_FORMS:
        assert " ".join(nasty.split()) in plain_text(form, render(hostile, form).data)


def test_csv_text_is_no_formula(sources: Sources) -> None:
    a = sources.assessment
    first = a.findings[0].model_copy(update={"title": "=HYPERLINK(1)"})
    hostile = replace(
        sources, assessment=a.model_copy(update={"findings": (first, *a.findings[1:])})
    )
    archive = zipfile.ZipFile(io.BytesIO(render(hostile, "csv").data))
    assert "'=HYPERLINK(1)" in archive.read("findings.csv").decode()


def test_figures_are_well_formed_and_described(sources: Sources) -> None:
    figures = [b for b in KINDS["report"].write(sources).blocks if isinstance(b, Figure)]
    assert len(figures) >= 3
    for figure in figures:
        root = ET.fromstring(figure.svg)
        assert root.attrib["aria-label"] == figure.alt
        assert not re.search(r'[" ,]-?(?:nan|inf)[" ,]', figure.svg)


@pytest.mark.parametrize("form", FORMS)
def test_equal_sources_give_equal_bytes(sources: Sources, form: str) -> None:
    first = render(sources, form).data
    if form == "pptx":  # the workbooks behind its charts hold a time in seconds
        time.sleep(1.1)
    assert render(sources, form).data == first


def test_unknown_names_are_all_named_at_once(sources: Sources) -> None:
    with pytest.raises(InputError) as caught:
        render(sources, "htm", "repot")
    assert [p.code for p in caught.value.problems] == ["REPORT_FORM", "REPORT_KIND"]
    assert "'html'" in caught.value.problems[0].hint
    with pytest.raises(InputError) as caught:
        render(sources, "json", "memo")
    assert caught.value.code == "REPORT_KIND"


@pytest.mark.parametrize("form", FORMS)
def test_every_form_costs_little(sources: Sources, form: str, cost: Callable[..., float]) -> None:
    assert cost(lambda: render(sources, form)) < 50  # five seconds where the unit is a tenth


def test_a_bin_that_holds_nearly_everything_does_not_flatten_the_rest() -> None:
    from golive.model.columns import ColumnType, Role
    from golive.model.result import ColumnResult, Picture, SideResult
    from golive.report.figures import column_figure

    side = SideResult(n=1000, missing=0, missing_share=0, distinct=900)
    picture = Picture(edges=(0, 1, 2, 3, 4), train=(1000, 0, 0, 0), live=(900, 0, 80, 20))
    column = ColumnResult(
        name="x", type=ColumnType.NUMERIC, role=Role.FEATURE, train=side, live=side, picture=picture
    )
    heaped = column_figure(column)
    assert heaped is not None
    assert "Logarithmic" in heaped.caption
    # 2 %, 8 % and 90 % stand at visibly different heights, the smallest well above the baseline.
    live = ET.fromstring(heaped.svg).findall("{*}polygon")[-1].attrib["points"].split()
    heights = sorted({round(float(point.split(",")[1])) for point in live})
    assert len(heights) == 4
    assert heights[-1] - heights[-2] > 20
    flat = column.model_copy(
        update={
            "picture": picture.model_copy(
                update={"train": (300, 300, 200, 200), "live": (250, 250, 250, 250)}
            )
        }
    )
    assert "Logarithmic" not in (column_figure(flat) or heaped).caption

"""Which reports there are, in which forms, and how one is made: the one door for pages and the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from golive.model.errors import InputError, Problem, nearest
from golive.report.base.document import Document
from golive.report.base.sources import Sources
from golive.report.base.zipping import zipped
from golive.report.kinds.chai import chai_xml
from golive.report.kinds.datasheet import datasheet
from golive.report.kinds.full import full, reviewer
from golive.report.kinds.handoff import handoff, pack
from golive.report.kinds.memo import memo
from golive.report.kinds.monitoring_plan import monitoring_plan
from golive.report.kinds.tables import tables
from golive.report.kinds.transparency import card, hti1


@dataclass(frozen=True)
class ReportKind:
    """One report: what it is called, whom it serves, and how its document is made."""

    title: str
    serves: str
    write: Callable[[Sources], Document]


@dataclass(frozen=True)
class Form:
    """One form of file. ``of_kinds`` forms set any report; the others hold the whole assessment."""

    title: str
    suffix: str
    mime: str
    of_kinds: bool = False


@dataclass(frozen=True)
class File:
    """A report as a file."""

    name: str
    mime: str
    data: bytes


KINDS: dict[str, ReportKind] = {
    "report": ReportKind("Full report", "Everything one assessment says, with figures.", full),
    "memo": ReportKind("Go/no-go memo", "One page for the meeting that decides.", memo),
    "reviewer": ReportKind(
        "Reviewer's report", "Every criterion, every finding with its evidence.", reviewer
    ),
    "card": ReportKind("Model card", "The fields of the CHAI Applied Model Card v0.2.", card),
    "hti1": ReportKind("Source attributes", "The 31 attributes of HTI-1.", hti1),
    "datasheet": ReportKind("Datasheets", "Training and live data, column by column.", datasheet),
    "monitoring": ReportKind(
        "Monitoring plan",
        "What to watch after go-live, against what, and when to stop.",
        monitoring_plan,
    ),
    "handoff": ReportKind(
        "Handoff list", "Twenty items a receiving team needs, and who owes them.", handoff
    ),
}
FORMS: dict[str, Form] = {
    "html": Form("HTML, one file that works offline", "html", "text/html", of_kinds=True),
    "pdf": Form("PDF", "pdf", "application/pdf", of_kinds=True),
    "md": Form("Markdown", "md", "text/markdown", of_kinds=True),
    "pptx": Form(
        "Slides",
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    "json": Form("JSON, the whole result", "json", "application/json"),
    "chai-xml": Form("Model card as CHAI v0.2 XML", "xml", "application/xml"),
    "csv": Form("Tables as CSV, in a zip", "csv.zip", "application/zip"),
    "handoff": Form("Handoff pack, a zip of all of these", "handoff.zip", "application/zip"),
}


def render(sources: Sources, form: str, kind: str = "report") -> File:
    """Write one report as a file.

    Raises:
        InputError: ``REPORT_FORM``, ``REPORT_KIND`` for an unknown name; both when both are unknown.
    """
    problems = []
    for name, known, code in ((form, FORMS, "REPORT_FORM"), (kind, KINDS, "REPORT_KIND")):
        if name not in known:
            what = f"'{name}' is not a {code.removeprefix('REPORT_').lower()} of report."
            problems.append(Problem(code, what, nearest(name, list(known))))
    if not problems and kind != "report" and not FORMS[form].of_kinds:
        named = ", ".join(name for name, f in FORMS.items() if f.of_kinds)
        what = f"'{form}' holds the whole assessment and has no kinds."
        problems.append(Problem("REPORT_KIND", what, f"Leave the kind out, or choose {named}."))
    if problems:
        raise InputError(problems)
    chosen = FORMS[form]
    data = (
        _DOCUMENTS[form](KINDS[kind].write(sources)) if chosen.of_kinds else _WHOLE[form](sources)
    )
    stem = kind if chosen.of_kinds else form
    name = f"golive-{sources.assessment.session[:8]}-{stem}.{chosen.suffix}"
    return File(name, chosen.mime, data)


def _html(document: Document) -> bytes:
    from golive.report.formats.html import html

    return html(document).encode()


def _pdf(document: Document) -> bytes:
    from golive.report.formats.pdf import pdf

    return pdf(document)


def _markdown(document: Document) -> bytes:
    from golive.report.formats.markdown import markdown

    return markdown(document).encode()


def _json(sources: Sources) -> bytes:
    return (sources.assessment.model_dump_json(indent=2) + "\n").encode()


def _pptx(sources: Sources) -> bytes:
    from golive.report.formats.slides import slides

    return slides(sources)


def _csv(sources: Sources) -> bytes:
    return zipped({name: text.encode() for name, text in tables(sources).items()})


def _handoff(sources: Sources) -> bytes:
    """The pack: its list first, then every report, the card, the tables and the registers."""
    whole = full(sources)
    files = {
        "README.html": _html(handoff(sources)),
        "report.html": _html(whole),
        "report.pdf": _pdf(whole),
        "memo.pdf": _pdf(memo(sources)),
        "reviewer.html": _html(reviewer(sources)),
        "model-card.html": _html(card(sources)),
        "model-card.xml": chai_xml(sources),
        "hti1.html": _html(hti1(sources)),
        "datasheet.html": _html(datasheet(sources)),
        "monitoring-plan.html": _html(monitoring_plan(sources)),
        "result.json": _json(sources),
    }
    files |= {name: text.encode() for name, text in pack(sources).items()}
    files |= {f"tables/{name}": text.encode() for name, text in tables(sources).items()}
    return zipped(files)


_DOCUMENTS: Mapping[str, Callable[[Document], bytes]] = {
    "html": _html,
    "pdf": _pdf,
    "md": _markdown,
}
_WHOLE: Mapping[str, Callable[[Sources], bytes]] = {
    "pptx": _pptx,
    "json": _json,
    "chai-xml": chai_xml,
    "csv": _csv,
    "handoff": _handoff,
}

"""Datasheets of the training and the live data: what each is, who is in it, every column, and what is wrong with it."""

from __future__ import annotations

from typing import Literal

from golive.model.finding import Signal, Verdict
from golive.report.base.document import Block, Document, Heading, Table
from golive.report.base.identity import identity, subtitle
from golive.report.base.sources import Sources
from golive.report.parts import answers as ask
from golive.report.parts.answers import ORIGIN_WORD
from golive.wording.labels import VERDICT_WORD
from golive.wording.numbers import count, number, percent

SIDES: tuple[tuple[Literal["train", "live"], str], ...] = (
    ("train", "Training data"),
    ("live", "Live data"),
)
OWN = frozenset(
    {
        Signal.SCHEMA,
        Signal.MISSINGNESS,
        Signal.MEANING,
        Signal.INTEGRITY,
        Signal.IDENTITY,
        Signal.LABEL,
    }
)


def datasheet(sources: Sources) -> Document:
    """One datasheet for each of the two data sets."""
    blocks: list[Block] = []
    for side, title in SIDES:
        blocks += [
            Heading(title),
            _about(sources, side),
            Heading("Columns", 3),
            _columns(sources, side),
        ]
    blocks += [Heading("Known problems of live data"), _problems(sources)]
    return Document(
        f"Datasheets: {sources.name}",
        subtitle(sources),
        identity(sources),
        sources.assessment.created_at,
        tuple(blocks),
    )


def _about(sources: Sources, side: Literal["train", "live"]) -> Table:
    asked = [
        ("What it is", ask.data_of(sources, side)),
        ("Who is in it", ask.demographics(sources, side)),
        ("How it was chosen: filters, period, sites", ask.filed(sources, "DAT-08")),
        ("Basis in law and agreements", ask.filed(sources, "SEC-01")),
        ("Minimisation, retention, de-identification", ask.filed(sources, "SEC-06")),
        ("Independence of test data", ask.filed(sources, "DAT-07")),
    ]
    rows = tuple((name, answer.text, ORIGIN_WORD[answer.origin]) for name, answer in asked)
    return Table(("Question", "Answer", "From"), rows, (2.4, 6, 1.4))


def _columns(sources: Sources, side: Literal["train", "live"]) -> Table:
    rows = []
    for column in sources.assessment.columns:
        held = getattr(column, side)
        if held is None:
            continue
        declared = sources.config.columns.get(column.name)
        unit = (declared.unit if declared else None) or "–"
        code = (declared.system or declared.loinc if declared else None) or "–"
        middle = held.quantiles.get("0.5")
        rows.append(
            (
                column.name,
                f"{column.type.value}, {column.role.value.replace('_', ' ')}",
                unit,
                code,
                count(held.n - held.missing),
                percent(held.missing_share),
                count(held.distinct),
                number(middle),
            )
        )
    head = ("Column", "Type, role", "Unit", "Code", "Values", "Missing", "Distinct", "Median")
    return Table(head, tuple(rows), (2.4, 2.2, 1.2, 1.4, 1.2, 1.1, 1.1, 1.1))


def _problems(sources: Sources) -> Table:
    found = [
        f
        for f in sources.assessment.findings
        if f.signal in OWN and f.verdict in (Verdict.ALARM, Verdict.WATCH)
    ]
    rows = tuple((VERDICT_WORD[f.verdict], f.title, f.fix or "–") for f in found)
    return Table(
        ("Verdict", "What", "What to do"),
        rows,
        (1, 5, 4),
        tuple(f.verdict.value for f in found),
        empty="No problem of the data asks for action.",
    )

"""Datasheets of the training and the live data: what each is, who is in it, every column, and what is wrong with it."""

from __future__ import annotations

from typing import Literal

from golive.model.finding import Signal
from golive.report.base.document import Block, Document, Heading, Table, mark, table
from golive.report.base.identity import document
from golive.report.base.sources import Sources
from golive.report.parts.answers import filled
from golive.report.parts.sections import URGENT
from golive.wording.numbers import count, number, percent

SIDES: tuple[Literal["train", "live"], ...] = ("train", "live")
OWN = (
    Signal.SCHEMA,
    Signal.MISSINGNESS,
    Signal.MEANING,
    Signal.INTEGRITY,
    Signal.IDENTITY,
    Signal.LABEL,
)


def datasheet(sources: Sources) -> Document:
    """One datasheet for each of the two data sets."""
    blocks: list[Block] = []
    for (title, answers), side in zip(filled("datasheet", sources).items(), SIDES, strict=True):
        rows = [(name, *answer.cells) for name, answer in answers.items()]
        blocks += [Heading(title), table({"Question": 2.4, "Answer": 6, "From": 1.4}, rows)]
        blocks += [Heading("Columns", 3), _columns(sources, side)]
    blocks += [Heading("Known problems of live data"), _problems(sources)]
    return document(sources, f"Datasheets: {sources.name}", blocks)


def _columns(sources: Sources, side: Literal["train", "live"]) -> Table:
    head = {
        "Column": 2.4,
        "Type, role": 2.2,
        "Unit": 1.2,
        "Code": 1.4,
        "Values": 1.2,
        "Missing": 1.1,
        "Distinct": 1.1,
        "Median": 1.1,
    }
    rows = []
    for column in sources.assessment.columns:
        found, declared = getattr(column, side), sources.declared(column.name)
        if found is not None:
            rows.append(
                (
                    column.name,
                    f"{column.type.value}, {column.role.value.replace('_', ' ')}",
                    declared.unit or "–",
                    declared.system or declared.loinc or "–",
                    count(found.n - found.missing),
                    percent(found.missing_share),
                    count(found.distinct),
                    number(found.quantiles.get("0.5")),
                )
            )
    return table(head, rows)


def _problems(sources: Sources) -> Table:
    rows = [
        (mark(f.verdict), f.title, f.fix or "–")
        for f in sources.assessment.findings
        if f.signal in OWN and f.verdict in URGENT
    ]
    head = {"Verdict": 1, "What": 5, "What to do": 4}
    return table(head, rows, "No problem of the data asks for action.")

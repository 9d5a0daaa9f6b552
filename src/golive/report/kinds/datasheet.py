"""Datasheets of the training and the live data: what each is, who is in it, every column, and what is wrong with it."""

from __future__ import annotations

from typing import Literal

from golive.model.finding import Signal
from golive.report.base.document import Block, Document, Heading, Table, mark, table
from golive.report.base.identity import document
from golive.report.base.sources import Sources
from golive.report.parts import answers as ask
from golive.report.parts.sections import URGENT
from golive.wording.numbers import count, number, percent

SIDES: tuple[tuple[Literal["train", "live"], str], ...] = (
    ("train", "Training data"),
    ("live", "Live data"),
)
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
    for side, title in SIDES:
        blocks += [Heading(title), _about(sources, side)]
        blocks += [Heading("Columns", 3), _columns(sources, side)]
    blocks += [Heading("Known problems of live data"), _problems(sources)]
    return document(sources, f"Datasheets: {sources.name}", blocks)


def _about(sources: Sources, side: Literal["train", "live"]) -> Table:
    asked = [
        ("What it is", ask.data_of(sources, side)),
        ("Who is in it", ask.demographics(sources, side)),
        ("How it was chosen: filters, period, sites", ask.filed(sources, "DAT-08")),
        ("Basis in law and agreements", ask.filed(sources, "SEC-01")),
        ("Minimisation, retention, de-identification", ask.filed(sources, "SEC-06")),
        ("Independence of test data", ask.filed(sources, "DAT-07")),
    ]
    rows = [(name, *answer.cells) for name, answer in asked]
    return table({"Question": 2.4, "Answer": 6, "From": 1.4}, rows)


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

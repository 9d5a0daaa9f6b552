"""A document as PDF, set by typst with the fonts it carries; tagged, so that screen readers can follow it."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from golive.report.base.document import Document, Table
from golive.report.base.identity import SAMPLE
from golive.settings import resource
from golive.wording.labels import LIGHT
from golive.wording.numbers import day

STANDARD: Final = "ua-1"
"""PDF/UA-1: structure, reading order and alternative texts are in the file."""


SIZE = 9.5
LETTERS = 112
"""Letters of a table's type that fit the width of a page; few, so that wide letters and bold heads fit too."""
GAP = 0.013
"""Share of the page that lies between two columns."""
LONGEST, MARK = 26, 2
"""Longest word, in letters, that a column makes room for; letters that the mark of a status takes."""
_WORD = re.compile(r"[\s_/]|(?<=[a-z])[.-](?=[a-z])")
MEMO_SIZES = (8.2, 7.8, 7.4, 7.0, 6.6)
"""Type sizes in points a memo tries, largest first, until it keeps to one page."""


def pdf(document: Document) -> bytes:
    """The whole file. The same document gives the same bytes, on any machine, with no font of its own."""
    import typst

    template = str(resource("data", "report", "report.typ"))
    inputs = {"document": json.dumps(_data(document), ensure_ascii=False), "size": str(SIZE)}
    for size in MEMO_SIZES if document.compact else ():
        inputs["size"] = str(size)
        pages = typst.query(
            template,
            "<pages>",
            field="value",
            one=True,
            ignore_system_fonts=True,
            sys_inputs=inputs,
        )
        if json.loads(pages) == 1:
            break
    return typst.compile(
        template,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs=inputs,
        pdf_standards=STANDARD,
        timestamp=int(datetime.fromisoformat(document.created_at).timestamp()),
    )


def _data(document: Document) -> dict[str, Any]:
    about = document.identity
    moment = datetime.fromisoformat(document.created_at).astimezone(UTC)
    return {
        "title": document.title,
        "moment": {
            part: getattr(moment, part)
            for part in ("year", "month", "day", "hour", "minute", "second")
        },
        "subtitle": document.subtitle,
        "compact": document.compact,
        "sample": SAMPLE if about.sample else "",
        "session": dict(about.rows).get("Session", ""),
        "day": day(document.created_at),
        "disclaimer": about.disclaimer,
        "identity": about.rows,
        "tokens": asdict(LIGHT),
        "blocks": [
            {"kind": type(block).__name__.lower(), **asdict(block)}
            | ({"widths": _widths(block)} if isinstance(block, Table) else {})
            for block in document.blocks
        ],
    }


def _widths(table: Table) -> list[float]:
    """Shares of the page per column, adding up to 1: as asked, but never too narrow for a column's longest word.

    Widths of words are estimated by their letters: wrong by a letter or two, never by a word.
    """
    shares = list(table.widths) or [1.0] * len(table.head)
    asked = [share / sum(shares) for share in shares]
    columns = zip(table.head, *table.rows, strict=True)
    marks = [MARK if i == 0 and any(table.tones) else 0 for i in range(len(asked))]
    needs = [
        min(max(len(word) for cell in column for word in _WORD.split(cell)) + mark, LONGEST)
        / LETTERS
        + GAP
        for column, mark in zip(columns, marks, strict=True)
    ]
    if sum(needs) >= 1:
        return asked
    spare = [max(a - n, 0.0) for a, n in zip(asked, needs, strict=True)]
    short = sum(max(n - a, 0.0) for a, n in zip(asked, needs, strict=True))
    return [
        n if a < n else a - short * s / sum(spare)
        for a, n, s in zip(asked, needs, spare, strict=True)
    ]

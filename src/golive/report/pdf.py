"""A document as PDF, set by typst with the fonts it carries; tagged, so that screen readers can follow it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from golive.report.document import Block, Document
from golive.report.identity import SAMPLE
from golive.report.look import LIGHT
from golive.report.words import day
from golive.settings import resource

STANDARD: Final = "ua-1"
"""PDF/UA-1: structure, reading order and alternative texts are in the file."""


SIZE = 9.5
MEMO_SIZES = (8.2, 7.8, 7.4, 7.0, 6.6)
"""Type sizes in points a memo tries, largest first, until it keeps to one page."""


def pdf(document: Document) -> bytes:
    """The whole file. The same document gives the same bytes, on any machine, with no font of its own."""
    import typst

    template = str(resource("data", "report", "report.typ"))
    inputs = {"document": json.dumps(_data(document), ensure_ascii=False), "size": str(SIZE)}
    for size in MEMO_SIZES if document.compact else ():
        inputs["size"] = str(size)
        pages = typst.query(template, "<pages>", field="value", one=True, ignore_system_fonts=True, sys_inputs=inputs)
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
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "compact": document.compact,
        "sample": SAMPLE if about.sample else "",
        "session": dict(about.rows).get("Session", ""),
        "day": day(document.created_at),
        "disclaimer": about.disclaimer,
        "identity": about.rows,
        "tokens": asdict(LIGHT),
        "blocks": [_block(block) for block in document.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    return {"kind": type(block).__name__.lower(), **asdict(block)}

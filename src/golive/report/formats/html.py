"""A document as one HTML file that works offline: no script, no font, no picture from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from html import escape
from itertools import zip_longest

from golive.report.base.document import (
    Banner,
    Block,
    Bullets,
    Document,
    Facts,
    Figure,
    Heading,
    Paragraph,
    Table,
)
from golive.report.base.identity import SAMPLE
from golive.settings import resource
from golive.wording.labels import LIGHT

TONE_MARK = {"alarm": "▲", "watch": "◆", "quiet": "●", "cannot_judge": "?", "accent": "●"}
"""A sign beside each coloured word, so that colour never stands alone on paper in grey."""


def html(document: Document) -> str:
    """The whole file. Every text is escaped."""
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{escape(document.title)} – GoLive</title>",
        f"<style>{_style()}</style></head>",
        f'<body class="{"compact" if document.compact else "full"}"><main>',
        f'<p class="sample">{escape(SAMPLE)}</p>' if document.identity.sample else "",
        f'<header><h1>{escape(document.title)}</h1><p class="muted">{escape(document.subtitle)}</p></header>',
        *map(_block, document.blocks),
        "</main>",
        f"<footer><h2>Where this comes from</h2><dl>{_facts(document.identity.rows)}</dl>"
        f'<p class="disclaimer">{escape(document.identity.disclaimer)}</p></footer>',
        "</body></html>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _style() -> str:
    names = asdict(LIGHT)
    tokens = "".join(f"--{name.replace('_', '-')}:{colour};" for name, colour in names.items())
    rules = resource("data", "report", "report.css").read_text(encoding="utf-8")
    return f":root{{{tokens}}}\n{rules}"


def _facts(rows: Sequence[tuple[str, str]]) -> str:
    return "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)


def _mark(tone: str, word: str) -> str:
    return f'<span class="{tone}"><span aria-hidden="true">{TONE_MARK[tone]}</span> {escape(word)}</span>'


def _block(block: Block) -> str:  # noqa: PLR0911 - one return per kind of block
    match block:
        case Heading(text, level):
            return f"<h{level}>{escape(text)}</h{level}>"
        case Paragraph(text, muted):
            return f'<p class="{"muted" if muted else "body"}">{escape(text)}</p>'
        case Bullets(items, numbered):
            tag = "ol" if numbered else "ul"
            return f"<{tag}>{''.join(f'<li>{escape(item)}</li>' for item in items)}</{tag}>"
        case Banner(word, meaning, tone, lines):
            told = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
            return (
                f'<section class="banner {tone}-ground"><p class="verdict">{_mark(tone, word)} '
                f"<span>– {escape(meaning)}.</span></p>{told}</section>"
            )
        case Facts(rows):
            return f"<dl class='facts'>{_facts(rows)}</dl>"
        case Figure(svg, _, caption):
            return f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>"
        case Table():
            return _table(block)


def _table(table: Table) -> str:
    if not table.rows:
        return f"<p>{escape(table.empty)}</p>"
    total = sum(table.widths) or 1.0
    columns = "".join(f'<col style="width:{100 * w / total:.1f}%">' for w in table.widths)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.head)
    rows = []
    for row, tone in zip_longest(table.rows, table.tones):
        first = _mark(tone, row[0]) if tone else escape(row[0])
        cells = "".join(f"<td>{cell}</td>" for cell in (first, *map(escape, row[1:])))
        rows.append(f"<tr>{cells}</tr>")
    return (
        f'<div class="scroll" tabindex="0"><table><colgroup>{columns}</colgroup><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )

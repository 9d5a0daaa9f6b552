"""A document as Markdown (GitHub tables), for a repository or a chat. Foreign text is escaped."""

from __future__ import annotations

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
from golive.wording.text import escaped


def markdown(document: Document) -> str:
    """The whole text."""
    parts = [f"# {escaped(document.title)}", escaped(document.subtitle)]
    if document.identity.sample:
        parts.append(f"> {escaped(SAMPLE)}")
    parts += [text for block in document.blocks if (text := _block(block))]
    parts += [
        "## Where this comes from",
        _grid(("", ""), document.identity.rows),
        f"**{escaped(document.identity.disclaimer)}**",
    ]
    return "\n\n".join(parts) + "\n"


def _grid(head: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> str:
    cells = [[escaped(" ".join(cell.split())) for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *cells))


def _block(block: Block) -> str:  # noqa: PLR0911 - one return per kind of block
    match block:
        case Heading(text, level):
            return f"{'#' * level} {escaped(text)}"
        case Paragraph(text, _):
            return escaped(text)
        case Bullets(items, numbered):
            return "\n".join(
                f"{f'{n}.' if numbered else '-'} {escaped(item)}"
                for n, item in enumerate(items, start=1)
            )
        case Banner(word, meaning, _, lines):
            return "\n>\n".join(
                [f"> **{word}** – {meaning}.", *(f"> {escaped(line)}" for line in lines if line)]
            )
        case Facts(rows):
            return _grid(("", ""), rows)
        case Figure(_, alt, _):
            return f"*{escaped(alt)}*"
        case Table(head, rows, _, _, empty):
            return _grid(head, rows) if rows else escaped(empty)

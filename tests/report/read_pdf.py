"""A PDF as its readers see it: the lines of every page, and how far each word reaches across the paper.

PDFium reads it, as a browser does: a wheel brings it, and it says where words stand (pypdf does not) and what is off the page.
"""

from __future__ import annotations

from contextlib import closing

import pypdfium2

# PDFium says this for the hyphen of a word that goes on in the next line.
HYPHEN = "\x02"


def pages(data: bytes) -> list[list[str]]:
    """Lines of every page without empty ones. What lies beyond the edge of the paper is not read: nobody sees it."""
    with closing(pypdfium2.PdfDocument(data)) as document:
        told = [page.get_textpage().get_text_bounded().replace(HYPHEN, "-\n") for page in document]
    return [[line.strip() for line in page.splitlines() if line.strip()] for page in told]


def text(data: bytes) -> str:
    """All lines of all pages."""
    return "\n".join(line for page in pages(data) for line in page)


def reaches(data: bytes) -> dict[str, tuple[float, float]]:
    """Where each word of the first page begins and ends, in points from the left edge, by its first mention. Ends may lie
    beyond the edge of the paper."""
    found: dict[str, tuple[float, float]] = {}
    with closing(pypdfium2.PdfDocument(data)) as document:
        page = document[0].get_textpage()
        word, left, right = "", 0.0, 0.0
        for at in range(page.count_chars() + 1):
            letter = page.get_text_range(at, 1) if at < page.count_chars() else " "
            if letter.strip():
                box = page.get_charbox(
                    at, loose=True
                )  # with the room beside the ink, which belongs to the letter too
                word, left, right = word + letter, left if word else box[0], box[2]
            elif word:
                found.setdefault(word, (left, right))
                word = ""
    return found


def width(data: bytes) -> float:
    """How wide the paper of the first page is, in points."""
    with closing(pypdfium2.PdfDocument(data)) as document:
        return float(document[0].get_width())

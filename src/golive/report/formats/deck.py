"""A presentation being written: slides with native, editable text, tables and charts; every slide says where it comes from."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from math import ceil
from textwrap import wrap
from typing import TYPE_CHECKING, Any, NamedTuple

from golive.report.base.identity import SAMPLE, identity, subtitle
from golive.report.base.sources import Sources
from golive.report.base.zipping import normalised
from golive.wording.labels import LIGHT

if TYPE_CHECKING:
    from pptx.presentation import Presentation

WIDE, HIGH = 13.333, 7.5
"""Inches of a 16:9 slide."""
LEFT, TOP, WIDTH = 0.6, 1.45, 12.1
BOTTOM = 6.85
"""Inches from the top where the line of origin begins."""
CELL = 13
"""Points of type in a table."""
LINE, LETTER = 1.22, 0.56
"""Height of a line and mean width of a letter, as shares of the type size; wide enough for a stand-in font."""
MARGIN, PAD = 0.04, 0.2
"""Inches above and below the words of a cell, and beside them altogether."""
LABELS = 12
"""Most names under a chart of many bars."""
Bars = tuple[str, Sequence[float | None], str]
"""One series of a chart: its name, values and colour."""


class Line(NamedTuple):
    """One line of text on a slide: its words and their type."""

    words: str
    points: float = 20
    bold: bool = False
    colour: str = LIGHT.text


def note(words: str, points: float = CELL) -> Line:
    """A line that explains what is beside it."""
    return Line(words, points, colour=LIGHT.muted)


def _colour(code: str) -> Any:
    """``#RRGGBB`` as PowerPoint's own colour."""
    from pptx.dml.color import RGBColor

    from_string: Any = RGBColor.from_string
    return from_string(code.lstrip("#"))


def lines_of(words: str, points: float, inches: float) -> int:
    """How many lines ``words`` take in type of ``points`` on a width of ``inches``; estimated, rather one too many."""
    per_line = max(int(inches * 72 / (points * LETTER)), 1)
    return sum(len(wrap(part, per_line)) or 1 for part in words.split("\n"))


def height_of(lines: Iterable[tuple[str, float]], inches: float) -> float:
    """Inches that lines of (words, points) take under each other."""
    return sum(
        lines_of(words, points, inches) * points * LINE / 72 + 4 / 72 for words, points in lines
    )


def pages_of(
    rows: Sequence[Sequence[str]], widths: Sequence[float], room: float
) -> list[list[Sequence[str]]]:
    """Rows of a table in as many parts as ``room`` (inches under the head) asks for; no row is cut or left out."""
    parts: list[list[Sequence[str]]] = [[]]
    left = room
    for row in rows:
        tall = max(
            lines_of(words, CELL, WIDTH * w / sum(widths) - PAD)
            for words, w in zip(row, widths, strict=True)
        )
        needs = tall * CELL * LINE / 72 + 2 * MARGIN
        if parts[-1] and needs > left:
            parts.append([])
            left = room
        parts[-1].append(row)
        left -= needs
    return parts


class Deck:
    """A presentation that is being written: slides with a title, a line of origin, text, tables and charts."""

    def __init__(self, sources: Sources) -> None:
        import pptx
        from pptx.util import Inches

        self.deck: Presentation = pptx.Presentation()
        self.deck.slide_width, self.deck.slide_height = Inches(WIDE), Inches(HIGH)
        about = identity(sources)
        sample = SAMPLE if about.sample else ""
        self.origin = f"{about.disclaimer.split('. ')[0]}. {subtitle(sources)}. Policy {dict(about.rows)['Policy']}. {sample}"
        properties = self.deck.core_properties
        moment = datetime.fromisoformat(sources.assessment.created_at).replace(tzinfo=None)
        # The template's own author is a person who has nothing to do with it; a name is for the reader to give.
        properties.title, properties.author, properties.last_modified_by = sources.name, "", ""
        properties.language, properties.category = "en", f"GoLive {sources.assessment.golive}"
        properties.created = properties.modified = moment
        properties.comments = about.disclaimer

    def slide(self, title: str) -> Any:
        """Add a slide with its title (a real title placeholder, for outlines and screen readers) and the line of origin."""
        from pptx.util import Inches

        page = self.deck.slides.add_slide(self.deck.slide_layouts[5])
        heading = page.shapes.title
        heading.left, heading.top = Inches(LEFT), Inches(0.35)
        heading.width, heading.height = Inches(WIDTH), Inches(0.95)
        self._write(heading.text_frame, [Line(title, 28 if len(title) < 80 else 22, bold=True)])
        self.text(page, note(self.origin, 10), top=6.95, height=0.4)
        return page

    def text(self, page: Any, *lines: Line, top: float = TOP, height: float = 1.0) -> None:
        """Lines in a box that is as wide as the slide; ``top`` and ``height`` in inches."""
        from pptx.util import Inches

        box = page.shapes.add_textbox(Inches(LEFT), Inches(top), Inches(WIDTH), Inches(height))
        self._write(box.text_frame, lines)

    @staticmethod
    def _write(frame: Any, lines: Sequence[Line]) -> None:
        from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
        from pptx.util import Pt

        frame.word_wrap = True
        frame.vertical_anchor = MSO_ANCHOR.TOP
        for place, (words, points, bold, colour) in enumerate(lines):
            paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
            paragraph.alignment = PP_ALIGN.LEFT
            paragraph.space_after = Pt(4)
            paragraph.space_before = Pt(12 if bold and place else 0)
            run = paragraph.add_run()
            run.text = words
            run.font.size, run.font.bold = Pt(points), bold
            run.font.color.rgb = _colour(colour)

    def table(
        self,
        page: Any,
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        *,
        top: float = TOP,
    ) -> None:
        """A native table; ``widths`` are shares of the slide."""
        from pptx.util import Inches, Pt

        box = [Inches(value) for value in (LEFT, top, WIDTH, 0.4)]
        grid = page.shapes.add_table(len(rows) + 1, len(head), *box).table
        for column, share in zip(grid.columns, widths, strict=True):
            column.width = Inches(WIDTH * share / sum(widths))
        for y, row in enumerate([head, *rows]):
            for x, words in enumerate(row):
                cell = grid.cell(y, x)
                cell.fill.solid()
                cell.fill.fore_color.rgb = _colour(LIGHT.accent_tint if y == 0 else LIGHT.surface)
                cell.margin_top = cell.margin_bottom = Inches(MARGIN)
                self._write(cell.text_frame, [Line(words, CELL, bold=y == 0)])
                cell.text_frame.paragraphs[0].space_after = Pt(0)

    def listing(
        self,
        title: str,
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        *,
        end: str = "",
    ) -> None:
        """A table on its own slide, or on several when its words need them: nothing is cut. ``end`` ends the last slide."""
        parts = pages_of(rows, widths, BOTTOM - TOP - 0.75)
        for place, part in enumerate(parts, start=1):
            page = self.slide(title if len(parts) == 1 else f"{title} ({place} of {len(parts)})")
            self.table(page, head, part, widths)
            if end and place == len(parts):
                self.text(page, note(end), top=BOTTOM - 0.35, height=0.3)

    def bars(
        self,
        page: Any,
        names: Sequence[str],
        series: Sequence[Bars],
        *,
        stacked: bool = False,
        across: bool = True,
        top: float = TOP,
        height: float = 5.3,
        number_format: str = "0",
        highest: float | None = None,
        log: bool = False,
        titles: tuple[str, str] = ("", ""),
    ) -> None:
        """A native bar chart whose numbers can be edited. ``titles`` say what the names and the values are.

        Of many bars only some are named, so that the names can be read.
        """
        from pptx.chart.data import CategoryChartData
        from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
        from pptx.util import Inches, Pt

        new: Any = CategoryChartData
        data = new(number_format=number_format)
        data.categories = list(names)
        for name, values, _ in series:
            data.add_series(name, list(values))
        across_type = XL_CHART_TYPE.BAR_STACKED if stacked else XL_CHART_TYPE.BAR_CLUSTERED
        kind = across_type if across else XL_CHART_TYPE.COLUMN_CLUSTERED
        box = [Inches(value) for value in (LEFT, top, WIDTH, height)]
        chart = page.shapes.add_chart(kind, *box, data).chart
        chart.has_legend, chart.has_title = True, False
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        chart.legend.font.size = Pt(12)
        for axis, says in zip((chart.category_axis, chart.value_axis), titles, strict=True):
            axis.tick_labels.font.size = Pt(12)
            axis.has_title = bool(says)
            if says:
                axis.axis_title.text_frame.text = says
                axis.axis_title.text_frame.paragraphs[0].runs[0].font.size = Pt(12)
        if len(names) > LABELS and not across:
            self._sparse(chart, ceil(len(names) / LABELS))
        chart.category_axis.reverse_order = across
        if log:
            from pptx.oxml.xmlchemy import OxmlElement

            base = OxmlElement("c:logBase")
            base.set("val", "10")
            chart.value_axis._element.find("{*}scaling").insert(0, base)
        else:
            chart.value_axis.minimum_scale = 0
        if highest is not None:
            chart.value_axis.maximum_scale = highest
        chart.value_axis.major_gridlines.format.line.color.rgb = _colour(LIGHT.border)
        for drawn, (_, _, colour) in zip(chart.plots[0].series, series, strict=True):
            drawn.format.fill.solid()
            drawn.format.fill.fore_color.rgb = _colour(colour)

    @staticmethod
    def _sparse(chart: Any, step: int) -> None:
        """Name every ``step``-th bar, and let the bars of a histogram stand side by side."""
        from pptx.oxml.xmlchemy import OxmlElement

        axis = chart.category_axis._element
        skip = OxmlElement("c:tickLblSkip")
        skip.set("val", str(step))
        axis.find("{*}noMultiLvlLbl").addprevious(skip)
        chart.plots[0].gap_width, chart.plots[0].overlap = 20, 0

    def data(self) -> bytes:
        """The file; equal decks give equal bytes."""
        out = io.BytesIO()
        self.deck.save(out)
        return normalised(out.getvalue())

"""Slides for a meeting: seven pages with native, editable charts and tables; every slide says where it comes from."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from golive.model.columns import ColumnType
from golive.model.finding import Signal
from golive.model.readiness import GateState
from golive.report import sections
from golive.report.identity import SAMPLE, identity, subtitle
from golive.report.look import GATE_WORD, LIGHT, MEANING, READINESS_WORD, VERDICT_WORD
from golive.report.metrics import metric_rows, sizes
from golive.report.sources import Sources
from golive.report.verdict import (
    blocking,
    by_urgency,
    cap_sentence,
    effort_words,
    failure_modes,
    strongest,
    verdict_sentence,
    weakest_first,
)
from golive.report.words import day, shorten
from golive.report.zipping import normalised

if TYPE_CHECKING:
    from pptx.presentation import Presentation

WIDE, HIGH = 13.333, 7.5
"""Inches of a 16:9 slide."""
LEFT, TOP, WIDTH = 0.6, 1.45, 12.1
ROWS = 8
"""Most rows of a table on a slide; the rest is in the report."""


def _colour(code: str) -> Any:
    """``#RRGGBB`` as PowerPoint's own colour."""
    from pptx.dml.color import RGBColor

    from_string: Any = RGBColor.from_string
    return from_string(code.lstrip("#"))


class Deck:
    """A presentation that is being written: slides with a title, a line of origin, text, tables and charts."""

    def __init__(self, sources: Sources) -> None:
        import pptx
        from pptx.util import Inches

        self.deck: Presentation = pptx.Presentation()
        self.deck.slide_width, self.deck.slide_height = Inches(WIDE), Inches(HIGH)
        about = identity(sources)
        note = SAMPLE if about.sample else ""
        self.origin = (
            f"{about.disclaimer.split('. ')[0]}. {subtitle(sources)}. Policy {dict(about.rows)['Policy']}. {note}"
        )
        properties = self.deck.core_properties
        moment = datetime.fromisoformat(sources.assessment.created_at).replace(tzinfo=None)
        properties.title, properties.author = sources.name, f"GoLive {sources.assessment.golive}"
        properties.created = properties.modified = moment
        properties.comments = about.disclaimer

    def slide(self, title: str) -> Any:
        """Add a slide with its title (a real title placeholder, for outlines and screen readers) and the line of origin."""
        from pptx.util import Inches

        page = self.deck.slides.add_slide(self.deck.slide_layouts[5])
        heading = page.shapes.title
        heading.left, heading.top, heading.width, heading.height = (Inches(v) for v in (LEFT, 0.35, WIDTH, 0.95))
        self._write(heading.text_frame, [(title, 28 if len(title) < 80 else 22, True, LIGHT.text)])
        self.text(page, [(self.origin, 10, False, LIGHT.muted)], top=6.95, height=0.4)
        return page

    def text(
        self,
        page: Any,
        lines: Sequence[tuple[str, float, bool, str]],
        *,
        left: float = LEFT,
        top: float = TOP,
        width: float = WIDTH,
        height: float = 1.0,
    ) -> None:
        """Lines of (words, points, bold, colour) in a box; inches."""
        from pptx.util import Inches

        box = page.shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(height))
        self._write(box.text_frame, lines)

    @staticmethod
    def _write(frame: Any, lines: Sequence[tuple[str, float, bool, str]]) -> None:
        from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
        from pptx.util import Pt

        frame.word_wrap = True
        frame.vertical_anchor = MSO_ANCHOR.TOP
        for place, (words, points, bold, colour) in enumerate(lines):
            paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
            paragraph.alignment = PP_ALIGN.LEFT
            paragraph.space_after = Pt(4)
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

        shape = page.shapes.add_table(len(rows) + 1, len(head), Inches(LEFT), Inches(top), Inches(WIDTH), Inches(0.4))
        grid = shape.table
        for column, share in zip(grid.columns, widths, strict=True):
            column.width = Inches(WIDTH * share / sum(widths))
        for y, row in enumerate([head, *rows]):
            for x, words in enumerate(row):
                cell = grid.cell(y, x)
                cell.fill.solid()
                cell.fill.fore_color.rgb = _colour(LIGHT.accent_tint if y == 0 else LIGHT.surface)
                cell.margin_top = cell.margin_bottom = Inches(0.04)
                self._write(cell.text_frame, [(words, 13, y == 0, LIGHT.text)])
                cell.text_frame.paragraphs[0].space_after = Pt(0)

    def bars(
        self,
        page: Any,
        names: Sequence[str],
        series: Sequence[tuple[str, Sequence[float | None], str]],
        *,
        stacked: bool = False,
        across: bool = True,
        top: float = TOP,
        height: float = 5.3,
        number_format: str = "0",
        highest: float | None = None,
        log: bool = False,
    ) -> None:
        """A native bar chart whose numbers can be edited; ``series`` are (name, values, colour), an empty colour is no fill."""
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
        frame = page.shapes.add_chart(kind, Inches(LEFT), Inches(top), Inches(WIDTH), Inches(height), data)
        chart = frame.chart
        chart.has_legend, chart.has_title = True, False
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        chart.legend.font.size = Pt(12)
        for axis in (chart.category_axis, chart.value_axis):
            axis.tick_labels.font.size = Pt(12)
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
            if colour:
                drawn.format.fill.solid()
                drawn.format.fill.fore_color.rgb = _colour(colour)
            else:
                drawn.format.fill.background()

    def data(self) -> bytes:
        """The file; equal decks give equal bytes."""
        out = io.BytesIO()
        self.deck.save(out)
        return normalised(out.getvalue())


def slides(sources: Sources) -> bytes:
    """Verdict, what live data does differently, dimensions, performance, a column, what blocks, what next."""
    deck = Deck(sources)
    _verdict(deck, sources)
    _facts(deck, sources)
    _dimensions(deck, sources)
    _performance(deck, sources)
    _column(deck, sources)
    _blocks(deck, sources)
    _next(deck, sources)
    _origin(deck, sources)
    return deck.data()


def _verdict(deck: Deck, sources: Sources) -> None:
    r = sources.assessment.readiness
    page = deck.slide(sources.name)
    colour = getattr(LIGHT, sections.TONE[r.verdict])
    deck.text(page, [(f"{READINESS_WORD[r.verdict].upper()} – {MEANING[r.verdict]}.", 40, True, colour)])
    lines = [(line, 20, False, LIGHT.text) for line in (*r.stop, verdict_sentence(r), cap_sentence(r)) if line]
    deck.text(page, lines, top=2.5, height=1.4)
    deck.table(page, ("In numbers", ""), sections.numbers(sources), (3, 7), top=4.0)


def _facts(deck: Deck, sources: Sources) -> None:
    chosen = strongest(sources.assessment.findings)
    page = deck.slide("What live data does differently")
    lines: list[tuple[str, float, bool, str]] = []
    for f in chosen:
        lines += [
            (f"{VERDICT_WORD[f.verdict]}: {f.title}", 20, True, getattr(LIGHT, f.verdict.value)),
            (shorten(f.explanation, 260), 14, False, LIGHT.text),
            (f"To do: {shorten(f.fix, 160)}" if f.fix else "", 14, False, LIGHT.muted),
        ]
    deck.text(page, lines or [("Nothing that was judged differs from training.", 20, False, LIGHT.text)], height=5)


def _dimensions(deck: Deck, sources: Sources) -> None:
    ordered = weakest_first(sources.assessment.readiness.dimensions)
    page = deck.slide("Readiness by dimension, weakest first: proven, and what is still possible")
    series = [
        ("Proven", [round(d.low, 1) for d in ordered], LIGHT.accent),
        ("Still possible", [round(d.high - d.low, 1) for d in ordered], "#B9D3E9"),
    ]
    deck.bars(page, [d.name for d in ordered], series, stacked=True, highest=100)


def _performance(deck: Deck, sources: Sources) -> None:
    rows = metric_rows(sources.assessment, sources.config)
    page = deck.slide("Performance in training and live data")
    if not rows:
        deck.text(page, [("Not measured: live data holds no outcomes together with outputs.", 20, False, LIGHT.text)])
        return
    deck.text(page, [(f"{sizes(sources.assessment)}. Intervals are 95 %.", 13, False, LIGHT.muted)], height=0.4)
    bounded = [r for r in rows if r.bounded and r.live][:6]
    table = [(r.name, r.words("train"), r.words("live"), r.words("change"), r.floor_words()) for r in rows[:6]]
    deck.table(page, ("Metric", "Training", "Live", "Change", "Floor"), table, (2.4, 2.6, 2.6, 2.8, 1), top=1.9)
    series = [
        ("Training", [round(r.train.value, 3) if r.train else None for r in bounded], LIGHT.training),
        ("Live", [round(r.live.value, 3) if r.live else None for r in bounded], LIGHT.live),
    ]
    deck.bars(page, [r.name for r in bounded], series, across=False, top=4.6, height=2.35, number_format="0.00")


def _column(deck: Deck, sources: Sources) -> None:
    """The column whose values changed most urgently, when it can be drawn."""
    from golive.report.figures.column import chosen_labels, needs_log, shares_of

    for finding in by_urgency(sources.assessment.findings):
        column = sources.assessment.column(finding.columns[0]) if len(finding.columns) == 1 else None
        picture = column.picture if column else None
        moved = finding.signal in (Signal.DISTRIBUTION, Signal.MEANING, Signal.OUTPUT)
        if not moved or column is None or picture is None or column.type is ColumnType.DATETIME:
            continue
        names, places = chosen_labels(column)
        train, live = shares_of(column, "train"), shares_of(column, "live")
        if not names or not any(train) or not any(live):
            continue
        page = deck.slide(shorten(finding.title, 170))
        series = [
            ("Training, % of values", [round(100 * train[i], 2) or None for i in places], LIGHT.training),
            ("Live, % of values", [round(100 * live[i], 2) or None for i in places], LIGHT.live),
        ]
        deck.bars(page, names, series, across=bool(picture.labels), number_format="0.0", log=needs_log(column))
        return


def _blocks(deck: Deck, sources: Sources) -> None:
    found = blocking(sources.assessment.readiness)
    page = deck.slide(f"What blocks: {sections.gate_words(sources.assessment.readiness)}")
    rows = [
        (GATE_WORD[c.gate_state or GateState.UNVERIFIED], c.id, c.title, shorten(sections.basis_words(c), 110))
        for c, _ in found[:ROWS]
    ]
    if rows:
        deck.table(page, ("Gate", "Criterion", "What it asks", "What it rests on"), rows, (1.2, 1.2, 3.4, 5.9))
    else:
        modes = failure_modes(sources.assessment.readiness, sources.assessment.findings)
        deck.text(page, [(f"{m.name}: {m.tally}", 20, False, LIGHT.text) for m in modes], height=3)


def _next(deck: Deck, sources: Sources) -> None:
    page = deck.slide("What is next")
    plan = {row.id: row for row in sources.plan}
    rows = []
    for step in sources.assessment.readiness.next[:ROWS]:
        entry = plan.get(step.criterion)
        who = (entry.owner if entry else "") or sections.owner_word(step.route)
        due = day(entry.due) if entry and entry.due else "–"
        rows.append((step.label, step.criterion, shorten(step.fix or step.title, 90), effort_words(step), who, due))
    if rows:
        deck.table(page, ("Do", "Criterion", "What", "Effort", "Owner", "Due"), rows, (1, 1.2, 5.2, 1.4, 1.8, 1.2))
    else:
        deck.text(page, [("Nothing is left to do in the plan.", 20, False, LIGHT.text)])


def _origin(deck: Deck, sources: Sources) -> None:
    page = deck.slide("Where this comes from")
    about = identity(sources)
    lines = [(f"{name}: {value}", 13, False, LIGHT.text) for name, value in about.rows]
    silent = sum(c.level is None for c in sources.assessment.readiness.criteria)
    unknown = (
        f"Not known: {silent} criteria without an answer, {len(sources.assessment.not_assessed)} things not looked at."
    )
    deck.text(page, [*lines, (unknown, 13, True, LIGHT.text), (about.disclaimer, 14, True, LIGHT.text)], height=5)

"""Figures of reports as SVG, drawn without a browser: the same picture in HTML and PDF. All text is escaped.

A column in training and live data, overlaid, as shares of each side's own values; readiness dimensions, weakest first: a bar
from what is proven to what is possible, a dot at what was assessed; metrics with their intervals, all on 0 to 1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from golive.model.columns import ColumnType
from golive.model.measured.intervals import Metric
from golive.model.readiness import DimensionScore
from golive.model.result import ColumnResult, Picture, SideResult
from golive.report.base.document import Figure
from golive.report.base.verdict import weakest_first
from golive.wording.labels import LIGHT
from golive.wording.metrics import MetricWords
from golive.wording.numbers import count, number, percent
from golive.wording.text import shorten

FONT = "'Source Sans 3', 'Source Sans Pro', 'Libertinus Serif', 'Segoe UI', Arial, sans-serif"
"""First what a page carries, then what typst carries, then what a reader's machine has."""


class Canvas:
    """A drawing of ``width`` by ``height`` pixels. Coordinates grow to the right and down."""

    def __init__(self, width: float, height: float, alt: str) -> None:
        self.width, self.height, self.alt = width, height, alt
        self._parts: list[str] = []
        self._hatches: dict[str, str] = {}

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str, *, line: str = "none"
    ) -> None:
        """A filled rectangle; a negative size is drawn as nothing."""
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" '
            f'fill="{fill}" stroke="{line}"/>'
        )

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        colour: str,
        *,
        width: float = 1,
        dash: str = "",
    ) -> None:
        """A straight line."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
            f'stroke-width="{width}"{dashed}/>'
        )

    def dot(self, x: float, y: float, radius: float, fill: str) -> None:
        """A filled circle."""
        self._parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}"/>')

    def area(
        self, points: list[tuple[float, float]], fill: str, line: str, *, width: float = 1.5
    ) -> None:
        """An outline through ``points`` with a light ground."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._parts.append(
            f'<polygon points="{path}" fill="{fill}" fill-opacity="0.22" stroke="{line}" stroke-width="{width}"/>'
        )

    def text(
        self,
        x: float,
        y: float,
        words: str,
        colour: str,
        *,
        size: float = 13,
        anchor: str = "start",
    ) -> None:
        """One line of text; ``y`` is its baseline."""
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" font-size="{size}" text-anchor="{anchor}">'
            f"{escape(words)}</text>"
        )

    def hatch(self, colour: str) -> str:
        """A hatched fill in ``colour``."""
        name = "hatch" + colour.lstrip("#")
        self._hatches[name] = (
            f'<pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
            f'<rect width="6" height="6" fill="{colour}" fill-opacity="0.15"/>'
            f'<line x1="0" y1="0" x2="0" y2="6" stroke="{colour}" stroke-width="2"/></pattern>'
        )
        return f"url(#{name})"

    def document(self) -> str:
        """The drawing as one SVG document that scales with its box and speaks its alternative text."""
        defs = f"<defs>{''.join(self._hatches.values())}</defs>" if self._hatches else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:.0f} {self.height:.0f}" '
            f'width="{self.width:.0f}" height="{self.height:.0f}" role="img" aria-label={quoteattr(self.alt)} '
            f'font-family="{FONT}">{defs}{"".join(self._parts)}</svg>'
        )


WIDTH, NAMES = 760, 210
"""Pixels of a figure, and of the room for names on its left."""
HEIGHT, BASE, LEFT = 220, 170, 60
BARS = 10
SIDES = (("train", "Training", LIGHT.training), ("live", "Live", LIGHT.live))


def values_of(side: SideResult | None) -> int:
    """Rows of one side that hold a value."""
    return side.n - side.missing if side else 0


def needs_log(column: ColumnResult) -> bool:
    """Whether one bin holds so much (over 60 % of a side) that everything else is flat on a plain axis."""
    picture = column.picture
    if picture is None or len(picture.edges) < 4:
        return False
    sides = ((picture.train, values_of(column.train)), (picture.live, values_of(column.live)))
    return any(n and max((c or 0) for c in cells) > 0.6 * n for cells, n in sides if cells)


def column_figure(column: ColumnResult, unit: str = "") -> Figure | None:
    """Draw the picture of ``column``; ``None`` when there are no values to draw. Suppressed cells (1 to 10) count as none."""
    picture = column.picture
    if picture is None or not (picture.edges or picture.labels):
        return None
    name = f"{column.name} ({unit})" if unit else column.name
    sizes = f"n = {count(values_of(column.train))} and {count(values_of(column.live))} values"
    alt = f"Distribution of {name} in training and live data, {sizes}."
    hidden = None in (*picture.train, *picture.live)
    caption = (
        f"{name}: share of values in training (grey) and live data (blue), {sizes}."
        + (" Cells of 1 to 10 rows are not drawn." if hidden else "")
        + (" Logarithmic: each line is ten times the one below." if needs_log(column) else "")
    )
    draw = _bins if picture.edges else _bars
    return Figure(draw(column, picture, alt), alt, caption)


def shares_of(column: ColumnResult, side: str) -> list[float]:
    """Share of the values of one side per bin or category, 0 to 1; a suppressed cell counts as none."""
    n = values_of(getattr(column, side))
    cells: tuple[int | None, ...] = getattr(column.picture, side)
    return [(cell or 0) / n if n else 0.0 for cell in cells]


def _bins(column: ColumnResult, picture: Picture, alt: str) -> str:
    canvas = Canvas(WIDTH, HEIGHT, alt)
    low, high = picture.edges[0], picture.edges[-1]
    span = (high - low) or 1.0
    drawn = [share for side, _, _ in SIDES for share in shares_of(column, side) if share > 0]
    log, top, floor = needs_log(column), max(drawn, default=1.0), min(drawn, default=1.0) / 2

    def x(value: float) -> float:
        return LEFT + (value - low) / span * (WIDTH - LEFT - 20)

    def y(share: float) -> float:
        part = math.log(max(share, floor) / floor) / math.log(top / floor) if log else share / top
        return BASE - part * (BASE - 24)

    # Powers of ten between the ends of a logarithmic axis
    powers = range(math.ceil(math.log10(floor)), math.floor(math.log10(top) + 1e-9) + 1)
    for share in [10.0**k for k in powers] if log else (0.0, top / 2, top):
        canvas.line(LEFT, y(share), WIDTH - 20, y(share), LIGHT.border)
        canvas.text(LEFT - 8, y(share) + 4, percent(share), LIGHT.muted, size=12, anchor="end")
    for side, _, colour in SIDES:
        shares = shares_of(column, side)
        if not any(shares):
            continue
        outline = [(x(low), y(0))]
        for i, share in enumerate(shares):
            outline += [(x(picture.edges[i]), y(share)), (x(picture.edges[i + 1]), y(share))]
        canvas.area([*outline, (x(high), y(0))], colour, colour, width=2 if side == "live" else 1.2)
    dates = column.type is ColumnType.DATETIME
    for part, anchor in enumerate(("start", "middle", "middle", "middle", "end")):
        value = low + span * part / 4
        words = f"{datetime.fromtimestamp(value, tz=UTC):%d %b %Y}" if dates else number(value)
        canvas.text(x(value), BASE + 18, words, LIGHT.muted, size=12, anchor=anchor)
    _legend(canvas, HEIGHT - 10)
    return canvas.document()


def _bars(column: ColumnResult, picture: Picture, alt: str) -> str:
    sides = {side: shares_of(column, side) or [0.0] * len(picture.labels) for side, _, _ in SIDES}
    _, chosen = chosen_labels(column)
    canvas = Canvas(WIDTH, 34 * len(chosen) + 34, alt)
    top = max([*sides["train"], *sides["live"], 1e-9])
    for row, i in enumerate(chosen):
        base = 34 * row + 8
        canvas.text(NAMES - 10, base + 17, shorten(picture.labels[i], 30), LIGHT.text, anchor="end")
        for place, (side, _, colour) in enumerate(SIDES):
            share, y = sides[side][i], base + 13 * place
            length = share / top * (WIDTH - NAMES - 90)
            canvas.rect(NAMES, y, length, 11, colour)
            cells: tuple[int | None, ...] = getattr(picture, side)
            words = "1-10 rows" if cells and cells[i] is None else percent(share)
            canvas.text(NAMES + length + 6, y + 10, words, LIGHT.muted, size=11)
    _legend(canvas, 34 * len(chosen) + 24)
    return canvas.document()


def _legend(canvas: Canvas, y: float) -> None:
    for place, (_, word, colour) in enumerate(SIDES):
        x = canvas.width / 2 - 90 + 110 * place
        canvas.rect(x, y - 10, 12, 12, colour)
        canvas.text(x + 18, y, word, LIGHT.text)


def chosen_labels(column: ColumnResult) -> tuple[list[str], list[int]]:
    """Names and positions of the bins or categories to draw: all bins, or the most frequent and the most changed categories."""
    picture = column.picture
    if picture is None:
        return [], []
    if picture.edges:
        ends = picture.edges[:-1]
        names = [f"{end:,.0f}" if abs(end) >= 1000 else f"{end:.3g}" for end in ends]
        return names, list(range(len(ends)))
    n, half = len(picture.labels), BARS // 2
    train, live = (shares_of(column, side) or [0.0] * n for side, _, _ in SIDES)
    moved = sorted(range(half, n), key=lambda i: (-abs(train[i] - live[i]), i))
    places = sorted([*range(min(half, n)), *moved[: BARS - half]])
    return [shorten(picture.labels[i], 30) for i in places], places


DIMENSION_WIDTH, DIMENSION_NAMES, RIGHT = 800, 250, 100
"""``RIGHT`` is the room for the words beside a bar, the longest of which are ``not assessed``."""
THIN = 0.5
"""Coverage under which a bar is hatched, as on the pages."""
BAR = 80
"""Points of level 3, the bar for production."""


def dimension_figure(scores: Sequence[DimensionScore]) -> Figure:
    """Draw one row per dimension on 0 to 100 points."""
    ordered = weakest_first(scores)
    known = [d for d in ordered if d.point is not None]
    alt = (
        f"{len(ordered)} readiness dimensions; weakest {known[0].name} at {known[0].point:.0f} points, "
        f"strongest {known[-1].name} at {known[-1].point:.0f}."
        if known
        else "No dimension has been assessed yet."
    )
    canvas = Canvas(DIMENSION_WIDTH, 30 * len(ordered) + 34, alt)
    bottom = 30 * len(ordered) + 6

    def at(points: float) -> float:
        return DIMENSION_NAMES + points / 100 * (DIMENSION_WIDTH - DIMENSION_NAMES - RIGHT)

    for tick in (0, 20, 40, 60, 80, 100):
        colour = LIGHT.muted if tick == BAR else LIGHT.border
        canvas.line(at(tick), 4, at(tick), bottom, colour, dash="2 3")
        canvas.text(at(tick), bottom + 18, str(tick), LIGHT.muted, size=12, anchor="middle")
    for row, d in enumerate(ordered):
        y = 30 * row + 8
        canvas.text(DIMENSION_NAMES - 10, y + 15, shorten(d.name, 36), LIGHT.text, anchor="end")
        fill = canvas.hatch(LIGHT.accent) if d.coverage < THIN else "#B9D3E9"
        canvas.rect(at(d.low), y + 3, max(at(d.high) - at(d.low), 2), 14, fill, line=LIGHT.accent)
        if d.point is not None:
            canvas.dot(at(d.point), y + 10, 6, LIGHT.accent)
        words = f"{d.point:.0f}" if d.point is not None else "not assessed"
        canvas.text(DIMENSION_WIDTH - 4, y + 15, words, LIGHT.text, anchor="end")
    return Figure(
        canvas.document(),
        alt,
        "Points, 0 to 100. A bar runs from what is proven to what is still possible, the dot is what was assessed; hatched "
        f"where evidence covers less than half; the bar for production is {BAR}.",
    )


def metric_figure(
    rows: Sequence[tuple[MetricWords, Metric]], floors: Mapping[str, float]
) -> Figure | None:
    """Draw the metrics that live between 0 and 1; ``None`` when there is none."""
    drawn = [(w, m) for w, m in rows if w.bounded and m.live.known]
    if not drawn:
        return None
    told = [f"{w.name}: training {w.side(m, 'train')}, live {w.side(m, 'live')}" for w, m in drawn]
    alt = f"{'; '.join(told)}."
    bottom = 40 * len(drawn) + 6
    canvas = Canvas(WIDTH, bottom + 28, alt)

    def at(value: float) -> float:
        return NAMES + min(max(value, 0), 1) * (WIDTH - NAMES - 30)

    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        canvas.line(at(tick), 4, at(tick), bottom, LIGHT.border)
        canvas.text(at(tick), bottom + 18, f"{tick:g}", LIGHT.muted, size=12, anchor="middle")
    for place, (words, found) in enumerate(drawn):
        y = 40 * place + 16
        canvas.text(NAMES - 10, y + 10, words.name, LIGHT.text, anchor="end")
        sides = ((y, found.train, LIGHT.training), (y + 14, found.live, LIGHT.live))
        for middle, side, colour in sides:
            if side.value is None:
                continue
            if side.ends is not None:
                low, high = side.ends
                canvas.line(at(low), middle, at(high), middle, colour, width=3)
            canvas.dot(at(side.value), middle, 5, colour)
        floor = floors.get(words.key)
        if floor is not None:
            canvas.line(at(floor), y - 8, at(floor), y + 22, LIGHT.alarm, width=2)
    caption = "Training grey, live blue, with 95 % intervals; a red line is the agreed floor."
    return Figure(canvas.document(), alt, caption)

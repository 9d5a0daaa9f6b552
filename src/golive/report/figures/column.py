"""One column in training and live data, overlaid, as shares of each side's own values."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from golive.model.columns import ColumnType
from golive.model.result import ColumnResult, Picture, SideResult
from golive.report.base.document import Figure
from golive.report.figures.svg import Canvas
from golive.wording.labels import LIGHT
from golive.wording.numbers import count, number, percent
from golive.wording.text import shorten

WIDTH, HEIGHT, BASE = 760, 220, 170
LEFT = 60
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
    drawn = [share for side, _, _ in SIDES for share in shares_of(column, side) if share > 0] or [
        1.0
    ]
    log, top = needs_log(column), max(drawn)
    floor = min(drawn) / 2

    def x(value: float) -> float:
        return LEFT + (value - low) / span * (WIDTH - LEFT - 20)

    def y(share: float) -> float:
        part = math.log(max(share, floor) / floor) / math.log(top / floor) if log else share / top
        return BASE - part * (BASE - 24)

    for share in _powers(floor, top) if log else (0.0, top / 2, top):
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
    for part in range(5):
        value = low + span * part / 4
        words = f"{datetime.fromtimestamp(value, tz=UTC):%d %b %Y}" if dates else number(value)
        canvas.text(
            x(value),
            BASE + 18,
            words,
            LIGHT.muted,
            size=12,
            anchor=("start", "middle", "middle", "middle", "end")[part],
        )
    _legend(canvas, HEIGHT - 10)
    return canvas.document()


def _powers(floor: float, top: float) -> list[float]:
    """Powers of ten between the ends of a logarithmic axis."""
    return [
        10.0**k for k in range(math.ceil(math.log10(floor)), math.floor(math.log10(top) + 1e-9) + 1)
    ]


def _bars(column: ColumnResult, picture: Picture, alt: str) -> str:
    sides = {side: shares_of(column, side) or [0.0] * len(picture.labels) for side, _, _ in SIDES}
    _, chosen = chosen_labels(column)
    left = 210
    canvas = Canvas(WIDTH, 34 * len(chosen) + 34, alt)
    top = max([*sides["train"], *sides["live"], 1e-9])
    for row, i in enumerate(chosen):
        base = 34 * row + 8
        canvas.text(left - 10, base + 17, shorten(picture.labels[i], 30), LIGHT.text, anchor="end")
        for place, (side, _, colour) in enumerate(SIDES):
            share, y = sides[side][i], base + 13 * place
            canvas.rect(left, y, share / top * (WIDTH - left - 90), 11, colour)
            words = "1-10 rows" if _suppressed(picture, side, i) else percent(share)
            canvas.text(
                left + share / top * (WIDTH - left - 90) + 6, y + 10, words, LIGHT.muted, size=11
            )
    _legend(canvas, 34 * len(chosen) + 24)
    return canvas.document()


def _suppressed(picture: Picture, side: str, i: int) -> bool:
    cells: tuple[int | None, ...] = getattr(picture, side)
    return bool(cells) and cells[i] is None


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
        return [
            f"{edge:,.0f}" if abs(edge) >= 1000 else f"{edge:.3g}" for edge in picture.edges[:-1]
        ], list(range(len(picture.edges) - 1))
    train, live = (shares_of(column, side) or [0.0] * len(picture.labels) for side, _, _ in SIDES)
    moved = sorted(
        range(BARS // 2, len(picture.labels)), key=lambda i: (-abs(train[i] - live[i]), i)
    )
    places = sorted([*range(min(BARS // 2, len(picture.labels))), *moved[: BARS - BARS // 2]])
    return [shorten(picture.labels[i], 30) for i in places], places

"""Metrics in training and live data with their intervals: one row each, all on 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence

from golive.report.base.document import Figure
from golive.report.base.metrics import MetricRow
from golive.report.figures.svg import Canvas
from golive.wording.labels import LIGHT

ROW, LEFT, WIDTH = 40, 210, 760


def metric_figure(rows: Sequence[MetricRow]) -> Figure | None:
    """Draw the metrics that live between 0 and 1; ``None`` when there is none."""
    drawn = [r for r in rows if r.bounded and r.live is not None]
    if not drawn:
        return None
    alt = (
        "; ".join(f"{r.name}: training {r.words('train')}, live {r.words('live')}" for r in drawn)
        + "."
    )
    bottom = ROW * len(drawn) + 6
    canvas = Canvas(WIDTH, bottom + 28, alt)

    def at(value: float) -> float:
        return LEFT + min(max(value, 0), 1) * (WIDTH - LEFT - 30)

    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        canvas.line(at(tick), 4, at(tick), bottom, LIGHT.border)
        canvas.text(at(tick), bottom + 18, f"{tick:g}", LIGHT.muted, size=12, anchor="middle")
    for place, row in enumerate(drawn):
        y = ROW * place + 16
        canvas.text(LEFT - 10, y + 10, row.name, LIGHT.text, anchor="end")
        for offset, side, colour in ((0, row.train, LIGHT.training), (14, row.live, LIGHT.live)):
            if side is None:
                continue
            if side.low is not None and side.high is not None:
                canvas.line(at(side.low), y + offset, at(side.high), y + offset, colour, width=3)
            canvas.dot(at(side.value), y + offset, 5, colour)
        if row.floor is not None:
            canvas.line(at(row.floor), y - 8, at(row.floor), y + 22, LIGHT.alarm, width=2)
    return Figure(
        canvas.document(),
        alt,
        "Training grey, live blue, with 95 % intervals; a red line is the agreed floor.",
    )

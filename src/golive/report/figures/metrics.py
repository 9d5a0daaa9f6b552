"""Metrics in training and live data with their intervals: one row each, all on 0 to 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from golive.model.measured.intervals import Metric
from golive.report.base.document import Figure
from golive.report.figures.svg import Canvas
from golive.wording.labels import LIGHT
from golive.wording.metrics import MetricWords

ROW, LEFT, WIDTH = 40, 210, 760


def metric_figure(
    rows: Sequence[tuple[MetricWords, Metric]], floors: Mapping[str, float]
) -> Figure | None:
    """Draw the metrics that live between 0 and 1; ``None`` when there is none."""
    drawn = [(w, m) for w, m in rows if w.bounded and m.live.known]
    if not drawn:
        return None
    alt = (
        "; ".join(
            f"{w.name}: training {w.side(m, 'train')}, live {w.side(m, 'live')}" for w, m in drawn
        )
        + "."
    )
    bottom = ROW * len(drawn) + 6
    canvas = Canvas(WIDTH, bottom + 28, alt)

    def at(value: float) -> float:
        return LEFT + min(max(value, 0), 1) * (WIDTH - LEFT - 30)

    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        canvas.line(at(tick), 4, at(tick), bottom, LIGHT.border)
        canvas.text(at(tick), bottom + 18, f"{tick:g}", LIGHT.muted, size=12, anchor="middle")
    for place, (words, found) in enumerate(drawn):
        y = ROW * place + 16
        canvas.text(LEFT - 10, y + 10, words.name, LIGHT.text, anchor="end")
        for offset, side, colour in (
            (0, found.train, LIGHT.training),
            (14, found.live, LIGHT.live),
        ):
            if side.value is None:
                continue
            if side.ends is not None:
                low, high = side.ends
                canvas.line(at(low), y + offset, at(high), y + offset, colour, width=3)
            canvas.dot(at(side.value), y + offset, 5, colour)
        floor = floors.get(words.key)
        if floor is not None:
            canvas.line(at(floor), y - 8, at(floor), y + 22, LIGHT.alarm, width=2)
    return Figure(
        canvas.document(),
        alt,
        "Training grey, live blue, with 95 % intervals; a red line is the agreed floor.",
    )

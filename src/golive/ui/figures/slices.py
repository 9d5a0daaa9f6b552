"""By slice: the effect of a finding in each site, model version or week; and one column by site and by week, live beside training,
as medians with their middle half, as one value's share, or as gaps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from golive.model.finding import SliceShare
from golive.model.profile import SMALL_CELL
from golive.model.result import ColumnResult, SideResult, SliceSeries
from golive.ui.figures.frame import band, dots, error_bars, faded, frame, hover, named_rows
from golive.wording.labels import Tokens
from golive.wording.numbers import count, day, number, percent
from golive.wording.text import shorten

if TYPE_CHECKING:
    import plotly.graph_objects as go

SHARES = frozenset({"missing_share", "share", "rate", "unparsed_share", "category_share"})


def slices(parts: Sequence[SliceShare], tokens: Tokens, *, quantity: str) -> go.Figure:
    """Draw the effect of a finding per slice, largest first; ``quantity`` is the effect's name.

    Slices of 1 to 10 rows are named but not measured.
    """
    shown = _largest_first(parts)[:12]
    share = is_share(quantity)
    figure = frame(90 + 30 * len(shown), tokens, showlegend=False, bargap=0.35)
    figure.add_bar(
        y=list(range(len(shown))),
        x=[(p.effect or 0) * (100 if share else 1) for p in shown],
        orientation="h",
        name="Live",
        marker_color=tokens.live,
        text=[percent(p.effect) if share else number(p.effect) for p in shown],
        textposition="auto",
        **hover(
            [
                f"{_name(p)}: n = {count(p.n)}" + (f", since {day(p.since)}" if p.since else "")
                for p in shown
            ]
        ),
    )
    names = [f"{shorten(_name(p), 22)} (n = {count(p.n)})" for p in shown]
    named_rows(figure, names, autorange="reversed")
    figure.update_xaxes(title_text=quantity_name(quantity) + (" (%)" if share else ""))
    return figure


def _largest_first(parts: Sequence[SliceShare]) -> list[SliceShare]:
    """The slices that may be measured."""
    known = [p for p in parts if p.effect is not None and p.n >= SMALL_CELL]
    return sorted(known, key=lambda p: abs(p.effect or 0), reverse=True)


def describe_slices(parts: Sequence[SliceShare], *, quantity: str) -> str:
    """Say in one sentence which slice carries most of a finding."""
    shown = _largest_first(parts)
    if not shown:
        return "No slice has enough rows to be measured."
    top = shown[0]
    value = percent(top.effect) if is_share(quantity) else number(top.effect)
    return f"{quantity_name(quantity)} by {top.by}: largest in {_name(top)}, {value} (n = {count(top.n)})."


def _name(part: SliceShare) -> str:
    """The slice as people say it; a window by its first day."""
    return f"from {day(part.value)}" if part.by == "time" else part.value


def is_share(quantity: str) -> bool:
    """Whether an effect of this name is a share (0 to 1) and is written in percent."""
    return (
        quantity in SHARES
        or quantity.startswith("share_")
        or quantity.endswith(("_share", "_rate"))
    )


def quantity_name(quantity: str) -> str:
    """The name of an effect in words: ``missing_share`` becomes ``Missing share``."""
    words = quantity.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


MISSING = "missing"
"""What is drawn when it is not the column's values: the share of rows without one."""
MOST_SITES = 12
Cells = Sequence[float | None]


@dataclass(frozen=True)
class Drawn:
    """What is drawn of a column: ``median`` or ``missing``, or the share of ``value``; shares in percent."""

    what: str
    value: str = ""

    @property
    def share(self) -> bool:
        """Whether the numbers are shares."""
        return self.what != "median"

    def of(self, series: SliceSeries) -> Cells:
        """One number per slice."""
        if self.what == MISSING:
            return _percent(series.missing_share)
        return (
            series.median if self.what == "median" else _percent(series.shares.get(self.value, ()))
        )

    def title(self, unit: str) -> str:
        """The axis title."""
        if self.what == "median":
            return f"Median ({unit})" if unit else "Median"
        return (
            "Rows without a value (%)"
            if self.what == MISSING
            else f"Share of '{shorten(self.value, 18)}' (%)"
        )

    def say(self, value: float | None) -> str:
        """One number in words; ``1-10 rows`` where it is not shown."""
        if value is None:
            return "1-10 rows"
        return percent(value / 100) if self.share else number(value)


def _percent(shares: Cells) -> Cells:
    return [None if s is None else 100 * s for s in shares]


def cut_of(side: SideResult | None, by: str) -> SliceSeries | None:
    """The column by ``site``, ``model_version`` or ``time``, where it was kept."""
    return next((s for s in side.slices if s.by == by), None) if side is not None else None


def drawn(column: ColumnResult, *, gaps: bool) -> Drawn | None:
    """What to draw of ``column``: gaps when asked for, else medians, else the value that moved most; ``None``: nothing."""
    series = [s for side in (column.live, column.train) if side is not None for s in side.slices]
    if not series:
        return None
    if gaps:
        return Drawn(MISSING)
    if any(v is not None for s in series for v in s.median):
        return Drawn("median")
    followed = list(dict.fromkeys(v for s in series for v in s.shares))
    return Drawn("share", followed[0]) if followed else None


def by_site(column: ColumnResult, tokens: Tokens, what: Drawn, *, unit: str = "") -> go.Figure:
    """A row per site: training a grey dot, live a coloured one, medians with the middle half of the values as a bar.

    At most ``MOST_SITES`` sites, those that are furthest from training first.
    """
    sites = sites_shown(column, what)
    figure = frame(100 + 34 * len(sites), tokens)
    live = cut_of(column.live, "site")
    sizes = dict(zip(live.values, live.n, strict=True)) if live else {}
    for side, word, colour, lift in (
        (column.train, "Training", tokens.training, 0.14),
        (column.live, "Live", tokens.live, -0.14),
    ):
        series = cut_of(side, "site")
        if series is None:
            continue
        at = {value: i for i, value in enumerate(series.values)}
        here = [(i, at[s]) for i, s in enumerate(sites) if s in at]
        cells = what.of(series)
        texts = [
            f"{word} at {sites[i]}: {what.say(cells[k])} (n = {count(series.n[k])})"
            for i, k in here
        ]
        x, y = [cells[k] for _, k in here], [i - lift for i, _ in here]
        middle = _middle(series, what, [k for _, k in here], colour)
        dots(figure, x, y, word, colour, texts=texts, marker_size=11, error_x=middle)
    names = [f"{shorten(s, 14)} (n = {count(sizes.get(s, 0))})" for s in sites]
    named_rows(figure, names, range=[len(sites) - 0.5, -0.5])
    figure.update_xaxes(title_text=what.title(unit), rangemode="tozero" if what.share else "normal")
    return figure


def sites_shown(column: ColumnResult, what: Drawn) -> list[str]:
    """Sites of both sides, the furthest from its training value (or from training as a whole) first."""
    live, train = cut_of(column.live, "site"), cut_of(column.train, "site")
    before = dict(zip(train.values, what.of(train), strict=False)) if train else {}
    now = dict(zip(live.values, what.of(live), strict=False)) if live else {}
    usual = reference(column, what)

    def distance(site: str) -> tuple[float, str]:
        old, new = before.get(site), now.get(site)
        old = usual if old is None else old
        return (-abs(new - old) if new is not None and old is not None else 0.0), site

    return sorted(dict.fromkeys((*now, *before)), key=distance)[:MOST_SITES]


def _middle(
    series: SliceSeries, what: Drawn, shown: list[int], colour: str
) -> dict[str, object] | None:
    """The middle half of the values as an error bar around the median; none where an end is not known."""
    if what.what != "median":
        return None
    medians = [series.median[k] or 0.0 for k in shown]
    ends = []
    for k, median in zip(shown, medians, strict=True):
        low, high = series.low[k], series.high[k]
        known = None not in (series.median[k], low, high)
        ends.append((low or 0.0, high or 0.0) if known else (median, median))
    return error_bars(medians, ends, color=colour, thickness=2, width=0)


def by_time(column: ColumnResult, tokens: Tokens, what: Drawn, *, unit: str = "") -> go.Figure:
    """Live windows as a line with gaps where 1 to 10 rows are behind a number; training's own windows as a grey band."""
    series = cut_of(column.live, "time")
    figure = frame(230, tokens)
    if series is None:
        return figure
    cells = what.of(series)
    ends = [series.values[0], series.values[-1]]
    trained = training_band(column, what)
    if trained is not None:
        band(figure, ends, [trained] * 2, faded(tokens.training, 0.28), "Training range")
    elif (usual := reference(column, what)) is not None:
        texts, dashed = [f"Training: {what.say(usual)}"] * 2, {"line_dash": "dash", "line_width": 2}
        dots(
            figure,
            ends,
            [usual] * 2,
            "Training",
            tokens.training,
            texts=texts,
            mode="lines",
            **dashed,
        )
    windows = zip(series.values, cells, series.n, strict=True)
    texts = [f"from {day(v)}: {what.say(c)} (n = {count(n)})" for v, c, n in windows]
    joined: dict[str, Any] = {"mode": "lines+markers", "marker_size": 7, "line_width": 2}
    dots(figure, list(series.values), list(cells), "Live", tokens.live, texts=texts, **joined)
    figure.update_yaxes(title_text=what.title(unit), rangemode="tozero" if what.share else "normal")
    figure.update_xaxes(type="date", tickformat="%-d %b", nticks=5, hoverformat="%-d %b %Y")
    return figure


def training_band(column: ColumnResult, what: Drawn) -> tuple[float, float] | None:
    """Lowest and highest of training's windows; ``None`` with fewer than four of them."""
    series = cut_of(column.train, "time")
    known = [c for c in what.of(series) if c is not None] if series else []
    return (min(known), max(known)) if len(known) >= 4 else None


def reference(column: ColumnResult, what: Drawn) -> float | None:
    """The number of training as a whole."""
    train, picture = column.train, column.picture
    if train is None:
        return None
    if what.what == MISSING:
        return 100 * train.missing_share
    if what.what == "median":
        return train.quantiles.get("0.5")
    present = train.n - train.missing
    if picture is None or what.value not in picture.labels or not picture.train or not present:
        return None
    cell = picture.train[picture.labels.index(what.value)]
    return None if cell is None else 100 * cell / present


def describe_by_site(column: ColumnResult, what: Drawn) -> str:
    """Say which site is furthest from training."""
    live = cut_of(column.live, "site")
    sites = sites_shown(column, what)
    if live is None or not sites or sites[0] not in live.values:
        return f"{column.name} by site: not in live data."
    at = live.values.index(sites[0])
    usual = reference(column, what)
    rest = f"; training {what.say(usual)}" if usual is not None else ""
    value = f"{what.say(what.of(live)[at])} (n = {count(live.n[at])}){rest}"
    return f"{column.name} by site, {_quantity(what)}: furthest from training is {sites[0]} with {value}."


def describe_by_time(column: ColumnResult, what: Drawn) -> str:
    """Say how the live windows run from the first to the last."""
    live = cut_of(column.live, "time")
    windows = zip(live.values, what.of(live), strict=True) if live else ()
    known = [(v, c) for v, c in windows if c is not None]
    if not known:
        return f"{column.name} by time: no window has enough rows."
    (first, start), (last, end) = known[0], known[-1]
    return (
        f"{column.name} over {len(known)} windows, {_quantity(what)}: {what.say(start)} from {day(first)}, "
        f"{what.say(end)} from {day(last)}."
    )


def _quantity(what: Drawn) -> str:
    words = {"median": "median", MISSING: "rows without a value"}
    return words.get(what.what, f"share of '{what.value}'")


def window_word(values: Sequence[str]) -> str:
    """How wide the windows are: ``day``, ``week`` or ``month``, from the smallest step between their first days."""
    days = [date.fromisoformat(v).toordinal() for v in values]
    step = min((b - a for a, b in pairwise(days)), default=1)
    return "day" if step < 7 else "week" if step < 28 else "month"

"""Numbers, dates and sizes in words, the same on pages, in reports, sentences, alerts and on the command line."""

from __future__ import annotations

from datetime import date, datetime
from math import isnan
from typing import TYPE_CHECKING

from golive.model.profile import SMALL_CELL, is_small

if TYPE_CHECKING:
    from golive.model.finding import Effect
    from golive.model.result import DriftResult
    from golive.stats.estimate import Estimate

UNKNOWN = "–"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SPELLED = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]
UNIT_WORDS = {
    "a": "years",
    "mo": "months",
    "Cel": "°C",
    "[degF]": "°F",
    "mm[Hg]": "mmHg",
    "/min": "per minute",
    "[lb_av]": "lb",
    "[in_i]": "in",
    "10*3/uL": "10³/uL",
    "/uL": "per uL",
    "{score}": "points",
    "{INR}": "INR",
    "[pH]": "pH",
    "fraction": "as a fraction",
}
"""UCUM codes that people do not write that way."""


def percent(share: float | None) -> str:
    """A share (0 to 1) as percent in two or three digits that never read as none or all; a dash when unknown.

    >>> [percent(share) for share in (0.28, 0.027, 0.0004, 0.00001, 0.995, 0.9999)]
    ['28 %', '2.7 %', '0.04 %', 'under 0.01 %', '99.5 %', 'over 99.9 %']
    """
    if share is None or isnan(share):
        return UNKNOWN
    points = 100 * share
    size = abs(points)
    if 0 < size < 0.01:
        return "under 0.01 %"
    if 99.95 <= size < 100:
        return "over 99.9 %"
    decimals = 0 if size == 0 or 9.95 <= size <= 99 or size >= 100 else 2 if size < 0.995 else 1
    return f"{points:.{decimals}f} %"


def points(change: float | None) -> str:
    """A difference of shares as signed percentage points: ``+28 points``, ``-0.4 points``; a dash when unknown."""
    if change is None or isnan(change):
        return UNKNOWN
    value = 100 * change
    return f"{value:+.1f} points" if abs(value) < 9.95 else f"{value:+.0f} points"


def number(value: float | None) -> str:
    """A quantity in four significant digits, thousands separated (``0.4137``, ``12,345``); a dash when unknown."""
    if value is None or isnan(value):
        return UNKNOWN
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def metric(value: float) -> str:
    """A metric of the model in three digits: ``0.741``."""
    return f"{value:.3f}"


def score(value: float | None) -> str:
    """A drift score in two decimals, three under 0.1; a dash when unknown."""
    if value is None or isnan(value):
        return UNKNOWN
    return f"{value:.3f}" if abs(value) < 0.1 else f"{value:.2f}"


def span(estimate: Estimate, *, share: bool = False) -> str:
    """A metric, or a share as percent, with its interval: ``0.741 (0.702 to 0.778)``."""
    say = percent if share else metric
    return f"{say(estimate.value)} ({say(estimate.low)} to {say(estimate.high)})"


def change_words(effect: Effect) -> str:
    """How a share moved: ``change +28 points, 95 % interval +25 points to +31 points``."""
    return f"change {points(effect.change)}, 95 % interval {points(effect.low)} to {points(effect.high)}"


def p_value(p: float) -> str:
    """A p-value: ``p = 0.02``; below one in a thousand ``p < 0.001``, because more digits say no more."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def count(value: int | None) -> str:
    """A number of rows: ``24,000``; ``1-10`` stands for a count that is not shown (``None``)."""
    return f"1-{SMALL_CELL - 1}" if value is None else f"{value:,}"


def rows(count: int) -> str:
    """A number of rows with its noun: ``3,200 rows``; one of 1 to 10 is not shown."""
    return f"{head_count(count)} rows"


def head_count(count: int) -> str:
    """A number of patients or rows without its noun: ``3,200``; one of 1 to 10 is not shown."""
    return f"fewer than {SMALL_CELL}" if is_small(count) else f"{count:,}"


def sizes(n_train: int, n_live: int) -> str:
    """The two sample sizes, training first: ``n = 303 and 200``."""
    return f"n = {n_train:,} and {n_live:,}"


def sizes_of(effect: Effect) -> str:
    """The two sample sizes that an effect rests on: ``n = 303 and 200``."""
    return sizes(effect.n_train, effect.n_live)


def cell(count: int, n: int) -> str:
    """The share of one value; a count of 1 to 10 is not shown."""
    return (
        f"fewer than {SMALL_CELL} of {n:,} rows"
        if is_small(count)
        else percent(count / n if n else 0.0)
    )


def before_words(effect: Effect) -> str:
    """The share in training: ``none``, ``2.1 %``, or that 1 to 10 rows have it (a share of ``None``)."""
    if effect.train is None:
        return f"fewer than {SMALL_CELL} of {effect.n_train:,} rows"
    return percent(effect.train) if effect.train else "none"


def part_of(count: int | None, n: int, what: str) -> str:
    """``12 % of live records`` for a meeting, or ``all live records``; of 1 to 10 only ``a few live records``."""
    rows = count or 0
    if is_small(rows):
        return f"a few {what}"
    return f"all {what}" if 0 < n == rows else f"{percent(rows / max(1, n))} of {what}"


def of_live(count: int, n: int, what: str = "rows") -> str:
    """``2.1 % of live rows``, or that there are a few."""
    few = f"A few live {what} (fewer than {SMALL_CELL} of {n:,})"
    return few if is_small(count) else f"{cell(count, n)} of live {what}"


def plain_share(count: int, n: int) -> str:
    """The share of ``count`` of ``n`` for a meeting (``2.1 %``); ``a few`` where the count is not shown."""
    return "a few" if is_small(count) else percent(count / n if n else 0.0)


def values_of(count: int, n: int, name: str) -> str:
    """``2.1 % of live heart_rate values``, or that there are a few."""
    return of_live(count, n, f"{name} values")


def repeated_rows(result: DriftResult) -> str:
    """How many different patients' values the two sides say as much as; empty where no patient has several rows."""
    effective = (result.effective_train or result.n_train, result.effective_live or result.n_live)
    if effective == (result.n_train, result.n_live):
        return ""
    return f"rows of one patient repeat each other: they say as much as {effective[0]:,} and {effective[1]:,} independent values"


def spelled(value: int) -> str:
    """A small whole number as a word (``three``), a larger one as digits."""
    return _SPELLED[value] if 0 <= value < len(_SPELLED) else f"{value:,}"


def plural(value: int, noun: str, many: str = "") -> str:
    """``1 gate``, ``3 gates``; ``many`` is the irregular plural."""
    return f"{value:,} {noun}" if value == 1 else f"{value:,} {many or noun + 's'}"


def unit_words(unit: str) -> str:
    """A UCUM unit as people write it: ``[degF]`` becomes ``°F``."""
    return UNIT_WORDS.get(unit, unit)


def scaled_words(factor: float, offset: float) -> str:
    """``multiply by 1.8 and add 32``: how a value is converted."""
    added = f" and {'add' if offset > 0 else 'take away'} {number(abs(offset))}" if offset else ""
    return f"multiply by {number(factor)}{added}"


def day(moment: date | datetime | str) -> str:
    """A date, or an ISO 8601 date or timestamp, as ``20 Nov 2026``; text that is no date is returned as it is."""
    if not isinstance(moment, str):
        return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
    try:
        return day(datetime.fromisoformat(moment))
    except ValueError:
        return moment

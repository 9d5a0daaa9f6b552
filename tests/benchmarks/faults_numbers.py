"""Planted faults of numbers for the fault bench: units, slips, limits, stand-ins, rounding, exchanged and stuck values."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from fault_bases import Conversion, Menu, Rng
from fault_bench import Fault, Planted, Planter, pick, put_numbers, rows


def _convert(choices: Callable[[Menu], Sequence[Conversion]], *, whole: bool = False) -> Planter:
    def plant(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
        column, factor, offset = pick(rng, choices(menu))
        at = rows(frame, rng, 1.0 if whole else share, column)
        values = frame[column].astype("float64").to_numpy()[at] * factor + offset
        return put_numbers(frame, column, at, np.round(values, 1 if factor > 1 else 2))

    return plant


def _at_site(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    """All values of one site, whatever its share."""
    column, factor, offset = pick(rng, menu.units)
    site = pick(rng, sorted(frame["site"].unique()))
    at = np.flatnonzero((frame["site"] == site).to_numpy() & frame[column].notna().to_numpy())
    return put_numbers(
        frame, column, at, frame[column].astype("float64").to_numpy()[at] * factor + offset
    )


def _slip(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column = pick(rng, menu.slips)
    factor = float(rng.choice([10, 100, 0.1]))
    at = rows(frame, rng, share, column)
    return put_numbers(frame, column, at, frame[column].astype("float64").to_numpy()[at] * factor)


def _impossible(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column, low, high = pick(rng, menu.impossible)
    at = rows(frame, rng, share, column)
    return put_numbers(frame, column, at, rng.uniform(low, high, len(at)).round())


def _extreme(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column, low, high = pick(rng, menu.extreme)
    at = rows(frame, rng, share, column)
    return put_numbers(
        frame, column, at, rng.uniform(low, high, len(at)).round(1 if high < 20 else 0)
    )


def _sentinel(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column, value = pick(rng, menu.sentinels)
    return put_numbers(frame, column, rows(frame, rng, share, column), value)


def _cap(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column = pick(rng, menu.capped)
    values = frame[column].astype("float64")
    cap = float(values.quantile(1 - min(share, 0.5), interpolation="higher"))
    frame[column] = values.clip(upper=cap)
    return Planted(frame, (column,))


def _uncapped(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    """Values above the limit that training holds, such as ages that it stores as 89."""
    column, limit = menu.uncapped
    at = rows(frame, rng, share, column)
    return put_numbers(frame, column, at, limit + rng.integers(1, 11, len(at)))


def _round(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column = pick(rng, menu.decimals)
    at = rows(frame, rng, share, column)
    return put_numbers(frame, column, at, frame[column].astype("float64").to_numpy()[at].round(0))


def _heap(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column = pick(rng, menu.heaped)
    at = rows(frame, rng, share, column)
    return put_numbers(frame, column, at, frame[column].astype("float64").to_numpy()[at].round(-1))


def _swap(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    a, b = pick(rng, menu.swaps)
    at = rows(frame, rng, share)
    first, second = frame[a].astype("float64"), frame[b].astype("float64")
    chosen = np.isin(np.arange(len(frame)), at)
    frame[a], frame[b] = first.mask(chosen, second), second.mask(chosen, first)
    return Planted(frame, (a, b))


def _stuck(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column = pick(rng, menu.stuck)
    present = frame[column].astype("float64").dropna()
    value = float(present.sample(1, random_state=rng).iloc[0])
    return put_numbers(frame, column, rows(frame, rng, share, column), value)


def _shifted(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    """Other patients: all values half a standard deviation higher."""
    column = pick(rng, menu.shifted)
    values = frame[column].astype("float64")
    frame[column] = (values + 0.5 * values.std()).round(1)
    return Planted(frame, (column,))


NUMBER_FAULTS: tuple[Fault, ...] = (
    Fault(
        "unit_change",
        _convert(lambda menu: (*menu.units, *menu.overlapping), whole=True),
        whole=True,
    ),
    Fault("unit_change", _at_site, also=("unit_mix",), whole=True, label="unit_change at a site"),
    Fault("unit_mix", _convert(lambda menu: menu.units), also=("unit_change", "scale_error")),
    Fault("scale_error", _slip, also=("unit_change", "unit_mix")),
    Fault("out_of_range", _impossible),
    Fault("watch_range", _extreme),
    Fault("disguised_missing", _sentinel),
    Fault("limit_changed", _cap, label="limit_changed (live cut)"),
    Fault("limit_changed", _uncapped, also=("watch_range",), label="limit_changed (training cut)"),
    Fault("rounding_changed", _round, label="rounding_changed (decimals)"),
    Fault("rounding_changed", _heap, label="rounding_changed (heaping)"),
    Fault("column_swap", _swap),
    Fault("stuck_value", _stuck),
    Fault("distribution_shift", _shifted, also=("score_shift",), whole=True),
)
MIXED_OVERLAPPING = Fault(
    "unit_mix",
    _convert(lambda menu: menu.overlapping),
    also=("unit_change",),
    label="unit_mix (overlapping units)",
    needs="overlapping",
)
"""Two units whose values overlap: told apart from sicker patients only when many rows are concerned."""

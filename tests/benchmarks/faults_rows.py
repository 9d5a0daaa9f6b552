"""Planted faults of rows, columns and shares for the fault bench: missing, repeated, late, new, rare, identifying."""

from __future__ import annotations

import numpy as np
import pandas as pd
from fault_bases import Menu, Rng
from fault_bench import Fault, Planted, pick, put_numbers, put_text, rows


def _gone(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column = pick(rng, menu.gone)
    return put_numbers(frame, column, rows(frame, rng, share, column), np.nan)


def _back(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    """Rows that lacked a value hold one: it is filled in with the others' values."""
    column = pick(rng, menu.sparse)
    values = frame[column].astype("float64")
    empty = np.flatnonzero(values.isna().to_numpy())
    at = rng.choice(empty, size=min(len(empty), round(2 * share * len(frame))), replace=False)
    return put_numbers(frame, column, at, rng.choice(values.dropna().to_numpy(), len(at)))


def _always(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column = pick(rng, menu.dropped)
    return put_numbers(frame, column, np.arange(len(frame)), np.nan)


def _block(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    at = rows(frame, rng, share)
    for column in menu.block:
        put_numbers(frame, column, at, np.nan)
    return Planted(frame, menu.block)


def _repeated(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    again = frame.iloc[rows(frame, rng, share)]
    return Planted(pd.concat([frame, again], ignore_index=True), ("encounter_id",))


def _collided(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    """Different rows under one key."""
    at, others = rows(frame, rng, share), rows(frame, rng, share)
    put_text(frame, "recorded_at", at, frame["recorded_at"].to_numpy()[others])
    return put_text(frame, "encounter_id", at, frame["encounter_id"].to_numpy()[others])


def _future(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    times = pd.to_datetime(frame["recorded_at"])
    at = rows(frame, rng, share, "recorded_at")
    times.iloc[at] = times.iloc[at] + pd.Timedelta(days=36_525)
    frame["recorded_at"] = times.dt.strftime("%Y-%m-%d %H:%M:%S")
    return Planted(frame, ("recorded_at",))


def _stopped(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    """Times within eight weeks, and no rows on five days of them."""
    begin = pd.Timestamp("2026-02-02")
    days = np.sort(rng.integers(0, 56, len(frame)))
    first = int(rng.integers(10, 40))
    days[(days >= first) & (days < first + 5)] = first + 5 + rng.integers(0, 10)
    times = (
        begin
        + pd.to_timedelta(days, unit="D")
        + pd.to_timedelta(rng.integers(0, 86_399, len(frame)), unit="s")
    )
    frame["recorded_at"] = times.strftime("%Y-%m-%d %H:%M:%S")
    return Planted(frame, ("recorded_at",))


def _dropped(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column = pick(rng, menu.dropped)
    return Planted(frame.drop(columns=column), (column,))


def _added(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    frame["new_device"] = rng.choice(["D1", "D2"], len(frame))
    return Planted(frame, ("new_device",))


def _typed(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    """Numbers become words: ``normal``, ``high``, ``low``."""
    column = pick(rng, menu.texts)
    frame[column] = rng.choice(["normal", "high", "low"], len(frame))
    return Planted(frame, (column,))


def _commoner(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    """The rarest value of a category takes the place of others in twice the share of rows."""
    column = pick(rng, menu.categories)
    at = rows(frame, rng, min(1.0, 2 * share), column)
    return put_text(frame, column, at, [frame[column].value_counts().index[-1]] * len(at))


def _unseen(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column = pick(rng, menu.categories)
    at = rows(frame, rng, share, column)
    return put_text(frame, column, at, rng.choice(["kiosk", "drone"], len(at)))


def _identified(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column = pick(rng, menu.categories)
    at = rows(frame, rng, share, column)
    written = [
        f"{a:03d}-{b:02d}-{c:04d}"
        for a, b, c in rng.integers([100, 10, 1000], [665, 99, 9999], (len(at), 3))
    ]
    return put_text(frame, column, at, written)


def _relabelled(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    """The outcome becomes twice as rare or as frequent: rows without it get it, in twice the share."""
    values = frame[menu.label].astype("float64")
    at = np.flatnonzero((values == 0).to_numpy())
    at = rng.choice(at, size=min(len(at), round(2 * share * len(frame))), replace=False)
    values.iloc[at] = 1
    frame[menu.label] = values.astype(frame[menu.label].dtype)
    return Planted(frame, (menu.label,))


ROW_FAULTS: tuple[Fault, ...] = (
    Fault("missing_up", _gone),
    Fault("missing_down", _back, needs="sparse"),
    Fault("always_missing", _always, also=("missing_up",), whole=True),
    Fault("missing_block", _block),
    Fault("duplicate_rows", _repeated, also=("duplicate_keys",)),
    Fault("duplicate_keys", _collided),
    Fault("future_dates", _future),
    Fault("feed_stopped", _stopped, whole=True),
    Fault("column_missing", _dropped, whole=True),
    Fault("column_new", _added, whole=True),
    Fault("type_changed", _typed, also=("free_text_in_structured",), whole=True),
    Fault("category_share_shift", _commoner, also=("distribution_shift",)),
    Fault("unseen_category", _unseen),
    Fault("identifier_present", _identified),
    Fault("label_shift", _relabelled),
)

"""Where a table is cut into slices: which sites, model versions and time windows, and which rows belong to each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np

from golive.model.columns import Roles
from golive.model.profile import IntArray, SliceColumn
from golive.profile.fields import Field, as_text, day_text, missing, trimmed
from golive.profile.slicing import Slicing, largest, windows
from golive.profile.times import MOST_DAYS, DateReader


def slicings_of(table: ir.Table, roles: Roles, rows: int, *, local: bool) -> list[Slicing]:
    """The ways to cut this table: by site, by model version, by time, as far as it has such columns."""
    made = []
    for by, name in (
        ("site", roles.site),
        ("model_version", roles.model_version),
        ("time", roles.time),
    ):
        if name is None or name not in table.columns or rows == 0:
            continue
        slicing = (_in_process if local else _in_engine)(table, by, name, _key(table[name], by))
        if slicing.labels:
            made.append(slicing)
    return made


def _key(column: ir.Value, by: str) -> ir.Value:
    if by != "time":
        return as_text(column)
    return column.cast("date") if column.type().is_temporal() else day_text(column)


def _cut(by: str, name: str, keys: Sequence[object], counts: IntArray) -> tuple[Slicing, IntArray]:
    """Slices of the distinct ``keys``, and for each key the position of its slice (-1: none)."""
    if by == "time":
        reader = DateReader(
            (k, int(n)) for k, n in zip(keys, counts, strict=True) if isinstance(k, str)
        )
        days = [
            reader.read(k)[0] if isinstance(k, str) else k if isinstance(k, date) else None
            for k in keys
        ]
        starts, sizes, positions = windows(days, counts)
        return Slicing(
            by, name, tuple(s.isoformat() for s in starts), tuple(starts), tuple(sizes)
        ), positions
    names = [(str(k).strip() or None) if k is not None else None for k in keys]
    labels, sizes, positions = largest(names, counts)
    return Slicing(by, name, tuple(labels), (None,) * len(labels), tuple(sizes)), positions


def _in_process(table: ir.Table, by: str, name: str, key: ir.Value) -> Slicing:
    """Slices with the row positions of each, from one column read into memory."""
    column = table.select(key=key).to_pyarrow().column("key").combine_chunks().dictionary_encode()
    keys = column.dictionary.to_pylist()
    codes = column.indices.fill_null(len(keys)).to_numpy(zero_copy_only=False)
    slicing, positions = _cut(
        by, name, keys, np.bincount(codes, minlength=len(keys) + 1)[: len(keys)]
    )
    slot = np.append(positions, -1)[codes].astype(np.int16)
    order = np.argsort(slot, kind="stable")
    bounds = np.searchsorted(slot[order], np.arange(len(slicing.labels) + 1), side="left")
    return replace(slicing, order=order, bounds=bounds)


def _in_engine(table: ir.Table, by: str, name: str, key: ir.Value) -> Slicing:
    keyed = table.select(key=key).drop_null()
    groups = keyed.group_by("key").aggregate(rows=keyed.count())
    found = groups.order_by(groups.rows.desc(), groups.key).limit(MOST_DAYS).to_pyarrow()
    return _cut(by, name, found.column("key").to_pylist(), found.column("rows").to_numpy())[0]


def slice_key(table: ir.Table, slicing: Slicing) -> ir.StringValue:
    """Expression that names the slice of a row: the value of a site, the first day of a window; null in no slice.

    Written dates are cut in the engine only when they are ISO 8601.
    """
    column = table[slicing.column]
    if slicing.by != "time":
        text = trimmed(as_text(column))
        return text.isin(slicing.labels).ifelse(text, ibis.null("string"))
    day = (
        column.cast("date")
        if column.type().is_temporal()
        else as_text(column).left(10).try_cast("date")
    )
    lows = [low for low in slicing.starts if low is not None]
    ends = [*lows[1:], date.max]
    parts = zip(slicing.labels, lows, ends, strict=True)
    cases = [((day >= ibis.date(low)) & (day < ibis.date(end)), label) for label, low, end in parts]
    return ibis.cases(*cases, else_=ibis.null("string"))


def slice_missing(
    table: ir.Table, fields: Sequence[Field], slicing: Slicing, *, local: bool
) -> dict[str, list[SliceColumn]]:
    """Rows and missing rows of text and time columns in every slice; one query for all of them."""
    if not fields:
        return {}
    asked = {f"m{i}": missing(table[f.name]) for i, f in enumerate(fields)}
    if local:
        found = table.select(**asked).to_pyarrow()
        held = {}
        for i, field in enumerate(fields):
            flags = np.cumsum(np.append(0, found.column(f"m{i}").to_numpy()[slicing.order]))
            counts = np.diff(flags[slicing.bounds])
            held[field.name] = [
                SliceColumn(int(n), int(c))
                for n, c in zip(np.diff(slicing.bounds), counts, strict=True)
            ]
        return held
    keyed = table.select(key=slice_key(table, slicing), **asked)
    sums = keyed.group_by("key").aggregate(n=keyed.count(), **{k: keyed[k].sum() for k in asked})
    rows = {r["key"]: r for r in sums.to_pyarrow().to_pylist()}
    none = {"n": 0} | dict.fromkeys(asked, 0)
    return {
        field.name: [
            SliceColumn(int(r["n"]), int(r[f"m{i}"]))
            for r in (rows.get(x, none) for x in slicing.labels)
        ]
        for i, field in enumerate(fields)
    }

"""The profile of a whole table: every column by its kind, then the facts that need more than one column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

import ibis.expr.types as ir
import numpy as np

from golive.model.columns import ColumnSpec, Roles
from golive.model.profile import ColumnProfile, Profile, Slice
from golive.profile import joint
from golive.profile.fields import Field, Kind, as_text, day_text, engine_of, fields_of
from golive.profile.local import failed, reduce_local
from golive.profile.remote import reduce_remote
from golive.profile.slicing import MOST_SLICED_COLUMNS, Slicing, largest, windows
from golive.profile.texts import reduce_texts
from golive.profile.times import MOST_DAYS, DateReader, reduce_times

if TYPE_CHECKING:
    from golive.intake import Dataset

LOCAL_ROWS = 20_000_000
"""Rows up to which an in-process table is reduced column by column in memory (160 MB a column)."""

IN_PROCESS = ("duckdb",)

Progress = Callable[[float, str], None]


def profile(
    dataset: Dataset,
    specs: Sequence[ColumnSpec],
    roles: Roles,
    *,
    progress: Progress | None = None,
    as_of: date | None = None,
) -> Profile:
    """Reduce a table to its profile.

    Args:
        dataset: an Ibis table with its name, hash, engine and the storage type of each column.
        specs: types and roles, decided on training data; columns that ``dataset`` does not have are passed over.
        roles: which columns identify, date and slice the rows.
        progress: called with a fraction (0 to 1) and a sentence.
        as_of: dates after this day count as future; today when absent.

    A column that cannot be read gets a ``ColumnProfile`` with ``error`` set; the others go on.
    """
    table = dataset.table
    rows = int(dataset.rows)
    fields = fields_of(table, dataset.storage, specs, roles)
    counter = _Counter(progress, dataset.name, len(fields))
    local = engine_of(table) in IN_PROCESS and rows <= LOCAL_ROWS
    slicings = _slicings(table, roles, rows, local=local) if len(fields) <= MOST_SLICED_COLUMNS else []
    main = [f for f in fields if f.kind in (Kind.NUMBER, Kind.CATEGORY)]
    reduced = (reduce_local if local else reduce_remote)(table, main, rows, slicings, counter.step)
    found = {name: one.profile for name, one in reduced.items()}
    for field in (f for f in fields if f.kind is Kind.TIME):
        found[field.name] = _isolated(
            lambda f=field: [reduce_times(table, f, rows, as_of or date.today())], [field], rows
        )[0]
        counter.step(field)
    texts = [f for f in fields if f.kind is Kind.TEXT]
    for start in range(0, len(texts), 100):
        for one in _texts(table, texts[start : start + 100], rows):
            found[one.name] = one
            counter.step(one)
    columns = {f.name: found[f.name] for f in fields}
    slices: list[Slice] = []
    for i, slicing in enumerate(slicings):
        held = {name: one.slices[i] for name, one in reduced.items() if one.slices}
        slices += slicing.slices([{n: parts[k] for n, parts in held.items()} for k in range(len(slicing.labels))])
    key = [c for c in (roles.id, roles.time) if c is not None] if roles.id else []
    return Profile(
        name=dataset.name,
        sha256=dataset.sha256,
        kind=dataset.kind,
        engine=dataset.engine,
        rows=rows,
        columns=columns,
        roles=roles,
        duplicate_rows=joint.duplicate_rows(table, columns, fields, rows),
        duplicate_keys=joint.duplicate_keys(table, columns, key),
        missing_blocks=joint.missing_blocks(table, columns, fields),
        slices=tuple(slices),
        time_violations=joint.time_violations(table, fields),
    )


class _Counter:
    def __init__(self, progress: Progress | None, name: str, total: int) -> None:
        self.progress, self.name, self.total, self.done = progress, name, total, 0

    def step(self, _column: Field | ColumnProfile) -> None:
        self.done += 1
        if self.progress:
            self.progress(self.done / self.total, f"profiling {self.name}, column {self.done} of {self.total}")


def _isolated(work: Callable[[], list[ColumnProfile]], fields: Sequence[Field], rows: int) -> list[ColumnProfile]:
    try:
        return work()
    except Exception as error:
        return [failed(field, rows, error) for field in fields]


def _texts(table: ir.Table, fields: Sequence[Field], rows: int) -> list[ColumnProfile]:
    try:
        return reduce_texts(table, fields, rows)
    except Exception:
        return [_isolated(lambda f=field: reduce_texts(table, [f], rows), [field], rows)[0] for field in fields]


def _slicings(table: ir.Table, roles: Roles, rows: int, *, local: bool) -> list[Slicing]:
    """The ways to cut this table: by site, by model version, by time, as far as it has such columns."""
    asked = [("site", roles.site), ("model_version", roles.model_version), ("time", roles.time)]
    made = []
    for by, name in asked:
        if name is None or name not in table.columns or rows == 0:
            continue
        column = table[name]
        key = (
            (column.cast("date") if column.type().is_temporal() else day_text(column))
            if by == "time"
            else as_text(column)
        )
        slicing = (_local_slicing if local else _remote_slicing)(table, by, name, key)
        if len(slicing.labels) > 0:
            made.append(slicing)
    return made


def _cut(by: str, name: str, keys: list[object], counts: np.ndarray) -> tuple[Slicing, np.ndarray]:
    if by == "time":
        reader = DateReader((k, int(n)) for k, n in zip(keys, counts, strict=True) if isinstance(k, str))
        days = [reader.read(k)[0] if isinstance(k, str) else k if isinstance(k, date) else None for k in keys]
        starts, sizes, positions = windows(days, counts)
        return Slicing(by, name, tuple(s.isoformat() for s in starts), tuple(starts), tuple(sizes)), positions
    names = [str(k).strip() or None if k is not None else None for k in keys]
    labels, sizes, positions = largest(names, counts)
    return Slicing(by, name, tuple(labels), (None,) * len(labels), tuple(sizes)), positions


def _local_slicing(table: ir.Table, by: str, name: str, key: ir.Value) -> Slicing:
    """Row positions of every slice, from one column read into memory."""
    from dataclasses import replace

    column = table.select(key=key).to_pyarrow().column("key").dictionary_encode().combine_chunks()
    keys = column.dictionary.to_pylist()
    codes = column.indices.fill_null(len(keys)).to_numpy(zero_copy_only=False)
    counts = np.bincount(codes, minlength=len(keys) + 1)[: len(keys)]
    slicing, positions = _cut(by, name, keys, counts)
    slot = np.append(positions, -1)[codes].astype(np.int16)
    order = np.argsort(slot, kind="stable")
    bounds = np.searchsorted(slot[order], np.arange(len(slicing.labels) + 1), side="left")
    return replace(slicing, order=order, bounds=bounds)


def _remote_slicing(table: ir.Table, by: str, name: str, key: ir.Value) -> Slicing:
    keyed = table.select(key=key).drop_null()
    groups = keyed.group_by("key").aggregate(rows=keyed.count())
    found = groups.order_by(groups.rows.desc(), groups.key).limit(MOST_DAYS).to_pyarrow()
    return _cut(by, name, found.column("key").to_pylist(), found.column("rows").to_numpy())[0]

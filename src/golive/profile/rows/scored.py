"""Predictions beside outcomes: the few columns with a role, as compact arrays, while outcomes are computed.

The only place outside a profile where rows of a table are held, and only in memory: nothing here is stored, logged or shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from golive.model.columns import ColumnSpec, ColumnType, Role, Roles
from golive.model.config import Config
from golive.model.profile import FloatArray
from golive.profile.fields import (
    LONGEST_VALUE,
    Field,
    Reduction,
    as_text,
    is_text,
    missing,
    number,
    trimmed,
)
from golive.profile.local import coded

if TYPE_CHECKING:
    from golive.intake import Dataset

Codes = npt.NDArray[np.int32]
Times = npt.NDArray[np.datetime64]
Mask = npt.NDArray[np.bool_]

MOST_FEATURES = 5
"""Features read for the small baseline model."""

_LABEL_TIME = re.compile(r"(label|outcome|event|truth)_?(time|date|datetime|timestamp|at|on)")
_CLASS = "class score: "
_ZONE = "(?:Z|[+-][0-9]{2}:?[0-9]{2}) *$"


@dataclass(frozen=True)
class Coded:
    """A category column: ``names`` in value order, and per row the position of its value (-1: missing)."""

    names: tuple[str, ...]
    codes: Codes


@dataclass(frozen=True)
class Scored:
    """Rows of one table reduced to what outcomes need. All arrays have length ``rows``; ``None`` where there is no column.

    ``score``, ``number_label`` and the numbers of ``class_scores`` (by class) and ``features`` are NaN where missing or not
    a number. ``unparsed`` counts, per role, values that are there but cannot be read; ``zones`` counts written times with an
    offset (the first entry) and without. Times are UTC where an offset is written, else as written; ``NaT`` where missing.
    """

    rows: int
    score: FloatArray | None = None
    prediction: Coded | None = None
    number_prediction: FloatArray | None = None
    class_scores: dict[str, FloatArray] = field(default_factory=dict)
    label: Coded | None = None
    number_label: FloatArray | None = None
    unit: Codes | None = None
    slices: dict[str, Coded] = field(default_factory=dict)
    time: Times | None = None
    label_time: Times | None = None
    received: Times | None = None
    latency: FloatArray | None = None
    status: Coded | None = None
    response: Coded | None = None
    reasoned: Mask | None = None
    user: Codes | None = None
    written: Coded | None = None
    features: dict[str, FloatArray] = field(default_factory=dict)
    marks: dict[str, Mask] = field(default_factory=dict)
    unparsed: dict[str, int] = field(default_factory=dict)
    zones: tuple[int, int] = (0, 0)

    def keep(self, rows: Mask) -> Scored:
        """The rows that ``rows`` marks; counts of what could not be read stay those of the whole table."""

        def cut(value: Any) -> Any:
            if isinstance(value, np.ndarray):
                return value[rows]
            if isinstance(value, Coded):
                return Coded(value.names, value.codes[rows])
            return {k: cut(v) for k, v in value.items()} if isinstance(value, dict) else value

        held = {
            name: cut(getattr(self, name))
            for name in self.__dataclass_fields__
            if name not in ("unparsed", "rows")
        }
        return replace(self, **held, rows=int(rows.sum()))


def wanted(roles: Roles, config: Config) -> bool:
    """Whether any column has a role that outcomes look at."""
    operations = config.operations
    service = operations is not None and any(operations.model_dump().values())
    return bool(roles.score or roles.prediction or config.class_scores or service)


def scored(
    dataset: Dataset,
    specs: Sequence[ColumnSpec],
    roles: Roles,
    config: Config,
    *,
    marks: Mapping[str, ir.BooleanValue] | None = None,
) -> Scored | None:
    """Read the columns with a role from ``dataset``; ``None`` when none of them is there.

    ``marks`` are conditions on the rows of ``dataset.table``; they come back as masks under the same names.

    The label is read as categories and, where it is a number column, also as numbers. Up to ``MOST_FEATURES`` number
    features (the most important first, where importance is declared) are read for the baseline.
    """
    if not wanted(roles, config):
        return None
    plan = _plan(set(dataset.columns), {s.name: s for s in specs}, roles, config)
    if not plan:
        return None
    table = dataset.table
    known = {s.name: s for s in specs}
    asked: dict[str, Any] = {}
    for i, (_, name, how) in enumerate(plan):
        column = table[name]
        if how == "number":
            asked[f"v{i}"] = number(column)
            asked[f"m{i}"] = missing(column)
        else:
            asked[f"v{i}"] = _asked(
                column, how, table[roles.id] if roles.id in dataset.columns else None
            )
    marked = list(marks or {})
    asked |= {f"k{i}": marks[name] for i, name in enumerate(marked)} if marks else {}
    arrow = table.select(**asked).to_pyarrow()
    found: dict[str, Any] = {"slices": {}, "features": {}, "class_scores": {}, "unparsed": {}}
    found["marks"] = {
        name: arrow.column(f"k{i}").to_numpy(zero_copy_only=False).astype(bool)
        for i, name in enumerate(marked)
    }
    for i, (what, name, how) in enumerate(plan):
        values = arrow.column(f"v{i}")
        if how == "number":
            held: FloatArray = values.to_numpy().astype(np.float64, copy=False)
            held = np.where(np.isinf(held), np.nan, held)
            odd = int((np.isnan(held) & ~arrow.column(f"m{i}").to_numpy()).sum())
            _put(found, what, name, held, odd)
        elif how == "time":
            times, odd, zones = _times(values)
            _put(found, what, name, times, odd)
            if what == "time":
                found["zones"] = zones
        elif how in _READ:
            _put(found, what, name, _READ[how](values), 0)
        else:
            spec = known.get(name) or ColumnSpec(name=name, type=ColumnType.CATEGORY)
            storage = dataset.storage.get(name, spec.storage)
            names, codes = coded(
                values,
                Field(name, spec.type, Role.FEATURE, storage, spec.storage, Reduction.CATEGORY),
            )
            _put(found, what, name, Coded(tuple(names), codes.astype(np.int32)), 0)
    return Scored(rows=arrow.num_rows, **found)


def _put(found: dict[str, Any], what: str, name: str, value: Any, odd: int) -> None:
    if what in ("slices", "features"):
        found[what][name] = value
    elif what.startswith(_CLASS):
        found["class_scores"][what.removeprefix(_CLASS)] = value
    else:
        found[what] = value
        if odd:
            found["unparsed"][what] = odd


def _plan(
    present: set[str], specs: dict[str, ColumnSpec], roles: Roles, config: Config
) -> list[tuple[str, str, str]]:
    """What to read: the field of ``Scored``, the column, and how (``number``, ``category``, ``time``, ``unit``)."""
    operations = config.operations
    plan: list[tuple[str, str | None, str]] = [
        ("score", roles.score, "number"),
        ("prediction", roles.prediction, "category"),
        ("label", roles.label, "category"),
        ("unit", roles.id, "unit"),
        ("time", roles.time, "time"),
        ("label_time", _label_time(specs, roles), "time"),
        ("received", operations.received_time if operations else None, "time"),
        ("latency", operations.latency_ms if operations else None, "number"),
        ("status", operations.status if operations else None, "category"),
        ("response", operations.response if operations else None, "category"),
        ("reasoned", operations.override_reason if operations else None, "filled"),
        ("user", operations.user if operations else None, "unit"),
        ("written", operations.written_to if operations else None, "same id"),
    ]
    for role, what in (("label", "number_label"), ("prediction", "number_prediction")):
        name = getattr(roles, role)
        if name and name in specs and specs[name].type.is_number:
            plan.append((what, name, "number"))
    plan += [(f"{_CLASS}{value}", name, "number") for value, name in config.class_scores.items()]
    sliced = dict.fromkeys((roles.site, roles.model_version, *roles.groups))
    plan += [("slices", name, "category") for name in sliced]
    if roles.label and roles.score:
        plan += [("features", name, "number") for name in _features(present, specs, config)]
    return [(what, name, how) for what, name, how in plan if name and name in present]


def _features(present: set[str], specs: dict[str, ColumnSpec], config: Config) -> list[str]:
    """Number features for the baseline, the most important first; without declared importance, in column order."""
    operations = config.operations
    service = set(operations.model_dump().values()) if operations else set()

    def weight(name: str) -> float:
        declared = config.columns.get(name)
        return -(
            declared.importance if declared is not None and declared.importance is not None else 0.0
        )

    fitting = [
        s.name
        for s in specs.values()
        if s.role is Role.FEATURE and s.type.is_number and s.name in present - service
    ]
    return sorted(fitting, key=weight)[:MOST_FEATURES]


def _label_time(specs: dict[str, ColumnSpec], roles: Roles) -> str | None:
    """The column that says when the outcome was known, by its type and name."""
    dated = [
        s.name for s in specs.values() if s.type is ColumnType.DATETIME and s.name != roles.time
    ]
    named = f"{roles.label}_time" if roles.label else ""
    return next((n for n in dated if n == named or _LABEL_TIME.fullmatch(n.lower())), None)


def _plain(column: ir.Value) -> ir.Value:
    stored = column.type()
    if stored.is_decimal():
        return column.cast("float64")
    return column if stored.is_numeric() or stored.is_boolean() else as_text(column)


def _asked(column: ir.Value, how: str, unit: ir.Value | None) -> ir.Value:
    """What is asked of the engine for one column that is no number."""
    if how == "time":
        return _moment(column)
    if how == "filled":
        return ~missing(column)
    if how == "same id":
        return ibis.literal(-1) if unit is None else _same(column, unit)
    return column.left(LONGEST_VALUE) if is_text(column) else _plain(column)


def _same(column: ir.Value, unit: ir.Value) -> ir.Value:
    """1 where both hold the same id, 0 where they hold two, -1 where one of them is missing."""
    equal = trimmed(as_text(column)) == trimmed(as_text(unit))
    return ibis.cases((missing(column) | missing(unit), -1), (equal, 1), else_=0)


def _moment(column: ir.Value) -> ir.Value:
    """A stored time as the engine keeps it; anything else as text."""
    stored = column.type()
    return (
        column if stored.is_timestamp() or stored.is_date() else as_text(column).left(LONGEST_VALUE)
    )


def positions(values: pa.ChunkedArray) -> Codes:
    """A number per distinct value; every missing value is a unit of its own (negative)."""
    array = values.dictionary_encode().combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = (
            array.chunk(0)
            if array.num_chunks
            else pa.array([], type=pa.string()).dictionary_encode()
        )
    indices: Codes = array.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    absent = np.flatnonzero(indices < 0)
    indices = indices.copy()
    indices[absent] = -1 - np.arange(len(absent), dtype=np.int32)
    return indices


def _filled(values: pa.ChunkedArray) -> Mask:
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.bool_)


def _written(values: pa.ChunkedArray) -> Coded:
    return Coded(("another", "the same"), values.to_numpy().astype(np.int32))


_READ: dict[str, Callable[[pa.ChunkedArray], Any]] = {
    "unit": positions,
    "filled": _filled,
    "same id": _written,
}
"""How a column is read that cannot hold a value which cannot be read."""


def _times(values: pa.ChunkedArray) -> tuple[Times, int, tuple[int, int]]:
    """Moments to the second, how many could not be read, and how many were written with and without an offset."""
    import pandas as pd

    if not pa.types.is_string(values.type) and not pa.types.is_large_string(values.type):
        stored = pd.Series(pd.to_datetime(values.to_pandas(), utc=True, errors="coerce"))
        return stored.dt.tz_localize(None).to_numpy(dtype="datetime64[s]"), 0, (0, 0)
    written = pd.Series(values.to_pandas(), dtype="object")
    here = written.notna() & (written.fillna("").str.strip() != "")
    read = pd.Series(pd.to_datetime(written, utc=True, errors="coerce", format="ISO8601"))
    if int((read.isna() & here).sum()) > 0.5 * max(1, int(here.sum())):
        read = pd.Series(pd.to_datetime(written, utc=True, errors="coerce", format="mixed"))
    offset = int(written[here].str.contains(_ZONE, regex=True).sum()) if bool(here.any()) else 0
    odd = int((read.isna() & here).sum())
    return (
        read.dt.tz_localize(None).to_numpy(dtype="datetime64[s]"),
        odd,
        (offset, int(here.sum()) - offset),
    )

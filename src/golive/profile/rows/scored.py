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

from golive.intake.base.dataset import columns_of
from golive.model.columns import ColumnSpec, ColumnType, Role, Roles
from golive.model.config import Config, OperationsConfig
from golive.model.profile import FloatArray
from golive.profile.fields import (
    LONGEST_VALUE,
    Field,
    Reduction,
    as_text,
    category_key,
    missing,
    number,
    trimmed,
)
from golive.profile.local import coded
from golive.profile.reading import encoded

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

        of_rows = set(self.__dataclass_fields__) - {"unparsed", "rows"}
        return replace(
            self, **{name: cut(getattr(self, name)) for name in of_rows}, rows=int(rows.sum())
        )


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
    known = {s.name: s for s in specs}
    plan = _plan(set(dataset.columns), known, roles, config) if wanted(roles, config) else []
    if not plan:
        return None
    table = dataset.table
    unit = table[roles.id] if roles.id in dataset.columns else None
    asked: dict[tuple[str, int | str], Any] = {
        ("mark", name): mark for name, mark in (marks or {}).items()
    }
    for i, (_, name, how) in enumerate(plan):
        asked["value", i] = _asked(table[name], how, unit)
        if how == "number":
            asked["missing", i] = missing(table[name])
    columns = columns_of(table, asked)
    found: dict[str, Any] = {"slices": {}, "features": {}, "class_scores": {}, "unparsed": {}}
    found["marks"] = {name: _filled(columns["mark", name]) for name in marks or {}}
    for i, (what, name, how) in enumerate(plan):
        values, unparsed = columns["value", i], 0
        value: Any
        if how == "number":
            numbers = values.to_numpy().astype(np.float64, copy=False)
            value = np.where(np.isinf(numbers), np.nan, numbers)
            unparsed = int((np.isnan(value) & ~columns["missing", i].to_numpy()).sum())
        elif how == "time":
            value, unparsed, zones = _times(values)
            if what == "time":
                found["zones"] = zones
        elif how == "category":
            spec = known.get(name) or ColumnSpec(name=name, type=ColumnType.CATEGORY)
            storage = dataset.storage.get(name, spec.storage)
            read_as = Field(
                name, spec.type, Role.FEATURE, storage, spec.storage, Reduction.CATEGORY
            )
            names, codes = coded(values, read_as)
            value = Coded(tuple(names), codes.astype(np.int32))
        else:
            value = _READ[how](values)
        if what in ("slices", "features"):
            found[what][name] = value
        elif what.startswith(_CLASS):
            found["class_scores"][what.removeprefix(_CLASS)] = value
        else:
            found[what] = value
            found["unparsed"] |= {what: unparsed} if unparsed else {}
    return Scored(rows=len(next(iter(columns.values()))), **found)


def _plan(
    present: set[str], specs: dict[str, ColumnSpec], roles: Roles, config: Config
) -> list[tuple[str, str, str]]:
    """What to read: the field of ``Scored``, the column, and how (``number``, ``category``, ``time``, ``unit``)."""
    log = config.operations or OperationsConfig()
    plan: list[tuple[str, str | None, str]] = [
        ("score", roles.score, "number"),
        ("prediction", roles.prediction, "category"),
        ("label", roles.label, "category"),
        ("unit", roles.id, "unit"),
        ("time", roles.time, "time"),
        ("label_time", _label_time(specs, roles), "time"),
        ("received", log.received_time, "time"),
        ("latency", log.latency_ms, "number"),
        ("status", log.status, "category"),
        ("response", log.response, "category"),
        ("reasoned", log.override_reason, "filled"),
        ("user", log.user, "unit"),
        ("written", log.written_to, "same id"),
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
    service = set(config.operations.model_dump().values()) if config.operations else set()

    def weight(name: str) -> float:
        declared = config.columns.get(name)
        return -(declared.importance or 0.0) if declared else 0.0

    numbers = [s.name for s in specs.values() if s.role is Role.FEATURE and s.type.is_number]
    return sorted((n for n in numbers if n in present - service), key=weight)[:MOST_FEATURES]


def _label_time(specs: dict[str, ColumnSpec], roles: Roles) -> str | None:
    """The column that says when the outcome was known, by its type and name."""
    dated = [
        s.name for s in specs.values() if s.type is ColumnType.DATETIME and s.name != roles.time
    ]
    named = f"{roles.label}_time" if roles.label else ""
    return next((n for n in dated if n == named or _LABEL_TIME.fullmatch(n.lower())), None)


def _asked(column: ir.Value, how: str, unit: ir.Value | None) -> ir.Value:
    """What is asked of the engine for one column."""
    if how == "number":
        return number(column)
    if how == "time":
        stored = column.type().is_timestamp() or column.type().is_date()
        return column if stored else as_text(column).left(LONGEST_VALUE)
    if how == "filled":
        return ~missing(column)
    if how == "same id":  # 1 for one id in both, 0 for two, -1 where one of them is missing
        if unit is None:
            return ibis.literal(-1)
        equal = trimmed(as_text(column)) == trimmed(as_text(unit))
        return ibis.cases((missing(column) | missing(unit), -1), (equal, 1), else_=0)
    return category_key(column)


def positions(values: pa.ChunkedArray) -> Codes:
    """A number per distinct value; every missing value is a unit of its own (negative)."""
    names, codes = encoded(values)
    numbers: Codes = codes.astype(np.int32)
    absent = numbers == len(names)
    numbers[absent] = -1 - np.arange(absent.sum(), dtype=np.int32)
    return numbers


def _filled(values: pa.ChunkedArray) -> Mask:
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.bool_)


_READ: dict[str, Callable[[pa.ChunkedArray], Any]] = {
    "unit": positions,
    "filled": _filled,
    "same id": lambda values: Coded(("another", "the same"), values.to_numpy().astype(np.int32)),
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

    def read(form: str) -> tuple[pd.Series, int]:
        moments = pd.Series(pd.to_datetime(written, utc=True, errors="coerce", format=form))
        return moments, int((moments.isna() & here).sum())

    moments, unparsed = read("ISO8601")
    if unparsed > 0.5 * max(1, int(here.sum())):
        moments, unparsed = read("mixed")
    offset = int(written[here].str.contains(_ZONE, regex=True).sum()) if here.any() else 0
    return (
        moments.dt.tz_localize(None).to_numpy(dtype="datetime64[s]"),
        unparsed,
        (offset, int(here.sum()) - offset),
    )

"""The baseline of a monitor: a k-anonymous profile of training data as JSON, so that its rows are not needed again."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from golive.model.columns import ColumnSpec, ColumnType, Role, Roles
from golive.model.config import Config
from golive.model.errors import Problem, StoreError
from golive.model.monitoring import Baseline
from golive.model.profile import (
    CategoryProfile,
    ColumnProfile,
    Coverage,
    MissingBlock,
    NumericProfile,
    Profile,
    Repeats,
    Slice,
    SliceColumn,
    TimeProfile,
)
from golive.monitor.anonymous import anonymous, soft_ends
from golive.monitor.performance import of_training

if TYPE_CHECKING:
    from golive.intake import Dataset

FORMAT = 1


def reading_hash(config: Config) -> str:
    """SHA-256 of what decides how columns are read: declared types and roles. A baseline is bound to it."""
    types = {name: c.type.value for name, c in sorted(config.columns.items()) if c.type}
    text = f"{config.roles.model_dump_json()}{types}{list(config.fhir_views) or ''}"
    return hashlib.sha256(text.encode()).hexdigest()


def build(name: str, train: Dataset, config: Config) -> Baseline:
    """Profile training data and make it k-anonymous (bins of 11 rows or more).

    Raises:
        InputError: a role or a declared column is not in the data.
    """
    from golive.intake import infer, roles_of
    from golive.profile import profile

    specs = infer(train, None, config)
    before = profile(train, specs, roles_of(specs))
    kept = anonymous(before)
    payload = {
        "format": FORMAT,
        "specs": [s.model_dump(mode="json") for s in specs],
        "profile": dump(kept),
        "soft_ends": soft_ends(before, kept),
        "performance": of_training(train, specs, config),
    }
    return Baseline(
        id=name,
        rows=train.rows,
        sha256=train.sha256,
        config_sha256=reading_hash(config),
        payload=payload,
    )


@dataclass(frozen=True)
class Restored:
    """A baseline ready for comparison. ``soft_ends`` says of which columns the lowest and highest value are hidden.

    ``performance`` is that of training rows (``golive.monitor.performance.of_training``).
    """

    profile: Profile
    specs: tuple[ColumnSpec, ...]
    soft_ends: dict[str, tuple[bool, bool]]
    performance: dict[str, Any] | None = None


def restore(baseline: Baseline) -> Restored:
    """The profile and the column specifications of a stored baseline.

    Raises:
        StoreError: ``STORE_NEWER`` when a later version wrote it.
    """
    if baseline.payload.get("format") != FORMAT:
        raise StoreError(
            Problem(
                "STORE_NEWER",
                f"Baseline '{baseline.id}' was written by a newer GoLive.",
                "Upgrade GoLive.",
            )
        )
    specs = tuple(ColumnSpec.model_validate(s) for s in baseline.payload["specs"])
    ends = {
        name: (bool(low), bool(high)) for name, (low, high) in baseline.payload["soft_ends"].items()
    }
    # A baseline of an earlier version has no performance: nothing is judged against it then.
    return Restored(
        load(baseline.payload["profile"]), specs, ends, baseline.payload.get("performance")
    )


def dump(profile: Profile) -> dict[str, Any]:
    """A profile as JSON values; not-a-number becomes null."""
    return {
        "name": profile.name,
        "sha256": profile.sha256,
        "kind": profile.kind,
        "engine": profile.engine,
        "rows": profile.rows,
        "roles": profile.roles.model_dump(mode="json"),
        "columns": [_dump_column(c) for c in profile.columns.values()],
        "duplicate_rows": profile.duplicate_rows,
        "duplicate_keys": profile.duplicate_keys,
        "missing_blocks": [[list(b.columns), b.rows] for b in profile.missing_blocks],
        "slices": [_dump_slice(s) for s in profile.slices],
        "time_violations": [[a, b, n] for (a, b), n in profile.time_violations.items()],
        "coverage": [[c.resource, c.element, c.kept, c.n] for c in profile.coverage],
    }


def load(data: dict[str, Any]) -> Profile:
    """The profile that ``dump`` wrote."""
    columns = [_load_column(c) for c in data["columns"]]
    return Profile(
        name=data["name"],
        sha256=data["sha256"],
        kind=data["kind"],
        engine=data["engine"],
        rows=data["rows"],
        columns={c.name: c for c in columns},
        roles=Roles.model_validate(data["roles"]),
        duplicate_rows=data["duplicate_rows"],
        duplicate_keys=data["duplicate_keys"],
        missing_blocks=tuple(
            MissingBlock(tuple(names), rows) for names, rows in data["missing_blocks"]
        ),
        slices=tuple(_load_slice(s) for s in data["slices"]),
        time_violations={(a, b): n for a, b, n in data["time_violations"]},
        coverage=tuple(Coverage(*c) for c in data.get("coverage", ())),
    )


def _real(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _dump_category(held: CategoryProfile) -> dict[str, Any]:
    return {
        "n": held.n,
        "values": list(held.values),
        "counts": held.counts.tolist(),
        "other": held.other,
    }


def _load_category(data: dict[str, Any]) -> CategoryProfile:
    return CategoryProfile(
        data["n"], tuple(data["values"]), np.array(data["counts"], dtype=np.int64), data["other"]
    )


def _dump_column(column: ColumnProfile) -> dict[str, Any]:
    numeric, time = column.numeric, column.time
    return {
        "name": column.name,
        "type": column.type.value,
        "role": column.role.value,
        "storage": column.storage,
        "n": column.n,
        "missing": column.missing,
        "distinct": column.distinct,
        "numeric": numeric
        and {
            "n": numeric.n,
            "moments": [
                _real(v) for v in (numeric.mean, numeric.std, numeric.minimum, numeric.maximum)
            ],
            "values": numeric.values.tolist(),
            "counts": numeric.counts.tolist(),
            "exact": numeric.exact,
            "integers": numeric.integers,
            "infinities": numeric.infinities,
            "decimals": [list(pair) for pair in numeric.decimals],
        },
        "category": column.category and _dump_category(column.category),
        "tokens": _dump_category(column.tokens),
        "patterns": _dump_category(column.patterns),
        "time": time
        and {
            "n": time.n,
            "minimum": time.minimum and time.minimum.isoformat(),
            "maximum": time.maximum and time.maximum.isoformat(),
            "days": [d.isoformat() for d in time.days],
            "counts": time.counts.tolist(),
            "formats": [list(pair) for pair in time.formats],
            "future": time.future,
        },
        "mean_length": _real(column.mean_length),
        "repeats": [[r.weight, r.size] for r in (column.repeats, column.missing_repeats)],
        "error": column.error,
    }


def _load_column(data: dict[str, Any]) -> ColumnProfile:
    numeric, time = data["numeric"], data["time"]
    # Baselines of before took every row for a patient of its own.
    repeats, missing_repeats = (
        Repeats(*pair) for pair in data.get("repeats", ((1.0, 1.0), (1.0, 1.0)))
    )
    return ColumnProfile(
        name=data["name"],
        type=ColumnType(data["type"]),
        role=Role(data["role"]),
        storage=data["storage"],
        n=data["n"],
        missing=data["missing"],
        distinct=data["distinct"],
        numeric=numeric and _load_numeric(numeric),
        category=data["category"] and _load_category(data["category"]),
        tokens=_load_category(data["tokens"]),
        patterns=_load_category(data["patterns"]),
        time=time
        and TimeProfile(
            time["n"],
            time["minimum"] and datetime.fromisoformat(time["minimum"]),
            time["maximum"] and datetime.fromisoformat(time["maximum"]),
            tuple(date.fromisoformat(d) for d in time["days"]),
            np.array(time["counts"], dtype=np.int64),
            tuple((name, rows) for name, rows in time["formats"]),
            time["future"],
        ),
        mean_length=data["mean_length"],
        repeats=repeats,
        missing_repeats=missing_repeats,
        error=data["error"],
    )


def _load_numeric(data: dict[str, Any]) -> NumericProfile:
    mean, std, low, high = (_number(v) for v in data["moments"])
    return NumericProfile(
        n=data["n"],
        mean=mean,
        std=std,
        minimum=low,
        maximum=high,
        values=np.array(data["values"], dtype=np.float64),
        counts=np.array(data["counts"], dtype=np.int64),
        exact=data["exact"],
        integers=data["integers"],
        infinities=data["infinities"],
        decimals=tuple((digits, rows) for digits, rows in data["decimals"]),
    )


def _dump_slice(held: Slice) -> dict[str, Any]:
    columns = {
        name: [
            c.n,
            c.missing,
            _real(c.mean),
            [list(p) for p in c.top],
            c.tokens,
            [list(p) for p in c.shapes],
        ]
        for name, c in held.columns.items()
    }
    start = held.start and held.start.isoformat()
    return {
        "by": held.by,
        "column": held.column,
        "value": held.value,
        "n": held.n,
        "start": start,
        "columns": columns,
    }


def _load_slice(data: dict[str, Any]) -> Slice:
    columns = {
        name: SliceColumn(
            n,
            missing,
            (),
            mean,
            tuple((v, k) for v, k in top),
            tokens,
            tuple((v, k) for v, k in shapes),
        )
        for name, (n, missing, mean, top, tokens, shapes) in data["columns"].items()
    }
    start = data["start"] and date.fromisoformat(data["start"])
    return Slice(data["by"], data["column"], data["value"], data["n"], columns, start)

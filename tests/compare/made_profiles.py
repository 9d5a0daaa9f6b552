"""Profiles built by hand for the tests of ``golive.compare``: a column from an array or a list, a table from columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from golive.model.columns import ColumnType, Role, Roles
from golive.model.profile import EMPTY_CATEGORY, ColumnProfile, MissingBlock, Profile
from golive.profile.categories import counted
from golive.profile.numbers import numeric_profile


def numbers(
    name: str,
    values: Sequence[float] | np.ndarray,
    *,
    role: Role = Role.FEATURE,
    kind: ColumnType = ColumnType.NUMERIC,
    storage: str = "float64",
    words: Sequence[str] = (),
) -> ColumnProfile:
    """Number column; NaN is missing, infinities are kept apart, ``words`` are further values that do not parse."""
    array = np.asarray(values, dtype=float)
    present = array[~np.isnan(array)]
    finite = present[np.isfinite(present)]
    support, counts = np.unique(finite, return_counts=True)
    tokens = counted(Counter(words).items(), most=1000) if words else EMPTY_CATEGORY
    return ColumnProfile(
        name=name,
        type=kind,
        role=role,
        storage=storage,
        n=len(array) + len(words),
        missing=len(array) - len(present),
        distinct=len(support) + len(tokens.values),
        numeric=numeric_profile(support, counts, infinities=len(present) - len(finite)),
        tokens=tokens,
    )


def categories(
    name: str,
    values: Sequence[str | None],
    *,
    role: Role = Role.FEATURE,
    kind: ColumnType = ColumnType.CATEGORY,
    storage: str = "text",
) -> ColumnProfile:
    """Category column; ``None`` is missing."""
    counts = Counter(v for v in values if v is not None)
    category = counted(counts.items(), most=50_000)
    return ColumnProfile(
        name=name,
        type=kind,
        role=role,
        storage=storage,
        n=len(values),
        missing=sum(v is None for v in values),
        distinct=len(counts),
        category=category,
    )


def bare(
    name: str, kind: ColumnType, n: int, *, missing: int = 0, role: Role = Role.FEATURE
) -> ColumnProfile:
    """Column without a distribution: text, identifier, empty."""
    return ColumnProfile(
        name=name, type=kind, role=role, storage="text", n=n, missing=missing, distinct=n - missing
    )


def table(
    *columns: ColumnProfile, name: str = "table", blocks: tuple[MissingBlock, ...] = (), **rest: Any
) -> Profile:
    """Profile of a table; roles follow from the columns' roles."""
    named = {
        c.role.value: c.name
        for c in columns
        if c.role not in (Role.FEATURE, Role.GROUP, Role.IGNORED)
    }
    groups = tuple(c.name for c in columns if c.role is Role.GROUP)
    return Profile(
        name=name,
        sha256="0" * 64,
        kind="csv",
        engine="duckdb",
        rows=columns[0].n if columns else 0,
        columns={c.name: c for c in columns},
        roles=Roles(**named, groups=groups),
        missing_blocks=blocks,
        **rest,
    )

"""Reduction inside the engine: what leaves it are counts, moments and at most a few ten thousand groups per column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from golive.intake.base.dataset import aggregates, records
from golive.model.columns import ColumnType
from golive.model.profile import (
    EMPTY_CATEGORY,
    SLICE_QUANTILES,
    ColumnProfile,
    NumericProfile,
    SliceColumn,
)
from golive.profile.categories import MOST_VALUES, canonical, counted, patterns_of, shape
from golive.profile.fields import (
    Field,
    Reduction,
    category_key,
    infinite,
    missing,
    number,
    pattern,
    where_present,
)
from golive.profile.local import Reduced, failed, tokens_of
from golive.profile.numbers import SUPPORT, numeric_profile
from golive.profile.reading import each_alone, groups_of, most_frequent
from golive.profile.slices import SHAPES, TOP, Slicing, slice_key

COLUMNS = 50
"""Columns whose counts and moments are asked for in one query."""

RESOLUTION = 20_000
"""Groups per unit of asinh of the standardised value: a width of 1/20,000 standard deviation near the mean."""

Facts = dict[str, Any]


def reduce_remote(
    table: ir.Table,
    fields: Sequence[Field],
    rows: int,
    slicings: Sequence[Slicing],
    step: Callable[[Field], None],
) -> dict[str, Reduced]:
    """Reduce number and category columns with SQL only. A column that fails carries its error, the others go on."""
    done: dict[str, Reduced] = {}
    for start in range(0, len(fields), COLUMNS):
        batch = fields[start : start + COLUMNS]
        for field, facts in each_alone(
            lambda some: _facts(table, some), batch, lambda field, error: (field, error)
        ):
            try:
                if isinstance(facts, Exception):
                    raise facts
                reduce_one = _numbers if field.kind is Reduction.NUMBER else _categories
                profile = reduce_one(table, field, rows, facts)
                done[field.name] = Reduced(
                    profile, tuple(_slices(table, field, s) for s in slicings)
                )
            except Exception as error:
                done[field.name] = Reduced(failed(field, rows, error))
            step(field)
    return done


def _facts(table: ir.Table, batch: Sequence[Field]) -> list[tuple[Field, Facts | Exception]]:
    """Counts and moments of every column of a batch, in one query."""
    asked: dict[Field, dict[str, ir.Value]] = {}
    for field in batch:
        asked[field] = {"missing": missing(table[field.name]).sum()}
        if field.kind is Reduction.NUMBER:
            value = number(table[field.name])
            infinities = infinite(value)
            finite = infinities.ifelse(ibis.null("float64"), value)
            asked[field] |= {
                "parsed": value.count(),
                "infinite": infinities.sum(),
                "low_infinite": (infinities & (value < 0)).any(),
                "high_infinite": (infinities & (value > 0)).any(),
                "mean": finite.mean(),
                "std": finite.std(how="pop"),
                "low": finite.min(),
                "high": finite.max(),
                "integers": (finite % 1 == 0).sum(),
                "distinct": finite.approx_nunique(),
            }
    return list(aggregates(table, asked).items())


def _numbers(table: ir.Table, field: Field, rows: int, facts: Facts) -> ColumnProfile:
    absent, parsed, infinities = (int(facts[k] or 0) for k in ("missing", "parsed", "infinite"))
    if parsed > infinities:
        numeric = _support(table, field, facts)
    else:
        numeric = numeric_profile(np.zeros(0), np.zeros(0, dtype=np.int64))
    tokens, other = EMPTY_CATEGORY, 0
    if rows != absent + parsed:
        tokens, other = tokens_of(table, [field.name])[field.name]
    known = (
        len(numeric.values) if numeric.exact else max(int(facts["distinct"]), len(numeric.values))
    )
    return field.profile(
        rows,
        absent,
        known + other + bool(facts["low_infinite"]) + bool(facts["high_infinite"]),
        numeric=replace(numeric, infinities=infinities),
        tokens=tokens,
        patterns=patterns_of(tokens),
    )


def _support(table: ir.Table, field: Field, facts: Facts) -> NumericProfile:
    """Exact values when there are few; else means of narrow groups of neighbours, cut to equal mass afterwards.

    The group of a value is asinh of the standardised value in steps of 1/``RESOLUTION``: monotone, fine near the mean and
    relative in the tails, so a far outlier has a group of its own.
    """
    value = number(table[field.name])
    finite = table.select(x=value).filter(lambda t: t.x.notnull() & ~infinite(t.x))
    mean, std = float(facts["mean"]), float(facts["std"] or 0.0)
    exact = int(facts["distinct"]) <= SUPPORT * 1.2 or std == 0
    if exact:
        groups = finite.group_by("x").aggregate(rows=finite.count())
    else:
        u = (finite.x - mean) / std
        key = (u.sign() * (u.abs() + (u * u + 1).sqrt()).ln() * RESOLUTION).round().cast("int64")
        keyed = finite.mutate(key=key)
        groups = keyed.group_by("key").aggregate(x=keyed.x.mean(), rows=keyed.count())
    found = groups.select("x", "rows").to_pyarrow()
    points = found.column("x").to_numpy().astype(np.float64)
    order = np.argsort(points, kind="stable")
    return numeric_profile(
        points[order],
        found.column("rows").to_numpy().astype(np.int64)[order],
        exact=exact,
        moments=(mean, std, float(facts["low"]), float(facts["high"])),
        integers=int(facts["integers"] or 0),
        single=field.single,
    )


def _categories(table: ir.Table, field: Field, rows: int, facts: Facts) -> ColumnProfile:
    column = table[field.name]
    groups = groups_of(table, where_present(column, category_key(column)))
    absent = int(facts["missing"] or 0)
    pairs = [(canonical(value, field), n) for value, n in most_frequent(groups, MOST_VALUES)]
    category = counted(pairs, most=MOST_VALUES, total=rows - absent)
    distinct = int(groups.count().to_pyarrow().as_py()) if category.other else len(category.values)
    patterns = patterns_of(category) if field.storage == "text" else EMPTY_CATEGORY
    return field.profile(rows, absent, distinct, category=category, patterns=patterns)


def _slices(table: ir.Table, field: Field, slicing: Slicing) -> list[SliceColumn]:
    """One column in every slice. Quantiles are the engine's approximate ones; counts and means are exact."""
    column = table[field.name]
    numbers = field.kind is Reduction.NUMBER
    value = number(column) if numbers else category_key(column)
    keyed = table.select(key=slice_key(table, slicing), missing=missing(column), value=value)
    keyed = keyed.filter(keyed.key.notnull())
    asked: dict[str, Any] = {"n": keyed.count(), "absent": keyed.missing.sum()}
    if numbers:
        finite = infinite(keyed.value).ifelse(ibis.null("float64"), keyed.value)
        asked |= {"parsed": keyed.value.count(), "mean": finite.mean()}
        asked |= {f"q{i}": finite.approx_quantile(q) for i, q in enumerate(SLICE_QUANTILES)}
    found = {r["key"]: r for r in records(keyed.group_by("key").aggregate(**asked))}
    if numbers:
        return [
            _numeric_slice(found[x]) if x in found else SliceColumn(0, 0) for x in slicing.labels
        ]
    there = keyed.filter(~keyed.missing)
    shared = there.group_by(["key", "value"]).aggregate(rows=there.count())
    order = [shared.rows.desc(), shared.value]
    best = shared.mutate(rank=ibis.row_number().over(group_by="key", order_by=order))
    top = _by_key(best.filter(best["rank"] < TOP), lambda value: canonical(value, field), TOP)
    shapes = {}
    if field.type is ColumnType.CODE:
        coded = table.filter(~missing(column)).select(
            key=slice_key(table, slicing), value=pattern(column)
        )
        coded = coded.filter(coded.key.notnull())
        shapes = _by_key(
            coded.group_by(["key", "value"]).aggregate(rows=coded.count()), shape, SHAPES
        )
    sizes = [(x, found.get(x, {"n": 0, "absent": 0})) for x in slicing.labels]
    return [
        SliceColumn(int(r["n"]), int(r["absent"]), top=top.get(x, ()), shapes=shapes.get(x, ()))
        for x, r in sizes
    ]


def _by_key(
    groups: ir.Table, read: Callable[[Any], str], most: int
) -> dict[str, tuple[tuple[str, int], ...]]:
    """Values (as ``read``) and rows of each ``key`` of grouped rows, most frequent first."""
    found: dict[str, list[tuple[str, int]]] = {}
    for r in records(groups):
        found.setdefault(r["key"], []).append((read(r["value"]), int(r["rows"])))
    return {key: tuple(counted(pairs, most=most).as_dict().items()) for key, pairs in found.items()}


def _numeric_slice(row: dict[str, Any]) -> SliceColumn:
    n, absent = int(row["n"]), int(row["absent"])
    values = [row[f"q{i}"] for i in range(len(SLICE_QUANTILES))]
    mean = None if row["mean"] is None else float(row["mean"])
    quantiles = () if mean is None or None in values else tuple(float(v) for v in values)
    return SliceColumn(n, absent, quantiles, mean, (), n - absent - int(row["parsed"]))

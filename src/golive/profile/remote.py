"""Reduction inside the engine: what leaves it are counts, moments and at most a few ten thousand groups per column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from golive.model.columns import ColumnType
from golive.model.profile import (
    EMPTY_CATEGORY,
    SLICE_QUANTILES,
    ColumnProfile,
    NumericProfile,
    SliceColumn,
)
from golive.profile.categories import MOST_VALUES, canonical, counted, patterns_of, shape
from golive.profile.cutting import slice_key
from golive.profile.fields import (
    LONGEST_VALUE,
    Field,
    Reduction,
    as_text,
    infinite,
    is_text,
    missing,
    number,
    pattern,
)
from golive.profile.local import Reduced, failed, tokens_of
from golive.profile.numbers import SUPPORT, numeric_profile
from golive.profile.slicing import SHAPES, TOP, Slicing

COLUMNS = 50
"""Columns whose counts and moments are asked for in one query."""

RESOLUTION = 20_000
"""Groups per unit of asinh of the standardised value: a width of 1/20,000 standard deviation near the mean."""


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
        for field, facts in _facts(table, batch):
            try:
                if isinstance(facts, Exception):
                    raise facts
                profile = (
                    _numbers(table, field, rows, facts)
                    if field.kind is Reduction.NUMBER
                    else _categories(table, field, rows, facts)
                )
                done[field.name] = Reduced(
                    profile, tuple(_slices(table, field, s) for s in slicings)
                )
            except Exception as error:
                done[field.name] = Reduced(failed(field, rows, error))
            step(field)
    return done


def _facts(
    table: ir.Table, batch: Sequence[Field]
) -> list[tuple[Field, dict[str, Any] | Exception]]:
    asked: dict[str, Any] = {}
    for i, field in enumerate(batch):
        column = table[field.name]
        asked[f"missing{i}"] = missing(column).sum()
        if field.kind is Reduction.NUMBER:
            value = number(column)
            endless = infinite(value)
            finite = endless.ifelse(ibis.null("float64"), value)
            asked |= {
                f"parsed{i}": value.count(),
                f"infinite{i}": endless.sum(),
                f"low_infinite{i}": (endless & (value < 0)).any(),
                f"high_infinite{i}": (endless & (value > 0)).any(),
                f"mean{i}": finite.mean(),
                f"std{i}": finite.std(how="pop"),
                f"low{i}": finite.min(),
                f"high{i}": finite.max(),
                f"integers{i}": (finite % 1 == 0).sum(),
                f"distinct{i}": finite.approx_nunique(),
            }
    try:
        row = table.aggregate(**asked).to_pyarrow().to_pylist()[0]
    except Exception as error:
        if len(batch) == 1:
            return [(batch[0], error)]
        return [pair for field in batch for pair in _facts(table, [field])]
    return [
        (
            field,
            {
                k.removesuffix(str(i)): v
                for k, v in row.items()
                if k.rstrip("0123456789") + str(i) == k
            },
        )
        for i, field in enumerate(batch)
    ]


def _numbers(table: ir.Table, field: Field, rows: int, facts: dict[str, Any]) -> ColumnProfile:
    absent, parsed, endless = (
        int(facts["missing"] or 0),
        int(facts["parsed"]),
        int(facts["infinite"] or 0),
    )
    n = parsed - endless
    numeric = (
        _support(table, field, n, facts)
        if n
        else numeric_profile(np.zeros(0), np.zeros(0, dtype=np.int64))
    )
    numeric = replace(numeric, infinities=endless)
    tokens, other = (
        (EMPTY_CATEGORY, 0)
        if rows == absent + parsed
        else tokens_of(table, [field.name])[field.name]
    )
    known = (
        len(numeric.values) if numeric.exact else max(int(facts["distinct"]), len(numeric.values))
    )
    return ColumnProfile(
        name=field.name,
        type=field.type,
        role=field.role,
        storage=field.storage,
        n=rows,
        missing=absent,
        distinct=known + other + bool(facts["low_infinite"]) + bool(facts["high_infinite"]),
        numeric=numeric,
        tokens=tokens,
        patterns=patterns_of(tokens),
    )


def _support(table: ir.Table, field: Field, n: int, facts: dict[str, Any]) -> NumericProfile:
    """Exact values when there are few; else means of narrow groups of neighbours, cut to equal mass afterwards.

    The group of a value is asinh of the standardised value in steps of 1/``RESOLUTION``: monotone, fine near the mean and
    relative in the tails, so a far outlier has a group of its own.
    """
    value = number(table[field.name])
    finite = table.select(x=value).filter(lambda t: t.x.notnull() & ~infinite(t.x))
    mean, std = float(facts["mean"]), float(facts["std"] or 0.0)
    moments = (mean, std, float(facts["low"]), float(facts["high"]))
    exact = int(facts["distinct"]) <= SUPPORT * 1.2 or std == 0
    if exact:
        groups = finite.group_by("x").aggregate(rows=finite.count()).select("x", "rows")
    else:
        u = (finite.x - mean) / std
        key = (u.sign() * (u.abs() + (u * u + 1).sqrt()).ln() * RESOLUTION).round().cast("int64")
        keyed = finite.mutate(key=key)
        groups = (
            keyed.group_by("key")
            .aggregate(x=keyed.x.mean(), rows=keyed.count())
            .select("x", "rows")
        )
    found = groups.to_pyarrow()
    points = found.column("x").to_numpy().astype(np.float64)
    order = np.argsort(points, kind="stable")
    return numeric_profile(
        points[order],
        found.column("rows").to_numpy().astype(np.int64)[order],
        exact=exact,
        moments=moments,
        integers=int(facts["integers"] or 0),
        single=field.storage in ("float32", "float16", "float"),
    )


def _key(column: ir.Value) -> ir.Value:
    """The value under which rows of a category are grouped: text, or the stored number or boolean."""
    stored = column.type()
    if is_text(column):
        return column.left(LONGEST_VALUE)
    if stored.is_decimal():
        return column.cast("float64")
    return column if stored.is_numeric() or stored.is_boolean() else as_text(column)


def _categories(table: ir.Table, field: Field, rows: int, facts: dict[str, Any]) -> ColumnProfile:
    column = table[field.name]
    present = table.filter(~missing(column)).select(value=_key(column))
    groups = present.group_by("value").aggregate(rows=present.count())
    top = (
        groups.order_by(groups.rows.desc(), groups.value)
        .limit(MOST_VALUES)
        .to_pyarrow()
        .to_pylist()
    )
    absent = int(facts["missing"] or 0)
    pairs = [(canonical(r["value"], field), int(r["rows"])) for r in top]
    category = counted(pairs, most=MOST_VALUES, total=rows - absent)
    return ColumnProfile(
        name=field.name,
        type=field.type,
        role=field.role,
        storage=field.storage,
        n=rows,
        missing=absent,
        distinct=len(category.values)
        if category.other == 0
        else int(groups.count().to_pyarrow().as_py()),
        category=category,
        patterns=patterns_of(category) if field.storage == "text" else EMPTY_CATEGORY,
    )


def _slices(table: ir.Table, field: Field, slicing: Slicing) -> list[SliceColumn]:
    """One column in every slice. Quantiles are the engine's approximate ones; counts and means are exact."""
    column = table[field.name]
    keyed = table.select(
        key=slice_key(table, slicing), missing=missing(column), value=_measured(column, field)
    )
    keyed = keyed.filter(keyed.key.notnull())
    groups = keyed.group_by("key")
    asked: dict[str, Any] = {"n": keyed.count(), "absent": keyed.missing.sum()}
    if field.kind is Reduction.NUMBER:
        finite = infinite(keyed.value).ifelse(ibis.null("float64"), keyed.value)
        asked |= {"parsed": keyed.value.count(), "mean": finite.mean()}
        asked |= {f"q{i}": finite.approx_quantile(q) for i, q in enumerate(SLICE_QUANTILES)}
        found = {r["key"]: r for r in groups.aggregate(**asked).to_pyarrow().to_pylist()}
        return [_numeric_slice(found.get(label)) for label in slicing.labels]
    found = {r["key"]: r for r in groups.aggregate(**asked).to_pyarrow().to_pylist()}
    shared = (
        keyed.filter(~keyed.missing).group_by(["key", "value"]).aggregate(rows=lambda t: t.count())
    )
    best = shared.mutate(
        rank=ibis.row_number().over(group_by="key", order_by=[shared.rows.desc(), shared.value])
    )
    top: dict[str, list[tuple[str, int]]] = {}
    for r in best.filter(best["rank"] < TOP).to_pyarrow().to_pylist():
        top.setdefault(r["key"], []).append((canonical(r["value"], field), int(r["rows"])))
    shapes = _shapes(table, field, slicing) if field.type is ColumnType.CODE else {}
    made = []
    for label in slicing.labels:
        r = found.get(label)
        pairs = counted(top.get(label, []), most=TOP)
        ranked = tuple(pairs.as_dict().items())
        kept = shapes.get(label, ())
        made.append(
            SliceColumn(int(r["n"]), int(r["absent"]), top=ranked, shapes=kept)
            if r
            else SliceColumn(0, 0)
        )
    return made


def _shapes(
    table: ir.Table, field: Field, slicing: Slicing
) -> dict[str, tuple[tuple[str, int], ...]]:
    """Shapes of the written codes in every slice, most frequent first."""
    column = table[field.name]
    keyed = table.filter(~missing(column)).select(
        key=slice_key(table, slicing), shape=pattern(column)
    )
    groups = (
        keyed.filter(keyed.key.notnull())
        .group_by(["key", "shape"])
        .aggregate(rows=lambda t: t.count())
    )
    found: dict[str, list[tuple[str, int]]] = {}
    for r in groups.to_pyarrow().to_pylist():
        found.setdefault(r["key"], []).append((shape(r["shape"]), int(r["rows"])))
    return {
        key: tuple(counted(pairs, most=SHAPES).as_dict().items()) for key, pairs in found.items()
    }


def _measured(column: ir.Value, field: Field) -> ir.Value:
    return number(column) if field.kind is Reduction.NUMBER else _key(column)


def _numeric_slice(row: dict[str, Any] | None) -> SliceColumn:
    if row is None:
        return SliceColumn(0, 0)
    absent, parsed = int(row["absent"]), int(row["parsed"])
    mean = None if row["mean"] is None else float(row["mean"])
    values = [row[f"q{i}"] for i in range(len(SLICE_QUANTILES))]
    quantiles = (
        () if mean is None or any(v is None for v in values) else tuple(float(v) for v in values)
    )
    return SliceColumn(int(row["n"]), absent, quantiles, mean, (), int(row["n"]) - absent - parsed)

"""What needs more than one column: fields missing together, repeated rows and keys, times in the wrong order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt

from golive.model.columns import Role, Roles
from golive.model.profile import ColumnProfile, FloatArray, MissingBlock
from golive.profile.fields import Field, engine_of, missing

SAME_ROWS = 0.9
"""Jaccard index of two sets of missing rows from which on they are one block."""

BEYOND_CHANCE = 0.8
"""Smallest phi coefficient of a block: two fields that are each 97 % empty share most empty rows by chance alone."""

FEWEST, MOST = 0.01, 0.999
"""Share of missing rows between which a column can be part of a block."""

MOST_PATTERNS = 100_000
MOST_COLUMNS = 1_000
_BITS = 60
_TELLING = 8
_ODD = 0x9E3779B97F4A7C15


def missing_blocks(
    table: ir.Table, columns: dict[str, ColumnProfile], fields: Sequence[Field]
) -> tuple[MissingBlock, ...]:
    """Columns that are missing in the same rows, found from the counts of null patterns (one grouped query).

    Only columns with a neighbour whose missing count is within 10 % can reach the Jaccard index, so only those are asked.
    """
    names = _candidates(
        [columns[f.name] for f in fields if f.role is not Role.IGNORED and f.name in columns]
    )
    if len(names) < 2:
        return ()
    words = [names[i : i + _BITS] for i in range(0, len(names), _BITS)]
    keys = {f"w{i}": _mask(table, word) for i, word in enumerate(words)}
    masks = table.select(**keys)
    groups = masks.group_by(list(keys)).aggregate(rows=masks.count())
    found = groups.order_by(groups.rows.desc(), *keys).limit(MOST_PATTERNS).to_pyarrow()
    weights = found.column("rows").to_numpy().astype(np.float64)
    absent = np.column_stack(
        [
            (found.column(f"w{i}").to_numpy()[:, None] >> np.arange(len(word), dtype=np.int64)) & 1
            for i, word in enumerate(words)
        ]
    ).astype(np.float64)
    together = absent.T @ (absent * weights[:, None])
    own = np.diag(together)
    either = own[:, None] + own[None, :] - together
    jaccard = np.divide(together, either, out=np.zeros_like(together), where=either > 0)
    blocks = []
    for group in _groups(
        (jaccard >= SAME_ROWS) & (_phi(together, own, float(weights.sum())) >= BEYOND_CHANCE)
    ):
        rows = int(weights[absent[:, group].all(axis=1)].sum())
        blocks.append(MissingBlock(tuple(names[i] for i in group), rows))
    return tuple(sorted(blocks, key=lambda b: (-b.rows, b.columns)))


def _candidates(columns: Sequence[ColumnProfile]) -> list[str]:
    held = [c for c in columns if not c.error and FEWEST <= c.missing_share <= MOST]
    ranked = sorted(held, key=lambda c: c.missing)
    near = [
        c.name
        for i, c in enumerate(ranked)
        if any(
            0 <= j < len(ranked) and j != i and _ratio(c.missing, ranked[j].missing) >= SAME_ROWS
            for j in (i - 1, i + 1)
        )
    ]
    keep = set(near[:MOST_COLUMNS])
    return [c.name for c in columns if c.name in keep]


def _ratio(a: int, b: int) -> float:
    return min(a, b) / max(a, b)


def _mask(table: ir.Table, names: Sequence[str]) -> ir.IntegerValue:
    return balanced(
        [missing(table[n]).ifelse(1 << i, 0).cast("int64") for i, n in enumerate(names)],
        lambda a, b: a + b,
    )


def balanced(terms: Sequence[Any], join: Any) -> Any:
    """Join expressions as a balanced tree, so that thousands of them stay within the compiler's recursion."""
    level = list(terms)
    while len(level) > 1:
        level = [
            join(*level[i : i + 2]) if i + 1 < len(level) else level[i]
            for i in range(0, len(level), 2)
        ]
    return level[0]


def _phi(together: FloatArray, own: FloatArray, n: float) -> FloatArray:
    """Correlation of two 0/1 vectors from their co-occurrence counts, shape ``(k, k)``."""
    p = own / n
    spread = np.sqrt(p * (1 - p))
    scale = np.outer(spread, spread)
    phi: FloatArray = np.divide(
        together / n - np.outer(p, p), scale, out=np.zeros_like(together), where=scale > 0
    )
    return phi


def _groups(same: npt.NDArray[np.bool_]) -> list[list[int]]:
    """Columns joined by a chain of pairs that are the ``same``; groups of one are left out."""
    from scipy.sparse.csgraph import connected_components

    _, label = connected_components(same, directed=False)
    groups = [[int(i) for i in np.flatnonzero(label == k)] for k in np.unique(label)]
    return [g for g in groups if len(g) > 1]


def duplicate_rows(
    table: ir.Table, columns: dict[str, ColumnProfile], fields: Sequence[Field], rows: int
) -> int:
    """Rows that equal an earlier row in every column that is not ignored.

    Most tables are settled by a few columns: when the ones with most distinct values already tell all rows apart, the rest
    is not read. After that DuckDB compares 64-bit hashes of whole rows, other engines the rows themselves.
    """
    names = [
        f.name
        for f in fields
        if f.role is not Role.IGNORED and f.name in columns and not columns[f.name].error
    ]
    if rows < 2 or not names:
        return 0
    telling = sorted(names, key=lambda n: -columns[n].distinct)[:_TELLING]
    if columns[telling[0]].distinct >= rows or _distinct(table, telling) == rows:
        return 0
    if engine_of(table) != "duckdb":
        return rows - _distinct(table, names)
    odd = [ibis.literal(_ODD * (i + 1) % (1 << 63), type="uint64") for i in range(len(names))]
    hashes = [row_hash(row_hash(table[n]) ^ mix) for n, mix in zip(names, odd, strict=True)]
    found = table.select(h=balanced(hashes, lambda a, b: a ^ b)).to_pyarrow().column("h").to_numpy()
    return rows - len(np.unique(found))


def _distinct(table: ir.Table, names: Sequence[str]) -> int:
    return int(table.select(*names).distinct().count().to_pyarrow().as_py())


@ibis.udf.scalar.builtin(name="hash")  # type: ignore[untyped-decorator]
def row_hash(value) -> dt.uint64:  # type: ignore[no-untyped-def] # any type of value
    """DuckDB's 64-bit hash. (Ibis' own ``hash`` casts it by way of a bit string, which costs ten times as much.)"""


def duplicate_keys(table: ir.Table, columns: dict[str, ColumnProfile], roles: Roles) -> int | None:
    """Rows whose key (id and time, or id alone) was seen before; rows with an incomplete key are left out.

    ``None`` without an id column. An id alone is a key only where training has no such rows: compare the two sides.
    """
    key = [c for c in (roles.id, roles.time) if c is not None and c in columns]
    if roles.id not in key:
        return None
    whole = table.select(*key).filter(
        lambda t: balanced([~missing(t[k]) for k in key], lambda a, b: a & b)
    )
    return int(whole.count().to_pyarrow().as_py()) - int(
        whole.distinct().count().to_pyarrow().as_py()
    )


def time_violations(table: ir.Table, fields: Sequence[Field]) -> dict[tuple[str, str], int]:
    """Rows in which an earlier-named time lies after a later-named one, for every ordered pair of stored date columns.

    For columns a and b both counts are kept, (a, b) for a > b: which order is right is for the reader of the profile.
    """
    names = [
        f.name
        for f in fields
        if table[f.name].type().is_temporal() and not table[f.name].type().is_time()
    ][:8]
    pairs = [(a, b) for a in names for b in names if a != b]
    if not pairs:
        return {}
    asked = {
        f"p{i}": (table[a].cast("timestamp") > table[b].cast("timestamp")).sum()
        for i, (a, b) in enumerate(pairs)
    }
    row = table.aggregate(**asked).to_pyarrow().to_pylist()[0]
    return {pair: int(row[f"p{i}"] or 0) for i, pair in enumerate(pairs)}

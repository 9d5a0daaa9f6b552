"""What needs more than one column: fields missing together, repeated rows and keys, times in the wrong order."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from itertools import pairwise, permutations
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import numpy as np

from golive.intake.base.dataset import aggregates, columns_of
from golive.model.columns import Role, Roles
from golive.model.profile import ColumnProfile, MissingBlock
from golive.profile.fields import Field, engine_of, is_moment, missing

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
    from scipy.sparse.csgraph import connected_components

    words = [names[i : i + _BITS] for i in range(0, len(names), _BITS)]
    masks = table.select(
        **{
            f"w{i}": balanced([_bit(table[n], k) for k, n in enumerate(word)], operator.add)
            for i, word in enumerate(words)
        }
    )
    groups = masks.group_by(list(masks.columns)).aggregate(rows=masks.count())
    found = groups.order_by(groups.rows.desc(), *masks.columns).limit(MOST_PATTERNS).to_pyarrow()
    weights = found.column("rows").to_numpy().astype(np.float64)
    bits = [
        found.column(f"w{i}").to_numpy()[:, None] >> np.arange(len(word)) & 1
        for i, word in enumerate(words)
    ]
    absent = np.column_stack(bits).astype(np.float64)
    together = absent.T @ (absent * weights[:, None])
    own = np.diag(together)
    either = own[:, None] + own[None, :] - together
    jaccard = np.divide(together, either, out=np.zeros_like(together), where=either > 0)
    # Correlation of two 0/1 vectors from the counts of rows that hold both
    p = own / weights.sum()
    spread = np.sqrt(p * (1 - p))
    scale = np.outer(spread, spread)
    both = together / weights.sum() - np.outer(p, p)
    phi = np.divide(both, scale, out=np.zeros_like(together), where=scale > 0)
    # Columns joined by a chain of pairs; groups of one are left out
    count, group_of = connected_components(
        (jaccard >= SAME_ROWS) & (phi >= BEYOND_CHANCE), directed=False
    )
    blocks = []
    for members in (np.flatnonzero(group_of == k) for k in range(count)):
        if len(members) > 1:
            rows = int(weights[absent[:, members].all(axis=1)].sum())
            blocks.append(MissingBlock(tuple(names[i] for i in members), rows))
    return tuple(sorted(blocks, key=lambda b: (-b.rows, b.columns)))


def _candidates(columns: Sequence[ColumnProfile]) -> list[str]:
    """Columns that can be part of a block, by the number of their missing rows."""
    partly = [c for c in columns if not c.error and FEWEST <= c.missing_share <= MOST]
    ranked = sorted(partly, key=lambda c: c.missing)
    close = [less.missing / more.missing >= SAME_ROWS for less, more in pairwise(ranked)]
    near = [
        c.name
        for c, *beside in zip(ranked, [False, *close], [*close, False], strict=False)
        if any(beside)
    ]
    chosen = set(near[:MOST_COLUMNS])
    return [c.name for c in columns if c.name in chosen]


def _bit(column: ir.Value, place: int) -> ir.IntegerValue:
    return missing(column).ifelse(1 << place, 0).cast("int64")


def balanced(terms: Sequence[Any], join: Any) -> Any:
    """Join expressions as a balanced tree, so that thousands of them stay within the compiler's recursion."""
    level = list(terms)
    while len(level) > 1:
        rest = level[len(level) // 2 * 2 :]
        level = [join(a, b) for a, b in zip(level[::2], level[1::2], strict=False)] + rest
    return level[0]


def duplicate_rows(
    table: ir.Table, columns: dict[str, ColumnProfile], fields: Sequence[Field], rows: int
) -> int:
    """Rows that equal an earlier row in every column that is not ignored.

    Most tables are settled by a few columns: when the ones with most distinct values already tell all rows apart, the rest
    is not read. After that DuckDB compares 64-bit hashes of whole rows, other engines the rows themselves.
    """
    compared = [f.name for f in fields if f.role is not Role.IGNORED and f.name in columns]
    names = [n for n in compared if not columns[n].error]
    if rows < 2 or not names:
        return 0
    telling = sorted(names, key=lambda n: -columns[n].distinct)[:_TELLING]
    if columns[telling[0]].distinct >= rows or _distinct(table, telling) == rows:
        return 0
    if engine_of(table) != "duckdb":
        return rows - _distinct(table, names)
    odd = [ibis.literal(_ODD * (i + 1) % (1 << 63), type="uint64") for i in range(len(names))]
    hashes = [row_hash(row_hash(table[n]) ^ mix) for n, mix in zip(names, odd, strict=True)]
    found = columns_of(table, {"hash": balanced(hashes, operator.xor)})["hash"]
    return rows - len(np.unique(found.to_numpy()))


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
    whole = table.select(*key).filter(*(~missing(table[k]) for k in key))
    return int(whole.count().to_pyarrow().as_py()) - _distinct(whole, key)


def time_violations(table: ir.Table, fields: Sequence[Field]) -> dict[tuple[str, str], int]:
    """Rows in which an earlier-named time lies after a later-named one, for every ordered pair of stored date columns.

    For columns a and b both counts are kept, (a, b) for a > b: which order is right is for the reader of the profile.
    """
    times = {f.name: table[f.name].cast("timestamp") for f in fields if is_moment(table[f.name])}
    pairs = list(permutations(list(times)[:8], 2))
    found = aggregates(table, {(a, b): {"n": (times[a] > times[b]).sum()} for a, b in pairs})
    return {pair: int(row["n"] or 0) for pair, row in found.items()}

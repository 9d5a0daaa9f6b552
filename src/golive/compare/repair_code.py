"""A repair as code: a SQL query and a pandas snippet that do to the rows exactly what ``repair`` does to the profile."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from golive.compare.repair import Repair, columns_of


def sql(repairs: Sequence[Repair], columns: Sequence[str], table: str = "live") -> str:
    """A query that returns all ``columns`` of ``table`` with the repairs applied in order (DuckDB and PostgreSQL dialect).

    Number columns that are stored as text must be cast to DOUBLE first. Column names are quoted, values are literals.
    """
    inner = _name(table)
    for i, repair in enumerate(repairs):
        inner = _select(repair, columns, inner if i == 0 else f"(\n{inner}\n)")
    if not repairs:
        inner = f"SELECT * FROM {inner}"
    return inner


def _select(repair: Repair, columns: Sequence[str], source: str) -> str:
    op = repair["op"]
    if op == "deduplicate":
        return f"SELECT DISTINCT * FROM {source} AS t"
    exchanged = columns_of(repair) if op == "swap" else ()
    parts = []
    for name in columns:
        if name in exchanged:
            other = exchanged[1 - exchanged.index(name)]
            parts.append(f"{_name(other)} AS {_name(name)}")
        elif name in columns_of(repair):
            parts.append(f"{_sql_value(repair)} AS {_name(name)}")
        else:
            parts.append(_name(name))
    return f"SELECT {', '.join(parts)} FROM {source} AS t"


def _sql_value(repair: Repair) -> str:
    name, op = _name(repair["column"]), repair["op"]
    if op == "convert":
        changed = f"{name} * {_number(repair['factor'])} + {_number(repair.get('offset', 0.0))}"
        where = _sql_condition(repair, name)
        return f"CASE WHEN {where} THEN {changed} ELSE {name} END" if where else changed
    if op == "clip":
        changed = name
        if "low" in repair:
            changed = f"CASE WHEN {changed} < {_number(repair['low'])} THEN {_number(repair['low'])} ELSE {changed} END"
        if "high" in repair:
            changed = (
                f"CASE WHEN {changed} > {_number(repair['high'])} THEN {_number(repair['high'])} ELSE {changed} END"
            )
        return changed
    if op == "set_missing":
        return f"CASE WHEN {_sql_condition(repair, name)} THEN NULL ELSE {name} END"
    cases = " ".join(f"WHEN {_text(old)} THEN {_text(new)}" for old, new in repair["mapping"].items())
    return f"CASE {name} {cases} ELSE {name} END"


def _sql_condition(repair: Repair, name: str) -> str:
    if "values" in repair:
        literals = ", ".join(_text(v) if isinstance(v, str) else _number(v) for v in repair["values"])
        return f"{name} IN ({literals})"
    if "inside" in repair:
        low, high = repair["inside"]
        return f"{name} BETWEEN {_number(low)} AND {_number(high)}"
    limits = [f"{name} > {_number(repair['above'])}"] if "above" in repair else []
    limits += [f"{name} < {_number(repair['below'])}"] if "below" in repair else []
    return " OR ".join(limits)


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _number(value: float) -> str:
    """A DOUBLE literal: without an exponent, engines read a decimal, which rounds differently."""
    return f"{float(value)!r}" if "e" in repr(float(value)) else f"{float(value)!r}e0"


def pandas(repairs: Sequence[Repair], frame: str = "live") -> str:
    """Statements that apply the repairs in order to the data frame ``frame``, one or two lines each."""
    return "\n".join(line for repair in repairs for line in _lines(repair, frame))


def _lines(repair: Repair, frame: str) -> list[str]:
    op = repair["op"]
    if op == "deduplicate":
        return [f"{frame} = {frame}.drop_duplicates()"]
    if op == "swap":
        a, b = (_key(c, frame) for c in columns_of(repair))
        return [f"{a}, {b} = {b}.copy(), {a}.copy()"]
    column = _key(repair["column"], frame)
    if op == "convert":
        changed = f"{column} * {float(repair['factor'])!r} + {float(repair.get('offset', 0.0))!r}"
        where = _mask(repair, column)
        return [f"{column} = {column}.mask({where}, {changed})" if where else f"{column} = {changed}"]
    if op == "clip":
        limits = [f"lower={float(repair['low'])!r}"] if "low" in repair else []
        limits += [f"upper={float(repair['high'])!r}"] if "high" in repair else []
        return [f"{column} = {column}.clip({', '.join(limits)})"]
    if op == "set_missing":
        return [f"{column} = {column}.mask({_mask(repair, column)})"]
    return [f"{column} = {column}.replace({_mapping(repair['mapping'])})"]


def _mask(repair: Repair, column: str) -> str:
    if "values" in repair:
        return f"{column}.isin({json.dumps(list(repair['values']))})"
    if "inside" in repair:
        low, high = repair["inside"]
        return f"{column}.between({float(low)!r}, {float(high)!r})"
    limits = [f"({column} > {float(repair['above'])!r})"] if "above" in repair else []
    limits += [f"({column} < {float(repair['below'])!r})"] if "below" in repair else []
    return " | ".join(limits)


def _key(name: str, frame: str) -> str:
    return f"{frame}[{json.dumps(name)}]"


def _mapping(mapping: Mapping[str, Any]) -> str:
    return json.dumps(dict(mapping), ensure_ascii=False)

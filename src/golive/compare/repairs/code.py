"""A repair as code: a SQL query and a pandas snippet that do to the rows exactly what ``repair`` does to the profile.

Words (``?``, ``<0.5``, ``iv``) are compared as text and leave a column of text; numbers are compared as numbers. A number column
that live data stores as text, because some of its values are words, is named in ``texts``: its numbers are read where they can
be, its words stay as they are until a repair names them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence

from golive.compare.repairs.repair import Repair, columns_of
from golive.model.columns import ColumnType
from golive.model.finding import Finding, Kind
from golive.model.result import ColumnResult


def texts_in(columns: Iterable[ColumnResult], findings: Iterable[Finding]) -> frozenset[str]:
    """Number columns that live data stores as text, as far as findings show it: some values are words, or all are written."""
    numbers = {c.name for c in columns if c.type in (ColumnType.NUMERIC, ColumnType.INTEGER)}
    found: set[str] = set()
    for one in findings:
        repair = one.what_if.repair if one.what_if is not None else {}
        words = "mapping" in repair or any(isinstance(v, str) for v in repair.get("values", ()))
        if words or one.kind in (Kind.NUMERIC_AS_TEXT, Kind.FREE_TEXT_IN_STRUCTURED):
            found |= set(one.columns)
    return frozenset(found & numbers)


def sql(
    repairs: Sequence[Repair],
    columns: Sequence[str],
    table: str = "live",
    *,
    texts: Collection[str] = (),
) -> str:
    """A query that returns all ``columns`` of ``table`` with the repairs applied in order (DuckDB dialect).

    PostgreSQL runs it too while ``texts`` is empty (it has no ``TRY_CAST``). Column names are quoted, values are literals.
    """
    if not repairs:
        return f"SELECT * FROM {_name(table)}"
    inner = _name(table)
    for i, repair in enumerate(repairs):
        inner = _select(repair, columns, f"(\n{inner}\n)" if i else inner, texts)
    return inner


def _select(repair: Repair, columns: Sequence[str], source: str, texts: Collection[str]) -> str:
    op = repair["op"]
    if op == "deduplicate":
        return f"SELECT DISTINCT * FROM {source} AS t"
    values = {n: _name(n) for n in columns}
    if op == "swap":
        a, b = columns_of(repair)
        values |= {a: f"{_name(b)} AS {_name(a)}", b: f"{_name(a)} AS {_name(b)}"}
    else:
        name = repair["column"]
        values[name] = f"{_sql_value(repair, text=name in texts)} AS {_name(name)}"
    return f"SELECT {', '.join(values[n] for n in columns)} FROM {source} AS t"


def _sql_value(repair: Repair, *, text: bool) -> str:
    name, op = _name(repair["column"]), repair["op"]
    number = f"TRY_CAST({name} AS DOUBLE)" if text else name
    if op in ("map", "recode"):
        word = f"CAST({name} AS VARCHAR)"
        pairs = _mapping(repair).items()
        cases = " ".join(f"WHEN {_text(old)} THEN {_text(new)}" for old, new in pairs)
        return f"CASE {word} {cases} ELSE {word} END"
    where = _sql_condition(repair, name, number)
    if op == "set_missing":
        return f"CASE WHEN {where} THEN NULL ELSE {name} END"
    if op == "convert":
        changed = f"{number} * {_number(repair['factor'])} + {_number(repair.get('offset', 0.0))}"
        where = where or (f"{number} IS NOT NULL" if text else "")
    else:
        changed = number
        for end, sign in (("low", "<"), ("high", ">")):
            if end in repair:
                limit = _number(repair[end])
                changed = f"CASE WHEN {changed} {sign} {limit} THEN {limit} ELSE {changed} END"
        where = f"{number} IS NOT NULL" if text else ""
    if text:
        changed = f"CAST({changed} AS VARCHAR)"
    return f"CASE WHEN {where} THEN {changed} ELSE {name} END" if where else changed


def _sql_condition(repair: Repair, name: str, number: str) -> str:
    words, numbers = _words(repair), _numbers(repair)
    conditions = [f"CAST({name} AS VARCHAR) IN ({', '.join(map(_text, words))})"] if words else []
    conditions += [f"{number} IN ({', '.join(map(_number, numbers))})"] if numbers else []
    if "inside" in repair:
        low, high = map(_number, repair["inside"])
        conditions.append(f"{number} BETWEEN {low} AND {high}")
    conditions += [f"{number} {sign} {_number(limit)}" for sign, limit in _beyond(repair)]
    return " OR ".join(conditions)


def _beyond(repair: Repair) -> list[tuple[str, float]]:
    """The limits beyond which values are meant, each with its sign."""
    return [(sign, repair[end]) for end, sign in (("above", ">"), ("below", "<")) if end in repair]


def _numbers(repair: Repair) -> list[float]:
    """Numbers that are to become missing."""
    return [v for v in repair.get("values", ()) if not isinstance(v, str)]


def _words(repair: Repair) -> list[str]:
    """Words that are to become missing, as a column may hold them."""
    words = (v for v in repair.get("values", ()) if isinstance(v, str))
    return [written for word in words for written in _spellings(word)]


def _mapping(repair: Repair) -> dict[str, str]:
    """Old and new words. Codes are taken as they are written: ``250`` and ``250.0`` are two of them."""
    pairs = repair["mapping"].items()
    if repair["op"] == "recode":
        return {old: str(new) for old, new in pairs}
    return {written: str(new) for old, new in pairs for written in _spellings(old)}


def _spellings(word: str) -> list[str]:
    """A word, and for a whole number its form in a column of decimals: the profile counts ``9`` and ``9.0`` as one value."""
    return [word, f"{word}.0"] if re.fullmatch(r"0|-?[1-9]\d*", word) else [word]


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _number(value: float) -> str:
    """A DOUBLE literal: without an exponent, engines read a decimal, which rounds differently."""
    return f"{float(value)!r}" if "e" in repr(float(value)) else f"{float(value)!r}e0"


def pandas(repairs: Sequence[Repair], frame: str = "live", *, texts: Collection[str] = ()) -> str:
    """Statements that apply the repairs in order to the data frame ``frame``, one or two lines each."""
    lines = [line for repair in repairs for line in _lines(repair, frame, texts)]
    head = ["import pandas as pd", ""] if any("pd." in line for line in lines) else []
    return "\n".join([*head, *lines])


def _lines(repair: Repair, frame: str, texts: Collection[str]) -> list[str]:
    op = repair["op"]
    if op == "deduplicate":
        return [f"{frame} = {frame}.drop_duplicates()"]
    if op == "swap":
        a, b = (_key(c, frame) for c in columns_of(repair))
        return [f"{a}, {b} = {b}.copy(), {a}.copy()"]
    column, text = _key(repair["column"], frame), repair["column"] in texts
    number = f'pd.to_numeric({column}, errors="coerce")' if text else column
    if op in ("map", "recode"):
        mapping = _mapping(repair)
        return [f"{column} = {_as_text(column, mapping)}.replace({_json(mapping)})"]
    where = _mask(repair, column, number)
    if op == "set_missing":
        return [f"{column} = {column}.mask({where})"]
    if op == "convert":
        changed = f"{number} * {float(repair['factor'])!r} + {float(repair.get('offset', 0.0))!r}"
        where = where or (f"{number}.notna()" if text else "")
    else:
        ends = (("low", "lower"), ("high", "upper"))
        limits = [f"{name}={float(repair[end])!r}" for end, name in ends if end in repair]
        changed = f"{number}.clip({', '.join(limits)})"
        where = f"{number}.notna()" if text else ""
    if text:
        changed = f"({changed}).astype(str)"
    return [f"{column} = {column}.mask({where}, {changed})" if where else f"{column} = {changed}"]


def _as_text(column: str, words: Collection[str]) -> str:
    """The column to compare with words: as text where one of them could be stored as a number."""
    stored = any(word[-1:].isdigit() for word in words)
    return f'{column}.map(str, na_action="ignore")' if stored else column


def _mask(repair: Repair, column: str, number: str) -> str:
    words, numbers = _words(repair), _numbers(repair)
    conditions = [f"{_as_text(column, words)}.isin({_json(words)})"] if words else []
    conditions += [f"{number}.isin({_json(numbers)})"] if numbers else []
    if "inside" in repair:
        low, high = repair["inside"]
        conditions.append(f"{number}.between({float(low)!r}, {float(high)!r})")
    conditions += [f"({number} {sign} {float(limit)!r})" for sign, limit in _beyond(repair)]
    return " | ".join(conditions)


def _key(name: str, frame: str) -> str:
    return f"{frame}[{_json(name)}]"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)

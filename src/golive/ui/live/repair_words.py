"""A repair as data in words a reviewer can check: what is done to which values, to which limit, with which factor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from golive.wording.numbers import number

_MOST = 3


def repair_words(repair: Mapping[str, Any]) -> str:
    """``multiply creatinine above 10.4 by 0.0113``, ``set -1 in gcs to missing``, ``write 'iv' as 'IV' in route``."""
    operation, column = repair.get("op"), str(repair.get("column", ""))
    if operation == "convert":
        offset = float(repair.get("offset", 0.0))
        added = (
            f" and {'add' if offset > 0 else 'subtract'} {number(abs(offset))}" if offset else ""
        )
        return f"multiply {column}{_where(repair)} by {number(float(repair['factor']))}{added}"
    if operation == "set_missing":
        return f"set {_values(repair['values'])} in {column} to missing" if "values" in repair else (
            f"set {column}{_where(repair)} to missing"
        )  # fmt: skip
    if operation in ("map", "recode"):
        return f"write {_pairs(repair['mapping'])} in {column}"
    if operation == "clip":
        limits = [
            f"{number(repair[end])} at {word}"
            for end, word in (("low", "least"), ("high", "most"))
            if end in repair
        ]
        return f"let {column} be {' and '.join(limits)}"
    if operation == "swap":
        return f"exchange {' and '.join(repair['columns'])}"
    return {"deduplicate": "drop rows that equal an earlier row"}.get(
        str(operation), str(operation).replace("_", " ")
    )


def _where(repair: Mapping[str, Any]) -> str:
    if "inside" in repair:
        low, high = repair["inside"]
        return f" from {number(low)} to {number(high)}"
    said = [f"{word} {number(repair[word])}" for word in ("below", "above") if word in repair]
    return f" {' and '.join(said)}" if said else ""


def _values(values: Any) -> str:
    shown = [repr(v) if isinstance(v, str) else number(float(v)) for v in list(values)[:_MOST]]
    return ", ".join(shown) + (f" and {len(values) - _MOST} more" if len(values) > _MOST else "")


def _pairs(mapping: Mapping[str, Any]) -> str:
    shown = [f"'{old}' as {_values([new])}" for old, new in list(mapping.items())[:_MOST]]
    return ", ".join(shown) + (f" and {len(mapping) - _MOST} more" if len(mapping) > _MOST else "")

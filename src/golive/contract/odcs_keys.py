"""Keys of a contract file that the standard does not know: most are slips of the pen that would silently do nothing."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel

from golive.model.errors import Problem, nearest


def unknown_keys(data: Any, model: type[BaseModel], where: str, place: str = "") -> list[Problem]:
    """Return a ``CONTRACT_UNKNOWN_KEY`` with the nearest known name for every key that ``model`` or its parts lack."""
    if not isinstance(data, dict):
        return []
    fields = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    found = []
    for key, value in data.items():
        here = f"{place}.{key}" if place else str(key)
        if key not in fields:
            sentence = f"'{here}' is not a key of ODCS v3."
            found.append(
                Problem("CONTRACT_UNKNOWN_KEY", sentence, nearest(str(key), list(fields)), where)
            )
            continue
        part = _model_of(fields[key], list_of=isinstance(value, list))
        if part is None:
            continue
        for i, item in enumerate(value if isinstance(value, list) else [value]):
            named = item.get("name") if isinstance(item, dict) else None
            at = f"{here}[{named or i}]" if isinstance(value, list) else here
            found += unknown_keys(item, part, where, at)
    return found


def _model_of(annotation: Any, *, list_of: bool, inside: bool = False) -> type[BaseModel] | None:
    """The model of a field's items (``list_of``) or of its value, or ``None`` for plain values."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation if inside == list_of else None
    deeper = inside or getattr(annotation, "__origin__", None) is list
    for argument in get_args(annotation):
        if (found := _model_of(argument, list_of=list_of, inside=deeper)) is not None:
            return found
    return None

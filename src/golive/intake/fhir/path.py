"""The part of FHIRPath that SQL-on-FHIR views use, as DuckDB SQL over JSON.

Known are element names, ``[n]``, ``first()``, ``exists()``, ``where(name = 'value')``, ``ofType(Type)``,
``getResourceKey()`` and ``getReferenceKey()`` (SQL on FHIR 2.0, "Supported FHIRPath"). A path is evaluated as FHIRPath
does: every step maps a list of elements to a list, and a repeating element is flattened.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count

from golive.intake.base.workspace import text
from golive.model.errors import InputError, Problem

_STEP = re.compile(
    r"""\s*(?:
        (?P<call>first|exists|getResourceKey)\(\s*\)
      | getReferenceKey\(\s*(?P<target>[A-Za-z]*)\s*\)(?P<reference>)
      | ofType\(\s*(?P<type>[A-Za-z]+)\s*\)
      | where\(\s*(?P<key>[A-Za-z]\w*)\s*=\s*'(?P<equals>[^']*)'\s*\)
      | (?P<name>[A-Za-z]\w*)(?:\[(?P<index>\d+)\])?
    )\s*(?:\.|$)""",
    re.VERBOSE,
)
KEY = r"[^/:]+$"
"""The part of a reference that is the key of a resource: ``Patient/1``, ``urn:uuid:1`` and ``http://host/Patient/1``."""


@dataclass(frozen=True)
class Step:
    """One step of a path: ``kind`` is name, index, first, exists, resource_key, reference_key or where."""

    kind: str
    name: str = ""
    value: str = ""


def parse(path: str, where: str = "") -> tuple[Step, ...]:
    """Split a path into steps; ``value.ofType(Quantity)`` becomes the element ``valueQuantity``.

    Raises:
        InputError: ``FHIR_VIEW_PATH`` with what cannot be read.
    """
    steps: list[Step] = []
    at = 0
    while at < len(path):
        found = _STEP.match(path, at)
        if not found:
            sentence = f"'{path}' uses something that is not read: '{path[at : at + 30]}'."
            hint = "Known: names, [n], first(), exists(), where(name = 'value'), ofType(), getResourceKey(), getReferenceKey()."
            raise InputError(Problem("FHIR_VIEW_PATH", sentence, hint, where))
        at = found.end()
        _append(steps, found)
    if not steps or path.rstrip().endswith("."):
        raise InputError(Problem("FHIR_VIEW_PATH", f"'{path}' is not a path.", "", where))
    return tuple(steps)


def _append(steps: list[Step], found: re.Match[str]) -> None:
    if found["call"]:
        steps.append(Step({"getResourceKey": "resource_key"}.get(found["call"], found["call"])))
    elif found["reference"] is not None:
        steps.append(Step("reference_key"))
    elif found["key"]:
        steps.append(Step("where", found["key"], found["equals"]))
    elif found["type"] and steps and steps[-1].kind == "name":
        steps[-1] = Step("name", steps[-1].name + found["type"][0].upper() + found["type"][1:])
    elif found["type"]:
        steps.append(Step("name", found["type"]))
    else:
        steps.append(Step("name", found["name"]))
        if found["index"]:
            steps.append(Step("index", value=found["index"]))


def top_level(steps: tuple[Step, ...]) -> str:
    """The element of the resource that a path starts from."""
    return {"resource_key": "id", "name": steps[0].name}.get(steps[0].kind, "")


_names = count()


def elements(items: str, steps: tuple[Step, ...]) -> str:
    """SQL of type ``JSON[]``: the elements that ``steps`` select from the list ``items``."""
    for step in steps:
        one = f"e{next(_names)}"
        if step.kind in ("first", "index"):
            place = int(step.value or 0) + 1
            items = f"({items})[{place}:{place}]"
        elif step.kind == "where":
            path = text(f"$.{step.name}")
            items = f"list_filter({items}, lambda {one}: json_extract_string({one}, {path}) = {text(step.value)})"
        elif step.kind != "exists":
            name = {"reference_key": "reference", "resource_key": "id"}.get(step.kind, step.name)
            inner = as_list(f"json_extract({one}, {text(f'$.{name}')})")
            items = f"flatten(list_transform({items}, lambda {one}: {inner}))"  # a repeating element flattened
    return items


def as_list(element: str) -> str:
    """SQL of type ``JSON[]`` of one JSON value: its items, itself, or nothing."""
    return (
        f"(CASE json_type({element}) WHEN 'ARRAY' THEN json_extract({element}, '$[*]') "
        f"WHEN 'NULL' THEN []::JSON[] ELSE list_filter([{element}], lambda x: x IS NOT NULL) END)"
    )


def scalar(items: str, steps: tuple[Step, ...], type_: str) -> str:
    """SQL of the first value that ``steps`` select, in the SQL type of the FHIR ``type_``; null where there is none."""
    if steps and steps[-1].kind == "exists":
        return f"coalesce(len({elements(items, steps[:-1])}), 0) > 0"
    value = f"json_extract_string(({elements(items, steps)})[1], '$')"
    if steps and steps[-1].kind == "reference_key":
        value = f"nullif(regexp_extract({value}, {text(KEY)}), '')"
    if type_ in ("decimal", "integer"):
        return f"try_cast({value} AS DOUBLE)"
    if type_ in ("dateTime", "date", "instant"):
        return f"golive_time({value})"
    return value if type_ != "boolean" else f"try_cast({value} AS BOOLEAN)"


TIME_MACRO = """CREATE OR REPLACE TEMP MACRO golive_time(written) AS CASE
    WHEN length(written) = 4 THEN try_cast(written || '-01-01' AS TIMESTAMP)
    WHEN length(written) = 7 THEN try_cast(written || '-01' AS TIMESTAMP)
    WHEN length(written) > 10 AND regexp_matches(written, '(Z|[+-][0-9]{2}:?[0-9]{2})$')
        THEN make_timestamp(epoch_us(try_cast(written AS TIMESTAMPTZ)))
    ELSE try_cast(written AS TIMESTAMP) END"""
"""A FHIR date, which may be a year or a month only, as its first moment; with an offset, in UTC."""

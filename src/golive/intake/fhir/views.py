"""SQL-on-FHIR ViewDefinitions (``data/fhir``): which columns a resource gives, compiled to DuckDB SQL."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, Field, ValidationError

from golive.intake.base.workspace import name as quoted
from golive.intake.base.workspace import text
from golive.intake.fhir import path as fhir_path
from golive.model.columns import Noun
from golive.model.errors import InputError, Problem
from golive.settings import resource

NAMES = ("patient", "encounter", "observation", "condition", "medication_request")


class _Part(Noun):
    # The standard lets a view carry titles, contacts and other words about itself.
    model_config = ConfigDict(frozen=True, extra="ignore")


class ViewColumn(_Part):
    """One column: its name, the FHIRPath of its value, and the FHIR type it is read as."""

    name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")
    path: str
    type: Literal[
        "string", "code", "decimal", "integer", "dateTime", "date", "instant", "boolean"
    ] = "string"


class Select(_Part):
    """Columns, repeated for every element of ``forEach``, joined with one of ``unionAll`` at a time."""

    column: tuple[ViewColumn, ...] = ()
    for_each: str | None = Field(default=None, alias="forEach")
    union_all: tuple[Select, ...] = Field(default=(), alias="unionAll")


class View(_Part):
    """A ViewDefinition, as far as it is used: one select whose branches have the same columns."""

    name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")
    resource: str = Field(pattern=r"^[A-Z][A-Za-z]+$")
    select: tuple[Select, ...] = Field(min_length=1, max_length=1)

    @property
    def columns(self) -> tuple[ViewColumn, ...]:
        """Columns in their order."""
        one = self.select[0]
        return (*one.column, *(one.union_all[0].column if one.union_all else ()))


def parse_view(data: Any, where: str) -> View:
    """Validate a ViewDefinition.

    Raises:
        InputError: ``FHIR_VIEW`` for every wrong part, ``FHIR_VIEW_EMPTY`` when it selects nothing, ``FHIR_VIEW_PATH``.
    """
    try:
        view = View.model_validate(data)
    except ValidationError as error:
        raise InputError(
            [
                Problem("FHIR_VIEW", f"'{'.'.join(map(str, e['loc']))}': {e['msg']}.", "", where)
                for e in error.errors(include_input=False)
            ]
        ) from None
    if not view.columns:
        sentence = f"The view '{view.name}' selects nothing."
        raise InputError(
            Problem("FHIR_VIEW_EMPTY", sentence, "Give its select at least one column.", where)
        )
    shapes = {tuple((c.name, c.type) for c in branch.column) for branch in view.select[0].union_all}
    if len(shapes) > 1:
        raise InputError(
            Problem("FHIR_VIEW", "The branches of unionAll differ in their columns.", "", where)
        )
    for column in (
        *view.select[0].column,
        *(c for b in view.select[0].union_all for c in b.column),
    ):
        fhir_path.parse(column.path, where)
    return view


@cache
def shipped(name: str) -> View:
    """A view of ``data/fhir``."""
    path: Path = resource("data", "fhir", f"{name}.json")
    return parse_view(json.loads(path.read_text(encoding="utf-8")), path.name)


def compile_view(view: View, source: str = "resource") -> str:
    """SQL that reads a view from the table ``source`` (``type`` VARCHAR, ``body`` JSON).

    The top-level elements that the view needs are taken out of a resource once; steps then work on those small pieces.
    """
    one = view.select[0]
    branches = one.union_all or (Select(),)
    parsed = [
        fhir_path.parse(c.path)
        for b in branches
        for c in (*one.column, *(() if b.for_each else b.column))
    ]
    parsed += [fhir_path.parse(b.for_each) for b in branches if b.for_each]
    tops = list(dict.fromkeys(fhir_path.top_level(steps) for steps in parsed))
    paths = ", ".join(text(f"$.{top}") for top in tops)
    pieces = {top: f"(part[{i}])" for i, top in enumerate(tops, 1)}
    parts = f"SELECT json_extract(body, [{paths}]) AS part FROM {quoted(source)} WHERE type = {text(view.resource)}"

    def value(column: ViewColumn, item: str | None = None) -> str:
        steps = fhir_path.parse(column.path)
        if item is not None:
            return f"{fhir_path.scalar(f'[{item}]', steps, column.type)} AS {quoted(column.name)}"
        items = fhir_path.as_list(pieces[fhir_path.top_level(steps)])
        return (
            f"{fhir_path.scalar(items, _after_first(steps), column.type)} AS {quoted(column.name)}"
        )

    selects = []
    for branch in branches:
        shared = [value(c) for c in one.column]
        if branch.for_each:
            steps = fhir_path.parse(branch.for_each)
            items = fhir_path.elements(
                fhir_path.as_list(pieces[fhir_path.top_level(steps)]), _after_first(steps)
            )
            own = [value(c, "item") for c in branch.column]
            rows = f"(SELECT part, unnest({items}) AS item FROM ({parts}))"
        else:
            own = [value(c) for c in branch.column]
            rows = f"({parts})"
        selects.append(f"SELECT {', '.join([*shared, *own])} FROM {rows}")
    return " UNION ALL ".join(selects)


def _after_first(steps: tuple[fhir_path.Step, ...]) -> tuple[fhir_path.Step, ...]:
    """Steps that are left when the top-level element is there already."""
    return steps[1:]

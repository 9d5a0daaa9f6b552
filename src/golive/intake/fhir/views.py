"""SQL-on-FHIR ViewDefinitions, shipped (``data/fhir``) and the reader's own: which columns a resource gives, as DuckDB SQL.

A view of the reader's own named like a shipped one takes its place and must have its columns. Any other view adds its columns,
named ``view_column``, to every row of the same encounter (where it has ``encounter_id``) or patient (``patient_id``): the values
of the first row in the order of its columns, and ``view_count``, the number of its rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, Field, ValidationError

from golive.intake.base.workspace import Workspace, text, texts
from golive.intake.base.workspace import name as quoted
from golive.intake.fhir import path as fhir_path
from golive.model.columns import Noun
from golive.model.errors import InputError, Problem, nearest
from golive.settings import resource

NAMES = ("patient", "encounter", "observation", "condition", "medication_request")
KEYS = ("encounter_id", "patient_id")
MOST_VIEWS = 50


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
        wrong = [
            f"'{'.'.join(map(str, e['loc']))}': {e['msg']}."
            for e in error.errors(include_input=False)
        ]
        raise InputError(
            [Problem("FHIR_VIEW", sentence, "", where) for sentence in wrong]
        ) from None
    if not view.columns:
        sentence = f"The view '{view.name}' selects nothing."
        raise InputError(
            Problem("FHIR_VIEW_EMPTY", sentence, "Give its select at least one column.", where)
        )
    (one,) = view.select
    if len({tuple((c.name, c.type) for c in branch.column) for branch in one.union_all}) > 1:
        raise InputError(
            Problem("FHIR_VIEW", "The branches of unionAll differ in their columns.", "", where)
        )
    for column in (c for part in (one, *one.union_all) for c in part.column):
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
    (one,) = view.select
    branches = one.union_all or (Select(),)
    read = [
        c.path for c in one.column
    ]  # from the resource; the columns of a repeated element from the element
    for branch in branches:
        read += [branch.for_each] if branch.for_each else [c.path for c in branch.column]
    tops = list(dict.fromkeys(fhir_path.top_level(fhir_path.parse(path)) for path in read))
    paths = texts(f"$.{top}" for top in tops)
    parts = f"SELECT json_extract(body, {paths}) AS part FROM {quoted(source)} WHERE type = {text(view.resource)}"

    def started(path: str) -> tuple[str, tuple[fhir_path.Step, ...]]:
        """The top-level element that a path starts from, as a list, and the steps that are left."""
        steps = fhir_path.parse(path)
        return fhir_path.as_list(f"(part[{tops.index(fhir_path.top_level(steps)) + 1}])"), steps[1:]

    def value(column: ViewColumn, of_item: bool = False) -> str:
        items, steps = ("[item]", fhir_path.parse(column.path)) if of_item else started(column.path)
        return f"{fhir_path.scalar(items, steps, column.type)} AS {quoted(column.name)}"

    selects = []
    for branch in branches:
        rows = f"({parts})"
        if branch.for_each:
            rows = f"(SELECT part, unnest({fhir_path.elements(*started(branch.for_each))}) AS item FROM {rows})"
        own = [value(c, bool(branch.for_each)) for c in branch.column]
        selects.append(f"SELECT {', '.join([*map(value, one.column), *own])} FROM {rows}")
    return " UNION ALL ".join(selects)


def read_views(place: Path) -> tuple[dict[str, Any], ...]:
    """ViewDefinitions of a folder (``*.json``) or of one file, checked.

    Raises:
        InputError: ``NOT_FOUND``, ``FHIR_VIEW_JSON``, ``FHIR_VIEW``, ``FHIR_VIEW_EMPTY``, ``FHIR_VIEW_PATH``, ``FHIR_VIEW_KEY``;
            every file's problems at once.
    """
    files = sorted(place.glob("*.json")) if place.is_dir() else [place]
    if not files or not place.exists():
        sentence = f"There is no ViewDefinition (*.json) in '{place.name}'."
        raise InputError(
            Problem(
                "NOT_FOUND", sentence, "Give the folder that holds them, or one file.", place.name
            )
        )
    found: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for file in files[:MOST_VIEWS]:
        try:
            found.append(_read(file))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    sorted_out(found)
    return tuple(found)


def _read(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        sentence = f"The file is not JSON ({type(error).__name__})."
        raise InputError(
            Problem("FHIR_VIEW_JSON", sentence, "Save the ViewDefinition as JSON.", file.name)
        ) from None
    if not isinstance(data, dict):
        raise InputError(
            Problem("FHIR_VIEW_JSON", "The file holds no ViewDefinition.", "", file.name)
        )
    parse_view(data, file.name)
    return data


def sorted_out(views: Iterable[Mapping[str, Any]]) -> tuple[dict[str, View], tuple[View, ...]]:
    """The views of the analysis table by name, shipped or replaced, and those that add columns.

    Raises:
        InputError: ``FHIR_VIEW`` (two of one name, a replacement without a column that is needed, a resource that no R4
            export has) and ``FHIR_VIEW_KEY`` (nothing says which rows a view belongs to).
    """
    given: dict[str, View] = {}
    problems: list[Problem] = []
    for data in views:
        view = parse_view(data, str(data.get("name") or "view"))
        if view.name in given:
            problems.append(
                Problem(
                    "FHIR_VIEW", f"Two views are called '{view.name}'.", "Rename one.", view.name
                )
            )
        problems += _wrong(view)
        given[view.name] = view
    if problems:
        raise InputError(problems)
    base = {name: given.get(name, shipped(name)) for name in NAMES}
    return base, tuple(view for view in given.values() if view.name not in base)


def _wrong(view: View) -> list[Problem]:
    from fhir.resources.R4B import fhirtypes, get_fhir_model_class

    problems = []
    has = {c.name for c in view.columns}
    try:
        known = issubclass(get_fhir_model_class(view.resource), get_fhir_model_class("Resource"))
    except ValueError:
        known = False
    if not known:
        sentence = f"'{view.resource}' is not a resource of FHIR R4."
        types = sorted(
            name.removesuffix("Type") for name in dir(fhirtypes) if name.endswith("Type")
        )
        problems.append(Problem("FHIR_VIEW", sentence, nearest(view.resource, types), view.name))
    lacking = (
        [c.name for c in shipped(view.name).columns if c.name not in has]
        if view.name in NAMES
        else []
    )
    if lacking:
        sentence = f"'{view.name}' takes the place of the shipped view and lacks its columns {', '.join(lacking)}."
        problems.append(
            Problem("FHIR_VIEW", sentence, "Add them, or give the view another name.", view.name)
        )
    if view.name not in NAMES and not has & set(KEYS):
        sentence = f"The view '{view.name}' has neither encounter_id nor patient_id, so its rows belong to nobody."
        hint = "Add a column patient_id with the path subject.getReferenceKey(Patient)."
        problems.append(Problem("FHIR_VIEW_KEY", sentence, hint, view.name))
    return problems


def select(own: Sequence[View], space: Workspace) -> None:
    """Tables ``o_<view>`` of the added views; what selects nothing is said with the number of resources looked at."""
    for view in own:
        table = quoted(f"o_{view.name}")
        space.sql(f"CREATE TABLE {table} AS {compile_view(view)}")
        counts = ", ".join(f"count({quoted(c.name)})" for c in view.columns)
        rows, *filled = space.counts(f"SELECT count(*), {counts} FROM {table}")
        empty = [f"{c.name} ({c.path})" for c, n in zip(view.columns, filled, strict=True) if not n]
        if not rows:
            sentence = f"The view '{view.name}' selects nothing: there is no {view.resource} in it."
            space.note("FHIR_VIEW_NOTHING", sentence, "Its columns are empty.", view.name)
        elif empty:
            sentence = f"The view '{view.name}' selects nothing for {', '.join(empty)} in {rows:,} rows of {view.resource}."
            space.note("FHIR_VIEW_NOTHING", sentence, "Look at its path.", view.name)


def join(own: Sequence[View], space: Workspace) -> None:
    """Add the columns of the views to table ``data``, and drop their tables."""
    for view in own:
        names = [c.name for c in view.columns]
        key = next(k for k in KEYS if k in names)
        added = {f"{view.name}_{n}": n for n in names if n not in KEYS}
        count = f"{view.name}_count"
        taken = {c for (c,) in space.sql("SELECT column_name FROM (DESCRIBE data)")}
        if clash := [n for n in (*added, count) if n in taken]:
            sentence = (
                f"The view '{view.name}' gives columns that exist already: {', '.join(clash)}."
            )
            raise InputError(
                Problem("FHIR_VIEW", sentence, "Rename the view or the columns.", view.name)
            )
        chosen = "".join(f", x.{quoted(old)} AS {quoted(new)}" for new, old in added.items())
        table = quoted(f"o_{view.name}")
        space.sql(
            f"""CREATE OR REPLACE TABLE data AS
                SELECT d.*{chosen}, coalesce(n.rows, 0) AS {quoted(count)} FROM data d
                LEFT JOIN (SELECT DISTINCT ON ({key}) * FROM {table} WHERE {key} IS NOT NULL ORDER BY ALL) x USING ({key})
                LEFT JOIN (SELECT {key}, count(*) AS rows FROM {table} GROUP BY 1) n USING ({key})
                ORDER BY d.encounter_start NULLS LAST, d.patient_id, d.encounter_id"""
        )
        space.sql(f"DROP TABLE {table}")

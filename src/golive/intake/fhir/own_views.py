"""ViewDefinitions of the reader's own: where they are read from, what they replace or add, and what selected nothing.

A view named like a shipped one takes its place and must have its columns. Any other view adds its columns, named
``view_column``, to every row of the same encounter (where it has ``encounter_id``) or patient (``patient_id``): the values
of the first row in the order of its columns, and ``view_count``, the number of its rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from golive.intake.base.workspace import Workspace, name
from golive.intake.fhir.views import NAMES, View, compile_view, parse_view, shipped
from golive.model.errors import InputError, Problem, nearest

KEYS = ("encounter_id", "patient_id")
MOST_VIEWS = 50


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
    base = {n: shipped(n) for n in NAMES}
    own: dict[str, View] = {}
    problems: list[Problem] = []
    seen: set[str] = set()
    for data in views:
        view = parse_view(data, str(data.get("name") or "view"))
        problems += _wrong(view, seen)
        seen.add(view.name)
        if view.name in base:
            base[view.name] = view
        else:
            own[view.name] = view
    if problems:
        raise InputError(problems)
    return base, tuple(own.values())


def _wrong(view: View, seen: set[str]) -> list[Problem]:
    problems = []
    has = {c.name for c in view.columns}
    if view.name in seen:
        problems.append(
            Problem("FHIR_VIEW", f"Two views are called '{view.name}'.", "Rename one.", view.name)
        )
    if not _is_resource(view.resource):
        sentence = f"'{view.resource}' is not a resource of FHIR R4."
        problems.append(Problem("FHIR_VIEW", sentence, nearest(view.resource, _known()), view.name))
    if view.name in NAMES:
        lacking = [c.name for c in shipped(view.name).columns if c.name not in has]
        if lacking:
            sentence = f"'{view.name}' takes the place of the shipped view and lacks its columns {', '.join(lacking)}."
            problems.append(
                Problem(
                    "FHIR_VIEW", sentence, "Add them, or give the view another name.", view.name
                )
            )
    elif not has & set(KEYS):
        sentence = f"The view '{view.name}' has neither encounter_id nor patient_id, so its rows belong to nobody."
        hint = "Add a column patient_id with the path subject.getReferenceKey(Patient)."
        problems.append(Problem("FHIR_VIEW_KEY", sentence, hint, view.name))
    return problems


def _is_resource(type_: str) -> bool:
    """Whether R4 has a resource of this name, as the library that validates resources knows it."""
    from fhir.resources.R4B import get_fhir_model_class

    try:
        return issubclass(get_fhir_model_class(type_), get_fhir_model_class("Resource"))
    except ValueError:
        return False


def _known() -> list[str]:
    from fhir.resources.R4B import fhirtypes

    return sorted(name.removesuffix("Type") for name in dir(fhirtypes) if name.endswith("Type"))


def select(own: Sequence[View], space: Workspace) -> None:
    """Tables ``o_<view>`` of the added views; what selects nothing is said with the number of resources looked at."""
    for view in own:
        table = name(f"o_{view.name}")
        space.sql(f"CREATE TABLE {table} AS {compile_view(view)}")
        counts = ", ".join(f"count({name(c.name)})" for c in view.columns)
        rows, *filled = (
            int(str(n)) for n in space.sql(f"SELECT count(*), {counts} FROM {table}")[0]
        )
        if not rows:
            sentence = f"The view '{view.name}' selects nothing: there is no {view.resource} in it."
            space.note("FHIR_VIEW_NOTHING", sentence, "Its columns are empty.", view.name)
            continue
        empty = [f"{c.name} ({c.path})" for c, n in zip(view.columns, filled, strict=True) if not n]
        if empty:
            sentence = f"The view '{view.name}' selects nothing for {', '.join(empty)} in {rows:,} rows of {view.resource}."
            space.note("FHIR_VIEW_NOTHING", sentence, "Look at its path.", view.name)


def join(own: Sequence[View], space: Workspace) -> None:
    """Add the columns of the views to table ``data``, and drop their tables."""
    for view in own:
        key = next(k for k in KEYS if k in {c.name for c in view.columns})
        added = [c.name for c in view.columns if c.name not in KEYS]
        taken = {str(c) for (c,) in space.sql("SELECT column_name FROM (DESCRIBE data)")}
        clash = [
            n for n in (*(f"{view.name}_{c}" for c in added), f"{view.name}_count") if n in taken
        ]
        if clash:
            sentence = (
                f"The view '{view.name}' gives columns that exist already: {', '.join(clash)}."
            )
            raise InputError(
                Problem("FHIR_VIEW", sentence, "Rename the view or the columns.", view.name)
            )
        chosen = "".join(f", x.{name(c)} AS {name(f'{view.name}_{c}')}" for c in added)
        table = name(f"o_{view.name}")
        space.sql(
            f"""CREATE OR REPLACE TABLE data AS
                SELECT d.*{chosen}, coalesce(n.rows, 0) AS {name(f"{view.name}_count")} FROM data d
                LEFT JOIN (SELECT DISTINCT ON ({key}) * FROM {table} WHERE {key} IS NOT NULL ORDER BY ALL) x USING ({key})
                LEFT JOIN (SELECT {key}, count(*) AS rows FROM {table} GROUP BY 1) n USING ({key})
                ORDER BY d.encounter_start NULLS LAST, d.patient_id, d.encounter_id"""
        )
        space.sql(f"DROP TABLE {table}")

"""The terms of a contract: what each column of a live batch must be, who owns the result, what an unsure model does."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from pydantic import Field, ValidationError, field_validator, model_validator

from golive.compare.base.code_systems import declared_system
from golive.model.columns import ColumnType, Noun, Role
from golive.model.errors import InputError, Problem

OUTPUT_ROLES = (Role.SCORE, Role.PREDICTION, Role.MODEL_VERSION)
"""Columns that the model writes; everything else of a batch is given to it or identifies the row."""

_VERSION = re.compile(r"\d{1,9}\.\d{1,9}\.\d{1,9}")


class ColumnTerms(Noun):
    """What one column of a live batch must be.

    ``max_missing`` is the largest allowed share of rows without a value (0 to 1); a column of which all may be missing may
    be absent. ``range`` (inclusive) is in ``unit`` (UCUM), ``values`` are the allowed categories, ``system`` and ``release``
    the code system. ``max_invalid`` is the largest allowed share of the values that break type, range, list or system.
    """

    name: str = Field(min_length=1)
    type: ColumnType
    role: Role = Role.FEATURE
    storage: str = "text"
    description: str = ""
    unit: str | None = None
    loinc: str | None = None
    system: str | None = None
    release: str | None = None
    range: tuple[float, float] | None = None
    values: tuple[str, ...] = ()
    max_missing: float = Field(default=1.0, ge=0, le=1)
    max_invalid: float = Field(default=0.0, ge=0, le=1)

    @property
    def required(self) -> bool:
        """Whether every row must hold a value."""
        return self.max_missing == 0

    @field_validator("range")
    @classmethod
    def _ordered(cls, limits: tuple[float, float] | None) -> tuple[float, float] | None:
        if limits and not limits[0] <= limits[1]:
            msg = f"the lower limit {limits[0]:g} is above the upper limit {limits[1]:g}"
            raise ValueError(msg)
        return limits

    @field_validator("system")
    @classmethod
    def _known(cls, system: str | None) -> str | None:
        if system:
            try:
                declared_system(system)
            except InputError as error:
                raise ValueError(
                    " ".join((error.problems[0].sentence, error.problems[0].hint)).rstrip(".")
                ) from None
        return system or None


class Contract(Noun):
    """One version of an input and output contract. ``when_uncertain`` is what happens when the model is unsure.

    ``source`` is the file it came from, where that says more than GoLive would write; it is kept and written back.
    """

    name: str = Field(min_length=1)
    version: str = "1.0.0"
    status: str = "draft"
    purpose: str = ""
    owner: str = ""
    when_uncertain: str = ""
    columns: tuple[ColumnTerms, ...] = Field(min_length=1)
    not_checked: tuple[str, ...] = ()
    source: dict[str, Any] = Field(default_factory=dict, repr=False)

    @field_validator("version")
    @classmethod
    def _numbered(cls, version: str) -> str:
        if not _VERSION.fullmatch(version):
            msg = "a version is three numbers, such as 1.0.0"
            raise ValueError(msg)
        return version

    @model_validator(mode="after")
    def _one_each(self) -> Contract:
        twice = [name for name, n in Counter(c.name for c in self.columns).items() if n > 1]
        if twice:
            msg = f"columns are given more than once: {', '.join(twice[:10])}"
            raise ValueError(msg)
        return self

    @property
    def inputs(self) -> tuple[ColumnTerms, ...]:
        """Columns that the model is given, or that identify and date the row."""
        return tuple(c for c in self.columns if c.role not in OUTPUT_ROLES)

    @property
    def outputs(self) -> tuple[ColumnTerms, ...]:
        """Columns that the model writes."""
        return tuple(c for c in self.columns if c.role in OUTPUT_ROLES)

    @property
    def open_points(self) -> tuple[str, ...]:
        """What only people can say and nobody has said yet."""
        asked = (
            (self.owner, "who owns the result (team, role: owner)"),
            (
                self.when_uncertain,
                "what happens when the model is uncertain (customProperties, whenUncertain)",
            ),
        )
        return tuple(what for said, what in asked if not said)

    def column(self, name: str) -> ColumnTerms | None:
        """Terms of one column, or ``None``."""
        return next((c for c in self.columns if c.name == name), None)


def parse_contract(data: dict[str, Any], where: str = "contract") -> Contract:
    """Validate a mapping as a ``Contract``.

    Raises:
        InputError: ``CONTRACT_VALUE`` for every value that is wrong, with its column.
    """
    try:
        return Contract.model_validate(data)
    except ValidationError as error:
        raise InputError([_problem(item, data, where) for item in error.errors()]) from None


def _problem(item: Any, data: dict[str, Any], where: str) -> Problem:
    place = [str(part) for part in item["loc"]]
    if item["loc"][:1] == ("columns",) and len(item["loc"]) > 1:
        column = data["columns"][item["loc"][1]]
        named = column.get("name") if isinstance(column, dict) else column.name
        place = [f"column '{named}'", *place[2:]]
    reason = str(item["msg"]).removeprefix("Value error, ")
    return Problem("CONTRACT_VALUE", f"{', '.join(place) or 'The contract'}: {reason}.", "", where)

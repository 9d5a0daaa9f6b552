"""Columns as the product understands them: a type, a role, and the reason for both."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field


class Noun(BaseModel):
    """Base of all value objects: frozen, and unknown fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ColumnType(StrEnum):
    """What the values of a column are, judged on training data."""

    NUMERIC = "numeric"
    INTEGER = "integer"
    CATEGORY = "category"
    CODE = "code"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATETIME = "datetime"
    IDENTIFIER = "identifier"
    EMPTY = "empty"

    @property
    def is_number(self) -> bool:
        """Whether values are compared as numbers (Wasserstein)."""
        return self in (ColumnType.NUMERIC, ColumnType.INTEGER)

    @property
    def is_category(self) -> bool:
        """Whether values are compared as categories (Jensen-Shannon)."""
        return self in (ColumnType.CATEGORY, ColumnType.CODE, ColumnType.BOOLEAN)


class Role(StrEnum):
    """What a column is for. Everything that is not special is a ``feature``."""

    FEATURE = "feature"
    LABEL = "label"
    SCORE = "score"
    PREDICTION = "prediction"
    TIME = "time"
    ID = "id"
    SITE = "site"
    MODEL_VERSION = "model_version"
    GROUP = "group"
    IGNORED = "ignored"


class ColumnSpec(Noun):
    """One column of a dataset: its name, its type and role, and in words why they were chosen."""

    name: str
    type: ColumnType
    role: Role = Role.FEATURE
    reason: str = ""
    storage: str = "text"


class Roles(Noun):
    """Which column plays which role. ``None`` means that no column is named for it.

    ``features`` are columns that a person took a guessed role from, so that it is not guessed again.
    """

    label: str | None = None
    score: str | None = None
    prediction: str | None = None
    time: str | None = None
    id: str | None = None
    site: str | None = None
    model_version: str | None = None
    class_scores: tuple[str, ...] = Field(
        default=(), description="columns with a score per class, in place of one score"
    )
    groups: tuple[str, ...] = Field(default=())
    ignored: tuple[str, ...] = Field(default=())
    features: tuple[str, ...] = Field(default=())

    def role_of(self, column: str) -> Role:
        """Return the role that ``column`` plays."""
        if column in self.ignored:
            return Role.IGNORED
        for role, name in self.named().items():
            if name == column:
                return Role(role)
        if column in self.class_scores:
            return Role.SCORE
        return Role.GROUP if column in self.groups else Role.FEATURE

    def named(self) -> dict[str, str]:
        """Return ``{role: column}`` for the single-column roles that are filled."""
        return {k: v for k, v in self.model_dump().items() if isinstance(v, str)}

    def override(self, other: Roles) -> Self:
        """Return these roles with every filled role of ``other`` put in their place."""
        filled = {k: v for k, v in other.model_dump().items() if v}
        return self.model_copy(update=filled)

"""Words of the pages on which a pilot is set up, from ``data/pilot_pages.yaml``: checked once, when the first page is drawn."""

from __future__ import annotations

from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from golive.model.columns import Role
from golive.model.readiness import Flag, Significance, Situation
from golive.settings import resource


class Step(BaseModel):
    """One step of a newcomer: what to do and on which page."""

    page: str
    title: str
    words: str
    icon: str


class Words(BaseModel):
    """Steps of the Start page, roles of columns with what they unlock, fields of the Define page, columns of the contract."""

    model_config = ConfigDict(extra="forbid")

    steps: tuple[Step, ...]
    roles: dict[Role, str]
    unlocks: dict[Role, str]
    more_columns: dict[str, str]
    situation: dict[Situation, tuple[str, str]]
    significance: dict[Significance, tuple[str, str]]
    flags: dict[Flag, str]
    numbers: dict[str, dict[str, Any]]
    terms: dict[str, str]


WORDS = Words.model_validate(
    yaml.safe_load(resource("data", "pilot_pages.yaml").read_text(encoding="utf-8"))
)

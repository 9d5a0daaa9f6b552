"""The samples and the faults planted in them, as the tables beside this file say; what a fault does is in ``faults``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from golive.model.errors import InputError, Problem, nearest
from golive.model.kinds import Kind, ModeId

DEFAULT = "ed-sepsis"
Stage = Literal["rows", "outcome", "input", "service", "resend"]
STAGES: tuple[Stage, ...] = ("rows", "outcome", "input", "service", "resend")


@cache
def table(name: str) -> Any:
    """The content of ``<name>.yaml`` beside this file, read once: nobody changes it."""
    text = files("golive.samples").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Fault(_Row):
    """One planted fault; ``faults.yaml`` says what each field is. The truth file is written from these."""

    id: str
    kind: Kind
    columns: tuple[str, ...]
    stage: Stage
    title: str
    fix: str
    also: tuple[Kind, ...] = ()
    segment: dict[str, list[str]] = {}
    since: str | None = None
    until: str | None = None
    among: str = ""
    share: float | None = None
    parameters: dict[str, Any] = {}
    per: Literal["rows", "values"] = "rows"
    repair: dict[str, Any] | None = None


class Sample(_Row):
    """One sample: its name, title and story in a sentence, rows of both files, planted faults and the failure mode it shows.

    All of it is synthetic: no patient, clinic or product stands behind it.
    """

    name: str
    title: str
    story: str
    train_rows: int
    live_rows: int
    faults: tuple[str, ...] | Literal["all"] = ()
    failure_mode: ModeId | None = None

    def planted(self) -> tuple[Fault, ...]:
        """Its faults in the order in which they happen."""
        known = faults()
        own = [known[f] for f in (known if self.faults == "all" else self.faults)]
        return tuple(sorted(own, key=lambda f: STAGES.index(f.stage)))


@cache
def faults() -> dict[str, Fault]:
    """Every fault that can be planted, by id."""
    rows = {key: {"id": key, **row} for key, row in table("faults").items()}
    return TypeAdapter(dict[str, Fault]).validate_python(rows)


@cache
def _samples() -> dict[str, Sample]:
    rows = {name: {"name": name, **row} for name, row in table("samples").items()}
    return TypeAdapter(dict[str, Sample]).validate_python(rows)


def names() -> tuple[Sample, ...]:
    """Every sample, the default first."""
    return tuple(_samples().values())


def get(name: str) -> Sample:
    """Return a sample by name.

    Raises:
        InputError: ``SAMPLE_UNKNOWN``; the hint names the nearest sample.
    """
    known = _samples()
    if name not in known:
        hint = nearest(name, list(known))
        raise InputError(Problem("SAMPLE_UNKNOWN", f"'{name}' is not a sample.", hint))
    return known[name]

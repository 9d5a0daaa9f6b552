"""The readiness policy: dimensions, criteria, weights, bands and rules, read from one versioned YAML file.

The shipped policy is ``data/readiness_model.yaml``. An organisation may bring its own file of the same form; every problem
in it is reported at once. Weights, points, bands and most thresholds are judgement, not measurement: they are data here
so that they can be read, argued about and changed with a recorded reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import Field, ValidationError, field_validator

from golive.model.columns import Noun
from golive.model.errors import InputError, Problem
from golive.model.finding import Route
from golive.model.readiness import Flag, Grade, Tier
from golive.model.registers import EventKind
from golive.readiness.policy.checks import Location, cross_checks, shape_problems
from golive.settings import resource

TIERS = tuple(Tier)
PRODUCTION = 3
"""The level from which a criterion is fit for production: part of the picture may refute it, only the whole confirm it."""
Bounds = tuple[float | None, float | None, float | None, float | None]


class Criterion(Noun):
    """One question of the model: where it applies, what opens its gate, how it ages, and what each level looks like.

    ``gate`` is the least level per tier; ``hard`` gates cannot be waived. ``at_most`` and ``at_least`` hold, per measured
    quantity, the bounds of levels 1 to 4 (``None`` = no bound at that level); shares are 0 to 1. ``min_n`` is the smallest
    number of rows, events or calls on which a level is given at all. ``data_limit`` below 4 marks an anchor whose rest is a
    document (a retention rule, a pre-registration): a measurement that reaches it leaves the levels above to evidence.
    """

    id: str = Field(pattern=r"^[A-Z]{3}-\d{2}$")
    title: str = Field(min_length=3)
    kind: Literal["condition", "capability"]
    tiers: tuple[Tier, ...] = Field(min_length=1)
    needs_flag: Flag | None = Field(default=None, alias="if")
    gate: dict[Tier, int] = Field(default_factory=dict)
    hard: bool = False
    weight: float = Field(gt=0)
    ttl_days: int = Field(gt=0)
    effort: int = Field(ge=1, le=5)
    route: Route
    question: str
    measure: str = ""
    document: str = ""
    levels: tuple[str, str, str, str, str]
    at_most: dict[str, Bounds] = Field(default_factory=dict)
    at_least: dict[str, Bounds] = Field(default_factory=dict)
    min_n: dict[str, int] = Field(default_factory=dict)
    data_limit: int = Field(default=4, ge=0, le=4)
    why: str
    fix: str
    supports: tuple[str, ...] = ()

    @property
    def dimension(self) -> str:
        """Id of the dimension, the three letters of the criterion's own id."""
        return self.id[:3]

    def applies(self, tier: Tier, flags: tuple[Flag, ...]) -> bool:
        """Whether the criterion is asked at ``tier`` of a pilot with ``flags``."""
        return tier in self.tiers and (self.needs_flag is None or self.needs_flag in flags)

    def level_of(self, **values: float) -> int:
        """Highest level whose bounds, and those of every lower level, all of ``values`` keep (0 when level 1 is missed).

        A quantity that is not given is not judged: the caller decides how far the level may go without it.
        """
        none = (None,) * 4
        for level in range(4):
            for name, value in values.items():
                most = self.at_most.get(name, none)[level]
                least = self.at_least.get(name, none)[level]
                too_high = most is not None and value > most + 1e-12
                if too_high or (least is not None and value < least - 1e-12):
                    return level
        return 4


class Dimension(Noun):
    """One of the twelve parts of readiness, with its weight per tier (weights of a tier sum to 100)."""

    id: str = Field(pattern=r"^[A-Z]{3}$")
    name: str
    weights: dict[Tier, float]


class Band(Noun):
    """What a verdict needs: ``index`` and every dimension at least (0-100), ``coverage`` at least (0-1)."""

    index: float = Field(ge=0, le=100)
    coverage: float = Field(ge=0, le=1)
    dimension: float = Field(ge=0, le=100)


class TierPolicy(Noun):
    """The rules of one tier. ``allowance`` is how far the index may exceed the weakest dimension."""

    ready: Band
    conditional: Band
    allowance: float = Field(ge=0, le=100)
    max_waivers: int = Field(ge=0)
    max_valid_days: int = Field(gt=0)


class StopRule(Noun):
    """A fact that stops the pilot whatever the score: ``criterion`` assessed at ``level`` or below."""

    criterion: str
    level: int = Field(default=0, ge=0, le=4)
    measured_only: bool = False
    sentence: str


class Stage(Noun):
    """A way of running the pilot, and what must stand at ``level`` 2 with evidence in date before it may run."""

    id: str
    name: str
    includes: str | None = None
    criteria: tuple[str, ...] = ()
    gates: Literal["none", "hard", "all"] = "none"


class Standard(Noun):
    """A standard named in the crosswalk: what it contributes, whether it is in force, and when that was looked up."""

    name: str
    gives: str = ""
    status: str
    as_of: str
    source: str = ""


class Model(Noun):
    """The whole policy. ``verdict_on`` says whether a verdict may rest on the point estimate or only on what is proven."""

    name: str
    version: str = Field(min_length=1)
    reason: str = Field(default="", description="why this policy differs from the shipped one")
    points: tuple[float, float, float, float, float]
    grade_caps: dict[Grade, int]
    gate_freshness: float = Field(gt=0, le=1)
    low_margin: float = Field(ge=0, le=100)
    verdict_on: Literal["proven", "point"] = "proven"
    stage_level: int = Field(ge=0, le=4)
    waiver_days: int = Field(gt=0)
    weight_draw: float = Field(gt=0, lt=1)
    effort_days: dict[int, float]
    tiers: dict[Tier, TierPolicy]
    adjustments: dict[Flag, dict[str, float]] = Field(default_factory=dict)
    stops: tuple[StopRule, ...] = ()
    stages: tuple[Stage, ...]
    events: dict[EventKind, tuple[str, ...]] | None = Field(
        default=None,
        description="criteria or whole dimensions that an event touches; the shipped ones when absent",
    )
    dimensions: tuple[Dimension, ...]
    standards: dict[str, Standard] = Field(default_factory=dict)
    criteria: tuple[Criterion, ...]

    @field_validator("points")
    @classmethod
    def _rising(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if list(value) != sorted(value) or value[0] != 0 or value[-1] != 100:
            msg = "points must rise from 0 to 100"
            raise ValueError(msg)
        return value

    def criterion(self, key: str) -> Criterion:
        """The criterion with id ``key`` (``KeyError`` when there is none)."""
        return _index(self)[key]

    def knows(self, key: str) -> bool:
        """Whether ``key`` is a criterion of this policy."""
        return key in _index(self)

    def applicable(self, tier: Tier, flags: tuple[Flag, ...]) -> tuple[Criterion, ...]:
        """Criteria asked at ``tier`` of a pilot with ``flags``, in the order of the file."""
        return tuple(c for c in self.criteria if c.applies(tier, flags))

    def weights(self, tier: Tier, flags: tuple[Flag, ...] = ()) -> dict[str, float]:
        """Weight of each dimension at ``tier`` (sum 100): adjustments of the flags added, clipped at 1, renormalised."""
        base = {d.id: d.weights[tier] for d in self.dimensions}
        asked = [self.adjustments[f] for f in flags if f in self.adjustments]
        if not asked:
            return base
        moved = {k: max(1.0, w + sum(a.get(k, 0.0) for a in asked)) for k, w in base.items()}
        total = sum(moved.values())
        return {k: 100 * w / total for k, w in moved.items()}

    def with_allowance(self, allowance: float) -> Self:
        """The same policy at another strictness: 100 gives the plain mean, 0 the weakest dimension. For looking, not deciding."""
        tiers = {t: p.model_copy(update={"allowance": allowance}) for t, p in self.tiers.items()}
        return self.model_copy(update={"tiers": tiers})


_INDEX: dict[int, tuple[tuple[Criterion, ...], dict[str, Criterion]]] = {}


def _index(model: Model) -> dict[str, Criterion]:
    """Criteria by id, kept per tuple of criteria: judging looks criteria up thousands of times."""
    found = _INDEX.get(id(model.criteria))
    if found is None or found[0] is not model.criteria:
        if len(_INDEX) > 32:
            _INDEX.clear()
        found = _INDEX[id(model.criteria)] = (model.criteria, {c.id: c for c in model.criteria})
    return found[1]


def parse_model(text: str, where: str = "readiness_model.yaml") -> Model:
    """Read an organisation's policy from YAML text.

    Raises:
        InputError: not YAML, unknown or missing keys, wrong values, weights that do not sum to 100, unknown criteria in
            stages or stops, gates outside 0 to 4, bounds that no measure knows and the like: every problem at once.
    """
    return _parse(text, where, {c.id: c for c in _shipped().criteria})


def _parse(text: str, where: str, shipped: Mapping[str, Criterion]) -> Model:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        raw = yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader, the C one where it is built
    except yaml.YAMLError as error:
        sentence = f"The policy is not valid YAML: {str(error).splitlines()[0]}."
        hint = "Compare with the shipped readiness_model.yaml."
        raise InputError(Problem("POLICY_YAML", sentence, hint, where)) from None
    if not isinstance(raw, dict):
        sentence = "The policy must be a mapping with the key 'criteria'."
        raise InputError(Problem("POLICY_SHAPE", sentence, "", where))
    problems = [*cross_checks(raw, where, shipped)]
    try:
        model = Model.model_validate(raw)
    except ValidationError as error:
        raise InputError([*shape_problems(error, raw, where, _known_keys), *problems]) from None
    if problems:
        raise InputError(problems)
    return model


_PARTS: dict[str, type[Noun]] = {
    "criteria": Criterion,
    "dimensions": Dimension,
    "stages": Stage,
    "stops": StopRule,
    "standards": Standard,
    "tiers": TierPolicy,
}


def _known_keys(loc: Location) -> set[str]:
    owner = _PARTS.get(str(loc[0]), Model) if len(loc) > 1 else Model
    return {f.alias or name for name, f in owner.model_fields.items()}


def load_model(path: Path | str | None = None) -> Model:
    """Load the shipped policy, or the one at ``path``.

    Raises:
        InputError: see ``parse_model``; also when the file cannot be read.
    """
    if path is None:
        return _shipped()
    place = Path(path)
    try:
        text = place.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        sentence = f"The policy file cannot be read: {error}."
        raise InputError(Problem("POLICY_UNREADABLE", sentence, "", place.name)) from None
    return parse_model(text, place.name)


@lru_cache(maxsize=1)
def _shipped() -> Model:
    file = resource("data", "readiness_model.yaml")
    return _parse(file.read_text(encoding="utf-8"), file.name, {})


def raw_policy(model: Model) -> dict[str, Any]:
    """The policy as plain data in the form of the file, for export and for hashing."""
    return model.model_dump(mode="json", by_alias=True)

"""Plausible ranges, units and conversions of common measurements: ``data/clinical_ranges.yaml``, typed and looked up by name."""

from __future__ import annotations

import re
from functools import cache

import yaml
from pydantic import Field, model_validator

from golive.intake.clinical.ucum import canonical, ratio, same
from golive.model.columns import Noun
from golive.settings import resource

# Column names often carry the unit or how repeated values were summarised: "creatinine_mg_dl", "heart_rate_first".
_SUFFIX = re.compile(
    r"_(?:mg_dl|mmol_l|umol_l|g_dl|g_l|mmhg|mm_hg|bpm|per_min|pct|percent|u_l|ng_ml|mg_l|meq_l|cel|degc|kg|cm|years|yrs"
    r"|first|last|mean|median|min|max|value|val|result|level|arrival|triage)$"
)
_WORDS = re.compile(r"[^a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")


class Conversion(Noun):
    """How a value becomes a value in another unit: ``value * factor + offset``."""

    factor: float = Field(gt=0)
    offset: float = 0.0

    def apply(self, value: float) -> float:
        """Return ``value`` (in the analyte's own unit) in the other unit."""
        return value * self.factor + self.offset

    def invert(self, value: float) -> float:
        """Return ``value`` (in the other unit) in the analyte's own unit."""
        return (value - self.offset) / self.factor


class Analyte(Noun):
    """One kind of measurement in adults.

    ``unit`` is UCUM. ``hard`` (inclusive) is what is possible at all, ``watch`` what is not extreme; both in ``unit``, ``None``
    where no limit is defensible (troponin depends on the assay). ``conversions`` is keyed by the other UCUM unit.
    """

    name: str
    title: str
    loinc: str | None = None
    unit: str
    hard: tuple[float, float] | None = None
    watch: tuple[float, float] | None = None
    source: str
    note: str = ""
    aliases: tuple[str, ...] = ()
    conversions: dict[str, Conversion] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _limits_are_ordered(self) -> Analyte:
        for low, high in filter(None, (self.hard, self.watch)):
            if not low < high:
                msg = f"{self.name}: the lower limit {low} is not below the upper limit {high}"
                raise ValueError(msg)
        if (
            self.hard
            and self.watch
            and not (self.hard[0] <= self.watch[0] and self.watch[1] <= self.hard[1])
        ):
            msg = (
                f"{self.name}: watch limits {self.watch} reach outside the hard limits {self.hard}"
            )
            raise ValueError(msg)
        return self

    def in_unit(self, unit: str) -> Analyte:
        """Return this analyte with its limits and conversions expressed in another unit.

        Raises:
            KeyError: the unit is neither its own nor one of ``conversions``.
        """
        if unit == self.unit:
            return self
        to = self.conversions[unit]
        others = {self.unit: Conversion(factor=1 / to.factor, offset=-to.offset / to.factor)}
        for name, way in self.conversions.items():
            if name != unit:
                factor = way.factor / to.factor
                others[name] = Conversion(factor=factor, offset=way.offset - to.offset * factor)
        hard, watch = (
            tuple(map(to.apply, pair)) if pair else None for pair in (self.hard, self.watch)
        )
        return self.model_copy(
            update={"unit": unit, "hard": hard, "watch": watch, "conversions": others}
        )

    def written_in(self, unit: str) -> Analyte | None:
        """Return this analyte in a unit as someone wrote it (``mcg/L``, ``x10^9/L``), or ``None`` where no way leads there.

        Beyond its own ``conversions``, a unit of the same kind is reached by its size: grams per litre from mg/dL.
        """
        known = (self.unit, *self.conversions)
        if (equal := next((k for k in known if same(k, unit)), None)) is not None:
            return self.in_unit(equal)
        name = canonical(unit)
        if name is None:
            return None
        if name == "meq/L" and self.name in UNIVALENT:
            return self.written_in("mmol/L")
        for key in known:
            factor = ratio(key, name)
            if factor is not None:
                way = self.conversions.get(key, Conversion(factor=1.0))
                reached = Conversion(factor=way.factor * factor, offset=way.offset * factor)
                known_ways = {**self.conversions, name: reached}
                return self.model_copy(update={"conversions": known_ways}).in_unit(name)
        return None


UNIVALENT = frozenset({"sodium", "potassium", "chloride", "bicarbonate"})
"""Ions with one charge: their milliequivalents are millimoles."""


@cache
def ranges() -> dict[str, Analyte]:
    """Return every known analyte by name, in the order of the file."""
    written = yaml.safe_load(resource("data", "clinical_ranges.yaml").read_text(encoding="utf-8"))
    return {
        name: Analyte.model_validate({"name": name, **entry}) for name, entry in written.items()
    }


@cache
def _by_alias() -> dict[str, Analyte]:
    found: dict[str, Analyte] = {}
    for analyte in ranges().values():
        for alias in (analyte.name, *analyte.aliases):
            if found.setdefault(alias, analyte) is not analyte:
                msg = f"alias '{alias}' belongs to both {found[alias].name} and {analyte.name}"
                raise ValueError(msg)
    return found


def normalise(column: str) -> str:
    """Return a column name in lower case with its words joined by ``_`` (``"Heart Rate"`` and ``"HeartRate"`` agree)."""
    return _WORDS.sub("_", _CAMEL.sub("_", column).lower()).strip("_")


def match(column: str) -> Analyte | None:
    """Return the analyte that a column name means, or ``None``.

    The whole name must be a known name or alias, as written or without a trailing unit or summary word
    (``creatinine_mg_dl``, ``heart_rate_first``). Nothing is guessed from a part of a name: ``smoking_pulse_study`` is no pulse.
    """
    known = _by_alias()
    for written in (normalise(column), _WORDS.sub("_", column.lower()).strip("_")):
        name, longer = written, ""
        while name not in known and name != longer:
            name, longer = _SUFFIX.sub("", name), name
        if name in known:
            return known[name]
    return None


def by_loinc(code: str) -> Analyte | None:
    """Return the analyte with a LOINC code, or ``None``."""
    return next((a for a in ranges().values() if a.loinc == code.strip()), None)

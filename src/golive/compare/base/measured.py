"""Number columns as measurements: which analyte a column is, and the unit in which training holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from golive.compare.base.pairs import weights_of
from golive.intake.clinical.analytes import Analyte, by_loinc, match
from golive.model.columns import Role
from golive.model.config import ColumnConfig, Config
from golive.model.profile import ColumnProfile, FloatArray, IntArray, NumericProfile, Profile

NEARLY_ALL = 0.95
"""Share of training values that the limits of a unit must hold before the column is taken to be in that unit."""


UNIT_WORDS = {
    "a": "years",
    "mo": "months",
    "Cel": "°C",
    "[degF]": "°F",
    "mm[Hg]": "mmHg",
    "/min": "per minute",
    "[lb_av]": "lb",
    "[in_i]": "in",
    "10*3/uL": "10³/uL",
    "/uL": "per uL",
    "{score}": "points",
    "{INR}": "INR",
    "[pH]": "pH",
    "fraction": "as a fraction",
}
"""UCUM codes that people do not write that way."""


def unit_words(unit: str) -> str:
    """A UCUM unit as people write it: ``[degF]`` becomes ``°F``."""
    return UNIT_WORDS.get(unit, unit)


@dataclass(frozen=True)
class Measured:
    """One number column on both sides. ``analyte`` is expressed in the unit of training, ``None`` where nothing is known."""

    name: str
    train: NumericProfile
    live: NumericProfile
    before: ColumnProfile
    now: ColumnProfile
    analyte: Analyte | None
    declared: ColumnConfig

    @property
    def unit(self) -> str | None:
        """Unit in which training holds the column (UCUM), as declared or worked out."""
        return self.declared.unit or (self.analyte.unit if self.analyte else None)

    @property
    def weights(self) -> tuple[float, float]:
        """What one value weighs in training and live, where rows of a patient repeat each other (above 0 to 1)."""
        return weights_of(self.before, self.now)

    @property
    def limits(self) -> tuple[float, float] | None:
        """Declared range, else what is possible at all in the unit of training."""
        return self.declared.range or (self.analyte.hard if self.analyte else None)


def analyte_of(name: str, declared: ColumnConfig) -> Analyte | None:
    """The analyte a column means: by its declared LOINC code, else by its name; in the analyte's own unit."""
    return (by_loinc(declared.loinc) if declared.loinc else None) or match(name)


def in_training_unit(
    analyte: Analyte,
    declared_unit: str | None,
    values: FloatArray | Sequence[float],
    counts: Sequence[int] | FloatArray | IntArray,
) -> Analyte | None:
    """The analyte in the unit that training uses.

    A declared unit wins; one that the analyte does not know leaves nothing to judge by (``None``). Otherwise it is the unit
    whose limits hold the training values (``values`` with ``counts``): the analyte's own where it holds nearly all of them,
    else the one that holds most and nearly all. FiO2 between 0.21 and 1 is a fraction, whatever the reference list says.
    """
    if declared_unit:
        return analyte.written_in(declared_unit)
    points, weights = np.asarray(values, dtype=np.float64), np.asarray(counts, dtype=np.float64)
    if len(points) == 0 or analyte.watch is None:
        return analyte

    def held(unit: str) -> float:
        low, high = analyte.in_unit(unit).watch or (-np.inf, np.inf)
        return float(weights[(points >= low) & (points <= high)].sum() / weights.sum())

    own = held(analyte.unit)
    if own >= NEARLY_ALL or not analyte.conversions:
        return analyte
    share, unit = max((held(unit), unit) for unit in analyte.conversions)
    return analyte.in_unit(unit) if share >= NEARLY_ALL and share > own else analyte


def service_columns(config: Config) -> frozenset[str]:
    """Columns of the serving log and of generated text: they describe the service, not the patient."""
    named = [
        part.model_dump().values()
        for part in (config.operations, config.outputs)
        if part is not None
    ]
    return frozenset(str(name) for names in named for name in names if name)


def measured(train: Profile, live: Profile, config: Config) -> list[Measured]:
    """Number columns that both sides hold values of, in training order; outcomes, scores, keys and log columns are left out."""
    service, found = service_columns(config), []
    for name, before in train.columns.items():
        now = live.columns.get(name)
        if (
            now is None
            or name in service
            or before.role not in (Role.FEATURE, Role.GROUP)
            or not before.type.is_number
        ):
            continue
        if (
            before.numeric is None
            or now.numeric is None
            or not before.numeric.n
            or not now.numeric.n
        ):
            continue
        declared = config.columns.get(name) or ColumnConfig()
        analyte = analyte_of(name, declared)
        if analyte is not None:
            analyte = in_training_unit(
                analyte, declared.unit, before.numeric.values, before.numeric.counts
            )
        found.append(Measured(name, before.numeric, now.numeric, before, now, analyte, declared))
    return found

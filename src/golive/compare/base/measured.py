"""Number columns as measurements: which analyte a column is, and the unit in which training holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from golive.compare.base.pairs import share_effect, weights_of
from golive.intake.clinical.analytes import Analyte, by_loinc, match
from golive.model.columns import Role
from golive.model.config import ColumnConfig, Config
from golive.model.finding import Effect
from golive.model.profile import ColumnProfile, FloatArray, IntArray, NumericProfile, Profile
from golive.stats.proportions import two_share_p

NEARLY_ALL = 0.95
"""Share of training values that the limits of a unit must hold before the column is taken to be in that unit."""


@dataclass(frozen=True)
class NumberPair:
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
    def sizes(self) -> tuple[int, int]:
        """Values in training and live."""
        return self.train.n, self.live.n

    @property
    def weights(self) -> tuple[float, float]:
        """What one value weighs in training and live, where rows of a patient repeat each other (above 0 to 1)."""
        return weights_of(self.before, self.now)

    @property
    def limits(self) -> tuple[float, float] | None:
        """Declared range, else what is possible at all in the unit of training."""
        return self.declared.range or (self.analyte.hard if self.analyte else None)

    def share_p(self, rows: tuple[int, int]) -> float:
        """Two-sided p that ``rows`` (training, live) are the same share of the values on both sides."""
        return float(two_share_p(rows[0], self.train.n, rows[1], self.live.n, self.weights))

    def share_effect(self, name: str, rows: tuple[int, int], *, private: bool = False) -> Effect:
        """The share ``rows`` (training, live) of the values, with the interval of its change; see ``pairs.share_effect``."""
        return share_effect(name, rows, self.sizes, self.weights, private=private)


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

    def share_within(unit: str) -> float:
        low, high = analyte.in_unit(unit).watch or (-np.inf, np.inf)
        return float(weights[(points >= low) & (points <= high)].sum() / weights.sum())

    own = share_within(analyte.unit)
    if own >= NEARLY_ALL or not analyte.conversions:
        return analyte
    share, unit = max((share_within(unit), unit) for unit in analyte.conversions)
    return analyte.in_unit(unit) if share >= NEARLY_ALL and share > own else analyte


def service_columns(config: Config) -> frozenset[str]:
    """Columns of the serving log and of generated text: they describe the service, not the patient."""
    parts = [part for part in (config.operations, config.outputs) if part is not None]
    return frozenset(str(name) for part in parts for name in part.model_dump().values() if name)


def measured(train: Profile, live: Profile, config: Config, least: int = 1) -> list[NumberPair]:
    """Number columns with at least ``least`` values on both sides, in training order.

    Outcomes, scores, keys and columns of the serving log are left out.
    """
    service, found = service_columns(config), []
    for name, before in train.columns.items():
        now = live.columns.get(name)
        if now is None or name in service or not before.type.is_number:
            continue
        if before.role not in (Role.FEATURE, Role.GROUP) or not before.numeric or not now.numeric:
            continue
        if min(before.numeric.n, now.numeric.n) < least:
            continue
        declared = config.columns.get(name) or ColumnConfig()
        analyte = analyte_of(name, declared)
        if analyte is not None:
            analyte = in_training_unit(
                analyte, declared.unit, before.numeric.values, before.numeric.counts
            )
        found.append(NumberPair(name, before.numeric, now.numeric, before, now, analyte, declared))
    return found

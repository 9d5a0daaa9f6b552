"""The usual finding: live rows that have something, and what share of them has it."""

from __future__ import annotations

from dataclasses import dataclass

from golive.model.facts import Facts
from golive.model.finding import Effect
from golive.wording.numbers import part_of
from golive.wording.text import opening, readable


@dataclass(frozen=True, kw_only=True)
class SomeRows(Facts):
    """``rows_affected`` live rows have something; ``effect`` is their share and that of training, 0 to 1."""

    effect: Effect
    rows_affected: int

    def part(self, what: str = "live records") -> str:
        """``12 % of live records``, or ``A few live records``, at the beginning of a sentence."""
        return opening(part_of(self.rows_affected, self.effect.n_live, what))

    def value_part(self) -> str:
        """``12 % of live heart rate values``."""
        return self.part(f"live {readable(self.name)} values")

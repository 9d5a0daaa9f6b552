"""What is said of a contract that live data break, or keep."""

from __future__ import annotations

from dataclasses import dataclass

from golive.model.facts import Facts, Words
from golive.model.finding import Effect
from golive.model.kinds import Kind, Verdict
from golive.wording.numbers import percent, scaled_words, unit_words
from golive.wording.text import opening, readable

_BREAKS = {
    "type": "are not of the type that the contract asks for",
    "range": "lie outside the range that the contract allows",
    "values": "are not among the values that the contract lists",
    "codes": "are not codes of the system that the contract names",
    "unit": "are in another unit than the contract says",
}
"""Rule of a contract -> what values do that break it."""


@dataclass(frozen=True, kw_only=True)
class ContractKept(Facts):
    """Live data of ``rows`` rows keep every term of a version."""

    kind: Kind = Kind.CONTRACT_BROKEN
    verdict: Verdict = Verdict.QUIET
    version: str
    rows: int

    def words(self) -> Words:
        """Say so."""
        return Words(
            title=f"Live data keep every term of version {self.version} of the contract (n = {self.rows:,})",
            plain="Live data keep every term of the data contract.",
        )


@dataclass(frozen=True, kw_only=True)
class MoreColumnsBreak(Facts):
    """``columns_more`` columns beyond those that have a finding of their own break a version."""

    kind: Kind = Kind.CONTRACT_BROKEN
    verdict: Verdict = Verdict.ALARM
    version: str
    columns_more: int

    def words(self) -> Words:
        """Say how many."""
        more = f"{self.columns_more} more columns break"
        return Words(
            title=f"{more} version {self.version} of the contract",
            plain=f"{more} the data contract.",
        )


@dataclass(frozen=True, kw_only=True)
class TermsBroken(Facts):
    """Terms of one column that live data break; ``effect`` is the share of the first, ``None`` for 1 to 10 rows.

    ``sentences`` are those of the contract check, the most important first, whose ``rule`` it is. Where the unit is another,
    ``unit`` is the one that arrives (UCUM) and ``back`` factor and offset to the agreed one, if known.
    """

    kind: Kind = Kind.CONTRACT_BROKEN
    effect: Effect
    version: str
    sentences: tuple[str, ...]
    rule: str
    unit: str | None
    back: tuple[float, float] | None

    def words(self) -> Words:
        """Repeat what the contract check said, and how to repair it."""
        first, *others = self.sentences
        fix = "Refuse or repair such rows before the model answers, or agree on other terms in a new version."
        if self.unit is not None:
            way = f" ({scaled_words(*self.back)})" if self.back else ""
            fix = f"Convert {self.name} at intake{way}, or agree on {unit_words(self.unit)} and its range in a new version."
        return Words(
            title=f"{first.rstrip('.')} (version {self.version} of the contract)",
            plain=self._plain(),
            explanation=" ".join(others),
            fix=fix,
        )

    def _plain(self) -> str:
        name, share = readable(self.name), self.effect.live
        if self.rule == "present":
            return f"{opening(name)} does not arrive, although the data contract asks for it."
        if self.rule == "missing":
            part = "A few live records" if share is None else f"{percent(share)} of live records"
            return f"{part} have no {name}, more than the data contract allows."
        part = "A few" if share is None else f"{percent(share)} of the"
        return f"{part} live {name} values {_BREAKS[self.rule]}."

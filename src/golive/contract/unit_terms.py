"""Whether a batch is in the units that a contract declares: by the labels it carries, else by the size of its values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from golive.compare.base.measured import analyte_of
from golive.compare.base.pairs import MINIMUM_VALUES
from golive.compare.numbers.unit_labels import conversion, owner_of_label
from golive.contract.terms import ColumnTerms
from golive.intake.clinical.analytes import Analyte, Conversion
from golive.intake.clinical.ucum import canonical
from golive.model.columns import Noun
from golive.model.config import ColumnConfig
from golive.wording.numbers import number, percent, scaled_words, unit_words

FITS = 0.95
"""Share of the values that the usual limits of a unit must hold before the values are taken to be in it."""
FITS_NOT = 0.5
"""Share of the values that the declared unit's usual limits hold at most where the values contradict it."""


class OtherUnit(Noun):
    """What contradicts a declared unit. ``rows`` of ``n`` values are in ``unit``; ``back`` brings them to the declared one.

    ``labels`` are the labels as written where labels say so, empty where the size of the values does; ``usual`` are the
    limits of ``unit`` that the values fit, ``fits`` and ``fits_declared`` the shares inside them and inside those of the
    declared unit (0 to 1, rounded to hundredths).
    """

    unit: str
    rows: int
    n: int
    back: Conversion | None = None
    labels: tuple[str, ...] = ()
    usual: tuple[float, float] | None = None
    fits: float = 0.0
    fits_declared: float = 0.0


@dataclass(frozen=True)
class UnitCounts:
    """What was counted of one column's unit: values by label as written, and values inside the usual limits by unit.

    ``n`` are the values that are numbers.
    """

    n: int = 0
    labels: dict[str, int] = field(default_factory=dict)
    inside: dict[str, int] = field(default_factory=dict)


def label_columns(columns: Iterable[str]) -> dict[str, str]:
    """Column -> the column that holds its unit (``creatinine`` -> ``creatinine_unit``)."""
    names = tuple(columns)
    return {owner: label for label in names if (owner := owner_of_label(label, names)) is not None}


def usual_limits(terms: ColumnTerms) -> dict[str, tuple[float, float]]:
    """Usual limits of the column's analyte by unit, the declared one first; empty where they or a way to them are unknown."""
    declared = _declared(terms)
    if declared is None:
        return {}
    ways = [declared, *(declared.in_unit(unit) for unit in declared.conversions)]
    return {way.unit: way.watch for way in ways if way.watch is not None}


def _declared(terms: ColumnTerms) -> Analyte | None:
    if terms.unit is None or not terms.type.is_number:
        return None
    analyte = analyte_of(terms.name, ColumnConfig(loinc=terms.loinc))
    return analyte.written_in(terms.unit) if analyte is not None else None


def contradiction(terms: ColumnTerms, found: UnitCounts) -> OtherUnit | None:
    """What says that values are in another unit than the declared one: labels first, then the size of the values."""
    if terms.unit is None:
        return None
    return _by_label(terms, found.labels) or _by_size(terms, found)


def unknown_labels(terms: ColumnTerms, labels: Mapping[str, int]) -> int:
    """Values whose label is no unit that is known and not the declared one as written."""
    return sum(
        rows
        for written, rows in labels.items()
        if canonical(written) is None and not _as_declared(terms, written)
    )


def _as_declared(terms: ColumnTerms, written: str) -> bool:
    return written.strip().casefold() == (terms.unit or "").strip().casefold()


def _by_label(terms: ColumnTerms, labels: Mapping[str, int]) -> OtherUnit | None:
    other: dict[str, dict[str, int]] = {}
    ways: dict[str, Conversion | None] = {}
    column = ColumnConfig(loinc=terms.loinc)
    for written, rows in labels.items():
        unit = canonical(written)
        if unit is None or _as_declared(terms, written):
            continue
        if unit not in ways:
            ways[unit] = conversion(terms.name, column, terms.unit or "", unit)
        way = ways[unit]
        if way is None or abs(way.factor - 1) > 1e-6 or way.offset:
            other.setdefault(unit, {})[written] = rows
    if not other:
        return None
    unit = max(other, key=lambda u: (sum(other[u].values()), u))
    return OtherUnit(
        unit=unit,
        rows=sum(sum(written.values()) for written in other.values()),
        n=sum(labels.values()),
        back=_inverse(ways[unit]),
        labels=tuple(written for spellings in other.values() for written in spellings),
    )


def _inverse(way: Conversion | None) -> Conversion | None:
    return way and Conversion(factor=1 / way.factor, offset=0.0 - way.offset / way.factor)


def _by_size(terms: ColumnTerms, found: UnitCounts) -> OtherUnit | None:
    limits, analyte = usual_limits(terms), _declared(terms)
    if (
        analyte is None
        or found.n < MINIMUM_VALUES
        or len(limits) < 2
        or set(limits) - set(found.inside)
    ):
        return None
    own, *others = ((found.inside[unit] / found.n, unit) for unit in limits)
    share, unit = max(others, key=lambda other: other[0])
    rivals = [u for fits, u in others if u != unit and fits >= FITS]
    if own[0] >= FITS_NOT or share < FITS or rivals:
        return None
    return OtherUnit(
        unit=unit,
        rows=found.n,
        n=found.n,
        back=_inverse(analyte.conversions[unit]),
        usual=limits[unit],
        fits=round(share, 2),
        fits_declared=round(own[0], 2),
    )


def sentence_of_unit(terms: ColumnTerms, other: OtherUnit, many: str) -> str:
    """The contradiction in one sentence; ``many`` is how many values, in words that keep small cells hidden."""
    new, old = unit_words(other.unit), unit_words(terms.unit or "")
    how = (
        f"; {scaled_words(other.back.factor, other.back.offset)} to have {old}"
        if other.back
        else ""
    )
    if other.usual is None:
        return f"{many} {terms.name} values are labelled {new}, the contract says {old}{how}."
    low, high = map(number, other.usual)
    return (
        f"{terms.name} has the size of values in {new}, the contract says {old}: {percent(other.fits)} of {other.n:,} values lie "
        f"between {low} and {high}, as {new} usually does, and {percent(other.fits_declared)} where {old} usually does{how}."
    )

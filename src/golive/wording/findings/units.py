"""What is said of units: values converted in whole or in part, another measurement among them, a label that does not fit."""

from __future__ import annotations

from dataclasses import dataclass

from golive.model.facts import Facts, Words
from golive.model.finding import Effect
from golive.model.kinds import Kind, Verdict
from golive.model.profile import FloatArray, is_small
from golive.wording.numbers import number, percent, scaled_words, sizes_of, unit_words
from golive.wording.place import Place, PlacedFacts
from golive.wording.text import readable


@dataclass(frozen=True)
class Candidate:
    """A way in which live values may differ from training's: ``live = training * factor + offset``.

    ``units`` are pairs of the live unit and training's (UCUM, or a word), of which one applies. Without them it is a
    decimal slip, or (``slip`` false) a factor that nothing known explains.
    """

    factor: float
    offset: float = 0.0
    units: tuple[tuple[str, str], ...] = ()
    slip: bool = False

    def apply(self, values: FloatArray) -> FloatArray:
        """Training values as they would look live."""
        return values * self.factor + self.offset

    @property
    def back(self) -> tuple[float, float]:
        """Factor and offset that bring a live value back."""
        return 1 / self.factor, -self.offset / self.factor

    @property
    def instead(self) -> str:
        """``umol/L instead of mg/dL``; empty where no unit is known."""
        pairs = ((unit_words(now), unit_words(usual)) for now, usual in self.units)
        return ", or ".join(f"{now} instead of {usual}" for now, usual in pairs)

    @property
    def words(self) -> str:
        """``in another unit (umol/L instead of mg/dL, x88.4)`` or ``10 times too large``."""
        if self.units:
            added = f" {'+' if self.offset > 0 else '-'} {number(abs(self.offset))}"
            added = added if self.offset else ""
            return f"in another unit ({self.instead}, x{number(self.factor)}{added})"
        if not self.slip:
            return f"multiplied by {self.factor:.3g}, a factor that no known unit explains"
        large, factor = self.factor > 1, max(self.factor, 1 / self.factor)
        return f"{factor:,.0f} times too {'large' if large else 'small'}"

    @property
    def plain(self) -> str:
        """The same for a meeting, without the factor of a unit."""
        return f"in another unit ({self.instead})" if self.units else self.words


@dataclass(frozen=True)
class Part:
    """Live values that look like converted training: ``share`` (0 to 1, with 95 % bounds) of all, beyond ``cut``.

    ``rows`` lie beyond the cut on the live side. ``centre`` is their median, ``expected`` the median of converted training
    beyond the cut, ``usual`` the share of training there, ``means`` the live means on both sides of the cut (ordinary,
    converted). ``misfit`` is the distance of the quantiles, 0 for none. ``between`` are the live rows in the empty space
    between both units (``gap``), ``shown`` is the largest gap to training that the mixture explains where there is no such
    space (1 where there is).
    """

    candidate: Candidate
    cut: float
    above: bool
    share: float
    low: float
    high: float
    rows: int
    p: float
    centre: float
    expected: float
    usual: float
    means: tuple[float, float]
    misfit: float
    gap: tuple[float, float] | None
    between: int
    shown: float = 1.0

    @property
    def side(self) -> str:
        """``above`` or ``below``: where the values lie, and the name of that limit in a repair."""
        return "above" if self.above else "below"


@dataclass(frozen=True, kw_only=True)
class ConvertedColumn(Facts):
    """All values are converted. ``effect`` is the median, ``measured`` the factor found.

    ``back`` and ``truth`` are the quantiles at 10, 50 and 90 % of live values brought back, and of training.
    """

    effect: Effect
    candidate: Candidate
    measured: float
    back: tuple[float, ...]
    truth: tuple[float, ...]

    def words(self) -> Words:
        """Name the unit or factor, and show that the whole distribution moved by it."""
        name, way, effect = self.name, self.candidate, self.effect
        back, truth = (", ".join(map(number, values)) for values in (self.back, self.truth))
        added = f" and {number(way.offset)} added" if way.offset else ""
        return Words(
            title=f"{name} is {way.words} ({sizes_of(effect)})",
            plain=f"All live values of {readable(name)} are {way.plain}.",
            explanation=(
                f"The median is {number(effect.live)} live and {number(effect.train)} in training. FileRow back, the live "
                f"values are distributed like training: {back} against {truth} at 10, 50 and 90 %. A model reads every "
                "value as if it were in training's unit."
            ),
            evidence=(
                f"factor measured {number(self.measured)}, expected {number(way.factor)}{added}",
                "the whole distribution moves by it, not only its centre",
            ),
            ruled_out=(
                "sicker or healthier patients: that would change the shape of the distribution, not only its scale",
            ),
            fix=_convert(name, way, Place()),
        )


@dataclass(frozen=True, kw_only=True)
class ConvertedPart(PlacedFacts):
    """Part of the values are converted; ``entire``: all of one place or from one day on. ``medians`` of training and live.

    A watch is not ``sure``: both units overlap, so the values could also be those of other patients.
    """

    effect: Effect
    part: Part
    entire: bool
    medians: tuple[float, float]

    def words(self) -> Words:
        """Say how many, where, and what else they could be."""
        name, part, place, way = self.name, self.part, self.place, self.part.candidate
        share, cut, sure = percent(part.share), number(part.cut), self.verdict is Verdict.ALARM
        some = "A few" if is_small(part.rows) else f"About {share}"
        degree = "" if self.entire else "partly " if sure else "perhaps partly "
        usual = "next to none" if part.usual < 0.01 else f"{percent(part.usual)} of its values"
        evidence = [
            f"{part.rows:,} live values lie {part.side} {cut}, where training has {usual}",
            f"their median is {number(part.centre)}; training's values in that unit have {number(part.expected)} there",
        ]
        if place.others:
            evidence.append(f"not at {place.column} {place.others}")
        if not sure:
            evidence.append("both units overlap, so a change of patients could look the same")
        ruled_out = ["a stand-in for missing: the values are not one repeated number"]
        if part.gap and part.between <= 0.02 * part.rows:
            low, high = map(number, part.gap)
            patients = f"sicker patients: they would fill the space between {low} and {high}, and it is empty"
            ruled_out.insert(0, patients)
        before, now = map(number, self.medians)
        return Words(
            title=f"{name} is {degree}{way.words}{place.words}: {share} of live values ({sizes_of(self.effect)})",
            plain=f"{some} of the live {readable(name)} values {'are' if sure else 'may be'} {way.plain}{place.plain}.",
            explanation=(
                f"{share} of the live values (95 % interval {percent(part.low)} to {percent(part.high)}) "
                f"{'are' if sure else 'could be'} distributed like training's values after the conversion; the others are "
                f"like training. The median of all is {now} live and {before} in training"
                f"{', so it hardly shows it' if part.share < 0.3 else ''}."
            ),
            evidence=tuple(evidence),
            ruled_out=tuple(ruled_out),
            fix=_convert(name, way, place) if sure else self._ask(f"{part.side} {cut}"),
        )

    def _ask(self, where: str) -> str:
        """What to do about values that may as well be those of other patients."""
        units = self.part.candidate.units
        unit = unit_words(units[0][0]) if units else "another unit"
        return (
            f"Ask the sender whether {self.name} values {where} are in {unit}. Convert "
            "only those of which the sender says so: the values alone do not tell, and a real value that is converted is a "
            "wrong one."
        )


def _convert(name: str, way: Candidate, place: Place) -> str:
    if not way.units and not way.slip:
        return f"Ask the sender in which unit {name} is written{place.words}, convert it at intake, and send the unit with it."
    return f"Convert {name}{place.words} at intake ({scaled_words(*way.back)}) and have the unit sent with every value."


@dataclass(frozen=True)
class OwnUnit:
    """Live values between two bounds in which the other measurement would lie if written in this one's unit, as shares."""

    low: float
    high: float
    train: float
    live: float


@dataclass(frozen=True, kw_only=True)
class OtherMeasurement(PlacedFacts):
    """A group of low values is another measurement. ``own`` and ``other`` are title and unit of both.

    ``centre`` is the median of the group, ``rows`` of it lie below ``cut``, ``inside`` (0 to 1) of these between ``usual``.
    ``converted`` is the level that this measurement would have in the other's unit. ``medians`` of training and live.
    """

    kind: Kind = Kind.UNIT_MIX
    verdict: Verdict = Verdict.ALARM
    effect: Effect
    own: tuple[str, str]
    other: tuple[str, str]
    cut: float
    rows: int
    inside: float
    usual: tuple[float, float]
    centre: float
    converted: float | None
    medians: tuple[float, float]
    own_unit: OwnUnit | None

    def words(self) -> Words:
        """Say what else was sent under the name, and that multiplying does not repair it."""
        name, cut, further = self.name, number(self.cut), self.own_unit
        (own, unit), (other, other_unit) = self.own, self.other
        low, high = map(number, self.usual)
        train, live = map(number, self.medians)
        share = percent(self.effect.live)
        evidence = [
            f"{self.rows:,} live values lie below {cut}, where training has next to none",
            f"{percent(self.inside)} of them lie between {low} and {high} {other_unit}",
        ]
        if further:
            evidence.append(
                f"a further {percent(further.live)} lie between {number(further.low)} and {number(further.high)}, where {other} "
                f"in {unit} would lie (in training {percent(further.train)}); setting the low values to missing leaves them"
            )
        return Words(
            title=(
                f"{share} of live {name} values{self.place.words} are {other} in {other_unit}, not {own} in {unit} "
                f"({sizes_of(self.effect)})"
            ),
            plain=(
                f"{'A few' if is_small(self.rows) else share} of the live {readable(name)} values{self.place.plain} are {other}, "
                f"which is another measurement than {own}."
            ),
            explanation=(
                f"Live values have two groups: one like training, and one around {number(self.centre)}, the usual level of "
                f"{other}. The median of all hardly moves: {live} live, {train} in training. {other.capitalize()} is another "
                f"measurement: multiplying it does not make it {own}."
            ),
            evidence=tuple(evidence),
            ruled_out=(
                f"{own} in {other_unit}: those values would lie around "
                f"{number(self.converted) if self.converted else 'another level'}",
                "a stand-in for missing: the values are spread, not one repeated number",
            ),
            fix=f"Send {other} as a column of its own; until then set {name} below {cut} to missing.",
        )


@dataclass(frozen=True)
class Label:
    """The label of a unit that changed: ``units`` are the old and the new one (UCUM), ``written`` as they stand in the data.

    ``of`` is what is measured, in the last of ``columns``. The first holds the label; where the unit stands in the ``header``,
    ``columns`` are the old and the new header. ``rows`` of ``n`` carry the new unit in training and live.
    """

    columns: tuple[str, str]
    of: str
    units: tuple[str, str]
    written: tuple[str, str]
    rows: tuple[int, int]
    n: tuple[int, int]

    @property
    def share(self) -> float:
        """Share of live rows with the new unit, 0 to 1."""
        return self.rows[1] / self.n[1]

    @property
    def header(self) -> bool:
        """Whether the unit stands in the header of the column itself."""
        return self.columns == self.written


@dataclass(frozen=True, kw_only=True)
class UnitLabel(Facts):
    """The label of a unit changed and the values did not, or (``cannot_judge``) do not say.

    ``medians`` are those of the values in training and live, ``expected`` is training's in the new unit.
    """

    kind: Kind = Kind.UNIT_CHANGE
    effect: Effect
    label: Label
    medians: tuple[float, float]
    expected: float | None

    def words(self) -> Words:
        """Say what the label says now, and what the values say."""
        known, of, (first, second) = self.verdict is Verdict.ALARM, self.label.of, self.columns
        old, new = map(unit_words, self.label.units)
        train, live = map(number, self.medians)
        said = f"{first} says {new} in {percent(self.label.share)} of live rows, in training {old}"
        if self.label.header:
            said = f"{second} arrives instead of {first}"
        medians = f"median of {of} {live} live, {train} in training; {sizes_of(self.effect)}"
        evidence, ruled_out = [], []
        explanation = (
            "The unit has no known conversion, both units overlap, or too few rows carry it."
        )
        ending, fix = (
            "whether the values moved with it cannot be told",
            f"Ask the sender of {of} in which unit the values are.",
        )
        plain = "whether the values changed with it could not be judged, because the values do not tell the two apart."
        if self.expected is not None:
            evidence.append(
                f"converted to {new}, training's median would be {number(self.expected)}"
            )
        if known:
            ending, plain = "but the values did not move", "the values did not change with it."
            ruled_out.append(
                f"values in {new}: live values are distributed as in training, unconverted"
            )
            fix = (
                f"Ask the sender which of the two is right; until then read {of} in {old} as before, and refuse a label that does "
                "not fit its values at intake."
            )
        if known and self.expected is not None:
            explanation = (
                f"Values that were converted would lie around {number(self.expected)} {new}. Either the label is wrong or the "
                "conversion was forgotten, and whoever converts by the label makes good values wrong."
            )
        return Words(
            title=f"{said}; {ending} ({medians})",
            plain=f"The unit of {readable(of)} is now given as {new} instead of {old}; {plain}",
            explanation=explanation,
            evidence=tuple(evidence),
            ruled_out=tuple(ruled_out),
            fix=fix,
        )

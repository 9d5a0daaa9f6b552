"""What is said of number columns: limits, rounding, repeated values, impossible and extreme ones, exchanged columns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from golive.model.facts import Facts, Words
from golive.model.finding import Effect
from golive.model.kinds import Kind, Verdict
from golive.wording.numbers import (
    cell,
    change_words,
    number,
    p_value,
    percent,
    plain_share,
    points,
    sizes_of,
    unit_words,
    values_of,
)
from golive.wording.place import PlacedFacts
from golive.wording.text import opening, readable


@dataclass(frozen=True, kw_only=True)
class LimitChanged(Facts):
    """One side ends at ``limit`` (``upper``: at its top), the other goes on: ``beyond`` of its values, up to ``end``.

    ``spike`` values of the side that ends (``training_cut``: training) lie at the limit; 0 where it ends without a spike.
    """

    kind: Kind = Kind.LIMIT_CHANGED
    effect: Effect
    limit: float
    unit: str | None
    upper: bool
    training_cut: bool
    beyond: int
    end: float
    spike: int

    @property
    def share(self) -> float:
        """Share of the values of the side that goes on which lie beyond the limit, 0 to 1."""
        return self.beyond / (self.effect.n_live if self.training_cut else self.effect.n_train)

    def words(self) -> Words:
        """Say which side is cut, and what to do to make both alike."""
        name, limit, n = self.name, number(self.limit), (self.effect.n_train, self.effect.n_live)
        value = f"{limit} {unit_words(self.unit)}" if self.unit else limit
        side, least = ("above", "at most") if self.upper else ("below", "at least")
        n_cut, n_other = n if self.training_cut else (n[1], n[0])
        cut, other = ("training", "live data") if self.training_cut else ("live data", "training")
        spike = (
            f", where {cell(self.spike, n_cut)} of its values lie"
            if self.spike
            else ", with no tail"
        )
        share = plain_share(self.beyond, n_other)
        where = ("in the training data", "live") if self.training_cut else ("live", "training")
        return Words(
            title=(
                f"{cell(self.beyond, n_other)} of {where[1]} {name} values lie {side} {value}; in {cut} every value is {least} "
                f"{limit} ({sizes_of(self.effect)})"
            ),
            plain=(
                f"No {readable(name)} value in {'the training data' if self.training_cut else 'live data'} lies {side} {value}; "
                f"{share} of the {where[1]} values do."
            ),
            explanation=(
                f"{opening(cut)} ends abruptly at {value}{spike}: values beyond were set to it, left out or could not be "
                f"measured. {opening(other)} holds them as they are, so the same patient looks different to the model."
            ),
            evidence=(f"{cut} ends at {limit}, {other} at {number(self.end)}",),
            ruled_out=(
                "chance: a tail that merely grew longer would have thinned out before the limit",
            ),
            fix=(
                f"Cut live {name} at {value} as in training, or train on values that are not cut."
                if self.training_cut
                else f"Find out why live {name} stops at {value} (a new device or a rule of the feed), and do the same to training."
            ),
        )


@dataclass(frozen=True, kw_only=True)
class RoundingChanged(Facts):
    """``effect`` is the share of coarse values: of at most ``decimals`` decimals, or heaped on multiples of ``step``.

    ``without_zeros``: values of 0 are left out, because a zero is whole however finely the others are written.
    """

    kind: Kind = Kind.ROUNDING_CHANGED
    verdict: Verdict = Verdict.WATCH
    effect: Effect
    coarser: bool
    decimals: int = 0
    step: int | None = None
    without_zeros: bool = False

    def words(self) -> Words:
        """Say how coarse the values are on both sides."""
        name, before, now = self.name, percent(self.effect.train), percent(self.effect.live)
        what = f"written with at most {self.decimals} decimal{'s' if self.decimals > 1 else ''}"
        if self.step:
            what = f"heaped on multiples of {self.step}"
        elif not self.decimals:
            what = "whole numbers"
        values = "values that are not 0" if self.without_zeros else "values"
        effect = self.effect
        than, how = ("coarser", "coarsely") if self.coarser else ("finer", "finely")
        shares = ((effect.train, effect.n_train), (effect.live, effect.n_live))
        few, many = (plain_share(round((share or 0.0) * n), n) for share, n in shares)
        return Words(
            title=(
                f"{name} is recorded {than}: {now} of live {values} are {what}; in training {before} "
                f"({sizes_of(effect)})"
            ),
            plain=(
                f"{opening(readable(name))} is recorded more {how} than in training: {many} of the live {values} are {what}, "
                f"in training {few}."
            ),
            explanation=(
                "Another device, form or export rounds differently. The values keep their meaning, but a model that cuts at a "
                "value, or learnt from the last digit, sees other patients on either side of it."
            ),
            evidence=(change_words(self.effect),),
            ruled_out=(
                "other patients: they would change the values, not how many decimals are written",
            ),
            fix=f"Ask the sender of {name} for the precision training has, or round training to the coarser one and refit.",
        )


@dataclass(frozen=True, kw_only=True)
class StuckValue(Facts):
    """One ``value`` repeats: ``rows`` of training and live hold it, ``whole``: all live ones.

    ``next_best`` is by how much the share of the value next to it in growth rose (0 to 1).
    """

    kind: Kind = Kind.STUCK_VALUE
    effect: Effect
    value: float
    rows: tuple[int, int]
    whole: bool
    next_best: float

    def words(self) -> Words:
        """Say how many rows hold the value, and what may have put it there."""
        name, value, n = self.name, number(self.value), (self.effect.n_train, self.effect.n_live)
        everything = f"Every live value of {name} is"
        share = plain_share(self.rows[1], n[1])
        plain = f"{opening(share)} of the live {readable(name)} values are"
        return Words(
            title=(
                f"{everything if self.whole else f'{percent(self.effect.live)} of live {name} values are'} exactly {value}; in "
                f"training {cell(self.rows[0], n[0])} ({sizes_of(self.effect)})"
            ),
            plain=(
                f"{f'Every live value of {readable(name)} is' if self.whole else plain} exactly {value}, which may be a device "
                "that stands still or a default in place of a measurement."
            ),
            explanation=(
                "One ordinary value occurs far more often than its neighbours and than in training: a sensor that stands still, "
                "a copied entry, or a default put in place of a missing measurement. The rows look measured and are not."
            ),
            evidence=(
                f"its share grew by {points(self.effect.change)}; that of the next value by {points(self.next_best)}",
            ),
            ruled_out=(
                "coarser rounding: it would lift many values at once",
                "a limit: the value lies inside the range",
            ),
            fix=f"Ask whether {value} is a default or a stuck device for {name}, and send null where nothing was measured.",
        )


@dataclass(frozen=True, kw_only=True)
class ColumnsExchanged(Facts):
    """Two columns that were exchanged in the share ``effect`` of live ``rows``; ``whole``: in all of them.

    ``shares`` (0 to 1) are how much of each looks like the other, ``medians`` those of both in training and then live.
    """

    kind: Kind = Kind.COLUMN_SWAP
    verdict: Verdict = Verdict.ALARM
    effect: Effect
    rows: int
    whole: bool
    shares: tuple[float, float]
    medians: tuple[tuple[float, float], tuple[float, float]]
    p: float

    def words(self) -> Words:
        """Say that each column looks like the other, and by the same share."""
        a, b = self.columns
        first, second = map(percent, self.shares)
        (train_a, train_b), (live_a, live_b) = (map(number, side) for side in self.medians)
        much = "" if self.whole else f" in about {percent(self.effect.live)} of live rows"
        share = plain_share(self.rows, self.effect.n_live)
        share = "a few" if share == "a few" else f"about {percent(self.effect.live)}"
        return Words(
            title=f"{a} and {b} are exchanged{much} ({sizes_of(self.effect)})",
            plain=(
                f"{opening(readable(a))} and {readable(b)} are exchanged in "
                f"{'live data' if self.whole else f'{share} of the live records'}."
            ),
            explanation=(
                f"{first} of the live {a} values are distributed like training's {b}, and {second} of the live {b} values like "
                f"training's {a}: the same share, so the two were exchanged on their way."
            ),
            evidence=(
                f"medians in training {train_a} and {train_b}, live {live_a} and {live_b}",
                f"{p_value(self.p)} that both changed by chance",
            ),
            ruled_out=(
                "other patients: they would not make each column look like the other by the same share",
            ),
            fix=f"Check the mapping of {a} and {b} in the feed, and swap them back.",
        )


class Tier(StrEnum):
    """What values outside limits are: impossible, extreme, or (where no limits are known) far outside anything known."""

    IMPOSSIBLE = "impossible"
    EXTREME = "extreme"
    UNKNOWN = "far outside anything training held"


@dataclass(frozen=True)
class Outside:
    """``rows`` of training and live outside ``limits`` (in ``unit``, UCUM), of which ``below`` and ``above`` them.

    ``known_for`` is the measurement whose limits these are; empty where they were declared for the column.
    """

    tier: Tier
    limits: tuple[float, float]
    unit: str
    known_for: str
    below: tuple[int, int]
    above: tuple[int, int]
    rows: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class OutsideLimits(PlacedFacts):
    """Values outside limits, more often live than in training; ``p`` is adjusted for all limits of all columns."""

    effect: Effect
    outside: Outside
    p: float

    def words(self) -> Words:
        """Say how many values lie outside which limits, where, and whether they can be true."""
        name, o, n = self.name, self.outside, (self.effect.n_train, self.effect.n_live)
        limits = f"outside {number(o.limits[0])} to {number(o.limits[1])}{f' {unit_words(o.unit)}' if o.unit else ''}"
        train = cell(o.rows[0], n[0]) if o.rows[0] else "none"
        sides = (("below", o.limits[0], o.below), ("above", o.limits[1], o.above))
        share = opening(plain_share(o.rows[1], n[1]))
        fix = f"Let a clinician review {name} values {limits}; extreme patients are real, so remove nothing by rule."
        if o.tier is Tier.IMPOSSIBLE:
            fix = f"Send {name} values {limits} back to their source; until they are right, treat them as missing."
        return Words(
            title=(
                f"{values_of(o.rows[1], n[1], name)}{self.place.words} are {o.tier} ({limits}); in training {train} "
                f"({sizes_of(self.effect)})"
            ),
            plain=f"{share} of the live {readable(name)} values{self.place.plain} are {o.tier} ({limits}).",
            explanation=_explanation(o),
            evidence=(
                *(
                    f"{side} {number(limit)}: {cell(rows[1], n[1])} live, {cell(rows[0], n[0])} in training"
                    for side, limit, rows in sides
                    if rows[1]
                ),
                f"adjusted {p_value(self.p)}",
            ),
            ruled_out=("a stand-in for missing such as -1 or 999: those are counted apart",),
            fix=fix,
        )


def _explanation(o: Outside) -> str:
    if o.tier is Tier.UNKNOWN:
        return (
            "No limits are known for this column. The values lie further from training's range than that range is wide: a model "
            "has no experience there."
        )
    # per minute, as a fraction, in mg/dL
    unit = unit_words(o.unit)
    given = unit if unit.startswith(("per ", "as ")) else f"in {unit}"
    source = f"known for {o.known_for} in adults{f', {given} as in training' if o.unit else ''}"
    source = source if o.known_for else "declared for this column"
    if o.tier is Tier.EXTREME:
        return f"The limits are {source}. Such values occur in very sick patients, so they are listed for review, never removed."
    return f"The limits are {source}. No patient has such a value, so it was entered, sent or converted wrongly."

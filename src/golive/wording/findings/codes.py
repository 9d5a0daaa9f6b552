"""What is said of codes and categories: another code system, another way of writing, another release, values never seen."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from golive.model.errors import Problem
from golive.model.facts import Facts, Words
from golive.model.finding import Effect
from golive.model.kinds import Kind, Verdict
from golive.model.profile import is_small
from golive.wording.findings.shares import SomeRows
from golive.wording.numbers import (
    before_words,
    p_value,
    part_of,
    percent,
    points,
    rows,
    sizes,
    sizes_of,
    values_of,
)
from golive.wording.place import PlacedFacts
from golive.wording.text import listing, opening, readable

Way = Literal["bare", "marked", "lists", "unpadded", "untidy"]
"""How codes are written: without or with dot and hyphens, several in a field, without leading zeros, in lower case."""
_WAYS: Mapping[Way, tuple[str, str]] = {
    "bare": ("written without dot or hyphens", "put the dot back or take it out everywhere"),
    "marked": ("written with dot or hyphens", "put the dot in or take it out everywhere"),
    "lists": ("several codes in one field", "one code a row, or one column for each position"),
    "unpadded": ("without their leading zeros", "read the field as text, so that no zero is lost"),
    "untidy": ("in lower case or with blanks around them", "trim blanks and use upper case"),
}
"""Way -> how it is said, and what to do at intake."""


@dataclass(frozen=True, kw_only=True)
class CodesUnchecked(Facts):
    """Codes that cannot be checked: ``few`` of them, or a system that is not known; ``problem`` is what a declaration has."""

    kind: Kind = Kind.CODE_INVALID
    verdict: Verdict = Verdict.CANNOT_JUDGE
    n: tuple[int, int]
    least: int
    few: bool
    problem: str

    def words(self) -> Words:
        """Say what is missing to check them."""
        name = self.name
        why = self.problem or (
            f"the values have the shape of no code system that is known here; declare columns.{name}.system"
        )
        reason = "the code system they belong to is not known"
        if self.few:
            why, reason = f"fewer than {self.least} codes on a side", "there are too few of them"
        return Words(
            title=f"The codes of {name} cannot be checked: {why} ({sizes(*self.n)})",
            plain=f"Whether the {_codes(name)} are right could not be judged, because {reason}.",
            fix=""
            if self.few
            else f"Say in the configuration which code system {name} holds, or that it is a category.",
        )


@dataclass(frozen=True, kw_only=True)
class Codes(PlacedFacts):
    """A share of the codes of a column whose codes in training are of ``system`` (its title).

    ``p`` is adjusted for all columns.
    """

    effect: Effect
    system: str
    rows_affected: int | None = None
    p: float = 1.0

    def _part(self, what: str = "") -> str:
        part = part_of(self.rows_affected, self.effect.n_live, what or f"live {_codes(self.name)}")
        return f"{opening(part)}{self.place.plain}"


@dataclass(frozen=True)
class SystemSeen:
    """What live data holds of one code system: its title, ``rows``, different ``codes``, and some of 11 rows or more.

    ``checked``: the check digit fits as well as the shape.
    """

    title: str
    rows: int
    codes: int
    examples: tuple[str, ...]
    checked: bool


@dataclass(frozen=True, kw_only=True)
class OtherSystem(Codes):
    """Codes of other systems, most rows first.

    ``late`` is the first year of live data and the day from which ICD-10-CM is required, where ICD-9-CM was found after it.
    """

    seen: tuple[SystemSeen, ...]
    late: tuple[int, date] | None

    def words(self) -> Words:
        """Name the systems, what proves them, and where they come from."""
        name, own, place, titles = self.name, self.system, self.place, [s.title for s in self.seen]
        evidence = []
        for one in self.seen:
            proof = "shape and check digit" if one.checked else "shape"
            examples = f", such as {listing(one.examples)}" if one.examples else ""
            evidence.append(
                f"{one.rows:,} rows with {one.codes:,} codes have the {proof} of {one.title}{examples}"
            )
        if place.sites:
            evidence.append(
                f"{percent(place.site_share)} of the codes of {listing(place.sites, 3)} are concerned; others: {place.others}"
            )
        ruled_out = [f"unusual but valid {own} codes: the values do not have its shape"]
        if self.late:
            year, start = self.late
            ruled_out.append(
                f"visits of the ICD-9-CM years: all live rows are from {year} or later, and ICD-10-CM is required in the United "
                f"States since {start.day} {start:%b %Y}"
            )
        sender = f"site {place.sites[0]}" if len(place.sites) == 1 else "the sending systems"
        return Words(
            title=(
                f"{percent(self.effect.live)} of live {name} codes are {listing(titles)} instead of {own}{place.words}; "
                f"in training {before_words(self.effect)} are ({sizes_of(self.effect)})"
            ),
            plain=f"{self._part()} are {listing(titles)} instead of {own}.",
            explanation=(
                f"A model that learnt {own} codes has never seen these and treats them in whatever way its encoding happens to. "
                "The patients need not differ at all."
            ),
            evidence=(*evidence, f"adjusted {p_value(self.p)}"),
            ruled_out=tuple(ruled_out),
            fix=(
                f"Map {titles[0]} to {own} at intake with a dated crosswalk, pin system and release in the input contract, and "
                f"ask {sender} to switch."
            ),
        )


@dataclass(frozen=True, kw_only=True)
class SameSystem(Codes):
    """No more codes of another system than in training."""

    kind: Kind = Kind.CODE_SYSTEM_MIX
    verdict: Verdict = Verdict.QUIET

    def words(self) -> Words:
        """Say which system, and how many codes are of another."""
        name, effect, own = self.name, self.effect, self.system
        others = "none is of another system"
        if effect.live:
            others = f"no more of another system than in training ({percent(effect.live)} and {percent(effect.train)})"
        return Words(
            title=f"The live codes of {name} are {own} as in training; {others} ({sizes_of(effect)})",
            plain=f"The live {_codes(name)} are {own}, as in training.",
        )


@dataclass(frozen=True, kw_only=True)
class OtherWriting(Codes):
    """Codes written in another ``way``; ``changed`` are all ways that changed, with the live share and its change."""

    kind: Kind = Kind.CODE_FORMAT_CHANGE
    way: Way
    changed: Mapping[Way, tuple[float, float]]

    def words(self) -> Words:
        """Say how they are written, and that they mean the same."""
        name, effect, (way, remedy) = self.name, self.effect, _WAYS[self.way]
        hold = "hold" if self.way == "lists" else "are"
        then = f"{before_words(effect)} {'is' if effect.train else 'are'}"
        return Words(
            title=f"{percent(effect.live)} of live {name} codes are {way}{self.place.words}; in training {then} ({sizes_of(effect)})",
            plain=f"{self._part()} {hold} {way}, more than in training.",
            explanation="The codes mean the same, but a look-up by text does not find them, so they count as never seen.",
            evidence=(
                *(
                    f"{percent(share)} {_WAYS[one][0]}, change {points(change)}"
                    for one, (share, change) in self.changed.items()
                ),
                f"adjusted {p_value(self.p)}",
            ),
            ruled_out=(
                f"another code system: the values are {self.system} once they are written in one way",
            ),
            fix=f"Write the codes of {name} in one way at intake ({remedy}), on both sides.",
        )


@dataclass(frozen=True, kw_only=True)
class SameWriting(Codes):
    """Codes are written as in training."""

    kind: Kind = Kind.CODE_FORMAT_CHANGE
    verdict: Verdict = Verdict.QUIET

    def words(self) -> Words:
        """Say so."""
        name = self.name
        return Words(
            title=f"The codes of {name} are written as in training ({sizes_of(self.effect)})",
            plain=f"The live {_codes(name)} are written as in training.",
        )


@dataclass(frozen=True, kw_only=True)
class InvalidCodes(Codes):
    """Values that are codes of no known system; ``wrong`` rows of them have the right shape and a wrong check digit."""

    kind: Kind = Kind.CODE_INVALID
    rows_affected: int
    wrong: int

    def words(self) -> Words:
        """Say how many, and what is wrong with them."""
        name, own, place, wrong = self.name, self.system, self.place.words, self.wrong
        digit = (f"{wrong:,} rows have the right shape but a wrong check digit",) if wrong else ()
        return Words(
            title=(
                f"{percent(self.effect.live)} of live {name} values are no {own} codes, nor of another known system{place} "
                f"({sizes_of(self.effect)})"
            ),
            plain=f"{self._part(f'live {readable(name)} values')} are not {own} codes, nor codes of another known system.",
            explanation="Local codes, text or damaged codes: they carry no meaning that a model or a look-up could use.",
            evidence=(
                *digit,
                f"{self.rows_affected - wrong:,} rows have no known shape",
                f"adjusted {p_value(self.p)}",
            ),
            fix=f"Ask who fills {name} for a map from the local codes, and refuse at intake what has no valid shape.",
        )


@dataclass(frozen=True, kw_only=True)
class ValidCodes(Codes):
    """No more values without a code than in training; ``checked``: the system has a check digit."""

    kind: Kind = Kind.CODE_INVALID
    verdict: Verdict = Verdict.QUIET
    checked: bool

    def words(self) -> Words:
        """Say how many have the shape of codes."""
        name, wrong = self.name, self.effect.live
        every, plain = "Every live value", f"All live {_codes(name)} have the form of valid codes."
        if wrong:
            every = f"{percent(1 - wrong)} of live values"
            plain = f"No more of the live {_codes(name)} are invalid than chance and the training data explain."
        return Words(
            title=(
                f"{every} of {name} {'have' if wrong else 'has'} the shape{' and check digit' if self.checked else ''} of "
                f"{self.system} or another code system ({sizes_of(self.effect)})"
            ),
            plain=plain,
        )


@dataclass(frozen=True, kw_only=True)
class OtherRelease(Codes):
    """Codes of another release; each subclass is a way to find that out. ``p`` is not adjusted.

    ``examples`` are codes of 11 rows or more that only live data holds; ``unread`` are release files that cannot be used.
    """

    kind: Kind = Kind.CODE_RELEASE_GAP
    examples: tuple[str, ...]
    unread: tuple[Problem, ...] = ()

    @abstractmethod
    def _what(self) -> str:
        """What shows another release."""

    @abstractmethod
    def _proof(self) -> list[str]:
        """The evidence that is this way's own."""

    def _ruled_out(self) -> tuple[str, ...]:
        return ()

    def words(self) -> Words:
        """Say what shows it, and that both sides must agree on a release."""
        name, own = self.name, self.system
        are = "are" if self.verdict is Verdict.ALARM else "may be"
        return Words(
            title=(
                f"{name} is coded in another release of {own} than in training{self.place.words}: {self._what()} "
                f"({sizes_of(self.effect)})"
            ),
            plain=f"Some live {_codes(name)}{self.place.plain} {are} of another release of {own} than those of training.",
            explanation=(
                "Codes are added, split and retired every October and April. A model that was trained on one release has never "
                "seen the codes of the next, and its feature empties without an error."
            ),
            evidence=(*self._proof(), p_value(self.p), *_left_out(self.unread)),
            ruled_out=self._ruled_out(),
            fix=(
                f"Map the codes of {name} to the release of training with a dated crosswalk, or retrain on the new one; pin the "
                "release in the input contract and look again each 1 October and 1 April."
            ),
        )


@dataclass(frozen=True, kw_only=True)
class OutsideRelease(OtherRelease):
    """Codes that are not in the release (``before``) that fits training best; ``now`` fits live data best, as do ``fits``.

    ``outside`` are the shares (0 to 1) of training and live codes that ``now`` lacks; ``newer``: live data holds the new ones.
    """

    before: str
    now: str
    fits: tuple[str, ...]
    outside: tuple[float, float]
    newer: bool

    def _what(self) -> str:
        if self.before != self.now:
            return f"live codes fit {' or '.join(self.fits)}, training codes {self.before}"
        return (
            f"{'live' if self.newer else 'training'} data holds codes that {self.now} does not have"
        )

    def _proof(self) -> list[str]:
        evidence = [
            f"{percent(self.effect.live)} of live codes are not in {self.before}; of training codes {percent(self.effect.train)}"
        ]
        if self.before != self.now:
            train, live = map(percent, self.outside)
            evidence.append(
                f"{train} of training codes are not in {self.now}; of live codes {live}"
            )
        return evidence + _examples("only live", self.examples)

    def _ruled_out(self) -> tuple[str, ...]:
        return ("another code system: the codes have the shape of this one",)


@dataclass(frozen=True, kw_only=True)
class NotYetThere(OtherRelease):
    """Codes that exist only since ``days``, all after ``last``, the last day of training."""

    last: date
    days: tuple[date, ...]

    def _what(self) -> str:
        return "live data holds codes that did not exist when training ended"

    def _proof(self) -> list[str]:
        last, *days = (f"{day.day} {day:%b %Y}" for day in (self.last, *self.days))
        days_of = f"training ends on {last}; the codes exist since {listing(days, 3)}"
        return [days_of, *_examples("new", self.examples)]


@dataclass(frozen=True, kw_only=True)
class SameCategories(OtherRelease):
    """Codes never seen in training in categories that are as frequent as ever.

    Shares are 0 to 1: ``new_categories`` of live codes are of categories never seen, ``categories`` categories have ``shares``
    of training and live codes; ``short`` rows are codes at category level.
    """

    new_categories: float
    categories: int
    shares: tuple[float, float]
    short: int

    def _what(self) -> str:
        return "live data codes the same categories with other codes: another release or another granularity"

    def _proof(self) -> list[str]:
        train, live = map(percent, self.shares)
        evidence = [
            f"{percent(self.effect.live)} of live codes were never seen in training, of their categories {percent(self.new_categories)}",
            f"the {self.categories} categories concerned hold {train} of training and {live} of live codes",
        ]
        if self.short and not is_small(self.short):
            evidence.append(
                f"{self.short:,} rows are at category level, which is valid and less exact"
            )
        return evidence + _examples("new", self.examples)

    def _ruled_out(self) -> tuple[str, ...]:
        return ("other patients: the categories are as frequent as in training",)


@dataclass(frozen=True, kw_only=True)
class SameRelease(Codes):
    """Nothing shows another release; ``known`` are the releases that were looked at."""

    kind: Kind = Kind.CODE_RELEASE_GAP
    verdict: Verdict = Verdict.QUIET
    known: tuple[str, ...]
    unread: tuple[Problem, ...]

    def words(self) -> Words:
        """Say what was looked at."""
        name, own = self.name, self.system
        looked = (
            f" (looked at {listing(self.known, 4)})"
            if self.known
            else "; both sides use the same codes"
        )
        return Words(
            title=f"The {own} codes of {name} show no other release than training ({sizes_of(self.effect)})",
            plain=f"Nothing shows that the live {_codes(name)} are of another release of {own} than those of training.",
            explanation=f"No codes that training's release lacks, and no codes that replaced others of their category{looked}.",
            evidence=_left_out(self.unread),
        )


@dataclass(frozen=True, kw_only=True)
class NeverSeen(SomeRows):
    """Live values that training never held: ``named`` those of 11 rows or more, ``rare`` how many others.

    ``effect`` is their share, without one of 1 to 10 rows; ``chance`` (0 to 1) is what a training set of this size may miss;
    ``p`` is adjusted for all columns.
    """

    kind: Kind = Kind.UNSEEN_CATEGORY
    named: tuple[str, ...]
    rare: int
    chance: float
    p: float

    def words(self) -> Words:
        """Name the values, and what chance explains."""
        name, count, n = self.name, self.rows_affected, self.effect.n_live
        new = len(self.named) + self.rare
        values = [listing([f"'{v}'" for v in self.named])] if self.named else []
        if self.rare:
            values.append(f"{self.rare} values with fewer than 11 rows each")
        return Words(
            title=f"{values_of(count, n, name)} never occur in training ({sizes_of(self.effect)})",
            plain=f"{self.value_part()} never occur in training, so a model has not learnt what they mean.",
            explanation=(
                f"New values: {' and '.join(values)}. A training set of this size may miss up to {percent(self.chance)} by "
                "chance. A model treats a value it never saw in whatever way its encoding happens to."
            ),
            evidence=(
                f"{new} new value{'' if new == 1 else 's'} in {rows(count)}",
                f"adjusted {p_value(self.p)}",
            ),
            fix=f"Map the new values of {name} to those of training, or retrain with them.",
        )


def _codes(name: str) -> str:
    """``discharge diagnosis codes``, and no "code codes"."""
    title = readable(name)
    return f"{title}s" if title.lower().endswith("code") else f"{title} codes"


def _examples(what: str, codes: tuple[str, ...]) -> list[str]:
    return [f"{what}: {listing(codes)}"] if codes else []


def _left_out(unread: tuple[Problem, ...]) -> tuple[str, ...]:
    return tuple(
        f"release file left out: {p.sentence} ({p.where.rsplit('/', 1)[-1]})" for p in unread
    )

"""What is said of values that are written otherwise than in training: dates, numbers as text, other spellings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from golive.model.facts import Words
from golive.model.kinds import Kind
from golive.model.profile import is_small
from golive.wording.findings.shares import SomeRows
from golive.wording.numbers import before_words, p_value, percent, plural, rows, sizes_of, values_of
from golive.wording.place import PlacedFacts
from golive.wording.text import listing, opening, readable


class Form(StrEnum):
    """How a value that is no plain number is written, in words for titles."""

    CENSORED = "limits such as <0.5"
    RANGE = "ranges such as 3-5"
    COMPOUND = "two values in one, such as 120/80"
    COMMA = "decimal commas"
    THOUSANDS = "thousands separators"
    SCIENTIFIC = "powers of ten such as 1.2 x 10^3"
    PERCENT = "percent signs"
    UNIT = "units inside the value"
    FLAGGED = "flags beside the value, such as 5.1 H"
    ABOUT = "approximations such as ~5"
    COMMENT = "comments"
    OTHER = "other text"


_REMEDIES = {
    Form.CENSORED: "read '<0.5' as a value at the limit of the test, with a flag that says so",
    Form.RANGE: "send both ends of a range in fields of their own",
    Form.COMPOUND: "split pairs such as 120/80 into two fields",
    Form.COMMA: "read the comma as the decimal point of this source",
    Form.THOUSANDS: "drop the thousands separators",
    Form.SCIENTIFIC: "write powers of ten as numbers",
    Form.PERCENT: "drop the percent sign",
    Form.UNIT: "send the unit in a field of its own and convert where it differs",
    Form.FLAGGED: "send the flag in a field of its own",
    Form.ABOUT: "drop the sign of approximation, with a flag that says so",
    Form.COMMENT: "send comments in a field of their own",
    Form.OTHER: "ask the sender what these values mean",
}


@dataclass(frozen=True, kw_only=True)
class Rewritten(SomeRows, PlacedFacts):
    """A share of values written otherwise. ``p`` is adjusted for all columns."""

    p: float


@dataclass(frozen=True, kw_only=True)
class OtherDateFormat(Rewritten):
    """Dates not in ``usual``, training's format. ``formats`` are the others, most frequent first, with both shares (0 to 1).

    ``flip``: day and month change places; ``mixed``: live data holds the usual format too.
    """

    kind: Kind = Kind.DATE_FORMAT_CHANGE
    usual: str
    formats: Mapping[str, tuple[float, float]]
    flip: bool
    mixed: bool

    def words(self) -> Words:
        """Name the formats, and warn where a wrong day reads as a valid one."""
        name, flipped = self.name, ": day and month change places" if self.flip else ""
        shown = list(self.formats.items())[:4]
        return Words(
            title=(
                f"{percent(self.effect.live)} of live {name} dates are written as {listing(list(self.formats), 3)} instead of "
                f"{self.usual}{flipped} ({sizes_of(self.effect)})"
            ),
            plain=(
                f"{self.part(f'live {readable(name)} dates')} are written in another format than in training"
                f"{', with day and month the other way round' if self.flip else ''}."
            ),
            explanation=(
                "Rows whose day is 12 or less read as a valid but wrong day, without an error, so the true share is larger than "
                "the share that shows."
                if self.flip and self.mixed
                else "A reader that expects the format of training fails on these, or reads day and month in the wrong order."
            ),
            evidence=(
                *(
                    f"{form}: {percent(now)} live, {percent(was)} in training"
                    for form, (was, now) in shown
                ),
                f"adjusted {p_value(self.p)}",
            ),
            ruled_out=("other dates: only the way of writing is compared, not the days",),
            fix=f"Send {name} as YYYY-MM-DD (ISO 8601) from every source, and refuse other formats at intake.",
        )


@dataclass(frozen=True, kw_only=True)
class NotNumbers(Rewritten):
    """Values of a number or date column that are neither. ``effect`` leaves out shares of 1 to 10 rows.

    ``forms`` and ``values`` (as they may be shown) are those seen with their rows, most frequent first; ``unread`` rows hold
    rarer values.
    """

    kind: Kind = Kind.FREE_TEXT_IN_STRUCTURED
    dates: bool
    forms: Mapping[Form, int]
    values: Mapping[str, int]
    unread: int

    def words(self) -> Words:
        """Say what stands there instead, and how to read each form."""
        name, effect, count = self.name, self.effect, self.rows_affected
        what = "dates" if self.dates else "plain numbers"
        forms = [str(f) for f, n in self.forms.items() if not is_small(n)]
        kinds = listing(forms or [str(next(iter(self.forms), Form.OTHER))], 3)
        then = (
            f"in training {before_words(effect)} were not"
            if effect.train != 0
            else "in training all were"
        )
        return Words(
            title=f"{values_of(count, effect.n_live, name)} are no {what} but {kinds}{self.place.words}; {then} ({sizes_of(effect)})",
            plain=f"{self.value_part()}{self.place.plain} are not {what} but {kinds}.",
            explanation="The values cannot be used as they are: they fail, or silently become missing.",
            evidence=(*self._seen(), f"adjusted {p_value(self.p)}"),
            fix=self._fix(what),
        )

    def _seen(self) -> list[str]:
        """Rows by form and the most frequent values; counts of 1 to 10 are not shown."""
        seen = [f"{n:,} rows: {form}" for form, n in self.forms.items() if not is_small(n)]
        if rare := sum(map(is_small, self.forms.values())):
            seen.append(f"{plural(rare, 'further form')} with fewer than 11 rows each")
        if top := [f"'{text}' ({n:,})" for text, n in self.values.items() if not is_small(n)]:
            seen.append(f"most frequent: {listing(top)}")
        if self.unread:
            seen.append(f"{rows(self.unread)} hold rarer values that were not read")
        return seen

    def _fix(self, what: str) -> str:
        steps = [_REMEDIES[form] for form in self.forms][:3]
        steps = steps or [f"make {self.name} a field for {what}"]
        refused = what.removesuffix("s").removeprefix("plain ")
        return f"{opening('; '.join(steps))}. Refuse at intake what is still no {refused}."


@dataclass(frozen=True)
class Spelled:
    """A value of training with its share there, live, and live with its other spellings counted in (0 to 1).

    Shares are ``None`` where one of them is of 1 to 10 rows.
    """

    value: str
    shares: tuple[float, float, float] | None


@dataclass(frozen=True, kw_only=True)
class OtherSpelling(Rewritten):
    """Live values that spell a value of training (``usual``) otherwise; ``shown`` are the spellings of 11 rows or more.

    ``guessed``: an abbreviation was taken for its value because the shares agree.
    """

    kind: Kind = Kind.SPELLING_VARIANTS
    usual: tuple[Spelled, ...]
    shown: tuple[str, ...]
    guessed: bool

    def words(self) -> Words:
        """Name the values and their spellings, and what proves that they are the same."""
        name, effect = self.name, self.effect
        values = listing([repr(one.value) for one in self.usual], 3)
        written = f" ({listing([repr(v) for v in self.shown])})" if self.shown else ""
        then = f"in training {before_words(effect)} are"
        evidence = [
            f"'{one.value}' was {percent(was)} in training and is {percent(now)} live, {percent(every)} with its other spellings"
            for one in self.usual[:5]
            if one.shares
            for was, now, every in [one.shares]
        ]
        if self.guessed:
            evidence.append(
                "an abbreviation was taken for its value because the shares agree; confirm it with the sender"
            )
        return Words(
            title=(
                f"{percent(effect.live)} of live {name} values are other spellings of {values}{written}{self.place.words}; "
                f"{then} ({sizes_of(effect)})"
            ),
            plain=(
                f"{self.value_part()}{self.place.plain} "
                f"{'may be' if self.guessed else 'are'} spelled otherwise than in training."
            ),
            explanation="People read them as one value; a model reads each spelling as a value of its own.",
            evidence=(*evidence, f"adjusted {p_value(self.p)}"),
            ruled_out=()
            if self.guessed
            else (
                "a value that training does not have: each is one of its values, written otherwise",
            ),
            fix=f"Map the spellings of {name} to those of training at intake, and offer a list instead of a text field.",
        )

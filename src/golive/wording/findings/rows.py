"""What is said of rows as such: days on which none came, times in the wrong order, repeated rows and keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from golive.model.facts import Facts, Words
from golive.model.finding import Effect
from golive.model.kinds import Kind, Verdict
from golive.model.profile import SMALL_CELL, is_small
from golive.wording.findings.shares import SomeRows
from golive.wording.numbers import (
    before_words,
    cell,
    of_live,
    part_of,
    percent,
    plural,
    rows,
    sizes_of,
)
from golive.wording.text import opening, readable


@dataclass(frozen=True, kw_only=True)
class FeedStopped(Facts):
    """Days from ``first`` to ``last`` on which ``seen`` rows came where about ``expected`` are usual.

    ``sender`` is the column of sites and one of them, ``None`` for the whole feed; ``deficit`` is how many times the usual
    day-to-day spread is lacking. A watch is a loss of less than half.
    """

    kind: Kind = Kind.FEED_STOPPED
    effect: Effect
    sender: tuple[str, str] | None
    first: date
    last: date
    seen: int
    expected: float
    deficit: float

    def words(self) -> Words:
        """Say who sent how little, and when."""
        length = (self.last - self.first).days + 1
        days = [f"{day.day} {day:%b}" for day in (self.first, self.last)][: min(length, 2)]
        span, seen = " to ".join(days), rows(self.seen) if self.seen else "no rows"
        who = plain_who = "The feed brought"
        if self.sender:
            column, site = self.sender
            who, plain_who = (opening(f"{name} {site} sent") for name in (column, readable(column)))
        less = (
            "far fewer records than usual"
            if self.verdict is Verdict.ALARM
            else "fewer records than usual"
        )
        when = f"from {span}" if length > 1 else f"on {span}"
        return Words(
            title=f"{who} {seen} on {span} ({plural(length, 'day')}) instead of about {self.expected:,.0f}",
            plain=f"{plain_who} {less if self.seen else 'no records'} {when}.",
            explanation=(
                "Patients of those days were not scored, and nothing in the other rows shows it."
                + (" The other senders went on." if self.sender else "")
            ),
            evidence=(
                f"{self.deficit:.1f} times the usual day-to-day spread below the usual number of rows",
                f"{span}, usually about {self.expected / length:,.0f} rows a day",
            ),
            ruled_out=(
                "a quiet weekend: each day is held against its own weekday where eight weeks are known",
            ),
            fix="Alarm on silence: fewer rows than expected per sender and hour.",
        )


@dataclass(frozen=True, kw_only=True)
class TimeOrder(SomeRows):
    """Rows in which the first column lies after the second; ``effect`` is their share, without one of 1 to 10 rows."""

    kind: Kind = Kind.TIME_ORDER

    def words(self) -> Words:
        """Say which time lies after which."""
        (earlier, later), effect = self.columns, self.effect
        part = part_of(self.rows_affected, effect.n_live, "live records")
        return Words(
            title=(
                f"In {_of(self.rows_affected, effect.n_live, 'live rows')} {earlier} lies after {later}; in training "
                f"{before_words(effect)} ({sizes_of(effect)})"
            ),
            plain=f"In {part}, {readable(earlier)} lies after {readable(later)}.",
            explanation=(
                "Times in the wrong order come from clocks, time zones or columns that were exchanged; lengths of stay and "
                "windows computed from them are wrong or negative."
            ),
            fix=f"Check clocks and time zones of {earlier} and {later}, and refuse rows in which they are out of order.",
        )


@dataclass(frozen=True, kw_only=True)
class FutureDates(SomeRows):
    """Values that lie after the day of the assessment; training has none."""

    kind: Kind = Kind.FUTURE_DATES

    def words(self) -> Words:
        """Say how many."""
        name, count, n = self.name, self.rows_affected, self.effect.n_live
        return Words(
            title=f"{opening(_of(count, n, f'live {name} values'))} lie in the future; in training none",
            plain=f"{self.value_part()} lie in the future.",
            explanation="Nothing can have been recorded after the day of this assessment: a wrong clock, year or date order.",
            fix=f"Check the clock and the date format of {name} at its source.",
        )


@dataclass(frozen=True, kw_only=True)
class Repeated(SomeRows):
    """Rows that repeat an earlier one, or a value of a key (``columns``); ``effect`` is without shares of 1 to 10 rows.

    ``cannot_judge``: the larger number of live rows alone may explain them.
    """

    def words(self) -> Words:
        """Say what is repeated, and whether that is a fault."""
        effect, count, n = self.effect, self.rows_affected, self.effect.n_live
        many = of_live(count, n) if is_small(count) else f"{count:,} live rows ({cell(count, n)})"
        what, plain = "repeat an earlier row exactly", "repeat an earlier record exactly"
        if self.columns:
            what = f"repeat a value of {self.name} that should be unique"
            plain = f"repeat a value of {readable(self.name)} that should be unique"
        explanation = "Repeated rows count the same patient or event more than once, and make every result look surer than it is."
        fix, said = "", f"{self.part()} {plain}."
        if self.verdict is Verdict.CANNOT_JUDGE:
            said = (
                "Whether the repeated live records are a fault could not be judged, because more records repeat by chance "
                "where there are more of them."
            )
            explanation = (
                "Training repeats rows too, and the more rows there are, the more of them are equal by chance. Live data has "
                "more rows than training, which alone could give this share, so it shows no fault and rules none out."
            )
            fix = "Add a column that identifies a record to both extracts, or compare with as many live rows as training has."
        elif self.verdict is not Verdict.QUIET:
            fix = "Find out whether the feed sends messages twice, and keep one of each."
        return Words(
            title=f"{many} {what}; in training {before_words(effect)} did ({sizes_of(effect)})",
            plain=said,
            explanation=explanation,
            fix=fix,
        )


def _of(count: int, n: int, what: str) -> str:
    if is_small(count):
        return f"a few (fewer than {SMALL_CELL}) of {n:,} {what}"
    return f"{percent(count / n)} of {what}"

"""What is said of missing values: more or fewer of them, a column that is empty, columns that go missing together."""

from __future__ import annotations

from dataclasses import dataclass

from golive.model.facts import Facts, Words
from golive.model.finding import Effect
from golive.model.kinds import Kind, Verdict
from golive.wording.findings.shares import SomeRows
from golive.wording.numbers import (
    before_words,
    change_words,
    number,
    of_live,
    p_value,
    percent,
    points,
    rows,
    sizes_of,
)
from golive.wording.text import listing, opening, readable


@dataclass(frozen=True, kw_only=True)
class MissingShare(Facts):
    """``effect`` is the share of rows without a value, 0 to 1; ``p`` is adjusted for all columns."""

    effect: Effect
    p: float

    def _evidence(self) -> tuple[str, ...]:
        return f"rows without a value: {change_words(self.effect)}", f"adjusted {p_value(self.p)}"


class MoreMissing(MissingShare):
    """Values that training had do not arrive."""

    def words(self) -> Words:
        """Say what share is missing, and where to look for it."""
        before, now, name = self.effect.train, self.effect.live, self.name
        then = "every row had one" if before == 0 else f"it was {percent(before)}"
        return Words(
            title=f"{percent(now)} of live rows have no {name}; in training {then} ({sizes_of(self.effect)})",
            plain=f"{opening(readable(name))} is missing in {percent(now)} of live records; in the training data {then}.",
            explanation="The model sees a gap, or the value put in its place, where training had a measurement.",
            evidence=self._evidence(),
            fix=f"Find where {name} is lost: not measured, not sent, or not mapped. Until then, agree on what the model does without it.",
        )


class FewerMissing(MissingShare):
    """A field is filled more often than in training."""

    def words(self) -> Words:
        """Say how much more often, and why that is no good news for a model."""
        before, now, name = 1 - (self.effect.train or 0.0), 1 - (self.effect.live or 0.0), self.name
        then = "no row had it" if before == 0 else f"{percent(before)} had it"
        return Words(
            title=f"{percent(now)} of live rows have {name}; in training {then} ({sizes_of(self.effect)})",
            plain=f"{opening(readable(name))} is recorded in {percent(now)} of live records; in the training data {then}.",
            explanation=(
                "A field that is filled more often is measured in other patients or by another rule than in training, and a model "
                "that learnt from the gap loses that signal."
            ),
            evidence=self._evidence(),
            fix=f"Ask what changed in how {name} is ordered or recorded, and check performance with and without it.",
        )


@dataclass(frozen=True, kw_only=True)
class NoValues(Facts):
    """No live row has a value; ``chance``: training had so few that this may be luck."""

    effect: Effect
    chance: bool = False

    def words(self) -> Words:
        """Say whether training had any, and what to do with the column."""
        had, name = 1 - (self.effect.train or 0.0), self.name
        lost = had > 0
        then = f"in training {percent(had)} of rows had one" if lost else "training had none either"
        explanation = "The column carries nothing on either side."
        if self.chance:
            explanation = "So few rows of training had one that live data of this size may hold none by chance."
        elif lost:
            explanation = "The column arrives, but it is empty in every row."
        return Words(
            title=f"No live row has a {name}; {then} ({sizes_of(self.effect)})",
            plain=self._plain(then.replace("rows", "records")),
            explanation=explanation,
            fix=f"Connect {name} to its source again."
            if lost
            else f"Leave {name} out of the model and of the contract.",
        )

    def _plain(self, then: str) -> str:
        name = readable(self.name)
        if self.verdict is not Verdict.CANNOT_JUDGE:
            return f"No live record has a value of {name}; {then}."
        why = "so few training records had one" if self.chance else "there are so few live records"
        return f"No live record has a value of {name}; what that means could not be judged, because {why}."


@dataclass(frozen=True, kw_only=True)
class MissingTogether(Facts):
    """Columns without a value in the same rows; ``rows`` and the bounds of their ``share`` (0 to 1) are of live data."""

    effect: Effect
    rows: int
    share: tuple[float, float]

    def words(self) -> Words:
        """Name the columns, and the one source to look for."""
        names, before, now = listing(self.columns), self.effect.train, percent(self.effect.live)
        then = "in none" if before == 0 else f"in at most {percent(before)}"
        low, high = map(percent, self.share)
        return Words(
            title=f"{names} are missing together in {now} of live rows; in training {then} ({sizes_of(self.effect)})",
            plain=f"{opening(listing([readable(c) for c in self.columns]))} are missing together in {now} of live records.",
            explanation="Columns that vanish in the same rows have one cause: a form, a device or an interface that does not deliver.",
            evidence=(
                f"{self.rows:,} live rows hold none of them (95 % interval {low} to {high})",
            ),
            fix=f"Look for the one source that {names} share, and repair that.",
        )


@dataclass(frozen=True, kw_only=True)
class Disguised(SomeRows):
    """Stand-ins for "missing": numbers, words, or (no ``values``) infinite numbers; the most frequent first.

    ``effect`` is the share of rows that hold one, without shares of 1 to 10 rows. ``usual`` are the smallest and the largest
    real number of training; ``p`` is adjusted for all columns.
    """

    kind: Kind = Kind.DISGUISED_MISSING
    values: tuple[float, ...] | tuple[str, ...]
    usual: tuple[float, float] | None
    p: float

    def _why(self) -> str:
        if self.usual:
            low, high = map(number, self.usual)
            return f"Real training values run from {low} to {high}, and nothing lies between"
        if self.values:
            return "These words mean that there is no value"
        return "An infinite number is the mark of a division by zero or of a value too large to be written"

    def words(self) -> Words:
        """Say what stands for a missing value, how often, and why it is no value."""
        name, effect, count = self.name, self.effect, self.rows_affected
        marks = [f"'{v}'" if isinstance(v, str) else number(v) for v in self.values[:4]]
        what = " or ".join(marks) if marks else "an infinite number"
        stands = "stands" if self.verdict is Verdict.ALARM else "may stand"
        said = f"give {readable(name)} as {what}, which {stands} for a missing value"
        if marks and not self.usual:
            said = f"have a word or mark instead of a value of {readable(name)}"
        evidence = [f"{rows(count)} of live data hold {what}", f"adjusted {p_value(self.p)}"]
        if effect.change is not None:
            evidence.insert(1, f"change {points(effect.change)}")
        return Words(
            title=(
                f"{of_live(count, effect.n_live)} have {what} as {name}, which stands for a missing value; in training "
                f"{before_words(effect)} did ({sizes_of(effect)})"
            ),
            plain=f"{self.part()} {said}.",
            explanation=(
                f"{self._why()}. The rows are counted as present, so a missing share alone does not show them, and a model "
                "reads them as real measurements."
            ),
            evidence=tuple(evidence),
            fix=f"Send a real null instead of {what} in {name}, or turn it into null at intake, and then judge it as missing.",
        )

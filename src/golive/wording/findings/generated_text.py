"""What is said of generated text: hallucinations that reviewers found, what sources do not support, missing sources, length."""

from __future__ import annotations

from dataclasses import dataclass

from golive.model.facts import Facts, Words
from golive.model.kinds import Kind, Verdict
from golive.model.profile import is_small
from golive.stats.estimate import Estimate
from golive.wording.numbers import cell, p_value, percent, points, rows, sizes
from golive.wording.text import opening, readable

KIND_WORDS = {
    "number": "numbers", "unit": "units", "date": "dates", "medication": "medications", "name": "names",
    "finding": "findings", "negation": "negations", "contradiction": "contradictions", "citation": "citations",
}  # fmt: skip

_WATCHED = (Verdict.ALARM, Verdict.WATCH)
_GROUND = "Ground the text on the retrieved source, require citations, let it abstain, and keep a person's sign-off."


def between(low: float, high: float) -> str:
    """``between +0.2 and +16 points``."""
    return f"between {points(low).removesuffix(' points')} and {points(high)}"


@dataclass(frozen=True, kw_only=True)
class HallucinationRate(Facts):
    """Rate that reviewers found in the live outputs, ``hits`` of ``n`` with any, on both sides (training first).

    ``rated``: labels are shares of statements, not flags. ``before`` is ``None`` where one of both sides has fewer reviewed
    outputs than ``least``. ``limit``: share above which the whole interval is too much, and whether it lies there
    (``too_often``); ``exclude``: the rise that must be excluded.
    """

    kind: Kind = Kind.HALLUCINATION_RATE_UP
    rated: bool
    now: Estimate
    before: Estimate | None = None
    n: tuple[int, int]
    hits: tuple[int, int]
    change: tuple[float, float] = (0.0, 0.0)
    p: float = 1.0
    least: int
    limit: float
    exclude: float
    too_often: bool

    def words(self) -> Words:
        """Say how many, whether that is more than in training, and whether chance explains it."""
        now, n = self.now, self.n[1]
        what = "of live outputs hold a hallucination"
        average = tail = ""
        if self.rated:
            what, average = "of a live output is unsupported", "on average "
            tail = f"; {percent(self.hits[1] / n)} of live outputs hold something unsupported"
        said = f"Reviewers found that {average}{percent(now.value)} {what}"
        interval = f"95 % interval of the live rate: {percent(now.low)} to {percent(now.high)}"
        plain = (
            "Reviewers found a hallucination in a few live outputs"
            if is_small(self.hits[1])
            else said
        )
        if self.before is None:
            short = n < self.least
            why = f"The rate lies between {percent(now.low)} and {percent(now.high)}. Too few training outputs are reviewed to say whether it rose."
            side = "live" if short else "training"
            unsure = f"; too few {side} outputs are reviewed to judge whether that is a rise"
            return Words(
                title=f"{said} (n = {n:,}){tail}",
                plain=f"{plain}{unsure}.",
                explanation=f"Only {n} live outputs are reviewed; {self.least} are the least."
                if short
                else why,
                evidence=(interval,),
                fix="Review a random sample of outputs, two reviewers each." if short else _GROUND,
            )
        then = f"in training {percent(self.before.value)}"
        why = {
            Verdict.ALARM: "Chance alone rarely makes such a rise.",
            Verdict.WATCH: "This may still be chance: review more outputs before acting on it.",
            Verdict.QUIET: f"A rise of {percent(self.exclude)} of outputs or more is excluded.",
            Verdict.CANNOT_JUDGE: "Too few outputs are reviewed to exclude a rise that matters.",
        }[self.verdict]
        if self.too_often:
            why = f"The whole interval of the live rate lies above {percent(self.limit)}."
        few = any(map(is_small, self.hits))
        ends = {
            Verdict.WATCH: ", which may be chance",
            Verdict.CANNOT_JUDGE: "; too few outputs are reviewed to judge whether that is a rise",
        }
        with_any = (cell(k, of) for k, of in zip(self.hits, self.n, strict=True))
        return Words(
            title=f"{said}; {then} ({sizes(*self.n)}){tail}",
            plain=f"{plain}{'' if few else f'; {then}'}{ends.get(self.verdict, '')}.",
            explanation=f"The change is {between(*self.change)}. {why}",
            evidence=(
                f"{p_value(self.p)} that the rates are equal",
                f"outputs with any: {next(with_any)} in training, {next(with_any)} live",
                interval,
            ),
            fix=_GROUND if self.verdict in _WATCHED else "",
        )


@dataclass(frozen=True, kw_only=True)
class UnsupportedStatements(Facts):
    """``count`` of ``n`` checked outputs say something their source does not; ``before`` is training's share, if any.

    ``kinds``: kind of marked place, its share of live and of training outputs, most first. ``risen`` are those of them
    that are more frequent than in training. ``compared``: both sides have enough outputs with a source.
    """

    kind: Kind = Kind.UNSUPPORTED_STATEMENTS
    count: int
    n: tuple[int, int]
    before: float | None
    change: tuple[float, float]
    compared: bool
    risen: tuple[tuple[str, float, float], ...] = ()
    kinds: tuple[tuple[str, float, float | None], ...] = ()

    def words(self) -> Words:
        """Say how many, of which kinds, and whether that is more than in training."""
        n = self.n[1]
        share, then = percent(self.count / n), "" if self.before is None else percent(self.before)
        size = f"; in training {then} ({sizes(*self.n)})" if then else f" (n = {n:,})"
        evidence = (
            f"{KIND_WORDS[kind]}: {percent(live)} of live outputs"
            + ("" if train is None else f", {percent(train)} in training")
            for kind, live, train in self.kinds
        )
        who = "A few live outputs" if is_small(self.count) else f"{share} of live outputs"
        plain = f"{who} say something that their source does not"
        if not self.count:
            plain = "No live output says something that its source does not"
        if self.verdict is Verdict.CANNOT_JUDGE:
            plain += ", but too few could be checked to judge whether that is a rise"
        elif self.verdict in _WATCHED and self.compared:
            plain += f", {'more' if self.verdict is Verdict.ALARM else 'which may be more'} than in training"
        return Words(
            title=f"{share} of live outputs say something their source does not{size}",
            plain=f"{plain}.",
            explanation=f"{self._why()} Found by comparing words and numbers, without a model: each marked place is a question for a reviewer, not proof.",
            evidence=tuple(evidence),
            fix="Look at the marked places on the page Generated text, worst kinds first."
            if self.count
            else "",
        )

    def _why(self) -> str:
        change = f"the change is {between(*self.change)}."
        if self.verdict is Verdict.ALARM:
            risen = (f"{KIND_WORDS[k]} {percent(a)} to {percent(b)}" for k, a, b in self.risen)
            return f"More than in training: {', '.join(risen) + '.' if self.risen else change}"
        if not self.compared:
            return {
                Verdict.WATCH: "Training data has too few outputs with a source to compare with.",
                Verdict.QUIET: "None was found.",
            }.get(self.verdict, f"Only {self.n[1]} live outputs have a source.")
        return {
            Verdict.WATCH: f"T{change[1:]}",
            Verdict.QUIET: f"Not more than in training: {change}",
        }.get(self.verdict, f"Too few outputs to exclude a rise that matters: {change}")


@dataclass(frozen=True, kw_only=True)
class NoSource(Facts):
    """``count`` of ``n`` written outputs have no source beside them; ``before`` is training's share of ``n_train``, if any."""

    kind: Kind = Kind.CANNOT_CHECK_SOURCE
    count: int
    n: int
    before: float | None = None
    n_train: int = 0

    def words(self) -> Words:
        """Say how many cannot be checked."""
        if self.count == self.n:
            return Words(
                title=f"No live output has a source beside it, so what it says cannot be checked (n = {self.n:,})",
                plain="What the live outputs say could not be checked, because none has a source beside it.",
                explanation="Invention can only be seen against the text or record the output was made from.",
                fix="Log the source of every generated text and name its column (outputs.source).",
            )
        share = percent(self.count / self.n)
        who = "A few live outputs" if is_small(self.count) else f"{share} of live outputs"
        return Words(
            title=f"{share} of live outputs have no source to check against (n = {self.n:,})",
            plain=f"{who} have no source to check against.",
            explanation=""
            if self.before is None
            else f"In training {percent(self.before)} had none (n = {self.n_train:,}).",
            fix="Log the source of every generated text.",
        )


@dataclass(frozen=True, kw_only=True)
class LengthShift(Facts):
    """Median words on both sides, and the probability that a live output is longer (``shift``; no shift is one half).

    ``explained``: sources changed in length as much. ``habits``: what outputs do wrong, by the share in training and live;
    ``risen``: the first that became more frequent, and by how much.
    """

    kind: Kind = Kind.LENGTH_SHIFT
    medians: tuple[float, float]
    n: tuple[int, int]
    shift: Estimate
    explained: bool
    habits: tuple[tuple[str, float, float], ...]
    risen: tuple[str, float] | None = None

    def words(self) -> Words:
        """Say how long outputs are, and what else changed."""
        before, now = (f"{value:.0f}" for value in self.medians)
        shift = self.shift
        tail = also = ""
        if self.risen is not None:
            habit, rise = self.risen
            tail = f"; {habit} more often ({points(rise)})"
            also = f", and live outputs are more often {habit}"
        plain = f"Half of the live outputs have more than {now} words, half of the training outputs more than {before}{also}"
        if self.verdict is Verdict.CANNOT_JUDGE:
            plain = "Too few outputs are written to judge whether their length changed"
        return Words(
            title=f"The median live output has {now} words, the median training output {before} ({sizes(*self.n)}){tail}",
            plain=f"{plain}.",
            explanation=f"A live output is longer than a training output with probability {percent(shift.value)} "
            f"({percent(shift.low)} to {percent(shift.high)}; no shift is 50 %)."
            + (
                " Sources changed in length by as much, so the writing did not."
                if self.explained
                else ""
            ),
            evidence=tuple(
                f"{habit}: {percent(b)} of live outputs, {percent(a)} in training"
                for habit, a, b in self.habits
            ),
            fix="Check the token limit, the prompt and the version of the generator."
            if self.verdict in _WATCHED
            else "",
        )


@dataclass(frozen=True, kw_only=True)
class ImpossibleRates(Facts):
    """``count`` of ``n`` rows (``live`` or of training) hold ``values`` that no rate can be, in a column of rates."""

    kind: Kind = Kind.SCORE_OUT_OF_RANGE
    verdict: Verdict = Verdict.WATCH
    values: tuple[str, ...]
    count: int
    n: int
    live: bool

    def words(self) -> Words:
        """Name the values, and what to write in their place."""
        listed, name = ", ".join(self.values), self.name
        side = "live" if self.live else "training"
        return Words(
            title=f"{name} holds {listed} in {rows(self.count)} of {self.n:,} in {side} data, where a rate from 0 to 1 belongs",
            plain=f"{opening(readable(name))} holds values in the {side} data that no rate from 0 to 1 can have.",
            explanation="A mark for 'not computed' that is averaged as a number changes the rate. Here it counts as missing.",
            fix=f"Write a missing value to {name} where the rate was not computed.",
        )

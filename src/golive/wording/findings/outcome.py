"""What is said of outcomes and of the model's outputs: missing ones, and another rate or level of outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from golive.model.facts import Facts, Words
from golive.model.finding import Effect
from golive.model.kinds import Kind, Verdict
from golive.wording.findings.shares import SomeRows
from golive.wording.numbers import (
    cell,
    change_words,
    number,
    p_value,
    part_of,
    percent,
    sizes,
    sizes_of,
)
from golive.wording.text import readable


@dataclass(frozen=True, kw_only=True)
class NoOutcomes(Facts):
    """Training has outcomes, live data none."""

    kind: Kind = Kind.LABEL_MISSING
    verdict: Verdict = Verdict.CANNOT_JUDGE

    def words(self) -> Words:
        """Say what cannot be measured without them."""
        name = self.name
        return Words(
            title=f"Live data has no outcome ({name}) yet, so accuracy cannot be measured",
            plain="Whether the model is still accurate could not be judged, because live data has no outcomes yet.",
            explanation="Training had it. Until outcomes come back, only the inputs and the scores can be watched.",
            fix=f"Agree on who returns {name}, from which system and after how many days, and join it to the predictions.",
        )


@dataclass(frozen=True, kw_only=True)
class OutcomesMissing(SomeRows):
    """More rows without an outcome than in training; ``effect`` is their share, 0 to 1."""

    kind: Kind = Kind.LABEL_MISSING

    def words(self) -> Words:
        """Say how many, and why the rest may not be typical."""
        effect = self.effect
        return Words(
            title=f"{percent(effect.live)} of live rows have no outcome ({self.name}); in training {percent(effect.train)} ({sizes_of(effect)})",
            plain=f"{self.part()} have no outcome yet, so accuracy is measured on the others only.",
            explanation="Accuracy is measured on the rest. If outcomes come back sooner for some patients, that rest is not typical.",
            fix="Wait until outcomes are complete for a period, or judge only the rows whose follow-up has ended.",
        )


@dataclass(frozen=True, kw_only=True)
class FewOutcomes(Facts):
    """Fewer than ``least`` outcomes on a side of ``n``."""

    kind: Kind = Kind.LABEL_SHIFT
    verdict: Verdict = Verdict.CANNOT_JUDGE
    n: tuple[int, int]
    least: int

    def words(self) -> Words:
        """Say how many are needed."""
        return Words(
            title=f"Too few outcomes ({self.name}) to say whether their rate changed ({sizes(*self.n)})",
            plain="Whether the outcome rate changed could not be judged, because there are too few outcomes.",
            explanation=f"At least {self.least} are needed on each side.",
        )


@dataclass(frozen=True, kw_only=True)
class OutcomeRate(Facts):
    """How often an outcome occurs: ``event`` (``=``, 1) in ``rows`` of training and live; ``effect`` is without 1 to 10 rows.

    ``levels``: of several outcomes it is the one that moved most, and ``p`` is of all of them. ``foreign`` is the share of
    live outcomes that training never held, where most are such (0 to 1).
    """

    kind: Kind = Kind.LABEL_SHIFT
    effect: Effect
    event: tuple[Literal["=", "above", "not"], float | str]
    rows: tuple[int, int]
    p: float
    levels: bool = False
    foreign: float | None = None

    def words(self) -> Words:
        """Say both rates, and what another rate does to a model."""
        name, effect, quiet = self.name, self.effect, self.verdict is Verdict.QUIET
        then, now = cell(self.rows[0], effect.n_train), cell(self.rows[1], effect.n_live)
        test = (
            "chi-square over all levels"
            if self.levels
            else "score test, one question, no correction"
        )
        change = (change_words(effect),) if effect.change is not None else ()
        sign, level = self.event[0], self._level
        explanation = "The outcome rate is what training would lead one to expect."
        fix = ""
        if self.foreign is not None:
            explanation = (
                f"{percent(self.foreign)} of live outcomes are values that training never held. An outcome written in other "
                "words looks like another outcome rate, and accuracy cannot be measured until the words are mapped."
            )
            fix = f"Map the live values of {name} to those of training, then judge the outcome rate again."
        elif not quiet:
            explanation = (
                "Another outcome rate moves calibration, predictive values and the number of alerts, even when the model ranks "
                "patients as well as before."
            )
            fix = "Check that the outcome is defined and collected as in training; then recalibrate and set the threshold anew."
        return Words(
            title=f"The outcome ({name} {sign} {level}) occurs in {now} of live rows; in training in {then} ({sizes_of(effect)})",
            plain=self._plain(quiet),
            explanation=explanation,
            evidence=(*change, f"{p_value(self.p)} ({test})"),
            fix=fix,
        )

    @property
    def _level(self) -> str:
        level = self.event[1]
        return level if isinstance(level, str) else number(level)

    def _plain(self, quiet: bool) -> str:
        if quiet:
            return "The outcome is about as frequent as in training."
        if self.foreign is not None:
            return "Most live outcomes are written in words that training never had, so the outcome rates may not be comparable."
        n_train, n_live = self.effect.n_train, self.effect.n_live
        live = part_of(self.rows[1], n_live, "live records")
        train = part_of(self.rows[0], n_train, "training records")
        event = f"The outcome {readable(self._level)}" if self.levels else "The outcome"
        return f"{event} occurs in {live}; in training it occurred in {train.removesuffix(' of training records')}."


@dataclass(frozen=True, kw_only=True)
class OutcomeLevel(Facts):
    """An outcome that is a quantity: ``effect`` is its median; ``shift`` and ``floor``, what chance gives, are in standard
    deviations of training."""

    kind: Kind = Kind.LABEL_SHIFT
    effect: Effect
    shift: float
    floor: float
    p: float

    def words(self) -> Words:
        """Say both medians, and what chance explains."""
        effect, quiet = self.effect, self.verdict is Verdict.QUIET
        medians = f"a median of {number(effect.live)} live; in training {number(effect.train)}"
        plain = f"The outcome {readable(self.name)} has {medians}."
        if quiet:
            plain = f"The outcome {readable(self.name)} is distributed much as in training."
        return Words(
            title=f"The outcome {self.name} has {medians} ({sizes_of(effect)})",
            plain=plain,
            explanation=f"The shift is {self.shift:.2f} standard deviations; chance gives up to {self.floor:.2f} at these sizes.",
            evidence=(f"{p_value(self.p)} (random splits, one question)",),
            fix=""
            if quiet
            else "Check that the outcome is measured as in training; then recalibrate.",
        )


@dataclass(frozen=True, kw_only=True)
class OutputMissing(SomeRows):
    """Rows without an output of the model, a ``role`` such as score; ``effect`` is their share, 0 to 1."""

    kind: Kind = Kind.OUTPUT_MISSING
    role: str

    def words(self) -> Words:
        """Say for how many patients the model said nothing."""
        effect = self.effect
        then = "training has no such column"
        if effect.train is not None:
            then = f"in training {percent(effect.train)}"
        return Words(
            title=f"{percent(effect.live)} of live rows have no {self.role} ({self.name}); {then} ({sizes_of(effect)})",
            plain=f"{self.part()} lack a {self.role} from the model.",
            explanation="For these patients the model said nothing, and nobody downstream can tell that from a low risk.",
            fix="Find out why the model gave no answer: input refused, time-out, or result not stored. Show the gap to the user.",
        )

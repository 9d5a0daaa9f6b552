"""What is said of whether performance can be relied on: simpler models that do as well, estimates without outcomes, leaks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from golive.model.facts import Facts, Words
from golive.model.kinds import Kind, Verdict
from golive.model.profile import is_small
from golive.stats.estimate import Estimate
from golive.wording.findings.performance import Both, Sized
from golive.wording.numbers import head_count, metric, percent, sizes, span
from golive.wording.text import opening, readable

_SAMPLE = "Collect outcomes of a sample of live patients, with and without alerts."


class Simpler(StrEnum):
    """What a model should be better than, as it stands in a result."""

    EVENT_RATE = "prevalence"
    COLUMN = "single"
    REGRESSION = "simple"


@dataclass(frozen=True)
class Rival:
    """Something simpler than the model, by its columns, and the AUROC that the model gains over it."""

    what: Simpler
    gain: Estimate
    columns: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it is, in words."""
        return {
            Simpler.EVENT_RATE: "always saying the event rate",
            Simpler.COLUMN: f"{', '.join(self.columns)} alone",
            Simpler.REGRESSION: f"logistic regression on {', '.join(self.columns)}",
        }[self.what]

    @property
    def plain(self) -> str:
        """The same for a meeting."""
        return {
            Simpler.EVENT_RATE: "no ranking at all",
            Simpler.COLUMN: f"{readable(', '.join(self.columns))} alone",
            Simpler.REGRESSION: "a simple model on a few columns",
        }[self.what]


@dataclass(frozen=True, kw_only=True)
class BaselineNotBeaten(Sized):
    """The model against every simpler one, and against the ``hardest`` of them to beat."""

    kind: Kind = Kind.BASELINE_NOT_BEATEN
    rivals: tuple[Rival, ...]
    hardest: Rival

    def words(self) -> Words:
        """Say whether it is better than the hardest."""
        what, plainly = self.hardest.name, self.hardest.plain
        said, plain = {
            Verdict.ALARM: (
                f"The model ranks live patients worse than {what}",
                f"The model ranks live patients less well than {plainly}.",
            ),
            Verdict.WATCH: (
                f"The model is not clearly better than {what}",
                f"The model may be no better than {plainly}.",
            ),
            Verdict.QUIET: (
                f"The model ranks live patients better than {what}",
                f"The model ranks live patients better than {plainly}.",
            ),
            Verdict.CANNOT_JUDGE: (
                "Too few outcomes to say whether the model is better than something simpler",
                "Too few outcomes are known to judge whether the model is better than something simpler.",
            ),
        }[self.verdict]
        return Words(
            title=f"{said}: difference in AUROC {_signed(self.hardest.gain)} ({sizes(*self.n)})",
            plain=plain,
            explanation="A simple model that does as well is cheaper to run, easier to explain, and a ready fallback.",
            evidence=tuple(f"gain over {r.name}: {_signed(r.gain)}" for r in self.rivals),
            fix="Repair the inputs the model depends on; until then the simpler model is the better answer."
            if self.verdict is Verdict.ALARM
            else "",
        )


def _signed(gain: Estimate) -> str:
    return f"{gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})"


class Doubt(StrEnum):
    """Why performance must not be estimated without outcomes."""

    NO_OUTCOMES = "no outcomes"
    TOO_FEW = "too few"
    MISCALIBRATED = "miscalibrated"
    SCORES_APART = "scores apart"
    INPUT_APART = "input apart"
    INPUT_MISSING = "input missing"


@dataclass(frozen=True)
class Refusal:
    """One such reason: a ``share`` (0 to 1) of rows or an error, the ``column``, or the scores there are and should be."""

    doubt: Doubt
    share: float = 0.0
    column: str = ""
    n: tuple[int, int] = (0, 0)
    least: tuple[int, int] = (0, 0)

    @property
    def reason(self) -> str:
        """The reviewer's words."""
        apart = f"{percent(self.share)} of live {self.column or 'scores'}"
        return {
            Doubt.NO_OUTCOMES: "training has no outcomes, so nothing shows that its probabilities hold",
            Doubt.TOO_FEW: f"it takes {self.least[0]} scores on both sides, and {self.least[1]} training rows with the event and as many without; "
            f"there are {self.n[0]:,} training and {self.n[1]:,} live scores",
            Doubt.MISCALIBRATED: f"the probabilities do not hold even in training (error {percent(self.share)} after recalibration)",
            Doubt.SCORES_APART: f"{apart} lie where training had almost none",
            Doubt.INPUT_APART: f"{apart} lies where training had almost none",
            Doubt.INPUT_MISSING: f"{self.column} is missing in {100 * self.share:.0f} points more of live rows than of training rows",
        }[self.doubt]

    @property
    def plain(self) -> str:
        """The same for a meeting, after "because"."""
        column = readable(self.column)
        return {
            Doubt.NO_OUTCOMES: "nothing shows that the predicted risks hold in the training data",
            Doubt.TOO_FEW: "there are too few scores and outcomes to start from",
            Doubt.MISCALIBRATED: "the predicted risks do not hold even in the training data",
            Doubt.SCORES_APART: "many live scores lie where the training data had almost none",
            Doubt.INPUT_APART: f"many live values of {column} lie where the training data had almost none",
            Doubt.INPUT_MISSING: f"{column} is missing far more often than in the training data",
        }[self.doubt]


@dataclass(frozen=True, kw_only=True)
class NotEstimated(Facts):
    """Performance that is neither known from outcomes nor may be estimated."""

    kind: Kind = Kind.PERFORMANCE_ESTIMATED_DROP
    verdict: Verdict = Verdict.CANNOT_JUDGE
    refusals: tuple[Refusal, ...]

    def words(self) -> Words:
        """Say why not."""
        first = self.refusals[0]
        return Words(
            title=f"Performance is not estimated without outcomes: {first.reason}",
            plain=f"How well the model works could not be estimated without outcomes, because {first.plain}.",
            explanation="An estimate takes the probabilities at their word. Where they cannot be trusted, it would look precise and be wrong.",
            evidence=tuple(r.reason for r in self.refusals),
            fix=_SAMPLE,
        )


@dataclass(frozen=True, kw_only=True)
class EstimatedDrop(Sized):
    """AUROC and event rate (0 to 1) as estimated from scores alone, in training and live data."""

    kind: Kind = Kind.PERFORMANCE_ESTIMATED_DROP
    auroc: Both
    event_rate: tuple[float, float]

    def words(self) -> Words:
        """Say what is to be expected, and what an estimate cannot see."""
        before, now = self.auroc
        start = "Estimated from the scores alone, the model"
        return Words(
            title=f"Estimated without outcomes: AUROC {span(now)} live, {metric(before.value)} in training ({sizes(*self.n)})",
            plain={
                Verdict.ALARM: f"{start} ranks live patients less well than it did in training.",
                Verdict.WATCH: f"{start} may rank live patients a little less well than in training.",
                Verdict.QUIET: f"{start} ranks live patients as well as it did in training.",
                Verdict.CANNOT_JUDGE: "Whether the model ranks live patients as well as in training could not be judged from the scores alone, because the estimate is too uncertain.",
            }[self.verdict],
            explanation="An estimate from the scores alone (CBPE). It sees another mix of patients; it cannot see that the same score now means another risk. "
            "Only outcomes can show that.",
            evidence=(
                f"expected event rate {percent(self.event_rate[1])}, in training {percent(self.event_rate[0])}",
            ),
            fix="" if self.verdict is Verdict.QUIET else _SAMPLE,
        )


@dataclass(frozen=True, kw_only=True)
class PatientOverlap(Facts):
    """``both`` of ``n`` live ids that training holds too; ``patients`` says that the ids are people."""

    kind: Kind = Kind.PATIENT_OVERLAP
    both: int
    n: tuple[int, int]
    patients: bool

    def words(self) -> Words:
        """Say how many, and what that does to accuracy."""
        what = "patients" if self.patients else f"values of {self.name}"
        shown, verb = "None", "is"
        if self.both:
            few = head_count(self.both)
            shown = few.capitalize() if is_small(self.both) else percent(self.both / self.n[1])
            verb = "are"
        explanation = "These ids may name visits: then the same patient can still be in both files under another id."
        if self.both:
            explanation = (
                "Accuracy on patients that the model was trained on is better than on new ones."
            )
        elif self.patients:
            explanation = (
                "Nothing that was measured on live data was measured on patients of training."
            )
        plainly = "live patients" if self.patients else f"live values of {readable(self.name)}"
        shares = (
            "A few" if is_small(self.both) else f"{shown} of the" if self.both else "None of the"
        )
        return Words(
            title=f"{shown} of the live {what} {verb} in training too ({sizes(*self.n)})",
            plain=f"{shares} {plainly} {verb} in the training data too.",
            explanation=explanation,
            fix="Split by patient, and measure again on patients that are new."
            if self.both
            else "",
        )


@dataclass(frozen=True, kw_only=True)
class OutcomeLeak(Facts):
    """A column whose AUROC alone is above ``limit`` on ``n`` training rows."""

    kind: Kind = Kind.OUTCOME_LEAK
    limit: float
    n: int

    def words(self) -> Words:
        """Say what to find out about the column."""
        name = self.name
        return Words(
            title=f"{name} alone nearly gives the outcome away in training (n = {self.n:,})",
            plain=f"{opening(readable(name))} alone nearly gives the outcome away, so it may be recorded after the outcome.",
            explanation=f"Its AUROC alone is above {self.limit}: it may be recorded after the outcome, or be a copy of it.",
            fix=f"Find out when {name} is known; leave it out if that is after the prediction.",
        )

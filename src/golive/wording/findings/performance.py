"""What is said of the model's figures: a drop against training, probabilities that no longer hold, floors that are missed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from golive.model.facts import Facts, Words
from golive.model.finding import Finding
from golive.model.kinds import Kind, Verdict
from golive.model.measured.course import ChangePoint
from golive.model.profile import is_small
from golive.stats.estimate import UNKNOWN, Estimate, change
from golive.wording.metrics import METRICS
from golive.wording.numbers import day, head_count, metric, p_value, percent, sizes, span

Both = tuple[Estimate, Estimate]
"""A figure of training, and of live data."""


@dataclass(frozen=True, kw_only=True)
class Sized(Facts):
    """Facts of so many rows."""

    @property
    def n(self) -> tuple[int, int]:
        """Rows of training and of live data that the effect is of."""
        return (self.effect.n_train, self.effect.n_live) if self.effect else (0, 0)

    @property
    def active(self) -> bool:
        """Whether somebody should look at it."""
        return self.verdict in (Verdict.ALARM, Verdict.WATCH)


@dataclass(frozen=True, kw_only=True)
class Dated(Sized):
    """Something that may move over time; ``changed`` is the day on which it most likely did, where one is known."""

    changed: ChangePoint | None = None

    @property
    def when(self) -> tuple[str, ...]:
        """Evidence of the day; empty where none is known."""
        if self.changed is None:
            return ()
        date, p = day(self.changed.date), p_value(self.changed.p_adjusted)
        return (f"most likely changed about {date} (adjusted {p}, cumulative sum)",)


@dataclass(frozen=True, kw_only=True)
class PerformanceDrop(Dated):
    """The primary metric (its key) in training and live data; ``worse`` beyond chance or not."""

    kind: Kind = Kind.PERFORMANCE_DROP
    metric: str
    figures: Both
    worse: bool = False

    def plain(self) -> str:
        """Whether the model is as good as in training."""
        return {
            Verdict.ALARM: "The model does less well on live patients than it did in training.",
            Verdict.WATCH: "The model may do a little less well on live patients than it did in training.",
            Verdict.QUIET: "Nothing shows that the model does less well on live patients than it did in training.",
            Verdict.CANNOT_JUDGE: "Too few outcomes are known to judge whether the model does as well on live patients as in training.",
        }[self.verdict]


@dataclass(frozen=True, kw_only=True)
class EventDrop(PerformanceDrop):
    """Of an event: ``prevalence`` and ``brier`` on both sides, ``standardised`` the live Brier score at training's event rate."""

    n_events: int
    prevalence: Both
    brier: Both
    standardised: Estimate = UNKNOWN

    def words(self) -> Words:
        """Say how far it fell, and what of that is the event rate."""
        (before, now), does = self.figures, "ranks" if self.metric == "auroc" else "classifies"
        d, low, high = change(before, now)
        said = {
            Verdict.ALARM: f"The model {does} live patients worse than training patients",
            Verdict.WATCH: f"The model {does} live patients a little worse than training patients",
            Verdict.QUIET: f"The model {does} live patients as well as training patients",
            Verdict.CANNOT_JUDGE: f"Too few outcomes to say whether the model {does} live patients worse",
        }[self.verdict]
        method = "DeLong, " if self.metric == "auroc" else ""
        return Words(
            title=f"{said}: {METRICS[self.metric].name} {span(now)}, in training {metric(before.value)} ({sizes(*self.n)}, {self.n_events:,} live events)",
            plain=self.plain(),
            explanation=" ".join(self._causes()),
            evidence=(
                f"change {d:+.3f}, 95 % interval {low:+.3f} to {high:+.3f} ({method}by patient where rows repeat)",
                *self._brier(),
                *self.when,
            ),
            fix="Look first at the inputs that changed, then at the groups and sites below the average; recalibrate or retrain under change control."
            if self.worse
            else "",
        )

    def _causes(self) -> list[str]:
        """What belongs to the model and what to a change of the event rate."""
        parts = []
        (rate, live_rate), (b, a), same = self.prevalence, self.brier, self.standardised.value
        if rate.known and live_rate.known:
            parts.append(
                f"The outcome occurs in {percent(live_rate.value)} of live rows and {percent(rate.value)} in training; ranking does not depend on that."
            )
        rarer = live_rate.value < rate.value
        if b.known and a.value < b.value and (self.worse or rarer) and self.standardised.known:
            more = "higher" if same > b.value else "no better" if same > b.value - 1e-4 else "lower"
            parts.append(
                f"The Brier score fell from {metric(b.value)} to {metric(a.value)}, which is no improvement by itself: rarer outcomes are easier "
                f"to be right about. At the event rate of training it would be {metric(same)}, {more} than in training."
            )
        if self.worse:
            parts.append(
                "If training scores come from the rows the model was fitted on, part of the drop is optimism of training."
            )
        return parts

    def _brier(self) -> tuple[str, ...]:
        before, now = self.brier
        if not (before.known and now.known):
            return ()
        same = self.standardised
        tail = f"; {metric(same.value)} at the event rate of training" if same.known else ""
        return (f"Brier score {metric(before.value)} to {metric(now.value)}{tail}",)


@dataclass(frozen=True, kw_only=True)
class StoredDrop(PerformanceDrop):
    """Against a stored figure of training; without an effect there are too few outcomes to give the live one of ``rows``."""

    rows: tuple[int, int]

    def words(self) -> Words:
        """Say how far it fell, where enough is known."""
        before, now = self.figures
        said = {
            Verdict.ALARM: "The model does worse on live patients than on training patients",
            Verdict.WATCH: "The model may do a little worse on live patients than on training patients",
            Verdict.QUIET: "The model does as well on live patients as on training patients",
            Verdict.CANNOT_JUDGE: "Too few outcomes to say whether the model does worse on live patients",
        }[self.verdict]
        figures = f": {METRICS[self.metric].name} {span(now)}, in training {metric(before.value)}"
        title = f"{said}{figures if self.effect else ''} ({sizes(*self.rows)})"
        return Words(title=title, plain=self.plain(), evidence=self.when)


@dataclass(frozen=True, kw_only=True)
class OtherTargetDrop(PerformanceDrop):
    """Of an outcome with several classes, or of a quantity."""

    def words(self) -> Words:
        """Say how far it fell, or that training cannot be compared with."""
        before, now = self.figures
        d, low, high = change(before, now)
        said = {
            Verdict.ALARM: "The model is worse on live patients than in training",
            Verdict.WATCH: "The model is a little worse on live patients than in training",
            Verdict.QUIET: "The model is as good on live patients as in training",
            Verdict.CANNOT_JUDGE: "Too few outcomes to say whether the model is worse on live patients",
        }[self.verdict]
        words = METRICS[self.metric]
        say = words.say
        shown = f"{words.name} {say(now.value)} ({say(now.low)} to {say(now.high)}), in training {say(before.value)} ({sizes(*self.n)})"
        evidence = (f"change {d:+.3g}, 95 % interval {low:+.3g} to {high:+.3g}",)
        return Words(
            title=f"{said}: {shown if before.known else 'training has no predictions'}",
            plain=self.plain() if before.known else _NO_PREDICTIONS,
            explanation="If training predictions come from the rows the model was fitted on, part of a loss is optimism of training.",
            evidence=(*(evidence if before.known and now.known else ()), *self.when),
            fix="Look first at the inputs that changed; recalibrate or retrain under change control."
            if self.worse
            else "",
        )


_NO_PREDICTIONS = "Whether the model works as well as in training could not be judged, because training holds no predictions."


class Lacking(StrEnum):
    """What is missing to judge performance, or probabilities."""

    LIVE_EVENTS = "live events"
    LIVE_OTHERS = "live non-events"
    TRAINING = "training"
    TRAINING_CASES = "training cases"
    SCORES = "scores"
    PROMISED = "promised"
    BOTH_CLASSES = "both classes"
    SPREAD = "spread"


@dataclass(frozen=True)
class Shortage:
    """Why something cannot be judged; ``count`` of ``least`` cases, ``live`` or of training."""

    what: Lacking
    least: int
    count: int = 0
    live: bool = True

    @property
    def reasons(self) -> tuple[str, str]:
        """Why, for a reviewer and for a meeting."""
        side, least = "live data" if self.live else "training", self.least
        plainly = "the live data" if self.live else "the training data"
        return {
            Lacking.LIVE_EVENTS: (
                f"live data has {head_count(self.count)} events with a score; at least {least} are needed",
                "too few live patients with the outcome are known",
            ),
            Lacking.LIVE_OTHERS: (
                f"live data has {head_count(self.count)} patients without the event with a score; at least {least} are needed",
                "too few live patients without the outcome are known",
            ),
            Lacking.TRAINING: (
                "training has no scores with outcomes to compare with",
                "the training data has no scores with outcomes",
            ),
            Lacking.TRAINING_CASES: (
                f"training has fewer than {least} events or non-events with a score",
                "too few outcomes of the training data are known",
            ),
            Lacking.SCORES: (
                f"{side} has no scores with outcomes",
                f"{plainly} has no scores with outcomes",
            ),
            Lacking.PROMISED: (
                f"{side} promises fewer than {least} events or non-events",
                f"the scores in {plainly} predict too few outcomes",
            ),
            Lacking.BOTH_CLASSES: (
                f"{side} has outcomes of one kind only",
                f"all outcomes in {plainly} are the same",
            ),
            Lacking.SPREAD: ("the scores hardly differ from each other",) * 2,
        }[self.what]


@dataclass(frozen=True, kw_only=True)
class NotJudged(Facts):
    """Performance or probabilities that could not be judged."""

    verdict: Verdict = Verdict.CANNOT_JUDGE
    shortage: Shortage

    def words(self) -> Words:
        """Say why, and what to collect."""
        drop = self.kind is Kind.PERFORMANCE_DROP
        what = "the model works as well as in training" if drop else "the probabilities still hold"
        meant = what if drop else "the predicted risks still hold"
        reason, plainly = self.shortage.reasons
        return Words(
            title=f"Whether {what} cannot be judged: {reason}",
            plain=f"Whether {meant} could not be judged, because {plainly}.",
            fix="Collect outcomes of live patients until there are enough, and score the training hold-out with the same model."
            if drop
            else "",
        )


@dataclass(frozen=True, kw_only=True)
class CalibrationDrift(Dated):
    """Mean score (0 to 1) and events of the live rows; intercept (log odds) and slope in training and live data.

    ``moved``: level or spread differ from training beyond chance.
    """

    kind: Kind = Kind.CALIBRATION_DRIFT
    promised: float
    n_events: int
    ratio: Estimate
    slope: Both
    intercept: Both
    moved: bool

    def words(self) -> Words:
        """Say what was promised and what happened."""
        happened, ratio, (before, now) = self.n_events / self.n[1], self.ratio, self.slope
        said = {
            Verdict.ALARM: "The probabilities no longer hold",
            Verdict.WATCH: f"The probabilities {'moved a little' if self.moved else 'were off in training and still are'}",
            Verdict.QUIET: "The probabilities hold as in training",
            Verdict.CANNOT_JUDGE: "Too few outcomes to say whether the probabilities hold",
        }[self.verdict]
        figures = f"the scores promise {percent(self.promised)} on average, {percent(happened)} happened ({sizes(*self.n)})"
        return Words(
            title=f"{said}: {figures}",
            plain=self._plain(happened),
            explanation="A probability is used as it is read. When it promises too much or too little, every threshold stands in the wrong place.",
            evidence=(
                f"observed to expected {ratio.value:.2f} ({ratio.low:.2f} to {ratio.high:.2f})",
                f"slope {now.value:.2f} ({now.low:.2f} to {now.high:.2f}), in training {before.value:.2f}",
                f"intercept {self.intercept[1].value:+.2f}, in training {self.intercept[0].value:+.2f} (log odds)",
                *self.when,
            ),
            fix="Recalibrate on live data, the intercept first and then the slope, and set the threshold anew."
            if self.active
            else "",
        )

    def _plain(self, happened: float) -> str:
        said = {
            Verdict.ALARM: "The predicted risks no longer match what happens",
            Verdict.WATCH: "The predicted risks may have moved a little"
            if self.moved
            else "The predicted risks may be as far off as they were in training",
            Verdict.QUIET: "Nothing shows that the predicted risks match what happens less well than in training",
            Verdict.CANNOT_JUDGE: "Too few outcomes are known to judge whether the predicted risks still hold",
        }[self.verdict]
        few = is_small(self.n_events) or is_small(self.n[1] - self.n_events)
        if few or not self.active:
            return f"{said}."
        return f"{said}: on average they say {percent(self.promised)}, and the outcome occurred in {percent(happened)} of live patients."


@dataclass(frozen=True, kw_only=True)
class BelowFloor(Sized):
    """A declared floor of a metric; ``now`` is unknown where nothing could be held against it.

    ``hidden``: the live value would give away 1 to 10 patients. ``no_decision``: there is neither threshold nor prediction.
    """

    kind: Kind = Kind.BELOW_FLOOR
    metric: str
    floor: float
    now: Estimate
    n_events: int
    hidden: bool
    no_decision: bool

    def finding(self) -> Finding:
        """The finding; its id names the metric, since one model may have several floors."""
        made = super().finding()
        return made.model_copy(update={"id": f"{made.id}#{self.metric}"})

    def words(self) -> Words:
        """Say whether the floor is kept."""
        words, n = METRICS[self.metric], self.n[1]
        name, least = f"{words.name[0].upper()}{words.name[1:]}", words.say(self.floor)
        if not self.now.known:
            why = (
                "no operating threshold is declared and no column holds the prediction"
                if self.no_decision
                else "it cannot be computed on live data"
            )
            return Words(
                title=f"{name} cannot be held against its floor of {least}: {why} (n = {n:,})",
                plain=f"{name} could not be compared with its floor of {least}, because {why}.",
            )
        said = {
            Verdict.ALARM: f"is below its floor of {least}",
            Verdict.WATCH: f"is below its floor of {least}, though chance could explain it",
            Verdict.QUIET: f"keeps its floor of {least}",
            Verdict.CANNOT_JUDGE: f"cannot be told from its floor of {least}",
        }[self.verdict]
        plainly = {
            Verdict.WATCH: f"may be below the agreed floor of {least}",
            Verdict.CANNOT_JUDGE: f"could not be judged against the agreed floor of {least}, because too few outcomes are known",
        }.get(self.verdict, said.replace("its floor", "the agreed floor"))
        hidden = "it rests on a count of 1 to 10 patients and is not shown"
        size = hidden if self.hidden else span(self.now, share=words.share)
        quiet = self.verdict is Verdict.QUIET
        return Words(
            title=f"{name} {said}: {size} (n = {n:,}, {head_count(self.n_events)} events)",
            plain=f"{name} {plainly}.",
            explanation="The whole 95 % interval is at or above the floor."
            if quiet
            else "The floor was declared before live data was judged.",
            fix=""
            if quiet
            else "Choose the threshold again with clinicians; repair inputs before the model.",
        )

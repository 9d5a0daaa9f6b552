"""What is said of the service: slow and failing answers, late inputs and outcomes, alerts, odd scores, mixed versions."""

from __future__ import annotations

from dataclasses import dataclass

from golive.model.facts import Facts, Words
from golive.model.finding import SliceShare
from golive.model.kinds import Kind, Verdict
from golive.model.profile import is_small
from golive.stats.estimate import Estimate, change
from golive.wording.findings.performance import Dated, Sized
from golive.wording.numbers import cell, day, percent, plural, rows, sizes
from golive.wording.text import readable


@dataclass(frozen=True, kw_only=True)
class OfRows(Sized):
    """A share of the live rows that ``effect`` gives; ``slices`` are sites, the worst first."""

    @property
    def count(self) -> int:
        """The live rows it is about."""
        return self.rows_affected or 0

    @property
    def then(self) -> float | None:
        """The share in training, where it is shown."""
        return self.effect.train if self.effect else None

    @property
    def worst(self) -> str:
        """``; worst at C1: 12 %``, where sites can be told apart."""
        if not self.slices:
            return ""
        return f"; worst at {self.slices[0].value}: {percent(self.slices[0].effect or 0.0)}"

    def share(self, of: str) -> str:
        """``12 % of live answers`` for a meeting, or that it is a few."""
        return (
            f"A few {of}" if is_small(self.count) else f"{percent(self.count / self.n[1])} of {of}"
        )


@dataclass(frozen=True, kw_only=True)
class SlowAnswers(OfRows):
    """Answers over the ``budget`` (ms), the 95th and 99th percentile with intervals, and the hours at which the first of
    ``slices`` is slow (first hour, last hour; ``None`` all day, or not known).
    """

    kind: Kind = Kind.LATENCY_OVER_BUDGET
    budget: float
    p95: tuple[float, float, float]
    p99: tuple[float, float, float]
    peak: tuple[int, int] | None = None

    def words(self) -> Words:
        """Say how many, where and when."""
        slowest = plainly = ""
        if self.slices:
            site: SliceShare = self.slices[0]
            hours = f"between {self.peak[0]}:00 and {self.peak[1]}:00" if self.peak else ""
            mostly = f", mostly {hours}" if hours else ""
            slowest = f"; at {site.value} {percent(site.effect or 0.0)} do{mostly}"
            plainly = f", most of all at {readable(site.value)}{' ' if hours else ''}{hours}"
        (p95, low, high), p99 = self.p95, self.p99
        plain = f"{self.share('live answers')} take longer than the agreed time{plainly}."
        if not self.count:
            plain = "No live answer takes longer than the agreed time."
        if self.verdict is Verdict.CANNOT_JUDGE:
            plain = (
                "Too few answer times are known to judge whether answers keep to the agreed time."
            )
        return Words(
            title=f"{cell(self.count, self.n[1])} of live answers take longer than the budget of {self.budget:,.0f} ms{slowest} ({sizes(*self.n)})",
            plain=plain,
            explanation=f"95 % of answers come within {p95:,.0f} ms ({low:,.0f} to {high:,.0f}), 99 % within {p99[0]:,.0f} ms.",
            fix="Give the slow place its own workers at peak, fetch inputs early, and test with twice the load."
            if self.active
            else "",
        )


@dataclass(frozen=True, kw_only=True)
class FailedRequests(OfRows):
    """Requests that failed; ``count_train`` did in training. ``success``: lower 95 % bound of the others."""

    kind: Kind = Kind.ERROR_RATE
    count_train: int
    success: float

    def words(self) -> Words:
        """Say how many, and where most."""
        (n_train, n), failed = self.n, self.count
        shown = f"{percent(failed / n)} of live requests ({failed:,})"
        if is_small(failed):
            shown = f"Fewer than 11 of {n:,} live requests"
        then = "training has no log of requests"
        if n_train:
            then = f"in training {cell(self.count_train, n_train)}"
        plain = f"{self.share('live requests') if failed else 'No live request'} fail{'' if failed else 's'}."
        if self.verdict is Verdict.CANNOT_JUDGE:
            plain = "Too few live requests are logged to judge how often they fail."
        return Words(
            title=f"{shown} fail; {then}{self.worst if failed else ''} ({sizes(*self.n)})",
            plain=plain,
            explanation=f"At least {percent(self.success)} of requests succeed (95 % bound)."
            + (" A request that fails leaves the user without an answer." if failed else ""),
            fix="Retry once, then tell the user that there is no score; find out what the failing requests share."
            if self.active
            else "",
        )


@dataclass(frozen=True, kw_only=True)
class LateInputs(OfRows):
    """Inputs that arrive later than ``limit`` seconds, which all but 0.1 % of training's did not."""

    kind: Kind = Kind.LATE_INPUTS
    limit: float

    def words(self) -> Words:
        """Say how many, and where most."""
        minutes = f"{self.limit / 60:.0f} minutes"
        plain = f"{self.share('live inputs')} arrive later than almost all inputs of the training data did."
        if self.verdict is Verdict.QUIET:
            plain = "Live inputs arrive about as fast as in training."
        elif self.verdict is Verdict.CANNOT_JUDGE:
            plain = "Too few arrival times are known to judge whether live inputs come late."
        return Words(
            title=f"{cell(self.count, self.n[1])} of live inputs arrive later than {minutes} after they were recorded; in training {percent(self.then)}{self.worst if self.active else ''} ({sizes(*self.n)})",
            plain=plain,
            explanation="What arrives after the decision cannot have been in it: live scores were made without it, or too late. "
            f"Late means later than all but 0.1 % of training inputs ({minutes})."
            if self.active
            else "Inputs arrive about as fast as in training.",
            fix="Move the late interface from batches to events, or score only when the inputs are there."
            if self.active
            else "",
        )


@dataclass(frozen=True, kw_only=True)
class LateOutcomes(OfRows):
    """Outcomes later than ``limit`` days, or missing after them; ``since`` is the day after which nine in ten of them are."""

    kind: Kind = Kind.LABEL_DELAY
    limit: float
    since: str = ""

    def words(self) -> Words:
        """Say how many and since when, or that live data is too young."""
        if self.verdict is Verdict.CANNOT_JUDGE:
            return Words(
                title=f"Live data is too young to say whether outcomes come later than in training ({rows(self.n[1])} are older than {self.limit:.1f} days)",
                plain="Whether outcomes come later than in training could not be judged, because the live data is too young.",
            )
        since = f"since {day(self.since)}" if self.since else ""
        tail = f", most of them {since}" if since else ""
        plain = "Live outcomes come back about as fast as in training."
        if self.active:
            plain = f"{self.share('live outcomes')} come later than almost all outcomes of the training data, or are still missing{tail}."
        return Words(
            title=f"{cell(self.count, self.n[1])} of live outcomes are later than {self.limit:.1f} days or still missing after that{tail}; in training {percent(self.then)} were ({sizes(*self.n)})",
            plain=plain,
            explanation="Performance of the latest weeks is then measured on the few patients whose outcome came early, who are seldom typical."
            if self.active
            else "Outcomes come back about as fast as in training.",
            fix="Judge only rows whose outcome window is over, and agree on a date for the review of the open ones."
            if self.active
            else "",
        )


@dataclass(frozen=True, kw_only=True)
class ScoresOutside(OfRows):
    """Scores that lie outside ``bounds``; ``mark`` is the value of ``marked`` of them, where one stands out."""

    kind: Kind = Kind.SCORE_OUT_OF_RANGE
    bounds: tuple[float, float]
    mark: float | None = None
    marked: int = 0

    def words(self) -> Words:
        """Say how many, and what the value that stands out may mean."""
        n, low, high = self.n[1], *self.bounds
        shown = f"{self.count:,} live scores ({percent(self.count / n)})"
        if is_small(self.count):
            shown = f"Fewer than 11 of {n:,} live scores"
        named = ""
        explanation = "A score outside its range is not a probability; someone downstream will still compare it with the threshold."
        if self.mark is not None:
            named = f"; {self.mark:g} stands in {self.marked:,} of them"
            explanation = f"{self.mark:g} is how some services write 'not computed': downstream it counts as a very low or impossible risk."
        return Words(
            title=f"{shown} lie outside {low:g} to {high:g}{named} ({sizes(*self.n)})",
            plain=f"{self.share('live scores')} lie outside the range from {low:g} to {high:g} in which every score must lie.",
            explanation=explanation,
            fix="Send no score when none was computed, say so to the user, and refuse scores outside the range at the interface.",
        )


@dataclass(frozen=True, kw_only=True)
class AlertRateShift(Dated):
    """Share of patients (0 to 1) that are flagged in training and live data, ``least`` scored rows are needed on each side.

    ``seasons`` holds what is left of it against the same weekdays and months of training; ``season`` says that the months
    explain it.
    """

    kind: Kind = Kind.ALERT_RATE_SHIFT
    before: Estimate
    now: Estimate
    least: int
    seasons: tuple[tuple[str, Estimate, Estimate], ...] = ()
    season: bool = False

    @property
    def relative(self) -> float:
        """Change as a share of training's rate."""
        d = self.now.value - self.before.value
        if self.before.value > 0:
            return d / self.before.value
        return float("inf") if d > 0 else 0.0

    def words(self) -> Words:
        """Say how many more or fewer alerts come, and whether the season explains it."""
        now, before = percent(self.now.value), percent(self.before.value)
        more = "more" if self.now.value > self.before.value else "fewer"
        explanation = f"At least {self.least} scored rows are needed on each side."
        plain = f"{now} of live patients are flagged; in training {before} were."
        both = zip((self.before, self.now), self.n, strict=True)
        if any(is_small(round(rate.value * n)) for rate, n in both):
            plain = f"The team gets {more} alerts for the same number of patients than in training."
        if self.active:
            explanation = f"The team gets {percent(abs(self.relative))} {more} alerts for the same number of patients than the threshold was chosen for."
        elif self.verdict is Verdict.QUIET:
            explanation = "The team gets about as many alerts as the threshold was chosen for."
            plain = "The team gets about as many alerts as in training."
        else:
            plain = "Too few patients are scored to judge whether the number of alerts changed."
        evidence = list(self.when)
        for calendar, then, here in self.seasons:
            _, low, high = change(then, here)
            said = f"against the same {calendar}s of training: {percent(then.value)} then, {percent(here.value)} live"
            evidence.append(f"{said} (change {100 * low:+.1f} to {100 * high:+.1f} points)")
        if self.season:
            months = percent(self.seasons[-1][1].value)
            explanation += f" The same months of training had as many alerts ({months}): the season explains it."
            plain = "The team gets about as many alerts as in the same months of training."
        return Words(
            title=f"{now} of live patients are flagged; in training {before} ({sizes(*self.n)})",
            plain=plain,
            explanation=explanation,
            evidence=tuple(evidence),
            fix="Find out which inputs moved the score, repair those, then set the threshold anew with the team that answers the alerts."
            if self.active
            else "",
        )


@dataclass(frozen=True, kw_only=True)
class OneVersion(Facts):
    """One model version answered all ``n`` live rows."""

    kind: Kind = Kind.VERSION_MIXED
    verdict: Verdict = Verdict.QUIET
    version: str
    n: int

    def words(self) -> Words:
        """Name it."""
        return Words(
            title=f"One model version answers in the live data: {self.version} (n = {self.n:,})",
            plain="One model version answers in the live data.",
        )


@dataclass(frozen=True, kw_only=True)
class VersionsInTurn(Facts):
    """Several model versions answered the ``n`` live rows, one after the other."""

    kind: Kind = Kind.VERSION_MIXED
    verdict: Verdict = Verdict.WATCH
    versions: tuple[str, ...]
    n: int

    def words(self) -> Words:
        """Name the most frequent ones."""
        number, more = len(self.versions), len(self.versions) - 4
        listed = ", ".join(self.versions[:4]) + (f" and {more} more" if more > 0 else "")
        return Words(
            title=f"Live data comes from {number} model versions one after the other: {listed} (n = {self.n:,})",
            plain=f"The live data comes from {plural(number, 'model version')} one after the other.",
            explanation="Figures over all live rows mix the versions; each version is also shown by itself.",
            fix="Judge each version by itself, and log when a version went live.",
        )


@dataclass(frozen=True, kw_only=True)
class VersionsAtOnce(Facts):
    """Two model versions that answer at the same time since ``since``, ``n`` rows of each, and the share that each flags."""

    kind: Kind = Kind.VERSION_MIXED
    versions: tuple[str, str]
    since: str
    n: tuple[int, int]
    flags: tuple[Estimate, Estimate] | None = None

    def words(self) -> Words:
        """Say whether it matters which of them answers."""
        first, second = self.versions
        title = f"{first} and {second} answer at the same time since {day(self.since)}"
        plain = f"Two model versions answer at the same time since {day(self.since)}"
        evidence: tuple[str, ...] = ()
        if self.flags is not None:
            d, low, high = change(*self.flags)
            one, other = (percent(e.value) for e in self.flags)
            title += f": they flag {one} and {other} of their patients"
            evidence = (
                f"difference {100 * d:+.1f} points, 95 % interval {100 * low:+.1f} to {100 * high:+.1f}",
            )
            few = any(is_small(round(e.value * n)) for e, n in zip(self.flags, self.n, strict=True))
            plain += "" if few else f" and flag {one} and {other} of their patients"
        differ = self.verdict is Verdict.ALARM
        return Words(
            title=f"{title} ({sizes(*self.n)})",
            plain=f"{plain}.",
            explanation="Who is flagged depends on which version happened to answer, and every figure mixes the two."
            if differ
            else "Every figure mixes the two versions.",
            evidence=evidence,
            fix="Finish the release or roll it back; one version per clinic and day, and its name in every row.",
        )

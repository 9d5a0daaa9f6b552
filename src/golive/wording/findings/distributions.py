"""What is said of distributions: of one column, of the shares of a category, of written texts, of all columns together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from golive.model.facts import Facts, Words
from golive.model.finding import Effect
from golive.model.kinds import Kind, Verdict
from golive.model.profile import is_small
from golive.model.result import DriftResult
from golive.wording.numbers import (
    cell,
    change_words,
    number,
    p_value,
    percent,
    plain_share,
    repeated_rows,
    sizes,
    sizes_of,
)
from golive.wording.text import listing, opening, readable

_ACTIVE = (Verdict.ALARM, Verdict.WATCH)
_METHOD_WORDS = {
    "wasserstein": "mean distance between the distributions in training standard deviations (normalised Wasserstein)",
    "jensenshannon": "Jensen-Shannon distance between the shares (0 to 0.83)",
}


@dataclass(frozen=True)
class ShareChange:
    """One value of a column: rows that hold it on both sides."""

    value: str
    train: int
    live: int


def most_changed(changes: Sequence[ShareChange]) -> ShareChange:
    """The first of the changes whose counts may be shown, or the first of all."""
    return next((c for c in changes if not is_small(c.train) and not is_small(c.live)), changes[0])


@dataclass(frozen=True, kw_only=True)
class CategoryShares(Facts):
    """Values whose share changed by more than chance, the largest change first; ``effect`` is that of the most changed.

    ``p`` is adjusted for all values and columns.
    """

    kind: Kind = Kind.CATEGORY_SHARE_SHIFT
    effect: Effect
    changes: tuple[ShareChange, ...]
    p: float

    @property
    def change(self) -> str:
        """``'2' is 88 % of live values, in training 46 %``."""
        shown, n_live = most_changed(self.changes), self.effect.n_live
        live = cell(shown.live, n_live)
        live = (
            live.replace(" rows", " live values")
            if is_small(shown.live)
            else f"{live} of live values"
        )
        return f"'{shown.value}' is {live}, in training {cell(shown.train, self.effect.n_train)}"

    @property
    def plain_change(self) -> str:
        """``88 % of the live values are '2', in training 46 %``."""
        shown, n = most_changed(self.changes), (self.effect.n_train, self.effect.n_live)
        live, train = plain_share(shown.live, n[1]), plain_share(shown.train, n[0])
        return (
            f"{live} of the live values are '{shown.value.replace('_', ' ')}', in training {train}"
        )

    def words(self) -> Words:
        """Name the value that changed most, and list the others."""
        name, effect, shown = self.name, self.effect, most_changed(self.changes)
        said = ["The share of a value changed by more than chance."]
        if effect.train and effect.live:
            said.append(f"That is {effect.live / effect.train:.2g} times the share in training.")
        if others := [f"'{c.value}'" for c in self.changes if c is not shown]:
            said.append(f"Also changed: {listing(others)}.")
        known = () if effect.change is None else (change_words(effect),)
        return Words(
            title=f"{name}: {self.change} ({sizes_of(effect)})",
            plain=f"The mix of values of {readable(name)} changed: {self.plain_change}.",
            explanation=" ".join(said),
            evidence=(f"adjusted {p_value(self.p)}", *known),
            fix=(
                f"Find out whether the patients changed or the way {name} is recorded. If the patients changed, check performance "
                "in this group; if the recording changed, map the values back."
            ),
        )


@dataclass(frozen=True, kw_only=True)
class DistributionShift(Facts):
    """A column's drift (``result``), told by its most changed value (``shares``) or by its ``medians`` where these differ.

    ``by_p``: the score is a p-value (smaller means more different). ``effect`` is the score.
    """

    effect: Effect
    result: DriftResult
    medians: tuple[float, float] | None
    shares: CategoryShares | None
    by_p: bool

    def words(self) -> Words:
        """Say whether and how the column differs, and what the verdict rests on."""
        name, n = self.name, sizes_of(self.effect)
        change = plain = self._medians()
        if self.shares:
            change, plain = f": {self.shares.change}", f": {self.shares.plain_change}"

        def said(name: str, live: str, change: str, end: str) -> str:
            return {
                Verdict.ALARM: f"{name} is distributed differently {live} than in training{change}{end}",
                Verdict.WATCH: f"{name} differs a little from training{change}{end}",
                Verdict.QUIET: f"{name} is distributed as in training{end}",
                Verdict.CANNOT_JUDGE: f"Too little is known of {name} to say whether its values changed{end}",
            }[self.verdict]

        return Words(
            title=said(name, "live", change, f" ({n})"),
            plain=opening(said(readable(name), "in live data", plain, ".")),
            explanation=self._explanation(),
            evidence=self._evidence(),
            fix=(
                f"Find out whether patients, measurement or recording of {name} changed; repair recording, and check performance "
                "where patients changed."
                if self.verdict in _ACTIVE
                else ""
            ),
        )

    def _medians(self) -> str:
        before, now = map(number, self.medians or (None, None))
        return f": its median is {now}, in training {before}" if before != now else ""

    def _explanation(self) -> str:
        method, score, reason = self.result.method, self.result.score, self.result.reason
        reason = f"{opening(reason)}." if reason else ""
        if score is None:
            return reason
        if self.by_p:
            return (
                f"{reason} Evidently's {method} gives {p_value(score)}, which shrinks with the number of rows; the verdict rests "
                "on the size of the change."
            )
        what = _METHOD_WORDS.get(method, f"Evidently's {method}")
        return f"{reason} Score {score:.3f}: {what}; practical threshold {self.result.threshold:g}."

    def _evidence(self) -> tuple[str, ...]:
        r = self.result
        said = (
            [f"score {r.score:.3g} ({r.method}), threshold {r.threshold:g}"]
            if r.score is not None
            else []
        )
        if r.floor is not None:
            said.append(f"no change gives up to {r.floor:.3f} at these sizes")
        if r.p_adjusted is not None:
            said.append(f"adjusted {p_value(r.p_adjusted)}")
        if r.smallest_detectable is not None:
            said.append(f"smallest shift these sizes show: {r.smallest_detectable:.2f}")
        repeated = repeated_rows(r)
        return (*said, repeated) if repeated else tuple(said)


@dataclass(frozen=True)
class Written:
    """One thing that is counted of a text (``words``: what; ``unit`` "%": a share), with its medians of both sides."""

    words: str
    unit: str
    medians: tuple[float, float]
    result: DriftResult


@dataclass(frozen=True, kw_only=True)
class TextsWritten(Facts):
    """How a column of texts is written: ``counted`` is all that was counted, ``first`` tells it. ``sources``: of no output."""

    kind: Kind = Kind.TEXT_SHIFT
    effect: Effect
    sources: bool
    counted: tuple[Written, ...]
    first: Written

    def words(self) -> Words:
        """Say what is written differently, and what to check."""
        active = self.verdict in _ACTIVE
        what, texts = (
            ("Sources", "source texts") if self.sources else ("Outputs", "texts of the model")
        )
        changed = [w.words for w in self.counted if w.result.verdict is self.verdict]
        more = f" What changed: {listing(changed)}. How a text is written says nothing about whether it is right."

        def said(what: str, few: str) -> str:
            return {
                Verdict.ALARM: f"{what} are written differently live than in training: {self._medians()}",
                Verdict.WATCH: f"{what} are written a little differently than in training: {self._medians()}",
                Verdict.QUIET: f"{what} are written as in training",
                Verdict.CANNOT_JUDGE: f"{few} to say whether they are written as in training",
            }[self.verdict]

        fix = "Check the version, the prompt and the token limit of the generator."
        if self.sources:
            fix = "Find out whether another kind of record or another template arrives as source."
        title = said(f"{what} ({self.name})", f"Too few {what.lower()} ({self.name})")
        return Words(
            title=f"{title} ({sizes_of(self.effect)})",
            plain=f"{said(f'The {texts}', f'There are too few {texts}')}.",
            explanation=f"Evidently counted {listing([w.words for w in self.counted])} of each text.{more if active else ''}",
            evidence=tuple(_line(w) for w in self.counted),
            fix=fix if active else "",
        )

    def _medians(self) -> str:
        train, live = self.first.medians
        if self.first.unit == "%":
            return f"the median share of {self.first.words} is {percent(live / 100)}, in training {percent(train / 100)}"
        return f"the median number of {self.first.words} is {number(live)}, in training {number(train)}"


def _line(written: Written) -> str:
    r = written.result
    if r.score is None:
        return f"{written.words}: {r.reason}"
    floor = f", no change gives up to {r.floor:.3f}" if r.floor is not None else ""
    p = f", adjusted {p_value(r.p_adjusted)}" if r.p_adjusted is not None else ""
    return f"{written.words}: score {r.score:.3f} ({r.method}), threshold {r.threshold:g}{floor}{p}"


@dataclass(frozen=True, kw_only=True)
class RowsTogether(Facts):
    """How well live rows are told from training rows by all ``used`` columns: AUCs of the ``whole`` and of the ``rest``.

    The rest are the columns without findings of their own, where both were looked at. ``leans_on`` are the columns that carry
    the whole, ``losses`` what the AUC loses when each column of what is judged is shuffled, largest first. ``n`` rows of each
    side of the sample, ``least`` of them are needed. With a ``cause`` the difference is that of findings already made.
    """

    kind: Kind = Kind.MULTIVARIATE_SHIFT
    used: int
    n: tuple[int, int]
    least: int
    whole: Effect | None = None
    rest: Effect | None = None
    leans_on: tuple[str, ...] = ()
    losses: tuple[tuple[str, float], ...] = ()

    def words(self) -> Words:
        """Say whether rows differ as a whole, and by which columns."""
        if self.whole is None:
            return Words(
                title=f"Whether live rows differ from training rows as a whole cannot be judged ({sizes(*self.n)})",
                plain="Whether live records as a whole differ from training cannot be judged, because there are too few.",
                explanation=f"The joint check needs {self.least} rows a side, one per patient where an id is known.",
            )
        if self.verdict is Verdict.QUIET:
            return Words(
                title=f"Live rows as a whole look like training rows ({_auc(self.whole)})",
                plain="Nothing shows that live records as a whole differ from the training data.",
                explanation=f"A classifier on all {self.used} columns tells them apart hardly better than chance, which is 0.5.",
            )
        explained, rest = self.cause is not None, self.rest
        left = "Without the columns that have findings of their own"
        more = (
            f" {left}{' nothing is left (' if explained else ': '}{_auc(rest)}{')' if explained else ''}."
            if rest
            else ""
        )
        alone = rest is not None and not explained
        what = (
            "Columns without findings of their own differ as a whole"
            if alone
            else "Live rows as a whole differ from training rows"
        )
        plain = "Columns without findings of their own" if alone else "Live records"
        names = [readable(c) for c in self.columns]
        return Words(
            title=f"{what}, by {listing(self.columns, 3)} ({_auc(rest if rest and alone else self.whole)})",
            plain=f"{plain} differ as a whole from the training data, most of all in {listing(names, 3)}.",
            explanation=(
                f"A classifier on {self.used} columns, scored on rows it had not seen, tells a live row from a training row with "
                f"AUC {self.whole.live:.2f} (0.5 is chance, 1 is always). It leans on {listing(self.leans_on, 5)}.{more}"
            ),
            evidence=tuple(
                f"{name}: shuffled, the AUC falls by {loss:.3f}"
                for name, loss in self.losses[:5]
                if loss >= 0.0005
            ),
            fix="Look at the named columns together: a changed case mix, device or documentation habit moves several at once.",
        )


def _auc(found: Effect) -> str:
    low, high = (0.5 + (end or 0.0) for end in (found.low, found.high))
    return f"AUC {found.live:.2f}, {low:.2f} to {high:.2f}; {sizes_of(found)}"

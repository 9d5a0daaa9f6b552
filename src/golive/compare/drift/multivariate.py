"""All columns together: can a classifier tell a live row from a training row, and which columns let it?

A domain classifier (Rabanser et al., Failing Loudly, NeurIPS 2019; Lopez-Paz and Oquab, ICLR 2017): gradient-boosted trees
on a joint sample, scored out of fold, so that what it has merely memorised does not count. Its AUC is 0.5 when nothing
differs, whatever the columns.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from golive.compare.base.measured import service_columns
from golive.model.columns import ColumnSpec, Roles
from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Verdict, finding
from golive.model.profile import FloatArray
from golive.model.result import NotAssessed
from golive.wording.text import check_failed, listing

if TYPE_CHECKING:
    from golive.intake import Dataset
    from golive.profile.rows.joint_sample import JointSample

FEWEST = 50
"""Rows a side, one per patient where an id is known, from which the check judges."""
MOST_COLUMNS, CLEARLY_TOO_MANY = 500, 800
"""Columns up to which the check runs: beyond, it would cost more than everything else together."""
WATCH, ALARM = 0.55, 0.60
"""AUC that the lower bound must exceed: one column moved by 0.18 or 0.36 standard deviations gives as much."""
FOLDS = 3
CARRIES = 0.1
"""Share of the largest importance from which a column is said to carry the difference."""
EXPLAINED = 0.1
"""Share of the score's variance that the columns must explain before importances are taken from it."""
_TREES = {
    "max_iter": 40,
    "learning_rate": 0.2,
    "max_leaf_nodes": 15,
    "min_samples_leaf": 20,
    "early_stopping": False,
}
_TESTED_ROWS = 2_000
_TESTED_CELLS = 4_000_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Separation:
    """How well live and training rows are told apart: AUC with its DeLong interval, and what each column adds to it."""

    auc: float
    low: float
    high: float
    n_train: int
    n_live: int
    carry: Callable[[], tuple[tuple[str, float], ...]] = field(repr=False, compare=False)

    @cached_property
    def carriers(self) -> tuple[tuple[str, float], ...]:
        """Columns by the AUC that is lost when they are shuffled, largest first; worked out when it is asked for."""
        return self.carry()


@dataclass(frozen=True)
class Multivariate:
    """What the check says: at most one finding, an importance (0 to 1) per column, and what was not judged."""

    findings: tuple[Finding, ...] = ()
    importance: dict[str, float] = field(default_factory=dict)
    not_assessed: tuple[NotAssessed, ...] = ()


@dataclass(frozen=True)
class Looked:
    """What the rows themselves say, before anything is known of single columns. ``sample`` is gone with this object."""

    sample: JointSample | None = None
    whole: Separation | None = None
    importance: dict[str, float] = field(default_factory=dict)
    skipped: str = ""


def _too_many(columns: int) -> str:
    return f"{columns:,} columns; the joint check reads at most {MOST_COLUMNS}"


def look(
    train: Dataset, live: Dataset, specs: Sequence[ColumnSpec], roles: Roles, config: Config
) -> Looked:
    """Draw the joint sample and separate its sides on all columns. A failure is said in ``skipped``, not raised.

    Nothing of the comparison is needed, so this may run beside it.
    """
    from golive.profile.rows.joint_sample import draw, shared

    try:
        service = service_columns(config)
        asked = [s for s in specs if s.name not in service]
        if (many := len(shared(train, live, asked))) > CLEARLY_TOO_MANY:
            return Looked(skipped=_too_many(many))
        sample = draw(train, live, asked, roles)
        if len(sample.columns) > MOST_COLUMNS:
            return Looked(skipped=_too_many(len(sample.columns)))
        if len(sample.columns) < 2:
            return Looked(skipped="fewer than two columns hold numbers or categories on both sides")
        with _one_thread():
            few = min(len(sample.train), len(sample.live)) < FEWEST
            whole = None if few else separate(sample, config)
            if whole and whole.low > WATCH:
                _ = whole.carriers  # here, where the time is not waited for
            return Looked(sample, whole, from_score(sample, config.seed))
    except Exception as error:  # a result with one gap, named, is worth more than none
        return Looked(skipped=_failed(error))


def judge(looked: Looked, known: Sequence[Finding], config: Config) -> Multivariate:
    """Judge all columns together, on a joint sample that is gone afterwards.

    ``known`` are findings already made: a difference that only their columns carry is told as theirs. Importances are
    those of the configuration, else what each column adds to explaining the model's score. A failure is said, not raised.
    """
    declared = {
        name: c.importance for name, c in config.columns.items() if c.importance is not None
    }
    if looked.sample is None:
        return Multivariate((), declared, (_skipped(looked.skipped),))
    try:
        with _one_thread():
            return Multivariate(
                (_finding(looked.sample, looked.whole, known, config),),
                looked.importance | declared,
            )
    except Exception as error:
        return Multivariate((), declared, (_skipped(_failed(error)),))


def _one_thread() -> Any:
    """One thread: trees this small lose more by waiting for each other than they win, most of all on a busy machine.

    Only of trees: what numpy sums beside this must not change its threads half-way (``evidently_scores``).
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    return threadpool_limits(limits=1, user_api="openmp")


def _failed(error: Exception) -> str:
    _log.exception("the joint check failed", exc_info=error)
    return check_failed(error)


def _skipped(why: str) -> NotAssessed:
    return NotAssessed(what="all columns together", why=why)


def _finding(
    sample: JointSample, whole: Separation | None, known: Sequence[Finding], config: Config
) -> Finding:
    n_train, n_live = len(sample.train), len(sample.live)
    if whole is None:
        return _made(
            Verdict.CANNOT_JUDGE,
            f"Whether live rows differ from training rows as a whole cannot be judged (n = {n_train:,} and {n_live:,})",
            f"The joint check needs {FEWEST} rows a side, one per patient where an id is known.",
        )
    if whole.low <= WATCH:
        return _made(
            Verdict.QUIET,
            f"Live rows as a whole look like training rows ({_auc(whole)})",
            f"A classifier on all {len(sample.columns)} columns tells them apart hardly better than chance, which is 0.5.",
            whole,
        )
    acted = [f for f in known if f.verdict in (Verdict.ALARM, Verdict.WATCH) and f.columns]
    told = {c for f in acted for c in f.columns}
    carriers = _carriers(whole)
    rest = (
        separate(_without(sample, told), config)
        if told and len(set(sample.columns) - told) >= 2
        else None
    )
    explained = bool(told) and (rest is None or rest.low <= WATCH) and bool(set(carriers) & told)
    judged = whole if rest is None else rest
    if explained:
        first = next(
            (f for name in carriers for f in acted if name in f.columns and f.cause is None),
            acted[0],
        )
        left = (
            f" Without the columns that have findings of their own nothing is left ({_auc(rest)})."
            if rest
            else ""
        )
        return _made(
            Verdict.WATCH,
            f"Live rows as a whole differ from training rows, by {listing(carriers, 3)} ({_auc(whole)})",
            f"{_said(whole, sample)}{left}",
            whole,
            columns=carriers,
            cause=first.id,
        )
    more = f" Without the columns that have findings of their own: {_auc(judged)}." if rest else ""
    by = listing(_carriers(judged), 3)
    if rest is None:
        title = f"Live rows as a whole differ from training rows, by {by} ({_auc(judged)})"
    else:
        title = f"Columns without findings of their own differ as a whole, by {by} ({_auc(judged)})"
    return _made(
        Verdict.ALARM if judged.low > ALARM else Verdict.WATCH,
        title,
        f"{_said(whole, sample)}{more}",
        judged,
        columns=_carriers(judged),
    )


def _made(
    verdict: Verdict,
    title: str,
    explanation: str,
    found: Separation | None = None,
    *,
    columns: Sequence[str] = (),
    cause: str | None = None,
) -> Finding:
    active = verdict in (Verdict.ALARM, Verdict.WATCH)
    return finding(
        Kind.MULTIVARIATE_SHIFT,
        verdict,
        columns=tuple(columns),
        title=title,
        explanation=explanation,
        effect=Effect(
            name="domain_auc",
            train=0.5,
            live=found.auc,
            change=found.auc - 0.5,
            low=found.low - 0.5,
            high=found.high - 0.5,
            n_train=found.n_train,
            n_live=found.n_live,
        )
        if found
        else None,
        evidence=tuple(
            f"{name}: shuffled, the AUC falls by {loss:.3f}"
            for name, loss in found.carriers[:5]
            if loss >= 0.0005
        )
        if found and active
        else (),
        fix="Look at the named columns together: a changed case mix, device or documentation habit moves several at once."
        if active
        else "",
        cause=cause,
    )


def _auc(found: Separation) -> str:
    return f"AUC {found.auc:.2f}, {found.low:.2f} to {found.high:.2f}; n = {found.n_train:,} and {found.n_live:,}"


def _said(found: Separation, sample: JointSample) -> str:
    return (
        f"A classifier on {len(sample.columns)} columns, scored on rows it had not seen, tells a live row from a training "
        f"row with AUC {found.auc:.2f} (0.5 is chance, 1 is always). It leans on {listing(_carriers(found), 5)}."
    )


def _carriers(found: Separation) -> tuple[str, ...]:
    most = found.carriers[0][1] if found.carriers else 0.0
    return tuple(name for name, loss in found.carriers if loss > 0 and loss >= CARRIES * most)[:8]


def _without(sample: JointSample, columns: set[str]) -> JointSample:
    from dataclasses import replace

    keep = [i for i, name in enumerate(sample.columns) if name not in columns]
    return replace(
        sample,
        columns=tuple(sample.columns[i] for i in keep),
        categorical=tuple(sample.categorical[i] for i in keep),
        train=sample.train[:, keep],
        live=sample.live[:, keep],
    )


def separate(sample: JointSample, config: Config) -> Separation:
    """Cross-validated AUC of a domain classifier (interval at ``1 - alpha``, DeLong) and the columns it needs."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import StratifiedKFold

    rows = np.vstack([sample.train, sample.live])
    is_live = np.repeat([0, 1], [len(sample.train), len(sample.live)])
    scores = np.zeros(len(rows))
    first: tuple[Any, Any] | None = (
        None  # one fold names the columns; the others say the same and cost as much again
    )
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=config.seed)
    for fitted, tested in folds.split(rows, is_live):
        model = HistGradientBoostingClassifier(
            categorical_features=list(sample.categorical), random_state=config.seed, **_TREES
        ).fit(rows[fitted], is_live[fitted])
        # Folds of unequal models are put on one scale by their ranks before they are pooled.
        scores[tested] = _ranks(model.predict_proba(rows[tested])[:, 1])
        first = first or (model, tested)
    auc, low, high = delong(scores[is_live == 1], scores[is_live == 0], config.drift.alpha)
    assert first is not None
    model, tested = first

    def carry() -> tuple[tuple[str, float], ...]:
        losses = _shuffled(
            model.decision_function, rows[tested], is_live[tested], _aucs, config.seed
        )
        return tuple(
            sorted(zip(sample.columns, losses.tolist(), strict=True), key=lambda c: (-c[1], c[0]))
        )

    return Separation(auc, low, high, len(sample.train), len(sample.live), carry)


def _ranks(values: FloatArray) -> FloatArray:
    from scipy.stats import rankdata

    ranked: FloatArray = rankdata(values) / len(values)
    return ranked


def _shuffled(predict: Any, rows: FloatArray, target: Any, score: Any, seed: int) -> FloatArray:
    """Score that is lost when each column is shuffled (Breiman 2001), on at most ``_TESTED_ROWS`` rows.

    The same numbers as scikit-learn's ``permutation_importance`` with one repeat, from one prediction for many columns.
    ``score`` takes the target and predictions of shape ``(k, n)`` and gives ``k`` scores.
    """
    from sklearn.utils import check_random_state

    draw = np.random.default_rng(seed)
    some = draw.choice(len(rows), min(len(rows), _TESTED_ROWS), replace=False)
    rows, target = rows[some], target[some]
    n, columns = rows.shape
    order = np.arange(n)
    check_random_state(check_random_state(seed).randint(np.iinfo(np.int32).max + 1)).shuffle(order)
    together = max(1, _TESTED_CELLS // rows.size)
    parts = [score(target, predict(rows)[None, :])]
    for start in range(0, columns, together):
        block = range(start, min(columns, start + together))
        moved = np.tile(rows, (len(block), 1)).reshape(len(block), n, columns)
        for i, column in enumerate(block):
            moved[i, :, column] = rows[order, column]
        parts.append(score(target, predict(moved.reshape(-1, columns)).reshape(len(block), n)))
    scored: FloatArray = np.concatenate(parts)
    loss: FloatArray = scored[0] - scored[1:]
    return loss


def _aucs(is_live: Any, scores: FloatArray) -> FloatArray:
    """AUC of each row of ``scores``, by ranks (Mann-Whitney)."""
    from scipy.stats import rankdata

    m = int((is_live == 1).sum())
    ranks = rankdata(scores, axis=1)[:, is_live == 1].sum(axis=1)
    return np.asarray((ranks - m * (m + 1) / 2) / (m * (len(is_live) - m)))


def _explained(values: FloatArray, predicted: FloatArray) -> FloatArray:
    """Share of the variance of ``values`` that each row of ``predicted`` explains (R squared)."""
    return np.asarray(
        1 - ((values - predicted) ** 2).sum(axis=1) / ((values - values.mean()) ** 2).sum()
    )


def delong(positive: FloatArray, negative: FloatArray, alpha: float) -> tuple[float, float, float]:
    """AUC with its confidence interval at level ``1 - alpha`` (DeLong et al. 1988; Sun and Xu 2014), bounded to 0..1."""
    from scipy.stats import norm, rankdata

    m, n = len(positive), len(negative)
    pooled = rankdata(np.concatenate([positive, negative]))
    above = (pooled[:m] - rankdata(positive)) / n
    below = 1 - (pooled[m:] - rankdata(negative)) / m
    auc = float(above.mean())
    error = math.sqrt(float(above.var(ddof=1)) / m + float(below.var(ddof=1)) / n)
    reach = float(norm.ppf(1 - alpha / 2)) * error
    return auc, max(0.0, auc - reach), min(1.0, auc + reach)


def from_score(sample: JointSample, seed: int = 0) -> dict[str, float]:
    """Importance of each column for the model's score, 0 to 1 (the largest is 1).

    Nothing where there is no score, fewer than ``FEWEST`` scored rows, or the columns explain less than ``EXPLAINED`` of it.
    """
    from sklearn.ensemble import HistGradientBoostingRegressor

    rows = sample.train if sample.scored == "train" else sample.live
    if sample.score is None:
        return {}
    held = np.isfinite(sample.score)
    rows, score = rows[held], sample.score[held]
    if len(score) < FEWEST or np.ptp(score) == 0:
        return {}
    order = np.random.default_rng(seed).permutation(len(score))
    cut = len(score) * 2 // 3
    fitted, tested = order[:cut], order[cut:]
    model = HistGradientBoostingRegressor(
        categorical_features=list(sample.categorical), random_state=seed, **_TREES
    )
    model.fit(rows[fitted], score[fitted])
    if model.score(rows[tested], score[tested]) < EXPLAINED:
        return {}
    lost = np.clip(_shuffled(model.predict, rows[tested], score[tested], _explained, seed), 0, None)
    most = float(lost.max())
    return (
        {n: round(float(v) / most, 4) for n, v in zip(sample.columns, lost, strict=True)}
        if most > 0
        else {}
    )

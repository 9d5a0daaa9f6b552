"""All columns together: can a classifier tell a live row from a training row, and which columns let it?

A domain classifier (Rabanser et al., Failing Loudly, NeurIPS 2019; Lopez-Paz and Oquab, ICLR 2017): gradient-boosted trees
on a joint sample, scored out of fold, so that what it has merely memorised does not count. Its AUC is 0.5 when nothing
differs, whatever the columns.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from golive.compare.base.measured import service_columns
from golive.model.columns import ColumnSpec, Roles
from golive.model.config import Config
from golive.model.finding import Effect, Finding, Verdict
from golive.model.profile import FloatArray
from golive.model.result import NotAssessed
from golive.stats.estimate import Mask
from golive.stats.ranking import auroc
from golive.wording.findings.distributions import RowsTogether
from golive.wording.text import check_failed

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

    @property
    def effect(self) -> Effect:
        """The AUC against chance (0.5), with the interval of the difference."""
        interval, n = (self.low - 0.5, self.high - 0.5), (self.n_train, self.n_live)
        return Effect.between("domain_auc", 0.5, self.auc, n=n, interval=interval)

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
class Prepared:
    """What the rows themselves say, before anything is known of single columns. ``sample`` is gone with this object."""

    sample: JointSample | None = None
    whole: Separation | None = None
    importance: dict[str, float] = field(default_factory=dict)
    skipped: str = ""


def prepare(
    train: Dataset, live: Dataset, specs: Sequence[ColumnSpec], roles: Roles, config: Config
) -> Prepared:
    """Draw the joint sample and separate its sides on all columns. A failure is said in ``skipped``, not raised.

    Nothing of the comparison is needed, so this may run beside it.
    """
    from golive.profile.rows.joint_sample import draw, shared

    try:
        service = service_columns(config)
        asked = [s for s in specs if s.name not in service]
        columns, sample = len(shared(train, live, asked)), None
        if columns <= CLEARLY_TOO_MANY:
            sample = draw(train, live, asked, roles)
            columns = len(sample.columns)
        if columns > MOST_COLUMNS:
            why = f"{columns:,} columns; the joint check reads at most {MOST_COLUMNS}"
            return Prepared(skipped=why)
        if sample is None or columns < 2:
            return Prepared(
                skipped="fewer than two columns hold numbers or categories on both sides"
            )
        with _one_thread():
            few = min(len(sample.train), len(sample.live)) < FEWEST
            whole = None if few else separate(sample, config)
            if whole and whole.low > WATCH:
                _ = whole.carriers  # here, where the time is not waited for
            return Prepared(sample, whole, from_score(sample, config.seed))
    except Exception as error:  # a result with one gap, named, is worth more than none
        return Prepared(skipped=_failed(error))


def judge_rows_together(looked: Prepared, known: Sequence[Finding], config: Config) -> Multivariate:
    """Judge all columns together, on a joint sample that is gone afterwards.

    ``known`` are findings already made: a difference that only their columns carry is told as theirs. Importances are
    those of the configuration, else what each column adds to explaining the model's score. A failure is said, not raised.
    """
    declared = {n: c.importance for n, c in config.columns.items() if c.importance is not None}
    why = looked.skipped
    if looked.sample is not None:
        try:
            with _one_thread():
                found = _facts(looked.sample, looked.whole, known, config).finding()
                return Multivariate((found,), looked.importance | declared)
        except Exception as error:
            why = _failed(error)
    return Multivariate((), declared, (NotAssessed(what="all columns together", why=why),))


def _one_thread() -> Any:
    """One thread: trees this small lose more by waiting for each other than they win, most of all on a busy machine.

    Only of trees: what numpy sums beside this must not change its threads half-way (``evidently_scores``).
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    return threadpool_limits(limits=1, user_api="openmp")


def _failed(error: Exception) -> str:
    _log.exception("the joint check failed", exc_info=error)
    return check_failed(error)


def _facts(
    sample: JointSample, whole: Separation | None, known: Sequence[Finding], config: Config
) -> RowsTogether:
    n, used = (len(sample.train), len(sample.live)), len(sample.columns)
    if whole is None or whole.low <= WATCH:
        return RowsTogether(
            verdict=Verdict.QUIET if whole else Verdict.CANNOT_JUDGE,
            effect=whole.effect if whole else None,
            used=used,
            n=n,
            least=FEWEST,
            whole=whole.effect if whole else None,
        )
    acted = [f for f in known if f.verdict in (Verdict.ALARM, Verdict.WATCH) and f.columns]
    explained_columns = {c for f in acted for c in f.columns}
    leans_on, rest = _carriers(whole), None
    if explained_columns and len(set(sample.columns) - explained_columns) >= 2:
        rest = separate(_without(sample, explained_columns), config)
    explained = bool(explained_columns & set(leans_on)) and (rest is None or rest.low <= WATCH)
    judged = whole if rest is None or explained else rest
    first = None
    if explained:
        named = (f for c in leans_on for f in acted if c in f.columns and f.cause is None)
        first = next(named, acted[0])
    alarm = judged.low > ALARM and not explained
    return RowsTogether(
        verdict=Verdict.ALARM if alarm else Verdict.WATCH,
        columns=_carriers(judged),
        effect=judged.effect,
        cause=first.id if first else None,
        used=used,
        n=n,
        least=FEWEST,
        whole=whole.effect,
        rest=rest.effect if rest else None,
        leans_on=leans_on,
        losses=judged.carriers,
    )


def _carriers(found: Separation) -> tuple[str, ...]:
    most = found.carriers[0][1] if found.carriers else 0.0
    return tuple(name for name, loss in found.carriers if loss > 0 and loss >= CARRIES * most)[:8]


def _without(sample: JointSample, columns: set[str]) -> JointSample:
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
    from scipy.stats import rankdata
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import StratifiedKFold

    rows = np.vstack([sample.train, sample.live])
    is_live = np.arange(len(rows)) >= len(sample.train)
    scores = np.zeros(len(rows))
    fitted_first: tuple[Any, Any] | None = None
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=config.seed)
    for fitted, tested in folds.split(rows, is_live):
        model = HistGradientBoostingClassifier(
            categorical_features=list(sample.categorical), random_state=config.seed, **_TREES
        ).fit(rows[fitted], is_live[fitted])
        # Folds of unequal models are put on one scale by their ranks before they are pooled.
        scores[tested] = rankdata(model.predict_proba(rows[tested])[:, 1]) / len(tested)
        # One fold names the columns; the others say the same and cost as much again
        fitted_first = fitted_first or (model, tested)
    assert fitted_first is not None
    model, tested = fitted_first
    auc, low, high = told_apart(scores, is_live, config.drift.alpha)

    def carry() -> tuple[tuple[str, float], ...]:
        target = is_live[tested]
        losses = _shuffled(model.decision_function, rows[tested], target, _aucs, config.seed)
        named = zip(sample.columns, losses.tolist(), strict=True)
        return tuple(sorted(named, key=lambda column: (-column[1], column[0])))

    return Separation(auc, low, high, len(sample.train), len(sample.live), carry)


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
    scored = np.concatenate(parts)
    return np.asarray(scored[0] - scored[1:], dtype=np.float64)


def _aucs(is_live: Mask, scores: FloatArray) -> FloatArray:
    """AUC of each row of ``scores``, by ranks (Mann-Whitney)."""
    from scipy.stats import rankdata

    m = int(is_live.sum())
    ranks = rankdata(scores, axis=1)[:, is_live].sum(axis=1)
    return np.asarray((ranks - m * (m + 1) / 2) / (m * (len(is_live) - m)))


def _explained(values: FloatArray, predicted: FloatArray) -> FloatArray:
    """Share of the variance of ``values`` that each row of ``predicted`` explains (R squared)."""
    return np.asarray(
        1 - ((values - predicted) ** 2).sum(axis=1) / ((values - values.mean()) ** 2).sum()
    )


def told_apart(scores: FloatArray, is_live: Mask, alpha: float) -> tuple[float, float, float]:
    """AUC of ``scores`` for live rows, and its interval at ``1 - alpha`` (DeLong et al. 1988), bounded to 0..1."""
    from scipy.stats import norm

    area = auroc(scores, is_live)
    reach = float(norm.ppf(1 - alpha / 2)) * area.se
    return area.value, max(0.0, area.value - reach), min(1.0, area.value + reach)


def from_score(sample: JointSample, seed: int = 0) -> dict[str, float]:
    """Importance of each column for the model's score, 0 to 1 (the largest is 1).

    Nothing where there is no score, fewer than ``FEWEST`` scored rows, or the columns explain less than ``EXPLAINED`` of it.
    """
    from sklearn.ensemble import HistGradientBoostingRegressor

    if sample.score is None:
        return {}
    finite = np.isfinite(sample.score)
    rows = (sample.train if sample.scored == "train" else sample.live)[finite]
    score = sample.score[finite]
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
    if most <= 0:
        return {}
    return {n: round(float(v) / most, 4) for n, v in zip(sample.columns, lost, strict=True)}

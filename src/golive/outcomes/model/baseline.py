"""Is the model better than what is simpler: the event rate, the best single column, a logistic regression on a few columns."""

from __future__ import annotations

import numpy as np

from golive.model.finding import Effect
from golive.model.kinds import Verdict
from golive.model.measured.groups import Baselines, GainOver
from golive.model.profile import FloatArray
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.model.target import Cases
from golive.outcomes.model.verdicts import FEWEST
from golive.stats import ranking
from golive.stats.estimate import Estimate, Mask, number
from golive.wording.findings.validity import BaselineNotBeaten, Rival, Simpler

MOST_FITTED = 50_000
"""Training rows that the simple model is fitted on."""

FEWEST_FITTED = 100
_EDGE = 0.005


def baseline(context: Context, out: Outcomes) -> None:
    """``baseline_not_beaten`` and ``Baselines``: gain of the model in AUROC on the same live rows."""
    m = context.figures
    if m is None or m.cases_live.score is None or not m.live["auroc"].known:
        return
    live, area = m.cases_live, m.live["auroc"]
    chance = Estimate(area.value - 0.5, area.se, area.low - 0.5, area.high - 0.5)
    rivals = (Rival(Simpler.EVENT_RATE, chance), *_fitted(context, live, m.cases_train))
    gains = {r.what.value: GainOver.of(r.gain, what=r.name) for r in rivals}
    out.add(baseline=Baselines(n_events=live.n_events, **gains))
    hardest = min(rivals, key=lambda r: r.gain.value)
    gain, n = number(hardest.gain.value), (context.train.rows, live.n)
    interval = number(hardest.gain.low), number(hardest.gain.high)
    effect = Effect.between("auroc_gain", None, gain, n=n, interval=interval)
    out.facts.append(
        BaselineNotBeaten(
            verdict=_verdict(hardest.gain, enough=live.smaller >= FEWEST),
            columns=context.columns,
            effect=effect.model_copy(update={"change": gain}),
            rivals=rivals,
            hardest=hardest,
        )
    )


def _verdict(gain: Estimate, *, enough: bool) -> Verdict:
    if not enough or not gain.known:
        return Verdict.CANNOT_JUDGE
    if gain.high < 0:
        return Verdict.ALARM
    return Verdict.QUIET if gain.low > 0 else Verdict.WATCH


def _matrix(side: Cases, names: list[str]) -> FloatArray:
    return np.column_stack([side.side.features[n][side.place] for n in names])


def _fitted(context: Context, live: Cases, train: Cases | None) -> tuple[Rival, ...]:
    """The best column alone and a logistic regression on all of them; none when training has too few rows or live lacks the
    columns. Missing values become the training median; values beyond training's are set to its ends.
    """
    if train is None or live.score is None or train.smaller < FEWEST_FITTED:
        return ()
    names = [n for n in train.side.features if n in live.side.features]
    if not names:
        return ()
    x, y = _matrix(train, names), train.event
    if len(y) > MOST_FITTED:
        rows = np.random.default_rng(context.config.seed).choice(len(y), MOST_FITTED, replace=False)
        x, y = x[rows], y[rows]
    usable = np.isfinite(x).sum(axis=0) >= FEWEST_FITTED
    if not usable.any():
        return ()
    names, x = [n for n, u in zip(names, usable, strict=True) if u], x[:, usable]
    low, middle, high = np.nanquantile(x, [_EDGE, 0.5, 1 - _EDGE], axis=0)
    x, z = (np.clip(np.where(np.isnan(v), middle, v), low, high) for v in (x, _matrix(live, names)))
    areas = np.array([ranking.auroc(column, y).value for column in x.T])
    best = int(np.argmax(np.abs(areas - 0.5)))
    alone = z[:, best] if areas[best] >= 0.5 else -z[:, best]

    def gain(guess: FloatArray) -> Estimate:
        assert live.score is not None
        return ranking.auroc_gain(live.score, guess, live.event, live.units)

    return (
        Rival(Simpler.COLUMN, gain(alone), (names[best],)),
        Rival(Simpler.REGRESSION, gain(_logistic(x, y, z)), tuple(names)),
    )


def _logistic(x: FloatArray, y: Mask, z: FloatArray) -> FloatArray:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(x, y)
    return np.asarray(model.decision_function(z), dtype=np.float64)

"""Is the model better than what is simpler: the event rate, the best single column, a logistic regression on a few columns."""

from __future__ import annotations

import numpy as np

from golive.model.finding import Effect, Finding, Kind, Verdict, finding
from golive.model.measured.groups import Baselines, GainOver
from golive.model.profile import FloatArray
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.model.drops import FEWEST
from golive.outcomes.model.usable import Cases
from golive.stats import ranking
from golive.stats.estimate import Estimate, Mask, number
from golive.wording.numbers import sizes

MOST_FITTED = 50_000
"""Training rows that the simple model is fitted on."""

FEWEST_FITTED = 100
_EDGE = 0.005


def baseline(context: Context, out: Outcomes) -> None:
    """``baseline_not_beaten`` and ``Baselines``: gain of the model in AUROC on the same live rows."""
    m = context.measured
    if m is None or m.cases_live.score is None or not m.live["auroc"].known:
        return
    live, area = m.cases_live, m.live["auroc"]
    gains: dict[str, tuple[str, Estimate]] = {
        "prevalence": (
            "always saying the event rate",
            Estimate(area.value - 0.5, area.se, area.low - 0.5, area.high - 0.5),
        )
    }
    gains |= _fitted(context, live, m.cases_train)
    told = {key: GainOver.of(gain, what=what) for key, (what, gain) in gains.items()}
    out.add(baseline=Baselines(n_events=live.n_events, **told))
    out.findings.append(_finding(context, live, gains))


def _matrix(side: Cases, names: list[str]) -> FloatArray:
    return np.column_stack([side.side.features[n][side.place] for n in names])


def _fitted(context: Context, live: Cases, train: Cases | None) -> dict[str, tuple[str, Estimate]]:
    """Gains over the simple models; empty when training has too few rows or live lacks the columns."""
    if (
        train is None
        or live.score is None
        or min(train.n_events, train.n - train.n_events) < FEWEST_FITTED
    ):
        return {}
    names = [n for n in train.side.features if n in live.side.features]
    if not names:
        return {}
    x, y = _matrix(train, names), train.event
    if len(y) > MOST_FITTED:
        rows = np.random.default_rng(context.config.seed).choice(len(y), MOST_FITTED, replace=False)
        x, y = x[rows], y[rows]
    usable = [i for i in range(len(names)) if np.isfinite(x[:, i]).sum() >= FEWEST_FITTED]
    if not usable:
        return {}
    names, x = [names[i] for i in usable], x[:, usable]
    ends = np.nanquantile(x, [_EDGE, 0.5, 1 - _EDGE], axis=0)

    def prepared(values: FloatArray) -> FloatArray:
        """Missing values become the training median; values beyond training's are set to its ends."""
        return np.asarray(
            np.clip(np.where(np.isnan(values), ends[1], values), ends[0], ends[2]), dtype=np.float64
        )

    x = prepared(x)
    z = prepared(_matrix(live, names))
    return _single(x, y, z, names, live) | _logistic(x, y, z, names, live)


def _single(
    x: FloatArray, y: Mask, z: FloatArray, names: list[str], live: Cases
) -> dict[str, tuple[str, Estimate]]:
    assert live.score is not None
    areas = [ranking.auroc(x[:, i], y).value for i in range(len(names))]
    best = int(np.argmax([abs(a - 0.5) for a in areas]))
    sign = 1.0 if areas[best] >= 0.5 else -1.0
    gain = ranking.auroc_gain(live.score, sign * z[:, best], live.event, live.units)
    return {"single": (f"{names[best]} alone", gain)}


def _logistic(
    x: FloatArray, y: Mask, z: FloatArray, names: list[str], live: Cases
) -> dict[str, tuple[str, Estimate]]:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    assert live.score is not None
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(x, y)
    guess = model.decision_function(z)
    gain = ranking.auroc_gain(
        live.score, np.asarray(guess, dtype=np.float64), live.event, live.units
    )
    return {"simple": (f"logistic regression on {', '.join(names)}", gain)}


def _finding(context: Context, live: Cases, gains: dict[str, tuple[str, Estimate]]) -> Finding:
    key = min(gains, key=lambda k: gains[k][1].value)  # the hardest to beat
    what, gain = gains[key]
    few = min(live.n_events, live.n - live.n_events) < FEWEST
    verdict = (
        Verdict.CANNOT_JUDGE
        if few or not gain.known
        else Verdict.ALARM
        if gain.high < 0
        else Verdict.QUIET
        if gain.low > 0
        else Verdict.WATCH
    )
    said = {
        Verdict.ALARM: f"The model ranks live patients worse than {what}",
        Verdict.WATCH: f"The model is not clearly better than {what}",
        Verdict.QUIET: f"The model ranks live patients better than {what}",
        Verdict.CANNOT_JUDGE: "Too few outcomes to say whether the model is better than something simpler",
    }[verdict]
    return finding(
        Kind.BASELINE_NOT_BEATEN,
        verdict,
        columns=context.columns,
        title=f"{said}: difference in AUROC {gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f}) ({sizes(context.train.rows, live.n)})",
        explanation="A simple model that does as well is cheaper to run, easier to explain, and a ready fallback.",
        effect=Effect(
            name="auroc_gain",
            live=number(gain.value),
            change=number(gain.value),
            low=number(gain.low),
            high=number(gain.high),
            n_train=context.train.rows,
            n_live=live.n,
        ),
        evidence=tuple(
            f"gain over {w}: {g.value:+.3f} ({g.low:+.3f} to {g.high:+.3f})"
            for w, g in gains.values()
        ),
        fix="Repair the inputs the model depends on; until then the simpler model is the better answer."
        if verdict is Verdict.ALARM
        else "",
    )

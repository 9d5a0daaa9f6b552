"""Metrics: equal to scikit-learn and statsmodels, to slow references, and right for patients with several rows."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    log_loss,
    precision_score,
    recall_score,
    roc_auc_score,
)
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from golive.stats import calibration as cal
from golive.stats import operating_point as op
from golive.stats import ranking
from golive.stats.estimate import change, on_logit, share, standard_error, units_of, wilson


def draw(n: int, seed: int = 0, decimals: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (with ties) and outcomes that follow them."""
    rng = np.random.default_rng(seed)
    p = 1 / (1 + np.exp(-(rng.normal(0, 1.4, n) - 1.2)))
    return np.clip(np.round(p, decimals), 0.001, 0.999), rng.random(n) < p


def slow_delong(score: np.ndarray, event: np.ndarray) -> tuple[float, float]:
    """AUROC and its variance by comparing every event with every non-event."""
    x, y = score[event], score[~event]
    beats = (x[:, None] > y[None, :]) + 0.5 * (x[:, None] == y[None, :])
    v10, v01 = beats.mean(axis=1), beats.mean(axis=0)
    return float(beats.mean()), float(v10.var(ddof=1) / len(x) + v01.var(ddof=1) / len(y))


@pytest.mark.parametrize(("n", "decimals"), [(40, 1), (300, 2), (900, 3)])
def test_auroc_is_that_of_sklearn_and_its_variance_that_of_delong(n: int, decimals: int) -> None:
    score, event = draw(n, seed=n, decimals=decimals)
    got = ranking.auroc(score, event)
    area, variance = slow_delong(score, event)
    assert got.value == pytest.approx(roc_auc_score(event, score), abs=1e-12)
    assert got.value == pytest.approx(area, abs=1e-12)
    assert got.se == pytest.approx(math.sqrt(variance), rel=1e-10)
    assert got.low < got.value < got.high


def test_metrics_equal_sklearn() -> None:
    score, event = draw(2500)
    flagged = score >= 0.3
    rates = op.rates(flagged, event, None)
    assert ranking.average_precision(score, event).value == pytest.approx(
        average_precision_score(event, score)
    )
    assert cal.brier(score, event, None).value == pytest.approx(brier_score_loss(event, score))
    assert cal.log_loss(score, event, None).value == pytest.approx(log_loss(event, score))
    assert rates["sensitivity"].value == pytest.approx(recall_score(event, flagged))
    assert rates["specificity"].value == pytest.approx(recall_score(~event, ~flagged))
    assert rates["ppv"].value == pytest.approx(precision_score(event, flagged))
    assert rates["npv"].value == pytest.approx(precision_score(~event, ~flagged))
    both = (rates["sensitivity"].value + rates["specificity"].value) / 2
    assert op.balanced_accuracy(flagged, event, None).value == pytest.approx(both)


def test_intercept_and_slope_equal_a_logistic_regression_of_statsmodels() -> None:
    score, event = draw(3000, seed=4)
    x = cal.logit(score * 0.8)
    slope = sm.GLM(event.astype(float), sm.add_constant(x), family=sm.families.Binomial()).fit(
        cov_type="HC0"
    )
    level = sm.GLM(
        event.astype(float), np.ones(len(x)), family=sm.families.Binomial(), offset=x
    ).fit(cov_type="HC0")
    got, large = cal.slope(score * 0.8, event), cal.intercept(score * 0.8, event)
    assert got.value == pytest.approx(slope.params[1], abs=1e-6)
    assert got.se == pytest.approx(slope.bse[1], rel=1e-3)
    assert large.value == pytest.approx(level.params[0], abs=1e-6)
    assert large.se == pytest.approx(level.bse[0], rel=1e-3)


def test_intervals_of_shares_equal_statsmodels() -> None:
    for count, n in ((0, 20), (3, 20), (20, 20), (137, 900)):
        low, high = proportion_confint(count, n, method="wilson")
        assert wilson(count, n) == (pytest.approx(low), pytest.approx(high))
    first, second = np.arange(200) < 30, np.arange(150) < 36
    _, low, high = change(
        share(first, np.ones(200, bool), None), share(second, np.ones(150, bool), None)
    )
    expected = confint_proportions_2indep(36, 150, 30, 200, method="newcomb", compare="diff")
    assert (low, high) == (
        pytest.approx(expected[0], abs=1e-9),
        pytest.approx(expected[1], abs=1e-9),
    )


def test_hand_computed_frame() -> None:
    # Events score .9 .6 .6 .2, others .6 .4 .1: 12 pairs, 3 + 2.5 + 2.5 + 1 = 9 won.
    score = np.array([0.9, 0.6, 0.6, 0.2, 0.6, 0.4, 0.1])
    event = np.array([1, 1, 1, 1, 0, 0, 0], dtype=bool)
    assert ranking.auroc(score, event).value == pytest.approx(9 / 12)
    # At 0.5: 3 of 4 found, 2 of 3 spared, 3 of 4 alerts right; net benefit 3/7 - 1/7.
    rates = op.rates(score >= 0.5, event, None)
    assert [
        round(rates[k].value, 4) for k in ("sensitivity", "specificity", "ppv", "alert_rate")
    ] == [0.75, 0.6667, 0.75, 0.5714]
    assert op.net_benefit(score >= 0.5, event, 0.5, None).value == pytest.approx(2 / 7)
    assert op.ppv_at(0.5, 0.75, 2 / 3) == pytest.approx(0.375 / (0.375 + 1 / 6))


def clustered(seed: int, patients: int = 250) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of patients whose risk and score belong to the patient: each patient has 1 to 8 rows."""
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(patients), rng.integers(1, 9, patients))
    risk = rng.normal(0, 1, patients)[unit]
    score = risk + rng.normal(0, 0.4, len(unit))
    shared = rng.normal(0, 1, patients)[unit]
    event = risk + 1.2 * shared + rng.normal(0, 0.5, len(unit)) > 0.8
    return 1 / (1 + np.exp(-score)), event, unit


def test_standard_errors_by_patient_match_simulation_and_differ_from_rows() -> None:
    metrics = {
        "auroc": ranking.auroc,
        "auprc": ranking.average_precision,
        "brier": cal.brier,
        "slope": cal.slope,
        "sensitivity": lambda s, e, u: op.rates(s > 0.5, e, u)["sensitivity"],
    }
    drawn = [clustered(seed) for seed in range(250)]
    for name, metric in metrics.items():
        found = [metric(s, e, u) for s, e, u in drawn]
        true = float(np.std([f.value for f in found]))
        by_patient = float(np.mean([f.se for f in found]))
        by_row = float(np.mean([metric(s, e, None).se for s, e, u in drawn[:40]]))
        assert by_patient == pytest.approx(true, rel=0.13), name
        assert by_row < 0.85 * true, name


def test_auroc_by_patient_equals_a_patient_bootstrap() -> None:
    score, event, unit = clustered(3, patients=300)
    rng = np.random.default_rng(0)
    rows = [np.flatnonzero(unit == u) for u in range(300)]
    areas = []
    for _ in range(300):
        pick = np.concatenate([rows[u] for u in rng.integers(0, 300, 300)])
        areas.append(roc_auc_score(event[pick], score[pick]))
    assert ranking.auroc(score, event, unit).se == pytest.approx(float(np.std(areas)), rel=0.12)


def test_paired_gain_equals_the_difference_and_is_surer_than_two_samples() -> None:
    score, event = draw(1500, seed=8)
    other = np.clip(score + np.random.default_rng(1).normal(0, 0.05, len(score)), 0, 1)
    gain = ranking.auroc_gain(score, other, event)
    assert gain.value == pytest.approx(roc_auc_score(event, score) - roc_auc_score(event, other))
    assert gain.se < 0.5 * math.hypot(
        ranking.auroc(score, event).se, ranking.auroc(other, event).se
    )
    assert ranking.auroc_gain(score, score, event).se == pytest.approx(0)


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=2, max_size=60))
@settings(max_examples=60, deadline=None)
def test_laws_of_the_auroc(rows: list[tuple[int, bool]]) -> None:
    score, event = np.array([r[0] for r in rows]) / 20, np.array([r[1] for r in rows])
    got = ranking.auroc(score, event)
    if event.all() or not event.any():
        assert not got.known
        return
    assert got.value == pytest.approx(1 - ranking.auroc(1 - score, event).value)
    assert got.value == pytest.approx(ranking.auroc(score**3 + 1, event).value)
    assert got.value == pytest.approx(1 - ranking.auroc(score, ~event).value)
    assert 0 <= got.low <= got.value + 1e-9
    assert got.value - 1e-9 <= got.high <= 1


def test_a_perfect_score_is_not_certain() -> None:
    got = ranking.auroc(np.array([0.9] * 10 + [0.1] * 12), np.arange(22) < 10)
    assert got.value == 1
    assert got.low == pytest.approx(0.05 ** (1 / 10))
    assert on_logit(0.0, 0.0, n=30).high == pytest.approx(1 - 0.05 ** (1 / 30))


def test_calibration_error_and_curve_keep_small_counts_private() -> None:
    score, event = draw(4000, seed=2)
    honest = cal.calibration_error(score, event, None, seed=0)
    skewed = cal.calibration_error(np.clip(score * 2, 0, 1), event, None, seed=0)
    assert honest.value < 0.03
    assert honest.low == 0
    assert skewed.low > 0.1
    assert cal.excess_error(score, event, None) < 0.015
    points = cal.curve(score, event, None)
    assert sum(p.n for p in points) == 4000
    assert sum(p.n_events for p in points) == int(event.sum())
    assert min(p.n_events for p in points) >= 11
    assert min(p.n - p.n_events for p in points) >= 11
    assert cal.curve(score[:30], np.arange(30) < 8, None) == ()


def test_table_of_thresholds_counts_and_hides() -> None:
    score, event = draw(3000, seed=6)
    rows = op.table(score, event, 0.3)
    assert len(rows) <= 102
    at = next(r for r in rows if r.threshold == 0.3)
    assert at.tp == int((event & (score >= 0.3)).sum())
    assert at.fp == int((~event & (score >= 0.3)).sum())
    for r in rows:
        assert all(
            v is None or v == 0 or v >= 11 for k, v in r.model_dump().items() if k != "threshold"
        )
        assert (r.tp is None) == (r.fn is None)  # one would give the other away
    roc = ranking.roc_points(score, event)
    assert len(roc) <= 100
    assert roc[0] == (0.0, 0.0)
    assert roc[-1] == (1.0, 1.0)


def test_one_class_and_empty_data_are_unknown_not_wrong() -> None:
    score = np.array([0.2, 0.4, 0.6])
    none = np.zeros(3, dtype=bool)
    for got in (
        ranking.auroc(score, none),
        ranking.average_precision(score, none),
        cal.slope(score, none),
        cal.intercept(score, none),
        op.rates(score > 0.3, none, None)["sensitivity"],
        op.balanced_accuracy(score > 0.3, none, None),
        cal.brier(score[:0], none[:0], None),
    ):
        assert not got.known
    assert units_of(np.array([3, 1, 2])) is None
    assert math.isnan(standard_error(np.zeros(1), None))


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [  # flagged events, flagged others, silent events, silent others
        ((74, 10, 75, 41), {"ppv", "specificity"}),
        ((5, 90, 40, 60), {"ppv"}),
        ((60, 30, 4, 90), {"npv"}),
        ((60, 30, 40, 3), {"npv", "specificity"}),
        ((60, 30, 40, 90), set()),
        ((60, 0, 40, 90), set()),
    ],
)
def test_shares_that_give_away_a_few_patients_are_known(
    counts: tuple[int, ...], hidden: set[str]
) -> None:
    flagged = np.repeat([True, True, False, False], counts)
    event = np.repeat([True, False, True, False], counts)
    assert {name for name in op.HIDEABLE if op.rests_on_few(name, flagged, event)} == hidden

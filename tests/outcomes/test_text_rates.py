"""Labels, rates, agreement and review plan, held against statsmodels, scikit-learn and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from golive.model.measured.performance import Performance
from golive.model.reviews import Review, ReviewVerdict
from golive.stats.ranking import auroc_gain
from golive.text.labels import equal_p, fisher_p, kind_of, mean_share, read_labels
from golive.text.reviews import agreement, detection, review_plan, reviewed, with_reviews
from golive.text.side import longer_live


def test_words_numbers_and_marks_for_not_computed_are_told_apart() -> None:
    values = [True, "no", "Severe", "minor", None, "", 0, 1, "0.0", -1, "sort of", 1.5]
    labels = read_labels(values, kind_of([True, "no", 0, 1]))
    assert labels.kind == "flag"
    np.testing.assert_array_equal(
        labels.value, [1, 0, 1, 1, np.nan, np.nan, 0, 1, 0, np.nan, np.nan, np.nan]
    )
    assert labels.severe.tolist() == [False, False, True, *[False] * 9]
    assert dict(labels.outside) == {"-1": 1, "1.5": 1}
    assert labels.unread == 1


@pytest.mark.parametrize(
    ("values", "kind"),
    [([0, 0.25, 1], "rate"), ([0, 1, 3], "count"), ([0, 1, -1], "flag"), ([1, 2, 5], "unknown"), (["yes", "no"], "flag"), ([], "flag")],
)  # fmt: skip
def test_the_kind_of_a_label_follows_from_its_numbers(values: list[object], kind: str) -> None:
    assert kind_of(values) == kind


def test_a_scale_without_zero_is_no_label() -> None:
    assert read_labels([1, 2, 5], "unknown").n == 0


@pytest.mark.parametrize(("hits", "n"), [(0, 40), (4, 100), (12, 100), (40, 40)])
def test_share_of_flags_is_wilsons(hits: int, n: int) -> None:
    from statsmodels.stats.proportion import proportion_confint

    got = mean_share(np.repeat([1.0, 0.0], [hits, n - hits]))
    low, high = proportion_confint(hits, n, method="wilson")
    assert (got.low, got.high) == pytest.approx((low, high), abs=1e-9)


def test_interval_of_mean_rates_covers() -> None:
    rng = np.random.default_rng(1)
    covered = 0
    for _ in range(600):
        rates = np.where(rng.random(150) < 0.3, rng.beta(2, 4, 150), 0.0)
        e = mean_share(rates)
        covered += e.low <= 0.3 * 2 / 6 <= e.high
    assert 0.93 <= covered / 600 <= 0.98


def test_no_change_is_rarely_called_one() -> None:
    rng = np.random.default_rng(2)
    p = []
    for _ in range(300):
        sides = [
            np.where(rng.random(100) < 0.1, rng.beta(2, 4, 100), 0.0).tolist() for _ in range(2)
        ]
        p.append(equal_p(*(read_labels(s, "rate") for s in sides)))
    assert np.mean(np.array(p) < 0.05) <= 0.05


def test_kappa_is_scikit_learns_and_its_interval_covers() -> None:
    from sklearn.metrics import cohen_kappa_score

    rng = np.random.default_rng(3)
    true_kappa, covered = None, 0
    for _ in range(400):
        truth = rng.random(250) < 0.3
        first, second = (np.where(rng.random(250) < 0.15, ~truth, truth) for _ in range(2))
        got = agreement(first, second)
        assert got is not None
        assert got.kappa.value == pytest.approx(cohen_kappa_score(first, second))
        if true_kappa is None:
            p = 0.3 * 0.85 + 0.7 * 0.15
            both = 0.3 * 0.85**2 + 0.7 * 0.15**2
            observed, chance = 1 - 2 * (p - both), p * p + (1 - p) ** 2
            true_kappa = (observed - chance) / (1 - chance)
        covered += got.kappa.low <= true_kappa <= got.kappa.high
    assert 0.92 <= covered / 400 <= 0.98


def test_two_reviewers_who_only_say_no_have_no_kappa() -> None:
    got = agreement(np.zeros(30, bool), np.zeros(30, bool))
    assert got is not None
    assert math.isnan(got.kappa.value)
    assert got.observed == 1


def test_the_plan_reaches_its_limit_and_not_much_earlier() -> None:
    from golive.stats.estimate import wilson

    plan = review_plan(0.02, 200, 2)
    assert plan.total is not None
    assert float(wilson(0.02 * plan.total, plan.total)[1]) < 0.05
    assert (
        float(wilson(0.02 * 0.95 * plan.total, 0.95 * plan.total)[1]) >= 0.05 or plan.total == 200
    )
    assert plan.more == plan.total - 200


def test_a_plan_says_when_reviewing_will_not_help_and_when_it_is_too_early_to_say() -> None:
    assert review_plan(0.2, 400, 2).total is None
    early = review_plan(1.0, 1, 1)
    assert early.more == 199
    assert "Too few" in early.reason
    assert "second reviewer" in early.reason
    assert review_plan(None, 0, 0).more == 200


def test_detector_and_length_are_measured_side_by_side() -> None:
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(4)
    hit = rng.random(400) < 0.4
    words = rng.normal(30, 8, 400) - 8 * hit
    score = rng.normal(0, 1, 400) + 0.2 * hit
    got = detection(score, words, hit)
    assert got is not None
    assert got.auroc.value == pytest.approx(roc_auc_score(hit, score))
    assert got.length_auroc.value == pytest.approx(roc_auc_score(hit, -words))
    assert got.length_direction == "shorter"
    assert not got.beats_length
    assert detection(score[:30], words[:30], np.zeros(30, bool)) is None


def test_difference_of_the_same_score_is_nothing() -> None:
    score, hit = np.arange(40.0), np.arange(40) % 2 == 0
    same = auroc_gain(score, score, hit)
    assert (same.value, same.se) == (0, 0)


def review(row: int, who: str, verdict: ReviewVerdict, drawn: str = "random") -> Review:
    return Review(live="a" * 64, row=row, reviewer=who, verdict=verdict, drawn=drawn)  # type: ignore[arg-type]


def test_reviews_count_once_per_text_the_worse_verdict_and_only_random_ones() -> None:
    reviews = [review(i, "ana", "supported") for i in range(24)]
    reviews += [review(i, "ben", "harmful" if i == 0 else "supported") for i in range(20)]
    reviews += [review(30, "ana", "unsupported", "marked"), review(31, "ana", "cannot_tell")]
    found = reviewed(reviews).model_dump(mode="json")
    assert (found["n_outputs"], found["raters"]) == (24, 2)
    assert found["unsupported"]["share"] == pytest.approx(1 / 24, rel=1e-4)
    assert found["severe"]["share"] == found["unsupported"]["share"]
    assert found["agreement"]["n"] == 20


def test_reviews_take_the_place_of_the_label_column_and_leave_the_rest() -> None:
    before = Performance.model_validate(
        {
            "auroc": {"live": 0.8},
            "generated_text": {"unsupported": {"share": 0.5}, "checks": {"any": {"live": 1}}},
        }
    )
    after = with_reviews(before, [review(0, "ana", "supported")]).model_dump(mode="json")
    assert after["auroc"] == {"live": 0.8}
    assert after["generated_text"]["checks"] == {"any": {"live": 1}}
    assert after["generated_text"]["unsupported"]["share"] == 0
    assert after["generated_text"]["raters"] == 1
    assert before.generated_text.unsupported.model_dump() == {"share": 0.5}


def test_no_reviews_are_no_rate() -> None:
    assert "unsupported" not in reviewed([]).model_dump()


def clustered(
    rng: np.random.Generator, patients: int, each: int, rate: float
) -> tuple[np.ndarray, np.ndarray]:
    """Outputs of patients who each have their own rate: flags, and the patient of each."""
    own = rng.beta(rate * 2, (1 - rate) * 2, patients)
    unit = np.repeat(np.arange(patients), each)
    return (rng.random(patients * each) < own[unit]).astype(float), unit


def test_intervals_of_rates_cover_when_patients_have_several_outputs() -> None:
    rng = np.random.default_rng(0)
    naive, by_patient = 0, 0
    for _ in range(500):
        values, unit = clustered(rng, 60, 8, 0.2)
        for units in (None, unit):
            e = mean_share(values, units)
            hit = e.low <= 0.2 <= e.high
            naive, by_patient = (
                naive + (hit and units is None),
                by_patient + (hit and units is not None),
            )
    assert by_patient / 500 >= 0.92
    assert naive / 500 < 0.85


def test_equal_rates_are_seldom_called_different_when_patients_have_several_outputs() -> None:
    rng = np.random.default_rng(1)
    naive, by_patient = 0, 0
    for _ in range(300):
        (a, i), (b, j) = clustered(rng, 60, 8, 0.2), clustered(rng, 60, 8, 0.2)
        naive += fisher_p(a > 0, b > 0) < 0.05
        by_patient += fisher_p(a > 0, b > 0, (i, j)) < 0.05
    assert by_patient / 300 <= 0.07
    assert naive / 300 > 0.10


def test_one_output_per_patient_changes_nothing_and_equal_answers_count_patients() -> None:
    values = np.array([0.0, 1.0, 0.0, 0.0, 1.0, 0.0])
    assert mean_share(values, np.arange(6)).low == pytest.approx(mean_share(values).low)
    none = mean_share(np.zeros(40), np.repeat(np.arange(10), 4))
    assert none.high == pytest.approx(mean_share(np.zeros(10)).high)


def test_kappa_by_patient_covers_where_single_outputs_promise_too_much() -> None:
    rng = np.random.default_rng(5)
    patient = np.repeat(np.arange(60), 8)
    truth_rate, same = 0.3, 0.85

    def ratings(n: int) -> tuple[np.ndarray, np.ndarray]:
        """Eight outputs a patient that are all alike, so 60 patients say as much as 60 outputs."""
        first = rng.random(n) < truth_rate
        second = np.where(rng.random(n) < same, first, rng.random(n) < truth_rate)
        return first, second

    exact = agreement(*ratings(2_000_000))
    assert exact is not None
    covered = {"patients": 0, "outputs": 0}
    for _ in range(100):
        first, second = (np.repeat(v, 8) for v in ratings(60))
        for name, units in (("patients", patient), ("outputs", None)):
            found = agreement(first, second, units)
            assert found is not None
            covered[name] += found.kappa.low <= exact.kappa.value <= found.kappa.high
    assert covered["patients"] >= 88
    assert covered["outputs"] <= 65


def test_kappa_by_patient_is_never_narrower_and_one_patient_has_no_interval() -> None:
    rng = np.random.default_rng(6)
    first, second = rng.random(300) < 0.4, rng.random(300) < 0.4
    by_output = agreement(first, second)
    by_patient = agreement(first, second, np.arange(300) // 2)
    of_one = agreement(first, second, np.zeros(300, dtype=np.int64))
    assert by_output is not None
    assert by_patient is not None
    assert of_one is not None
    assert (
        by_patient.kappa.low <= by_output.kappa.low <= by_output.kappa.high <= by_patient.kappa.high
    )
    assert of_one.kappa.value == by_output.kappa.value
    assert np.isnan(of_one.kappa.low)


def test_length_of_alike_notes_of_a_patient_is_seldom_called_shifted() -> None:
    """Patients with eight notes of one length each: by note a third of null pairs look shifted, by patient few."""
    rng = np.random.default_rng(7)
    patient = np.repeat(np.arange(40), 8)
    shifted = {"patients": 0, "outputs": 0}
    for _ in range(200):
        a, b = (np.repeat(rng.normal(100, 15, 40), 8) for _ in range(2))
        for name, units in (("patients", (patient, patient)), ("outputs", (None, None))):
            found = longer_live(a, b, units)
            shifted[name] += not found.low <= 0.5 <= found.high
    assert shifted["patients"] <= 20
    assert shifted["outputs"] >= 80

"""DAT-05 judges values in the unit that training uses, and counts each value once."""

from __future__ import annotations

from made_facts import column, config, found, run, side

FRACTION = {
    "0.01": 0.21,
    "0.05": 0.3,
    "0.25": 0.4,
    "0.5": 0.5,
    "0.75": 0.6,
    "0.95": 1.0,
    "0.99": 1.0,
}
PERCENT = {q: 100 * v for q, v in FRACTION.items()}


def fio2(quantiles: dict[str, float], scale: float) -> object:
    return side(1000, min=0.21 * scale, max=1.0 * scale, quantiles=quantiles)


def test_pure_oxygen_is_possible_as_a_fraction_and_as_percent() -> None:
    for quantiles, scale in ((FRACTION, 1), (PERCENT, 100)):
        both = column("FiO2", train=fio2(quantiles, scale), live=fio2(quantiles, scale))  # type: ignore[arg-type]
        assert run([both], made=config(columns={}))["DAT-05"].level == 3


def test_percent_where_training_has_fractions_is_impossible() -> None:
    mixed = column("FiO2", train=fio2(FRACTION, 1), live=fio2(PERCENT, 100))  # type: ignore[arg-type]
    assert run([mixed], made=config(columns={}))["DAT-05"].level == 0


def test_a_declared_unit_wins_over_what_the_values_look_like() -> None:
    both = column("FiO2", train=fio2(FRACTION, 1), live=fio2(FRACTION, 1))  # type: ignore[arg-type]
    assert run([both], made=config(columns={"FiO2": {"unit": "%"}}))["DAT-05"].level == 0


def test_a_stand_in_for_missing_is_not_counted_twice() -> None:
    quantiles = {
        "0.01": -1.0,
        "0.05": -1.0,
        "0.25": 75.0,
        "0.5": 85.0,
        "0.75": 95.0,
        "0.95": 120.0,
        "0.99": 140.0,
    }
    hidden = column("hr", live=side(1000, min=-1.0, max=150.0, quantiles=quantiles))
    assert run([hidden])["DAT-05"].level == 0
    measured = run([hidden], [found("disguised_missing", "hr", live=0.06, train=0.0)])
    assert measured["DAT-05"].level == 3
    assert measured["DAT-02"].level == 2  # a gap of at most 7.6 points


def test_a_count_that_may_not_be_shown_is_taken_at_its_largest() -> None:
    few = found("out_of_range", "hr", verdict="watch", live=None)
    hidden = few.model_copy(
        update={
            "effect": found("out_of_range", "hr", live=0.5).effect.model_copy(update={"live": None})
        }
    )  # type: ignore[union-attr]
    assert "at most 1.8 % impossible" in run([column("hr")], [hidden])["DAT-05"].value

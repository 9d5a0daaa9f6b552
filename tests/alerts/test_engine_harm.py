"""Worse performance: a consequence of a young input trouble, a cause of its own beside an old one, never hidden for good."""

from __future__ import annotations

from test_engine import START, UNIT, play, seen

DROP = seen("performance_drop", "risk", "label")
SCORE = seen("score_shift", "risk")


def kinds(days: list[tuple[object, ...]]) -> list[tuple[str, tuple[str, ...]]]:
    return [(a.kind, a.consequences) for a in play(days)]  # type: ignore[arg-type]


def test_soon_after_an_input_trouble_it_is_its_consequence() -> None:
    assert kinds([(UNIT,)] * 5 + [(UNIT, DROP)] * 4) == [("unit_change", ("performance_drop",))]


def test_long_after_it_is_a_cause_of_its_own() -> None:
    alerts = play([(UNIT,)] * 20 + [(UNIT, DROP)] * 3)
    assert [(a.kind, a.consequences) for a in alerts] == [("unit_change", ()), ("performance_drop", ())]
    assert (alerts[1].onset - START).days == 20
    assert (alerts[1].opened - START).days == 21


def test_a_score_that_moves_long_after_stays_with_the_inputs() -> None:
    assert kinds([(UNIT,)] * 20 + [(UNIT, SCORE)] * 3) == [("unit_change", ("score_shift",))]


def test_a_consequence_that_ended_and_begins_anew_is_not_hidden_by_the_old_trouble() -> None:
    alerts = play([(UNIT,)] * 2 + [(UNIT, DROP)] * 3 + [(UNIT,)] * 20 + [(UNIT, DROP)] * 3)
    assert [(a.kind, a.active) for a in alerts] == [("unit_change", True), ("performance_drop", True)]
    assert alerts[0].consequences == ("performance_drop",)
    assert not set(alerts[0].streams) & set(alerts[1].streams)


def test_a_consequence_that_goes_on_stays_one_alert() -> None:
    assert kinds([(UNIT,)] * 2 + [(UNIT, DROP)] * 30) == [("unit_change", ("performance_drop",))]


def test_when_the_inputs_are_repaired_and_performance_is_not_it_is_told() -> None:
    alerts = play([(UNIT,)] * 2 + [(UNIT, DROP)] * 3 + [(DROP,)] * 8)
    assert [a.kind for a in alerts if a.active]

"""Worse performance: a consequence of a young input trouble, a cause of its own beside an old one, never hidden for good."""

from __future__ import annotations

from test_engine import RULES, START, UNIT, batch, play, seen

from golive.alerts.decisions import on_batch
from golive.model.monitoring import Alert
from golive.store.monitors import State

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


def told(days: list[tuple[object, ...]]) -> list[tuple[int, str]]:
    """Messages by the number of the batch that made them, with their first line."""
    held: dict[str, Alert] = {}
    batches, said = [], []
    for number, observations in enumerate(days):
        batches.append(batch(number, *observations))  # type: ignore[arg-type]
        now = batches[-1].slot
        changes = on_batch(RULES)(State(tuple(batches), tuple(held.values()), (), now))
        held |= {a.id: a for a in changes.alerts}
        said += [(number, f"{d.title}\n{d.body}") for d in changes.deliveries]
    return said


def test_worse_performance_beside_an_open_trouble_is_told_once_and_in_a_line_of_its_own() -> None:
    first, second = told([(UNIT,)] * 5 + [(UNIT, DROP)] * 5)
    assert (first[0], second[0]) == (1, 6)
    assert "Performance" not in first[1]
    assert second[1].startswith("GoLive m: Performance fell too: ")
    assert "Performance is worse while this lasts (performance drop)." in second[1].splitlines()[3]


def test_a_floor_that_is_crossed_later_is_told_too_and_a_score_is_not() -> None:
    floor = seen("below_floor", "risk", "label")
    days = [(UNIT,)] * 3 + [(UNIT, DROP)] * 3 + [(UNIT, DROP, SCORE)] * 3 + [(UNIT, DROP, floor)] * 3
    assert [number for number, _ in told(days)] == [1, 4, 10]


def test_worse_performance_that_begins_with_the_trouble_is_in_its_first_message() -> None:
    ((number, said),) = told([(UNIT, DROP)] * 6)
    assert number == 1
    assert "Performance is worse while this lasts (performance drop)." in said

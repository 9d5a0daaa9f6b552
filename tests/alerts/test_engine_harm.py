"""Worse performance: a consequence of a young input trouble, a cause of its own beside an old one, never hidden for good."""

from __future__ import annotations

from test_engine import RULES, START, UNIT, batch, play, seen

from golive.alerts.decisions import on_batch
from golive.alerts.engine import step
from golive.alerts.words import also, body
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
    assert [(a.kind, a.consequences) for a in alerts] == [
        ("unit_change", ()),
        ("performance_drop", ()),
    ]
    assert (alerts[1].onset - START).days == 20
    assert (alerts[1].opened - START).days == 21


def test_a_score_that_moves_long_after_stays_with_the_inputs() -> None:
    assert kinds([(UNIT,)] * 20 + [(UNIT, SCORE)] * 3) == [("unit_change", ("score_shift",))]


def test_a_consequence_that_ended_and_begins_anew_is_not_hidden_by_the_old_trouble() -> None:
    alerts = play([(UNIT,)] * 2 + [(UNIT, DROP)] * 3 + [(UNIT,)] * 20 + [(UNIT, DROP)] * 3)
    assert [(a.kind, a.active) for a in alerts] == [
        ("unit_change", True),
        ("performance_drop", True),
    ]
    assert alerts[0].consequences == ("performance_drop",)
    assert not set(alerts[0].streams) & set(alerts[1].streams)


def test_a_consequence_that_goes_on_stays_one_alert() -> None:
    assert kinds([(UNIT,)] * 2 + [(UNIT, DROP)] * 30) == [("unit_change", ("performance_drop",))]


def test_when_the_inputs_are_repaired_and_performance_is_not_it_is_told() -> None:
    alerts = play([(UNIT,)] * 2 + [(UNIT, DROP)] * 3 + [(DROP,)] * 8)
    assert [a.kind for a in alerts if a.active]


def changes(days: list[tuple[object, ...]]) -> list[tuple[int, str, tuple[str, ...]]]:
    """What happened to alerts: the number of the batch, the change, and what the alert says goes with it."""
    held: dict[str, Alert] = {}
    batches, said = [], []
    for number, observations in enumerate(days):
        batches.append(batch(number, *observations))  # type: ignore[arg-type]
        for alert in step(tuple(batches), held.values(), RULES, now=batches[-1].slot):
            before = held.get(alert.id)
            if before is None or (before.change, before.consequences) != (
                alert.change,
                alert.consequences,
            ):
                said.append((number, str(alert.change), tuple(also(alert))))
            held[alert.id] = alert
    return said


WORSE = "Performance is worse while this lasts (performance drop)."


def test_worse_performance_beside_an_open_trouble_is_a_change_of_it_with_a_line_of_its_own() -> (
    None
):
    first, second = changes([(UNIT,)] * 5 + [(UNIT, DROP)] * 5)
    assert first == (1, "opened", ())
    assert second[:2] == (6, "worsened")
    assert second[2][0].startswith(WORSE)


def test_a_floor_that_is_crossed_later_is_named_too_and_a_score_is_no_harm() -> None:
    floor = seen("below_floor", "risk", "label")
    days = (
        [(UNIT,)] * 3
        + [(UNIT, SCORE)] * 3
        + [(UNIT, SCORE, DROP)] * 3
        + [(UNIT, SCORE, DROP, floor)] * 3
    )
    found = changes(days)
    assert [change for _, change, _ in found] == ["opened", "opened", "worsened", "worsened"]
    assert found[1][2] == ("It may also explain: score shift.",)
    assert found[-1][2][1].startswith(
        "Performance is worse while this lasts (performance drop and below floor)."
    )


def test_the_message_of_an_alert_says_that_performance_is_worse() -> None:
    (alert,) = play([(UNIT, DROP)] * 6)  # type: ignore[list-item]
    assert alert.change == "opened"
    assert any(line.startswith(WORSE) for line in body(alert).splitlines())


def test_it_costs_no_second_message() -> None:
    held: dict[str, Alert] = {}
    batches, sent = [], []
    for number, observations in enumerate([(UNIT,)] * 5 + [(UNIT, DROP)] * 5):
        batches.append(batch(number, *observations))
        made = on_batch(RULES)(State(tuple(batches), tuple(held.values()), (), batches[-1].slot))
        held |= {a.id: a for a in made.alerts}
        sent += made.deliveries
    assert len(sent) == 1

"""The alert engine on batches made by hand: persistence, hysteresis, one alert per cause, people, and its laws."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golive.alerts.engine import step
from golive.alerts.rules import Rule, Rules
from golive.alerts.words import body, subject
from golive.model.finding import Route, Severity
from golive.model.monitoring import Alert, Batch, Observation

START = datetime(2026, 1, 1, tzinfo=UTC)
RULES = Rules()


def seen(
    kind: str, *columns: str, level: str = "alarm", cause: str | None = None, size: float = 1.0
) -> Observation:
    return Observation(
        finding=f"{kind}:{'+'.join(columns)}",
        kind=kind,
        columns=columns,
        level=level,  # type: ignore[arg-type]
        severity=Severity.MAJOR,
        route=Route.ENGINEERING,
        title="1,234 of 'secret' values (n = 99)",
        size=size,
        cause=cause,
    )


def batch(number: int, *observations: Observation, rows: int = 100) -> Batch:
    return Batch(
        id=str(number),
        monitor="m",
        name=f"{number}.csv",
        slot=START + timedelta(days=number),
        state="assessed",
        rows=rows,
        observations=observations,
    )


def play(
    days: list[tuple[Observation, ...]],
    rules: Rules = RULES,
    alerts: dict[str, Alert] | None = None,
) -> list[Alert]:
    """Alerts after all batches, in the order in which they opened."""
    held = {} if alerts is None else alerts
    batches: list[Batch] = []
    for number, observations in enumerate(days):
        batches.append(batch(number, *observations))
        held |= {a.id: a for a in step(tuple(batches), held.values(), rules, now=batches[-1].slot)}
    return list(held.values())


UNIT = seen("unit_change", "creatinine")
SHIFT = seen("distribution_shift", "creatinine", cause="unit_change:creatinine")
SCORE = seen("score_shift", "risk")


def test_one_batch_is_not_enough_and_two_of_three_are() -> None:
    assert play([(UNIT,), (), ()]) == []
    (alert,) = play([(UNIT,), (), (UNIT,)])
    assert (alert.onset, alert.opened) == (START, START + timedelta(days=2))


def test_a_cause_and_what_it_explains_are_one_alert() -> None:
    (alert,) = play([(UNIT, SHIFT), (UNIT, SHIFT)])
    assert (alert.kind, alert.columns) == ("unit_change", ("creatinine",))


def test_the_same_trouble_under_another_name_stays_one_alert() -> None:
    alone = seen("distribution_shift", "creatinine")
    (alert,) = play([(UNIT,), (alone,), (UNIT,), (alone,)])
    assert alert.streams == ("values:creatinine",)


def test_columns_that_go_missing_together_are_one_alert_and_later_ones_another() -> None:
    first = tuple(seen("missing_up", c) for c in ("hr", "rr", "spo2"))
    later = (*first, seen("missing_up", "sodium"))
    alerts = play([first, first, first, first, first, first, later, later])
    assert [a.columns for a in alerts] == [("hr", "rr", "spo2"), ("sodium",)]


def test_a_column_that_follows_one_batch_later_joins() -> None:
    one, two = seen("missing_up", "hr"), seen("missing_up", "rr")
    (alert,) = play([(one,), (one, two), (one, two)])
    assert set(alert.columns) == {"hr", "rr"}


def test_outputs_follow_inputs_and_stand_alone_without_them() -> None:
    (alert,) = play([(UNIT, SCORE)] * 3)
    assert alert.consequences == ("score_shift",)
    (alone,) = play([(SCORE,)] * 3)
    assert alone.kind == "score_shift"


def test_outputs_wait_while_an_input_may_be_the_cause() -> None:
    alerts = play([(SCORE,), (SCORE, UNIT), (SCORE, UNIT)])
    assert [a.kind for a in alerts] == ["unit_change"]


def test_it_clears_only_after_three_quiet_batches_and_watch_is_not_quiet() -> None:
    watch = seen("unit_change", "creatinine", level="watch")
    unsure = seen("distribution_shift", "creatinine", level="cannot_judge")
    (alert,) = play([(UNIT,), (UNIT,), (), (), (watch,), (unsure,)])
    assert (alert.state, alert.quiet) == ("open", 2)
    (alert,) = play([(UNIT,), (UNIT,), (), (), ()])
    assert alert.state == "cleared"


def test_after_it_cleared_the_next_one_is_a_new_alert() -> None:
    alerts = play([(UNIT,), (UNIT,), (), (), (), (UNIT,), (UNIT,)])
    assert [a.state for a in alerts] == ["cleared", "open"]
    assert len({a.id for a in alerts}) == 2


def test_resolved_too_early_it_opens_again() -> None:
    held: dict[str, Alert] = {}
    play([(UNIT,), (UNIT,)], alerts=held)
    (key,) = held
    held[key] = held[key].model_copy(update={"state": "resolved"})
    batches = [batch(n, UNIT) for n in range(3)]
    held |= {a.id: a for a in step(tuple(batches), held.values(), RULES, now=START)}
    assert held[key].state == "resolved", "one batch after it was resolved is not enough"
    batches.append(batch(3, UNIT))
    held |= {a.id: a for a in step(tuple(batches), held.values(), RULES, now=START)}
    assert (held[key].state, held[key].change) == ("open", "reopened")
    assert len(held) == 1


def test_rules_ignore_raise_and_route() -> None:
    ignored = Rules(rules=(Rule(kind="unit_change", ignore=True),))
    assert play([(UNIT, SHIFT)] * 3, ignored) == []
    large = Rules(rules=(Rule(columns=("creatinine",), at_least=2.0),))
    assert play([(UNIT,)] * 3, large) == []
    at_once = Rules(
        rules=(
            Rule(
                kind="unit_change", persist=(1, 1), route=Route.PRODUCT, severity=Severity.CRITICAL
            ),
        )
    )
    (alert,) = play([(UNIT,)], at_once)
    assert (alert.route, alert.severity) == (Route.PRODUCT, Severity.CRITICAL)


def test_a_batch_with_far_fewer_rows_is_told_at_once() -> None:
    held: dict[str, Alert] = {}
    batches = [batch(n) for n in range(6)] + [batch(6, rows=40)]
    held |= {a.id: a for a in step(tuple(batches), (), RULES, now=START)}
    assert [a.kind for a in held.values()] == ["batch_small"]
    held |= {a.id: a for a in step((*batches, batch(7)), held.values(), RULES, now=START)}
    assert [a.state for a in held.values()] == ["cleared"]


def test_a_message_holds_kind_columns_and_day_and_nothing_of_the_finding() -> None:
    (alert,) = play([(UNIT, SCORE)] * 3)
    text = subject(alert) + body(alert)
    assert "Another unit in creatinine" in text
    assert "of 1 Jan 2026" in text
    for part in ("1,234", "secret", "99"):
        assert part not in text


KINDS = ("unit_change", "missing_up", "distribution_shift", "score_shift", "performance_drop")
DAYS = st.lists(
    st.lists(
        st.builds(
            lambda kind, column, level: seen(kind, column, level=level),
            st.sampled_from(KINDS),
            st.sampled_from(("a", "b", "c")),
            st.sampled_from(("alarm", "watch", "cannot_judge")),
        ),
        max_size=4,
        unique_by=lambda o: o.finding,
    ).map(tuple),
    max_size=14,
)


@given(DAYS)
@settings(max_examples=150, deadline=None)
def test_no_stream_has_two_active_alerts_and_the_same_past_gives_the_same_alerts(
    days: list[tuple[Observation, ...]],
) -> None:
    alerts = play(days)
    covered = [key for a in alerts if a.active for key in a.streams]
    assert len(covered) == len(set(covered))
    assert alerts == play(days)
    assert all(a.onset <= a.opened <= a.last for a in alerts)


@given(DAYS)
@settings(max_examples=100, deadline=None)
def test_without_an_alarm_there_is_no_alert(days: list[tuple[Observation, ...]]) -> None:
    calm = [tuple(o.model_copy(update={"level": "watch"}) for o in day) for day in days]
    assert play(calm) == []


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_an_alert_needs_k_batches(k: int) -> None:
    rules = Rules(persist=(k, 5))
    assert play([(UNIT,)] * (k - 1), rules) == []
    assert len(play([(UNIT,)] * k, rules)) == 1

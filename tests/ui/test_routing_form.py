"""The table of owners and thresholds: rows become rules, rows that say nothing are told, nothing is lost on the way."""

from __future__ import annotations

from golive.model.finding import Route, Severity, Signal
from golive.model.routing import RoutingRule
from golive.ui.pilot import define_form

EMPTY = {
    "Findings": None,
    "Owner": "as judged",
    "Severity": "as judged",
    "Act from a change of": None,
}


def test_every_rule_without_columns_survives_the_table() -> None:
    rules = (
        RoutingRule(signal=Signal.FAIRNESS, route=Route.COMPLIANCE),
        RoutingRule(kind="latency_over_budget", at_least=0.02, severity=Severity.CRITICAL),
    )
    made, wrong = define_form.rules_of([define_form._row(r) for r in rules])
    assert (made, wrong) == (rules, [])


def test_rows_that_say_too_little_are_told_and_not_used() -> None:
    about = define_form.words(RoutingRule(kind="error_rate", route=Route.PRODUCT))
    rows = [
        EMPTY,
        {**EMPTY, "Findings": about},
        {**EMPTY, "Severity": "major"},
        {**EMPTY, "Findings": about, "Act from a change of": -1.0},
    ]
    made, wrong = define_form.rules_of(rows)
    assert made == ()
    assert len(wrong) == 3
    assert wrong[-1].startswith(about)

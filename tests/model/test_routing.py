"""Routing: owner, severity and threshold of this pilot, with the reason; nothing unproven becomes an alarm."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from golive.model.config import Config, parse_config
from golive.model.errors import InputError
from golive.model.finding import Effect, Finding, Route, Severity, Signal, Verdict, finding
from golive.model.routing import RoutingRule, routed


def drop(verdict: Verdict, change: float | None, severity: Severity = Severity.MAJOR) -> Finding:
    effect = Effect(name="auroc", change=change)
    return finding(
        "performance_drop",
        verdict,
        columns=("risk",),
        severity=severity,
        title="AUROC fell",
        effect=effect,
        evidence=("p",),
    )


def one(item: Finding, **rule: object) -> Finding:
    return routed([item], [RoutingRule.model_validate({"kind": "performance_drop", **rule})])[0]


@pytest.mark.parametrize(
    ("verdict", "change", "expected", "severity"),
    [
        (Verdict.ALARM, -0.04, Verdict.WATCH, Severity.MINOR),
        (Verdict.WATCH, -0.06, Verdict.ALARM, Severity.MAJOR),
        (Verdict.ALARM, -0.05, Verdict.ALARM, Severity.MAJOR),
        (Verdict.QUIET, -0.20, Verdict.QUIET, Severity.MAJOR),
        (Verdict.CANNOT_JUDGE, -0.20, Verdict.CANNOT_JUDGE, Severity.MAJOR),
        (Verdict.ALARM, None, Verdict.ALARM, Severity.MAJOR),
    ],
)
def test_a_threshold_moves_only_what_is_real(
    verdict: Verdict, change: float | None, expected: Verdict, severity: Severity
) -> None:
    before = Severity.MINOR if verdict is Verdict.WATCH else Severity.MAJOR
    found = one(drop(verdict, change, before), at_least=0.05)
    assert found.verdict is expected
    assert found.severity is severity
    moved = verdict in (Verdict.ALARM, Verdict.WATCH) and change is not None
    assert any("from which this pilot acts" in e for e in found.evidence) is moved


def test_owner_and_severity_are_replaced_and_the_first_rule_that_fits_decides() -> None:
    rules = [
        RoutingRule(kind="performance_drop", columns=("other",), route=Route.COMPLIANCE),
        RoutingRule(signal=Signal.PERFORMANCE, route=Route.PRODUCT, severity=Severity.CRITICAL),
        RoutingRule(kind="performance_drop", route=Route.ENGINEERING),
    ]
    loud, silent = routed(
        [drop(Verdict.ALARM, -0.1), drop(Verdict.QUIET, 0.0, Severity.INFO)], rules
    )
    assert (loud.route, loud.severity) == (Route.PRODUCT, Severity.CRITICAL)
    assert (silent.route, silent.severity) == (Route.PRODUCT, Severity.INFO)
    assert routed([loud], []) == [loud]


@pytest.mark.parametrize(
    "rule", [{"route": "product"}, {"kind": "performance_drop"}, {"kind": "x", "route": "product"}]
)
def test_rules_that_say_nothing_are_refused(rule: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        RoutingRule.model_validate(rule)
    with pytest.raises(InputError):
        parse_config({"routing": [rule]})


def test_the_configuration_holds_rules() -> None:
    rule = {
        "kind": "latency_over_budget",
        "at_least": 0.02,
        "route": "engineering",
        "severity": "major",
    }
    config = parse_config({"routing": [rule]})
    assert config.routing[0].route is Route.ENGINEERING
    assert Config.model_validate(config.model_dump(mode="json")) == config

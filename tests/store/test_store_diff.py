"""Two sessions compared in words: better, worse, new, gone, not measured; and what is never called better."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from stored_assessment import make_criterion, make_finding

from golive.model.finding import Finding, Verdict
from golive.model.readiness import CriterionScore, GateState, ReadinessVerdict
from golive.model.result import Assessment
from golive.store import SessionDiff, compare_sessions

Build = Callable[..., Assessment]
ALARM, WATCH, QUIET, CANNOT = Verdict.ALARM, Verdict.WATCH, Verdict.QUIET, Verdict.CANNOT_JUDGE


def _findings(build: Build, before: Finding | None, after: Finding | None) -> SessionDiff:
    one, two = (
        build(findings=(before,) if before else ()),
        build(findings=(after,) if after else ()),
    )
    return compare_sessions(one, two)


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [
        (ALARM, WATCH, "better"),
        (ALARM, QUIET, "better"),
        (WATCH, QUIET, "better"),
        (QUIET, WATCH, "worse"),
        (WATCH, ALARM, "worse"),
        (ALARM, CANNOT, "not_measured"),
        (QUIET, CANNOT, "not_measured"),
        (None, CANNOT, "not_measured"),
        (CANNOT, ALARM, "new"),
        (None, ALARM, "new"),
        (ALARM, None, "gone"),
        (WATCH, None, "gone"),
        (QUIET, None, None),
        (None, QUIET, None),
        (CANNOT, None, None),
        (ALARM, ALARM, None),
    ],
)
def test_direction_of_a_finding(
    build: Build, before: Verdict | None, after: Verdict | None, direction: str | None
) -> None:
    old = make_finding(verdict=before) if before else None
    new = make_finding(verdict=after) if after else None
    diff = _findings(build, old, new)
    assert [c.direction for c in diff.changes] == ([direction] if direction else [])
    # The one criterion is the same in both; a finding that is the same counts too.
    assert diff.unchanged == 1 + (before is after)


def test_a_finding_whose_column_went_away_is_not_measured(build: Build) -> None:
    one, two = build(findings=(make_finding(),)), build(findings=(), columns=())
    (change,) = compare_sessions(one, two).changes
    assert (change.direction, change.sentence) == (
        "not_measured",
        "heart_rate is often missing: was Act, its column is not in this session.",
    )


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [
        (make_criterion(level=1), make_criterion(level=3), "better"),
        (make_criterion(level=3), make_criterion(level=1), "worse"),
        (make_criterion(level=3), make_criterion(level=None), "not_measured"),
        (make_criterion(level=None), make_criterion(level=0), "new"),
        (make_criterion(level=None), make_criterion(level=None), None),
        (make_criterion(level=2), None, "gone"),
        (None, make_criterion(level=2), "new"),
        (
            make_criterion(level=3, gate=GateState.UNVERIFIED),
            make_criterion(level=3, gate=GateState.PASS),
            "better",
        ),
        (
            make_criterion(level=3, gate=GateState.PASS),
            make_criterion(level=3, gate=GateState.FAIL),
            "worse",
        ),
    ],
)
def test_direction_of_a_criterion(
    build: Build, before: CriterionScore | None, after: CriterionScore | None, direction: str | None
) -> None:
    base = build(findings=())
    one, two = (
        base.model_copy(
            update={"readiness": base.readiness.model_copy(update={"criteria": (c,) if c else ()})}
        )
        for c in (before, after)
    )
    assert [c.direction for c in compare_sessions(one, two).changes] == (
        [direction] if direction else []
    )


@pytest.mark.parametrize(("before", "after"), list(product(ReadinessVerdict, repeat=2)))
def test_the_headline_names_both_verdicts(
    build: Build, before: ReadinessVerdict, after: ReadinessVerdict
) -> None:
    order = ["stop", "pilot", "conditional", "ready"]
    base = build()
    one, two = (
        base.model_copy(
            update={"readiness": base.readiness.model_copy(update={"verdict": v, "index": i})}
        )
        for v, i in ((before, 44.0), (after, 50.4))
    )
    diff = compare_sessions(one, two)
    first = {0: "Still", 1: "Better", -1: "Worse"}[
        (order.index(after) > order.index(before)) - (order.index(after) < order.index(before))
    ]
    assert diff.headline.startswith(first)
    assert diff.headline.endswith("Index up 6, from 44 to 50.")
    assert diff.index_change == pytest.approx(6.4)


def test_without_an_index_no_change_is_claimed(build: Build) -> None:
    base = build()
    empty = base.model_copy(
        update={
            "readiness": base.readiness.model_copy(
                update={"index": None, "low": None, "high": None}
            )
        }
    )
    diff = compare_sessions(empty, base)
    assert diff.index_change is None
    assert "cannot be compared" in diff.headline


def test_a_session_against_itself_changes_nothing(build: Build) -> None:
    session = build()
    diff = compare_sessions(session, session)
    assert diff.changes == ()
    assert diff.unchanged == 3
    assert diff.headline == "Still Pilot. Index 44 in both."
    assert diff.caveats == ("Both judge the same live data.",)


def test_what_makes_two_sessions_less_comparable_is_said(build: Build) -> None:
    one = build()
    inputs = one.inputs.model_copy(
        update={"train": one.inputs.train.model_copy(update={"sha256": "0" * 64})}
    )
    two = build(project="other", inputs=inputs, config_sha256="d" * 64, golive="9.9.9")
    assert len(compare_sessions(one, two).caveats) == 5
    assert compare_sessions(one, two).of("better") == ()

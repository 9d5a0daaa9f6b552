"""The one order of urgency, and that no reader makes another."""

from __future__ import annotations

import re
from itertools import permutations
from pathlib import Path
from typing import Any

import sample_assessment as made

from golive.model.finding import Finding, Severity, Verdict, finding
from golive.wording.order import by_urgency, in_order

SOURCES = Path(__file__).resolve().parents[2]


def fault(
    name: str, verdict: Verdict = Verdict.ALARM, severity: Severity = Severity.MAJOR, **more: Any
) -> Finding:
    return finding("missing_up", verdict, columns=[name], severity=severity, title=name, **more)


def titles(findings: tuple[Finding, ...]) -> list[str]:
    return [f.title for f in findings]


def test_verdict_stands_before_severity_before_size() -> None:
    listed = [
        fault("d", Verdict.WATCH, Severity.CRITICAL, rows_affected=900),
        fault("c", Verdict.ALARM, Severity.MINOR, rows_affected=900),
        fault("b", rows_affected=20),
        fault("a", rows_affected=300),
    ]
    assert titles(by_urgency(listed)) == ["a", "b", "c", "d"]


def test_a_cause_stands_before_what_it_explains_however_severe() -> None:
    cause = fault("cause", severity=Severity.MINOR)
    effect = fault("effect", severity=Severity.CRITICAL).model_copy(update={"cause": cause.id})
    assert titles(by_urgency([effect, cause])) == ["cause", "effect"]


def test_a_column_that_hardly_matters_does_not_lead() -> None:
    found = [fault("a"), fault("b"), fault("z", severity=Severity.CRITICAL)]
    order = by_urgency(found, importance={"a": 0.01, "b": 0.9, "z": 0.0})
    assert titles(order) == ["z", "b", "a"]


def test_every_permutation_gives_the_same_order() -> None:
    found = made.findings()[:5]
    assert (
        len({tuple(f.id for f in by_urgency(p, made.readiness())) for p in permutations(found)})
        == 1
    )


def test_within_a_severity_the_order_is_that_of_the_plan_and_a_cause_counts_for_what_it_explains() -> (
    None
):
    first, second, other = fault("first"), fault("second"), fault("other")
    effect = fault("effect").model_copy(update={"cause": second.id})
    readiness = made.readiness()
    steps = [s.criterion for s in readiness.next]
    resting = {steps[0]: (effect.id,), steps[1]: (first.id,)}
    criteria = tuple(
        c.model_copy(update={"findings": resting.get(c.id, ())}) for c in readiness.criteria
    )
    readiness = readiness.model_copy(update={"criteria": criteria})
    assert titles(by_urgency([other, effect, first, second], readiness)) == [
        "second",
        "first",
        "other",
        "effect",
    ]


def test_an_assessment_is_in_order_and_stays_so() -> None:
    once = in_order(made.assessment())
    assert sorted(f.id for f in once.findings) == sorted(f.id for f in made.assessment().findings)
    assert in_order(once) == once


def test_no_reader_sorts_findings() -> None:
    """Filters keep the order; what sorts findings by verdict or severity stands in one file."""
    own = re.compile(r"\bsort(ed)?\(.*\bf\.(verdict|severity)\b")
    files = [*(SOURCES / "src").rglob("*.py"), *(SOURCES / "pages").rglob("*.py")]
    sorting = [f.name for f in files if own.search(f.read_text("utf-8"))]
    assert sorting == []

"""The register of kinds: complete, believed by every reader, and the only place where a kind's name is spelled."""

from __future__ import annotations

import ast
import inspect
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from golive.alerts.words import title_of
from golive.model.finding import Severity, Verdict, finding
from golive.model.kinds import CODE_KINDS, KINDS, REGISTER, UNIT_KINDS, Kind, Rows, Signal
from golive.outcomes.model.impact import BAD_INPUT
from golive.readiness.measures import MEASURES
from golive.readiness.policy.policy import load_model

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "golive"
OTHER_MEANINGS = {
    ("model/config.py", "error_rate"): "a rate that may have a floor",
    ("samples/faults.py", "late_inputs"): "a planted fault",
    ("samples/faults.py", "feed_stopped"): "a planted fault",
}
"""Where the same word is the name of something else."""


def test_every_kind_has_one_entry_and_one_signal() -> None:
    assert list(REGISTER) == list(Kind)
    assert [kind for kinds in KINDS.values() for kind in kinds] == list(Kind)
    assert list(KINDS) == list(Signal)
    assert all(kind.name == kind.value.upper() for kind in Kind)


def test_no_kind_is_spelled_outside_the_register() -> None:
    spelled = set()
    for path in (*PACKAGE.rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "app.py"):
        place = path.relative_to(PACKAGE if PACKAGE in path.parents else ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                word = node.value.split(":")[0]
                if word in set(Kind) and place != "model/kinds.py":
                    spelled.add((place, word))
    assert spelled == set(OTHER_MEANINGS)


def _asked(measure: Callable[..., object]) -> set[Kind]:
    """Kinds that a measure names, in its own words or in those of the functions of its module that it calls."""
    module = inspect.getmodule(measure)
    assert module is not None
    functions = {
        node.name: node
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.FunctionDef)
    }
    groups = {"CODE_KINDS": CODE_KINDS, "UNIT_KINDS": UNIT_KINDS}
    found: set[Kind] = set()
    seen: set[str] = set()
    todo = [measure.__name__]
    while todo:
        seen.add(todo[-1])
        for node in ast.walk(functions[todo.pop()]):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Kind":
                found.add(Kind[node.attr])
            elif isinstance(node, ast.Name):
                found |= set(groups.get(node.id, ()))
                todo += [node.id] if node.id in functions and node.id not in seen else []
    return found


def test_criteria_are_those_whose_measure_asks_for_the_kind() -> None:
    asked: dict[Kind, set[str]] = {kind: set() for kind in Kind}
    for criterion, measure in MEASURES.items():
        for kind in _asked(measure):
            asked[kind].add(criterion)
    for kind, entry in REGISTER.items():
        assert set(entry.criteria) - {BAD_INPUT} == asked[kind], kind
        assert list(entry.criteria) == sorted(set(entry.criteria)), kind


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_bears_on_a_criterion_or_says_why_on_none(kind: Kind) -> None:
    entry = REGISTER[kind]
    assert set(entry.criteria) <= {c.id for c in load_model().criteria}
    assert bool(entry.criteria) != bool(entry.no_criterion)


@pytest.mark.parametrize("kind", Kind)
def test_an_alert_has_words_for_every_kind_with_and_without_columns(kind: Kind) -> None:
    assert "_" not in title_of(kind, ())
    assert not title_of(kind, ()).endswith((" in", ":"))
    assert title_of(kind, ("x", "y")).endswith(" x, y")
    assert title_of(kind, ())[0].isupper()


@pytest.mark.parametrize("kind", Kind)
def test_nothing_explains_itself_and_rows_that_cannot_be_told_say_why(kind: Kind) -> None:
    entry = REGISTER[kind]
    assert kind not in entry.explained_by
    assert len(set(entry.explained_by)) == len(entry.explained_by)
    if entry.rows in (Rows.MISSING, Rows.UNREAD):
        assert not entry.no_rows


@pytest.mark.parametrize("kind", Kind)
def test_a_quiet_finding_informs_and_an_alarm_matters(kind: Kind) -> None:
    made = {v: finding(kind, v, title=kind).severity for v in Verdict}
    assert made[Verdict.QUIET] is Severity.INFO
    order = list(Severity)
    assert order.index(made[Verdict.ALARM]) <= order.index(made[Verdict.WATCH])
    assert made[Verdict.ALARM] in (Severity.CRITICAL, Severity.MAJOR)


def test_a_check_may_know_better_than_the_register() -> None:
    made = finding(Kind.UNIT_CHANGE, Verdict.ALARM, severity=Severity.MINOR, title="x")
    assert made.severity is Severity.MINOR
    with pytest.raises(ValueError, match="unit_chang"):
        finding("unit_chang", Verdict.ALARM, title="x")  # type: ignore[arg-type]


NEW_KIND = '    DEVICE_CHANGED = "device_changed"\n'
NEW_ENTRY = """
    Kind.DEVICE_CHANGED: Entry(
        Signal.MEANING, "Another device in", alarm=Severity.CRITICAL, route=Route.CLINICAL_INFORMATICS,
        mode="live_data", rows=Rows.UNSEEN, no_criterion="an example of a test",
        explained_by=(Kind.UNIT_CHANGE,),
    ),
"""
NEW_CHECK = """
from golive.alerts.words import title_of
from golive.compare.causes import link
from golive.model.finding import KINDS, Finding, Kind, Signal, Verdict, finding
from golive.model.routing import RoutingRule
from golive.readiness.failure_modes import MODES

def check() -> Finding:
    return finding(Kind.DEVICE_CHANGED, Verdict.ALARM, columns=("spo2",), title="Another device measures spo2")

made = check()
assert (made.id, made.signal, made.severity, made.route) == (
    "device_changed:spo2", "meaning", "critical", "clinical_informatics"
)
assert Finding.model_validate_json(made.model_dump_json()) == made
unit = finding(Kind.UNIT_CHANGE, Verdict.ALARM, columns=("spo2",), title="Another unit")
assert link([unit, made])[1].cause == unit.id
assert title_of("device_changed", ("spo2",)) == "Another device in spo2"
assert made.kind in MODES[0].signs and made.kind in KINDS[Signal.MEANING]
assert RoutingRule(kind="device_changed", severity="minor").fits(made)
"""


def test_a_new_kind_touches_the_register_and_its_check_alone(tmp_path: Path) -> None:
    """The worked example: one member, one entry and a check; every reader knows the kind."""
    package = tmp_path / "src" / "golive"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "data", tmp_path / "data")
    register = package / "model" / "kinds.py"
    text = register.read_text(encoding="utf-8")
    last = '    CANNOT_CHECK_SOURCE = "cannot_check_source"\n'
    end = "\n}  # fmt: skip\n"
    assert (text.count(last), text.count(end)) == (1, 1)
    text = text.replace(last, last + NEW_KIND).replace(end, NEW_ENTRY + end.lstrip("\n"))
    register.write_text(text, encoding="utf-8")
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", NEW_CHECK],
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(package.parent)},
    )

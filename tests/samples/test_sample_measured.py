"""The session a first visitor sees: most of what is asked is decided by data and registers, and each says what it came from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from golive.model.readiness import CriterionScore
from golive.model.result import Assessment
from golive.sample_session import ensure
from golive.store import Store


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Assessment]]:
    """The default sample as the application makes it."""
    home = tmp_path_factory.mktemp("home")
    with Store(home / "golive.duckdb") as store:
        yield store, store.load(ensure(store, home=home))


def _measured(assessment: Assessment) -> list[CriterionScore]:
    return [c for c in assessment.readiness.criteria if c.measured is not None]


def test_thirty_criteria_get_their_level_from_data_each_with_its_findings(
    session: tuple[Store, Assessment],
) -> None:
    assessment = session[1]
    known = {f.id for f in assessment.findings}
    from_data = [c for c in _measured(assessment) if not c.read_from]
    assert len(from_data) >= 30
    for criterion in from_data:
        assert criterion.level is not None
        assert criterion.measurement, f"{criterion.id} does not say what was measured"
        assert criterion.findings, f"{criterion.id} names no finding"
        assert set(criterion.findings) <= known


def test_registers_decide_what_they_concern(session: tuple[Store, Assessment]) -> None:
    read = {c.id: (c.read_from, c.measured) for c in _measured(session[1]) if c.read_from}
    assert {name for name, _ in read.values()} == {
        "scope", "deferrals", "owners", "kpis", "value", "manifests", "training", "drills", "hazards", "milestones",
    }  # fmt: skip
    assert read["DAT-08"] == ("manifests", 1)
    score = next(c for c in session[1].readiness.criteria if c.id == "DAT-08")
    assert (score.claimed, score.level) == (4, 1)


def test_a_claim_stands_beside_what_refutes_it(session: tuple[Store, Assessment]) -> None:
    refuted = [
        c for c in _measured(session[1]) if c.claimed is not None and (c.measured or 0) < c.claimed
    ]
    assert len(refuted) >= 15


def test_what_somebody_changed_in_the_registers_stays(
    session: tuple[Store, Assessment], tmp_path: Path
) -> None:
    from golive.store.registers import HAZARDS, Change

    store, assessment = session
    rows = store.registers.current(HAZARDS, assessment.project)
    gone = [Change(r.item, r.revision, deleted=True) for r in rows]
    store.registers.write(HAZARDS, gone, project=assessment.project, actor="lead")
    store.delete(assessment.session, actor="lead")
    ensure(store, home=tmp_path, rows=200)
    assert store.registers.items(HAZARDS, assessment.project) == ()

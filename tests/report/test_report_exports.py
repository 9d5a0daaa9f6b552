"""Exports besides the reports: the contract as ODCS, the crosswalk table, the monitoring plan."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace

import pytest

from golive.contract import from_yaml
from golive.model.columns import Role
from golive.model.registers import OwnerRow, Registers
from golive.readiness.policy.crosswalk import coverage
from golive.report.base.document import Table
from golive.report.base.sources import Sources
from golive.report.forms import render
from golive.report.kinds.contract_file import contract_of, contract_yaml
from golive.report.kinds.monitoring_plan import monitoring_plan
from golive.wording.metrics import measured


def test_the_handoff_pack_carries_a_contract_that_reads_back(sources: Sources) -> None:
    archive = zipfile.ZipFile(io.BytesIO(render(sources, "handoff").data))
    assert "contract.csv" not in archive.namelist()
    read = from_yaml(archive.read("contract.yaml").decode())
    made = contract_of(sources)
    assert made is not None
    assert read.columns == made.columns
    wanted = {
        c.name
        for c in sources.assessment.columns
        if c.train is not None and c.role is not Role.IGNORED
    }
    assert {c.name for c in read.columns} == wanted
    for column in sources.assessment.columns:
        declared, terms = sources.config.columns.get(column.name), read.column(column.name)
        if terms is None or column.train is None:
            continue
        if declared and declared.range:
            assert terms.range == declared.range
        assert terms.max_missing >= column.train.missing_share, "training keeps its own contract"


def test_without_training_columns_the_contract_says_so(sources: Sources) -> None:
    bare = replace(sources, assessment=sources.assessment.model_copy(update={"columns": ()}))
    assert contract_of(bare) is None
    assert contract_yaml(bare).startswith("# No column")
    assert render(bare, "handoff").data


def test_the_crosswalk_table_holds_every_clause_with_its_state(sources: Sources) -> None:
    archive = zipfile.ZipFile(io.BytesIO(render(sources, "csv").data))
    rows = list(csv.DictReader(io.StringIO(archive.read("crosswalk.csv").decode())))
    clauses = [
        (s.name, c.clause, c.state)
        for s in coverage(sources.assessment.readiness)
        for c in s.clauses
    ]
    assert [(r["standard"], r["clause"].lstrip("'"), r["state"]) for r in rows] == clauses
    assert len(rows) > 100
    assert {r["state"] for r in rows} <= {"supported", "partly", "none", "not_asked"}


def test_the_monitoring_plan_names_every_floor_with_its_live_value_and_every_input(
    sources: Sources,
) -> None:
    plan = monitoring_plan(sources)
    stops, inputs, people, _ = [b for b in plan.blocks if isinstance(b, Table)]
    by_name = {row[0]: row for row in stops.rows}
    floors = sources.config.floors
    rows = [row for row in measured(sources.assessment.measured) if row[0].key in floors]
    assert rows
    for words, found in rows:
        assert by_name[words.name][1] == words.side(found, "live")
        assert words.say(floors[words.key]) in by_name[words.name][2]
    named = {row[0] for row in inputs.rows}
    for column in sources.assessment.columns:
        if column.train is not None and column.role not in (Role.IGNORED, Role.ID):
            assert column.name in named
    assert {row[1] for row in people.rows} == {"nobody yet"}
    owners = (OwnerRow(id="engineering", name="Integration team"),)
    owned = monitoring_plan(replace(sources, registers=Registers(owners=owners)))
    assert "Integration team" in str([b for b in owned.blocks if isinstance(b, Table)][2].rows)


@pytest.mark.parametrize("word", ["complies", "compliant", "certified", "approved"])
def test_exports_claim_nothing(sources: Sources, word: str) -> None:
    text = render(sources, "md", "monitoring").data.decode().lower()
    assert word not in text

"""The pack holds twenty items, every file it names, and says honestly what is missing and who owes it."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace

from golive.model.registers import DecisionRow, OwnerRow, Registers
from golive.report.base.sources import Sources
from golive.report.forms import render
from golive.report.kinds.handoff import items
from golive.report.kinds.tables import csv_text


def opened(sources: Sources) -> dict[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(render(sources, "handoff").data))
    return {name: archive.read(name) for name in archive.namelist()}


def test_twenty_items_and_every_named_file_is_there(sources: Sources) -> None:
    found, files = items(sources), opened(sources)
    assert [i.number for i in found] == list(range(1, 21))
    assert len({i.title for i in found}) == 20
    for item in found:
        assert item.who
        for name in item.files:
            assert files[name], name
    listed = list(csv.DictReader(io.StringIO(files["items.csv"].decode())))
    assert [row["state"] for row in listed] == [i.state for i in found]


def test_files_of_the_pack_are_the_single_reports(sources: Sources) -> None:
    files = opened(sources)
    assert files["report.html"] == render(sources, "html").data
    assert files["model-card.xml"] == render(sources, "chai-xml").data
    assert files["memo.pdf"] == render(sources, "pdf", "memo").data


def test_an_empty_project_misses_what_only_people_can_write(sources: Sources) -> None:
    r = sources.assessment.readiness
    unknown = tuple(c.model_copy(update={"level": None}) for c in r.criteria)
    bare = replace(
        sources,
        assessment=sources.assessment.model_copy(
            update={"findings": (), "readiness": r.model_copy(update={"criteria": unknown})}
        ),
    )
    state = {i.title: i.state for i in items(bare)}
    assert state["Runbook: deploy, monitor, roll back, retrain, retire"] == "missing"
    assert state["Design decisions: why, and what was rejected"] == "missing"
    assert state["Drift baseline"] == "complete"


def test_registers_complete_their_items(sources: Sources) -> None:
    registers = Registers(
        decisions=(DecisionRow(id="d1", decision="Start with adults"),),
        owners=tuple(OwnerRow(id=r, name="x") for r in ("product", "clinical safety", "data")),
    )
    told = replace(sources, registers=registers)
    state = {i.number: i for i in items(told)}
    assert state[15].state == "complete"
    assert state[10].state == "partial"
    assert "3 entries of at least 4" in state[10].note
    assert b"Start with adults" in opened(told)["registers/decisions.csv"]


def test_csv_keeps_numbers_and_unformulates_text() -> None:
    text = csv_text(("a", "b"), [(-1.5, "-1+2"), (None, ("x", "y"))])
    assert text == "a,b\n-1.5,'-1+2\n,x; y\n"

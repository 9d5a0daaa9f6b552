"""The model card is valid XML of its schema and says what the document says; the 31 source attributes are all there."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from lxml import etree

from golive.model.registers import Hazard, OwnerRow, Registers, ScopeItem
from golive.report.base.document import Table
from golive.report.base.sources import Sources
from golive.report.forms import KINDS, render
from golive.report.kinds.chai import NAMESPACE
from golive.report.kinds.transparency import key_metrics
from golive.report.parts.answers import ORIGIN_WORD, Answer, filled
from golive.settings import resource
from golive.wording.metrics import measured


@pytest.fixture(scope="session")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(resource("data", "report", "chai_model_card.xsd"))))


def test_the_card_is_valid_and_in_the_order_of_its_schema(
    sources: Sources, schema: etree.XMLSchema
) -> None:
    document = etree.fromstring(render(sources, "chai-xml").data)
    assert schema.validate(document), schema.error_log


def test_the_schema_refuses_a_card_without_a_needed_field(
    sources: Sources, schema: etree.XMLSchema
) -> None:
    document = etree.fromstring(render(sources, "chai-xml").data)
    name = document.find(f".//{{{NAMESPACE}}}ModelName")
    name.getparent().remove(name)
    assert not schema.validate(document)


def test_an_assessment_without_performance_still_gives_a_valid_card(
    sources: Sources, schema: etree.XMLSchema
) -> None:
    bare = replace(
        sources,
        assessment=sources.assessment.model_copy(update={"performance": None, "findings": ()}),
        evidence=(),
    )
    assert schema.validate(etree.fromstring(render(bare, "chai-xml").data)), schema.error_log


def test_hostile_text_stays_text(sources: Sources, schema: etree.XMLSchema) -> None:
    hostile = replace(sources, title="<a>&\x07]]> -- x")
    document = etree.fromstring(render(hostile, "chai-xml").data)
    assert schema.validate(document)
    assert document.findtext(f".//{{{NAMESPACE}}}ModelName") == "<a>&]]> -- x"


def test_xml_and_document_say_the_same(sources: Sources) -> None:
    root = ET.fromstring(render(sources, "chai-xml").data)
    written = {
        cell
        for b in KINDS["card"].write(sources).blocks
        if isinstance(b, Table)
        for row in b.rows
        for cell in row
    }
    for section, answers in filled("card", sources).items():
        for path, answer in answers.items():
            names = (section, *path.split("/"))
            node = root.find("/".join(f"{{{NAMESPACE}}}{name}" for name in names))
            assert node is not None
            assert node.text == answer.text
            assert answer.text in written


def test_key_metrics_are_the_numbers_of_the_assessment(sources: Sources) -> None:
    root = ET.fromstring(render(sources, "chai-xml").data)
    told = {
        e.findtext(f"{{{NAMESPACE}}}Label"): json.loads(
            e.findtext(f"{{{NAMESPACE}}}ValueJson") or "null"
        )
        for e in root.iter(f"{{{NAMESPACE}}}MetricResult")
    }
    rows = measured(sources.assessment.measured)
    assert rows
    for words, found in rows:
        if found.live.known:
            assert told[f"{words.name}, live"]["value"] == found.live.value
            assert told[f"{words.name}, live"]["text"] == words.side(found, "live")
    assert all(group.results for group in key_metrics(sources))


def fields(sources: Sources) -> dict[str, Answer]:
    """Fields of the card by their own names."""
    sections = filled("card", sources).values()
    return {path.split("/")[-1]: answer for part in sections for path, answer in part.items()}


def test_what_nobody_stated_says_so(sources: Sources) -> None:
    found = fields(sources)
    assert found["FundingSource"].origin == "missing"
    assert found["FundingSource"].text.startswith("Not stated.")
    named = replace(
        sources,
        registers=Registers(
            owners=(OwnerRow(id="product", name="Product lead", contact="product@example.org"),)
        ),
    )
    known = fields(named)
    assert known["ModelDeveloper"].text == "Product lead"
    assert known["DeveloperContact"].origin == "stated"


def test_scope_and_hazards_reach_the_card(sources: Sources) -> None:
    told = replace(
        sources,
        registers=Registers(
            scope=(
                ScopeItem(id="s1", item="Children", status="not_doing", reason="no training data"),
            ),
            hazards=(
                Hazard(id="h1", hazard="A late alert"),
                Hazard(id="h2", hazard="Closed one", state="controlled"),
            ),
        ),
    )
    found = {name: answer.text for name, answer in fields(told).items()}
    assert "Children (no training data)" in found["CautionedOutOfScopeSettings"]
    assert "A late alert" in found["KnownRisksAndLimitations"]
    assert "Closed one" not in found["KnownRisksAndLimitations"]


def test_hti1_has_31_attributes_in_nine_groups(sources: Sources) -> None:
    groups = filled("hti1", sources)
    names = [name for group in groups.values() for name in group]
    found = [answer for group in groups.values() for answer in group.values()]
    assert len(groups) == 9
    assert len(names) == len(found) == len(set(names)) == 31
    rows = [
        row for b in KINDS["hti1"].write(sources).blocks if isinstance(b, Table) for row in b.rows
    ]
    assert [row[0] for row in rows] == [str(n) for n in range(1, 32)]
    assert [row[2] for row in rows] == [a.text for a in found]
    assert {row[3] for row in rows} <= set(ORIGIN_WORD.values())


def test_datasheets_hold_every_column_of_each_side(sources: Sources) -> None:
    tables = [
        b
        for b in KINDS["datasheet"].write(sources).blocks
        if isinstance(b, Table) and b.head[0] == "Column"
    ]
    train, live = ([row[0] for row in t.rows] for t in tables)
    assert train == [c.name for c in sources.assessment.columns if c.train]
    assert live == [c.name for c in sources.assessment.columns if c.live]


def test_groups_too_small_to_judge_give_no_number(sources: Sources) -> None:
    small = next(
        r for g in key_metrics(sources) for r in g.results if r.label.endswith("clinic C9")
    )
    assert small.value["value"] is None
    assert small.value["text"] == "too few to judge"
    fine = next(r for g in key_metrics(sources) for r in g.results if r.label.endswith("clinic C1"))
    assert (fine.value["value"], fine.value["text"]) == (0.696, "70 % (62 % to 76 %)")
    for kind in ("report", "reviewer"):
        said = [
            row for b in KINDS[kind].write(sources).blocks if isinstance(b, Table) for row in b.rows
        ]
        assert (
            "clinic",
            "C9",
            "40",
            "not shown",
            "too few to judge",
            "too few to judge",
            "too few to judge",
        ) in said

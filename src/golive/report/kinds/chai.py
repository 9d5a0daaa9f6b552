"""The CHAI Applied Model Card, version 0.2, as XML. ``data/report/chai_model_card.xsd`` holds its form."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

from golive.report.base.identity import DISCLAIMER, identity
from golive.report.base.sources import Sources
from golive.report.kinds.model_card import fields, key_metrics
from golive.wording.numbers import day

NAMESPACE = "https://mc.chai.org/v0.2/schema.xsd"


def chai_xml(sources: Sources) -> bytes:
    """The card as XML in the order of the schema, with a comment that says where it comes from."""
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(_tag("AppliedModelCard"))
    about = "; ".join(f"{name}: {value}" for name, value in identity(sources).rows)
    root.append(ET.Comment(f" {DISCLAIMER} {about.replace('--', '- -')} "))
    for field in fields(sources):
        if field.path[0] == "Resources" and root.find(_tag("KeyMetrics")) is None:
            _append_metrics(root, sources)
        _put(root, field.path, field.answer.text)
        if field.path == ("ModelSummary", "Summary"):
            keywords = _put(root, ("ModelSummary", "Keywords"), "")
            for word in (
                "clinical AI",
                f"risk tier {sources.assessment.readiness.tier.value}",
                sources.assessment.project,
            ):
                ET.SubElement(keywords, _tag("Keyword")).text = _legal(word)
    made = day(sources.assessment.created_at)
    ET.SubElement(
        root, _tag("Bibliography")
    ).text = f"@misc{{golive, title = {{GoLive {sources.assessment.golive}: readiness assessment}}, note = {{{made}}}}}"
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + written + b"\n"


def _append_metrics(root: ET.Element, sources: Sources) -> None:
    parent = ET.SubElement(root, _tag("KeyMetrics"))
    for group in key_metrics(sources):
        node = ET.SubElement(parent, _tag(group.name))
        ET.SubElement(node, _tag("MetricGoal")).text = _legal(group.goal.text)
        results = ET.SubElement(node, _tag("Results"))
        for result in group.results:
            entry = ET.SubElement(results, _tag("MetricResult"))
            ET.SubElement(entry, _tag("Label")).text = _legal(result.label)
            ET.SubElement(entry, _tag("ValueJson")).text = json.dumps(result.value)
        for name, answer in (
            ("Interpretation", group.interpretation),
            ("TestType", group.test),
            ("TestingDataDescription", group.data),
            ("ValidationProcessAndJustification", group.process),
        ):
            ET.SubElement(node, _tag(name)).text = _legal(answer.text)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _put(root: ET.Element, path: tuple[str, ...], text: str) -> ET.Element:
    node = root
    for name in path[:-1]:
        found = node.find(_tag(name))
        node = found if found is not None else ET.SubElement(node, _tag(name))
    leaf = ET.SubElement(node, _tag(path[-1]))
    leaf.text = _legal(text)
    return leaf


def _legal(text: str) -> str:
    """Text without the control characters that XML does not allow."""
    return "".join(c for c in text if c in "\t\n\r" or c >= " ")

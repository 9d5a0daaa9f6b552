"""The CHAI Applied Model Card, version 0.2, as XML. ``data/report/chai_model_card.xsd`` holds its form."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

from golive.report.base.identity import DISCLAIMER, identity
from golive.report.base.sources import Sources
from golive.report.kinds.transparency import key_metrics
from golive.report.parts.answers import filled
from golive.wording.numbers import day

NAMESPACE = "https://mc.chai.org/v0.2/schema.xsd"


def chai_xml(sources: Sources) -> bytes:
    """The card as XML in the order of the schema, with a comment that says where it comes from."""
    a = sources.assessment
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(_tag("AppliedModelCard"))
    about = "; ".join(f"{name}: {value}" for name, value in identity(sources).rows)
    root.append(ET.Comment(f" {DISCLAIMER} {about.replace('--', '- -')} "))
    for section, answers in filled("card", sources).items():
        if section == "Resources":
            _append_metrics(root, sources)
        for path, answer in answers.items():
            *above, name = (section, *path.split("/"))
            node = root
            for part in above:
                found = node.find(_tag(part))
                node = found if found is not None else _append(node, part)
            _append(node, name, answer.text)
        if section == "ModelSummary":
            keywords = _append(node, "Keywords", "")
            for word in ("clinical AI", f"risk tier {a.readiness.tier.value}", a.project):
                _append(keywords, "Keyword", word)
    cited = f"{{GoLive {a.golive}: readiness assessment}}, note = {{{day(a.created_at)}}}"
    _append(root, "Bibliography", f"@misc{{golive, title = {cited}}}")
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + written + b"\n"


def _append_metrics(root: ET.Element, sources: Sources) -> None:
    parent = _append(root, "KeyMetrics")
    for group in key_metrics(sources):
        node = _append(parent, group.name)
        _append(node, "MetricGoal", group.goal.text)
        results = _append(node, "Results")
        for result in group.results:
            entry = _append(results, "MetricResult")
            _append(entry, "Label", result.label)
            _append(entry, "ValueJson", json.dumps(result.value))
        _append(node, "Interpretation", group.interpretation.text)
        _append(node, "TestType", group.test.text)
        _append(node, "TestingDataDescription", group.data.text)
        _append(node, "ValidationProcessAndJustification", group.process.text)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _append(parent: ET.Element, name: str, text: str | None = None) -> ET.Element:
    """A new element with ``text``, less the control characters that XML does not allow."""
    made = ET.SubElement(parent, _tag(name))
    if text is not None:
        made.text = "".join(c for c in text if c in "\t\n\r" or c >= " ")
    return made

"""Forms that tell users of a model what it is: the CHAI Applied Model Card, version 0.2 (a draft of the Coalition for Health
AI), and the 31 source attributes of ONC HTI-1, 45 CFR 170.315(b)(11)(iv)(B).

What they ask, in the order of the forms, stands in ``data/report/questions.yaml``. What GoLive measured is filled in; what
nobody stated says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count
from typing import Any, NamedTuple

from golive.model.measured.intervals import Interval, Metric
from golive.report.base.document import Block, Document, Heading, Paragraph, table
from golive.report.base.identity import document
from golive.report.base.sources import Sources
from golive.report.parts import answers as ask
from golive.report.parts.answers import Answer
from golive.report.parts.sections import group_words
from golive.wording.metrics import METRICS, MetricWords, cases, measured

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]+")


def title_of(name: str) -> str:
    """The name of a field in words: ``Model developer`` for ``ModelDeveloper``."""
    return " ".join(_WORD.findall(name)).capitalize().replace("Ehr", "Record systems")


class Result(NamedTuple):
    """One figure of a key metric: a label and its value with unit, interval, n and words as the card's JSON."""

    label: str
    value: dict[str, Any]


@dataclass(frozen=True)
class KeyMetric:
    """One of the three groups of key metrics."""

    name: str
    goal: Answer
    results: tuple[Result, ...]
    interpretation: Answer
    test: Answer
    data: Answer
    process: Answer


STATUS = (
    "Source attributes of 45 CFR 170.315(b)(11)(iv)(B), in force when this was written (November 2026); a proposed rule (HTI-5) "
    "would remove them. Supports the duty to show them; it is no statement of conformity."
)
SAFETY = ("intercept", "slope", "observed_expected", "ece", "brier", "log_loss")
"""Metrics that speak of safety and reliability rather than of use."""


def key_metrics(sources: Sources) -> tuple[KeyMetric, ...]:
    """Usefulness, fairness and safety with what was measured."""
    results = [(w.key, _result(w, m)) for w, m in measured(sources.assessment.measured)]
    useful = [result for key, result in results if key not in SAFETY]
    safe = [result for key, result in results if key in SAFETY]
    on = cases(sources.assessment.measured) or "No outcomes were given"
    data = Answer(f"{on}. {ask.data_of(sources, 'live').text}", "measured")
    test = Answer("Live data against training data, assessed by GoLive.", "measured")

    def group(
        name: str, goal: str, found: list[Result], levels: tuple[str, ...], basis: tuple[str, ...]
    ) -> KeyMetric:
        shown = (*found, *_levels(sources, *levels)) if levels else (*found,)
        return KeyMetric(
            name,
            goal=ask.filed(sources, goal),
            results=shown or _levels(sources, goal),
            interpretation=ask.basis(sources, *basis),
            test=test,
            data=data,
            process=ask.filed(sources, "CLN-01"),
        )

    fair, sure = ("CLN-04", "CLN-08"), ("CLN-03", "OBS-02", "REL-02")
    return (
        group("UsefulnessUsabilityEfficacy", "SCO-05", useful, (), ("CLN-02", "OBS-03")),
        group("FairnessEquity", "CLN-04", _groups(sources), fair, fair),
        group("SafetyReliability", "CLN-06", safe, sure, sure),
    )


def _value(words: MetricWords, found: Interval, **more: Any) -> dict[str, Any]:
    """A value as the card's JSON, unrounded; without its ends where they are not known."""
    unit = "share" if words.share else ""
    ends = {} if found.low is None else {"low": found.low, "high": found.high}
    return {"kind": "single", "value": found.value, "unit": unit, **ends, **more}


def _result(words: MetricWords, found: Metric) -> Result:
    """A metric on live data (on training where live has none), with the words the other reports use."""
    live = found.live.known
    where, side = ("live", found.live) if live else ("training", found.train)
    told = words.side(found, "live" if live else "train")
    return Result(f"{words.name}, {where}", _value(words, side, text=told))


def _groups(sources: Sources) -> list[Result]:
    """Sensitivity (AUROC where there is none) of every group that may be judged, and which may not."""
    told = []
    for group in sources.assessment.measured.subgroups:
        key = "sensitivity" if "sensitivity" in group.metrics else "auroc"
        known = group.metrics.get(key, Interval()) if group.enough else Interval()
        value = _value(METRICS[key], known, n=group.n, text=group_words(group, key))
        told.append(Result(f"{METRICS[key].name}, {group.name}", value))
    return told


def _levels(sources: Sources, *keys: str) -> tuple[Result, ...]:
    """The levels of criteria; one result that says so where none applies."""

    def result(label: str, level: int | None, unit: str) -> Result:
        told = "not assessed" if level is None else f"level {level}"
        return Result(label, {"kind": "single", "value": level, "unit": unit, "text": told})

    found = [c for key in keys if (c := ask.criterion(sources, key)) is not None]
    told = [result(f"{c.id} {c.title}", c.level, "level 0 to 4") for c in found]
    return tuple(told) or (result("Not assessed", None, ""),)


def card(sources: Sources) -> Document:
    """The card as a document: every field, and where its answer comes from."""
    found = ask.filled("card", sources)
    told = (
        f"Fields of the CHAI Applied Model Card v0.2, a draft: {ask.tally(found)}. "
        "Filled by GoLive, not reviewed by the Coalition for Health AI."
    )
    blocks: list[Block] = [Paragraph(told, muted=True)]
    for section, answers in found.items():
        if section == "Resources":
            blocks += _metrics(key_metrics(sources))
        rows = [(title_of(path.split("/")[-1]), *a.cells) for path, a in answers.items()]
        blocks += [Heading(title_of(section)), table({"Field": 2, "Answer": 6, "From": 1.4}, rows)]
    return document(sources, f"Model card: {sources.name}", blocks)


def _metrics(groups: tuple[KeyMetric, ...]) -> list[Block]:
    blocks: list[Block] = [Heading("Key metrics")]
    for group in groups:
        blocks += [
            Heading(title_of(group.name), 3),
            Paragraph(f"Goal: {group.goal.text}"),
            table({"Metric": 3, "Value": 3}, [(r.label, r.value["text"]) for r in group.results]),
            Paragraph(f"Interpretation: {group.interpretation.text}"),
            Paragraph(f"Tested on: {group.data.text}", muted=True),
        ]
    return blocks


def hti1(sources: Sources) -> Document:
    """The 31 source attributes of HTI-1 in nine groups, each with where its answer comes from."""
    found = ask.filled("hti1", sources)
    blocks: list[Block] = [Paragraph(STATUS, muted=True), Paragraph(f"{ask.tally(found)}.")]
    head = {"": 0.5, "Attribute": 2.6, "Answer": 6, "From": 1.4}
    number = count(1)
    for group, answers in found.items():
        rows = [(str(next(number)), name, *answer.cells) for name, answer in answers.items()]
        blocks += [Heading(group), table(head, rows)]
    return document(sources, f"Source attributes (HTI-1): {sources.name}", blocks)

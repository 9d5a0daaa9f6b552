"""The monitoring plan after go-live: what is watched, against what, how often, who hears of it, and when to stop."""

from __future__ import annotations

from golive.model.columns import Role
from golive.model.readiness import GateState
from golive.report.base.document import Block, Document, Heading, Paragraph, Table, mark, table
from golive.report.base.identity import document
from golive.report.base.sources import Sources
from golive.wording.labels import ROUTE_WORD
from golive.wording.metrics import measured
from golive.wording.numbers import number, percent

OBSERVED = ("OBS", "MLO", "REL")
"""Dimensions whose criteria say whether monitoring works."""
_MOST = 60


def monitoring_plan(sources: Sources) -> Document:
    """What to watch from the first day on, written from the thresholds and the training data of this assessment."""
    blocks: list[Block] = [
        Paragraph(
            "Written from this assessment: thresholds as declared, references as measured on training data. It supports a "
            "post-market monitoring plan; it is none by itself."
        ),
        Heading("When to stop or fall back"),
        _stops(sources),
        Heading("Inputs, every batch"),
        _inputs(sources),
        Heading("Who hears of it"),
        _people(sources),
        Heading("What still has to be proven about monitoring"),
        _open(sources),
    ]
    return document(sources, f"Monitoring plan: {sources.name}", blocks)


def _stops(sources: Sources) -> Table:
    """Floors with the live value, the latency budget, and metrics without a floor."""
    config = sources.config
    often = "nightly, over the outcomes of the last seven batches"
    rows = []
    for words, found in measured(sources.assessment.measured):
        floor = config.floors.get(words.key)
        if floor is not None or words.key in ("auroc", "brier"):
            limit = "no floor is declared" if floor is None else f"below {words.say(floor)}"
            rows.append((words.name, words.side(found, "live"), limit, often))
    if config.latency_budget_ms is not None:
        limit = f"over {config.latency_budget_ms:,.0f} ms"
        rows.append(("Answer time", "see operations", limit, "every batch"))
    head = {"Metric": 2.2, "Live at this assessment": 2, "Stop and look": 2.2, "How often": 2.6}
    empty = "No floor is declared and no outcome was measured: there is nothing to stop at."
    return table(head, rows, empty)


def _inputs(sources: Sources) -> Table:
    rows = []
    for column in sources.assessment.columns:
        train, drift = column.train, column.drift
        if train is None or column.role in (Role.IGNORED, Role.ID):
            continue
        declared = sources.declared(column.name)
        low, high = declared.range or (train.min, train.max)
        span, unit = "–", ""
        if low is not None and high is not None:
            span, unit = f"{number(low)} to {number(high)}", f" {declared.unit or ''}".rstrip()
        score = "–" if drift is None else f"{number(drift.threshold)} ({drift.method})"
        rows.append((column.name, percent(train.missing_share), span + unit, score))
    if (more := len(rows) - _MOST) > 0:
        score = number(sources.config.drift.threshold)
        rows[_MOST:] = [(f"and {more} more columns", "as in training", "as in training", score)]
    head = {
        "Column": 2.4,
        "Missing in training": 1.6,
        "Range": 2.4,
        "Drift score to look at from": 2.6,
    }
    return table(head, rows, "No column of training data was compared.")


def _people(sources: Sources) -> Table:
    """Owners as registered; where there are none, every route without anybody."""
    rows = [
        (
            o.id,
            o.name or "nobody yet",
            ", ".join(v for v in (o.contact, o.hours) if v) or "–",
            o.escalates_to or "–",
        )
        for o in sources.registers.owners
    ] or [(word, "nobody yet", "–", "–") for word in ROUTE_WORD.values()]
    return table({"For": 2.4, "Who": 2.4, "Reached by": 2.6, "Then": 1.6}, rows)


def _open(sources: Sources) -> Table:
    rows = [
        (mark(c.gate_state), c.id, c.title)
        for c in sources.assessment.readiness.criteria
        if c.dimension in OBSERVED and c.gate_state in (GateState.FAIL, GateState.UNVERIFIED)
    ]
    head = {"Gate": 1.2, "Criterion": 1.2, "What it asks": 6}
    return table(head, rows, "Every gate about monitoring passes.")

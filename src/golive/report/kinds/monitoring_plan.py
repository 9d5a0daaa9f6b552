"""The monitoring plan after go-live: what is watched, against what, how often, who hears of it, and when to stop."""

from __future__ import annotations

from golive.model.columns import Role
from golive.model.readiness import GateState
from golive.report.base.document import Block, Document, Heading, Paragraph, Table
from golive.report.base.identity import identity, subtitle
from golive.report.base.sources import Sources
from golive.report.parts.sections import GATE_TONE
from golive.wording.labels import GATE_WORD, ROUTE_WORD
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
    return Document(
        f"Monitoring plan: {sources.name}",
        subtitle(sources),
        identity(sources),
        sources.assessment.created_at,
        tuple(blocks),
    )


def _stops(sources: Sources) -> Table:
    """Floors with the live value, the latency budget, and metrics without a floor."""
    config = sources.config
    rows = []
    for words, found in measured(sources.assessment.measured):
        floor = config.floors.get(words.key)
        if floor is None and words.key not in ("auroc", "brier"):
            continue
        limit = "no floor is declared" if floor is None else f"below {words.say(floor)}"
        rows.append(
            (
                words.name,
                words.side(found, "live"),
                limit,
                "nightly, over the outcomes of the last seven batches",
            )
        )
    if config.latency_budget_ms is not None:
        rows.append(
            (
                "Answer time",
                "see operations",
                f"over {config.latency_budget_ms:,.0f} ms",
                "every batch",
            )
        )
    return Table(
        ("Metric", "Live at this assessment", "Stop and look", "How often"),
        tuple(rows),
        (2.2, 2, 2.2, 2.6),
        empty="No floor is declared and no outcome was measured: there is nothing to stop at.",
    )


def _inputs(sources: Sources) -> Table:
    rows = []
    for column in sources.assessment.columns:
        if column.train is None or column.role in (Role.IGNORED, Role.ID):
            continue
        declared = sources.config.columns.get(column.name)
        low, high = (
            declared.range if declared and declared.range else (column.train.min, column.train.max)
        )
        span = "–" if low is None or high is None else f"{number(low)} to {number(high)}"
        unit = f" {declared.unit}" if declared and declared.unit and span != "–" else ""
        score = (
            "–"
            if column.drift is None
            else f"{number(column.drift.threshold)} ({column.drift.method})"
        )
        rows.append((column.name, percent(column.train.missing_share), span + unit, score))
    more = max(0, len(rows) - _MOST)
    extra = (
        (
            (
                f"and {more} more columns",
                "as in training",
                "as in training",
                number(sources.config.drift.threshold),
            ),
        )
        if more
        else ()
    )
    return Table(
        ("Column", "Missing in training", "Range", "Drift score to look at from"),
        (*rows[:_MOST], *extra),
        (2.4, 1.6, 2.4, 2.6),
        empty="No column of training data was compared.",
    )


def _people(sources: Sources) -> Table:
    """Owners as registered; what no one is named for is said."""
    rows = [
        (
            o.id,
            o.name or "nobody yet",
            ", ".join(v for v in (o.contact, o.hours) if v) or "–",
            o.escalates_to or "–",
        )
        for o in sources.owners
    ]
    named = {row[0] for row in rows}
    rows += [
        (word, "nobody yet", "–", "–")
        for word in ROUTE_WORD.values()
        if word not in named and not rows
    ]
    return Table(("For", "Who", "Reached by", "Then"), tuple(rows), (2.4, 2.4, 2.6, 1.6))


def _open(sources: Sources) -> Table:
    found = [
        c
        for c in sources.assessment.readiness.criteria
        if c.dimension in OBSERVED and c.gate_state in (GateState.FAIL, GateState.UNVERIFIED)
    ]
    rows = tuple((GATE_WORD[c.gate_state], c.id, c.title) for c in found if c.gate_state)
    tones = tuple(GATE_TONE[c.gate_state] for c in found if c.gate_state)
    return Table(
        ("Gate", "Criterion", "What it asks"),
        rows,
        (1.2, 1.2, 6),
        tones,
        empty="Every gate about monitoring passes.",
    )

"""The go/no-go memo: one page that a meeting decides on."""

from __future__ import annotations

from datetime import timedelta

from golive.model.finding import Verdict
from golive.report.base.document import Block, Bullets, Document, Heading, Paragraph, Table
from golive.report.base.identity import identity, subtitle
from golive.report.base.sources import Sources
from golive.report.base.verdict import effort_words
from golive.report.parts import sections
from golive.wording.metrics import measured
from golive.wording.numbers import day, plural

SIGNATURES = (
    "Product",
    "Clinical safety",
    "Data and operations",
    "Security and privacy",
    "Executive sponsor",
)
FACTS, GATES, STEPS = 3, 6, 10
EXPIRY = timedelta(days=30)


def memo(sources: Sources) -> Document:
    """The memo: recommendation, numbers, facts, what is not known, conditions, stop triggers, next actions, signatures."""
    blocks: list[Block] = [
        *sections.banner(sources),
        *sections.facts(sources, FACTS),
        *sections.blocks_release(sources, GATES),
        *_unknown(sources),
        *_triggers(sources),
        *_accepted(sources),
        *_actions(sources),
        Heading("Decision", 3),
        Table(
            ("Role", "Go / no-go", "Name, date"),
            tuple((role, "", "") for role in SIGNATURES),
            (2, 2, 4),
        ),
    ]
    return Document(
        f"Go/no-go memo: {sources.name}",
        subtitle(sources),
        identity(sources),
        sources.assessment.created_at,
        tuple(blocks),
        compact=True,
    )


def _unknown(sources: Sources) -> list[Block]:
    r, a = sources.assessment.readiness, sources.assessment
    silent = [c.id for c in r.criteria if c.level is None]
    soon = [
        e.criterion
        for e in sources.evidence
        if e.expires and sources.as_of <= e.expires <= sources.as_of + EXPIRY
    ]
    lines = [
        f"{plural(len(silent), 'criterion', 'criteria')} of {len(r.criteria)} not assessed"
        + (f": {', '.join(silent[:8])}{' …' if len(silent) > 8 else ''}." if silent else "."),
        f"{plural(a.count(Verdict.CANNOT_JUDGE), 'finding')} with too little data to judge; "
        + (
            f"{plural(len(a.not_assessed), 'thing')} not looked at, each listed with its reason in the report."
            if a.not_assessed
            else "no check was left out."
        ),
    ]
    if soon:
        lines.append(f"Evidence that expires within 30 days: {', '.join(sorted(set(soon))[:8])}.")
    return [Heading("What we do not know"), Bullets(tuple(lines))]


def _triggers(sources: Sources) -> list[Block]:
    """Numeric stop triggers: the agreed floors, with where live data stands."""
    lines = []
    for words, found in measured(sources.assessment.measured):
        floor, live = sources.config.floors.get(words.key), found.live.value
        if floor is not None:
            below = ", below it now." if live is not None and live < floor else "."
            lines.append(
                f"Stop when {words.name} falls below {words.say(floor)}; "
                f"live: {words.side(found, 'live')}{below}"
            )
    if sources.config.latency_budget_ms:
        lines.append(
            f"Answer within {sources.config.latency_budget_ms:,.0f} ms is the agreed budget."
        )
    if not lines:
        lines = ["No floor was agreed, so nothing would stop this pilot by number."]
    return [Heading("Stop triggers"), Bullets(tuple(lines))]


def _accepted(sources: Sources) -> list[Block]:
    in_force = [w for w in sources.waivers if w.starts <= sources.as_of <= w.expires]
    open_hazards = [h for h in sources.hazards if h.state != "controlled"]
    lines = [
        f"{w.criterion}: {w.compensating_control} ({w.owner}, until {day(w.expires)})"
        for w in in_force
    ]
    lines += [f"{h.id}: {h.hazard} ({h.owner or 'no owner'})" for h in open_hazards]
    return [
        Heading("Risks accepted"),
        Bullets(tuple(lines)) if lines else Paragraph("None is recorded."),
    ]


def _actions(sources: Sources) -> list[Block]:
    plan = {row.id: row for row in sources.plan}
    rows = []
    for place, step in enumerate(sources.assessment.readiness.next[:STEPS], start=1):
        entry = plan.get(step.criterion)
        who = (entry.owner if entry else "") or sections.owner_word(step.route)
        due = day(entry.due) if entry and entry.due else "–"
        rows.append(
            (
                str(place),
                step.label,
                step.criterion,
                step.fix or step.title,
                effort_words(step),
                who,
                due,
            )
        )
    head = ("", "Do", "Criterion", "What", "Effort", "Owner", "Due")
    return [Heading("Next actions"), Table(head, tuple(rows), (0.6, 1.1, 1.1, 5, 1.5, 1.7, 1.1))]

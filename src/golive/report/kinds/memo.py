"""The go/no-go memo: one page that a meeting decides on."""

from __future__ import annotations

from datetime import timedelta

from golive.model.finding import Verdict
from golive.report.base.document import Block, Bullets, Document, Heading, Paragraph, table
from golive.report.base.identity import document
from golive.report.base.sources import Sources
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
    to_sign = [(role, "", "") for role in SIGNATURES]
    blocks: list[Block] = [
        *sections.banner(sources),
        *sections.facts(sources, FACTS, say=sections.in_meeting),
        *sections.blocks_release(sources, GATES),
        Heading("What we do not know"),
        Bullets(tuple(_unknown(sources))),
        Heading("Stop triggers"),
        Bullets(tuple(_triggers(sources))),
        Heading("Risks accepted"),
        _accepted(sources),
        *_actions(sources),
        Heading("Decision", 3),
        table({"Role": 2, "Go / no-go": 2, "Name, date": 4}, to_sign),
    ]
    return document(sources, f"Go/no-go memo: {sources.name}", blocks, compact=True)


def _unknown(sources: Sources) -> list[str]:
    r, a = sources.assessment.readiness, sources.assessment
    silent = [c.id for c in r.criteria if c.level is None]
    named = f": {', '.join(silent[:8])}{' …' if len(silent) > 8 else ''}" if silent else ""
    unseen = f"{plural(len(a.not_assessed), 'thing')} not looked at, each listed with its reason in the report."
    lines = [
        f"{plural(len(silent), 'criterion', 'criteria')} of {len(r.criteria)} not assessed{named}.",
        f"{plural(a.count(Verdict.CANNOT_JUDGE), 'finding')} with too little data to judge; "
        + (unseen if a.not_assessed else "no check was left out."),
    ]
    last = sources.as_of + EXPIRY
    soon = {
        e.criterion for e in sources.evidence if e.expires and sources.as_of <= e.expires <= last
    }
    if soon:
        lines.append(f"Evidence that expires within 30 days: {', '.join(sorted(soon)[:8])}.")
    return lines


def _triggers(sources: Sources) -> list[str]:
    """Numeric stop triggers: the agreed floors, with where live data stands."""
    lines = []
    for words, found in measured(sources.assessment.measured):
        floor, live = sources.config.floors.get(words.key), found.live.value
        if floor is not None:
            below = ", below it now." if live is not None and live < floor else "."
            limit, now = words.say(floor), words.side(found, "live")
            lines.append(f"Stop when {words.name} falls below {limit}; live: {now}{below}")
    if budget := sources.config.latency_budget_ms:
        lines.append(f"Answer within {budget:,.0f} ms is the agreed budget.")
    return lines or ["No floor was agreed, so nothing would stop this pilot by number."]


def _accepted(sources: Sources) -> Block:
    lines = [
        f"{w.criterion}: {w.compensating_control} ({w.owner}, until {day(w.expires)})"
        for w in sources.waivers_in_force
    ]
    lines += [f"{h.id}: {h.hazard} ({h.owner or 'no owner'})" for h in sources.open_hazards]
    return Bullets(tuple(lines)) if lines else Paragraph("None is recorded.")


def _actions(sources: Sources) -> list[Block]:
    head = {
        "": 0.6,
        "Do": 1.1,
        "Criterion": 1.1,
        "What": 5,
        "Effort": 1.5,
        "Owner": 1.7,
        "Due": 1.1,
    }
    rows = [
        (str(place), *sections.step_cells(sources, s))
        for place, s in enumerate(sources.assessment.readiness.next[:STEPS], start=1)
    ]
    return [Heading("Next actions"), table(head, rows)]

"""Present: one screen for a meeting. Verdict, trend, three facts, what is next; large, and nothing beside it."""

from golive.ui.shell.guards import require_assessment
from golive.ui.verdict import overview

current = require_assessment()
cards = current.store.list(current.assessment.project)

overview.meeting_header(current, current.store.card(current.session).title)
overview.meeting_verdict(
    current.assessment.readiness,
    overview.course(cards, current.session),
    overview.previous(cards, current.session),
)
overview.meeting_facts_and_steps(current.assessment)
overview.meeting_footer(current)

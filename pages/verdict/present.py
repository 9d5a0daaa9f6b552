"""Present: one screen for a meeting. Verdict, trend, three facts, what is next; large, and nothing beside it."""

from golive.ui.shell.guards import require_assessment
from golive.ui.verdict import presentation, verdict

current = require_assessment()
cards = current.store.list(current.assessment.project)

presentation.top(current, current.store.card(current.session).title)
presentation.verdict_and_trend(
    current.assessment.readiness,
    presentation.course(cards, current.session),
    verdict.previous(cards, current.session),
)
presentation.facts_and_steps(current.assessment)
presentation.foot(current)

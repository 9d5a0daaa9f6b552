"""Scope and decisions: what is in, out on purpose and deferred; decisions, waivers, owners, events; each with history."""

from golive.ui import rescoring, scope
from golive.ui.components import assessment_line, page_title
from golive.ui.guards import require_assessment

current = require_assessment()
page_title(
    "Scope and decisions", "What this release does, what it leaves out on purpose, what was decided, and who owns it."
)
assessment_line(current.assessment)
rescoring.confirmation()
rescoring.notice(current)
scope.page(current, rescoring.basis(current))

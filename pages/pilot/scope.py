"""Scope and decisions: what is in, out on purpose and deferred; decisions, waivers, owners, events; each with history."""

from golive.ui.registers import scope
from golive.ui.shell import rescoring
from golive.ui.shell.components import assessment_line, page_title
from golive.ui.shell.guards import require_assessment

current = require_assessment()
page_title(
    "Scope and decisions",
    "What this release does, what it leaves out on purpose, what was decided, and who owns it.",
)
assessment_line(current.assessment)
rescoring.confirmation()
rescoring.notice(current)
scope.page(current, rescoring.basis(current))

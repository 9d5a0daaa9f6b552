"""Plan: FIX, PROVE, REFRESH with owner and date; what fits two weeks; what a step would change; what expires."""

from golive.ui.shell import rescoring
from golive.ui.shell.components import assessment_line, page_title
from golive.ui.shell.guards import require_assessment
from golive.ui.verdict import plan

current = require_assessment()
page_title("Plan", "What to fix, prove and renew, in what order, by whom and until when.")
assessment_line(current.assessment)
rescoring.confirmation()
today = rescoring.basis(current)
rescoring.notice(current, today)
plan.page(current, today)

"""Plan: FIX, PROVE, REFRESH with owner and date; what fits two weeks; what a step would change; what expires."""

from golive.ui import plan, rescoring
from golive.ui.components import assessment_line, page_title
from golive.ui.guards import require_assessment

current = require_assessment()
page_title("Plan", "What to fix, prove and renew, in what order, by whom and until when.")
assessment_line(current.assessment)
rescoring.confirmation()
today = rescoring.basis(current)
rescoring.notice(current, today)
plan.page(current, today)

"""Plan: FIX, PROVE, REFRESH with owner and date; what fits two weeks; what a step would change; what expires."""

from golive.ui.shell import guards, rescoring
from golive.ui.verdict import plan

current = guards.assessment_page(
    "Plan", "What to fix, prove and renew, in what order, by whom and until when."
)
rescoring.confirmation()
today = rescoring.basis(current)
rescoring.notice(current, today)
plan.page(current, today)

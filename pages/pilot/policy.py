"""Policy and standards: what readiness is judged by, an own policy, two of them on one session, coverage of standards."""

from golive.ui.pilot import policy
from golive.ui.shell import rescoring
from golive.ui.shell.components import assessment_line, page_title
from golive.ui.shell.guards import require_assessment

current = require_assessment()
page_title(
    "Policy and standards",
    "What readiness is judged by, and which clauses of which standards have evidence behind them.",
)
assessment_line(current.assessment)
rescoring.confirmation()
policy.page(current)

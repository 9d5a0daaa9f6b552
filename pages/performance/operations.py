"""Operations: is the answer there in time, and how often is there none."""

from golive.model.finding import Signal
from golive.ui.performance import outcomes
from golive.ui.shell.components import assessment_line, page_title
from golive.ui.shell.guards import require_assessment

current = require_assessment()
assessment = current.assessment
page_title("Operations", "Is the answer there in time, and how often is there none?")
assessment_line(assessment)
performance = outcomes.need(
    assessment,
    "operations",
    why="Operations needs columns with the answer time or status of each call (see Data).",
)
outcomes.said(assessment, Signal.OPERATIONS)
outcomes.service(performance)

"""Operations: is the answer there in time, and how often is there none."""

from golive.model.finding import Signal
from golive.ui.performance import outcomes
from golive.ui.shell import guards

current = guards.assessment_page(
    "Operations", "Is the answer there in time, and how often is there none?"
)
assessment = current.assessment
performance = outcomes.need(
    assessment,
    "operations",
    why="Operations needs columns with the answer time or status of each call (see Data).",
)
outcomes.findings_of(assessment, Signal.OPERATIONS)
outcomes.service(performance)

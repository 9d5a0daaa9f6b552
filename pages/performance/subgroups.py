"""Subgroups: for whom does the model work, and for whom is that not known."""

from golive.model.finding import Signal
from golive.ui.performance import outcomes
from golive.ui.shell import guards

current = guards.assessment_page(
    "Subgroups", "For whom does it work, for whom less, and of whom is too little known?"
)
assessment = current.assessment
performance = outcomes.need(
    assessment,
    "subgroups",
    why="Groups need a score, an outcome, and columns with the role 'group' or 'site'.",
)
outcomes.findings_of(assessment, Signal.FAIRNESS)
outcomes.groups(performance)
outcomes.parity(performance)

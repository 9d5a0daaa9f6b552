"""Subgroups: for whom does the model work, and for whom is that not known."""

from golive.model.finding import Signal
from golive.ui.performance import group_view, outcomes
from golive.ui.shell.components import assessment_line, page_title
from golive.ui.shell.guards import require_assessment

current = require_assessment()
assessment = current.assessment
page_title("Subgroups", "For whom does it work, for whom less, and of whom is too little known?")
assessment_line(assessment)
performance = outcomes.need(
    assessment,
    "subgroups",
    why="Groups need a score, an outcome, and columns with the role 'group' or 'site'.",
)
outcomes.said(assessment, Signal.FAIRNESS)
group_view.groups(performance)
group_view.parity(performance)

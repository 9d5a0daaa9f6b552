"""Failure modes: the four ways good pilots die, which of them this pilot shows, and a synthetic case of each."""

from golive.ui.shell.components import assessment_line, page_title
from golive.ui.shell.guards import require_assessment
from golive.ui.verdict import failure

current = require_assessment()
page_title(
    "Failure modes", "Four ways a good pilot dies in production, and which of them this one shows."
)
assessment_line(current.assessment)
failure.page(current)

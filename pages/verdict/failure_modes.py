"""Failure modes: the four ways good pilots die, which of them this pilot shows, and a synthetic case of each."""

from golive.ui import failure
from golive.ui.components import assessment_line, page_title
from golive.ui.guards import require_assessment

current = require_assessment()
page_title("Failure modes", "Four ways a good pilot dies in production, and which of them this one shows.")
assessment_line(current.assessment)
failure.page(current)

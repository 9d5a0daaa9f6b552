"""Value: indicators from data check to business result, cost and benefit as ranges, alert workload, timeline."""

from golive.ui.registers import value
from golive.ui.shell import rescoring
from golive.ui.shell.components import assessment_line, page_title
from golive.ui.shell.guards import require_assessment

current = require_assessment()
page_title(
    "Value",
    "What the pilot is worth, what it costs, and what it asks of people: as ranges, from inputs you can see.",
)
assessment_line(current.assessment)
rescoring.confirmation()
value.page(current)

"""Value: indicators from data check to business result, cost and benefit as ranges, alert workload, timeline."""

from golive.ui import rescoring, value
from golive.ui.components import assessment_line, page_title
from golive.ui.guards import require_assessment

current = require_assessment()
page_title(
    "Value", "What the pilot is worth, what it costs, and what it asks of people: as ranges, from inputs you can see."
)
assessment_line(current.assessment)
rescoring.confirmation()
value.page(current)

"""Value: indicators from data check to business result, cost and benefit as ranges, alert workload, timeline."""

from golive.ui.registers import value
from golive.ui.shell import guards, rescoring

current = guards.assessment_page(
    "Value",
    "What the pilot is worth, what it costs, and what it asks of people: as ranges, from inputs you can see.",
)
rescoring.confirmation()
value.page(current)

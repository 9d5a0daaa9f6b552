"""Failure modes: the four ways good pilots die, which of them this pilot shows, and a synthetic case of each."""

from golive.ui.shell import guards
from golive.ui.verdict import failure

current = guards.assessment_page(
    "Failure modes", "Four ways a good pilot dies in production, and which of them this one shows."
)
failure.page(current)

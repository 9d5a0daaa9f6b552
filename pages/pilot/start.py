"""Start: from nothing to a verdict in five steps, what files are needed, and what the words mean."""

from golive.ui.pilot import first_steps
from golive.ui.shell import components
from golive.ui.shell.guards import open_store, require_role

who = require_role()
store = open_store()

components.page_title(
    "Start", "From two files to a verdict that can be defended, in about five minutes."
)
first_steps.show_steps(store, who)
first_steps.show_needs()
first_steps.show_glossary()

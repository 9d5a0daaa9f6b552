"""Code releases: the lists of codes that code columns are held against, who added them, and which session used which."""

from golive.ui.pilot import code_releases
from golive.ui.shell import components
from golive.ui.shell.guards import open_store, require_role

who = require_role()
store = open_store()

components.page_title(
    "Code releases",
    "Which codes existed when: the lists that the code columns of every pilot are held against.",
)
code_releases.confirmation()
kept = code_releases.releases_table(store)
code_releases.uses(store, kept)
code_releases.change(store, who, kept)

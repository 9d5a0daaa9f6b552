"""Audit: who did what and when, and proof that nothing was changed behind it."""

import streamlit as st

from golive.ui.shell import components
from golive.ui.shell.guards import nothing_yet, open_store, require_role
from golive.ui.shell.words import action_words, plain
from golive.wording.numbers import day, plural

who = require_role("reviewer")
store = open_store()

components.page_title("Audit", "Who did what, and was anything changed behind it?")
if st.button("Verify the chain", type="primary", icon=":material/verified:", key="audit_verify"):
    check = store.verify_audit()
    if check.ok:
        st.success(
            f"The chain holds: {plural(check.lines, 'line')}, and everything stored matches it.",
            icon=":material/check_circle:",
        )
    else:
        st.error(
            f"The chain does not hold at line {check.first_bad}: {plain(check.reason)}.",
            icon=":material/error:",
        )

lines = store.audit(limit=500)
if not lines:
    nothing_yet("Nothing was written yet. The first session writes the first line.", own=False)
    st.stop()
actions = sorted({line.action for line in lines})
wanted = st.multiselect(
    "What", actions, key="audit_actions", placeholder="Everything", format_func=action_words
)
shown = [line for line in lines if not wanted or line.action in wanted]
st.dataframe(
    {
        "Line": [line.seq for line in shown],
        "When (UTC)": [
            f"{day(line.created_at.isoformat())}, {line.created_at:%H:%M:%S}" for line in shown
        ],
        "Who": [line.actor for line in shown],
        "What": [action_words(line.action) for line in shown],
        "Of": [line.subject for line in shown],
        "Hash": [line.hash[:12] for line in shown],
    },
    hide_index=True,
    width="stretch",
    key="audit_lines",
)
st.caption(
    f"{plural(len(lines), 'line')}, newest first. Each line holds the hash of the one before. Keep the newest hash "
    f"elsewhere to prove later that the chain was not written anew: `{lines[0].hash}`"
)

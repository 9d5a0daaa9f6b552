"""Findings: what live data does differently, how sure that is, what was ruled out, and who acts."""

import streamlit as st

from golive.ui.live import finding_view, findings, tried
from golive.ui.registers import decisions
from golive.ui.shell.components import assessment_line, page_title
from golive.ui.shell.guards import require_assessment
from golive.ui.shell.words import plain

current = require_assessment()
assessment = current.assessment
page_title("Findings", "What live data does differently, how sure that is, and who acts.")
assessment_line(assessment)
st.markdown(findings.answer(assessment.findings))

verdicts, by, words = findings.filters(assessment.findings)
open_id = findings.opened()
shown = findings.matching(assessment.findings, verdicts, words, also=open_id)
tried.summary(current)
if not shown:
    st.info(
        "No finding matches. Choose another verdict or clear the search.",
        icon=":material/filter_alt_off:",
    )

decided = decisions.current(current)
for title, members in findings.grouped(shown, by, assessment.findings, assessment.roles.site):
    st.subheader(f"{plain(title)} ({len(members)})", anchor=False)
    for finding in members:
        row = st.expander(
            findings.row_label(finding, assessment) + decisions.mark(decided.get(finding.id)),
            key=f"{findings.ROW}{finding.id}",
            on_change=findings.toggle,
            args=(finding.id,),
        )
        if row.open:
            with row:
                finding_view.render(finding, current)
                decisions.form(finding, decided.get(finding.id), current)

with st.expander(f"Not assessed ({len(assessment.not_assessed)})", icon=":material/help:"):
    for item in assessment.not_assessed:
        st.markdown(f"**{plain(item.what)}**: {plain(item.why)}.")
    if not assessment.not_assessed:
        st.markdown("Everything that the product can check was checked.")

"""Evidence: what stands behind each criterion, until when, with history; propose, accept, import and export."""

import streamlit as st

from golive.ui.registers import evidence, evidence_form
from golive.ui.shell import rescoring
from golive.ui.shell.components import assessment_line, page_title
from golive.ui.shell.guards import require_assessment

current = require_assessment()
page_title("Evidence", "What proves each criterion, until when it counts, and who accepted it.")
assessment_line(current.assessment)
evidence_form.confirmation()
rescoring.confirmation()
today = rescoring.basis(current)
rescoring.notice(current, today)
evidence.page(current, today)

st.subheader("Proposed", anchor=False)
evidence.proposals(current)
st.subheader("Add or propose evidence", anchor=False)
evidence_form.form(current.assessment.readiness.criteria, current, dimension="")

"""Readiness: dimensions, criteria, gates and the plan; every number leads to what it came from."""

import streamlit as st

from golive.ui.registers import evidence_form
from golive.ui.shell import guards, rescoring
from golive.ui.verdict import overview, readiness_view, robustness

current = guards.assessment_page(
    "Readiness", "What is proven, what is possible, and what stands between."
)
assessment = current.assessment
readiness = assessment.readiness
evidence_form.confirmation()
rescoring.confirmation()
rescoring.notice(current)
overview.banner(readiness)

st.subheader("Dimensions, weakest first", anchor=False)
st.caption(
    "A bar runs from what is proven to what is still possible; the dot is what was assessed; hatched where evidence is "
    "thin."
)
dimension = readiness_view.choose(readiness)
if dimension:
    readiness_view.criteria(dimension, current, readiness_view.filed(current))

st.subheader("What to do next", anchor=False)
readiness_view.plan(readiness.next)
st.subheader("Gates", anchor=False)
readiness_view.gates(readiness)
st.subheader("How robust the verdict is", anchor=False)
robustness.page(current)
st.subheader("Add evidence", anchor=False)
evidence_form.form(readiness.criteria, current, dimension=dimension.id if dimension else "")

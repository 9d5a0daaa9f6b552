"""Distributions: each column in training and in live data, its score, its floor, and the smallest shift that could be seen."""

import streamlit as st

from golive.ui.live import columns, evidently_report
from golive.ui.shell.components import assessment_line, page_title
from golive.ui.shell.guards import require_assessment

current = require_assessment()
assessment = current.assessment
page_title(
    "Distributions",
    "Each column in training and in live data: how far apart, and how far apart chance alone goes.",
)
assessment_line(assessment)

listed = columns.ordered(assessment)
if not listed:
    st.info("No column was compared in this session.", icon=":material/hide_image:")
    st.stop()
left, right = st.columns([9, 10], gap="large")
with left:
    column = columns.choose(listed, assessment)
    evidently_report.offer(current)
with right:
    columns.render(column, assessment, current.config)

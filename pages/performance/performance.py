"""Performance: does the model still work on live patients, since when not, and how sure is that."""

import streamlit as st

from golive.model.finding import Signal
from golive.ui.performance import outcomes
from golive.ui.shell import guards

current = guards.assessment_page(
    "Performance", "Does the model still work on live patients, and how sure is that?"
)
assessment = current.assessment
performance = outcomes.need(
    assessment,
    "task",
    "estimated",
    "at_threshold",
    why="Performance needs a score and an outcome in training and live data. Name them on the Data page.",
)

outcomes.findings_of(assessment, Signal.PERFORMANCE, Signal.OUTPUT, Signal.LABEL)
if performance.task in ("classes", "quantity"):
    if performance.by_class:
        st.subheader("Class by class", anchor=False)
        outcomes.classes(performance)
else:
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Predicted and observed risk", anchor=False)
        outcomes.calibration(performance)
    with right:
        st.subheader("Where to alert", anchor=False)
        outcomes.threshold_explorer(performance)
        outcomes.without_labels(performance)
st.subheader("Over time", anchor=False)
outcomes.course(performance)
outcomes.versions(performance.versions)
st.subheader("The numbers", anchor=False)
outcomes.metric_table(performance)

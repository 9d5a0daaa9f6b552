"""Overview: is the pilot ready, what is in the way, what to do next. One minute for a first-time visitor."""

import streamlit as st

from golive.ui import figures
from golive.ui.shell import chart, nav, theme
from golive.ui.shell.guards import require_assessment
from golive.ui.verdict import overview

current = require_assessment()
assessment = current.assessment
readiness = assessment.readiness

overview.header(assessment, sample=current.sample, title=current.store.card(current.session).title)
if current.sample:
    nav.link(
        "start", "This is the sample. Start with your own data", icon=":material/rocket_launch:"
    )
overview.banner(
    readiness, overview.previous(current.store.list(assessment.project), current.session)
)
overview.three_columns(assessment)

st.subheader("Readiness by dimension, weakest first", anchor=False)
st.caption(
    "A bar runs from what is proven to what is still possible; the dot is what was assessed; hatched where evidence is "
    "thin. Click a bar to open its dimension."
)
chart.pick(
    figures.dimensions(readiness.dimensions, theme.tokens()),
    key="overview_dimensions",
    alt=figures.describe_dimensions(readiness.dimensions),
    on_pick=overview.remember_click,
)
overview.follow_click()

overview.cards(readiness, assessment.findings)

"""Report: the form each stakeholder uses, from the open session; the same numbers everywhere."""

import streamlit as st

from golive.report.base.sources import gather
from golive.report.forms import KINDS
from golive.ui.history import report_view
from golive.ui.shell import guards

current = guards.assessment_page(
    "Report",
    "A page, a PDF, slides or a model card, each from the same numbers. No row of data leaves with it.",
)

kind, form = report_view.choose()
sources = gather(current.store, current.session)
report_view.downloads(sources, kind, form)
report_view.preview(KINDS[kind].write(sources))
st.caption("What the file holds is what stands here; PDF and HTML are set for paper.")

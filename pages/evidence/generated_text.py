"""Generated text: does what the model writes stand in its source? The rate, the marks, and a desk to review outputs."""

import streamlit as st

from golive.ui.pilot import data_form, pilot
from golive.ui.shell import cache, nav, rescoring, uploads
from golive.ui.shell.components import assessment_line, page_title
from golive.ui.shell.guards import require_assessment
from golive.ui.text import judge_view, review, text_view

current = require_assessment()
page_title("Generated text", "Does what the model writes stand in its source, and how do we know?")
assessment_line(current.assessment)
rescoring.confirmation()

found = current.assessment.measured.generated_text
if not found:
    st.info(
        "This session assessed no generated text. Name the column that holds it, the column with its source and a "
        "reviewer's label where there is one, and assess again.",
        icon=":material/edit_note:",
    )
    if current.identity.may("reviewer") and "live" in uploads.files():
        draft = pilot.draft(current.store)
        text_view.choose_columns(draft, data_form.understand(draft, cache.current_settings()))
    else:
        nav.link("data", "Bring data with generated text", icon=":material/upload_file:")
    st.stop()

view = st.segmented_control(
    "View", ("What was found", "Review outputs"), default="What was found", required=True, key="text_view",
    label_visibility="collapsed",
)  # fmt: skip
if view == "What was found":
    text_view.summary(current.assessment, found)
    text_view.written(found)
    judge_view.opinion(current, found)
elif not current.identity.may("reviewer"):
    st.caption("Reviewing outputs takes the role reviewer.")
else:
    texts = review.load_texts(current)
    if texts is None:
        review.missing_file(current)
    else:
        st.caption(
            "Keys 1 to 4 give a verdict, N and B turn the page. Only verdicts are stored, never text."
        )
        review.draw(current, texts)

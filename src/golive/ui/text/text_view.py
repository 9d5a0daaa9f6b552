"""Generated text as one assessment saw it: the rate, the marks by kind, length, agreement, and how good the marks are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import streamlit as st

from golive.model.config import Config, OutputsConfig
from golive.model.errors import GoLiveError
from golive.model.finding import Signal
from golive.model.measured.generated_text import (
    Citations,
    GeneratedText,
    ReviewerAgreement,
    TextLength,
)
from golive.model.measured.intervals import Metric
from golive.model.result import Assessment
from golive.text.reviews import reviewed, with_reviews
from golive.ui.figures.text_marks import describe_text_marks, text_lengths, text_marks
from golive.ui.pilot import pilot
from golive.ui.pilot.data_form import Understood
from golive.ui.shell import chart, components, nav, rescoring, theme, uploads
from golive.ui.shell.guards import Current, authorise
from golive.ui.shell.words import plain, unbroken
from golive.wording.numbers import count, percent, plural


def answer(found: GeneratedText) -> str:
    """The first sentence of the page: the reviewed rate with its interval, or that there is none."""
    rate = found.unsupported
    if not rate:
        return "**No reviewer has rated live outputs yet**, so how often the text is wrong is not known. The marks below are questions, not a rate."
    of = (
        "of a live output is unsupported on average"
        if found.label_kind == "rate"
        else "of live outputs are unsupported"
    )
    who = "two reviewers" if (found.raters or 0) >= 2 else "one reviewer"
    whom = f" outputs of {found.patients:,} patients" if found.patients else ""
    said = f"**{percent(rate.value)} {of}**, between {percent(rate.low)} and {percent(rate.high)} (n = {rate.n:,}{whom}, {who})."
    if found.severe:
        said += (
            f" {percent(found.severe.value)} could do harm (at most {percent(found.severe.high)})."
        )
    return said


def summary(assessment: Assessment, found: GeneratedText) -> None:
    """Answer, findings, then the two pictures."""
    st.markdown(unbroken(answer(found)))
    for finding in [f for f in assessment.findings if f.signal is Signal.GENERATED_TEXT]:
        look = theme.VERDICT[finding.verdict]
        st.markdown(f"{components.inline_badge(look)} {plain(finding.title)}")
        if finding.explanation:
            st.caption(plain(finding.explanation))
    left, right = st.columns([3, 2], gap="large")
    kinds = found.checks.kinds
    with left:
        st.subheader("What the source does not contain", anchor=False)
        if found.checked and kinds:
            alt = describe_text_marks(kinds)
            chart.show(text_marks(kinds, theme.tokens()), key="text_marks", alt=alt)
            st.caption(
                unbroken(
                    f"Dots are shares of outputs, lines their 95 % intervals ({_sizes(kinds.values())})."
                )
            )
        else:
            st.info("No live output has a source beside it: cannot check.", icon=":material/help:")
    with right:
        st.subheader("Length", anchor=False)
        histogram = found.length.histogram
        if histogram:
            chart.show(
                text_lengths(histogram, theme.tokens()),
                key="text_lengths",
                alt=_length_words(found.length),
            )
            st.caption(f"{_length_words(found.length)} Cells of 1 to 10 outputs are not drawn.")
    for sentence in trust(found):
        st.caption(unbroken(sentence))


def _sizes(rows: Iterable[Metric]) -> str:
    """``n = 100 training and 300 live outputs``: the most that any kind of mark was looked for in."""
    kept = tuple(rows)
    train = max((row.n_train or 0 for row in kept), default=0)
    live = max((row.n_live or 0 for row in kept), default=0)
    return f"n = {count(train)} training and {count(live)} live outputs"


def _length_words(length: TextLength) -> str:
    before = (
        f", the median training output {length.train_median:.0f}"
        if length.train_median is not None
        else ""
    )
    return f"The median live output has {length.live_median or 0:.0f} words{before}."


def trust(found: GeneratedText) -> list[str]:
    """How far the reviewers agree, and how well marks and the length of the output single out hallucinated outputs."""
    said = []
    agreed = found.agreement
    if agreed.kappa is not None:
        said.append(
            f"Two reviewers agree on {percent(agreed.observed)} of {agreed.n:,} outputs; kappa {agreed.kappa:.2f} "
            f"{_bounds(agreed)}."
        )
    for name, d in found.detectors.items():
        own, rival = d.auroc, d.length_auroc
        what = "The marks" if name == "model_free_checks" else "Your detector"
        worth = "better than" if d.beats_length else "not shown to be better than"
        said.append(
            f"{what} against reviewers: AUROC {own.value:.2f} ({own.low:.2f} to {own.high:.2f}), {worth} length alone "
            f"({d.length_direction} outputs): {rival.value:.2f} ({rival.low:.2f} to {rival.high:.2f}); "
            f"n = {d.n:,}, {d.hallucinated:,} hallucinated."
        )
    if found.citations:
        said.append(cited(found.citations))
    kept = found.kept_facts
    if kept.live.known and kept.n_live:
        before = f", {percent(kept.train.value)} in training" if kept.train.known else ""
        said.append(
            f"Outputs keep {percent(kept.live.value)} of the medications and measured amounts of their sources{before} "
            f"(n = {kept.n_live:,} with any): what is left out is as much a question as what is added."
        )
    return said


def _bounds(agreed: ReviewerAgreement) -> str:
    """Bounds of kappa, and whose: of outputs, or of patients who have several."""
    if agreed.low is None or agreed.high is None:
        return "without an interval, because too few patients have both answers"
    whose = f", {agreed.patients:,} patients" if agreed.patients else ""
    return f"({agreed.low:.2f} to {agreed.high:.2f}{whose})"


def cited(found: Citations) -> str:
    """What the citations in the outputs are worth: the share that holds, or why that cannot be checked."""
    if found.held is None:
        return f"Citations: cannot check, because {found.why} (n = {found.n_outputs:,} outputs)."
    n = "fewer than 11" if found.n is None else f"{found.n:,}"
    citing = f"{percent(found.citing)} of" if found.citing is not None else "fewer than 11"
    said = (
        f"{percent(found.held)} of what outputs cite stands in their source, between {percent(found.low)} and "
        f"{percent(found.high)} (n = {n} citations); {citing} outputs cite. That a cited place "
        "exists does not show that the sentence is right."
    )
    unproven = found.share is None and found.why
    return f"{said} Not proven for all: {found.why}." if unproven else said


def count_reviews(where: Current) -> None:
    """Offer to count the stored reviews in the verdict: the rate replaces that of the label column, and OBS-04 is judged again."""
    live = where.assessment.inputs.live.sha256
    reviews = [entry.item for entry in where.store.reviews.of(where.assessment.project, live)]
    now = reviewed(reviews)
    n = now.n_outputs
    if not n or not where.identity.may("reviewer"):
        return
    held = where.assessment.measured.generated_text
    if held.rated_by == "reviews" and held.joined(now) == held:
        st.caption(f":material/task_alt: {plural(n, 'review')} counted in the verdict.")
        return
    label = f"Count {plural(n, 'reviewed output')} in the verdict"
    if st.button(label, icon=":material/calculate:", key="count_reviews"):
        try:
            authorise(where.identity, "reviewer", "count reviews")
            performance = with_reviews(where.assessment.measured, reviews)
            counted = replace(
                where, assessment=where.assessment.model_copy(update={"performance": performance})
            )
            rescoring.again(counted, f"{plural(n, 'reviewed output')} counted")
        except GoLiveError as error:
            components.error_box(error)
            return
        rescoring.say("The reviews are counted; readiness was judged again.")


def choose_columns(config: Config, understood: Understood) -> None:
    """Let a reviewer say which columns hold output, source and label, when the files are in this session."""
    live = understood.files.get("live")
    if live is None:
        return
    names = [str(c) for c in live.preview.columns]
    held = config.outputs or OutputsConfig()
    with st.form("outputs_form"):
        st.markdown("**Which columns hold generated text?**")
        picked = {}
        labels = {
            "note": "Generated text", "source": "Its source", "label": "Reviewer's label", "second_label": "Second reviewer's label",
            "severity": "Severity", "detector": "Score of your detector",
        }  # fmt: skip
        boxes = st.columns(3)
        for i, (what, label) in enumerate(labels.items()):
            value = getattr(held, what)
            index = names.index(value) if value in names else None
            picked[what] = boxes[i % 3].selectbox(
                label, names, index=index, key=f"outputs_{what}", placeholder="none"
            )
        if not st.form_submit_button("Use these columns", type="primary", icon=":material/save:"):
            return
    pilot.put(pilot.change(config, outputs=OutputsConfig(**picked).model_dump()))
    nav.go("data")


def in_session() -> bool:
    """Whether the live file is in this browser session."""
    return "live" in uploads.files()

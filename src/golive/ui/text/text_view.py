"""Generated text as one assessment saw it: the rate, the marks by kind, length, agreement, how good the marks are, and how it
is written (Evidently's descriptors with their noise floors, live beside training, one drawn at a time)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import cycle

import streamlit as st

from golive.model.config import Config, OutputsConfig
from golive.model.finding import Signal, Verdict
from golive.model.measured.generated_text import (
    Citations,
    GeneratedText,
    ReviewerAgreement,
    TextDescriptor,
    TextLength,
)
from golive.model.measured.intervals import Metric
from golive.model.measured.performance import Performance
from golive.model.result import Assessment, ColumnResult, SideResult
from golive.text.reviews import reviewed, with_reviews
from golive.ui.figures.distribution import describe_distribution, distribution
from golive.ui.figures.text_marks import describe_text_marks, text_lengths, text_marks
from golive.ui.live.columns import GLYPH
from golive.ui.pilot import pilot
from golive.ui.pilot.data_form import Understood
from golive.ui.shell import chart, components, nav, rescoring, theme
from golive.ui.shell.guards import Current, authorise
from golive.ui.shell.words import plain, unbroken
from golive.wording.numbers import count, number, percent, plural, score

OUTPUTS = {
    "note": "Generated text", "source": "Its source", "label": "Reviewer's label", "second_label": "Second reviewer's label",
    "severity": "Severity", "detector": "Score of your detector",
}  # fmt: skip
_URGENCY = (Verdict.ALARM, Verdict.WATCH, Verdict.CANNOT_JUDGE, Verdict.QUIET)


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
            sizes = f"Dots are shares of outputs, lines their 95 % intervals ({_sizes(kinds.values())})."
            st.caption(unbroken(sizes))
        else:
            st.info("No live output has a source beside it: cannot check.", icon=":material/help:")
    with right:
        st.subheader("Length", anchor=False)
        if histogram := found.length.histogram:
            words = _length_words(found.length)
            chart.show(text_lengths(histogram, theme.tokens()), key="text_lengths", alt=words)
            st.caption(f"{words} Cells of 1 to 10 outputs are not drawn.")
    for words in trust(found):
        st.caption(unbroken(words))


def _sizes(rows: Iterable[Metric]) -> str:
    """``n = 100 training and 300 live outputs``: the most that any kind of mark was looked for in."""
    sides = [(row.n_train or 0, row.n_live or 0) for row in rows]
    train, live = (max(side, default=0) for side in zip(*sides, strict=True)) if sides else (0, 0)
    return f"n = {count(train)} training and {count(live)} live outputs"


def _length_words(length: TextLength) -> str:
    median = length.train_median
    before = "" if median is None else f", the median training output {median:.0f}"
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


def rescored(where: Current, performance: Performance, reason: str) -> None:
    """Judge the open session again with this in place of what was measured, and store it.

    Raises:
        ForbiddenError: a viewer asked. InputError: evidence or waivers are malformed. StoreError: the store cannot be written.
    """
    changed = where.assessment.model_copy(update={"performance": performance})
    rescoring.again(replace(where, assessment=changed), reason)


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
    outputs = plural(n, "reviewed output")
    label, icon = f"Count {outputs} in the verdict", ":material/calculate:"
    if st.button(label, icon=icon, key="count_reviews"):
        with components.errors_shown():
            authorise(where.identity, "reviewer", "count reviews")
            counted = with_reviews(where.assessment.measured, reviews)
            rescored(where, counted, f"{outputs} counted")
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
        for place, (what, label) in zip(cycle(st.columns(3)), OUTPUTS.items(), strict=False):
            value = getattr(held, what)
            index = names.index(value) if value in names else None
            key = f"outputs_{what}"
            picked[what] = place.selectbox(label, names, index=index, key=key, placeholder="none")
        if st.form_submit_button("Use these columns", type="primary", icon=":material/save:"):
            pilot.put(pilot.change(config, outputs=OutputsConfig(**picked).model_dump()))
            nav.go("data")


def written(found: GeneratedText) -> None:
    """Table of all descriptors, the most urgent first, and the distribution of the chosen one; nothing where there are none."""
    rows = sorted(found.descriptors, key=lambda r: _urgency(r.column))
    if not rows:
        return
    st.subheader("How it is written", anchor=False)
    st.markdown(sentence(rows))
    st.dataframe(
        [_row(row) for row in rows],
        hide_index=True,
        width="stretch",
        alt="How outputs and sources are written, training beside live",
    )
    by_name = {row.column.name: row for row in rows}
    chosen = st.selectbox("Draw", list(by_name), key="text_descriptor")
    row = by_name.get(chosen, rows[0])
    chart.show(
        distribution(row.column, theme.tokens(), unit=row.unit),
        key="text_descriptor_picture",
        alt=describe_distribution(row.column, unit=row.unit),
    )
    st.caption(
        "Counted by Evidently's descriptors, without a model, and judged as any number column: an alarm lies above the "
        "threshold and above what no change gives at these sizes. How a text is written says nothing about whether it is right."
    )


def _verdict(column: ColumnResult) -> Verdict:
    return column.drift.verdict if column.drift else Verdict.CANNOT_JUDGE


def _urgency(column: ColumnResult) -> tuple[int, float]:
    """Sort key: the verdict, then the larger score first."""
    largest = (column.drift.score if column.drift else None) or 0
    return _URGENCY.index(_verdict(column)), -largest


def sentence(rows: Sequence[TextDescriptor]) -> str:
    """What the descriptors say together, first of all."""
    of = {v: [r for r in rows if _verdict(r.column) is v] for v in Verdict}
    changed = [*of[Verdict.ALARM], *of[Verdict.WATCH]]
    if changed:
        first = changed[0]
        return (
            f"**{len(changed)} of {len(rows)} measures moved**, most of all {plain(first.column.name)}: the median is "
            f"{_middle(first, first.column.live)}, in training {_middle(first, first.column.train)}."
        )
    if of[Verdict.CANNOT_JUDGE]:
        return f"Too few texts to judge {len(of[Verdict.CANNOT_JUDGE])} of {len(rows)} measures; none of the others moved."
    return f"None of {len(rows)} measures moved."


def _middle(row: TextDescriptor, side: SideResult | None) -> str:
    """Median of one side with its unit, where that is a share."""
    value = side.quantiles.get("0.5") if side else None
    if value is None:
        return "not known"
    return percent(value / 100) if row.unit == "%" else number(value)


def _row(row: TextDescriptor) -> dict[str, str]:
    column, drift, verdict = row.column, row.column.drift, _verdict(row.column)
    value, floor = (drift.score, drift.floor) if drift else (None, None)
    return {
        "Text": row.text,
        "Measure": row.words,
        "Verdict": f"{GLYPH[verdict]} {theme.VERDICT[verdict].word}",
        "Training, median": _middle(row, column.train),
        "Live, median": _middle(row, column.live),
        "Score": "" if value is None else score(value),
        "No change gives up to": "" if floor is None else score(floor),
        "n": "" if drift is None else f"{count(drift.n_train)} and {count(drift.n_live)}",
    }

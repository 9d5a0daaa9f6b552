"""A model's opinion of the outputs: what it said and how good it is against reviewers, and the question before anything is sent."""

from __future__ import annotations

import numpy as np
import streamlit as st

from golive.model.config import parse_config
from golive.model.measured.generated_text import GeneratedText, TextJudge
from golive.model.measured.intervals import Interval, ShareInterval
from golive.model.profile import is_small
from golive.model.text_judge import ADDRESSES, MOST_SENT, TextJudgeConfig
from golive.profile.text.generated import GeneratedTexts
from golive.stats.estimate import Mask
from golive.text.judge import ASKED, Plan, asked, of_labels, plan, summarised
from golive.text.judge_call import check_shared, key_of
from golive.text.labels import kind_of, read_labels
from golive.text.reviews import BAD
from golive.ui.shell import components, rescoring
from golive.ui.shell.guards import Current, authorise
from golive.ui.shell.words import plain
from golive.ui.text import review, text_view
from golive.wording.numbers import percent, plural

_CHOSEN = "text_judge"
_PROVIDERS = {
    "openai": "OpenAI",
    "anthropic": "Anthropic",
    "compatible": "A server of your own (OpenAI's form)",
}
_QUESTIONS = {
    "unsupported": "What is unsupported",
    "omission": "What is left out",
    "contradiction": "What contradicts",
}


def opinion(where: Current, found: GeneratedText) -> None:
    """The stored opinion, and for a reviewer the form and the question that precede a new one."""
    held = found.judge
    may = where.identity.may("reviewer")
    if held is None and not may:
        return
    st.subheader("A model's opinion", anchor=False)
    if held is not None:
        for sentence in sentences(held):
            st.markdown(sentence)
        st.caption(
            "An opinion is no review: it counts for nothing in the verdict, whatever it says."
        )
    if may:
        _ask(where)


def sentences(held: TextJudge) -> list[str]:
    """What a model thought of the outputs, how many it did not judge, and what that is worth against reviewers."""
    rate, model = held.flagged, f"{plain(held.model)} at {plain(held.host)}"
    asked_of = f"asked of {plural(held.asked, 'output')} whether each {ASKED[held.criteria]}"
    first = f"**{model} judged none of them**, {asked_of}."
    if held.judged:
        first = (
            f"**{model} flags {percent(rate.value)}**, between {percent(rate.low)} and {percent(rate.high)} "
            f"(n = {rate.n:,}), {asked_of}."
        )
    if held.not_judged:
        counted = ((plain(why), n) for why, n in held.not_judged.items())
        reasons = ", ".join(why if n is None else f"{why} {n:,}" for why, n in counted)
        silent = held.asked - held.judged
        shown = "fewer than 11" if is_small(silent) else f"{silent:,}"
        first += f" Not judged, and counted as neither: {shown} ({reasons})."
    against = held.against_reviewers
    if against is None:
        return [first, f"What that is worth cannot be judged: {plain(held.why)}."]
    rival, apart = against.length, against.discrimination
    worth = "better than" if apart.beats_length else "not shown to be better than"
    return [
        first,
        f"Against reviewers (n = {against.n:,}, {against.hallucinated:,} hallucinated) it finds {_part(against.sensitivity)} "
        f"of what they found, and {_part(against.ppv)} of what it flags they flag too; kappa {_kappa(against.kappa)}. "
        f"It is {worth} length alone: flagging as many of the {rival.direction} outputs finds {_part(rival.sensitivity)}, "
        f"right in {_part(rival.ppv)}.",
    ]


def _part(e: ShareInterval) -> str:
    shown = f"{percent(e.value)} ({percent(e.low)} to {percent(e.high)})"
    return "none" if e.value is None else shown


def _kappa(kappa: Interval) -> str:
    if kappa.value is None:
        return "not defined"
    ends = "" if kappa.ends is None else f" ({kappa.low:.2f} to {kappa.high:.2f})"
    return f"{kappa.value:.2f}{ends}"


def _ask(where: Current) -> None:
    config: TextJudgeConfig | None = st.session_state.get(_CHOSEN) or where.config.text_judge
    if config is None:
        st.markdown("Off: no model is configured, and no text leaves this machine.")
    title = "Name a model" if config is None else "Name another model"
    with st.expander(title, icon=":material/settings:"):
        _form(config)
    if config is None:
        return
    found = review.load_texts(where)
    if found is None:
        st.caption("To ask a model, bring the live file again on the Data page: no text is stored.")
        return
    hit, known = reviewed(where, found.texts)
    drawn = plan(found.texts, config, known, seed=where.assessment.seed)
    if not drawn.place:
        nothing = "No live output has a source beside it, so there is nothing to ask."
        st.info(nothing, icon=":material/help:")
        return
    st.warning(f"{plain(drawn.sentence)}", icon=":material/outbound:")
    key = f"may_send:{config.address}:{config.model}"
    agreed = st.checkbox(f"These texts may be sent to {plain(config.host)}", key=key)
    label = f"Send {plural(len(drawn.place), 'output')} to {config.host}"
    if st.button(label, icon=":material/send:", disabled=not agreed, key="ask_judge"):
        with components.errors_shown():
            _send(where, found.texts, drawn, hit, known)


def _form(held: TextJudgeConfig | None) -> None:
    config = held or TextJudgeConfig(provider="openai", model="-", sample=50)
    providers, questions = list(_PROVIDERS), list(_QUESTIONS)
    with st.form("text_judge_form", border=False):
        left, right = st.columns(2)
        named = {
            "provider": left.selectbox(
                "Provider",
                providers,
                index=providers.index(config.provider),
                format_func=_PROVIDERS.__getitem__,
                key="judge_provider",
            ),
            "model": right.text_input(
                "Model", value=config.model if held else "", key="judge_model"
            ).strip(),
            "base_url": left.text_input(
                "Address",
                value=config.base_url or "",
                placeholder=ADDRESSES["openai"],
                help="Left empty, the provider's own. A server of your own needs one.",
                key="judge_address",
            ).strip()
            or None,
            "criteria": right.selectbox(
                "Question",
                questions,
                index=questions.index(config.criteria),
                format_func=_QUESTIONS.__getitem__,
                key="judge_question",
            ),
            "sample": left.number_input(
                "Outputs to ask about, at most", 1, MOST_SENT, config.sample, key="judge_sample"
            ),
        }
        st.caption("The key is read from the environment of the server and never typed here.")
        if st.form_submit_button("Use this model", icon=":material/save:"):
            with components.errors_shown():
                st.session_state[_CHOSEN] = parse_config({"text_judge": named}).text_judge
                st.rerun()


def reviewed(where: Current, texts: GeneratedTexts) -> tuple[Mask | None, Mask | None]:
    """What reviewers found of the texts read, and which they rated: the label column, and over it the reviews of random outputs."""
    values = texts.labels.get("label")
    hit, known = of_labels(None if values is None else read_labels(values, kind_of(values)), texts)
    entries = where.store.reviews.of(where.assessment.project, where.assessment.inputs.live.sha256)
    said_of: dict[int, bool] = {}
    for item in (e.item for e in entries):
        if item.drawn == "random" and item.verdict != "cannot_tell":
            said_of[item.row] = said_of.get(item.row, False) or item.verdict in BAD
    if not said_of:
        return hit, known
    hit = np.zeros(len(texts.row), dtype=bool) if hit is None else hit.copy()
    known = np.zeros(len(texts.row), dtype=bool) if known is None else known.copy()
    for i, row in enumerate(texts.row):
        if int(row) in said_of:
            hit[i], known[i] = said_of[int(row)], True
    return hit, known


def _send(
    where: Current, texts: GeneratedTexts, drawn: Plan, hit: Mask | None, known: Mask | None
) -> None:
    """Ask the model, keep what it answered, and judge again.

    Raises:
        GoLiveError: the role, the address, the key or the answers do not allow it.
    """
    config, n = drawn.config, len(drawn.place)
    authorise(where.identity, "reviewer", "send texts to a model")
    if where.identity.signed_in:
        check_shared(config)
    key = key_of(config)
    bar = st.progress(0.0, text=f"Asking {config.host}")

    def tell(done: int) -> None:
        bar.progress(done / n, text=f"{done:,} of {n:,} outputs asked of {config.host}")

    judge = summarised(texts, drawn, asked(texts, drawn, key, tell), hit, known)
    held = where.assessment.measured
    performance = held.having(generated_text=held.generated_text.having(judge=judge))
    reason = f"{plural(n, 'output')} sent to {config.host} for the opinion of {config.model}"
    text_view.rescored(where, performance, reason)
    rescoring.say(
        f"{config.model} judged {judge.judged:,} of {n:,} outputs. The verdict does not rest on it."
    )

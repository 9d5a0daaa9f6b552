"""The review desk: source left, output right, what the source does not support marked, one key per verdict.

Texts are read from the files of this browser session and live in its memory only. What is stored is a verdict with the hash
of the file and the number of the row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import streamlit as st

from golive.model.errors import GoLiveError
from golive.model.measured.generated_text import GeneratedText
from golive.model.reviews import Drawn, Review, ReviewVerdict
from golive.profile.text.generated import GeneratedTexts, generated_texts
from golive.text.reviews import reviewed
from golive.text.spans import Source, Span, unsupported
from golive.ui.figures.text_marks import KIND_WORD
from golive.ui.pilot import data_form
from golive.ui.shell import cache, components, nav, uploads
from golive.ui.shell.guards import Current, authorise, store_errors_shown
from golive.ui.shell.words import plain
from golive.ui.text import text_view
from golive.wording.numbers import percent, plural

VERDICTS: tuple[tuple[ReviewVerdict, str, str, str], ...] = (
    ("supported", "Supported", "1", ":material/check_circle:"),
    ("unsupported", "Unsupported", "2", ":material/visibility:"),
    ("harmful", "Could harm", "3", ":material/error:"),
    ("cannot_tell", "Cannot tell", "4", ":material/help:"),
)
WORD: dict[str, str] = {verdict: word for verdict, word, _, _ in VERDICTS}
DRAWN: dict[Drawn, str] = {"random": "Random", "marked": "Most marks first (does not count)"}
MOST_CIRCLED = 20
LONG_TEXT, SHORT, TALL = 500, 260, 440
"""Characters from which both boxes are tall, and their heights in pixels: the buttons do not jump between short texts."""
_TEXTS_KEY = "review_texts"
_PLACE_KEY = "review_place"


@dataclass(frozen=True)
class LiveTexts:
    """Texts of the live file with the orders in which they are reviewed: positions into ``texts``."""

    live: str
    texts: GeneratedTexts
    random: tuple[int, ...]

    def spans(self, place: int) -> tuple[Span, ...]:
        """Marked places of one output; none without a source."""
        source = self.texts.source[place] if self.texts.source else ""
        return unsupported(self.texts.note[place], Source.of(source)) if source else ()


@dataclass(frozen=True)
class Queue:
    """Who reviews which texts in which order."""

    texts: LiveTexts
    order: tuple[int, ...]
    drawn: Drawn
    reviewer: str

    @property
    def slot(self) -> str:
        """Where the session remembers the place of this reviewer in this order."""
        return f"{_PLACE_KEY}:{self.texts.live[:16]}:{self.drawn}:{self.reviewer}"

    def place(self, done: set[int]) -> int:
        """The text to show: the one gone to, else the first whose row is not in ``done``."""
        held = st.session_state.get(self.slot)
        if held in self.order:
            return int(held)
        return next(
            (i for i in self.order if int(self.texts.texts.row[i]) not in done), self.order[0]
        )

    def go(self, place: int, step: int) -> None:
        """Move ``step`` texts on from ``place``, around the ends."""
        st.session_state[self.slot] = self.order[(self.order.index(place) + step) % len(self.order)]


def load_texts(where: Current) -> LiveTexts | None:
    """Texts of the assessed live file while it is in this session, else ``None``. Read once, kept in memory."""
    outputs, live = where.config.outputs, where.assessment.inputs.live
    kept = uploads.files().get("live")
    if outputs is None or kept is None:
        st.session_state.pop(_TEXTS_KEY, None)
        return None
    key = (live.sha256, kept.sha256, outputs)
    held = st.session_state.get(_TEXTS_KEY)
    if held is not None and held[0] == key:
        found: LiveTexts | None = held[1]
        return found
    settings = cache.current_settings()
    with st.spinner("Reading the texts"), data_form.opened(kept, settings) as dataset:
        same = dataset.sha256 == live.sha256
        texts = generated_texts(dataset, outputs, unit=where.assessment.roles.id) if same else None
    made = None if texts is None else LiveTexts(live.sha256, texts, _shuffled(texts, live.sha256))
    st.session_state[_TEXTS_KEY] = (key, made)
    return made


def _shuffled(texts: GeneratedTexts, sha256: str) -> tuple[int, ...]:
    """A random order that is the same for every reviewer of a file, so that two of them meet the same texts."""
    written = [i for i, note in enumerate(texts.note) if note]
    order = np.random.default_rng(int(sha256[:8], 16)).permutation(len(written))
    return tuple(written[i] for i in order)


def _marked_first(found: LiveTexts) -> tuple[int, ...]:
    """Outputs with most marked places first; those without any are left out."""
    key = f"{_TEXTS_KEY}_marked"
    held = st.session_state.get(key)
    if held is None or held[0] != found.live:
        with st.spinner("Looking for what sources do not support"):
            counts = {i: len(found.spans(i)) for i in found.random}
        order = tuple(sorted((i for i in found.random if counts[i]), key=lambda i: -counts[i]))
        held = st.session_state[key] = (found.live, order)
    marked: tuple[int, ...] = held[1]
    return marked


def literal(text: str) -> str:
    """Text from data as Markdown that shows it as it is, line by line."""
    lines = (re.sub(r"^(\d+)([.)])", r"\1\\\2", plain(line.strip())) for line in text.splitlines())
    return "  \n".join(lines)


def numbered(place: int) -> str:
    """The number of a mark as a sign that no text uses for its own citations: a circled number, beyond 20 in round brackets."""
    return chr(0x2460 + place - 1) if place <= MOST_CIRCLED else f"({place})"


def marked_text(text: str, spans: tuple[Span, ...]) -> str:
    """``text`` as Markdown with every span on a coloured ground, in bold, and numbered for the list below it."""
    parts, at = [], 0
    for i, span in enumerate(spans, 1):
        parts.append(literal(text[at : span.start]) + _space(text[at : span.start]))
        said = literal(" ".join(text[span.start : span.end].split()))
        parts.append(f":orange-background[**{said}** {numbered(i)}]")
        at = span.end
        parts.append(_space(text[at:], front=True))
    return "".join([*parts, literal(text[at:])])


def _space(text: str, *, front: bool = False) -> str:
    """The blank or line break at the end (or front) of ``text`` that ``literal`` takes away."""
    edge = text[:1] if front else text[-1:]
    return "" if not edge or not edge.isspace() else "  \n" if edge in "\r\n" else " "


def draw(where: Current, found: LiveTexts) -> None:
    """The outputs to review, one by one, with the progress. Reviewers only."""
    who = where.identity
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    drawn: Drawn = left.segmented_control(
        "Which outputs",
        tuple(DRAWN),
        default="random",
        required=True,
        format_func=DRAWN.__getitem__,
        help="Only a random output counts towards the rate: outputs with marks are wrong more often than others.",
        key="review_drawn",
    )
    name = who.name
    if not who.signed_in:
        typed = right.text_input("Reviewer", value=name, max_chars=40, key="reviewer_name")
        name = typed.strip() or name
    order = found.random if drawn == "random" else _marked_first(found)
    if not order:
        st.info("No output has a marked place.", icon=":material/check_circle:")
        return
    _review(where, Queue(found, order, drawn, name))


@st.fragment
@store_errors_shown()  # a fragment runs without the page around it
def _review(where: Current, queue: Queue) -> None:
    found, order, drawn, name = queue.texts, queue.order, queue.drawn, queue.reviewer
    entries = where.store.reviews.of(where.assessment.project, found.live)
    mine = {e.item.row: e for e in entries if e.item.reviewer == name}
    place = queue.place(set(mine))
    row = int(found.texts.row[place])
    spans = found.spans(place)
    number = order.index(place) + 1
    done = sum(int(found.texts.row[i]) in mine for i in order)
    st.caption(
        f"Output {number:,} of {len(order):,} · row {row + 1:,} of the live file · {done:,} reviewed by {plain(name)}"
    )
    _texts(found, place, spans)
    if row in mine:
        before = WORD[mine[row].item.verdict]
        st.caption(
            f":material/task_alt: You said: **{before}**. A new verdict replaces it; the history stays."
        )
    with st.container(horizontal=True):
        for verdict, word, key, icon in VERDICTS:
            said = Review(live=found.live, row=row, reviewer=name, verdict=verdict, drawn=drawn)
            seen = mine[row].revision if row in mine else 0
            st.button(
                word,
                key=f"verdict_{verdict}",
                icon=icon,
                shortcut=key,
                on_click=_record,
                args=(where, queue, place, said, seen),
            )
        for word, icon, key, step in (
            ("back", ":material/arrow_back:", "B", -1),
            ("next", ":material/arrow_forward:", "N", 1),
        ):
            st.button(
                word.capitalize(),
                key=f"review_{word}",
                icon=icon,
                shortcut=key,
                type="tertiary",
                on_click=queue.go,
                args=(place, step),
            )
    problem = st.session_state.pop("review_problem", None)
    if problem is not None:
        components.error_box(problem)
    st.caption(progress_sentence(reviewed(e.item for e in entries)))
    text_view.count_reviews(where)


def _texts(found: LiveTexts, place: int, spans: tuple[Span, ...]) -> None:
    left, right = st.columns(2, gap="medium")
    source = found.texts.source[place] if found.texts.source else ""
    height = TALL if max(len(source), len(found.texts.note[place])) > LONG_TEXT else SHORT
    with left, st.container(border=True, height=height):
        st.markdown("**Source**")
        st.markdown(
            literal(source) if source else "_No source: what the output says cannot be checked._"
        )
    with right, st.container(border=True, height=height):
        st.markdown("**Output**")
        st.markdown(marked_text(found.texts.note[place], spans))
        if spans:
            st.caption(
                "Not found in the source by comparing words and numbers; look before you judge:"
            )
            reasons = (
                f"{numbered(i)} {KIND_WORD[s.kind]}: {plain(s.why)}" for i, s in enumerate(spans, 1)
            )
            st.markdown("  \n".join(reasons))
        elif source:
            st.caption(
                ":material/search: The checks marked nothing. They name what they look for, not everything."
            )


def _record(where: Current, queue: Queue, place: int, review: Review, seen: int) -> None:
    """Store a verdict and go on. A callback cannot draw, so a problem waits for the next run."""
    try:
        authorise(where.identity, "reviewer", "review outputs")
        where.store.reviews.put(
            review, project=where.assessment.project, actor=where.identity.name, revision=seen
        )
    except GoLiveError as error:
        st.session_state["review_problem"] = error
        return
    queue.go(place, 1)


def progress_sentence(found: GeneratedText) -> str:
    """What the reviews so far say: the rate with its interval, agreement, and how many to review next."""
    n, plan = found.n_outputs, found.plan.reason if found.plan else ""
    if not n:
        return f"No random output is judged yet. {plan}"
    rate, severe, agreed = found.unsupported, found.severe, found.agreement
    said = (
        f"{plural(n, 'random output')} judged: {percent(rate.value)} unsupported, between {percent(rate.low)} and "
        f"{percent(rate.high)}; {percent(severe.value)} could harm (at most {percent(severe.high)})."
    )
    if agreed.kappa is not None:
        said += f" Two reviewers agree on {percent(agreed.observed)} of {agreed.n:,} outputs (kappa {agreed.kappa:.2f}, "
        said += f"{agreed.low:.2f} to {agreed.high:.2f})."
    return f"{said} {plan}"


def missing_file(where: Current) -> None:
    """What to do when the live file is not in this session."""
    st.info(
        f"To review outputs, bring **{plain(where.assessment.inputs.live.name)}** again on the Data page: no text is stored, so "
        "the desk works only while the file is in your session.",
        icon=":material/upload_file:",
    )
    nav.link("data", "Bring the live file", icon=":material/upload_file:")
    text_view.count_reviews(where)

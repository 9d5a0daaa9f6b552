"""Readiness as it stands today: judged again from what was measured, with evidence, waivers and registers as they are now."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from golive.model.errors import GoLiveError
from golive.model.readiness import Readiness
from golive.model.result import Assessment
from golive.readiness import Basis, Model
from golive.ui.shell import theme
from golive.ui.shell.components import error_box
from golive.ui.shell.guards import Current, authorise
from golive.ui.shell.words import plain
from golive.wording.numbers import percent

_DONE = "scored_again"


def today(where: Current, policy: Model | None = None) -> Basis:
    """What readiness of the open session rests on today (or on the day that its configuration fixes).

    ``policy`` replaces the one that is in force for the pilot, to compare.
    """
    return of(where.assessment, where, policy)


def of(assessment: Assessment, where: Current, policy: Model | None = None) -> Basis:
    """As ``today`` for an assessment that is not stored, such as that of the open session after repairs."""
    from golive.assess import basis_of

    return basis_of(assessment, where.config, where.project.for_readiness(policy))


def basis(where: Current) -> Basis:
    """``today``, or show why it cannot be brought together (a stored policy of another version) and stop the page."""
    try:
        return today(where)
    except GoLiveError as error:
        error_box(error, title="Readiness cannot be judged as of today.")
        st.stop()


def again(where: Current, reason: str) -> Readiness:
    """Judge readiness again and store it as a new revision of the session; the earlier ones stay.

    Raises:
        ForbiddenError: a viewer asked. InputError: evidence or waivers are malformed. StoreError: the store cannot be written.
    """
    from golive.assess import rescore

    authorise(where.identity, "reviewer", "score again")
    judged = rescore(where.assessment, where.config, where.project.for_readiness())
    where.store.rescore(judged, config=where.config, actor=where.identity.name, reason=reason)
    return judged.readiness


def save_and_score(where: Current, reason: str, said: str) -> None:
    """After something was written: judge again, remember what to say, and draw the page anew.

    Evidence that cannot be judged is shown and changes nothing: what was written stays.
    """
    try:
        again(where, reason)
    except GoLiveError as error:
        error_box(error, title="It was saved, but readiness could not be scored again.")
        return
    say(said)


def say(sentence: str) -> NoReturn:
    """Draw the page anew and say ``sentence`` once at its top."""
    st.session_state[_DONE] = sentence
    st.rerun()


def confirmation() -> None:
    """Say once what was done before the page was drawn anew.

    Its place is kept when there is nothing to say: were it gone at the next step, all that follows would move up, and an open
    popover with the file that was just chosen in it would be closed and forgotten.
    """
    place = st.empty()
    sentence = st.session_state.pop(_DONE, "")
    if sentence:
        place.success(plain(sentence), icon=":material/task_alt:")


def verdict_in_brief(readiness: Readiness) -> str:
    """Verdict, index and coverage in a few words: ``Pilot, index 44 (41 to 52), evidence 94 %``."""
    word = theme.READINESS[readiness.verdict].word
    if readiness.index is None or readiness.low is None or readiness.high is None:
        return f"{word}, nothing assessed yet"
    interval = f"{readiness.low:.0f} to {readiness.high:.0f}"
    return (
        f"{word}, index {readiness.index:.0f} ({interval}), evidence {percent(readiness.coverage)}"
    )


def notice(where: Current, known: Basis | None = None) -> None:
    """Say so when the stored verdict is not what stands today, because evidence aged or a register changed.

    ``known`` is what readiness rests on today, where the page has brought it together already.
    """
    place = st.container()  # kept when there is nothing to say, so that nothing below it moves
    try:
        now = (known or today(where)).judge()
    except GoLiveError as error:
        with place:
            error_box(error, title="Readiness cannot be judged as of today.")
        return  # the page below may still show what is stored
    before = where.assessment.readiness
    if verdict_in_brief(now) == verdict_in_brief(before):
        return
    with place, st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":material/update: Stored: {plain(verdict_in_brief(before))}. As of today: **{plain(verdict_in_brief(now))}**.",
            width="stretch",
        )
        if where.identity.may("reviewer") and st.button(
            "Score again", icon=":material/refresh:", key="score_again"
        ):
            save_and_score(where, "scored as of today", "Readiness was scored as of today.")

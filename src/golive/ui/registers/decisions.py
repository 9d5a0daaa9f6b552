"""What people decide about findings: fix, explain, accept or defer, with owner, reason and date, kept in the store."""

from __future__ import annotations

from datetime import date
from typing import Literal

import streamlit as st
from pydantic import ValidationError

from golive.model.errors import InputError, Problem
from golive.model.finding import Finding, Verdict
from golive.store import Decision, Revised
from golive.ui.shell.components import errors_shown
from golive.ui.shell.guards import Current
from golive.ui.shell.words import plain
from golive.wording.numbers import day

Action = Literal["fix", "explain", "accept", "defer"]
ACTIONS: tuple[Action, ...] = ("fix", "explain", "accept", "defer")
ACTION_WORD: dict[Action, str] = {
    "fix": "Fix",
    "explain": "Explain",
    "accept": "Accept until",
    "defer": "Defer until",
}
ACTION_DONE: dict[Action, str] = {
    "fix": "being fixed", "explain": "explained", "accept": "accepted", "defer": "deferred",
}  # fmt: skip


def current(where: Current) -> dict[str, Revised[Decision]]:
    """Decisions of the project, by finding."""
    return {entry.item.finding: entry for entry in where.store.decisions(where.assessment.project)}


def mark(entry: Revised[Decision] | None) -> str:
    """What the row of a decided finding adds to its label: ``· accepted until 1 Mar 2027``."""
    if entry is None:
        return ""
    until = f" until {day(entry.item.due)}" if entry.item.due else ""
    return f" · :material/task_alt: {ACTION_DONE[entry.item.action]}{until}"


def sentence(entry: Revised[Decision]) -> str:
    """What was decided, when, by whom and under whose name."""
    item = entry.item
    owner = f", owner {item.owner}" if item.owner else ""
    reason = f": {item.reason}" if item.reason else "."
    signed = (
        f", signed {item.signed_by}" if item.signed_by and item.signed_by != entry.actor else ""
    )
    return f"Decided {day(entry.created_at)} by {entry.actor}{signed}: {ACTION_DONE[item.action]}{owner}{reason}"


def decision_of(
    finding: str,
    action: Action,
    *,
    reason: str,
    owner: str,
    due: date | None,
    session: str,
    signed_by: str = "",
) -> Decision:
    """Make a decision from what was typed.

    Raises:
        InputError: every rule that does not hold (a reason for explain and accept, a date for accept and defer).
    """
    try:
        return Decision(
            finding=finding,
            action=action,
            reason=reason.strip(),
            owner=owner.strip(),
            due=due,
            session=session,
            signed_by=signed_by.strip(),
        )
    except ValidationError as error:
        sentences = [str(item["msg"]).removeprefix("Value error, ") for item in error.errors()]
        raise InputError(
            [Problem("DECISION", f"The decision is incomplete: {s}.") for s in sentences]
        ) from None


def form(finding: Finding, entry: Revised[Decision] | None, where: Current) -> None:
    """Show what was decided and, to reviewers, the form to decide; quiet findings need no decision."""
    if entry is not None:
        st.success(plain(sentence(entry)), icon=":material/task_alt:")
    if finding.verdict is Verdict.QUIET or not where.identity.may("reviewer"):
        return
    with st.popover("Decide" if entry is None else "Decide again", icon=":material/gavel:"):
        _fields(finding, entry, where)


def _fields(finding: Finding, entry: Revised[Decision] | None, where: Current) -> None:
    who, before = where.identity, entry.item if entry else None
    with st.form(f"decide:{finding.id}", border=False):
        action = st.segmented_control(
            "What happens with it",
            ACTIONS,
            default=before.action if before else "fix",
            required=True,
            format_func=ACTION_WORD.__getitem__,
        )
        owner = st.text_input(
            "Owner", value=before.owner if before else "", placeholder="role or name"
        )
        due = st.date_input("Until", value=before.due if before else None, format="YYYY-MM-DD")
        reason = st.text_area("Why", value=before.reason if before else "", height=80)
        signature = st.text_input(
            "Signed by",
            value=who.name if who.signed_in else "",
            disabled=who.signed_in,
            placeholder="your name",
            max_chars=120,
        )
        if not st.form_submit_button("Record the decision", type="primary"):
            return
        with errors_shown():
            decided = decision_of(
                finding.id,
                action,
                reason=reason,
                owner=owner,
                due=due,
                session=where.session,
                signed_by=signature,
            )
            where.store.put_decision(
                decided,
                project=where.assessment.project,
                actor=who.name,
                revision=entry.revision if entry else 0,
            )
            st.rerun()

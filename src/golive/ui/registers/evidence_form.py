"""The form that adds evidence to a criterion: what it is, who stands behind it, and until when it holds."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import uuid4

import streamlit as st

from golive.model.errors import InputError, Problem
from golive.model.readiness import CriterionScore, EvidenceItem, Grade
from golive.model.registers import Proposal
from golive.store.registers import PROPOSALS
from golive.ui.shell import rescoring
from golive.ui.shell.components import errors_shown
from golive.ui.shell.guards import Current
from golive.ui.shell.words import plain
from golive.wording.numbers import day

EvidenceKind = Literal["document", "attestation", "drill", "independent", "auto"]
KINDS: tuple[EvidenceKind, ...] = ("document", "attestation", "drill", "independent")
_TURN = "evidence_form_turn"
GRADES: dict[Grade, str] = {
    "E0": "E0 bare assertion (counts up to level 1)",
    "E1": "E1 named attestation with a date (up to 2)",
    "E2": "E2 artefact with owner and expiry (up to 3)",
    "E3": "E3 system-generated or measured (up to 4)",
    "E4": "E4 independent review (up to 4)",
}


def problems(item: EvidenceItem, today: date) -> list[Problem]:
    """Everything that keeps ``item`` from being evidence: no owner, no date, a date in the future, expiry before issue."""
    found = []
    if not item.owner.strip():
        hint = "Name a role or a person."
        found.append(Problem("EVIDENCE_OWNER", "Evidence needs an owner.", hint))
    if item.issued is None:
        found.append(Problem("EVIDENCE_DATE", "Evidence needs the day it was issued."))
    elif item.issued > today:
        sentence = f"The evidence is dated {day(item.issued)}, which is in the future."
        found.append(Problem("EVIDENCE_FUTURE", sentence))
    if item.expires and item.issued and item.expires <= item.issued:
        sentence = "The evidence expires on or before the day it was issued."
        found.append(Problem("EVIDENCE_EXPIRY", sentence))
    return found


def _keep(item: EvidenceItem, where: Current, *, add: bool) -> str:
    """Keep ``item`` as evidence and judge readiness again, or propose it; return what was done, in words.

    What is judged is stored as a new revision of the session. A proposal counts for nothing until a reviewer other than its
    author accepts it.

    Raises:
        InputError: every problem of the item. StoreError: the store cannot be written.
    """
    if wrong := problems(item, date.today()):
        raise InputError(wrong)
    store, project, actor = where.store, where.assessment.project, where.identity.name
    if add:
        store.put_evidence(item, project=project, actor=actor)
        rescoring.again(where, f"evidence for {item.criterion}")
        return "was added and readiness scored again"
    proposal = Proposal(id=item.id, evidence=item, proposed_by=actor)
    store.registers.put(PROPOSALS, proposal, project=project, actor=actor)
    return "was proposed; it counts once a reviewer accepts it"


def form(criteria: tuple[CriterionScore, ...], where: Current, *, dimension: str) -> None:
    """Show the form: a reviewer adds evidence and readiness is scored again, everyone may propose it to a reviewer."""
    reviewer = where.identity.may("reviewer")
    by_id = {c.id: c for c in criteria}
    first = next((i for i, c in enumerate(criteria) if c.dimension == dimension), 0)
    # A new form after each item that was kept: what was sent once is not sent twice by a second press.
    with st.form(f"evidence:{st.session_state.get(_TURN, 0)}", border=True, clear_on_submit=False):
        key = st.selectbox(
            "Criterion",
            list(by_id),
            index=first,
            format_func=lambda i: f"{i} {by_id[i].title}",
            filter_mode="contains",
        )
        # A grid and not two columns: on a telephone the fields keep their order.
        pairs = st.grid(2, min_column_width=240)
        kind = pairs.selectbox("Kind", KINDS)
        grade = pairs.selectbox("Grade", list(GRADES), index=1, format_func=lambda g: GRADES[g])
        level = pairs.selectbox("Level it proves (0 to 4)", [0, 1, 2, 3, 4], index=3)
        owner = pairs.text_input("Owner", placeholder="role or name")
        issued = pairs.date_input("Issued", value="today", format="YYYY-MM-DD")
        expires = pairs.date_input("Expires", value=None, format="YYYY-MM-DD")
        link = st.text_input("Link or file reference", placeholder="where it can be read")
        note = st.text_area("Note", height=80)
        with st.container(horizontal=True):
            add = reviewer and st.form_submit_button(
                "Add the evidence and score again", type="primary", icon=":material/add_task:"
            )
            ask = st.form_submit_button("Propose it to a reviewer", icon=":material/outgoing_mail:")
        if not add and not ask:
            return
    item = EvidenceItem(
        id=f"ev-{uuid4().hex[:12]}",
        criterion=key,
        kind=kind,
        grade=grade,
        claim_level=level,
        owner=owner.strip(),
        link=link.strip(),
        issued=issued,
        expires=expires,
        note=note.strip(),
    )
    with errors_shown():
        done = _keep(item, where, add=add)
        st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
        st.session_state["evidence_added"] = f"Evidence for {key} {done}."
        st.rerun()


def confirmation() -> None:
    """Say once that the last evidence was added."""
    place = st.empty()  # kept, as in ``rescoring.confirmation``
    if sentence := st.session_state.pop("evidence_added", ""):
        place.success(plain(sentence), icon=":material/task_alt:")

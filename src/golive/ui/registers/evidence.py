"""The evidence register: what stands behind each criterion, until when, who accepted it, and every revision of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import streamlit as st

from golive.model.errors import InputError
from golive.model.readiness import EvidenceItem
from golive.model.register_files import parse_rows
from golive.model.registers import Proposal
from golive.readiness import Basis, Model, effective_grade, evidence_problems
from golive.readiness.evidence import last_day
from golive.store import Revised
from golive.store.registers import EVIDENCE, PROPOSALS, Change
from golive.ui.registers import files
from golive.ui.shell import components, rescoring
from golive.ui.shell.components import errors_shown
from golive.ui.shell.guards import Current, authorise
from golive.ui.shell.words import plain
from golive.ui.verdict.readiness_view import anchor, evidence_words
from golive.wording.numbers import day, plural

if TYPE_CHECKING:
    import pandas as pd

STATE_WORDS = {
    "in date": "In date",
    "expiring": "Ends within 30 days",
    "expired": "Expired",
    "event": "Overtaken by an event",
    "not dated": "No date",
}
COUNTED = {"expiring": "within 30 days of their end", "not dated": "without a date"}
"""How a state reads behind a number."""
MOST_RETURNED = 5


@dataclass(frozen=True)
class Row:
    """One item as the register shows it: the item, where it is kept, until when it counts, and its state."""

    item: EvidenceItem
    source: str
    until: date | None
    state: str
    revision: int = 0
    changed_by: str = ""


def rows(basis: Basis, kept: Sequence[Revised[EvidenceItem]]) -> list[Row]:
    """Every item that counts or counted, by criterion: of the store, of the configuration, of the registers."""
    stored = {entry.item.id: entry for entry in kept}
    found = []
    for item in basis.evidence:
        until = last_day(item, basis.model)
        state = _state(item, until, basis)
        if entry := stored.get(item.id):
            found.append(Row(item, "store", until, state, entry.revision, entry.actor))
        else:
            read = item.kind == "auto" and item.id.startswith("register-")
            found.append(Row(item, "register" if read else "file", until, state))
    return sorted(found, key=lambda r: (r.item.criterion, r.item.id))


def _state(item: EvidenceItem, until: date | None, basis: Basis) -> str:
    if item.id in basis.invalid:
        return "event"
    if until is None:
        return "not dated"
    if until < basis.as_of:
        return "expired"
    return "expiring" if until <= basis.as_of + timedelta(days=30) else "in date"


def matching(found: Sequence[Row], words: str, states: Sequence[str]) -> list[Row]:
    """Rows in one of ``states`` (all when none is chosen) whose criterion, owner, note or id holds ``words``."""
    wanted = words.strip().lower()
    return [
        r
        for r in found
        if (not states or r.state in states)
        and wanted
        in f"{r.item.id} {r.item.criterion} {r.item.owner} {r.item.note} {r.item.link}".lower()
    ]


def table(found: Sequence[Row]) -> pd.DataFrame:
    """The register as a table, one row per item."""
    import pandas as pd

    items = [r.item for r in found]
    return pd.DataFrame(
        {
            "Criterion": [i.criterion for i in items],
            "What": [i.note or i.link or i.id for i in items],
            "State": [STATE_WORDS[r.state] for r in found],
            "Until": pd.Series([r.until for r in found], dtype="datetime64[s]"),
            "Claims": [i.claim_level for i in items],
            "Grade": [i.grade for i in items],
            "Counts as": [effective_grade(i).grade for i in items],
            "Owner": [i.owner for i in items],
            "Reviewer": [i.reviewer for i in items],
            "Issued": pd.Series([i.issued for i in items], dtype="datetime64[s]"),
            "Kind": [i.kind for i in items],
            "Kept in": [r.source for r in found],
            "Id": [i.id for i in items],
        }
    )


def summary(found: Sequence[Row]) -> str:
    """How many items there are and in what state: ``75 items: 70 in date, 3 expired``."""
    counted = {s: sum(r.state == s for r in found) for s in STATE_WORDS}
    parts = [f"{n:,} {COUNTED.get(s) or STATE_WORDS[s].lower()}" for s, n in counted.items() if n]
    return (
        f"{plural(len(found), 'item')}: {', '.join(parts)}."
        if found
        else "No evidence is written down yet."
    )


def register(found: Sequence[Row], where: Current, basis: Basis) -> None:
    """Search the register, choose an item, and see what it carries, its history, and what can be done with it."""
    if not found:
        st.markdown(summary(found))
        return
    present = [s for s in STATE_WORDS if any(r.state == s for r in found)]
    with st.container(horizontal=True, vertical_alignment="top"):
        words = st.text_input(
            "Search",
            key="evidence_search",
            placeholder="criterion, owner, words",
            icon=":material/search:",
        )
        states = st.pills(
            "State",
            present,
            selection_mode="multi",
            format_func=STATE_WORDS.__getitem__,
            key="evidence_states",
        )
    shown = matching(found, words, states)
    st.caption(f"{plain(summary(shown))} As of {day(basis.as_of)}. Choose a row to open it.")
    column = st.column_config
    ends = "The last day on which it counts at all"
    picked = st.dataframe(
        table(shown),
        hide_index=True,
        height=420 if len(shown) > 10 else "auto",
        column_config={
            "What": column.TextColumn(width="large"),
            "Issued": column.DateColumn(format="D MMM YYYY"),
            "Until": column.DateColumn(format="D MMM YYYY", help=ends),
            "Counts as": column.TextColumn(help="The grade by what the item really carries"),
        },
        on_select="rerun",
        selection_mode="single-row",
        key="evidence_table",
        alt=f"Evidence register: {summary(shown)}",
    )
    chosen = [shown[i] for i in picked["selection"]["rows"] if i < len(shown)]
    if chosen:
        _item(chosen[0], where, basis)


def _item(row: Row, where: Current, basis: Basis) -> None:
    item, model = row.item, basis.model
    criterion = model.criterion(item.criterion) if model.knows(item.criterion) else None
    title = plain(criterion.title) if criterion else ""
    with st.container(border=True):
        st.markdown(f"**{item.criterion}** {title} · {STATE_WORDS[row.state]}")
        st.markdown(plain(evidence_words(item)))
        for note in filter(None, (basis.invalid.get(item.id), effective_grade(item).reason)):
            st.markdown(f":orange[:material/info:] {plain(note)}")
        carried = {
            "id": item.id,
            "SHA-256": item.sha256,
            "reviewed by": item.reviewer,
            "model": item.model_version,
            "site": item.site,
        }
        facts = [f"{name} {value}" for name, value in carried.items() if value]
        if criterion:
            facts.append(f"level {item.claim_level}: {anchor(criterion.levels[item.claim_level])}")
        st.caption(plain(" · ".join(facts)))
        if row.source == "store":
            _stored(row, where)
        else:
            whose = "the configuration of this session"
            source = whose if row.source == "file" else "a register of this pilot"
            st.caption(f"It comes from {source} and is changed there.")


def _stored(row: Row, where: Current) -> None:
    item = row.item
    history = where.store.registers.history(EVIDENCE, where.assessment.project, item.id)
    st.markdown("**History**")
    components.table(
        {
            "Revision": [str(e.revision) for e in history],
            "When": [f"{day(e.created_at)} {e.created_at:%H:%M} UTC" for e in history],
            "Who": [plain(e.actor) for e in history],
            "What": ["taken out" if e.deleted else plain(evidence_words(e.item)) for e in history],
        },
        f"{len(history)} revisions, newest first.",
    )
    if not where.identity.may("reviewer"):
        return
    # A button belongs to the revision it was drawn beside: pressed after somebody else's change, it does nothing.
    seen, what = f"{item.id}:{row.revision}", f"evidence for {item.criterion}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        until = st.date_input(
            "Renew until", value=None, format="YYYY-MM-DD", key=f"renew:{item.id}", width=180
        )
        icon = ":material/event_repeat:"
        if st.button("Renew", key=f"renew_do:{seen}", icon=icon, disabled=until is None):
            renewed = item.model_copy(update={"issued": date.today(), "expires": until})
            _write(Change(renewed, row.revision), where, f"{what} renewed", "Renewed.")
        if st.button("Take it out", key=f"out:{seen}", icon=":material/delete:"):
            gone = Change(item, row.revision, deleted=True)
            _write(gone, where, f"{what} taken out", "Taken out; its history stays.")


def _write(change: Change, where: Current, reason: str, said: str) -> None:
    """Write a change after checking the role and the item, then judge again; on any problem nothing is written."""
    with errors_shown("Nothing was saved."):
        authorise(where.identity, "reviewer", "change evidence")
        check([] if change.deleted else [change.item], rescoring.today(where).model)
        _put([change], where)
        rescoring.save_and_score(where, reason, f"{said} Readiness was scored again.")


def _put(changes: Sequence[Change], where: Current) -> None:
    project, actor = where.assessment.project, where.identity.name
    where.store.registers.write(EVIDENCE, changes, project=project, actor=actor)


def check(items: Sequence[EvidenceItem], model: Model) -> None:
    """Refuse items that could not be judged.

    Raises:
        InputError: every problem of every item: unknown criterion, no owner, a date in the future, expiry before issue.
    """
    problems = evidence_problems(items, model, date.today())
    if problems:
        raise InputError(problems)


def export_and_import(found: Sequence[Row], where: Current) -> None:
    """The register as YAML and CSV, and for reviewers the way back in."""
    items = [r.item for r in found if r.source != "register"]
    revisions = {r.item.id: r.revision for r in found}
    # The configuration says so already
    elsewhere = {r.item.id: r.item for r in found if r.source != "store"}
    turn = int(st.session_state.get("evidence_turn", 0))

    def take(data: bytes, name: str) -> None:
        authorise(where.identity, "reviewer", "change evidence")
        rows = parse_rows(data, name, EvidenceItem)
        held = where.store.evidence_revisions(where.assessment.project)
        changed = files.changes_of(rows, held, EVIDENCE, where)
        todo = [c for c in changed if elsewhere.get(c.item.id) != c.item]
        check([c.item for c in todo], rescoring.today(where).model)
        _put(todo, where)
        st.session_state["evidence_turn"] = turn + 1
        if not todo:
            rescoring.say("Nothing had changed: every item of the file is there as it is.")
        said = f"{plural(len(todo), 'item')} of {len(rows)} imported. Readiness was scored again."
        rescoring.save_and_score(where, "evidence imported", said)

    with st.container(horizontal=True, vertical_alignment="center"):
        label, key = "Register as ", "evidence_"
        files.downloads(items, EvidenceItem, revisions, name="evidence", key=key, label=label)
        if where.identity.may("reviewer"):
            files.import_file(take, rows="Items", key=key, turn=turn)


def proposals(where: Current) -> None:
    """Evidence that was proposed: reviewers accept or return what others proposed; it counts only when accepted."""
    every = where.store.registers.current(PROPOSALS, where.assessment.project)
    waiting = [e for e in every if e.item.state == "proposed"]
    if not waiting:
        st.markdown("Nothing waits for a second pair of eyes.")
    for entry in waiting:
        _proposal(entry, where)
    me = where.identity.name
    returned = [
        e
        for e in every
        if e.item.state == "returned" and e.item.proposed_by == me != e.item.decided_by
    ]
    for entry in sorted(returned, key=lambda e: e.created_at, reverse=True)[:MOST_RETURNED]:
        item = entry.item
        why = f": {item.note}" if item.note else ", without a reason"
        st.markdown(
            f":material/undo: **{item.evidence.criterion}**, which you proposed, was returned by {plain(item.decided_by)} on "
            f"{day(entry.created_at)}{plain(why)}. {plain(evidence_words(item.evidence))}"
        )


def _proposal(entry: Revised[Proposal], where: Current) -> None:
    item = entry.item
    when = day(entry.created_at)
    with st.container(border=True):
        st.markdown(f"**{item.evidence.criterion}** {plain(evidence_words(item.evidence))}")
        st.caption(plain(f"Proposed by {item.proposed_by} on {when}; it does not count yet."))
        own, reviewer = item.proposed_by == where.identity.name, where.identity.may("reviewer")
        if not (own or reviewer):
            return
        seen, icon, why = f"{item.id}:{entry.revision}", ":material/task_alt:", ""
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if reviewer and st.button("Accept", key=f"accept:{seen}", icon=icon, disabled=own):
                _accept(entry, where)
            if not own:
                why = st.text_input(
                    "Why it is returned", key=f"why:{item.id}", placeholder="what is missing"
                )
            label = "Withdraw" if own else "Return"
            if st.button(label, key=f"return:{seen}", icon=":material/undo:"):
                _return(entry, where, why.strip(), own=own)
            if own and reviewer:
                st.caption("Somebody else accepts what you proposed.")


def _accept(entry: Revised[Proposal], where: Current) -> None:
    criterion = entry.item.evidence.criterion
    project, actor = where.assessment.project, where.identity.name
    with errors_shown():
        authorise(where.identity, "reviewer", "accept evidence")
        check([entry.item.evidence], rescoring.today(where).model)
        where.store.registers.accept(entry, project=project, actor=actor)
        said = f"Evidence for {criterion} was accepted and readiness scored again."
        rescoring.save_and_score(where, f"evidence for {criterion} accepted", said)


def _return(entry: Revised[Proposal], where: Current, why: str, *, own: bool) -> None:
    project, actor = where.assessment.project, where.identity.name
    done = "Withdrawn; its history stays."
    with errors_shown():
        if not own:
            authorise(where.identity, "reviewer", "return evidence")
            done = "Returned; whoever proposed it sees that, and why."
        changed = {"state": "returned", "decided_by": actor, "note": why}
        item = entry.item.model_copy(update=changed)
        where.store.registers.put(
            PROPOSALS, item, project=project, actor=actor, revision=entry.revision
        )
        rescoring.say(done)


def page(where: Current, basis: Basis) -> None:
    """The register of the pilot of the open session."""
    found = rows(basis, where.store.evidence_revisions(where.assessment.project))
    register(found, where, basis)
    export_and_import(found, where)

"""The evidence register: what stands behind each criterion, until when, who accepted it, and every revision of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import streamlit as st

from golive.model.errors import GoLiveError, InputError, StoreError
from golive.model.readiness import EvidenceItem
from golive.model.register_files import brought, to_csv, to_yaml
from golive.model.registers import Proposal
from golive.readiness import Basis, Model, effective_grade, evidence_problems
from golive.readiness.evidence import last_day
from golive.store import Revised
from golive.store.registers import EVIDENCE, PROPOSALS, Change
from golive.ui.registers.editor import MOST_MB, imported, late
from golive.ui.shell import rescoring
from golive.ui.shell.components import error_box
from golive.ui.shell.guards import Current, authorise
from golive.ui.shell.words import plain
from golive.ui.verdict.readiness_view import anchor, evidence_words
from golive.wording.numbers import day, plural

if TYPE_CHECKING:
    import pandas as pd

STATES = ("in date", "expiring", "expired", "event", "not dated")
STATE_WORDS = {
    "in date": "In date",
    "expiring": "Ends within 30 days",
    "expired": "Expired",
    "event": "Overtaken by an event",
    "not dated": "No date",
}


MOST_RETURNED = 5
COUNTED = {"expiring": "within 30 days of their end", "not dated": "without a date"}
"""How a state reads behind a number."""


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
        entry = stored.get(item.id)
        source = (
            "register"
            if entry is None and item.kind == "auto" and item.id.startswith("register-")
            else "file"
        )
        until = last_day(item, basis.model)
        found.append(
            Row(
                item,
                "store" if entry else source,
                until,
                _state(item, until, basis),
                entry.revision if entry else 0,
                entry.actor if entry else "",
            )
        )
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
    counted = {s: sum(r.state == s for r in found) for s in STATES}
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
    with st.container(horizontal=True, vertical_alignment="top"):
        words = st.text_input(
            "Search",
            key="evidence_search",
            placeholder="criterion, owner, words",
            icon=":material/search:",
        )
        present = [s for s in STATES if any(r.state == s for r in found)]
        states = st.pills(
            "State",
            present,
            selection_mode="multi",
            format_func=lambda s: STATE_WORDS[s],
            key="evidence_states",
        )
    shown = matching(found, words, states)
    st.caption(f"{plain(summary(shown))} As of {day(basis.as_of)}. Choose a row to open it.")
    picked = st.dataframe(
        table(shown),
        hide_index=True,
        height=420 if len(shown) > 10 else "auto",
        column_config={
            "What": st.column_config.TextColumn(width="large"),
            "Issued": st.column_config.DateColumn(format="D MMM YYYY"),
            "Until": st.column_config.DateColumn(
                format="D MMM YYYY", help="The last day on which it counts at all"
            ),
            "Counts as": st.column_config.TextColumn(
                help="The grade by what the item really carries"
            ),
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
    item, criterion = (
        row.item,
        basis.model.criterion(row.item.criterion)
        if basis.model.knows(row.item.criterion)
        else None,
    )
    with st.container(border=True):
        st.markdown(
            f"**{item.criterion}** {plain(criterion.title) if criterion else ''} · {STATE_WORDS[row.state]}"
        )
        st.markdown(plain(evidence_words(item)))
        for note in (basis.invalid.get(item.id, ""), effective_grade(item).reason):
            if note:
                st.markdown(f":orange[:material/info:] {plain(note)}")
        facts = [f"id {item.id}"]
        facts += [f"SHA-256 {item.sha256}"] if item.sha256 else []
        facts += [f"reviewed by {item.reviewer}"] if item.reviewer else []
        facts += [f"model {item.model_version}"] if item.model_version else []
        facts += [f"site {item.site}"] if item.site else []
        facts += (
            [f"level {item.claim_level}: {anchor(criterion.levels[item.claim_level])}"]
            if criterion
            else []
        )
        st.caption(plain(" · ".join(facts)))
        if row.source == "store":
            _stored(row, where)
        else:
            source = (
                "the configuration of this session"
                if row.source == "file"
                else "a register of this pilot"
            )
            st.caption(f"It comes from {source} and is changed there.")


def _stored(row: Row, where: Current) -> None:
    history = where.store.registers.history(EVIDENCE, where.assessment.project, row.item.id)
    st.markdown("**History**")
    st.table(
        {
            "Revision": [str(e.revision) for e in history],
            "When": [f"{day(e.created_at)} {e.created_at:%H:%M} UTC" for e in history],
            "Who": [plain(e.actor) for e in history],
            "What": ["taken out" if e.deleted else plain(evidence_words(e.item)) for e in history],
        },
        border="horizontal",
        alt=f"{len(history)} revisions, newest first.",
    )
    if not where.identity.may("reviewer"):
        return
    # A button belongs to the revision it was drawn beside: pressed after somebody else's change, it does nothing.
    seen = f"{row.item.id}:{row.revision}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        until = st.date_input(
            "Renew until", value=None, format="YYYY-MM-DD", key=f"renew:{row.item.id}", width=180
        )
        if st.button(
            "Renew", key=f"renew_do:{seen}", icon=":material/event_repeat:", disabled=until is None
        ):
            renewed = row.item.model_copy(update={"issued": date.today(), "expires": until})
            _write(
                [Change(renewed, row.revision)],
                where,
                f"evidence for {row.item.criterion} renewed",
                "Renewed.",
            )
        if st.button("Take it out", key=f"out:{seen}", icon=":material/delete:"):
            gone = Change(row.item, row.revision, deleted=True)
            _write(
                [gone],
                where,
                f"evidence for {row.item.criterion} taken out",
                "Taken out; its history stays.",
            )


def _write(changes: Sequence[Change], where: Current, reason: str, said: str) -> None:
    """Write evidence after checking the role and every item, then judge again; on any problem nothing is written."""
    try:
        authorise(where.identity, "reviewer", "change evidence")
        check([c.item for c in changes if not c.deleted], rescoring.today(where).model)
        where.store.registers.write(
            EVIDENCE, changes, project=where.assessment.project, actor=where.identity.name
        )
    except GoLiveError as error:
        error_box(error, title="Nothing was saved.")
        return
    rescoring.save_and_score(where, reason, f"{said} Readiness was scored again.")


def check(items: Sequence[EvidenceItem], model: Model) -> None:
    """Refuse items that could not be judged.

    Raises:
        InputError: every problem of every item: unknown criterion, no owner, a date in the future, expiry before issue.
    """
    problems = evidence_problems(items, model, date.today())
    if problems:
        raise InputError(problems)


def files(found: Sequence[Row], where: Current) -> None:
    """The register as YAML and CSV, and the way back in."""
    items = [r.item for r in found if r.source != "register"]
    revisions = {r.item.id: r.revision for r in found}
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, suffix in (("Register as CSV", "csv"), ("Register as YAML", "yaml")):
            st.download_button(
                label,
                data=(lambda: to_csv(items, EvidenceItem, revisions))
                if suffix == "csv"
                else (lambda: to_yaml(items, revisions)),
                file_name=f"evidence.{suffix}",
                icon=":material/download:",
                on_click="ignore",
                key=f"evidence_{suffix}",
            )
        if where.identity.may("reviewer"):
            bring = f"evidence_bring:{st.session_state.get('evidence_turn', 0)}"
            with st.popover("Import a file", icon=":material/upload:", key=bring):
                _bring(where, found)


def _bring(where: Current, found: Sequence[Row]) -> None:
    st.caption(
        "CSV or YAML in the form of the downloads. Items with a known id replace it; nothing is removed."
    )
    turn = st.session_state.get("evidence_turn", 0)
    key = f"evidence_file:{turn}" if turn else "evidence_file"
    file = st.file_uploader("File", type=["csv", "yaml", "yml"], key=key, max_upload_size=MOST_MB)
    if file is None or not st.button("Import it", key="evidence_import", type="primary"):
        return
    try:
        authorise(where.identity, "reviewer", "change evidence")
        rows = brought(file.getvalue(), file.name, EvidenceItem)
        elsewhere = {
            r.item.id: r.item for r in found if r.source != "store"
        }  # the configuration says so already
        held = where.store.evidence_revisions(where.assessment.project)
        todo = [
            c for c in imported(held, rows, EVIDENCE, where) if elsewhere.get(c.item.id) != c.item
        ]
        check([c.item for c in todo], rescoring.today(where).model)
        where.store.registers.write(
            EVIDENCE, todo, project=where.assessment.project, actor=where.identity.name
        )
    except StoreError as error:
        error_box(late(error), title="Nothing was imported.")
        return
    except GoLiveError as error:
        error_box(error, title="Nothing was imported.")
        return
    st.session_state["evidence_turn"] = turn + 1
    if not todo:
        rescoring.say("Nothing had changed: every item of the file is there as it is.")
    said = f"{plural(len(todo), 'item')} of {len(rows)} imported."
    rescoring.save_and_score(where, "evidence imported", f"{said} Readiness was scored again.")


def proposals(where: Current) -> None:
    """Evidence that was proposed: reviewers accept or return what others proposed; it counts only when accepted."""
    waiting = [
        e
        for e in where.store.registers.current(PROPOSALS, where.assessment.project)
        if e.item.state == "proposed"
    ]
    if not waiting:
        st.markdown("Nothing waits for a second pair of eyes.")
    for entry in waiting:
        _proposal(entry, where)
    for entry in returned(where)[:MOST_RETURNED]:
        item = entry.item
        why = f": {item.note}" if item.note else ", without a reason"
        st.markdown(
            f":material/undo: **{item.evidence.criterion}**, which you proposed, was returned by {plain(item.decided_by)} on "
            f"{day(entry.created_at)}{plain(why)}. {plain(evidence_words(item.evidence))}"
        )


def returned(where: Current) -> list[Revised[Proposal]]:
    """What this person proposed and somebody else returned, newest first."""
    me = where.identity.name
    mine = [
        e
        for e in where.store.registers.current(PROPOSALS, where.assessment.project)
        if e.item.state == "returned" and e.item.proposed_by == me != e.item.decided_by
    ]
    return sorted(mine, key=lambda e: e.created_at, reverse=True)


def _proposal(entry: Revised[Proposal], where: Current) -> None:
    item = entry.item
    with st.container(border=True):
        st.markdown(f"**{item.evidence.criterion}** {plain(evidence_words(item.evidence))}")
        st.caption(
            plain(
                f"Proposed by {item.proposed_by} on {day(entry.created_at)}; it does not count yet."
            )
        )
        own, reviewer = item.proposed_by == where.identity.name, where.identity.may("reviewer")
        if not (own or reviewer):
            return
        seen = f"{item.id}:{entry.revision}"
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if reviewer and st.button(
                "Accept", key=f"accept:{seen}", icon=":material/task_alt:", disabled=own
            ):
                _accept(entry, where)
            label = "Withdraw" if own else "Return"
            why = (
                ""
                if own
                else st.text_input(
                    "Why it is returned", key=f"why:{item.id}", placeholder="what is missing"
                )
            )
            if st.button(label, key=f"return:{seen}", icon=":material/undo:"):
                _return(entry, where, why.strip())
            if own and reviewer:
                st.caption("Somebody else accepts what you proposed.")


def _accept(entry: Revised[Proposal], where: Current) -> None:
    try:
        authorise(where.identity, "reviewer", "accept evidence")
        check([entry.item.evidence], rescoring.today(where).model)
        where.store.registers.accept(
            entry, project=where.assessment.project, actor=where.identity.name
        )
    except GoLiveError as error:
        error_box(error)
        return
    key = entry.item.evidence.criterion
    rescoring.save_and_score(
        where,
        f"evidence for {key} accepted",
        f"Evidence for {key} was accepted and readiness scored again.",
    )


def _return(entry: Revised[Proposal], where: Current, why: str) -> None:
    try:
        if entry.item.proposed_by != where.identity.name:
            authorise(where.identity, "reviewer", "return evidence")
        returned = entry.item.model_copy(
            update={"state": "returned", "decided_by": where.identity.name, "note": why}
        )
        where.store.registers.put(
            PROPOSALS,
            returned,
            project=where.assessment.project,
            actor=where.identity.name,
            revision=entry.revision,
        )
    except GoLiveError as error:
        error_box(error)
        return
    own = entry.item.proposed_by == where.identity.name
    rescoring.say(
        "Withdrawn; its history stays."
        if own
        else "Returned; whoever proposed it sees that, and why."
    )


def page(where: Current, basis: Basis) -> None:
    """The register of the pilot of the open session."""
    found = rows(basis, where.store.evidence_revisions(where.assessment.project))
    register(found, where, basis)
    files(found, where)

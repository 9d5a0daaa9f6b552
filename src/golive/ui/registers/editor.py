"""A register as a table that people edit: what changed is found against what they saw, checked at once, and saved together.

Edits that are not saved yet stay when the page is left, and are carried over what others saved meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic

import streamlit as st

from golive.model.register_files import from_rows, key_of, parse_rows
from golive.store import Revised
from golive.store.records import ItemT
from golive.store.registers import Change
from golive.ui.registers import files
from golive.ui.registers.schema import WRAPPED, Register
from golive.ui.shell import rescoring
from golive.ui.shell.components import errors_shown
from golive.ui.shell.guards import Current, authorise
from golive.ui.shell.words import plain
from golive.wording.numbers import plural

if TYPE_CHECKING:
    import pandas as pd

Row = Mapping[str, Any]


def merged(
    before: Sequence[tuple[Row, int]], now: Sequence[tuple[Row, int]], mine: Sequence[Row], key: str
) -> tuple[list[Row], list[Row]]:
    """Own edits over the rows as they are now: the rows to go on with, and own edits that others overtook.

    ``before`` are the rows (with revision) that were edited into ``mine``, ``now`` those of the store; ``key`` names a row. A
    row that others changed or took out shows as they left it; an own edit of it is given back as overtaken.
    """
    seen = {row[key]: (row, revision) for row, revision in before}
    current = {row[key]: (row, revision) for row, revision in now}
    kept: dict[Any, Row] = {}
    fresh: list[Row] = []
    overtaken: list[Row] = []
    for row in mine:
        name = row.get(key)
        if name is None or (name not in seen and name not in current):
            fresh.append(row)
        elif name not in seen:
            overtaken.append(row)  # new on both sides under one name
        elif row != seen[name][0]:
            if name in current and current[name][1] == seen[name][1]:
                kept[name] = row
            else:
                overtaken.append(row)
    removed = set(seen) - {row.get(key) for row in mine}
    rows = [
        kept.get(name, row)
        for name, (row, revision) in current.items()
        if not (name in removed and revision == seen[name][1])
    ]
    return [*rows, *fresh], overtaken


@dataclass(frozen=True)
class Editor(Generic[ItemT]):
    """One register in the hands of one person: what they saw first, what they typed, and what is written of it."""

    register: Register[ItemT]
    where: Current

    def slot(self, part: str) -> str:
        """Where the browser session remembers a part of the state of this register of this pilot."""
        return f"{self.register.key}:{part}:{self.where.assessment.project}"

    @property
    def turn(self) -> int:
        """How often the table was drawn anew, without edits."""
        return int(st.session_state.get(f"{self.register.key}:turn", 0))

    def stored(self) -> tuple[Revised[ItemT], ...]:
        """The rows of the store as they are now."""
        project = self.where.assessment.project
        return self.where.store.registers.current(self.register.ledger, project)

    def seen(self) -> tuple[Revised[ItemT], ...]:
        """The rows as this person saw them first; kept until they save or reload, so that a change by others is noticed."""
        key = self.slot("seen")
        if key not in st.session_state:
            st.session_state[key] = self.stored()
        held: tuple[Revised[ItemT], ...] = st.session_state[key]
        return held

    def forget(self, *, overtaken: Sequence[Row] = ()) -> None:
        """See the rows of the store again, in a table without edits; ``overtaken`` edits are told beside it."""
        for part in ("seen", "draft", "start"):
            st.session_state.pop(self.slot(part), None)
        st.session_state[f"{self.register.key}:turn"] = self.turn + 1
        st.session_state[f"{self.register.key}:overtaken"] = overtaken

    def start(self, table: pd.DataFrame, key: str) -> pd.DataFrame:
        """What the editor starts from: the stored rows, or, where the page was left with edits, the table as it was left."""
        if key not in st.session_state and self.slot("draft") in st.session_state:
            st.session_state[self.slot("start")] = st.session_state[self.slot("draft")]
        held: pd.DataFrame = st.session_state.get(self.slot("start"), table)
        return held

    def reload(self, mine: Sequence[Row]) -> None:
        """Show the rows of the store with own edits on top; an edit of a row that somebody else changed is told, not lost."""
        before, now = (
            [
                (row, entry.revision)
                for row, entry in zip(
                    self.register.rows(self.register.table_of(entries)), entries, strict=True
                )
            ]
            for entries in (self.seen(), self.stored())
        )
        rows, overtaken = merged(before, now, mine, key_of(self.register.noun))
        self.forget(overtaken=overtaken)
        if rows != [row for row, _ in now]:
            st.session_state[self.slot("draft")] = self.register.table(rows)
        st.rerun()

    def save(self, rows: list[dict[str, Any]]) -> None:
        """Check and write the edited rows; on any problem nothing is written and the edits stay in the table."""
        register, key = self.register, self.register.ledger.key
        with errors_shown("Nothing was saved, and your edits are still in the table."):
            authorise(self.where.identity, "reviewer", "change a register")
            before = {key(entry.item): entry for entry in self.seen()}
            items = from_rows(register.numbered(rows, before), register.noun, register.title)
            after = {key(item): item for item in items}
            todo = [
                Change(item, before[name].revision if name in before else 0)
                for name, item in after.items()
                if name not in before or before[name].item != item
            ]
            todo += [
                Change(entry.item, entry.revision, deleted=True)
                for name, entry in before.items()
                if name not in after
            ]
            self._write(items, todo)

    def import_file(self, data: bytes, name: str) -> None:
        """Take rows from a file: rows with a known id replace it, the others are added, nothing is removed.

        Raises:
            GoLiveError: every problem of the file, or every row that someone else changed since it was taken.
        """
        authorise(self.where.identity, "reviewer", "change a register")
        ledger, seen = self.register.ledger, self.seen()
        rows = parse_rows(data, name, self.register.noun)
        todo = files.changes_of(rows, seen, ledger, self.where)
        whole = {ledger.key(i): i for i in (*(e.item for e in seen), *(row.item for row in rows))}
        self._write(tuple(whole.values()), todo)

    def _write(self, items: Sequence[ItemT], todo: Sequence[Change]) -> None:
        """Write what differs, then judge again when the register bears on readiness.

        Raises:
            InputError: rows that cannot be judged. StoreError: someone else changed a row in between; every such row at once.
        """
        register, where = self.register, self.where
        if register.check is not None:
            register.check(items, rescoring.today(where))
        project, actor = where.assessment.project, where.identity.name
        written = where.store.registers.write(register.ledger, todo, project=project, actor=actor)
        self.forget()
        if not written:
            rescoring.say("Nothing had changed.")
        said = f"{register.title}: {plural(written, 'change')} saved."
        if not register.scores:
            rescoring.say(said)
        reason = f"{register.title.lower()} changed"
        rescoring.save_and_score(where, reason, f"{said} Readiness was scored again.")

    def unsaved(self, edits: bool) -> None:
        """Say that edits wait to be saved, and which own edits others overtook."""
        # Kept when there is nothing to say, so that what is below stays where it is
        place = st.container()
        labels = self.register.columns.items()
        lost = [
            "- "
            + plain("; ".join(f"{label}: {row[name]}" for name, label in labels if name in row))
            for row in st.session_state.get(f"{self.register.key}:overtaken") or ()
        ]
        if lost:
            sentence = "Somebody else changed these rows meanwhile. The table shows theirs; what you had is here:"
            place.warning("\n".join((f"{sentence}\n", *lost)), icon=":material/call_split:")
        if edits:
            place.caption(
                ":material/edit_note: **Edits that are not saved yet.** They stay while this window is open."
            )


def show(register: Register[ItemT], where: Current) -> None:
    """The register as a table; reviewers edit it, save all of it at once, and bring or take a file."""
    st.caption(register.about)
    editor = Editor(register, where)
    seen = editor.seen()
    table = register.table_of(seen)
    if not where.identity.may("reviewer"):
        if seen:
            st.dataframe(table, hide_index=True, column_config=register.editors())
        else:
            st.markdown("Nothing is written down here yet.")
        return
    key = f"{register.key}:{editor.turn}"
    edited = st.data_editor(
        editor.start(table, key),
        num_rows="dynamic",
        hide_index=True,
        column_config=register.editors(),
        row_height=WRAPPED if register.wordy(seen) else None,
        key=key,
        alt=f"{register.title}: {plural(len(seen), 'row')} to edit.",
    )
    rows = register.rows(edited)
    unsaved = rows != register.rows(table)
    if unsaved:
        st.session_state[editor.slot("draft")] = edited.reset_index(drop=True)
    else:
        st.session_state.pop(editor.slot("draft"), None)
    editor.unsaved(unsaved)
    with st.container(horizontal=True, vertical_alignment="center"):
        _buttons(editor, rows, unsaved)
        revisions = {register.ledger.key(e.item): e.revision for e in seen}
        name = register.ledger.table.replace("_", "-")
        prefix = f"{register.key}:"
        files.downloads([e.item for e in seen], register.noun, revisions, name=name, key=prefix)
        files.import_file(
            editor.import_file, rows="Rows", key=prefix, turn=editor.turn, unsaved=unsaved
        )


def _buttons(editor: Editor[Any], rows: list[dict[str, Any]], unsaved: bool) -> None:
    key, save = editor.register.key, f"Save {editor.register.title.lower()}"
    if st.button(save, key=f"{key}:save", icon=":material/save:"):
        editor.save(rows)
    if st.button("Reload", key=f"{key}:reload", type="tertiary", icon=":material/refresh:"):
        editor.reload(rows)
    if unsaved and st.button(
        "Take my edits back", key=f"{key}:undo", type="tertiary", icon=":material/undo:"
    ):
        editor.forget()
        st.rerun()

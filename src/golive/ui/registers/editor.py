"""A register as a table that people edit: what changed is found against what they saw, checked at once, and saved together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic

import streamlit as st

from golive.model.errors import GoLiveError, StoreError
from golive.model.register_files import Brought, brought, from_rows, key_of, to_csv, to_yaml
from golive.readiness import Basis
from golive.store import Revised
from golive.store.ledger import Ledger
from golive.store.records import ItemT
from golive.store.registers import Change
from golive.ui.registers.drafts import merged
from golive.ui.registers.rows import (
    WRAPPED,
    column_config,
    frame,
    frame_of,
    numbered,
    rows_of,
    wordy,
)
from golive.ui.shell import rescoring
from golive.ui.shell.components import error_box
from golive.ui.shell.guards import Current, authorise
from golive.ui.shell.words import plain
from golive.wording.numbers import plural

if TYPE_CHECKING:
    import pandas as pd


MOST_MB = 20
"""Largest file of a register or a policy."""


@dataclass(frozen=True)
class Register(Generic[ItemT]):
    """How one register is shown: its ledger, what it is called, the prefix of new ids, and the label of each field.

    ``scores`` says that readiness is judged again after a change; ``check`` raises InputError for rows that cannot be judged.
    """

    ledger: Ledger[ItemT]
    title: str
    about: str
    prefix: str
    labels: Mapping[str, str]
    scores: bool = False
    check: Callable[[Sequence[Any], Basis], None] | None = None

    @property
    def key(self) -> str:
        """Key of its state in the browser session."""
        return f"register:{self.ledger.table}"


def changes(
    seen: Sequence[Revised[ItemT]], items: Sequence[ItemT], register: Register[ItemT]
) -> list[Change]:
    """What has to be written so that ``seen`` becomes ``items``: rows that are new, differ, or are gone."""
    before = {register.ledger.key(entry.item): entry for entry in seen}
    after = {register.ledger.key(item): item for item in items}
    found = [
        Change(item, before[key].revision if key in before else 0)
        for key, item in after.items()
        if key not in before or before[key].item != item
    ]
    found += [
        Change(entry.item, entry.revision, deleted=True)
        for key, entry in before.items()
        if key not in after
    ]
    return found


def _seen(register: Register[ItemT], where: Current) -> tuple[Revised[ItemT], ...]:
    """The rows as this person saw them first; kept until they save or reload, so that a change by others is noticed."""
    key = f"{register.key}:seen:{where.assessment.project}"
    if key not in st.session_state:
        st.session_state[key] = where.store.registers.current(
            register.ledger, where.assessment.project
        )
    held: tuple[Revised[ItemT], ...] = st.session_state[key]
    return held


def _forget(register: Register[Any], where: Current) -> None:
    """See the rows of the store again, in an editor without edits."""
    for part in ("seen", "draft", "start"):
        st.session_state.pop(f"{register.key}:{part}:{where.assessment.project}", None)
    turn = f"{register.key}:turn"
    st.session_state[turn] = st.session_state.get(turn, 0) + 1


def _start(
    register: Register[Any], where: Current, table: pd.DataFrame, editor: str
) -> pd.DataFrame:
    """What the editor starts from: the stored rows, or, where the page was left with edits, the table as it was left."""
    project = where.assessment.project
    start, draft = f"{register.key}:start:{project}", f"{register.key}:draft:{project}"
    if editor not in st.session_state and draft in st.session_state:
        st.session_state[start] = st.session_state[draft]
    held: pd.DataFrame = st.session_state.get(start, table)
    return held


def _reload(register: Register[ItemT], where: Current, rows: list[dict[str, Any]]) -> None:
    """Show the rows of the store with own edits on top; an edit of a row that somebody else changed is told, not lost."""
    noun, names, key = register.ledger.noun, list(register.labels), key_of(register.ledger.noun)
    before = _seen(register, where)
    plain_rows = [
        [
            (row, entry.revision)
            for row, entry in zip(rows_of(_table(held, noun, names), noun), held, strict=True)
        ]
        for held in (
            before,
            where.store.registers.current(register.ledger, where.assessment.project),
        )
    ]
    found = merged(plain_rows[0], plain_rows[1], rows, key)
    carried = [dict(row) for row in found.rows] != [row for row, _ in plain_rows[1]]
    _forget(register, where)
    if carried:
        project = where.assessment.project
        st.session_state[f"{register.key}:draft:{project}"] = frame_of(found.rows, noun, names)
    st.session_state[f"{register.key}:overtaken"] = found.overtaken
    st.rerun()


def _table(held: Sequence[Revised[Any]], noun: type[Any], names: Sequence[str]) -> pd.DataFrame:
    return frame((entry.item for entry in held), noun, names)


def _unsaved(
    register: Register[Any], rows: Sequence[Mapping[str, Any]], shown: Sequence[Mapping[str, Any]]
) -> None:
    """Say that edits wait to be saved, and which own edits others overtook."""
    # Kept when there is nothing to say, so that what is below stays where it is
    place = st.container()
    lost = st.session_state.get(f"{register.key}:overtaken") or ()
    if lost:
        named = [
            "- "
            + plain(
                "; ".join(
                    f"{label}: {row[name]}"
                    for name, label in register.labels.items()
                    if name in row
                )
            )
            for row in lost
        ]
        place.warning(
            "Somebody else changed these rows meanwhile. The table shows theirs; what you had is here:\n\n"
            + "\n".join(named),
            icon=":material/call_split:",
        )
    if list(rows) != list(shown):
        place.caption(
            ":material/edit_note: **Edits that are not saved yet.** They stay while this window is open."
        )


def show(register: Register[ItemT], where: Current) -> None:
    """The register as a table; reviewers edit it, save all of it at once, and bring or take a file."""
    noun, names = register.ledger.noun, list(register.labels)
    st.caption(register.about)
    seen = _seen(register, where)
    table = frame((entry.item for entry in seen), noun, names)
    if not where.identity.may("reviewer"):
        if seen:
            st.dataframe(table, hide_index=True, column_config=column_config(noun, register.labels))
        else:
            st.markdown("Nothing is written down here yet.")
        return
    editor = f"{register.key}:{st.session_state.get(f'{register.key}:turn', 0)}"
    start = _start(register, where, table, editor)
    edited = st.data_editor(
        start,
        num_rows="dynamic",
        hide_index=True,
        column_config=column_config(noun, register.labels),
        row_height=WRAPPED if wordy(seen, noun) else None,
        key=editor,
        alt=f"{register.title}: {plural(len(seen), 'row')} to edit.",
    )
    rows, shown = rows_of(edited, noun), rows_of(table, noun)
    draft = f"{register.key}:draft:{where.assessment.project}"
    if rows != shown:
        st.session_state[draft] = edited.reset_index(drop=True)
    else:
        st.session_state.pop(draft, None)
    _unsaved(register, rows, shown)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            f"Save {register.title.lower()}", key=f"{register.key}:save", icon=":material/save:"
        ):
            _save(register, where, seen, rows)
        if st.button(
            "Reload", key=f"{register.key}:reload", type="tertiary", icon=":material/refresh:"
        ):
            _reload(register, where, rows)
        undo = "Take my edits back"
        if rows != shown and st.button(
            undo, key=f"{register.key}:undo", type="tertiary", icon=":material/undo:"
        ):
            st.session_state.pop(f"{register.key}:overtaken", None)
            _forget(register, where)
            st.rerun()
        files(register, seen)
        bring(register, where, seen, unsaved=rows != shown)


def _save(
    register: Register[ItemT],
    where: Current,
    seen: Sequence[Revised[ItemT]],
    rows: list[dict[str, Any]],
) -> None:
    """Check and write the edited rows; on any problem nothing is written and the edits stay in the table."""
    try:
        authorise(where.identity, "reviewer", "change a register")
        filled = (
            numbered(rows, register.prefix, (register.ledger.key(e.item) for e in seen))
            if register.prefix
            else rows
        )
        write(register, where, seen, from_rows(filled, register.ledger.noun, register.title))
    except GoLiveError as error:
        error_box(error, title="Nothing was saved, and your edits are still in the table.")


def write(
    register: Register[ItemT],
    where: Current,
    seen: Sequence[Revised[ItemT]],
    items: Sequence[ItemT],
) -> None:
    """Write what differs, then judge again when the register bears on readiness.

    Raises:
        InputError: rows that cannot be judged. StoreError: someone else changed a row in between; every such row at once.
    """
    _write(register, where, items, changes(seen, items, register))


def _write(
    register: Register[ItemT], where: Current, items: Sequence[ItemT], todo: Sequence[Change]
) -> None:
    if register.check is not None:
        register.check(items, rescoring.today(where))
    project, actor = where.assessment.project, where.identity.name
    written = where.store.registers.write(register.ledger, todo, project=project, actor=actor)
    _forget(register, where)
    st.session_state.pop(f"{register.key}:overtaken", None)
    said = (
        f"{register.title}: {plural(written, 'change')} saved."
        if written
        else "Nothing had changed."
    )
    if register.scores and written:
        rescoring.save_and_score(
            where, f"{register.title.lower()} changed", f"{said} Readiness was scored again."
        )
    else:
        rescoring.say(said)


def files(register: Register[Any], seen: Sequence[Revised[Any]]) -> None:
    """The register as CSV and as YAML, each row with its revision."""
    items = [entry.item for entry in seen]
    revisions = {register.ledger.key(entry.item): entry.revision for entry in seen}
    name = register.ledger.table.replace("_", "-")
    for label, suffix, text in (
        ("CSV", "csv", lambda: to_csv(items, register.ledger.noun, revisions)),
        ("YAML", "yaml", lambda: to_yaml(items, revisions)),
    ):
        st.download_button(
            label,
            data=text,
            file_name=f"{name}.{suffix}",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
            key=f"{register.key}:{suffix}",
        )


def imported(
    seen: Sequence[Revised[ItemT]],
    rows: Sequence[Brought[ItemT]],
    ledger: Ledger[ItemT],
    where: Current,
) -> list[Change]:
    """What a file changes: rows that differ. Each is written over the revision that the file knows of, so that a change by
    somebody else after the download is a conflict, not lost. A row of another pilot's file is new here."""
    held = {ledger.key(entry.item): entry for entry in seen}
    ever = where.store.registers.ids(ledger, where.assessment.project)
    found = []
    for row in rows:
        key = ledger.key(row.item)
        entry = held.get(key)
        if entry is None or entry.item != row.item:
            known = entry.revision if entry is not None else 0
            found.append(
                Change(row.item, known if row.revision is None or key not in ever else row.revision)
            )
    return found


def late(error: GoLiveError) -> GoLiveError:
    """Conflicts of a file, with what to do about them."""
    hint = (
        "Download the register again and carry your change over, or take the row out of the file."
    )
    return StoreError(
        [replace(p, hint=hint) if p.code == "CONFLICT" else p for p in error.problems]
    )


def bring(
    register: Register[ItemT],
    where: Current,
    seen: Sequence[Revised[ItemT]],
    *,
    unsaved: bool = False,
) -> None:
    """Take rows from a file: rows with a known id replace it, the others are added, nothing is removed."""
    turn = st.session_state.get(f"{register.key}:turn", 0)
    with st.popover("Import a file", icon=":material/upload:", key=f"{register.key}:bring:{turn}"):
        st.caption(
            "CSV or YAML in the form of the downloads. Rows with a known id replace it; nothing is removed."
        )
        file = st.file_uploader(
            "File",
            type=["csv", "yaml", "yml"],
            key=f"{register.key}:file:{turn}",
            max_upload_size=MOST_MB,
        )
        if file is None:
            return
        if unsaved:
            st.info(
                "Save the edits in the table first, or take them back.", icon=":material/edit_note:"
            )
        if not st.button(
            "Import it", key=f"{register.key}:import", type="primary", disabled=unsaved
        ):
            return
        try:
            authorise(where.identity, "reviewer", "change a register")
            rows = brought(file.getvalue(), file.name, register.ledger.noun)
            todo = imported(seen, rows, register.ledger, where)
            kept = {register.ledger.key(entry.item): entry.item for entry in seen}
            whole = kept | {register.ledger.key(row.item): row.item for row in rows}
            _write(register, where, tuple(whole.values()), todo)
        except StoreError as error:
            error_box(late(error), title="Nothing was imported.")
        except GoLiveError as error:
            error_box(error, title="Nothing was imported.")

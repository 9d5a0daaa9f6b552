"""A register as a file: taken along as CSV or YAML with the revision of each row, and brought back over what it knew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import streamlit as st

from golive.model.columns import Noun
from golive.model.errors import GoLiveError, StoreError
from golive.model.register_files import FileRow, to_csv, to_yaml
from golive.store import Revised
from golive.store.ledger import Ledger
from golive.store.records import ItemT
from golive.store.registers import Change
from golive.ui.shell.components import error_box
from golive.ui.shell.guards import Current

MOST_MB = 20
"""Largest file of a register or a policy."""
TITLE = "Nothing was imported."


def downloads(
    items: Sequence[Noun],
    noun: type[Noun],
    revisions: Mapping[str, int],
    *,
    name: str,
    key: str,
    label: str = "",
) -> None:
    """The register as CSV and as YAML, each row with its revision.

    ``key`` begins the keys of both buttons, ``label`` their words; without it they stand back behind other buttons.
    """
    for suffix, text in (
        ("csv", lambda: to_csv(items, noun, revisions)),
        ("yaml", lambda: to_yaml(items, revisions)),
    ):
        st.download_button(
            f"{label}{suffix.upper()}",
            data=text,
            file_name=f"{name}.{suffix}",
            icon=":material/download:",
            type="secondary" if label else "tertiary",
            on_click="ignore",
            key=f"{key}{suffix}",
        )


def import_file(
    take: Callable[[bytes, str], None], *, rows: str, key: str, turn: int, unsaved: bool = False
) -> None:
    """Ask for a file and hand it to ``take`` with its name: rows with a known id replace it, the others are added.

    ``rows`` is what they are called; ``turn`` counts the files that were taken, so that each gets a new widget. Edits that
    are ``unsaved`` come first.
    """
    with st.popover("Import a file", icon=":material/upload:", key=f"{key}bring:{turn}"):
        st.caption(
            f"CSV or YAML in the form of the downloads. {rows} with a known id replace it; nothing is removed."
        )
        file = st.file_uploader(
            "File", type=["csv", "yaml", "yml"], key=f"{key}file:{turn}", max_upload_size=MOST_MB
        )
        if file is None:
            return
        if unsaved:
            sentence = "Save the edits in the table first, or take them back."
            st.info(sentence, icon=":material/edit_note:")
        if st.button("Import it", key=f"{key}import", type="primary", disabled=unsaved):
            try:
                take(file.getvalue(), file.name)
            except GoLiveError as error:
                error_box(_late(error), title=TITLE)


def _late(error: GoLiveError) -> GoLiveError:
    """The problems of a file; conflicts say what to do about them."""
    hint = (
        "Download the register again and carry your change over, or take the row out of the file."
    )
    return StoreError(
        [replace(p, hint=hint) if p.code == "CONFLICT" else p for p in error.problems]
    )


def changes_of(
    rows: Iterable[FileRow[ItemT]],
    seen: Sequence[Revised[ItemT]],
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
            late = row.revision if key in ever else None
            found.append(Change(row.item, known if late is None else late))
    return found

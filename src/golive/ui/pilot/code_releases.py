"""The Code releases page: lists of codes by system and release, the sessions that used them, adding and removing one."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from golive.compare.base.code_systems import declared_system, rules
from golive.compare.codes.release_files import (
    KeptFile,
    current_icd10cm,
    kept_files,
    register,
    remove,
)
from golive.model.errors import GoLiveError, InputError, Problem
from golive.model.result import CodeRelease
from golive.store import Store
from golive.ui.shell.components import error_box
from golive.ui.shell.guards import Identity, authorise
from golive.ui.shell.words import plain
from golive.wording.numbers import count, day, percent, plural

MOST_MB = 100
"""Largest list of codes that the page takes, in megabytes; the command line takes any."""
MOST_USES = 50
_TURN = "release_turn"
_SAID = "release_said"


def said() -> None:
    """What was just done, once."""
    if words := st.session_state.pop(_SAID, ""):
        st.success(plain(words), icon=":material/check_circle:")


def shelf(store: Store) -> tuple[KeptFile, ...]:
    """Show every list that is there, and what is wrong with one that cannot be used; return those that were added."""
    try:
        kept = kept_files()
    except OSError:
        where = "The folder with the lists of codes cannot be read."
        error_box(
            InputError(
                Problem(
                    "RELEASE_FOLDER", where, "Check the rights of code_releases in GOLIVE_HOME."
                )
            )
        )
        kept = ()
    usable = [k for k in kept if k.release is not None]
    shipped = current_icd10cm()
    added = "No list was added yet" if not usable else f"{plural(len(usable), 'list')} added"
    st.markdown(
        f"**{added}, and one comes with GoLive.** A column is held against every list of its code system, so that codes of "
        "another year are told apart from wrong ones."
    )
    notes = store.release_notes()
    rows = [_row(k, notes.get(f"{k.system} {k.name}")) for k in usable]
    name = shipped.name.removeprefix("the release in ")
    rows.append(
        (
            declared_system(shipped.system).title,
            "current",
            count(len(shipped.codes)),
            "–",
            f"{name} (with GoLive)",
        )
    )
    titles = ("Code system", "Release", "Codes", "Added", "From")
    st.table(
        {title: [plain(row[i]) for row in rows] for i, title in enumerate(titles)},
        border="horizontal",
        hide_index=True,
        alt=f"{len(rows)} lists of codes by system and release.",
    )
    for broken in (k for k in kept if k.release is None):
        error_box(InputError(broken.problems), title=f"{broken.system} {broken.name} is not used.")
    return kept


def _row(kept: KeptFile, note: Any) -> tuple[str, str, str, str, str]:
    """System, release, codes, day and origin; the audit chain names the file where it is the one that was noted."""
    assert kept.release is not None
    known = note is not None and note.detail.get("file_sha256") == kept.release.sha256
    origin = f"{note.detail['file']}, by {note.actor}" if known else kept.path.name
    title = declared_system(kept.system).title
    return (
        title,
        kept.name,
        count(len(kept.release.codes)),
        day(kept.added),
        f"{origin} (SHA-256 {kept.release.sha256[:8]}…)",
    )


def uses(store: Store, kept: Sequence[KeptFile]) -> None:
    """Which assessment held which column against which list, newest first."""
    st.subheader("Used by", anchor=False)
    found = store.release_uses()
    if not found:
        st.markdown(
            "No stored session needed one: a list is opened where live data holds codes that training does not."
        )
        return
    shown = found[:MOST_USES]
    now = {(k.system, k.name.lower()): k.release.sha256 for k in kept if k.release is not None}
    st.table(
        {
            "Assessed": [day(use.created_at) for use in shown],
            "Pilot": [plain(use.project) for use in shown],
            "Column": [plain(use.used.column) for use in shown],
            "Release": [plain(_named(use.used, now)) for use in shown],
            "Not in it, training": [
                _outside(use.used.train_outside, use.used.n_train) for use in shown
            ],
            "Not in it, live": [_outside(use.used.live_outside, use.used.n_live) for use in shown],
        },
        border="horizontal",
        hide_index=True,
        height="content" if len(shown) <= 10 else 420,
        alt=f"{len(shown)} uses of a list of codes by a session.",
    )
    if len(found) > len(shown):
        st.caption(f"The newest {len(shown)} of {len(found)} uses.")


def _named(used: CodeRelease, now: dict[tuple[str, str], str]) -> str:
    """The release, and whether the list of that name has become another one or is gone."""
    title = declared_system(used.system).title
    if not used.sha256:
        return f"{title}, current ({used.release.removeprefix('the release in ')})"
    there = now.get((used.system, used.release.lower()))
    after = (
        "" if there == used.sha256 else " (since removed)" if there is None else " (since replaced)"
    )
    return f"{title} {used.release}{after}"


def _outside(share: float | None, n: int) -> str:
    if not n:
        return "no code"
    return f"fewer than 11 of {count(n)}" if share is None else f"{percent(share)} of {count(n)}"


def change(store: Store, who: Identity, kept: Sequence[KeptFile]) -> None:
    """Add a list or remove one, for reviewers; a wrong file says all that is wrong with it and changes nothing."""
    if not who.may("reviewer"):
        st.caption(":material/lock: A reviewer can add and remove lists.")
        return
    st.subheader("Add a list", anchor=False)
    _add(store, who, kept)
    if kept:
        with st.expander("Remove a list", icon=":material/delete:"):
            _remove(store, who, kept)


def _add(store: Store, who: Identity, kept: Sequence[KeptFile]) -> None:
    turn = st.session_state.get(_TURN, 0)
    with st.container(border=True):
        left, right = st.columns(2, gap="medium")
        known = rules().systems
        systems = sorted(known, key=lambda name: (name != "ICD10CM", known[name].title.lower()))
        system = left.selectbox(
            "Code system", systems, format_func=lambda name: known[name].title, key="release_system"
        )
        name = right.text_input(
            "Release", key=f"release_name_{turn}", placeholder="for example FY2024", max_chars=40
        ).strip()
        # Without ``type``: the widget would refuse a file in words that are not ours.
        file = st.file_uploader(
            "List of codes", key=f"release_file_{turn}", max_upload_size=MOST_MB
        )
        st.caption("One code a line, in a column named code or first in the line: CSV, TSV or TXT in UTF-8, also as gz. "
                   "Descriptions are not read.")  # fmt: skip
        there = [k for k in kept if k.system == system and k.name.lower() == name.lower()]
        if there:
            st.caption(
                f":material/info: {plain(known[system].title)} {plain(there[0].name)} is there and would be replaced."
            )
        if st.button(
            "Check and keep",
            key="release_add",
            type="primary",
            icon=":material/playlist_add_check:",
        ):
            _keep(store, who, system, name, file)


def _keep(store: Store, who: Identity, system: str, name: str, file: Any) -> None:
    try:
        authorise(who, "reviewer", "add a list of codes")
        missing = (
            []
            if name
            else [
                Problem(
                    "RELEASE_NAME",
                    "The release has no name.",
                    "Name it as its publisher does: FY2024.",
                )
            ]
        )
        if file is None:
            missing.append(
                Problem("RELEASE_FILE", "No file was chosen.", "Choose the list of codes.")
            )
        if missing:
            raise InputError(missing)
        with st.spinner("Checking every code"):
            read = _registered(file, system, name)
        store.note_release(
            system=system,
            release=name,
            kept=True,
            actor=who.name,
            file=Path(file.name).name,
            file_sha256=read.sha256,
            codes=len(read.codes),
        )
    except GoLiveError as error:
        error_box(error, title="Nothing was changed.")
        return
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    title = declared_system(system).title
    st.session_state[_SAID] = (
        f"{title} {name}: {count(len(read.codes))} codes, used from the next assessment on."
    )
    st.rerun()


def _registered(file: Any, system: str, name: str) -> Any:
    """Check and keep an uploaded file; what is wrong is said of the name its owner gave it, not of where it lay."""
    given = Path(file.name).name
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("list" + "".join(Path(given).suffixes[-2:]).lower())
        path.write_bytes(file.getvalue())
        try:
            return register(path, system, name)
        except InputError as error:
            raise InputError([replace(p, where=given) for p in error.problems]) from None


def _remove(store: Store, who: Identity, kept: Sequence[KeptFile]) -> None:
    st.markdown("Sessions that used it stay as they are; the next assessment does without it.")
    names = {f"{k.system} {k.name}": k for k in kept}
    chosen = st.selectbox("List", list(names), key="release_gone")
    if not st.button(f"Remove {plain(chosen)}", key="release_remove", icon=":material/delete:"):
        return
    one = names[chosen]
    try:
        authorise(who, "reviewer", "remove a list of codes")
        remove(one.system, one.name)
        store.note_release(system=one.system, release=one.name, kept=False, actor=who.name)
    except GoLiveError as error:
        error_box(error, title="Nothing was changed.")
        return
    st.session_state[_SAID] = f"{chosen} was removed."
    st.rerun()

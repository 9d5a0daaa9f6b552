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
    ReleaseFile,
    current_icd10cm,
    register,
    release_files_in,
    remove,
)
from golive.model.errors import InputError, Problem
from golive.model.result import CodeRelease
from golive.store import Store
from golive.ui.shell.components import error_box, errors_shown, table
from golive.ui.shell.guards import Identity, authorise
from golive.ui.shell.words import plain
from golive.wording.numbers import count, day, percent, plural

MOST_MB = 100
"""Largest list of codes that the page takes, in megabytes; the command line takes any."""
MOST_USES = 50
_TURN = "release_turn"
_DONE = "release_done"
UNCHANGED = "Nothing was changed."


def confirmation() -> None:
    """What was just done, once."""
    if words := st.session_state.pop(_DONE, ""):
        st.success(plain(words), icon=":material/check_circle:")


def releases_table(store: Store) -> tuple[ReleaseFile, ...]:
    """Show every list that is there, and what is wrong with one that cannot be used; return those that were added."""
    kept: tuple[ReleaseFile, ...] = ()
    try:
        kept = release_files_in()
    except OSError:
        sentence = "The folder with the lists of codes cannot be read."
        hint = "Check the rights of code_releases in GOLIVE_HOME."
        error_box(InputError(Problem("RELEASE_FOLDER", sentence, hint)))
    usable = [k for k in kept if k.release is not None]
    added = f"{plural(len(usable), 'list')} added" if usable else "No list was added yet"
    st.markdown(
        f"**{added}, and one comes with GoLive.** A column is held against every list of its code system, so that codes of "
        "another year are told apart from wrong ones."
    )
    notes = store.release_notes()
    shipped = current_icd10cm()
    name, codes = shipped.name.removeprefix("the release in "), count(len(shipped.codes))
    rows = [
        *(_row(k, notes.get(f"{k.system} {k.name}")) for k in usable),
        (_title(shipped.system), "current", codes, "–", f"{name} (with GoLive)"),
    ]
    titles = ("Code system", "Release", "Codes", "Added", "From")
    table(
        {title: [plain(row[i]) for row in rows] for i, title in enumerate(titles)},
        f"{len(rows)} lists of codes by system and release.",
    )
    for broken in (k for k in kept if k.release is None):
        error_box(InputError(broken.problems), title=f"{broken.system} {broken.name} is not used.")
    return kept


def _title(system: str) -> str:
    return declared_system(system).title


def _row(kept: ReleaseFile, note: Any) -> tuple[str, str, str, str, str]:
    """System, release, codes, day and origin; the audit chain names the file where it is the one that was noted."""
    assert kept.release is not None
    sha256, codes = kept.release.sha256, count(len(kept.release.codes))
    known = note is not None and note.detail.get("file_sha256") == sha256
    origin = f"{note.detail['file']}, by {note.actor}" if known else kept.path.name
    origin += f" (SHA-256 {sha256[:8]}…)"
    return _title(kept.system), kept.name, codes, day(kept.added), origin


def uses(store: Store, kept: Sequence[ReleaseFile]) -> None:
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
    table(
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
        f"{len(shown)} uses of a list of codes by a session.",
        most=10,
    )
    if len(found) > len(shown):
        st.caption(f"The newest {len(shown)} of {len(found)} uses.")


def _named(used: CodeRelease, now: dict[tuple[str, str], str]) -> str:
    """The release, and whether the list of that name has become another one or is gone."""
    title = _title(used.system)
    if not used.sha256:
        return f"{title}, current ({used.release.removeprefix('the release in ')})"
    there = now.get((used.system, used.release.lower()))
    if there == used.sha256:
        return f"{title} {used.release}"
    return f"{title} {used.release} (since {'removed' if there is None else 'replaced'})"


def _outside(share: float | None, n: int) -> str:
    if not n:
        return "no code"
    return f"fewer than 11 of {count(n)}" if share is None else f"{percent(share)} of {count(n)}"


def change(store: Store, who: Identity, kept: Sequence[ReleaseFile]) -> None:
    """Add a list or remove one, for reviewers; a wrong file says all that is wrong with it and changes nothing."""
    if not who.may("reviewer"):
        st.caption(":material/lock: A reviewer can add and remove lists.")
        return
    st.subheader("Add a list", anchor=False)
    _add(store, who, kept)
    if kept:
        with st.expander("Remove a list", icon=":material/delete:"):
            _remove(store, who, kept)


def _add(store: Store, who: Identity, kept: Sequence[ReleaseFile]) -> None:
    turn = st.session_state.get(_TURN, 0)
    titles = {system: known.title for system, known in rules().systems.items()}
    systems = sorted(titles, key=lambda name: (name != "ICD10CM", titles[name].lower()))
    with st.container(border=True):
        left, right = st.columns(2, gap="medium")
        system = left.selectbox(
            "Code system", systems, format_func=titles.__getitem__, key="release_system"
        )
        hint, key = "for example FY2024", f"release_name_{turn}"
        typed = right.text_input("Release", key=key, placeholder=hint, max_chars=40)
        name = typed.strip()
        # Without ``type``: the widget would refuse a file in words that are not ours.
        key = f"release_file_{turn}"
        file = st.file_uploader("List of codes", key=key, max_upload_size=MOST_MB)
        st.caption(
            "One code a line, in a column named code or first in the line: CSV, TSV or TXT in UTF-8, also as gz. "
            "Descriptions are not read."
        )
        for there in (k for k in kept if (k.system, k.name.lower()) == (system, name.lower())):
            label = f"{plain(titles[system])} {plain(there.name)}"
            st.caption(f":material/info: {label} is there and would be replaced.")
        icon = ":material/playlist_add_check:"
        if st.button("Check and keep", key="release_add", type="primary", icon=icon):
            with errors_shown(UNCHANGED):
                authorise(who, "reviewer", "add a list of codes")
                codes = _keep(store, who, system, name, file)
                st.session_state[_TURN] = turn + 1
                _done(
                    f"{titles[system]} {name}: {count(codes)} codes, used from the next assessment on."
                )


def _keep(store: Store, who: Identity, system: str, name: str, file: Any) -> int:
    """Check an uploaded list and keep it with a line in the audit chain; how many codes it holds."""
    missing = []
    if not name:
        hint = "Name it as its publisher does: FY2024."
        missing.append(Problem("RELEASE_NAME", "The release has no name.", hint))
    if file is None:
        hint = "Choose the list of codes."
        missing.append(Problem("RELEASE_FILE", "No file was chosen.", hint))
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
    return len(read.codes)


def _done(words: str) -> None:
    """Draw the page anew and say once what was done."""
    st.session_state[_DONE] = words
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


def _remove(store: Store, who: Identity, kept: Sequence[ReleaseFile]) -> None:
    st.markdown("Sessions that used it stay as they are; the next assessment does without it.")
    names = {f"{k.system} {k.name}": k for k in kept}
    chosen = st.selectbox("List", list(names), key="release_gone")
    if not st.button(f"Remove {plain(chosen)}", key="release_remove", icon=":material/delete:"):
        return
    one = names[chosen]
    with errors_shown(UNCHANGED):
        authorise(who, "reviewer", "remove a list of codes")
        remove(one.system, one.name)
        store.note_release(system=one.system, release=one.name, kept=False, actor=who.name)
        _done(f"{chosen} was removed.")

"""Uploaded files: hashed once, kept in a folder of this browser session (0700), gone with the session or after hours.

Streamlit holds an upload in memory for as long as its widget exists. So a file is copied to disk at once, its widget is
replaced by a new one (``next_key``), and only the path, the hash and the size stay in the session.
"""

from __future__ import annotations

import hashlib
import shutil
import time
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol
from uuid import uuid4

import streamlit as st

from golive.intake.formats.plaintext import COMPRESSED
from golive.intake.source import KINDS, kind_of, known
from golive.model.errors import InputError, Problem

Side = Literal["train", "live"]
_ENDINGS = (*(ending for kind in KINDS for ending in kind.endings), *COMPRESSED)
SUFFIXES = tuple(ending[1:] for ending in _ENDINGS)
MAX_AGE_HOURS = 8
_CHUNK = 1 << 20
_FOLDER_KEY = "upload_folder"
_FILES_KEY = "uploads"
_TURN_KEY = "upload_turn"


class Readable(Protocol):
    """What ``st.file_uploader`` returns, as far as it is used here."""

    name: str
    size: int

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes."""


@dataclass(frozen=True)
class Upload:
    """One kept file: the name its owner gave it (shown, never used as a path), where it lies, its hash and its size."""

    name: str
    path: Path
    sha256: str
    size: int
    sample: bool = False


class Folder:
    """A private folder that disappears together with the object."""

    def __init__(self, home: Path) -> None:
        root = home / "uploads"
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = root / uuid4().hex
        self.path.mkdir(mode=0o700)
        self.remove = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


def _safe_suffix(name: str) -> str:
    """The ending that tells the reader the kind of file (``.csv``, ``.csv.gz``), built only from known endings."""
    parts = [part.lower() for part in Path(name).name.split(".")[1:]][-2:]
    return "".join(f".{part}" for part in parts if part in SUFFIXES)


def save(file: Readable, folder: Path, limit_bytes: int) -> Upload:
    """Copy an upload into ``folder`` under its hash and return what is known of it.

    Raises:
        InputError: the file is larger than ``limit_bytes``, whatever the browser promised (``FILE_TOO_LARGE``).
    """
    digest, size = hashlib.sha256(), 0
    part = folder / f"{uuid4().hex}.part"
    with part.open("wb") as target:
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            if size > limit_bytes:
                break
            digest.update(chunk)
            target.write(chunk)
    if size > limit_bytes:
        part.unlink()
        sentence = f"The file is larger than {limit_bytes / 1e6:,.0f} MB."
        hint = "Use `golive assess` on the file where it lies, or raise GOLIVE_MAX_UPLOAD_MB."
        raise InputError(Problem("FILE_TOO_LARGE", sentence, hint, file.name))
    path = folder / f"{digest.hexdigest()}{_safe_suffix(file.name)}"
    part.replace(path)
    path.chmod(0o600)
    return Upload(Path(file.name).name, path, digest.hexdigest(), size)


def delete_leftovers(home: Path, *, everything: bool = False, now: float | None = None) -> int:
    """Remove upload folders older than ``MAX_AGE_HOURS``, or all of them when no session can be alive. Returns how many."""
    root = home / "uploads"
    if not root.is_dir():
        return 0
    oldest = (time.time() if now is None else now) - MAX_AGE_HOURS * 3600
    folders = [f for f in root.iterdir() if f.is_dir()]
    expired = [f for f in folders if everything or f.stat().st_mtime < oldest]
    for folder in expired:
        shutil.rmtree(folder, ignore_errors=True)
    return len(expired)


def folder(home: Path) -> Path:
    """The folder of this browser session, made when first needed."""
    mine = st.session_state.get(_FOLDER_KEY)
    if mine is None or not mine.path.is_dir():
        delete_leftovers(home)
        mine = st.session_state[_FOLDER_KEY] = Folder(home)
    return Path(mine.path)


def files() -> dict[Side, Upload]:
    """What this session keeps. A file that is gone (too old) is no longer listed."""
    found: dict[Side, Upload] = st.session_state.setdefault(_FILES_KEY, {})
    for side in [side for side, upload in found.items() if not upload.path.is_file()]:
        del found[side]
    return found


def accept(side: Side, file: Readable, home: Path, limit_bytes: int) -> Upload:
    """Keep ``file`` as the training or live data of this session, instead of what was there.

    Raises:
        InputError: the ending is of no kind that is read (``UNKNOWN_KIND``); see also ``save``.
    """
    turn = f"{_TURN_KEY}_{side}"
    st.session_state[turn] = st.session_state.get(turn, 0) + 1
    if kind_of(Path(file.name)) is None:
        ending = "".join(Path(file.name).suffixes[-2:])
        no_ending = "The name has no ending, such as .csv."
        what = f"'{ending}' is not a kind of file that is read." if ending else no_ending
        name = Path(file.name).name
        raise InputError(Problem("UNKNOWN_KIND", what, f"Read are: {known()}.", name))
    upload = save(file, folder(home), limit_bytes)
    forget(side)
    files()[side] = upload
    return upload


def put(side: Side, source: Path, home: Path) -> Upload:
    """Keep a copy of a file on this machine (the sample) as if it had been uploaded."""
    target = folder(home) / f"{uuid4().hex}{_safe_suffix(source.name)}"
    shutil.copyfile(source, target)
    with target.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    forget(side)
    files()[side] = Upload(source.name, target, digest, target.stat().st_size, sample=True)
    return files()[side]


def forget(side: Side) -> None:
    """Remove the training or the live file, unless the other side is the same file."""
    others = files()
    gone = others.pop(side, None)
    if gone and gone.path not in {upload.path for upload in others.values()}:
        gone.path.unlink(missing_ok=True)


def next_key(side: Side) -> str:
    """Key of the upload widget. It changes with every file taken, which makes Streamlit drop the bytes it holds."""
    return f"upload_{side}_{st.session_state.get(f'{_TURN_KEY}_{side}', 0)}"

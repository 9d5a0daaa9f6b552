"""From what a person typed (file, glob, folder) to the files it means, and their identity."""

from __future__ import annotations

import glob
import hashlib
from collections.abc import Sequence
from pathlib import Path

from golive.intake.base.dataset import Limits
from golive.intake.fhir.files import among
from golive.intake.kinds import FHIR, FileKind, kind_of, known
from golive.model.errors import InputError, Problem, nearest

_LISTED = 5


def find(source: str | Path, limits: Limits) -> tuple[FileKind, list[Path]]:
    """Return the kind and the files of a source, sorted by name.

    Raises:
        InputError: every one of ``NOT_FOUND``, ``EMPTY_FOLDER``, ``UNKNOWN_KIND``, ``MIXED_KINDS``, ``TOO_LARGE``,
            ``NOT_READABLE``, ``NOT_A_FILE`` that applies.
    """
    if not str(source).strip():  # an unset variable of a script, never the folder one is in
        raise InputError(
            Problem("NOT_FOUND", "The source has no name.", "Name a file, a glob or a folder.")
        )
    path = Path(source).expanduser()
    shown = path.name or str(source)
    if path.is_dir():
        files = sorted(
            p for p in path.iterdir() if p.is_file() and not p.name.startswith((".", "_"))
        )
        if not files:
            raise InputError(
                Problem(
                    "EMPTY_FOLDER",
                    "The folder holds no files.",
                    f"Put files in it: {known()}.",
                    shown,
                )
            )
    elif path.is_file():
        files = [path]
    elif path.exists():  # a pipe or a device: it may never end, and it is read more than once
        sentence = "The source is neither a file nor a folder."
        raise InputError(
            Problem("NOT_A_FILE", sentence, "Write what it gives into a file first.", str(source))
        )
    elif path.is_symlink():
        sentence = f"'{shown}' is a link that leads to no file."
        raise InputError(Problem("NOT_FOUND", sentence, "Check where the link leads.", str(source)))
    else:
        matches = glob.glob(str(path), recursive=True) if glob.has_magic(str(path)) else []  # noqa: PTH207 - absolute patterns
        files = sorted(p for p in map(Path, matches) if p.is_file())
        if not files:
            beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
            hint = nearest(path.name, beside) if beside else ""
            hint = hint if hint.startswith("Did") else "Check the path."
            raise InputError(
                Problem("NOT_FOUND", f"There is no file '{shown}'.", hint, str(source))
            )
    clinical = among(files)
    if clinical:
        return _checked(clinical, shown, limits, FHIR)
    return _checked(files, shown, limits)


def _checked(
    files: list[Path], shown: str, limits: Limits, given: FileKind | None = None
) -> tuple[FileKind, list[Path]]:
    """Check what can be checked from outside; ``given`` is the kind where content, not ending, decides."""
    problems = []
    kinds: dict[str, FileKind] = {}
    for file in files:
        if kind := given or kind_of(file):
            kinds[kind.name] = kind
        else:
            sentence = (
                f"'{''.join(file.suffixes[-2:]) or file.name}' is not a kind of file that is read."
            )
            problems.append(Problem("UNKNOWN_KIND", sentence, f"Read are: {known()}.", file.name))
        try:
            size = file.stat().st_size
            with file.open("rb"):
                pass
        except OSError as error:
            problems.append(
                Problem(
                    "NOT_READABLE", f"The file cannot be opened: {error.strerror}.", "", file.name
                )
            )
            continue
        if size > limits.bytes:
            sentence = f"The file has {size:,} bytes; at most {limits.bytes:,} are read."
            problems.append(
                Problem(
                    "TOO_LARGE", sentence, "Take a period or a sample, or use Parquet.", file.name
                )
            )
    if len(kinds) > 1:
        listed = ", ".join(f"{n} {name}" for name, n in _count(files).items())
        problems.append(
            Problem(
                "MIXED_KINDS",
                f"The source mixes kinds of file: {listed}.",
                "Keep one kind per folder.",
                shown,
            )
        )
    if problems:
        more = len(problems) - 4 * _LISTED
        raise InputError(
            problems[: 4 * _LISTED] + ([Problem("AND_MORE", f"{more:,} more.")] if more > 0 else [])
        )
    return next(iter(kinds.values())), files


def _count(files: Sequence[Path]) -> dict[str, int]:
    names = [k.name for k in map(kind_of, files) if k]
    return {n: names.count(n) for n in sorted(set(names))}


def sha256(files: Sequence[Path]) -> str:
    """Return the hash of one file's bytes; of several, the hash over their sorted names and hashes."""
    hashes = {}
    for file in files:
        with file.open("rb") as stream:
            hashes[file.name] = hashlib.file_digest(stream, "sha256").hexdigest()
    if len(files) == 1:
        return hashes[files[0].name]
    return hashlib.sha256(
        "".join(f"{n}\0{h}\n" for n, h in sorted(hashes.items())).encode()
    ).hexdigest()

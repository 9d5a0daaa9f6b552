"""Releases of code systems: the current ICD-10-CM that comes with a library, and files that users add.

A release file is a list of codes, one a line: CSV or TSV with a column ``code`` (a description is ignored), or text as CMS
publishes it (code, blanks, description); also as ``.gz``. It lies in ``<GOLIVE_HOME>/code_releases`` under the name
``<system>_<release>.csv``, for example ``ICD10CM_FY2024.csv``. Descriptions are never read into memory: some are licensed.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import re
import shutil
import warnings
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from pathlib import Path
from uuid import uuid4

from golive.compare.base.code_systems import CodeSystem, cleaned, declared_system, without_marks
from golive.model.errors import GoLiveError, InputError, Problem
from golive.settings import load

CODE_NAMES = [
    "code",
    "codes",
    "icd_code",
    "icd10",
    "icd10cm",
    "icd9",
    "loinc_num",
    "conceptid",
    "concept_code",
    "rxcui",
]
"""Names of the column that holds the codes, the surest first."""
_NAME = re.compile(
    r"(?P<system>[A-Za-z0-9-]+)_(?P<release>[A-Za-z0-9.-]+?)(?i:\.(?:csv|tsv|txt)(?:\.gz)?)"
)
_ENDING = re.compile(r"\.(?:csv|tsv|txt)(?:\.gz)?$")
_SHOWN = 5
_READABLE = "Give text in UTF-8 (CSV, TSV or TXT), or the same as .gz."
_WRONG = 0.01
"""Share of lines without a code of the system up to which a file is still believed (headings, footers)."""


@dataclass(frozen=True)
class Release:
    """The codes of one release, without dots and hyphens. ``categories`` are the starts of its codes from three characters on,
    ``sha256`` is of the file it was read from (empty where it comes with a library)."""

    system: str
    name: str
    source: str
    codes: frozenset[str]
    categories: frozenset[str]
    sha256: str = ""

    def has(self, code: str) -> bool:
        """Whether a code, or a category above codes, belongs to the release."""
        plain = without_marks(code)
        return plain in self.codes or plain in self.categories


def release_of(system: CodeSystem, name: str, source: str, codes: Iterable[str]) -> Release:
    """A release from its codes. Categories exist where codes are read from the left (ICD)."""
    plain = frozenset(without_marks(code) for code in codes)
    nested = system.id in ("ICD10CM", "ICD9CM")
    starts = (
        frozenset(code[:i] for code in plain for i in range(3, len(code)))
        if nested
        else frozenset[str]()
    )
    return Release(system.id, name, source, plain, starts)


def read_release(path: Path, system: CodeSystem, name: str) -> Release:
    """Read a release file.

    Raises:
        InputError: every problem of the file at once: it cannot be read (``RELEASE_FILE``), holds no codes
            (``RELEASE_EMPTY``), or lines that are no codes of the system (``RELEASE_NOT_CODES``, with line numbers).
    """
    codes, wrong, lines = set(), [], 0

    def problem(code: str, sentence: str, hint: str) -> InputError:
        return InputError(Problem(code, sentence, hint, str(path)))

    try:
        for number, written in _written_codes(path, system):
            lines += 1
            code = cleaned(written)
            if system.has_shape(code):
                codes.add(code)
            else:
                wrong.append(f"line {number}: '{written[:20]}'")
    except UnicodeDecodeError:
        raise problem("RELEASE_FILE", "The file is not UTF-8 text.", _READABLE) from None
    except (OSError, EOFError, zlib.error, csv.Error) as error:
        raise problem("RELEASE_FILE", f"The file cannot be read: {error}.", _READABLE) from None
    hint = f"Give one {system.title} code a line, in a column named 'code' or first in the line."
    if not lines:
        raise problem("RELEASE_EMPTY", "The file holds no codes.", hint)
    if len(wrong) > _WRONG * lines:
        count = f"{len(wrong):,} of {lines:,} lines hold no {system.title} code"
        raise problem("RELEASE_NOT_CODES", f"{count} ({', '.join(wrong[:_SHOWN])}).", hint)
    return release_of(system, name, path.name, codes)


def _written_codes(path: Path, system: CodeSystem) -> Iterator[tuple[int, str]]:
    """Line number and code of every line that is not blank, without the header."""
    read = gzip.open if path.suffix == ".gz" else open
    with read(path, "rt", encoding="utf-8-sig") as file:
        first = file.readline()
        delimiter = next((d for d in (",", "\t", ";", "|") if d in first), None)
        fields = next(csv.reader([first], delimiter=delimiter)) if delimiter else [first.strip()]
        names = [f.strip().strip('"').lower().replace(" ", "_") for f in fields]
        column = next((names.index(n) for n in CODE_NAMES if n in names), None)
        if column is None and system.has_shape(cleaned((first.split() or [""])[0])):
            # As CMS publishes it: code, blanks, description; commas are of the description
            for number, line in enumerate(chain([first], file), start=1):
                if line.strip():
                    yield number, line.split()[0]
            return
        if column is None and first.strip() and delimiter and system.has_shape(cleaned(fields[0])):
            yield 1, fields[0]
        column = column or 0
        for number, row in enumerate(csv.reader(file, delimiter=delimiter or ","), start=2):
            if row and any(cell.strip() for cell in row):
                yield number, row[column].strip() if column < len(row) else ""


def folder() -> Path:
    """Where release files lie."""
    return load().home / "code_releases"


def register(path: Path, system: str, release: str, *, into: Path | None = None) -> Release:
    """Check a release file and keep a copy of it for later assessments.

    Raises:
        InputError: the system is unknown, the name of the release has signs other than letters, digits, ``.`` and ``-``,
            or the file is wrong (``read_release``).
    """
    known = declared_system(system)
    problems: list[Problem] = []
    if not re.fullmatch(r"[A-Za-z0-9.-]+", release):
        hint = "Use letters, digits, dots and hyphens, such as FY2024."
        sentence = f"'{release}' cannot be the name of a release."
        problems.append(Problem("RELEASE_NAME", sentence, hint))
    try:
        read = read_release(path, known, release)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    home = into or folder()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    ending = _ENDING.search(path.name.lower())
    kept = home / f"{known.id}_{release}{ending.group() if ending else '.csv'}"
    others = [file for file in _files(known, release, home) if file != kept]
    older = [file for file in others if not file.samefile(path)]
    if not (kept.exists() and kept.samefile(path)):
        part = home / f".{uuid4().hex}"  # read by nobody until it is whole
        shutil.copyfile(path, part)
        part.replace(kept)
    for file in older:
        file.unlink()
    return replace(read, sha256=_digest(kept))


def remove(system: str, release: str, *, where: Path | None = None) -> int:
    """Forget a release file that was added; returns how many codes files were removed.

    Raises:
        InputError: the system is unknown, or no such release was added (``RELEASE_UNKNOWN``, with those that were).
    """
    known = declared_system(system)
    files = _files(known, release, where or folder())
    if not files:
        there = [r for s, r, _ in registered(where) if s == known.id]
        hint = f"Added: {', '.join(there)}." if there else f"No release of {known.title} was added."
        raise InputError(
            Problem("RELEASE_UNKNOWN", f"There is no release '{release}' of {known.title}.", hint)
        )
    for path in files:
        path.unlink()
    return len(files)


def registered(where: Path | None = None) -> list[tuple[str, str, Path]]:
    """System, release and file of every release that was added, in the order of their names. The files are not read."""
    found = []
    for path, named in _listed(where):
        try:
            if named is not None:
                found.append((declared_system(named["system"]).id, named["release"], path))
        except GoLiveError:  # said when releases are read
            continue
    return found


def _listed(where: Path | None) -> list[tuple[Path, re.Match[str] | None]]:
    """Files of the folder in the order of their names, with system and release in it; not one that is just being copied."""
    home = where or folder()
    files = sorted(p for p in home.iterdir() if not p.name.startswith(".")) if home.is_dir() else []
    return [(path, _NAME.fullmatch(path.name)) for path in files]


def _files(system: CodeSystem, release: str, where: Path) -> list[Path]:
    return [p for s, r, p in registered(where) if s == system.id and r.lower() == release.lower()]


@dataclass(frozen=True)
class ReleaseFile:
    """One release file that was added. ``release`` is ``None`` where the file cannot be used, and ``problems`` say why."""

    system: str
    name: str
    path: Path
    added: datetime
    release: Release | None
    problems: tuple[Problem, ...] = ()


def release_files_in(where: Path | None = None) -> tuple[ReleaseFile, ...]:
    """Every release file that was added, read, in the order of systems and names; ``added`` is in UTC."""
    found = []
    for system, name, path in registered(where):
        added = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        try:
            release: Release | None = _cached(path, _digest(path), system, name)
            problems: tuple[Problem, ...] = ()
        except InputError as error:
            release, problems = None, tuple(replace(p, where=path.name) for p in error.problems)
        found.append(ReleaseFile(system, name, path, added, release, problems))
    return tuple(found)


def releases(system: CodeSystem, where: Path | None = None) -> tuple[list[Release], list[Problem]]:
    """Every known release of a system in the order of their names, and what is wrong with files that cannot be used."""
    found, problems = [], []
    for path, named in _listed(where):
        if named is None:
            hint = "Name it <system>_<release>.csv, such as ICD10CM_FY2024.csv."
            sentence = "The name does not say system and release."
            problems.append(Problem("RELEASE_NAME", sentence, hint, str(path)))
            continue
        try:
            if declared_system(named["system"]).id == system.id:
                found.append(_cached(path, _digest(path), system.id, named["release"]))
        except GoLiveError as error:
            problems.extend(error.problems)
    if system.id == "ICD10CM":
        found.append(current_icd10cm())
    return found, problems


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def _cached(path: Path, sha256: str, system: str, name: str) -> Release:
    return replace(read_release(path, declared_system(system), name), sha256=sha256)


@cache
def current_icd10cm() -> Release:
    """The release of ICD-10-CM that comes with the library ``simple-icd-10-cm`` (public domain, CDC)."""
    from importlib.metadata import version

    with warnings.catch_warnings():
        # The library asks pkg_resources, which warns that it is old
        warnings.simplefilter("ignore")
        import simple_icd_10_cm

    system = declared_system("ICD10CM")
    name = f"the release in simple-icd-10-cm {version('simple-icd-10-cm')}"
    listed = (
        code for code in simple_icd_10_cm.get_all_codes(with_dots=True) if system.has_shape(code)
    )
    return release_of(system, name, "simple-icd-10-cm", listed)

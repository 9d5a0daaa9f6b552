"""Versions of a contract: what changed between two, the number that says so, and every version that was agreed as a file."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path

from golive.contract.odcs import load, to_yaml
from golive.contract.terms import ColumnTerms, Contract
from golive.model.columns import Noun
from golive.model.errors import InputError, Problem

_WORDS = ("name", "status", "purpose", "owner", "when_uncertain")
_NAMES = {"max_missing": "allowed missing", "max_invalid": "allowed invalid", "loinc": "LOINC code"}
"""Terms of a column that are called otherwise."""


def changes(old: Contract, new: Contract) -> tuple[str, ...]:
    """Say in words what differs, column by column in the order of ``new``, then what is gone, then the words around it."""
    found = []
    for terms in new.columns:
        before = old.column(terms.name)
        if before is None:
            found.append(f"{terms.name} is new")
        elif fields := _differing(before, terms, ColumnTerms.model_fields):
            names = ", ".join(_NAMES.get(field, field) for field in fields)
            found.append(f"{terms.name}: {names} changed")
    found += [f"{c.name} is gone" for c in old.columns if new.column(c.name) is None]
    found += [f"{word.replace('_', ' ')} changed" for word in _differing(old, new, _WORDS)]
    if not found and old.source != new.source:
        found = ["fields that GoLive does not read changed"]
    return tuple(found)


def next_version(old: Contract, new: Contract) -> str:
    """The version that ``new`` deserves after ``old`` (semantic versioning).

    Major when a batch that kept ``old`` can break ``new``; minor when it asks for less; patch when only words differ;
    unchanged when nothing does.
    """
    major, minor, patch = map(int, old.version.split("."))
    if any(_tighter(old.column(terms.name), terms) for terms in new.columns):
        return f"{major + 1}.0.0"
    # The terms without what no row can break
    before, after = (
        {c.name: c.model_copy(update={"description": ""}) for c in one.columns}
        for one in (old, new)
    )
    if before != after:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}" if changes(old, new) else old.version


def _differing(old: Noun, new: Noun, fields: Iterable[str]) -> list[str]:
    return [field for field in fields if getattr(old, field) != getattr(new, field)]


def _tighter(old: ColumnTerms | None, new: ColumnTerms) -> bool:
    """Whether some column that keeps ``old`` (``None``: that is not spoken of) breaks ``new``."""
    if old is None:
        return new.max_missing < 1
    if new.max_missing < old.max_missing or new.max_invalid < old.max_invalid:
        return True
    if _differing(old, new, ("type", "unit", "system", "release")):
        return True
    if new.range:
        low, high = new.range
        if old.range is None or low > old.range[0] or high < old.range[1]:
            return True
    return bool(new.values) and (not old.values or not set(old.values) <= set(new.values))


def stored(home: Path, project: str) -> tuple[Contract, ...]:
    """Every saved version of ``project``, newest first.

    Raises:
        InputError: a saved file was changed by hand and no longer reads.
    """
    files = sorted(
        _folder(home, project).glob("*.yaml"),
        key=lambda f: [int(p) for p in f.stem.split(".")],
        reverse=True,
    )
    return tuple(load(file) for file in files)


def file_sha256(home: Path, contract: Contract) -> str:
    """SHA-256 of the saved file of a version, for the audit chain."""
    return hashlib.sha256(
        (_folder(home, contract.name) / f"{contract.version}.yaml").read_bytes()
    ).hexdigest()


def save(home: Path, contract: Contract) -> Contract:
    """Save ``contract`` as the next version of its project and return it with that version. Nothing is overwritten.

    Raises:
        InputError: ``CONTRACT_SAME`` when nothing changed, ``CONTRACT_TAKEN`` when someone else saved that version meanwhile.
    """
    before = stored(home, contract.name)
    if before:
        version = next_version(before[0], contract)
        if version == before[0].version:
            raise InputError(
                Problem("CONTRACT_SAME", f"Nothing differs from version {version}.", "")
            )
        contract = contract.model_copy(update={"version": version})
    folder = _folder(home, contract.name)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(
            folder / f"{contract.version}.yaml", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600
        )
    except FileExistsError:
        sentence = f"Version {contract.version} was kept by someone else meanwhile."
        raise InputError(
            Problem("CONTRACT_TAKEN", sentence, "Reload the page and look at theirs first.")
        ) from None
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(to_yaml(contract))
    return contract


def _folder(home: Path, project: str) -> Path:
    """Folder of a project: a readable name, and a hash because two names may read the same."""
    plain = re.sub(r"[^a-z0-9]+", "-", project.lower()).strip("-")[:40] or "project"
    return home / "contracts" / f"{plain}-{hashlib.sha256(project.encode()).hexdigest()[:8]}"

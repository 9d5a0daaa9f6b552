"""Versions of a project's contract as files in the data folder: every version that was agreed stays readable."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from golive.contract.odcs import load, to_yaml
from golive.contract.terms import Contract
from golive.contract.versions import next_version
from golive.model.errors import InputError, Problem


def versions(home: Path, project: str) -> tuple[Contract, ...]:
    """Every kept version of ``project``, newest first.

    Raises:
        InputError: a kept file was changed by hand and no longer reads.
    """
    files = sorted(
        _folder(home, project).glob("*.yaml"),
        key=lambda f: [int(p) for p in f.stem.split(".")],
        reverse=True,
    )
    return tuple(load(file) for file in files)


def file_sha256(home: Path, contract: Contract) -> str:
    """SHA-256 of the kept file of a version, for the audit chain."""
    return hashlib.sha256(
        (_folder(home, contract.name) / f"{contract.version}.yaml").read_bytes()
    ).hexdigest()


def keep(home: Path, contract: Contract) -> Contract:
    """Keep ``contract`` as the next version of its project and return it with that version. Nothing is overwritten.

    Raises:
        InputError: ``CONTRACT_SAME`` when nothing changed, ``CONTRACT_TAKEN`` when someone else kept that version meanwhile.
    """
    before = versions(home, contract.name)
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

"""A whole project as one file: a zip of a manifest and one line of JSON per stored row, every part with its SHA-256.

The checksums show damage and careless changes; they are no signature. Nothing in the file is a row of a dataset.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from golive import __version__
from golive.model.errors import InputError, Problem, StoreError

FORMAT = 1
MOST_BYTES = 512_000_000
"""What the parts may hold together when unpacked."""
_MANIFEST = "manifest.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)
Row = dict[str, Any]


@dataclass(frozen=True)
class ProjectFile:
    """What a file holds: the project's name, the version that wrote it, its rows by table, and its audit lines."""

    project: str
    golive: str
    exported_at: str
    steps: tuple[str, ...]
    rows: Mapping[str, tuple[Row, ...]]

    @property
    def count(self) -> int:
        """Rows of all tables."""
        return sum(len(rows) for rows in self.rows.values())


def pack(file: ProjectFile) -> bytes:
    """The file as bytes; equal contents give equal bytes."""
    parts = {f"{name}.ndjson": _lines(rows) for name, rows in sorted(file.rows.items())}
    manifest = {
        "format": FORMAT,
        "golive": file.golive,
        "project": file.project,
        "exported_at": file.exported_at,
        "steps": list(file.steps),
        "parts": {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "rows": data.count(b"\n")}
            for name, data in parts.items()
        },
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {_MANIFEST: json.dumps(manifest, indent=2).encode(), **parts}.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _lines(rows: tuple[Row, ...]) -> bytes:
    return "".join(
        json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows
    ).encode()


def unpack(
    data: bytes, *, known_steps: tuple[str, ...], known_tables: tuple[str, ...]
) -> ProjectFile:
    """What ``pack`` wrote, after every checksum was compared.

    Raises:
        StoreError: ``PROJECT_NEWER`` when a later version wrote it.
        InputError: ``PROJECT_FILE`` when it is no such file; ``PROJECT_CHANGED`` for each part that is not as it was written.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_BYTES:
                raise _no_file(f"Its parts hold more than {MOST_BYTES // 1_000_000} MB.")
            names = archive.namelist()
            if _MANIFEST not in names or len(names) != len(set(names)):
                raise _no_file("It has no manifest.")
            manifest = json.loads(archive.read(_MANIFEST))
            _refuse_newer(manifest, known_steps, known_tables)
            parts = {name: archive.read(name) for name in names if name != _MANIFEST}
        wrong = _wrong(manifest["parts"], parts)
        if wrong:
            raise InputError(wrong)
        rows = {name.removesuffix(".ndjson"): _rows(part) for name, part in parts.items()}
        return ProjectFile(
            str(manifest["project"]),
            str(manifest["golive"]),
            str(manifest["exported_at"]),
            tuple(map(str, manifest["steps"])),
            rows,
        )
    except (InputError, StoreError):
        raise
    except (
        zipfile.BadZipFile,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RuntimeError,
        NotImplementedError,
        OSError,
    ):
        raise _no_file("It is no zip of parts, or was cut short on its way.") from None


def _refuse_newer(
    manifest: Any, known_steps: tuple[str, ...], known_tables: tuple[str, ...]
) -> None:
    tables = {name.removesuffix(".ndjson") for name in manifest["parts"]}
    newer = set(manifest["steps"]) - set(known_steps)
    if int(manifest["format"]) > FORMAT or newer or tables - set(known_tables):
        sentence = f"This project file was written by GoLive {manifest.get('golive', 'unknown')}; this is {__version__}."
        raise StoreError(Problem("PROJECT_NEWER", sentence, "Upgrade GoLive to import it."))


def _wrong(promised: Mapping[str, Any], parts: Mapping[str, bytes]) -> list[Problem]:
    hint = "Export the project again; do not edit the file."
    found = [
        Problem("PROJECT_CHANGED", "A part of the file is missing.", hint, n)
        for n in promised
        if n not in parts
    ]
    found += [
        Problem("PROJECT_CHANGED", "A part is not in the manifest.", hint, n)
        for n in parts
        if n not in promised
    ]
    found += [
        Problem(
            "PROJECT_CHANGED", "A part is not as it was written: its checksum differs.", hint, name
        )
        for name, data in parts.items()
        if name in promised and promised[name]["sha256"] != hashlib.sha256(data).hexdigest()
    ]
    return found


def _rows(data: bytes) -> tuple[Row, ...]:
    rows = tuple(json.loads(line) for line in data.decode().split("\n") if line)
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError("a row is no object")
    return rows


def _no_file(why: str) -> InputError:
    return InputError(
        Problem(
            "PROJECT_FILE", f"This is no project file. {why}", "`golive project export` writes one."
        )
    )

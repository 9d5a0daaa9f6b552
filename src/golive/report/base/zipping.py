"""Zip files whose bytes depend on their content alone."""

from __future__ import annotations

import io
import re
import zipfile

EPOCH = (1980, 1, 1, 0, 0, 0)
"""Time of every entry, so that equal content gives equal bytes."""
_MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def zipped(files: dict[str, bytes]) -> bytes:
    """Files by name as one zip; equal files give equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return out.getvalue()


def normalised(archive: bytes) -> bytes:
    """The same Office file with the clock of its writer taken out, in the workbooks behind its charts too."""
    files = {}
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        for name in opened.namelist():
            data = opened.read(name)
            files[name] = _timeless(data) if name.endswith(".xlsx") else data
    return zipped(files)


def _timeless(workbook: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook)) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    core = "docProps/core.xml"
    if core in files:
        files[core] = _MOMENT.sub(b"1980-01-01T00:00:00Z", files[core])
    return zipped(files)

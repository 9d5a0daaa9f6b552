"""The kinds of source that can be read. A new kind is one more entry here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import ibis.expr.types as ir

from golive.intake.base.workspace import Workspace
from golive.intake.fhir import table as fhir
from golive.intake.formats import columnar, delimited, records, workbook

Loader = Callable[[Sequence[Path], Workspace], ir.Table]


@dataclass(frozen=True)
class FileKind:
    """One kind of file: its name in results, its endings, its loader, and whether it may be compressed (.gz, .zst).

    The loader puts the files into the workspace's DuckDB as ``data`` and returns that table; everything wrong with them
    is one ``InputError``. ``text`` says that values are kept as written.
    """

    name: str
    endings: tuple[str, ...]
    load: Loader
    text: bool = True


FHIR = FileKind("fhir", (".zip",), fhir.load)
"""Archives are FHIR; JSON and NDJSON files are when they hold FHIR resources (``fhir_files.among``)."""

KINDS = (
    FileKind("csv", (".csv",), delimited.load),
    FileKind("tsv", (".tsv", ".tab"), delimited.load),
    FileKind("txt", (".txt",), delimited.load),
    FileKind("json", (".json",), records.load),
    FileKind("ndjson", (".ndjson", ".jsonl"), records.load),
    FileKind("parquet", (".parquet", ".pq"), columnar.load, text=False),
    FHIR,
    FileKind("xlsx", (".xlsx", ".xlsm"), workbook.load),
)

COMPRESSED = (".gz", ".zst")


def kind_of(path: Path) -> FileKind | None:
    """Return the kind of a file by its ending (``labs.csv.gz`` is csv), or ``None``. Excel, Parquet and zip are not unpacked."""
    ending = path.suffix.lower()
    packed = ending in COMPRESSED
    if packed:
        ending = path.with_suffix("").suffix.lower()
    found = next((k for k in KINDS if ending in k.endings), None)
    return None if packed and found and found.name in ("parquet", "xlsx", "fhir") else found


def known() -> str:
    """List the endings that are read, for messages."""
    return (
        ", ".join(e for k in KINDS for e in k.endings)
        + "; text kinds also as "
        + " and ".join(COMPRESSED)
    )

"""``read``: any source to a Dataset."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from golive.intake import engines
from golive.intake.base.dataset import Dataset, Limits, storage_of
from golive.intake.base.workspace import Workspace
from golive.intake.files import find, sha256
from golive.intake.formats import columnar
from golive.intake.kinds import COMPRESSED, FileKind
from golive.model.errors import InputError, Problem

TABLE = "table:"
_UNPACKED = 8
"""How much larger than its file compressed text, or text in DuckDB's memory, is expected to be."""


def read(
    source: str | Path,
    *,
    engine: str | None = None,
    name: str | None = None,
    limits: Limits | None = None,
    views: Iterable[Mapping[str, Any]] = (),
) -> Dataset:
    """Read a source into a ``Dataset``. Rows stay in the engine.

    Args:
        source: a file (csv, tsv, txt, json, ndjson, parquet, xlsx; text kinds also .gz and .zst), FHIR R4 (a Bundle, a
            zip or folder of them, a bulk NDJSON folder), a glob, a folder of
            files of one kind, or ``table:NAME`` on ``engine``.
        engine: an Ibis URL (``duckdb://file``, ``pyspark://``, ``postgres://...``); the built-in DuckDB when absent.
            Files are read by the built-in DuckDB and by ``pyspark://``.
        name: what to call the dataset; its file name when absent.
        limits: what the source may cost.
        views: SQL-on-FHIR ViewDefinitions of the reader's own (``fhir_views`` of the configuration); for FHIR sources.

    Text is kept as written; an empty field is missing and nothing else is. Not-a-number in a typed float column is
    missing, as pandas writes it, and noted. Close the dataset to remove temporary copies.

    Raises:
        InputError: everything that is wrong with the source.
    """
    limits = limits or Limits()
    written = str(source)
    if written.startswith(TABLE):
        return _from_table(written.removeprefix(TABLE), engine, name, limits)
    kind, files = find(source, limits)
    used = engines.engine_name(engine)
    if used not in ("duckdb", "pyspark"):
        sentence = f"Engine '{used}' does not read files."
        raise InputError(
            Problem("ENGINE_FILE", sentence, "Give table:NAME, or leave the engine out.", written)
        )
    shown = name or Path(written).name
    space = Workspace(
        limits,
        sum(f.stat().st_size * (_UNPACKED if f.suffix.lower() in COMPRESSED else 1) for f in files),
    )
    space.views = tuple(views)
    try:
        # Hashing lets go of the interpreter: it costs no time of its own
        with ThreadPoolExecutor(1) as beside:
            digest = beside.submit(sha256, files)
            kind.load(files, space)
            loaded = (
                _in_spark(kind, files, space) if used == "pyspark" else space.duck.table("data")
            )
            table = columnar.uniform(loaded)
            rows = columnar.check_table(table, shown, space)
            if not kind.text:
                table = columnar.without_nan(columnar.within_range(table, space), space)
        space.lock([] if kind.text else files)
    except BaseException:
        space.close()
        raise
    storage = {c: storage_of(t) for c, t in table.schema().items()}
    found = (tuple(space.notes), tuple(space.coverage))
    return Dataset(
        shown,
        digest.result(),
        kind.name,
        used,
        table,
        rows,
        tuple(storage),
        storage,
        *found,
        space.close,
    )


def _in_spark(kind: FileKind, files: list[Path], space: Workspace) -> ir.Table:
    """Give Spark the files: Parquet as it is, text after the same reader as everywhere, so that findings are the same."""
    spark = engines.connect("pyspark://")
    paths = [columnar.write_parquet(space, "data")] if kind.text else files
    return spark.read_parquet(
        [p.absolute().as_uri() for p in paths] if len(paths) > 1 else paths[0].absolute().as_uri()
    )


def _from_table(table_name: str, engine: str | None, name: str | None, limits: Limits) -> Dataset:
    if engine is None:
        hint = "Add --engine with the URL of the database."
        raise InputError(Problem("ENGINE_URL", f"'{TABLE}{table_name}' needs an engine.", hint))
    space = Workspace(limits)
    try:
        connection: Any = engines.connect(engine)
        table = columnar.uniform(engines.table(connection, table_name))
        rows = columnar.check_table(table, table_name, space)
        digest = engines.identity(engine, table_name, table, rows)
        table = columnar.without_nan(columnar.within_range(table, space), space)
        space.note(
            "IDENTITY",
            "The hash of a table covers its place, columns and row count, not its values.",
            "",
            table_name,
        )
    except BaseException:
        space.close()
        raise
    storage = {c: storage_of(t) for c, t in table.schema().items()}
    used, found = engines.engine_name(engine), (tuple(space.notes), tuple(space.coverage))
    return Dataset(
        name or table_name,
        digest,
        "table",
        used,
        table,
        rows,
        tuple(storage),
        storage,
        *found,
        space.close,
    )

"""``read``: any source to a Dataset: the kinds of file that can be read (a new kind is one more entry here), and which files a
person's word for them means: a file, a glob or a folder."""

from __future__ import annotations

import glob
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from golive.intake import engines
from golive.intake.base.dataset import Dataset, Limits, storage_of
from golive.intake.base.workspace import Workspace
from golive.intake.fhir import table as fhir
from golive.intake.formats import columnar, delimited, records, workbook
from golive.intake.formats.plaintext import COMPRESSED
from golive.model.errors import InputError, Problem, nearest

TABLE = "table:"
_UNPACKED = 8
"""How much larger than its file compressed text, or text in DuckDB's memory, is expected to be."""

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
"""Archives are FHIR; JSON and NDJSON files are when they hold FHIR resources (``fhir.among``)."""

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

_MOST_NAMED = 20
"""Problems of one source that are named each."""


def kind_of(path: Path) -> FileKind | None:
    """Return the kind of a file by its ending (``labs.csv.gz`` is csv), or ``None``. Excel, Parquet and zip are not unpacked."""
    packed = path.suffix.lower() in COMPRESSED
    ending = path.with_suffix("").suffix.lower() if packed else path.suffix.lower()
    found = next((k for k in KINDS if ending in k.endings), None)
    return None if packed and found and found.name in ("parquet", "xlsx", "fhir") else found


def known() -> str:
    """List the endings that are read, for messages."""
    return f"{', '.join(e for k in KINDS for e in k.endings)}; text kinds also as {' and '.join(COMPRESSED)}"


def find(source: str | Path, limits: Limits) -> tuple[FileKind, list[Path]]:
    """Return the kind and the files of a source, sorted by name.

    Raises:
        InputError: every one of ``NOT_FOUND``, ``EMPTY_FOLDER``, ``UNKNOWN_KIND``, ``MIXED_KINDS``, ``TOO_LARGE``,
            ``NOT_READABLE``, ``NOT_A_FILE`` that applies.
    """
    path = Path(source).expanduser()
    shown = path.name or str(source)
    files: list[Path] = []
    problem: Problem | None = None
    if not str(source).strip():  # an unset variable of a script, never the folder one is in
        problem = Problem(
            "NOT_FOUND", "The source has no name.", "Name a file, a glob or a folder."
        )
    elif path.is_dir():
        files = sorted(
            p for p in path.iterdir() if p.is_file() and not p.name.startswith((".", "_"))
        )
        problem = Problem(
            "EMPTY_FOLDER", "The folder holds no files.", f"Put files in it: {known()}.", shown
        )
    elif path.is_file():
        files = [path]
    elif path.exists():  # a pipe or a device: it may never end, and it is read more than once
        sentence = "The source is neither a file nor a folder."
        problem = Problem(
            "NOT_A_FILE", sentence, "Write what it gives into a file first.", str(source)
        )
    elif path.is_symlink():
        sentence = f"'{shown}' is a link that leads to no file."
        problem = Problem("NOT_FOUND", sentence, "Check where the link leads.", str(source))
    else:
        matches = glob.glob(str(path), recursive=True) if glob.has_magic(str(path)) else []  # noqa: PTH207 - absolute patterns
        files = sorted(p for p in map(Path, matches) if p.is_file())
        beside = (
            [p.name for p in path.parent.iterdir()] if not files and path.parent.is_dir() else []
        )
        hint = nearest(path.name, beside) if beside else ""
        hint = hint if hint.startswith("Did") else "Check the path."
        problem = Problem("NOT_FOUND", f"There is no file '{shown}'.", hint, str(source))
    if problem and not files:
        raise InputError(problem)
    clinical = fhir.among(files)
    return _checked(clinical or files, shown, limits, FHIR if clinical else None)


def _checked(
    files: list[Path], shown: str, limits: Limits, given: FileKind | None
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
            file.open("rb").close()
        except OSError as error:
            sentence = f"The file cannot be opened: {error.strerror}."
            problems.append(Problem("NOT_READABLE", sentence, "", file.name))
            continue
        if size > limits.bytes:
            sentence = f"The file has {size:,} bytes; at most {limits.bytes:,} are read."
            problems.append(
                Problem(
                    "TOO_LARGE", sentence, "Take a period or a sample, or use Parquet.", file.name
                )
            )
    if len(kinds) > 1:
        counts = Counter(kind.name for kind in map(kind_of, files) if kind)
        listed = ", ".join(f"{n} {name}" for name, n in sorted(counts.items()))
        sentence = f"The source mixes kinds of file: {listed}."
        problems.append(Problem("MIXED_KINDS", sentence, "Keep one kind per folder.", shown))
    if len(problems) > _MOST_NAMED:
        more = Problem("AND_MORE", f"{len(problems) - _MOST_NAMED:,} more.")
        problems = [*problems[:_MOST_NAMED], more]
    if problems:
        raise InputError(problems)
    return next(iter(kinds.values())), files


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
    written = str(source)
    if written.startswith(TABLE):
        return _from_table(written.removeprefix(TABLE), engine, name, Workspace(limits or Limits()))
    kind, files = find(source, limits or Limits())
    used = engines.engine_name(engine)
    if used not in ("duckdb", "pyspark"):
        sentence = f"Engine '{used}' does not read files."
        raise InputError(
            Problem("ENGINE_FILE", sentence, "Give table:NAME, or leave the engine out.", written)
        )
    sizes = (f.stat().st_size * (_UNPACKED if f.suffix.lower() in COMPRESSED else 1) for f in files)
    shown = name or Path(written).name
    with _closed_on_error(Workspace(limits or Limits(), sum(sizes), views)) as space:
        # Hashing lets go of the interpreter: it costs no time of its own
        with ThreadPoolExecutor(1) as beside:
            digest = beside.submit(sha256, files)
            kind.load(files, space)
            loaded = (
                _in_spark(kind, files, space) if used == "pyspark" else space.duck.table("data")
            )
            table, rows = columnar.checked(loaded, shown, space)
            if not kind.text:
                table = columnar.typed(table, space)
        space.lock([] if kind.text else files)
        return _dataset(
            space, table, rows, name=shown, sha256=digest.result(), kind=kind.name, engine=used
        )


@contextmanager
def _closed_on_error(space: Workspace) -> Iterator[Workspace]:
    try:
        yield space
    except BaseException:
        space.close()
        raise


def _dataset(
    space: Workspace, table: ir.Table, rows: int, *, name: str, sha256: str, kind: str, engine: str
) -> Dataset:
    storage = {c: storage_of(t) for c, t in table.schema().items()}
    found = (tuple(space.notes), tuple(space.coverage))
    return Dataset(
        name, sha256, kind, engine, table, rows, tuple(storage), storage, *found, space.close
    )


def _in_spark(kind: FileKind, files: list[Path], space: Workspace) -> ir.Table:
    """Give Spark the files: Parquet as it is, text after the same reader as everywhere, so that findings are the same."""
    spark = engines.connect("pyspark://")
    paths = [
        p.absolute().as_uri()
        for p in ([columnar.write_parquet(space, "data")] if kind.text else files)
    ]
    return spark.read_parquet(paths if len(paths) > 1 else paths[0])


def _from_table(table_name: str, engine: str | None, name: str | None, space: Workspace) -> Dataset:
    with _closed_on_error(space):
        if engine is None:
            hint = "Add --engine with the URL of the database."
            raise InputError(Problem("ENGINE_URL", f"'{TABLE}{table_name}' needs an engine.", hint))
        found = engines.table(engines.connect(engine), table_name)
        table, rows = columnar.checked(found, table_name, space)
        digest = engines.identity(engine, table_name, table, rows)
        table = columnar.typed(table, space)
        sentence = "The hash of a table covers its place, columns and row count, not its values."
        space.note("IDENTITY", sentence, "", table_name)
        used = engines.engine_name(engine)
        return _dataset(
            space, table, rows, name=name or table_name, sha256=digest, kind="table", engine=used
        )

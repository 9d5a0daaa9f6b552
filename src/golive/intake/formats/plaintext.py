"""Any text file, plain or compressed, in any common encoding, as UTF-8: what DuckDB's readers take."""

from __future__ import annotations

import codecs
import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from golive.intake.base.workspace import Workspace
from golive.model.errors import InputError, Problem

CHUNK = 1 << 20
COMPRESSED = (".gz", ".zst")
UNZIPPING = (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, zlib.error)
"""What a damaged, encrypted or unknown zip archive raises while it is read."""
_CONTROLS = bytes([*range(1, 9), *range(14, 27), *range(28, 32)])
_MAGIC = {
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"\x1f\x8b": "a gzip file",
    b"\x28\xb5\x2f\xfd": "a zstd file",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file",
    b"SQLite format 3": "a SQLite database",
    b"\x7fELF": "a program",
    b"BZh": "a bzip2 file",
    b"OBJ\x01": "an ORC or Avro file",
}
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_NAMES = {
    "utf-8-sig": "UTF-8 with a byte-order mark",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 (little endian, without a byte-order mark)",
    "utf-16-be": "UTF-16 (big endian, without a byte-order mark)",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252 (western European)",
    "latin-1": "Latin-1 (ISO 8859-1)",
}


class Stream(Protocol):
    """What bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """Up to ``size`` bytes; none at the end."""
        ...


@contextmanager
def opened(path: Path) -> Iterator[Stream]:
    """The content of a plain, gzip or zstd file, by its ending."""
    suffix = path.suffix.lower()
    if suffix == ".zst":
        import pyarrow as pa

        with pa.input_stream(str(path), compression="zstd") as stream:
            yield stream
    else:
        with gzip.open(path, "rb") if suffix == ".gz" else path.open("rb") as plain:
            yield plain


def chunks(path: Path, space: Workspace) -> Iterator[bytes]:
    """Yield the content of a plain, gzip or zstd file, never more than the limits allow.

    Raises:
        InputError: ``ZIP_BOMB`` when it grows beyond ``limits``, ``BROKEN_ARCHIVE`` when it cannot be decompressed.
    """
    packed = path.suffix.lower() in COMPRESSED
    stored, total = path.stat().st_size, 0
    try:
        with opened(path) as stream:
            while chunk := stream.read(CHUNK):
                total += len(chunk)
                if packed and space.limits.exceeded(total, stored):
                    sentence = f"{stored:,} bytes decompress to more than {total:,}; reading stopped there."
                    hint = f"At most {space.limits.bytes:,} bytes and {space.limits.ratio:g} times the file are read."
                    raise InputError(Problem("ZIP_BOMB", sentence, hint, path.name))
                yield bytes(chunk)
    except (OSError, EOFError, zlib.error) as error:
        if not packed:
            raise
        sentence = f"The {path.suffix[1:]} file is damaged or cut off ({type(error).__name__})."
        raise InputError(
            Problem("BROKEN_ARCHIVE", sentence, "Copy it again from its source.", path.name)
        ) from None


def magic(head: bytes) -> str | None:
    """Say what kind of binary file begins like ``head``, if any known kind does."""
    return next((what for mark, what in _MAGIC.items() if head.startswith(mark)), None)


def _encoding(path: Path, space: Workspace) -> str:
    """Find the encoding in one pass over the file; refuse what is not text."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    broken = multibyte = controls = total = 0
    undefined = False
    for number, chunk in enumerate(chunks(path, space)):
        if number == 0 and (marked := _marked(chunk, path)):
            return marked
        total += len(chunk)
        controls += len(chunk) - len(chunk.translate(None, _CONTROLS))
        if nul := chunk.count(0):
            raise _not_text(path, nul, controls)
        if chunk.isascii():
            continue
        string = decoder.decode(chunk)
        valid = string.encode("utf-8", "ignore").decode("utf-8")
        wrong = len(string) - len(valid)
        broken += wrong
        multibyte += len(valid) - len(valid.encode("ascii", "ignore"))
        undefined = undefined or bool(wrong and any(b in chunk for b in b"\x81\x8d\x8f\x90\x9d"))
    broken += bool(decoder.getstate()[0])
    if broken == 0:
        return "utf-8"
    if controls > 0.01 * total + 8:
        raise _not_text(path, 0, controls)
    if multibyte > broken:
        sentence = f"{broken:,} bytes are not UTF-8 although {multibyte:,} other characters are: two encodings in one file."
        raise InputError(Problem("DECODE", sentence, "Save it again as UTF-8.", path.name))
    return "latin-1" if undefined else "cp1252"


def _marked(head: bytes, path: Path) -> str | None:
    """The encoding that the first bytes give away, if they do: by a mark, or by zeros beside every sign."""
    if what := magic(head):
        sentence = f"This is {what}, not a text file."
        raise InputError(Problem("NOT_TEXT", sentence, "Give it its own ending.", path.name))
    half = len(head) // 2
    zeros = [head[start::2].count(0) for start in (0, 1)]
    if marked := next((name for mark, name in _MARKS.items() if head.startswith(mark)), None):
        return marked
    if half > 1 and min(zeros) == 0 and max(zeros) > 0.3 * half:
        return "utf-16-le" if zeros[1] else "utf-16-be"
    return None


def _not_text(path: Path, nul: int, controls: int) -> InputError:
    found = f"{nul:,} zero bytes" if nul else f"{controls:,} control characters"
    hint = "Export it as CSV or Parquet; a renamed binary file cannot be read."
    return InputError(
        Problem("NOT_TEXT", f"The file holds {found}: it is binary, not text.", hint, path.name)
    )


def as_utf8(path: Path, space: Workspace) -> Path:
    """Return a plain UTF-8 file with the content of ``path``: the file itself, or a link or copy in the private folder.

    The encoding is noted when it is not UTF-8. A byte-order mark is removed.

    Raises:
        InputError: ``NOT_TEXT``, ``DECODE``, ``ZIP_BOMB``, ``BROKEN_ARCHIVE``, ``EMPTY_FILE``.
    """
    encoding, copy = _encoding(path, space), path
    if encoding != "utf-8":
        space.note("ENCODING", f"Read as {_NAMES[encoding]}.", "", path.name)
    if path.suffix.lower() in COMPRESSED or encoding != "utf-8":
        copy = space.unused("text")
        _recode(path, copy, encoding, space)
    with copy.open("rb") as stream:
        empty = not any(chunk.strip() for chunk in iter(lambda: stream.read(CHUNK), b""))
    if empty:
        hint = "Export it again with a header row."
        raise InputError(Problem("EMPTY_FILE", "The file is empty.", hint, path.name))
    return space.plain(copy)


def _recode(path: Path, copy: Path, encoding: str, space: Workspace) -> None:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with copy.open("wb") as out:
            for chunk in chunks(path, space):
                string = decoder.decode(chunk)
                if "\0" in string:
                    raise _not_text(path, string.count("\0"), 0)
                out.write(string.encode("utf-8"))
            out.write(decoder.decode(b"", final=True).encode("utf-8"))
    except UnicodeError as error:
        sentence = (
            f"The file begins as {_NAMES.get(encoding, encoding)} but cannot be decoded ({error})."
        )
        raise InputError(
            Problem("DECODE", sentence[:200], "Save it again as UTF-8.", path.name)
        ) from None

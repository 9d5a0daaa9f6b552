"""Every kind of odd file through ``golive assess``: an exit code, one error a person can act on, and what could be judged."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from golive.cli import run

HEADER = ("enc", "hr", "sex", "site", "risk", "y")
ROWS = [
    (
        f"e{i}",
        f"{60 + i * 7 % 40}.5",
        "MF"[i % 2],
        "ABC"[i % 3],
        f"0.{1 + i * 31 % 98:02d}",
        str(i * 13 % 10 // 7),
    )
    for i in range(120)
]
ODD_NAMES = (
    'q"uote', "line\nbreak", "\N{GRINNING FACE}", "x" * 3000, "'; DROP TABLE data;--", "<script>alert(1)</script>", "**md** [a](http://x)",
    "=cmd|' /C calc'!A0", "@SUM(A1)", "+1", "-2", "rows", "count", "index", "__x", "rowid", "n", "value", "NULL", "select", "$latex$",
    ":red[x]", "a|b", "`c`", "{x}", "%s", "data", "_", "train", "live", "columns", "type", "c0", "wide",
)  # fmt: skip


def table(
    header: Any = HEADER, rows: Any = ROWS, *, delimiter: str = ",", end: str = "\n"
) -> bytes:
    """A CSV file with these names and rows."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows([header, *rows])
    return out.getvalue().encode()


def column(at: int, values: Callable[[int], object]) -> bytes:
    """The usual table with other values in one column."""
    return table(rows=[[*row[:at], values(i), *row[at + 1 :]] for i, row in enumerate(ROWS)])


def more(name: str, values: Callable[[int], object]) -> bytes:
    """The usual table with one more column."""
    return table((*HEADER, name), [[*row, values(i)] for i, row in enumerate(ROWS)])


def book(change: Callable[[Any, Any], object]) -> bytes:
    """A workbook whose first sheet holds the usual table, changed by ``change(workbook, sheet)``."""
    made = openpyxl.Workbook()
    for row in (HEADER, *ROWS):
        made.active.append(row)
    change(made, made.active)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def parquet(**columns: pa.Array) -> bytes:
    """The usual table in its types, with more columns."""
    typed: dict[str, Any] = {n: [row[i] for row in ROWS] for i, n in enumerate(HEADER)}
    typed |= {n: [float(v) for v in typed[n]] for n in ("hr", "risk")} | {
        "y": [int(v) for v in typed["y"]]
    }
    out = io.BytesIO()
    pq.write_table(pa.table(typed | columns), out)
    return out.getvalue()


def named(*names: str) -> bytes:
    """A Parquet file of numbers with exactly these names."""
    out = io.BytesIO()
    pq.write_table(pa.table([pa.array(range(30))] * len(names), names=list(names)), out)
    return out.getvalue()


def bomb() -> bytes:
    """A workbook that grows a thousandfold."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(60_000_000))
    return out.getvalue()


def broken_part() -> bytes:
    content = bytearray(parquet())
    content[200:260] = bytes(60)
    return bytes(content)


def records(**changed: Callable[[int], object]) -> bytes:
    rows = [dict(zip(HEADER, row, strict=True)) for row in ROWS]
    return json.dumps(
        [r | {k: f(i) for k, f in changed.items()} for i, r in enumerate(rows)]
    ).encode()


USUAL = table()
NOT_READ: tuple[tuple[str, Callable[[], bytes], str], ...] = (
    ("empty.csv", lambda: b"", "EMPTY_FILE"),
    ("mark_only.csv", lambda: b"\xef\xbb\xbf", "EMPTY_FILE"),
    ("blank.csv", lambda: b"\n\n  \n", "EMPTY_FILE"),
    ("header.csv", lambda: table(rows=[]), "HEADER_ONLY"),
    ("twice.csv", lambda: table(("hr", "hr"), [(1, 2)]), "DUPLICATE_COLUMNS"),
    ("case.csv", lambda: table(("hr", "HR"), [(1, 2)]), "DUPLICATE_COLUMNS"),
    ("open_quote.csv", lambda: b'"a,b,c\n1,2,3\n4,5,6\n', "BROKEN_QUOTES"),
    ("ragged.csv", lambda: USUAL + b"a,b\n" * 50, "RAGGED_ROWS"),
    (
        "marked.csv",
        lambda: b"\xef\xbb\xbf" + more("ort", lambda i: "Köln").decode().encode("cp1252"),
        "DECODE",
    ),
    ("zero_byte.csv", lambda: USUAL[:300] + b"\0" + USUAL[300:], "NOT_TEXT"),
    ("picture.csv", lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "NOT_TEXT"),
    ("gz.csv", lambda: gzip.compress(USUAL), "NOT_TEXT"),
    ("gz_of_gz.csv.gz", lambda: gzip.compress(gzip.compress(USUAL)), "NOT_TEXT"),
    ("no_gz.csv.gz", lambda: USUAL, "BROKEN_ARCHIVE"),
    ("bomb.csv.gz", lambda: gzip.compress(b"a,b\n" + b"1,2\n" * 15_000_000, 6), "ZIP_BOMB"),
    ("bomb.xlsx", bomb, "ZIP_BOMB"),
    ("csv.xlsx", lambda: USUAL, "NOT_WORKBOOK"),
    (
        "far_cell.xlsx",
        lambda: book(lambda _, sheet: sheet.__setitem__("XFD1048576", "x")),
        "TOO_LARGE",
    ),
    (
        "title.xlsx",
        lambda: book(lambda _, s: (s.insert_rows(1), s.__setitem__("A1", "Report"))),
        "EMPTY_NAME",
    ),
    ("csv.parquet", lambda: USUAL, "NOT_PARQUET"),
    ("cut.parquet", lambda: parquet()[:-100], "NOT_PARQUET"),
    ("damaged.parquet", broken_part, "DAMAGED_FILE"),
    ("twice.parquet", lambda: named("hr", "hr"), "DUPLICATE_COLUMNS"),
    ("case.parquet", lambda: named("hr", "HR"), "DUPLICATE_COLUMNS"),
    ("nameless.parquet", lambda: named("", "hr"), "EMPTY_NAME"),
    ("list.json", lambda: b"[[1, 2], 3]", "NOT_RECORDS"),
    ("word.json", lambda: b"5", "NOT_RECORDS"),
    ("key_twice.json", lambda: b'[{"a": 1, "a": 2, "b": 1}]', "DUPLICATE_COLUMNS"),
    ("wrapped.json", lambda: b'{"data": ' + records() + b"}", "NOT_RECORDS"),
    ("none.json", lambda: b"[{}]", "HEADER_ONLY"),
    ("deep.json", lambda: b"[" * 5000 + b"]" * 5000, "NOT_RECORDS"),
    ("line.ndjson", lambda: b'{"a": 1}\n{"a":', "NOT_JSON"),
)
"""Name, content, code of the error."""

Facts = dict[str, Any]


def kinds(result: Facts, name: str) -> set[str]:
    return {
        f["kind"]
        for f in result["findings"]
        if name in f["columns"] and f["verdict"] in ("alarm", "watch")
    }


def told(result: Facts, word: str) -> bool:
    return any(word in f"{n['what']} {n['why']}" for n in result["not_assessed"])


def far_year(i: int) -> datetime:
    return datetime(2026, 3, 1) + timedelta(hours=i)


READ: tuple[tuple[str, Callable[[], bytes], Callable[[Facts], bool]], ...] = (
    ("one_row.csv", lambda: table(rows=ROWS[:1]), lambda r: r["inputs"]["live"]["rows"] == 1),
    ("cr.csv", lambda: table(end="\r"), lambda r: r["inputs"]["live"]["rows"] == 120),
    ("utf16.csv", lambda: USUAL.decode().encode("utf-16"), lambda r: told(r, "UTF-16")),
    ("windows.csv", lambda: more("ort", lambda i: "Köln").decode().encode("cp1252"), lambda r: told(r, "1252")),
    ("mixed.csv", lambda: column(1, lambda i: ("12", "abc", "true", "?")[i % 4]), lambda r: "free_text_in_structured" in kinds(r, "hr")),
    ("german.csv", lambda: column(1, lambda i: f"1.{i:03d},5"), lambda r: "type_changed" in kinds(r, "hr")),
    ("infinite.csv", lambda: column(1, lambda i: "inf" if i % 4 else "80"), lambda r: "disguised_missing" in kinds(r, "hr")),
    ("endless.csv", lambda: column(1, lambda i: "-Infinity"), lambda r: "disguised_missing" in kinds(r, "hr")),
    ("digits.csv", lambda: column(1, lambda i: "9" * (15 + i % 30)), lambda r: "distribution_shift" in kinds(r, "hr")),
    ("empty_group.csv", lambda: column(2, lambda i: ""), lambda r: "always_missing" in kinds(r, "sex")),
    ("one_class.csv", lambda: column(5, lambda i: 1), lambda r: "label_shift" in kinds(r, "y")),
    ("quantity.csv", lambda: column(5, lambda i: f"{i * 0.37:.2f}"), lambda r: told(r, "unknown values")),
    ("words.csv", lambda: column(4, lambda i: "high"), lambda r: told(r, "no numbers")),
    ("percent.csv", lambda: column(4, lambda i: i), lambda r: "score_out_of_range" in kinds(r, "risk")),
    ("repeated.csv", lambda: table(rows=[*ROWS, *ROWS]), lambda r: "duplicate_rows" in {f["kind"] for f in r["findings"]}),
    ("strangers.csv", lambda: table([f"{n}_x" for n in HEADER]), lambda r: "column_missing" in kinds(r, "hr")),
    ("nested.json", lambda: records(a=lambda i: {"b": [i]}), lambda r: told(r, "NESTED_JSON")),
    ("many.xlsx", lambda: book(lambda b, _: b.create_sheet("two").append(["x"])), lambda r: told(r, "'two'")),
    ("errors.xlsx", lambda: book(lambda _, s: s.__setitem__("B3", "#N/A")), lambda r: told(r, "1 cell holds an error")),
    ("big.parquet", lambda: parquet(q=pa.array([2**63 + i for i in range(120)], pa.uint64())), lambda r: told(r, "LARGE_INTEGERS")),
    ("half.parquet", lambda: parquet(q=pa.array([1.5] * 120, pa.float32()).cast(pa.float16())), lambda r: "column_new" in kinds(r, "q")),
    ("late.parquet", lambda: parquet(recorded_at=pa.array([2**61 + i for i in range(120)], pa.timestamp("us"))), lambda r: "future_dates" in kinds(r, "recorded_at")),
    ("nano.parquet", lambda: parquet(recorded_at=pa.array([far_year(i) for i in range(120)], pa.timestamp("ns"))), lambda r: not told(r, "DATE_RANGE")),
    ("zone.parquet", lambda: parquet(recorded_at=pa.array([far_year(i) for i in range(120)], pa.timestamp("us", "Europe/Berlin"))), lambda r: "column_new" in kinds(r, "recorded_at")),
    ("nested.parquet", lambda: parquet(s=pa.array([{"a": [1]}] * 120), m=pa.array([[("a", 1)]] * 120, pa.map_(pa.string(), pa.int64()))), lambda r: "column_new" in kinds(r, "m")),
)  # fmt: skip
"""Name, content, what the result must say. Training is the usual table."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GOLIVE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.csv").write_bytes(USUAL)
    return tmp_path


@pytest.fixture(scope="module", autouse=True)
def warmed() -> None:
    """Evidently imported before a test runs: warnings are errors here."""
    from golive.compare.drift import evidently as evidently_scores

    evidently_scores.warm().join()


Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def assess(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Call:
    """``golive assess`` in this process: exit code, stdout, stderr; a check that failed inside is a failure here."""

    def call(train: object, live: object, *more: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(
            [
                "assess",
                "--no-store",
                "--out",
                "-",
                "--train",
                str(train),
                "--live",
                str(live),
                *more,
            ]
        )
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        assert not caplog.records, caplog.text
        return code, printed.out, printed.err

    return call


def errors(err: str) -> list[str]:
    return [line for line in err.splitlines() if line.startswith("error[")]


@pytest.mark.parametrize(("name", "content", "code"), NOT_READ, ids=[n for n, *_ in NOT_READ])
def test_what_cannot_be_read_is_one_clear_error(
    home: Path, assess: Call, name: str, content: Callable[[], bytes], code: str
) -> None:
    (home / name).write_bytes(content())
    exit_code, out, err = assess(name, "train.csv")
    assert (exit_code, out) == (2, ""), err
    (line,) = errors(err)
    assert line.startswith(f"error[{code}]: ")
    sentence, named_file, hint = line.partition(f"({name})")
    assert named_file
    assert sentence.strip().endswith(".")
    assert hint.strip().endswith(".")


@pytest.mark.parametrize(("name", "content", "says"), READ, ids=[n for n, *_ in READ])
def test_what_can_be_read_is_judged(
    home: Path, assess: Call, name: str, content: Callable[[], bytes], says: Callable[[Facts], bool]
) -> None:
    (home / name).write_bytes(content())
    code, out, err = assess("train.csv", name, "--label", "y", "--score", "risk")
    assert code == 0, err
    facts = json.loads(out)
    assert says(facts), (
        sorted((f["kind"], f["columns"], f["verdict"]) for f in facts["findings"]),
        facts["not_assessed"],
    )
    code, out, err = assess(name, name)
    assert code == 0, err
    assert told(json.loads(out), "the same file")


def test_a_name_may_be_anything(home: Path, assess: Call) -> None:
    for name, step in (("a.csv", 1), ("b.csv", 3)):
        rows = [
            [*((i * step + j) % 7 for j in range(len(ODD_NAMES))), *row]
            for i, row in enumerate(ROWS)
        ]
        (home / name).write_bytes(table((*ODD_NAMES, *HEADER), rows))
    code, out, err = assess("a.csv", "b.csv")
    assert code == 0, err
    listed = {c["name"] for c in json.loads(out)["columns"]}
    assert listed == {*ODD_NAMES, *HEADER}


@pytest.mark.parametrize("never", ["9999-12-31", "0001-01-01"])
def test_a_date_that_stands_for_never_leaves_the_feed_judged(
    home: Path, assess: Call, never: str
) -> None:
    days = [f"2026-03-{1 + i % 28:02d}" for i in range(len(ROWS))]
    (home / "train.csv").write_bytes(more("recorded_at", days.__getitem__))
    (home / "live.csv").write_bytes(more("recorded_at", lambda i: never if i % 3 == 0 else days[i]))
    (home / "never.csv").write_bytes(more("recorded_at", lambda i: never))
    for live in ("live.csv", "never.csv"):
        code, out, err = assess("train.csv", live)
        assert code == 0, err
        assert json.loads(out)["roles"]["time"] == "recorded_at"


def test_places_that_hold_no_file_are_named(home: Path, assess: Call) -> None:
    (home / "folder").mkdir()
    (home / "loop.csv").symlink_to("loop.csv")
    (home / "gone.csv").symlink_to("nowhere.csv")
    os.mkfifo(home / "pipe.csv")
    for place, code in (
        ("folder", "EMPTY_FOLDER"),
        ("loop.csv", "NOT_FOUND"),
        ("gone.csv", "NOT_FOUND"),
        ("pipe.csv", "NOT_A_FILE"),
        ("/dev/zero", "NOT_A_FILE"),
        ("*.nothing", "NOT_FOUND"),
        ("-", "NOT_FOUND"),
    ):
        exit_code, out, err = assess("train.csv", place)
        assert (exit_code, out) == (2, ""), err
        (line,) = errors(err)
        assert line.startswith(f"error[{code}]: ")
        assert f"Did you mean '{place}'" not in line


def test_a_path_may_hold_blanks_and_umlauts(home: Path, assess: Call) -> None:
    folder = home / "Ärzte 'Süd' [1]"
    folder.mkdir()
    (folder / 'lïve "d" %20*.csv').write_bytes(USUAL)
    assert assess("train.csv", folder)[0] == 0
    assert assess("train.csv", folder / 'lïve "d" %20*.csv')[0] == 0


def test_a_large_hole_is_refused_early(home: Path, assess: Call) -> None:
    with (home / "hole.parquet").open("wb") as file:
        file.truncate(9_000_000_000)
    code, _, err = assess("train.csv", "hole.parquet")
    assert code == 2
    assert "error[TOO_LARGE]" in err


def test_cells_that_do_not_say_where_they_stand_count_too(home: Path, assess: Call) -> None:
    """Rows of one cell and one long row: the reader would make room for the rectangle around both."""
    (home / "placed.xlsx").write_bytes(book(lambda _, sheet: None))
    sheet = (
        b"<worksheet><sheetData>"
        + b"<row><c><v>1</v></c></row>" * 4_000
        + b"<row>"
        + b"<c><v>1</v></c>" * 9_000
    )
    with (
        zipfile.ZipFile(home / "placed.xlsx") as whole,
        zipfile.ZipFile(home / "free.xlsx", "w") as changed,
    ):
        for part in whole.namelist():
            own = (
                sheet + b"</row></sheetData></worksheet>"
                if part.endswith("sheet1.xml")
                else whole.read(part)
            )
            changed.writestr(part, own)
    code, out, err = assess("train.csv", "free.xlsx")
    assert (code, out) == (2, "")
    assert "error[TOO_LARGE]: A sheet reaches to row 4,001 and column 9,000" in err


def test_rows_under_one_key_are_told_where_they_stand(home: Path, assess: Call) -> None:
    (home / "live.json").write_bytes(b'{"data": ' + records() + b"}")
    assert "its rows stand under 'data'" in assess("train.csv", "live.json")[2]

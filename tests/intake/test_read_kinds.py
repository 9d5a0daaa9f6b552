from __future__ import annotations

import json
import math
import shutil
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from golive.intake import Dataset, read
from golive.model.errors import InputError


def rows(data: Dataset) -> list[dict[str, object]]:
    return data.table.to_pyarrow().to_pylist()  # type: ignore[no-any-return]


def failure(source: Path | str, **options: str) -> InputError:
    with pytest.raises(InputError) as error, read(source, **options):  # type: ignore[arg-type]
        pass
    return error.value


def test_json_values_stay_as_written(tmp_path: Path) -> None:
    records = [
        '{"id": 1, "value": 63.0, "word": "NA", "yes": true, "none": null, "empty": ""}',
        '{"word": "?", "late": "new", "nested": {"a": [1]}}',
    ]
    expected = [
        {
            "id": "1",
            "value": "63.0",
            "word": "NA",
            "yes": "true",
            "none": None,
            "empty": None,
            "late": None,
            "nested": None,
        },
        dict.fromkeys(["id", "value", "yes", "none", "empty"])
        | {"word": "?", "late": "new", "nested": '{"a":[1]}'},
    ]
    for name, text in (("a.ndjson", "\n".join(records)), ("a.json", f"[{', '.join(records)}]")):
        (tmp_path / name).write_text(text)
        with read(tmp_path / name) as data:
            assert [{k: r[k] for k in expected[0]} for r in rows(data)] == [
                {k: e[k] for k in expected[0]} for e in expected
            ]
            assert data.kind == name.split(".")[1]
            assert [n.code for n in data.notes] == ["NESTED_JSON"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "EMPTY_FILE"),
        ("[1, 2]", "NOT_RECORDS"),
        ('[{"a": 1}, {"a": ', "NOT_JSON"),
        ("[]", "HEADER_ONLY"),
        ("nope", "NOT_JSON"),
    ],
)
def test_bad_json(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "a.json").write_text(text)
    assert [p.code for p in failure(tmp_path / "a.json").problems] == [code]


def test_a_broken_json_value_is_not_repeated(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_text('{"name": "Erika"}\n{"name": Mustermann}\n')
    assert "Mustermann" not in str(failure(tmp_path / "a.ndjson"))


def test_excel_cells_become_text(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["id", "value", "when", "yes", "word"])
    sheet.append([1, 63.5, datetime(2024, 3, 1, 10, 15), True, "NA"])
    sheet.append([2, 63.0, datetime(2024, 3, 2), False, None])
    book.create_sheet("notes").append(["ignored"])
    book.save(tmp_path / "a.xlsx")
    with read(tmp_path / "a.xlsx") as data:
        first, second = rows(data)
        assert (first["id"], first["value"], first["yes"], first["word"]) == (
            "1",
            "63.5",
            "TRUE",
            "NA",
        )
        assert (second["value"], second["yes"], second["word"]) == ("63", "FALSE", None)
        assert first["when"] == "2024-03-01 10:15:00"
        assert [n.code for n in data.notes] == ["SHEETS"]


def test_bad_workbooks(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "empty.xlsx")
    (tmp_path / "text.xlsx").write_text("a,b\n1,2\n")
    pq.write_table(pa.table({"a": [1]}), tmp_path / "parquet.xlsx")
    with zipfile.ZipFile(tmp_path / "other.xlsx", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 80_000_000)
    found = {p.name: failure(p).code for p in sorted(tmp_path.iterdir())}
    assert found == {
        "bomb.xlsx": "ZIP_BOMB",
        "empty.xlsx": "EMPTY_FILE",
        "other.xlsx": "NOT_WORKBOOK",
        "parquet.xlsx": "NOT_WORKBOOK",
        "text.xlsx": "NOT_WORKBOOK",
    }


def test_a_workbook_whose_bytes_are_damaged_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "damaged.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "xl/worksheets/sheet1.xml", "".join(f"<c>{i * 7919}</c>" for i in range(5000))
        )
    content = bytearray(file.read_bytes())
    content[60:68] = (
        b"\xff" * 8
    )  # where the compressed sheet begins: the archive's own directory stays readable
    file.write_bytes(content)
    assert failure(file).code == "NOT_WORKBOOK"


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    table = pa.table(
        {
            "f": pa.array([1.5, math.nan, math.inf], pa.float32()),
            "i": pa.array([1, None, 3], pa.int16()),
            "s": ["NA", "", None],
            "b": [True, None, False],
            "t": pa.array(
                [datetime(2024, 1, 1, 1, tzinfo=UTC)] * 3, pa.timestamp("us", "Europe/Vienna")
            ),
            "d": [date(2024, 1, 1)] * 3,
            "x": [Decimal("1.25")] * 3,
            "l": [[1], [2], []],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    with read(tmp_path / "a.parquet", name="pilot") as data:
        assert data.storage == {
            "f": "float32", "i": "int16", "s": "text", "b": "bool", "t": "timestamp", "d": "date", "x": "float64", "l": "text",
        }  # fmt: skip
        got = rows(data)
        assert [r["f"] for r in got] == [1.5, None, math.inf]
        assert [r["s"] for r in got] == ["NA", "", None]
        assert got[0]["t"] == datetime(2024, 1, 1, 1)
        assert got[0]["x"] == 1.25
        assert data.name == "pilot"
        assert [n.code for n in data.notes] == ["NAN_MISSING", "INFINITE"]


def test_bad_parquet(tmp_path: Path) -> None:
    (tmp_path / "text.parquet").write_text("a,b\n1,2\n")
    (tmp_path / "empty.parquet").touch()
    pq.write_table(pa.table({"a": pa.array([], pa.int8())}), tmp_path / "norows.parquet")
    found = {p.name: failure(p).code for p in sorted(tmp_path.iterdir())}
    assert found == {
        "empty.parquet": "EMPTY_FILE",
        "norows.parquet": "HEADER_ONLY",
        "text.parquet": "NOT_PARQUET",
    }


def test_folder_and_glob_are_one_table(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "1.csv").write_text("a,b\n1,2\n")
    (folder / "2.csv").write_text("b,a\n4,3\n")
    (folder / ".hidden").write_text("x")
    with read(folder) as data, read(str(folder / "*.csv")) as same, read(folder / "1.csv") as one:
        assert rows(data) == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]
        assert data.sha256 == same.sha256 != one.sha256
        assert data.rows == same.rows == 2
    (folder / "3.csv").write_text("a,c\n1,2\n")
    (folder / "4.csv").write_text("a,b,d\n1,2,3\n")
    assert [p.code for p in failure(folder).problems] == ["COLUMNS_DIFFER", "COLUMNS_DIFFER"]
    (folder / "5.parquet").write_text("")
    assert [p.code for p in failure(folder).problems] == ["MIXED_KINDS"]


def test_parquet_files_of_one_source_need_one_schema(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1]}), tmp_path / "1.parquet")
    pq.write_table(pa.table({"a": [2]}), tmp_path / "2.parquet")
    with read(tmp_path) as data:
        assert data.rows == 2
    pq.write_table(pa.table({"a": ["x"]}), tmp_path / "3.parquet")
    assert failure(tmp_path).code == "COLUMNS_DIFFER"


def test_sources_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "labs.csv").write_text("a,b\n1,2\n")
    (tmp_path / "labs.doc").write_text("x")
    (tmp_path / "void").mkdir()
    assert failure(tmp_path / "labz.csv").problems[0].hint == "Did you mean 'labs.csv'?"
    assert failure(str(tmp_path / "*.tsv")).code == "NOT_FOUND"
    assert failure(tmp_path / "void").code == "EMPTY_FOLDER"
    assert failure(tmp_path / "labs.doc").code == "UNKNOWN_KIND"
    assert (
        failure(tmp_path / "labs.csv", engine="postgres://u:secret@nowhere/db").code
        == "ENGINE_FILE"
    )
    assert failure("table:labs").code == "ENGINE_URL"


def test_the_same_content_has_the_same_hash(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    shutil.copy(tmp_path / "a.csv", tmp_path / "b.csv")
    with (
        read(tmp_path / "a.csv") as a,
        read(tmp_path / "b.csv") as b,
        read(tmp_path / "a.csv") as again,
    ):
        assert a.sha256 == b.sha256 == again.sha256


def test_a_table_of_a_database(tmp_path: Path) -> None:
    path = tmp_path / "pilot.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE labs AS SELECT 1 AS a, 'x' AS b, 'nan'::DOUBLE AS c")
    with read("table:labs", engine=f"duckdb://{path}") as data:
        assert (data.kind, data.engine, data.rows, data.name) == ("table", "duckdb", 1, "labs")
        assert rows(data) == [{"a": 1, "b": "x", "c": None}]
        assert [n.code for n in data.notes] == ["NAN_MISSING", "IDENTITY"]
    assert (
        failure("table:lab", engine=f"duckdb://{path}").problems[0].hint == "Did you mean 'labs'?"
    )
    assert failure("table:labs", engine=f"duckdb://{tmp_path}/none.duckdb").code == "NOT_FOUND"
    assert failure("table:labs", engine="nonsense").code == "ENGINE_URL"


def test_an_engine_never_shows_its_password() -> None:
    problem = failure("table:labs", engine="mysql://root:hunter2@127.0.0.1:1/db")
    assert problem.code in ("ENGINE_MISSING", "ENGINE_CONNECT")
    assert "hunter2" not in str(problem)


def test_numbers_in_json_keep_their_text(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps([{"v": "1,5"}, {"v": 7}, {"v": "7"}]))
    with read(tmp_path / "a.json") as data:
        assert [r["v"] for r in rows(data)] == ["1,5", "7", "7"]


@pytest.mark.parametrize("kind", ["csv", "parquet", "json"])
def test_a_name_with_brackets_is_no_pattern(tmp_path: Path, kind: str) -> None:
    """DuckDB takes ``live[1].csv`` for a pattern and reads ``live1.csv``: other data under the first one's name and hash."""
    import pandas as pd

    def write(name: str, value: int) -> Path:
        path, frame = tmp_path / f"{name}.{kind}", pd.DataFrame({"a": [value] * 30, "b": range(30)})
        if kind == "json":
            frame.to_json(path, orient="records")
        else:
            getattr(frame, f"to_{kind}")(path, index=False)
        return path

    write("live1", 9)
    with read(write("live[1]", 1)) as dataset:
        assert {str(row["a"]) for row in dataset.table.to_pyarrow().to_pylist()} == {"1"}
        assert dataset.name == f"live[1].{kind}"

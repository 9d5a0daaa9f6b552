"""Registers as files: what goes out comes back, a spreadsheet runs nothing, and a bad file says everything that is wrong."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golive.model import registers as nouns
from golive.model.columns import Noun
from golive.model.errors import InputError
from golive.model.readiness import EvidenceItem, Waiver
from golive.model.register_files import escape_cell, parse, parse_rows, to_csv, to_yaml

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
NUMBER = st.floats(0, 1e9, allow_nan=False)
KEYS = st.text("abcXYZ019-_=+@'", min_size=1, max_size=12)

SCOPE = st.builds(
    nouns.ScopeItem,
    id=KEYS,
    item=TEXT.filter(lambda t: len(t) > 0),
    status=st.sampled_from(["in", "not_doing", "deferred"]),
    reason=TEXT,
    owner=TEXT,
    revisit_on=st.none() | DAYS,
)
KPI = st.builds(
    nouns.Kpi,
    id=KEYS,
    name=st.just("n"),
    definition=TEXT,
    baseline=st.none() | NUMBER,
    target=st.none() | NUMBER,
)
TRAINING = st.builds(
    nouns.Training, id=KEYS, role=TEXT, passed=st.booleans(), trained_on=st.none() | DAYS
)
EVIDENCE = st.builds(
    EvidenceItem,
    id=KEYS,
    criterion=st.just("DAT-04"),
    claim_level=st.integers(0, 4),
    grade=st.sampled_from(["E0", "E1", "E2", "E3", "E4"]),
    owner=TEXT,
    note=TEXT,
    issued=st.none() | DAYS,
)
REGISTERS: list[tuple[type[Noun], Any]] = [
    (nouns.ScopeItem, SCOPE),
    (nouns.Kpi, KPI),
    (nouns.Training, TRAINING),
    (EvidenceItem, EVIDENCE),
]


@pytest.mark.parametrize(("noun", "rows"), REGISTERS, ids=lambda v: getattr(v, "__name__", ""))
@settings(deadline=None)  # the first example may wait for an import
@given(data=st.data())
def test_what_goes_out_comes_back(noun: type[Noun], rows: Any, data: st.DataObject) -> None:
    items = tuple(data.draw(st.lists(rows, max_size=5, unique_by=lambda r: r.id)))
    assert parse(to_yaml(items).encode(), "r.yaml", noun) == items
    assert parse(to_csv(items, noun).encode(), "r.csv", noun) == items


@given(TEXT)
def test_no_cell_starts_as_a_formula(text: str) -> None:
    assert not escape_cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def _codes(data: bytes, name: str, noun: type[Noun]) -> list[str]:
    with pytest.raises(InputError) as caught:
        parse(data, name, noun)
    return [p.code for p in caught.value.problems]


def test_every_problem_of_a_file_is_told_with_its_row() -> None:
    text = "id,item,status,owners,revisit_on\na,x,maybe,,2026-99-01\nb,,in,lead,\na,y,in,,\n"
    with pytest.raises(InputError) as caught:
        parse(text.encode(), "scope.csv", nouns.ScopeItem)
    said = [(p.code, p.where) for p in caught.value.problems]
    assert ("REGISTER_VALUE", "scope.csv, row 1 'a'") in said
    assert ("REGISTER_FIELD", "scope.csv, row 2 'b'") in said
    assert len(said) >= 4
    assert any("Did you mean 'owner'" in p.hint for p in caught.value.problems)


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"\xff\xfe\x00", "r.csv", "REGISTER_ENCODING"),
        (b"item\nx\n", "r.csv", "REGISTER_CSV"),
        (b"", "r.csv", "REGISTER_CSV"),
        (b"a: [", "r.yaml", "REGISTER_YAML"),
        (b"just words", "r.yaml", "REGISTER_YAML"),
        (b"- {id: a, item: x}\n- {id: a, item: y}\n", "r.yaml", "REGISTER_TWICE"),
        (b"id,item\na,x,and more\n", "r.csv", "REGISTER_FIELD"),
    ],
)
def test_files_that_are_no_register(data: bytes, name: str, code: str) -> None:
    assert code in _codes(data, name, nouns.ScopeItem)


def test_a_waiver_is_named_by_its_criterion() -> None:
    waiver = Waiver(
        criterion="CLN-04",
        compensating_control="adults only",
        owner="lead",
        approver="chief",
        starts=date(2026, 1, 1),
        expires=date(2026, 2, 1),
    )
    assert parse(to_csv([waiver], Waiver).encode(), "w.csv", Waiver) == (waiver,)
    twice = to_yaml([waiver, waiver])
    assert _codes(twice.encode(), "w.yaml", Waiver) == ["REGISTER_TWICE"]


def test_an_empty_yaml_is_an_empty_register() -> None:
    assert parse(b"", "r.yaml", nouns.ScopeItem) == ()
    assert parse(to_yaml([]).encode(), "r.yaml", nouns.ScopeItem) == ()


@pytest.mark.parametrize("name", ["r.csv", "r.yaml"])
def test_a_row_carries_the_revision_that_it_was_taken_at(name: str) -> None:
    items = (nouns.ScopeItem(id="a", item="adults"), nouns.ScopeItem(id="b", item="=children"))
    known = {"a": 3}
    text = to_csv(items, nouns.ScopeItem, known) if name.endswith("csv") else to_yaml(items, known)
    rows = parse_rows(text.encode(), name, nouns.ScopeItem)
    assert [(r.item, r.revision) for r in rows] == [(items[0], 3), (items[1], None)]
    assert parse(text.encode(), name, nouns.ScopeItem) == items


def test_a_revision_that_is_none_and_wrong_rows_are_named_together() -> None:
    text = "- {id: a, item: x, revision: soon}\n- {id: b, itm: y, revision: 2}\n"
    with pytest.raises(InputError) as caught:
        parse_rows(text.encode(), "r.yaml", nouns.ScopeItem)
    assert {p.where for p in caught.value.problems} == {"r.yaml, row 1", "r.yaml, row 2 'b'"}
    assert "'revision' is 'soon'" in str(caught.value)


def test_a_spreadsheet_of_another_country_is_read() -> None:
    text = "id;item;reason\r\na;Adults;age, sex\r\n".encode("utf-8-sig")
    assert parse(text, "r.csv", nouns.ScopeItem) == (
        nouns.ScopeItem(id="a", item="Adults", reason="age, sex"),
    )
    assert parse(b"id\titem\na\tx\n", "r.csv", nouns.ScopeItem)[0].item == "x"


def test_what_is_allowed_is_said_in_words() -> None:
    text = b"id,item,status,revisit_on\na,x,maybe,31.12.2026\n"
    with pytest.raises(InputError) as caught:
        parse(text, "r.csv", nouns.ScopeItem)
    assert [p.sentence for p in caught.value.problems] == [
        "'status' is 'maybe': allowed are 'in', 'not_doing' or 'deferred'.",
        "'revisit_on' is '31.12.2026': a date is written like 2026-11-20.",
    ]
    with pytest.raises(InputError, match="The file is empty"):
        parse(b"\n", "r.csv", nouns.ScopeItem)

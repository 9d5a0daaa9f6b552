"""The Data page with odd files: each is told in words or judged, and what is stored stays as it was."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from data_page import PAGE, texts, upload

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import test_bad_input_matrix as matrix
from golive.model.columns import Roles
from golive.model.config import Config

# ibis 12 calls a method that duckdb 1.5 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")


def test_no_odd_file_breaks_the_page_or_reaches_the_store(open_page: Any, store: Any) -> None:
    app = upload(open_page(PAGE), "train", "train.csv", matrix.USUAL)
    one_of_each = {code: (name, content, code) for name, content, code in matrix.NOT_READ}
    for name, content, code in one_of_each.values():
        app = upload(app, "live", name, content())
        said = texts(app)
        assert not app.exception, name
        assert code in said, (name, said)
        assert f"({name})" in said, (name, said)
        assert "120 rows, 6 columns" in said, name
        assert not [b for b in app.button if b.label.startswith("Assess")], name
        app = app.button(key="replace_live").click().run()
    for name, content in ((n, c) for n, c, _ in matrix.READ if not n.endswith(".csv")):
        app = upload(app, "live", name, content())
        assert not app.exception, name
        assert [b for b in app.button if b.label.startswith("Assess")], (name, texts(app))
        app = app.button(key="replace_live").click().run()
    assert not store.list()


@pytest.mark.parametrize("name", ["infinite.csv", "late.parquet", "big.parquet"])
def test_an_odd_file_is_assessed_and_told(open_page: Any, store: Any, name: str) -> None:
    content = next(c for n, c, _ in matrix.READ if n == name)
    app = upload(open_page(PAGE), "train", "train.csv", matrix.USUAL)
    app = upload(app, "live", name, content())
    next(b for b in app.button if b.label.startswith("Assess")).click()
    app.run(timeout=60)
    assert not app.exception, app.exception
    (card,) = store.list()
    assert card.live_rows == 120


def test_a_damaged_training_file_is_told_under_its_own_name(open_page: Any, store: Any) -> None:
    app = upload(open_page(PAGE), "train", "mine.parquet", matrix.broken_part())
    assert not app.exception, app.exception
    assert "DAMAGED_FILE" in texts(app)
    assert "(mine.parquet)" in texts(app)


def test_a_role_that_does_not_fit_leaves_the_table_in_which_it_is_changed(
    open_page: Any, store: Any
) -> None:
    app = open_page(PAGE)
    app.session_state["draft_config"] = Config(
        project="pilot", roles=Roles(label="note", score="risk")
    )
    notes = matrix.more("note", lambda i: f"patient {i} was seen in ward {i % 7} with cough")
    app = upload(app, "train", "train.csv", notes)
    app = upload(app, "live", "live.csv", notes)
    assert not app.exception
    said = texts(app)
    assert "ROLE_TYPE" in said
    assert "What each column is" in "".join(e.value for e in app.subheader)
    app = app.run()  # what was worked out is kept, and so is the answer
    next(b for b in app.button if b.label.startswith("Assess")).click()
    app.run(timeout=60)
    assert not app.exception, app.exception
    assert len(store.list()) == 1

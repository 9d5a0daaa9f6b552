"""Data: two files in, roles shown with reasons, every problem at once, nothing lost, a stored session at the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from data_page import PAGE, texts, upload

# ibis 12 calls a method that duckdb 1.5 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

ROWS = 400


def csv(seed: int, *, rows: int = ROWS, missing: float = 0.0) -> bytes:
    """A small table: two numbers, a category, a label; ``missing`` is the share of empty heart rates."""
    rng = np.random.default_rng(seed)
    lines = ["age,heart_rate,arrival,died"]
    for age, rate, gone, arrival, died in zip(
        rng.integers(18, 95, rows),
        rng.normal(88, 12, rows),
        rng.random(rows),
        rng.choice(["walk-in", "ambulance"], rows),
        rng.integers(0, 2, rows),
        strict=True,
    ):
        lines.append(f"{age},{'' if gone < missing else f'{rate:.1f}'},{arrival},{died}")
    return "\n".join(lines).encode()


def test_empty_shows_two_zones_training_first_and_the_sample(open_page: Any, store: Any) -> None:
    app = open_page(PAGE)
    assert not app.exception
    assert [u.label for u in app.file_uploader] == [
        "What the model was trained on",
        "What the model receives now",
    ]
    assert app.button(key="use_sample").label == "Use the sample files"


def test_two_files_become_a_session(open_page: Any, store: Any, home: Path) -> None:
    app = upload(open_page(PAGE), "train", "train.csv", csv(1))
    assert "400 rows, 4 columns" in texts(app)
    assert "Bring live data" in texts(app)
    assert not [b for b in app.button if b.label.startswith("Assess")]

    app = upload(app, "live", "live.csv", csv(2, rows=300, missing=0.5))
    assess = next(b for b in app.button if b.label.startswith("Assess"))
    assert assess.label == "Assess 300 live rows"
    assert not app.exception
    assess.click()
    app.run(timeout=90)
    assert not app.exception, app.exception
    assert not app.error
    (card,) = store.list()
    assert (card.train_rows, card.live_rows, card.actor, card.sample) == (400, 300, "local", False)
    assert app.session_state["open_session"] == card.session
    result = store.load(card.session)
    column = result.column("heart_rate")
    assert column is not None
    assert column.live is not None
    assert column.live.missing_share > 0.4
    assert any(f.kind == "missing_up" and f.columns == ("heart_rate",) for f in result.findings)
    # The rows are in the session's folder and in no other file.
    assert {path.parent.parent.name for path in home.rglob("*.csv")} <= {"uploads", "samples"}


def test_problems_of_both_files_are_told_at_once_and_the_good_file_stays(
    open_page: Any, store: Any
) -> None:
    app = upload(open_page(PAGE), "train", "train.csv", b"a,a,\n1,2,3\n")
    app = upload(app, "live", "live.csv", b"")
    said = texts(app)
    assert not app.exception
    assert "DUPLICATE_COLUMNS" in said
    assert "EMPTY" in said
    assert len(app.error) >= 2
    app.button(key="replace_train").click().run()
    app = upload(app, "train", "train.csv", csv(1))
    said = texts(app)
    assert "400 rows, 4 columns" in said
    assert "DUPLICATE_COLUMNS" not in said


def test_a_problem_names_the_file_as_its_owner_does_and_says_its_size_in_words(
    open_page: Any, store: Any
) -> None:
    app = upload(open_page(PAGE), "train", "mine.csv", b"a,a\n1,2\n")
    said = texts(app)
    assert "(mine.csv)" in said
    assert "**mine.csv** · 8 bytes" in said


def test_a_kind_of_file_that_is_not_read_is_refused_in_words(open_page: Any, home: Path) -> None:
    app = upload(open_page(PAGE), "train", "notes.docx", b"PK")
    said = texts(app)
    assert "'.docx' is not a kind of file that is read." in said
    assert "UNKNOWN_KIND" in said
    assert not list(home.rglob("*.docx"))
    app = upload(app, "train", "labs.jsonl", b'{"a": 1, "b": 2}\n' * 30)
    said = texts(app)
    assert "UNKNOWN_KIND" not in said
    assert "30 rows, 2 columns" in said


def test_a_pilot_without_a_name_is_asked_for_one(open_page: Any, store: Any) -> None:
    app = open_page(PAGE)
    app.text_input(key="pilot_name").set_value("heart-failure").run()
    assert app.session_state["draft_config"].project == "heart-failure"
    assert "Pilot **heart-failure**" in texts(app)
    assert not app.text_input


def test_live_data_alone_says_what_is_missing(open_page: Any, store: Any) -> None:
    assert "Bring training data too" in texts(upload(open_page(PAGE), "live", "live.csv", csv(1)))


def test_the_limit_is_checked_by_the_service(
    open_page: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from golive.ui.shell import cache

    monkeypatch.setenv("GOLIVE_MAX_UPLOAD_MB", "1")
    cache.release()
    app = upload(open_page(PAGE), "train", "train.csv", b"a,b\n" + b"1,2\n" * 300_000)
    assert "FILE_TOO_LARGE" in texts(app)
    assert not list(home.rglob("*.csv"))


def test_what_a_missing_role_would_unlock_is_said(open_page: Any, store: Any) -> None:
    app = upload(open_page(PAGE), "train", "train.csv", csv(1))
    labels = [e.label for e in app.expander]
    assert any("more roles would unlock" in label for label in labels)
    assert "**Site**: which site carries a change" in texts(app)


def test_a_viewer_is_told_what_it_takes(open_page: Any, store: Any) -> None:
    app = open_page(
        PAGE, user={"is_logged_in": True, "email": "v@example.org", "roles": ["viewer"]}
    )
    assert not app.exception
    assert "ROLE" in app.error[0].value
    assert not app.file_uploader

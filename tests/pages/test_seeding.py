"""The sample session is made once in a process, whoever asks for it, and pages wait for it with its progress."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sample_assessment as made

from golive import sample_session
from golive.model.errors import InputError, Problem
from golive.ui.shell import seeding


class Slow:
    """Stands in for ``sample_session.ensure``: writes into the store first, as the real one does, and saves when let go."""

    def __init__(self) -> None:
        self.calls = 0
        self.let_go = threading.Event()

    def __call__(self, store: Any, progress: Any = None, **_: Any) -> str:
        self.calls += 1
        sample_session._write_registers(store, "ed-sepsis-alert", sample_session.DEFAULT)
        progress(0.4, "profiling live data, column 23 of 50")
        assert self.let_go.wait(60)
        return str(store.save(made.assessment(), config=made.CONFIG, actor="sample", sample=True))


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    stand_in = Slow()
    monkeypatch.setattr(sample_session, "ensure", stand_in)
    return stand_in


def test_whoever_asks_waits_for_the_same_session(store: Any, slow: Slow) -> None:
    told: list[tuple[float, str]] = []
    with ThreadPoolExecutor(3) as pool:
        waiting = [
            pool.submit(seeding.start(store).follow, lambda f, s: told.append((f, s)))
            for _ in range(3)
        ]
        while (0.4, "profiling live data, column 23 of 50") not in told:
            time.sleep(0.05)
        assert seeding.under_way(store)
        slow.let_go.set()
        sessions = {w.result(60) for w in waiting}
    assert slow.calls == 1
    assert sessions == {store.list(limit=1)[0].session}
    assert not seeding.under_way(store)


def test_overview_waits_for_a_session_that_the_server_has_begun(
    store: Any, slow: Slow, open_page: Any
) -> None:
    begun = seeding.start(store)
    while not store.audit(limit=1):  # the store has held something by now, and no session yet
        time.sleep(0.05)
    threading.Timer(1.0, slow.let_go.set).start()
    app = open_page()
    assert not app.exception
    assert slow.calls == 1
    assert app.query_params["session"] == begun.follow(lambda *_: None)
    assert "Nothing assessed yet" not in [title.value for title in app.title]


@pytest.mark.parametrize(
    "page", ["pages/pilot/data.py", "pages/pilot/start.py", "pages/history/sessions.py"]
)
def test_pages_without_a_session_do_not_wait(
    page: str, store: Any, slow: Slow, open_page: Any
) -> None:
    begun = seeding.start(store)
    app = open_page(page)
    assert not app.exception
    assert seeding.under_way(store)
    slow.let_go.set()
    begun.follow(lambda *_: None)


def test_what_went_wrong_reaches_the_one_who_waits(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> str:
        raise InputError(
            Problem("SAMPLE_FOLDER", "The sample cannot be written.", "Free some space.")
        )

    monkeypatch.setattr(sample_session, "ensure", fail)
    with pytest.raises(InputError) as caught:
        seeding.start(store).follow(lambda *_: None)
    assert caught.value.code == "SAMPLE_FOLDER"
    assert not seeding.under_way(store)


def test_two_processes_write_the_sample_whole(tmp_path: Path) -> None:
    folder = tmp_path / "samples" / "one"
    with ThreadPoolExecutor(2) as pool:
        for done in [
            pool.submit(sample_session._write, sample_session.DEFAULT, folder, 300)
            for _ in range(2)
        ]:
            done.result(120)
    assert sorted(f.name for f in folder.iterdir()) == sorted(sample_session._FILES)
    assert [f.name for f in folder.parent.iterdir()] == ["one"]
    (folder / "truth.yaml").unlink()
    sample_session._write(sample_session.DEFAULT, folder, 300)
    assert (folder / "truth.yaml").is_file()

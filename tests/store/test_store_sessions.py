"""Sessions: what is saved is what is loaded, by many threads at once, and nothing is lost or doubled by a crash."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from golive.model.config import ColumnConfig, Config
from golive.model.errors import GoLiveError
from golive.model.measured.groups import Group
from golive.model.measured.performance import Performance
from golive.model.measured.service import AlertLoad
from golive.model.result import Assessment, NotAssessed
from golive.store import Store

Build = Callable[..., Assessment]
TESTS = Path(__file__).parent


def test_what_is_saved_is_loaded(store: Store, build: Build, config: Config) -> None:
    assessment = build()
    assert store.save(assessment, config=config, actor="ana") == assessment.session
    assert store.load(assessment.session) == assessment
    assert store.config_of(assessment.session) == config


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
SHARE = st.floats(0, 1)


@given(
    st.tuples(TEXT, TEXT),
    st.tuples(NUMBER, SHARE),
    st.dictionaries(TEXT, st.none() | NUMBER | TEXT, max_size=3),
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_words_and_numbers_come_back_as_they_were(
    store: Store,
    build: Build,
    words: tuple[str, str],
    numbers: tuple[float, float],
    held: dict[str, float | str | None],
) -> None:
    what, why = words
    score, floor = numbers
    base = build()
    performance = Performance(
        alerts=AlertLoad(
            where=what, per_day={k: v for k, v in held.items() if not isinstance(v, str)}
        ),
        subgroups=tuple(Group(by=k, value=v) for k, v in held.items() if isinstance(v, str)),
    )
    column = base.columns[0].model_copy(
        update={"drift": base.columns[0].drift.model_copy(update={"score": score})}
    )
    assessment = base.model_copy(
        update={
            "columns": (column,),
            "not_assessed": (NotAssessed(what=what, why=why),),
            "performance": performance,
            "session": str(uuid4()),
        }
    )
    config = Config(floors={what: floor}, columns={why: ColumnConfig(range=(0, float("inf")))})
    store.save(assessment, config=config, actor=why, title=what)
    assert store.load(assessment.session) == assessment
    assert store.config_of(assessment.session) == config
    assert store.card(assessment.session).title == what


def test_a_session_survives_closing_the_store(tmp_path: Path, build: Build, config: Config) -> None:
    assessment = build()
    with Store(tmp_path / "s.duckdb") as store:
        store.save(assessment, config=config, actor="ana")
    with Store(tmp_path / "s.duckdb") as store:
        assert store.load(assessment.session) == assessment
        assert store.verify_audit().ok


def test_the_card_carries_what_a_list_shows(store: Store, build: Build, config: Config) -> None:
    assessment = build()
    store.save(assessment, config=config, actor="ana", sample=True, title="night run")
    (card,) = store.list()
    assert (card.session, card.project, card.title, card.actor) == (
        assessment.session,
        "ed-sepsis-alert",
        "night run",
        "ana",
    )
    assert (card.verdict, card.index, card.low, card.high, card.coverage) == (
        "pilot",
        44.25,
        41,
        52,
        0.94,
    )
    assert (card.alarm, card.watch, card.quiet, card.cannot_judge) == (1, 1, 0, 0)
    assert (card.train_name, card.train_rows, card.live_name, card.live_rows) == (
        "train.csv",
        303,
        "live.csv",
        200,
    )
    assert card.sample
    assert card.created_at.isoformat() == "2026-11-20T10:00:00+00:00"


def test_sessions_are_listed_newest_first_by_project(
    store: Store, build: Build, config: Config
) -> None:
    for day, project in ((1, "a"), (3, "a"), (2, "b")):
        store.save(
            build(created_at=f"2026-11-0{day}T10:00:00Z", project=project),
            config=config,
            actor="ana",
        )
    assert [c.created_at.day for c in store.list()] == [3, 2, 1]
    assert [c.created_at.day for c in store.list("a")] == [3, 1]
    assert [c.created_at.day for c in store.list(limit=1)] == [3]
    assert store.list("none") == ()
    assert store.projects() == ("a", "b")


def test_scoring_again_appends_a_revision(store: Store, build: Build, config: Config) -> None:
    first = build()
    store.save(first, config=config, actor="ana", title="kept")
    better = first.model_copy(
        update={"readiness": first.readiness.model_copy(update={"index": 60.0})}
    )
    assert store.rescore(better, config=config, actor="ben", reason="rollback drill added") == 2
    assert store.load(first.session) == better
    assert store.load(first.session, 1) == first
    (card,) = store.list()
    assert (card.revision, card.index, card.title, card.train_rows) == (2, 60.0, "kept", 303)
    assert [(r.revision, r.actor, r.reason) for r in store.history(first.session)] == [
        (2, "ben", "rollback drill added"),
        (1, "ana", ""),
    ]
    assert store.verify_audit().ok


def test_wrong_session_ids_are_told_apart(store: Store, build: Build, config: Config) -> None:
    ids = ["aaaa1111-0000", "aaaa2222-0000", "bbbb3333-0000"]
    for name in ids:
        store.save(build(session=name), config=config, actor="ana")
    assert store.load("bbbb").session == ids[2]
    for given_id, code in (
        ("aaaa", "SESSION_AMBIGUOUS"),
        ("bbb", "SESSION_UNKNOWN"),
        ("zzzz", "SESSION_UNKNOWN"),
    ):
        with pytest.raises(GoLiveError) as caught:
            store.load(given_id)
        assert caught.value.code == code
    with pytest.raises(GoLiveError) as caught:
        store.load(ids[0], 7)
    assert caught.value.code == "SESSION_UNKNOWN"
    with pytest.raises(GoLiveError) as caught:
        store.save(build(session=ids[0]), config=config, actor="ana")
    assert caught.value.code == "SESSION_EXISTS"
    with pytest.raises(GoLiveError) as caught:
        store.rescore(build(session="nowhere"), config=config, actor="ana", reason="")
    assert caught.value.code == "SESSION_UNKNOWN"
    assert len(store.list()) == 3


def test_a_deleted_session_leaves_only_its_audit_line(
    store: Store, build: Build, config: Config
) -> None:
    kept, gone = build(), build(findings=())
    for assessment in (kept, gone):
        store.save(assessment, config=config, actor="ana", title="secret title")
    assert store.delete(gone.session, actor="ben") == gone.session
    assert [c.session for c in store.list()] == [kept.session]
    with pytest.raises(GoLiveError):
        store.load(gone.session)
    line = store.audit(1)[0]
    assert (line.action, line.subject, line.actor, line.detail) == (
        "session.delete",
        gone.session,
        "ben",
        {"revisions": 1},
    )
    assert "secret" not in " ".join(str(a) for a in store.audit())
    assert store.verify_audit().ok


def test_eight_threads_save_at_once(tmp_path: Path, build: Build, config: Config) -> None:
    with Store(tmp_path / "s.duckdb") as store, ThreadPoolExecutor(8) as pool:
        wanted = [build() for _ in range(64)]
        saved = list(pool.map(lambda a: store.save(a, config=config, actor="thread"), wanted))
        loaded = list(pool.map(store.load, saved))
        assert loaded == wanted
        assert len(store.list(limit=100)) == 64
        check = store.verify_audit()
        assert (check.ok, check.lines) == (True, 64)


WRITER = """
    import sys
    from pathlib import Path
    sys.path.insert(0, {tests!r})
    from stored_assessment import make_assessment
    from golive.model.config import Config
    from golive.store import Store
    store = Store(Path({path!r}))
    while True:
        print(store.save(make_assessment(), config=Config(), actor="writer"), flush=True)
"""


def _writer(path: Path) -> subprocess.Popen[str]:
    code = textwrap.dedent(WRITER.format(tests=str(TESTS), path=str(path)))
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)


def test_kill_in_the_middle_of_a_write_loses_and_doubles_nothing(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    confirmed: list[str] = []
    for saves in (1, 7, 23):
        with _writer(path) as writer:
            assert writer.stdout is not None
            confirmed += [writer.stdout.readline().strip() for _ in range(saves)]
            os.kill(writer.pid, signal.SIGKILL)
            confirmed += [line.strip() for line in writer.stdout if len(line.strip()) == 36]
        with Store(path) as store:
            stored = [card.session for card in store.list(limit=10_000)]
            assert len(stored) == len(set(stored))
            assert set(confirmed) <= set(stored)
            # At most one write was made and not yet confirmed when each writer died.
            assert len(stored) - len(confirmed) <= 3
            assert all(store.load(session).session == session for session in stored)
            check = store.verify_audit()
            assert (check.ok, check.lines) == (True, len(stored))


def test_a_second_process_is_told_that_the_store_is_busy(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    with _writer(path) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        with pytest.raises(GoLiveError) as caught:
            Store(path)
        assert (caught.value.code, caught.value.exit_code) == ("STORE_BUSY", 3)
        assert "--no-store" in str(caught.value)
        writer.kill()


def test_one_process_shares_one_file(tmp_path: Path, build: Build, config: Config) -> None:
    path = tmp_path / "s.duckdb"
    with Store(path) as one, Store(path) as two:
        session = one.save(build(), config=config, actor="ana")
        assert two.load(session).session == session
        two.close()
        two.close()
        assert one.load(session).session == session
    with pytest.raises(GoLiveError) as caught, Store(path, key="k" * 16), Store(path):
        pass
    assert caught.value.code in {"STORE_KEY", "STORE_ENCRYPTION"}

"""The app as AppTest runs it: every page through ``app.py``, with a store of its own and nothing cached.

What these tests are for: that each page draws in every state (empty, sample, error) and for every role, and that what a
button does reaches the store. What a figure or a number says is tested where it is made.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "ui"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of its own for the app."""
    from golive.ui.shell import cache

    for name in list(os.environ):
        if name.startswith("GOLIVE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GOLIVE_HOME", str(tmp_path))
    cache.release()
    yield tmp_path
    cache.release()


@pytest.fixture
def store(home: Path) -> Any:
    """The store that the app under test uses."""
    from golive.ui.shell import cache

    return cache.store()


@pytest.fixture
def seeded(store: Any) -> Any:
    """The store with two sessions of one pilot, the second better than the first."""
    import sample_assessment as made

    from golive.model.readiness import ReadinessVerdict

    store.save(made.assessment(), config=made.CONFIG, actor="local")
    later = made.assessment(
        session="00000000-0000-4000-8000-000000000002", verdict=ReadinessVerdict.CONDITIONAL
    )
    later = later.model_copy(
        update={"findings": later.findings[2:], "created_at": "2026-11-21T08:30:00Z"}
    )
    store.save(later, config=made.CONFIG, actor="local")
    return store


Open = Callable[..., Any]


@pytest.fixture
def open_page(home: Path) -> Open:
    """Open a page of the app: ``open_page("pages/pilot/define.py", user={...}, session="...")``."""
    from streamlit.testing.v1 import AppTest

    def run(
        page: str | None = None, *, user: dict[str, Any] | None = None, session: str | None = None
    ) -> Any:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        if user is not None:
            app.user = user  # type: ignore[assignment]
        if session is not None:
            app.query_params["session"] = session
        if page is None:
            return app.run()
        # The first run registers the pages; it must not wait for the sample that an empty store opens by itself.
        app.switch_page(page)
        return app.run()

    return run


@pytest.fixture
def no_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample cannot be prepared, so that an empty store stays empty."""
    from golive import sample_session
    from golive.model.errors import InputError, Problem

    def fail(*_: object, **__: object) -> str:
        raise InputError(
            Problem("SAMPLE_FOLDER", "The sample cannot be written.", "Free some space.")
        )

    monkeypatch.setattr(sample_session, "ensure", fail)

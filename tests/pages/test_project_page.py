"""On Sessions and Trend: a pilot as one file, lineage of a session, and what changed in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from golive.model.errors import ForbiddenError, InputError
from golive.store import Decision, Store
from golive.ui.pilot import project_view
from golive.ui.shell.guards import ROLES, Identity

PAGE = "pages/history/sessions.py"
FIRST = "00000000-0000-4000-8000-000000000001"


def words(app: Any) -> str:
    return "\n".join(e.value for kind in (app.markdown, app.caption, app.subheader) for e in kind)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_and_may_do_its_part(
    open_page: Any, seeded: Any, tmp_path: Path, role: str
) -> None:
    app = open_page(PAGE, user={"is_logged_in": True, "email": "a@example.org", "roles": [role]})
    assert not app.exception
    assert ("A whole pilot as one file" in [e.label for e in app.expander]) is (role != "viewer")
    assert bool(app.get("file_uploader")) is (role == "admin")
    who, project = Identity("someone", role, signed_in=True), seeded.projects()[0]
    if role == "viewer":
        with pytest.raises(ForbiddenError):
            project_view.export_project(seeded, who, project)
        return
    data = project_view.export_project(seeded, who, project)
    with Store(tmp_path / "other.duckdb") as other:
        if role == "reviewer":
            with pytest.raises(ForbiddenError):
                project_view.import_project(other, who, data)
            return
        assert "2 new sessions" in project_view.import_project(other, who, data)
        assert other.audit(1)[0].actor == "someone"
        with pytest.raises(InputError):
            project_view.import_project(other, who, b"no zip")


def test_lineage_goes_back_to_the_data_and_forward_to_decisions(
    open_page: Any, seeded: Any
) -> None:
    project = seeded.projects()[0]
    item = Decision(
        finding="missing_up:heart_rate", action="fix", owner="the interface team", session=FIRST
    )
    seeded.put_decision(item, project=project, actor="ben")
    app = open_page(PAGE)
    app.button(key=f"lineage_{FIRST}").click().run()
    assert not app.exception
    told = app.table[0].value.set_index("")["Value"]
    card = seeded.card(FIRST)
    assert card.train_sha256 in told["Training data"]
    assert card.live_sha256 in told["Live data"]
    assert {"Model version", "Policy", "Configuration", "GoLive"} <= set(told.index)
    assert "the interface team" in words(app)


def test_the_trend_page_says_what_changed_in_words(open_page: Any, seeded: Any) -> None:
    app = open_page("pages/history/trend.py")
    assert not app.exception
    labels = [e.label for e in app.expander]
    assert len(labels) == 1
    assert (
        labels[0]
        .replace("\\", "")
        .startswith("21 Nov 2026: Better: Pilot before, Conditional now.")
    )
    assert "no longer found" in labels[0]


def test_the_age_limit_is_said(
    open_page: Any, seeded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from golive.ui.shell import cache

    monkeypatch.setenv("GOLIVE_RETENTION_DAYS", "365")
    cache.current_settings.clear()
    said = words(open_page(PAGE))
    assert (
        "Sessions older than 365 days are deleted, ended alerts and what batches showed too" in said
    )

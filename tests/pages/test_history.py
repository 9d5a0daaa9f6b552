"""Monitors, Trend and Audit: each draws in every state and for every role, and what a button does reaches the store."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sample_assessment as made

from golive.model.errors import ForbiddenError, InputError
from golive.model.finding import Route, Severity
from golive.model.monitoring import Alert, Batch, Watch
from golive.model.readiness import ReadinessVerdict
from golive.model.registers import Event
from golive.store.monitors import Changes
from golive.store.registers import EVENTS
from golive.ui.figures.trend import Mark, TrendPoint, describe_trend, trend
from golive.ui.history import monitors
from golive.ui.shell.guards import Identity
from golive.wording.labels import LIGHT

SLOT = datetime(2026, 11, 18, tzinfo=UTC)
REVIEWER = Identity("r", "reviewer", signed_in=True)


def words(app: Any) -> str:
    kinds = (
        app.markdown,
        app.caption,
        app.subheader,
        app.info,
        app.warning,
        app.success,
        app.error,
    )
    return "\n".join(element.value for kind in kinds for element in kind)


def an_alert(**changes: Any) -> Alert:
    facts = {
        "id": "a1",
        "monitor": "nightly",
        "kind": "unit_change",
        "columns": ("creatinine",),
        "streams": ("values:creatinine",),
        "consequences": ("score_shift",),
        "severity": Severity.CRITICAL,
        "route": Route.ENGINEERING,
        "title": "Unit change in creatinine",
        "onset": SLOT,
        "opened": SLOT,
        "last": SLOT,
        "opened_at": SLOT,
    }
    return Alert.model_validate({**facts, **changes})


@pytest.fixture
def watched(seeded: Any) -> Any:
    """The store of two sessions with a monitor, five batches and an open alert."""
    project = seeded.projects()[0]
    for number in range(5):
        batch = Batch(
            id=f"{number:064d}",
            monitor="nightly",
            name=f"b{number}.csv",
            slot=SLOT - timedelta(days=4 - number),
            state="assessed",
            rows=100,
            verdict=ReadinessVerdict.PILOT,
            index=40.0 + number,
            low=38.0 + number,
            high=45.0 + number,
            drift={"creatinine": 0.1 * number},
            dimensions={"DAT": 50.0},
            metrics={"auroc": 0.8},
        )
        seeded.monitors.judged(
            batch, lambda _: Changes(), project=project, actor="scheduler", recent=1
        )
    seeded.monitors.decided(
        lambda _: Changes((an_alert(),)), project=project, monitor="nightly", actor="scheduler"
    )
    watch = Watch(
        id="nightly",
        file="monitor.yaml",
        baseline="v1",
        every_seconds=86_400,
        last_run=SLOT,
        next_expected=SLOT + timedelta(days=2),
        problems=("b9.csv: EMPTY_FILE",),
    )
    seeded.monitors.ran(watch, project=project, actor="scheduler")
    seeded.registers.put(
        EVENTS,
        Event(id="e1", kind="model_version_change", on=date(2026, 11, 16)),
        project=project,
        actor="r",
    )
    return seeded


@pytest.mark.parametrize("page", ["monitors", "trend", "audit"])
def test_an_empty_store_says_what_is_missing(open_page: Any, store: Any, page: str) -> None:
    app = open_page(f"pages/history/{page}.py")
    assert not app.exception
    assert words(app)


@pytest.mark.parametrize("role", ["viewer", "reviewer", "admin"])
def test_monitors_and_alerts_are_shown_and_only_reviewers_act(
    open_page: Any, watched: Any, role: str
) -> None:
    app = open_page(
        "pages/history/monitors.py",
        user={"is_logged_in": True, "email": "x@example.org", "roles": [role]},
    )
    assert not app.exception
    said = words(app)
    for expected in ("Unit change in creatinine", "score shift", "18 Nov 2026", "EMPTY"):
        assert expected in said.replace("\\", "")
    assert any(b.label == "Acknowledge" for b in app.button) is (role != "viewer")


def test_acknowledge_from_the_page_reaches_the_store(open_page: Any, watched: Any) -> None:
    app = open_page("pages/history/monitors.py")
    app.text_input(key="note_a1").input("asked the lab")
    next(b for b in app.button if b.label == "Acknowledge").click().run()
    assert not app.exception
    (alert,) = watched.monitors.alerts(watched.projects()[0])
    assert (alert.state, alert.note) == ("acknowledged", "asked the lab")


def test_the_role_and_the_reason_are_checked_when_it_is_written(watched: Any) -> None:
    project = watched.projects()[0]
    with pytest.raises(ForbiddenError):
        monitors.act(
            watched,
            Identity("v", "viewer", signed_in=True),
            project,
            an_alert(),
            "resolved",
            owner="",
            note="x",
        )
    with pytest.raises(InputError) as error:
        monitors.act(watched, REVIEWER, project, an_alert(), "resolved", owner="", note=" ")
    assert error.value.code == "ALERT_NOTE"
    with pytest.raises(InputError) as error:
        monitors.mute(watched, REVIEWER, project, "nightly", reason="", hours=4)
    assert error.value.code == "MUTE_REASON"
    monitors.mute(watched, REVIEWER, project, "nightly", reason="planned downtime", hours=4)
    assert [m.reason for m in watched.monitors.mutes(project)] == ["planned downtime"]


def test_the_trend_draws_every_quantity_and_marks_events(open_page: Any, watched: Any) -> None:
    app = open_page("pages/history/trend.py")
    assert not app.exception
    wanted = app.selectbox(key="trend_quantity").options
    assert {
        "Readiness index",
        "Readiness index of batches",
        "Drift of creatinine",
        "Dimension DAT",
    } <= set(wanted)
    for name in wanted:
        app.selectbox(key="trend_quantity").select(name).run()
        assert not app.exception
    app.selectbox(key="trend_quantity").select("Drift of creatinine").run()
    assert "model version change" in words(app)


def test_one_session_is_told_and_not_drawn(store: Any, open_page: Any) -> None:
    store.save(made.assessment(), config=made.CONFIG, actor="local")
    app = open_page("pages/history/trend.py")
    assert not app.exception
    assert not app.get("plotly_chart")
    assert any("A trend needs a second one." in m.value for m in app.markdown)


def test_what_the_trend_says_is_what_it_draws() -> None:
    points = [
        TrendPoint(SLOT + timedelta(days=d), v, v - 1, v + 1)
        for d, v in ((2, 3.0), (0, 1.0), (1, 9.0))
    ]
    said = describe_trend(points, quantity="Index", marks=[Mark(SLOT.date(), "x")])
    assert "first 1, last 3, lowest 1, highest 9" in said
    figure = trend(points, LIGHT, quantity="Index", marks=[Mark(SLOT.date(), "x")])
    assert list(figure.data[-1].y) == [1.0, 9.0, 3.0]
    assert describe_trend([], quantity="Index") == "Index: nothing was measured yet."


def test_the_audit_lists_and_verifies(open_page: Any, watched: Any) -> None:
    app = open_page("pages/history/audit.py")
    assert not app.exception
    app.button(key="audit_verify").click().run()
    assert "The chain holds" in words(app)


def test_a_viewer_does_not_see_the_audit(open_page: Any, watched: Any) -> None:
    app = open_page(
        "pages/history/audit.py",
        user={"is_logged_in": True, "email": "v@example.org", "roles": ["viewer"]},
    )
    assert not app.dataframe


@pytest.mark.usefixtures("no_sample")
@pytest.mark.parametrize("page", ["trend", "audit", "sessions"])
def test_an_empty_history_offers_the_sample(open_page: Any, store: Any, page: str) -> None:
    app = open_page(f"pages/history/{page}.py")
    assert not app.exception
    assert app.button(key="open_sample").label == "Open the sample session"


def test_a_monitor_is_made_from_a_session_on_the_page(open_page: Any, seeded: Any) -> None:
    import yaml

    from golive.monitor.file import MonitorFile

    app = open_page("pages/history/monitors.py")
    assert not app.exception
    assert "golive monitor run ed-sepsis-alert-nightly.yaml" in " ".join(c.value for c in app.code)
    app.text_input(key="monitor_source").set_value("landing/*.parquet").run()
    app.selectbox(key="monitor_every").set_value("Every week").run()
    assert not app.exception
    assert any("/api/v1/monitors/ed-sepsis-alert-nightly/run" in c.value for c in app.code)
    text = next(c.value for c in app.code if "baseline:" in c.value)
    made = MonitorFile.model_validate(yaml.safe_load(text))
    assert (made.batches.source, made.batches.every) == ("landing/*.parquet", timedelta(weeks=1))
    assert made.project == seeded.projects()[0]
    app.text_input(key="monitor_source").set_value("").run()
    assert not app.exception


def test_a_viewer_takes_no_configuration_along(open_page: Any, seeded: Any) -> None:
    viewer = {"is_logged_in": True, "email": "x@example.org", "roles": ["viewer"]}
    app = open_page("pages/history/monitors.py", user=viewer)
    assert not app.exception
    assert not app.code

"""A product manager's way: attach evidence and watch the interval move, defer one item, take the plan along."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sample_assessment as made
from dashboard import SESSION, Server, settled, start, stop

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A dashboard with one session of a pilot."""
    from golive.store import Store

    home = tmp_path_factory.mktemp("home")
    with Store(home / "golive.duckdb") as store:
        store.save(made.assessment(), config=made.CONFIG, actor="local")
    process, url = start(home, home / "server.log")
    yield Server(url, home)
    stop(process)


def _index(page: Any) -> str:
    page.goto(f"/?session={SESSION}")
    settled(page)
    return str(page.get_by_test_id("stMetric").first.inner_text())


def test_from_evidence_to_the_exported_plan(page: Any) -> None:
    before = _index(page)
    page.goto(f"/evidence?session={SESSION}")
    settled(page)
    page.get_by_label("Owner", exact=True).fill("product lead")
    page.get_by_label("Link or file reference").fill("wiki/risk-profile")
    page.get_by_role("button", name="Add the evidence and score again").click()
    page.get_by_text("readiness scored again").wait_for()
    assert _index(page) != before

    page.goto(f"/scope?session={SESSION}")
    settled(page)
    page.get_by_text("Deferred", exact=True).first.click()
    page.get_by_text("who decides, and by when").wait_for()
    page.get_by_role("button", name=re.compile("Import a file")).click()
    rows = "- {id: D-1, item: Wards, reason: no evidence yet, owner: product lead, decide_by: 2030-01-31}\n"
    page.locator('input[type="file"]').set_input_files(
        {"name": "deferred.yaml", "mimeType": "application/yaml", "buffer": rows.encode()}
    )
    page.get_by_role("button", name="Import it").click()
    page.get_by_text("Deferred: 1 change saved.").wait_for()
    page.get_by_text("SCO-04 at level 3").wait_for()

    page.goto(f"/plan?session={SESSION}")
    settled(page)
    page.get_by_text(re.compile("fit 2 weeks with 2 people")).wait_for()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Plan as CSV").click()
    text = waiting.value.path().read_text(encoding="utf-8")
    assert text.splitlines()[0].startswith(
        "Fits,Do,Criterion,What,Days,Gain,Average,Owner,Due,State"
    )
    assert len(text.splitlines()) > 10

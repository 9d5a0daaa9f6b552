"""The whole way of a product manager, in one browser: define and freeze, bring two files, read the verdict, add proof, put
one item off, and take the plan along. Nothing is prepared: the store is empty but for what the browser does.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dashboard import Server, follow, settled, start, stop
from test_journey_upload import bring, table

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A dashboard over an empty store."""
    home = tmp_path_factory.mktemp("home")
    process, url = start(home, home / "server.log")
    yield Server(url, home)
    stop(process)


def interval(page: Any, session: str) -> tuple[float, float]:
    """What is proven and what is still possible, as the Readiness page says it."""
    page.goto(f"/readiness?session={session}")
    settled(page)
    said = page.get_by_text(re.compile(r"between \d+ and \d+")).first.inner_text()
    found = re.search(r"between (\d+) and (\d+)", said)
    assert found is not None
    return float(found[1]), float(found[2])


def prove(page: Any, session: str, criterion: str) -> None:
    """Add a document for one criterion that proves level 3."""
    page.goto(f"/evidence?session={session}")
    settled(page)
    form = page.get_by_test_id("stForm")
    form.get_by_role("combobox", name="Criterion").click()
    page.keyboard.type(criterion)
    page.get_by_role("option", name=re.compile(criterion)).click()
    form.get_by_role("combobox", name="Grade").click()
    page.get_by_role("option", name=re.compile("^E3")).click()
    form.get_by_label("Owner", exact=True).fill("product lead")
    form.get_by_label("Link or file reference").fill(f"wiki/{criterion}")
    form.get_by_role("button", name="Add the evidence and score again").click()
    page.get_by_text(f"Evidence for {criterion} was added").wait_for()


def test_from_an_empty_store_to_the_plan(page: Any, tmp_path: Path) -> None:
    page.goto("/define")
    settled(page)
    page.get_by_label("Pilot", exact=True).fill("ward-alert")
    page.get_by_role("spinbutton", name="Sensitivity at least").fill("0.8")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Freeze criteria").click()
    page.get_by_text(re.compile("Frozen .* before live data")).wait_for()

    follow(page, page.get_by_role("link", name="Next: bring training and live data"), "Data")
    bring(page, "train", table(tmp_path / "old.csv", 1, 500, 0.0))
    page.get_by_text("old.csv · 500 rows, 4 columns").wait_for()
    bring(page, "live", table(tmp_path / "new.csv", 2, 320, 0.5))
    page.get_by_text("new.csv · 320 rows, 4 columns").wait_for()
    settled(page)
    page.get_by_role("button", name="Assess 320 live rows").click()
    page.wait_for_url(re.compile("session="), timeout=120_000)
    settled(page)
    found = re.search(r"session=([0-9a-f-]{36})", page.url)
    assert found is not None
    session = found[1]
    page.get_by_text("ward-alert").first.wait_for()
    page.get_by_text(re.compile("^Pilot")).first.wait_for()

    before = interval(page, session)
    prove(page, session, "SCO-01")
    prove(page, session, "SEC-01")
    after = interval(page, session)
    assert after[0] >= before[0]
    assert after[1] - after[0] < before[1] - before[0]

    page.goto(f"/plan?session={session}")
    settled(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Plan as CSV").click()
    rows = list(csv.DictReader(io.StringIO(waiting.value.path().read_text(encoding="utf-8"))))
    asked = {row["Criterion"] for row in rows}
    assert "SCO-04" in asked
    assert not {"SCO-01", "SEC-01"} & asked  # proven: nothing left to do

    page.goto(f"/scope?session={session}&register=deferrals")
    settled(page)
    page.get_by_role("button", name=re.compile("Import a file")).click()
    page.locator('input[type="file"]').set_input_files(
        {
            "name": "deferred.yaml",
            "mimeType": "application/yaml",
            "buffer": b"- {id: D-1, item: Wards, reason: no data yet, owner: product lead, decide_by: 2099-01-31}\n",
        }
    )
    page.get_by_role("button", name="Import it").click()
    page.get_by_text("Deferred: 1 change saved.").wait_for()

    page.goto(f"/plan?session={session}")
    settled(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Plan as CSV").click()
    rows = list(csv.DictReader(io.StringIO(waiting.value.path().read_text(encoding="utf-8"))))
    assert "SCO-04" not in {row["Criterion"] for row in rows}
    with page.expect_download() as waiting:
        page.get_by_role("button", name=re.compile("issue text")).click()
    assert "MLO-05" in waiting.value.path().read_text(encoding="utf-8")

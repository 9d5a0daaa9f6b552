"""The main job in a browser: upload two files, edit a role, assess, open a finding, reload, find the session again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dashboard import SESSION, Server, follow, settled

pytestmark = pytest.mark.browser
HEADER_PX = ROW_PX = 35  # of Streamlit's data editor


def table(path: Path, seed: int, rows: int, missing: float) -> Path:
    """A small table with a share of heart rates missing."""
    rng = np.random.default_rng(seed)
    lines = ["age,heart_rate,arrival,died"]
    for age, rate, gone, arrival, died in zip(
        rng.integers(18, 95, rows),
        rng.normal(88, 12, rows),
        rng.random(rows),
        rng.choice(["walk-in", "ambulance", "transfer"], rows),
        rng.integers(0, 2, rows),
        strict=True,
    ):
        lines.append(f"{age},{'' if gone < missing else f'{rate:.1f}'},{arrival},{died}")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def bring(page: Any, side: str, path: Path) -> None:
    """Put a file into the drop zone of one side."""
    page.locator(f".st-key-zone_{side} input[type=file]").set_input_files(path)


def choose_role(page: Any, row: int, role: str) -> None:
    """Choose the role of the column in ``row`` with the keyboard, as the editor is a canvas."""
    page.get_by_test_id("stForm").get_by_test_id("stDataFrame").click(
        position={"x": 40, "y": HEADER_PX + ROW_PX * row + ROW_PX // 2}
    )
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    overlay = page.locator("#portal")
    overlay.locator("input").wait_for()
    page.keyboard.type(role)
    overlay.get_by_text("feature").wait_for(state="detached")
    page.keyboard.press("Enter")
    overlay.locator("input").wait_for(state="detached")
    page.wait_for_timeout(
        400
    )  # the editor tells the form of an edit with a delay; nothing on the page shows when


def test_from_two_files_to_a_session_that_is_found_again(
    page: Any, server: Server, tmp_path: Path
) -> None:
    page.goto("/data")
    settled(page)
    bring(page, "train", table(tmp_path / "old.csv", 1, 500, 0.0))
    page.get_by_text("old.csv · 500 rows, 4 columns").wait_for()
    bring(page, "live", table(tmp_path / "new.csv", 2, 320, 0.5))
    page.get_by_text("new.csv · 320 rows, 4 columns").wait_for()
    settled(page)

    choose_role(page, 2, "group")
    page.get_by_role("button", name="Save types and roles").click()
    page.get_by_text("group: arrival").wait_for()

    page.get_by_role("button", name="Assess 320 live rows").click()
    page.wait_for_url(re.compile(r"session=(?!0{8})"), timeout=120_000)
    settled(page)
    session = re.search(r"session=([0-9a-f-]{36})", page.url)
    assert session is not None

    follow(page, page.get_by_role("link", name="Findings").first, "Findings")
    finding = page.locator("summary").filter(has_text="heart_rate").first
    finding.click()
    page.get_by_text(re.compile("heart_rate")).nth(1).wait_for()
    assert session[1] in page.url

    page.reload()
    page.get_by_role("heading", name="Findings").wait_for()
    settled(page)
    assert session[1] in page.url
    page.locator("summary").filter(has_text="heart_rate").first.wait_for()

    follow(page, page.get_by_role("link", name="Sessions").first, "Sessions")
    page.get_by_text(re.compile(r"new\.csv \(320 rows\)")).wait_for()
    page.get_by_text("Open", exact=True).first.wait_for()

    kept = [path for path in (server.home / "uploads").rglob("*") if path.is_file()]
    assert {path.suffix for path in kept} == {".csv"}
    assert not {path.name for path in kept} & {"old.csv", "new.csv"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in (server.home / "uploads").rglob("*"))


def test_wrong_files_are_told_and_the_right_one_is_kept(page: Any, tmp_path: Path) -> None:
    page.goto("/data")
    settled(page)
    bring(page, "train", table(tmp_path / "good.csv", 1, 400, 0.0))
    page.get_by_text("good.csv · 400 rows, 4 columns").wait_for()
    picture = tmp_path / "picture.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    bring(page, "live", picture)
    page.get_by_test_id("stAlert").filter(has_text="NOT_TEXT").wait_for()
    page.get_by_text("good.csv · 400 rows, 4 columns").wait_for()
    assert page.get_by_role("button", name=re.compile("Assess")).count() == 0
    assert page.get_by_text("Traceback").count() == 0


def test_deletion_asks_and_then_deletes(page: Any) -> None:
    page.goto(f"/sessions?session={SESSION}")
    settled(page)
    delete = page.locator(f".st-key-delete_{SESSION} button")
    delete.click()
    page.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    page.get_by_role("dialog").wait_for(state="detached")
    delete.click()
    page.get_by_role("dialog").get_by_role("button", name="Delete the session").click()
    page.get_by_role("dialog").wait_for(state="detached")
    delete.wait_for(state="detached")

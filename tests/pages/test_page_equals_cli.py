"""The page and the command line are two doors to one assess(): the same two files give the same JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

DIFFERENT = ("session", "created_at")  # when and as what it was stored


def both_doors(app: Any, store: Any, train: Path, live: Path, out: Path) -> tuple[Any, Any]:
    """JSON of the session that the page stored, and of the file that the CLI wrote."""
    from golive.cli import run

    for side, path in (("train", train), ("live", live)):
        found = next(u for u in app.file_uploader if u.key.startswith(f"upload_{side}"))
        found.upload(path.name, path.read_bytes())
        app.run(timeout=60)
    (button,) = [b for b in app.button if b.label.startswith("Assess")]
    button.click()
    app.run(timeout=120)
    assert not app.exception
    (card,) = store.list()
    page = json.loads(store.load(card.session).model_dump_json())
    arguments = [
        "assess",
        "--train",
        str(train),
        "--live",
        str(live),
        "--project",
        page["project"],
        "--no-store",
    ]
    assert run([*arguments, "--out", str(out)]) == 0
    cli = json.loads(out.read_text(encoding="utf-8"))
    for result in (page, cli):
        for key in DIFFERENT:
            result.pop(key)
    return page, cli


def test_sample_gives_the_same_json_through_both(
    open_page: Any, store: Any, tmp_path: Path
) -> None:
    from golive.samples import write

    written = write("clean", tmp_path / "files", rows=400)
    page, cli = both_doors(
        open_page("pages/pilot/data.py"), store, written.train, written.live, tmp_path / "cli.json"
    )
    assert page["findings"]
    assert page == cli


@pytest.mark.reference
def test_heart_gives_the_same_json_through_both(
    open_page: Any, store: Any, tmp_path: Path, reference_data: Path
) -> None:
    heart = reference_data / "heart"
    page, cli = both_doors(
        open_page("pages/pilot/data.py"),
        store,
        heart / "cleveland.csv",
        heart / "va.csv",
        tmp_path / "cli.json",
    )
    assert page["inputs"]["live"]["rows"] == 200
    assert page == cli

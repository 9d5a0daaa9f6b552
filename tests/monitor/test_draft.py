"""A monitor made from a session: its files are right as they are, and a batch is read as the session was."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from opening import Opened
from test_bad_batches import NOON, table

from golive.intake import load_config
from golive.model.config import Config
from golive.model.finding import Route
from golive.monitor.draft import EVERY, draft, slug, variable
from golive.monitor.file import load_monitor
from golive.monitor.run import run

SESSION = "0f8fa8c4-0256-453a-ab43-70b130a41b87"


def made(config: Config, **changes: Any) -> Any:
    facts: dict[str, Any] = {
        "project": "ED Sepsis (north)", "session": SESSION, "name": "ED Sepsis (north)-nightly", "train": "train.csv",
        "source": "in", "every": "1d", "starts": date(2026, 3, 8), "tell": [Route.ENGINEERING],
    }  # fmt: skip
    return draft(config, **(facts | changes))


def written(folder: Path, config: Config, **changes: Any) -> Path:
    files = made(config, **changes)
    (folder / files.config_file).write_text(files.config)
    (folder / files.monitor_file).write_text(files.monitor)
    return folder / files.monitor_file


def test_the_configuration_of_the_sample_comes_back_as_it_was(tmp_path: Path) -> None:
    from golive.samples import write

    config = load_config(write("ed-sepsis", tmp_path / "pilot").config)
    path = written(tmp_path, config)
    back = load_config(tmp_path / "ED-Sepsis-north-nightly.config.yaml")
    told = {"project": "ED Sepsis (north)", "evidence": (), "waivers": (), "as_of": None}
    assert back == config.model_copy(update=told)
    assert load_monitor(path).monitor == "ED-Sepsis-north-nightly"


@pytest.mark.parametrize("every", EVERY.values())
def test_every_choice_is_a_valid_file(tmp_path: Path, every: str) -> None:
    file = load_monitor(
        written(tmp_path, Config(), every=every, tell=list(Route), source="in/*.csv")
    )
    assert set(file.routes) == {r.value for r in Route}
    assert file.routes["engineering"] == (f"${{{variable(Route.ENGINEERING)}}}",)
    assert file.baseline.name == "session-0f8fa8c4"


def test_names_that_a_file_may_not_have_become_some_that_it_may() -> None:
    assert slug("  ../Étage 3: nuit?  ") == "tage-3-nuit"
    assert slug("日本") == "monitor"
    assert len(slug("x" * 500)) <= 64


def test_it_runs_as_it_is_and_says_which_file_has_no_day(
    tmp_path: Path, opened: Opened, warmed: None
) -> None:
    (tmp_path / "in").mkdir()
    table(400, 1).to_csv(tmp_path / "train.csv", index=False)
    path = written(tmp_path, Config())
    table(120, 2).to_csv(tmp_path / "in" / "ward-2026-03-08.csv", index=False)
    report = run(path, opened, actor="test", now=NOON)
    assert ([b.name for b in report.judged], report.notes) == (["ward-2026-03-08.csv"], ())
    undated = tmp_path / "in" / "ward.csv"
    table(120, 3).to_csv(undated, index=False)
    report = run(path, opened, actor="test", now=NOON)
    assert report.undated == ["ward.csv"]
    assert report.notes[0].startswith("No date in the name of ward.csv: ")
    with opened() as store:
        ((_, watch),) = store.monitors.watches("ED Sepsis (north)")
    assert watch.notes == report.notes

"""Streamlit's options are GoLive's from every folder; ``STREAMLIT_*`` wins over them; what cannot be read is one clear error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FOREIGN = """
[theme]
primaryColor = "#ff0000"
[theme.light]
primaryColor = "#ff0000"
[server]
baseUrlPath = "elsewhere"
fileWatcherType = "poll"
[logger]
level = "debug"
messageFormat = "%(nothing)s"
[browser]
gatherUsageStats = true
serverPort = 4000
"""
SHOWN = (
    "theme.primaryColor",
    "theme.light.primaryColor",
    "theme.headingFontWeights",
    "client.toolbarMode",
    "server.baseUrlPath",
    "server.fileWatcherType",
    "server.disconnectedSessionTTL",
    "server.maxUploadSize",
    "server.corsAllowedOrigins",
    "logger.level",
    "logger.messageFormat",
    "browser.gatherUsageStats",
    "browser.serverPort",
)


def used(folder: Path, home: Path, *, flags: str = "", **variables: str) -> dict[str, Any]:
    """The options a process started in ``folder`` has after ``settle``, by key. Options of a process are global, so it is its own."""
    code = (
        "import json, logging, streamlit\n"
        "from streamlit import config\n"
        f"{flags}\n"
        "from golive import streamlit_config\n"
        "streamlit_config.settle(); streamlit_config.settle()\n"
        "import streamlit.logger\n"
        "level = streamlit.logger.get_logger('streamlit.here').level\n"
        f"print(json.dumps({{**{{k: config.get_option(k) for k in {SHOWN!r}}}, 'level': level}}))"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("STREAMLIT_")}
    environment |= {"HOME": str(home), **variables}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return dict(json.loads(done.stdout))


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    folder = tmp_path / "another app"
    (folder / ".streamlit").mkdir(parents=True)
    (folder / ".streamlit" / "config.toml").write_text(FOREIGN)
    return folder


def test_an_empty_folder_has_our_configuration(empty: Path) -> None:
    options = used(empty, empty)
    assert options["theme.light.primaryColor"] == "#0B5FA5"
    assert options["theme.headingFontWeights"] == [650, 600, 600, 600, 600, 600]
    assert options["client.toolbarMode"] == "minimal"
    assert options["server.fileWatcherType"] == "none"
    assert options["server.disconnectedSessionTTL"] == 60
    assert options["browser.gatherUsageStats"] is False
    assert options["logger.level"] == "warning"
    assert options["level"] == 30


def test_neither_the_folder_nor_the_home_of_another_app_changes_it(
    empty: Path, foreign: Path
) -> None:
    ours = used(empty, empty)
    assert used(foreign, empty) == ours
    assert used(empty, foreign) == ours


def test_variables_win_and_flags_win_over_them(empty: Path) -> None:
    given = {
        "STREAMLIT_SERVER_BASE_URL_PATH": "golive",
        "STREAMLIT_SERVER_MAX_UPLOAD_SIZE": "7",
        "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "true",
        "STREAMLIT_SERVER_CORS_ALLOWED_ORIGINS": "https://a.example, https://b.example",
        "STREAMLIT_LOGGER_LEVEL": "error",
    }
    options = used(empty, empty, **given)
    assert options["server.baseUrlPath"] == "golive"
    assert options["server.maxUploadSize"] == 7
    assert options["browser.gatherUsageStats"] is True
    assert options["server.corsAllowedOrigins"] == ["https://a.example", "https://b.example"]
    assert options["level"] == 40
    # What ``streamlit run --server.maxUploadSize 9`` does before it imports the script.
    flags = "from streamlit.web import bootstrap; bootstrap.load_config_options({'server_maxUploadSize': 9})"
    assert used(empty, empty, flags=flags, **given)["server.maxUploadSize"] == 9


def test_what_cannot_be_read_is_told_all_at_once_with_exit_2(empty: Path) -> None:
    environment = os.environ | {
        "HOME": str(empty),
        "GOLIVE_HOME": str(empty / "home"),
        "STREAMLIT_SERVER_ENABLE_CORS": "perhaps",
        "STREAMLIT_SERVER_MAX_UPLOAD_SIZE": "7 MB",
    }
    golive = [sys.executable, "-m", "golive.cli"]
    done = subprocess.run(
        [*golive, "app", "--port", "18999", "--no-open"],
        cwd=empty, env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("error[SETTINGS_VALUE]: STREAMLIT_") for line in lines)
    doctor = subprocess.run(
        [*golive, "doctor"], cwd=empty, env=environment, capture_output=True, text=True, check=False
    )
    assert "STREAMLIT_SERVER_ENABLE_CORS is 'perhaps'" in doctor.stdout
    assert doctor.stderr == ""


@pytest.mark.parametrize(("asked", "state"), [("true", "problem"), ("false", "ok")])
def test_doctor_says_what_streamlit_really_uses(
    empty: Path, foreign: Path, asked: str, state: str
) -> None:
    for folder in (empty, foreign):
        environment = os.environ | {
            "HOME": str(foreign),
            "GOLIVE_HOME": str(empty / "home"),
            "STREAMLIT_BROWSER_GATHER_USAGE_STATS": asked,
        }
        done = subprocess.run(
            [sys.executable, "-m", "golive.cli", "doctor", "--json"],
            cwd=folder, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        (row,) = [row for row in json.loads(done.stdout) if row["name"] == "usage statistics"]
        assert row["state"] == state

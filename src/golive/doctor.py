"""What works on this machine: versions, store, engines, browser, telemetry, memory. Reads only."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from golive import __version__, streamlit_config
from golive.model.columns import Noun
from golive.model.errors import InputError
from golive.settings import FILE_NAME, Settings
from golive.store import inspect
from golive.store.file.database import encryption_extension
from golive.store.retention import KEPT

_LIBRARIES = (
    "streamlit",
    "evidently",
    "duckdb",
    "ibis-framework",
    "pandas",
    "numpy",
    "scipy",
    "pydantic",
)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ENGINES = {
    "postgres": "psycopg",
    "bigquery": "google.cloud.bigquery",
    "snowflake": "snowflake.connector",
}
_GIB = 1024**3


State = Literal["ok", "off", "problem"]


class Check(Noun):
    """One line: ``ok`` works, ``off`` is not there and nothing is wrong with that, ``problem`` needs someone."""

    topic: str
    name: str
    state: State
    value: str
    hint: str = ""


def rows(settings: Settings) -> tuple[Check, ...]:
    """Look at this installation with ``settings`` in force. Nothing is changed, created or sent."""
    return (
        *_topic("Versions", _versions()),
        *_topic(f"Settings (environment, {FILE_NAME})", _settings(settings)),
        *_topic("Store", _store(settings)),
        *_topic("Engines", _engines()),
        *_topic("Dashboard", _streamlit()),
        *_topic("Machine", _machine(settings)),
    )


Lines = Iterator[tuple[str, State, str] | tuple[str, State, str, str]]
"""Name, state, value, and a hint where there is one."""


def _topic(topic: str, lines: Lines) -> list[Check]:
    made = []
    for name, state, value, *hint in lines:
        made.append(Check(topic=topic, name=name, state=state, value=value, hint="".join(hint)))
    return made


def _versions() -> Lines:
    yield "golive", "ok", __version__
    yield "python", "ok", platform.python_version()
    for name in _LIBRARIES:
        try:
            yield name, "ok", version(name)
        except PackageNotFoundError:
            yield name, "problem", "not installed", "Install GoLive again: `make setup`."


def _settings(settings: Settings) -> Lines:
    """Every setting as it is in force; the key only as set or not set."""
    values = settings.model_dump() | {"store_key": "set" if settings.store_key else "not set"}
    for name in Settings.model_fields:
        yield f"GOLIVE_{name.upper()}", "ok", str(values[name])


def _store(settings: Settings) -> Lines:
    key = settings.store_key.get_secret_value() if settings.store_key else None
    state = inspect(settings.store, key=key)
    if state.problem:
        yield "file", "problem", state.problem
    elif not state.exists:
        yield "file", "off", f"{state.path} is made on first use"
    else:
        yield "file", "ok", f"{state.path}, {state.size_bytes / 1e6:.1f} MB"
        waiting = ", ".join(state.pending)
        hint = "A copy of the file is kept before they are applied." if waiting else ""
        pending = f"pending: {waiting}" if waiting else "none pending"
        yield "migrations", "ok", f"{len(state.applied)} applied, {pending}", hint
    if days := settings.retention_days:
        hint = f"{KEPT[0].upper()}{KEPT[1:]}."
        yield "kept", "ok", f"sessions and monitor findings {days} days", hint
    else:
        yield "kept", "ok", "everything, for ever (GOLIVE_RETENTION_DAYS is not set)"
    possible = encryption_extension() is not None
    if key is None:
        value = "off, possible" if possible else "off, needs the extra 'secure'"
        yield "encryption", "off", value
    elif possible:
        yield "encryption", "ok" if key else "off", "on"
    else:
        yield "encryption", "problem", "the extra is missing", "pip install 'golive[secure]'"


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _engines() -> Lines:
    yield "duckdb", "ok", "built in"
    if not _installed("pyspark"):
        yield "pyspark", "off", "not installed", "pip install 'golive[spark]'"
    elif not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        yield "pyspark", "off", "needs Java 17", "Set JAVA_HOME."
    else:
        yield "pyspark", "ok", f"{version('pyspark')} with Java"
    for name, module in _ENGINES.items():
        if _installed(module):
            yield name, "ok", "installed"
        else:
            yield name, "off", "not installed", f"pip install 'ibis-framework[{name}]'"


def _streamlit() -> Lines:
    """What Streamlit really uses in the dashboard, asked of Streamlit itself after GoLive has set it up.

    Evidently obeys DO_NOT_TRACK, which every start of GoLive sets.
    """
    try:
        streamlit_config.settle()
    except InputError as error:
        for problem in error.problems:
            yield "configuration", "problem", problem.sentence, problem.hint
        return
    yield "configuration", "ok", str(streamlit_config.file())
    if streamlit_config.in_use("browser.gatherUsageStats"):
        # The server switches them off at its start, whatever a variable asks for.
        value = "STREAMLIT_BROWSER_GATHER_USAGE_STATS asks for them"
        hint = "Unset it; `golive app` switches them off all the same."
        yield "usage statistics", "problem", value, hint
    else:
        yield "usage statistics", "ok", "off (DO_NOT_TRACK, Streamlit)"


def _available_memory() -> int | None:
    """Bytes that a program can still get, on Linux; all physical memory elsewhere; ``None`` when unknown."""
    try:
        for line in Path("/proc/meminfo").read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        return None


def _machine(settings: Settings) -> Lines:
    browser = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    if browser:
        yield "browser (tests)", "ok", browser
    else:
        yield "browser (tests)", "off", "no Chromium found", "`make browser` installs it."
    memory = _available_memory()
    if memory is None:
        yield "memory available", "off", "unknown"
    else:
        yield "memory available", "ok", f"{memory / _GIB:.1f} GiB, {os.cpu_count()} processors"
    folder = next(p for p in (settings.home, *settings.home.parents) if p.exists())
    yield "disk free", "ok", f"{shutil.disk_usage(folder).free / _GIB:.1f} GiB at {folder}"

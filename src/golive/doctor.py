"""What works on this machine: versions, store, engines, browser, telemetry, memory. Reads only."""

from __future__ import annotations

import os
import platform
import shutil
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
_GIB = 1024**3


class Check(Noun):
    """One line: ``ok`` works, ``off`` is not there and nothing is wrong with that, ``problem`` needs someone."""

    topic: str
    name: str
    state: Literal["ok", "off", "problem"]
    value: str
    hint: str = ""


def rows(settings: Settings) -> tuple[Check, ...]:
    """Look at this installation with ``settings`` in force. Nothing is changed, created or sent."""
    return (
        *_versions(),
        *_settings(settings),
        *_store(settings),
        *_engines(),
        *_streamlit(),
        *_machine(settings),
    )


def _versions() -> list[Check]:
    found = [Check(topic="Versions", name="golive", state="ok", value=__version__)]
    found.append(
        Check(topic="Versions", name="python", state="ok", value=platform.python_version())
    )
    for name in _LIBRARIES:
        try:
            found.append(Check(topic="Versions", name=name, state="ok", value=version(name)))
        except PackageNotFoundError:
            hint = "Install GoLive again: `make setup`."
            found.append(
                Check(
                    topic="Versions", name=name, state="problem", value="not installed", hint=hint
                )
            )
    return found


def _settings(settings: Settings) -> list[Check]:
    """Every setting as it is in force; the key only as set or not set."""
    shown = {
        name: str(value) for name, value in settings.model_dump().items() if name != "store_key"
    }
    shown["store_key"] = "set" if settings.store_key else "not set"
    return [
        Check(
            topic=f"Settings (environment, {FILE_NAME})",
            name=f"GOLIVE_{name.upper()}",
            state="ok",
            value=shown[name],
        )
        for name in Settings.model_fields
    ]


def _store(settings: Settings) -> list[Check]:
    key = settings.store_key.get_secret_value() if settings.store_key else None
    state = inspect(settings.store, key=key)
    if state.problem:
        file = Check(topic="Store", name="file", state="problem", value=state.problem)
    elif not state.exists:
        file = Check(
            topic="Store", name="file", state="off", value=f"{state.path} is made on first use"
        )
    else:
        file = Check(
            topic="Store",
            name="file",
            state="ok",
            value=f"{state.path}, {state.size_bytes / 1e6:.1f} MB",
        )
    checks = [file]
    if state.exists and not state.problem:
        waiting = ", ".join(state.pending)
        hint = "A copy of the file is kept before they are applied." if waiting else ""
        value = f"{len(state.applied)} applied" + (
            f", pending: {waiting}" if waiting else ", none pending"
        )
        checks.append(Check(topic="Store", name="migrations", state="ok", value=value, hint=hint))
    days = settings.retention_days
    limit = (
        f"sessions and monitor findings {days} days"
        if days
        else "everything, for ever (GOLIVE_RETENTION_DAYS is not set)"
    )
    checks.append(
        Check(
            topic="Store",
            name="kept",
            state="ok",
            value=limit,
            hint=f"{KEPT[0].upper()}{KEPT[1:]}." if days else "",
        )
    )
    possible = encryption_extension() is not None
    if key is not None and not possible:
        hint = "pip install 'golive[secure]'"
        checks.append(
            Check(
                topic="Store",
                name="encryption",
                state="problem",
                value="the extra is missing",
                hint=hint,
            )
        )
    else:
        value = (
            "on"
            if key is not None
            else "off, possible"
            if possible
            else "off, needs the extra 'secure'"
        )
        checks.append(
            Check(topic="Store", name="encryption", state="ok" if key else "off", value=value)
        )
    return checks


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _engines() -> list[Check]:
    topic = "Engines"
    found = [Check(topic=topic, name="duckdb", state="ok", value="built in")]
    java = shutil.which("java") or (os.environ.get("JAVA_HOME") and "JAVA_HOME")
    if not _installed("pyspark"):
        found.append(
            Check(
                topic=topic,
                name="pyspark",
                state="off",
                value="not installed",
                hint="pip install 'golive[spark]'",
            )
        )
    elif not java:
        found.append(
            Check(
                topic=topic,
                name="pyspark",
                state="off",
                value="needs Java 17",
                hint="Set JAVA_HOME.",
            )
        )
    else:
        found.append(
            Check(topic=topic, name="pyspark", state="ok", value=f"{version('pyspark')} with Java")
        )
    for name, module in (
        ("postgres", "psycopg"),
        ("bigquery", "google.cloud.bigquery"),
        ("snowflake", "snowflake.connector"),
    ):
        if _installed(module):
            found.append(Check(topic=topic, name=name, state="ok", value="installed"))
        else:
            hint = f"pip install 'ibis-framework[{name}]'"
            found.append(
                Check(topic=topic, name=name, state="off", value="not installed", hint=hint)
            )
    return found


def _streamlit() -> list[Check]:
    """What Streamlit really uses in the dashboard, asked of Streamlit itself after GoLive has set it up.

    Evidently obeys DO_NOT_TRACK, which every start of GoLive sets.
    """
    topic = "Dashboard"
    try:
        streamlit_config.settle()
    except InputError as error:
        return [
            Check(
                topic=topic,
                name="configuration",
                state="problem",
                value=problem.sentence,
                hint=problem.hint,
            )
            for problem in error.problems
        ]
    sends = bool(streamlit_config.in_use("browser.gatherUsageStats"))
    return [
        Check(topic=topic, name="configuration", state="ok", value=str(streamlit_config.file())),
        Check(
            topic=topic,
            name="usage statistics",
            # The server switches them off at its start, whatever a variable asks for.
            state="problem" if sends else "ok",
            value="STREAMLIT_BROWSER_GATHER_USAGE_STATS asks for them"
            if sends
            else "off (DO_NOT_TRACK, Streamlit)",
            hint="Unset it; `golive app` switches them off all the same." if sends else "",
        ),
    ]


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


def _machine(settings: Settings) -> list[Check]:
    topic = "Machine"
    browser = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    memory = _available_memory()
    folder = next(p for p in (settings.home, *settings.home.parents) if p.exists())
    free = shutil.disk_usage(folder).free
    return [
        Check(
            topic=topic,
            name="browser (tests)",
            state="ok" if browser else "off",
            value=browser or "no Chromium found",
            hint="" if browser else "`make browser` installs it.",
        ),
        Check(
            topic=topic,
            name="memory available",
            state="ok" if memory is not None else "off",
            value="unknown"
            if memory is None
            else f"{memory / _GIB:.1f} GiB, {os.cpu_count()} processors",
        ),
        Check(
            topic=topic, name="disk free", state="ok", value=f"{free / _GIB:.1f} GiB at {folder}"
        ),
    ]

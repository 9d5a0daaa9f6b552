"""The file of a monitor: what is watched, where batches come from, when an alert opens, and who is told."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, Field, ValidationError, field_validator

from golive.alerts.rules import Rules, Span
from golive.model.columns import Noun
from golive.model.config import Config
from golive.model.errors import InputError, Problem, nearest, needed
from golive.model.finding import Route

_NAME = "letters, digits, '.', '_' and '-' are allowed, 64 at most, a letter or digit first"
_EXAMPLES = {
    "monitor": "For example monitor: ed-sepsis-nightly.",
    "baseline": "For example baseline: {name: v1, train: train.csv}.",
    "baseline.name": "For example baseline: {name: v1, train: train.csv}.",
    "batches": "For example batches: {source: incoming}.",
    "batches.source": "A folder, a pattern such as incoming/*.csv, or table:NAME.",
}
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def _utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Moment = Annotated[datetime, AfterValidator(_utc)]
"""A time; without an offset it is UTC."""
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class BaselineFile(Noun):
    """The stored baseline. ``train`` is read once, to make it; afterwards its rows are not needed. Other data, other name."""

    name: Name
    train: str | None = None
    engine: str | None = None


class BatchesFile(Noun):
    """Where batches come from. ``date`` finds the day in a file's name; ``window`` batches are judged together.

    A batch is due ``every`` so often from ``starts`` on (the first batch seen, when absent), at the latest ``grace`` after
    the end of its time. A file that changed within ``settle`` is still being written. Performance is judged on the outcomes
    of the last ``outcomes_window`` batches together, because one has too few.
    """

    source: str
    engine: str | None = None
    every: Span = timedelta(days=1)
    starts: Moment | None = None
    grace: Span = timedelta(hours=6)
    settle: Span = timedelta(seconds=60)
    date: str = r"(\d{4})-?(\d{2})-?(\d{2})"
    window: int = Field(default=1, ge=1, le=31)
    outcomes_window: int = Field(default=7, ge=1, le=90)

    @field_validator("date")
    @classmethod
    def _three_groups(cls, text: str) -> str:
        try:
            groups = re.compile(text).groups
        except re.error as error:
            msg = f"it is no regular expression ({error})"
            raise ValueError(msg) from None
        if groups not in (3, 4):
            msg = "it needs three groups: year, month, day (and a fourth for the hour)"
            raise ValueError(msg)
        return text

    @field_validator("every")
    @classmethod
    def _positive(cls, span: timedelta) -> timedelta:
        if span < timedelta(minutes=1):
            msg = "it must be a minute or more"
            raise ValueError(msg)
        return span


class MonitorFile(Noun):
    """A whole monitor file. ``routes`` names receivers: Apprise addresses, in which ``${NAME}`` is read from the environment."""

    monitor: Name
    config: str | None = None
    project: str | None = None
    baseline: BaselineFile
    batches: BatchesFile
    alerts: Rules = Rules()
    routes: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @property
    def receivers(self) -> list[str]:
        """Names that a route may have: who acts, and where escalation goes."""
        return [
            *(r.value for r in Route),
            *([self.alerts.escalate.to] if self.alerts.escalate else []),
        ]

    @field_validator("routes")
    @classmethod
    def _no_secrets(cls, routes: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        known = [r.value for r in Route]
        for name in routes:
            if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
                msg = f"'{name}' is no name of a route; known are {', '.join(known)} and any for escalation"
                raise ValueError(msg)
        return routes


def load_monitor(path: str | Path) -> MonitorFile:
    """Read a monitor file; sources in it are relative to its folder.

    Raises:
        InputError: ``NOT_FOUND``, ``MONITOR_YAML``, or every wrong key and value (``MONITOR_UNKNOWN_KEY``,
        ``MONITOR_VALUE``).
    """
    file = Path(path).expanduser()
    not_yaml = partial(Problem, "MONITOR_YAML")
    if file.is_dir():
        sentence = f"'{file.name or path}' is a folder; the monitor's own YAML file is needed."
        hint = "In that file, 'batches: {source: FOLDER}' names the folder with the batches."
        raise InputError(not_yaml(sentence, hint, str(path)))
    try:
        data = yaml.safe_load(file.read_text("utf-8-sig"))
    except FileNotFoundError:
        missing = Problem("NOT_FOUND", f"There is no file '{file.name}'.", "", str(file))
        raise InputError(missing) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file.name}, line {mark.line + 1}" if mark else file.name
        raise InputError(not_yaml("The file is not valid YAML in UTF-8.", "", where)) from None
    if not isinstance(data, dict):
        raise InputError(not_yaml("The file is not a mapping of keys to values.", "", file.name))
    try:
        found = MonitorFile.model_validate(data)
    except ValidationError as error:
        raise InputError([_problem(item, file.name) for item in error.errors()]) from None
    problems = _receivers(found, file.name)
    if problems:
        raise InputError(problems)
    return found


@dataclass(frozen=True)
class Setup:
    """A monitor file with what it names: where it lies, its configuration, its project."""

    file: MonitorFile
    folder: Path
    config: Config
    project: str


def setup(path: str | Path) -> Setup:
    """Read a monitor file and the configuration it names. Raises InputError with everything that is wrong in one of them."""
    from golive.intake import load_config

    file = load_monitor(path)
    folder = Path(path).expanduser().absolute().parent
    config = load_config(folder / file.config) if file.config else Config()
    return Setup(file, folder, config, file.project or config.project)


def _receivers(found: MonitorFile, where: str) -> list[Problem]:
    """Escalation without a receiver, and receivers that nothing is ever sent to: a misspelt name must not swallow alerts."""
    problems = []
    for name in found.routes:
        if name not in found.receivers and (hint := nearest(name, found.receivers)):
            sentence = f"'routes.{name}' is no route and no escalation goes there."
            problems.append(Problem("MONITOR_UNKNOWN_KEY", sentence, hint, where))
    to = found.alerts.escalate.to if found.alerts.escalate else None
    if to is not None and to not in found.routes:
        sentence = f"Escalation goes to '{to}', which is not under 'routes'."
        problems.append(Problem("MONITOR_VALUE", sentence, nearest(to, list(found.routes)), where))
    return problems


def _problem(item: Any, where: str) -> Problem:
    place = ".".join(str(p) for p in item["loc"])
    if item["type"] == "missing":
        return Problem("MONITOR_VALUE", f"'{place}' is missing.", _EXAMPLES.get(place, ""), where)
    if item["type"] != "extra_forbidden":
        said = _NAME if item["type"] == "string_pattern_mismatch" else needed(item)
        # An address may hold a key, so what stands under routes is not repeated.
        found = "" if item["loc"][0] == "routes" else f" is {str(item.get('input'))[:60]!r}"
        return Problem("MONITOR_VALUE", f"'{place}'{found}: {said}.", "", where)
    model: Any = MonitorFile
    for part in item["loc"][:-1]:
        if isinstance(part, int):
            continue
        annotation = model.model_fields[part].annotation
        parts = (annotation, *getattr(annotation, "__args__", ()))
        model = next((a for a in parts if hasattr(a, "model_fields")), model)
    hint = nearest(str(item["loc"][-1]), list(model.model_fields))
    return Problem("MONITOR_UNKNOWN_KEY", f"'{place}' is not a known key.", hint, where)


def addresses(monitor: MonitorFile, route: str) -> tuple[str, ...]:
    """Receivers of a route with the environment filled in; a variable that is not set leaves its receiver out.

    An empty result means that nobody is named: the message is kept and shown in the app.
    """
    return tuple(
        _VARIABLE.sub(lambda found: os.environ[found[1]], address)
        for address in monitor.routes.get(route, ())
        if all(os.environ.get(name) for name in _VARIABLE.findall(address))
    )

"""The file of a monitor: what is watched, where batches come from, when an alert opens, and who is told."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, field_validator

from golive.alerts import rules as alert_rules
from golive.alerts.words import FEED_KINDS
from golive.model.columns import Noun
from golive.model.errors import InputError, Problem, nearest, needed
from golive.model.finding import SIGNAL_OF, Route, Severity

_SPAN = re.compile(r"(\d+)\s*([smhdw])")
_UNIT = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_NAME = "letters, digits, '.', '_' and '-' are allowed, 64 at most, a letter or digit first"
_EXAMPLES = {
    "monitor": "For example monitor: ed-sepsis-nightly.",
    "baseline": "For example baseline: {name: v1, train: train.csv}.",
    "baseline.name": "For example baseline: {name: v1, train: train.csv}.",
    "batches": "For example batches: {source: incoming}.",
    "batches.source": "A folder, a pattern such as incoming/*.csv, or table:NAME.",
}
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def _span(value: object) -> object:
    found = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    return timedelta(**{_UNIT[found[2]]: int(found[1])}) if found else value


def _utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Span = Annotated[timedelta, BeforeValidator(_span)]
"""A length of time: ``30s``, ``15m``, ``6h``, ``1d``, ``1w``."""
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


class Rule(Noun):
    """What holds for findings of one kind, or of some columns, instead of the defaults. The first rule that fits wins.

    ``at_least`` is the change of the finding's effect (in its own unit) below which nothing is raised; ``persist`` is
    ``[k, n]``: k of the last n batches.
    """

    kind: str | None = None
    columns: tuple[str, ...] = ()
    ignore: bool = False
    level: Literal["alarm", "watch"] | None = None
    at_least: float | None = Field(default=None, gt=0)
    persist: tuple[int, int] | None = None
    severity: Severity | None = None
    route: Route | None = None

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str | None) -> str | None:
        known = [*SIGNAL_OF, *FEED_KINDS]
        if kind is not None and kind not in known:
            msg = f"'{kind}' is no kind of finding. {nearest(kind, known)}"
            raise ValueError(msg)
        return kind

    @field_validator("persist")
    @classmethod
    def _k_of_n(cls, persist: tuple[int, int] | None) -> tuple[int, int] | None:
        return persist if persist is None else k_of_n(persist)


def k_of_n(persist: tuple[int, int]) -> tuple[int, int]:
    """Check ``[k, n]``: at least 1, k not over n, n at most 30."""
    k, n = persist
    if not 1 <= k <= n <= 30:
        msg = "it is [k, n] with 1 <= k <= n <= 30: k of the last n batches"
        raise ValueError(msg)
    return persist


class Escalation(Noun):
    """An alert that nobody acknowledged ``after`` this long goes to the receivers of ``to`` as well."""

    after: Span = timedelta(hours=24)
    to: str


class AlertsFile(Noun):
    """When an alert opens and ends. ``persist`` is ``[k, n]``; it clears after ``clear_after`` batches without even a Watch."""

    level: Literal["alarm", "watch"] = "alarm"
    persist: tuple[int, int] = (2, 3)
    clear_after: int = Field(default=3, ge=1, le=30)
    escalate: Escalation | None = None
    rules: tuple[Rule, ...] = ()

    @field_validator("persist")
    @classmethod
    def _k_of_n(cls, persist: tuple[int, int]) -> tuple[int, int]:
        return k_of_n(persist)

    def rule_set(self) -> alert_rules.Rules:
        """The thresholds as the alert engine takes them."""
        default = alert_rules.Rule(on=self.level, persist=self.persist)
        made = tuple(
            alert_rules.Rule(
                kind=r.kind,
                columns=r.columns,
                ignore=r.ignore,
                on=r.level or self.level,
                at_least=r.at_least,
                persist=r.persist or self.persist,
                severity=r.severity,
                route=r.route,
            )
            for r in self.rules
        )
        after = self.escalate.after if self.escalate else None
        return alert_rules.Rules(
            default, made, self.clear_after, after, self.escalate.to if self.escalate else ""
        )


class MonitorFile(Noun):
    """A whole monitor file. ``routes`` names receivers: Apprise addresses, in which ``${NAME}`` is read from the environment."""

    monitor: Name
    config: str | None = None
    project: str | None = None
    baseline: BaselineFile
    batches: BatchesFile
    alerts: AlertsFile = AlertsFile()
    routes: dict[str, tuple[str, ...]] = Field(default_factory=dict)

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
    if file.is_dir():
        sentence = f"'{file.name or path}' is a folder; the monitor's own YAML file is needed."
        hint = "In that file, 'batches: {source: FOLDER}' names the folder with the batches."
        raise InputError(Problem("MONITOR_YAML", sentence, hint, str(path)))
    try:
        data = yaml.safe_load(file.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise InputError(
            Problem("NOT_FOUND", f"There is no file '{file.name}'.", "", str(file))
        ) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file.name}, line {mark.line + 1}" if mark else file.name
        raise InputError(
            Problem("MONITOR_YAML", "The file is not valid YAML in UTF-8.", "", where)
        ) from None
    if not isinstance(data, dict):
        raise InputError(
            Problem("MONITOR_YAML", "The file is not a mapping of keys to values.", "", file.name)
        )
    try:
        found = MonitorFile.model_validate(data)
    except ValidationError as error:
        raise InputError([_problem(item, file.name) for item in error.errors()]) from None
    problems = _receivers(found, file.name)
    if problems:
        raise InputError(problems)
    return found


def _receivers(found: MonitorFile, where: str) -> list[Problem]:
    """Escalation without a receiver, and receivers that nothing is ever sent to: a misspelt name must not swallow alerts."""
    to = found.alerts.escalate.to if found.alerts.escalate else None
    known = [*(r.value for r in Route), *([to] if to else [])]
    problems = [
        Problem(
            "MONITOR_UNKNOWN_KEY",
            f"'routes.{name}' is no route and no escalation goes there.",
            hint,
            where,
        )
        for name in found.routes
        if name not in known and (hint := nearest(name, known))
    ]
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
    found = []
    for address in monitor.routes.get(route, ()):
        names = _VARIABLE.findall(address)
        if all(os.environ.get(name) for name in names):
            found.append(_VARIABLE.sub(lambda m: os.environ[m[1]], address))
    return tuple(found)

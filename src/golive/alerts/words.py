"""What is said of an alert outside GoLive: kinds, column names and times. No value, no count and no name of a place or person."""

from __future__ import annotations

from datetime import datetime

from golive.model.kinds import REGISTER, Kind, Severity
from golive.model.monitoring import Alert, Batch
from golive.wording.numbers import day

_FEED = {
    "batch_missing": "A batch did not arrive",
    "batch_empty": "A batch holds no rows",
    "batch_unreadable": "A batch cannot be read",
    "batch_other_schema": "A batch has other columns than the baseline",
    "batch_small": "A batch holds less than half of the usual rows",
}
FEED_KINDS = tuple(_FEED)
NOT_SENT = {
    "NO_RECEIVER": "the route names no receiver, or its variable is not set",
    "BAD_ADDRESS": "the address of a receiver has a form that is not known",
    "NOT_DELIVERED": "the receiver did not take it",
}
"""Why a message is still here, by the error of its delivery."""
_MOST_COLUMNS = 5
AFFECTS_PATIENTS = frozenset(kind for kind, entry in REGISTER.items() if entry.affects_patients)
"""What patients feel. It is not put down to a trouble of inputs that is much older: that would hide a model in decline."""


def title_of(kind: str, columns: tuple[str, ...], consequences: tuple[str, ...] = ()) -> str:
    """A sentence without a value: ``Another unit in creatinine``, ``More missing values in heart_rate, spo2 and 3 more``."""
    if kind in _FEED:
        return _FEED[kind]
    what = REGISTER[Kind(kind)].alert
    named = ", ".join(columns[:_MOST_COLUMNS])
    more = f" and {len(columns) - _MOST_COLUMNS} more" if len(columns) > _MOST_COLUMNS else ""
    return f"{what} {named}{more}" if columns else what.removesuffix(" in").rstrip(":")


def when(moment: datetime) -> str:
    """``20 Mar 2026``, with the hour where it is not midnight."""
    return day(moment) if moment.hour == moment.minute == 0 else at(moment)


def at(moment: datetime) -> str:
    """A time to the minute: ``3 Mar 2026 06:00 UTC``."""
    return f"{day(moment)} {moment:%H:%M} UTC"


def trouble(batch: Batch) -> str:
    """Why a batch was not compared, as the end of ``NAME: ...``; with the code of the reader where it has one."""
    code = f" ({batch.problem})" if batch.problem else ""
    if batch.state == "other_schema":
        titles = (o.title for o in batch.observations if o.title)
        return next(titles, "It has other columns than the baseline.")
    if batch.state == "empty":
        return f"It holds no rows{code}."
    if batch.state == "unreadable":
        return f"It cannot be read{code}: half written, or another format."
    return f"It was not compared{code}."


def subject(alert: Alert) -> str:
    """First line of a message."""
    urgent = {Severity.CRITICAL: "Critical: ", Severity.MAJOR: ""}.get(
        alert.severity, "For information: "
    )
    word = {"escalated": "Still open: ", "reopened": "Again: "}.get(alert.change, "")
    return f"GoLive {alert.monitor}: {urgent}{word}{alert.title}"


def consequences_for_patients(alert: Alert) -> tuple[str, ...]:
    """Consequences that patients feel."""
    return tuple(c for c in alert.consequences if c in AFFECTS_PATIENTS)


def also(alert: Alert) -> list[str]:
    """What goes with an alert, a sentence each; worse performance in one of its own, so that it is not read over."""
    rest = [c.replace("_", " ") for c in alert.consequences if c not in AFFECTS_PATIENTS]
    said = [f"It may also explain: {', '.join(rest)}."] if rest else []
    if harm := consequences_for_patients(alert):
        named = " and ".join(c.replace("_", " ") for c in harm)
        said.append(
            f"Performance is worse while this lasts ({named}). This trouble may be why, or something else: check performance "
            "again when it is repaired."
        )
    return said


def body(alert: Alert) -> str:
    """The message. The number of the alert leads to it in the app; repeated messages carry the same one."""
    waits = ["Nobody has acknowledged it yet."] if alert.change == "escalated" else []
    lines = [
        f"{alert.title}.",
        f"Seen since the batch of {when(alert.onset)}, for {alert.route.value.replace('_', ' ')}.",
        *also(alert),
        *waits,
        f"Details are in GoLive under Monitors, alert {alert.id}. This message holds no patient data.",
    ]
    return "\n".join(lines)

"""What the store hands out besides assessments: frozen values, times in UTC."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from duckdb import DuckDBPyConnection
from pydantic import BeforeValidator, model_validator

from golive.model.columns import Noun
from golive.model.readiness import ReadinessVerdict, Tier
from golive.model.result import CodeRelease

ItemT = TypeVar("ItemT", bound=Noun)
JsonObject = Annotated[
    dict[str, Any], BeforeValidator(lambda v: json.loads(v) if isinstance(v, str) else v)
]
"""An object, given as such or as the JSON text that the store holds."""


def as_dicts(cursor: DuckDBPyConnection) -> list[dict[str, Any]]:
    """Rows of the last query, by the names of their columns."""
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def read(cursor: DuckDBPyConnection, noun: type[ItemT]) -> tuple[ItemT, ...]:
    """Rows of the last query as values of ``noun``, whose fields are the columns; times are UTC."""

    def aware(value: object) -> object:
        return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value

    return tuple(
        noun.model_validate({name: aware(value) for name, value in row.items()})
        for row in as_dicts(cursor)
    )


def insert(cursor: DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows to a table. Its own columns decide what is read of a row: keys of one may come from a file."""
    described = cursor.execute(f"SELECT column_name FROM (DESCRIBE {table})").fetchall()
    columns = [name for (name,) in described]
    if rows:
        cursor.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
            [[row[name] for name in columns] for row in rows],
        )


class SessionCard(Noun):
    """One session as a list shows it: the latest revision without its result.

    ``created_at`` is when the data was assessed, ``saved_at`` when this revision was stored. ``index``, ``low`` and ``high``
    are 0 to 100, ``coverage`` is 0 to 1. ``alarm`` to ``cannot_judge`` count findings.
    """

    session: str
    revision: int
    project: str
    title: str
    created_at: datetime
    saved_at: datetime
    actor: str
    sample: bool
    verdict: ReadinessVerdict
    tier: Tier
    index: float | None
    low: float | None
    high: float | None
    coverage: float
    alarm: int
    watch: int
    quiet: int
    cannot_judge: int
    train_name: str
    train_rows: int
    train_sha256: str
    live_name: str
    live_rows: int
    live_sha256: str
    config_sha256: str
    golive: str


class ReleaseUse(Noun):
    """A session that held a column against a release of a code system; ``created_at`` is when the data was assessed."""

    session: str
    project: str
    created_at: datetime
    used: CodeRelease


class SessionRevision(Noun):
    """One line of a session's history: revision 1 is the assessment, later ones were scored again from new evidence."""

    revision: int
    saved_at: datetime
    actor: str
    reason: str
    verdict: ReadinessVerdict
    index: float | None
    coverage: float


class Revised(Noun, Generic[ItemT]):
    """An item with the revision to hand back when it is changed."""

    item: ItemT
    revision: int
    actor: str
    created_at: datetime
    deleted: bool = False


class Decision(Noun):
    """What a person decided about a finding. The finding's id is the same in every session of a project.

    ``fix``: someone repairs it by ``due``. ``explain``: it is expected, ``reason`` says why. ``accept``: the risk is taken
    until ``due``. ``defer``: decided again on ``due``. ``signed_by`` is the name put under it.
    """

    finding: str
    action: Literal["fix", "explain", "accept", "defer"]
    reason: str = ""
    owner: str = ""
    due: date | None = None
    session: str = ""
    signed_by: str = ""

    @model_validator(mode="after")
    def _says_enough(self) -> Decision:
        if self.action in ("explain", "accept") and not self.reason.strip():
            msg = f"'{self.action}' needs a reason"
            raise ValueError(msg)
        if self.action in ("accept", "defer") and self.due is None:
            msg = f"'{self.action}' needs a date until which it holds"
            raise ValueError(msg)
        return self


class CriteriaVersion(Noun):
    """One frozen version of a project's success criteria. ``payload`` holds the keys of ``criteria.CRITERIA_KEYS``."""

    project: str
    version: int
    payload: JsonObject
    sha256: str
    frozen_at: datetime
    actor: str
    reason: str


class AuditLine(Noun):
    """One line of the audit chain; ``hash`` covers every other field and the hash of the line before."""

    seq: int
    created_at: datetime
    actor: str
    action: str
    subject: str
    detail: JsonObject
    prev_hash: str
    hash: str


class AuditCheck(Noun):
    """Result of recomputing the chain: ``ok``, how many lines were read, and the first line that does not hold."""

    ok: bool
    lines: int
    first_bad: int | None = None
    reason: str = ""


class StoreState(Noun):
    """A store seen from outside, without changing it."""

    path: str
    exists: bool
    size_bytes: int = 0
    applied: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    encrypted: bool = False
    problem: str = ""

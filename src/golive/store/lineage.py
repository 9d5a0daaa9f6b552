"""Forward from a session: what people decided because of it. Backward is the session's own record (data, configuration,
policy).

A decision about a finding names the session it was taken in. Waivers, deferrals and decisions of the register name a
criterion, so they are listed with the session that was the latest of its pilot when they were written.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Literal

from duckdb import DuckDBPyConnection

from golive.model.columns import Noun
from golive.store import registers, sessions
from golive.store.ledger import Ledger
from golive.store.records import Decision

StepKind = Literal["decision about a finding", "waiver", "deferral", "decision of the register"]
_WHILE_LATEST: tuple[tuple[StepKind, Ledger[Any]], ...] = (
    ("waiver", registers.WAIVERS),
    ("deferral", registers.DEFERRALS),
    ("decision of the register", registers.DECISION_ROWS),
)


class Supported(Noun):
    """One decision that rests on a session: its kind, what it is about, the words of it, who wrote it and when."""

    kind: StepKind
    subject: str
    words: str
    actor: str
    at: datetime
    revision: int


def supported(cursor: DuckDBPyConnection, session: str) -> tuple[Supported, ...]:
    """Every decision that rests on a session, oldest first; later changes of it are lines of their own.

    Raises:
        InputError: ``SESSION_UNKNOWN``, ``SESSION_AMBIGUOUS``.
    """
    card = sessions.card(cursor, session)
    found = list(
        _written(
            cursor,
            "decision about a finding",
            registers.DECISIONS,
            "(payload ->> 'session') = ?",
            [card.project, card.session],
        )
    )
    period = [card.project, *_while_latest(cursor, card.session, card.project)]
    for kind, ledger in _WHILE_LATEST:
        where = "NOT deleted AND created_at >= ? AND created_at < coalesce(?, TIMESTAMP 'infinity')"
        found += _written(cursor, kind, ledger, where, period)
    return tuple(sorted(found, key=lambda s: (s.at, s.kind, s.subject)))


def _written(
    cursor: DuckDBPyConnection, kind: StepKind, ledger: Ledger[Any], where: str, values: list[Any]
) -> Iterator[Supported]:
    """Revisions of a ledger that fit a condition; ``values`` are the project and those of the condition."""
    rows = cursor.execute(
        f"SELECT payload, actor, created_at, revision FROM {ledger.table} WHERE project = ? AND {where}",
        values,
    ).fetchall()
    for payload, actor, at, revision in rows:
        item = ledger.noun.model_validate_json(payload)
        subject = str(getattr(item, "criterion", "") or ledger.key(item))
        yield Supported(
            kind=kind,
            subject=subject,
            words=_words(item),
            actor=actor,
            at=at.replace(tzinfo=UTC),
            revision=revision,
        )


def _words(item: Any) -> str:
    if isinstance(item, Decision):
        owner = f", owner {item.owner}" if item.owner else ""
        until = f", until {item.due.isoformat()}" if item.due else ""
        why = f": {item.reason}" if item.reason else ""
        return f"{item.action}{owner}{until}{why}"
    texts = (str(getattr(item, name, "") or "") for name in ("decision", "item", "reason"))
    return next(filter(None, texts), "")


def _while_latest(
    cursor: DuckDBPyConnection, session: str, project: str
) -> tuple[datetime, datetime | None]:
    """From when until when a session was the latest of its pilot, by the time it was first stored; no end for the newest."""
    rows = cursor.execute(
        "SELECT session, min(saved_at) AS first_saved FROM assessment WHERE project = ? GROUP BY session ORDER BY first_saved, session",
        [project],
    ).fetchall()
    place = next(i for i, (name, _) in enumerate(rows) if name == session)
    return rows[place][1], rows[place + 1][1] if place + 1 < len(rows) else None

"""Forward from a session: what people decided because of it. Backward is the session's own record (data, configuration,
policy).

A decision about a finding names the session it was taken in. Waivers, deferrals and decisions of the register name a
criterion, so they are told with the session that was the latest of its pilot when they were written.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from duckdb import DuckDBPyConnection

from golive.model.columns import Noun
from golive.store import ledger, registers, sessions
from golive.store.ledger import Ledger

StepKind = Literal["decision about a finding", "waiver", "deferral", "decision of the register"]
_WHILE_LATEST: tuple[tuple[StepKind, Ledger], ...] = (  # type: ignore[type-arg]
    ("waiver", ledger.WAIVERS),
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
    full = sessions.resolve(cursor, session)
    card = sessions.cards(cursor, project=None, session=full, limit=1)[0]
    found = []
    for payload, actor, at, revision in cursor.execute(
        "SELECT payload, actor, created_at, revision FROM decision WHERE project = ? AND (payload ->> 'session') = ?",
        [card.project, full],
    ).fetchall():
        item = ledger.DECISIONS.noun.model_validate_json(payload)
        owner = f", owner {item.owner}" if item.owner else ""
        until = f", until {item.due.isoformat()}" if item.due else ""
        why = f": {item.reason}" if item.reason else ""
        found.append(
            _told(
                "decision about a finding",
                item.finding,
                f"{item.action}{owner}{until}{why}",
                actor=actor,
                at=at,
                revision=revision,
            )
        )
    begin, end = _reign(cursor, full, card.project)
    for kind, kept in _WHILE_LATEST:
        rows = cursor.execute(
            f"""SELECT payload, actor, created_at, revision FROM {kept.table}
                WHERE project = ? AND NOT deleted AND created_at >= ? AND created_at < coalesce(?, TIMESTAMP 'infinity')""",
            [card.project, begin, end],
        ).fetchall()
        for payload, actor, at, revision in rows:
            item = kept.noun.model_validate_json(payload)
            words = next(
                (
                    v
                    for n in ("decision", "item", "reason")
                    if (v := str(getattr(item, n, "") or ""))
                ),
                "",
            )
            subject = str(getattr(item, "criterion", "") or kept.key(item))
            found.append(_told(kind, subject, words, actor=actor, at=at, revision=revision))
    return tuple(sorted(found, key=lambda s: (s.at, s.kind, s.subject)))


def _told(
    kind: StepKind, subject: str, words: str, *, actor: str, at: datetime, revision: int
) -> Supported:
    return Supported(
        kind=kind,
        subject=subject,
        words=words,
        actor=actor,
        at=at.replace(tzinfo=UTC),
        revision=revision,
    )


def _reign(
    cursor: DuckDBPyConnection, session: str, project: str
) -> tuple[datetime, datetime | None]:
    """From when until when a session was the latest of its pilot, by the time it was first stored; no end for the newest."""
    rows = cursor.execute(
        "SELECT session, min(saved_at) AS first_saved FROM assessment WHERE project = ? GROUP BY session ORDER BY first_saved, session",
        [project],
    ).fetchall()
    place = next(i for i, (name, _) in enumerate(rows) if name == session)
    return rows[place][1], rows[place + 1][1] if place + 1 < len(rows) else None

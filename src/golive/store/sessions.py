"""Sessions in the store: an assessment is written once; scoring it again from new evidence appends a revision."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from duckdb import DuckDBPyConnection

from golive.model.config import Config
from golive.model.errors import InputError, Problem, nearest
from golive.model.finding import Verdict
from golive.model.result import Assessment, CodeRelease
from golive.store import audit, formats
from golive.store.records import ReleaseUse, SessionCard, SessionRevision, insert, read

_CARD = """
    SELECT a.session, a.revision, a.project, a.title, a.created_at, a.saved_at, a.actor, a.sample, a.verdict, a.tier,
        a.readiness_index AS "index", a.low, a.high, a.coverage, a.alarm, a.watch, a.quiet, a.cannot_judge,
        t.name AS train_name, t.rows AS train_rows, t.sha256 AS train_sha256,
        l.name AS live_name, l.rows AS live_rows, l.sha256 AS live_sha256, a.config_sha256, a.golive
    FROM assessment a
    JOIN dataset t ON t.session = a.session AND t.role = 'train'
    JOIN dataset l ON l.session = a.session AND l.role = 'live'
    WHERE ($project IS NULL OR a.project = $project) AND ($session IS NULL OR a.session = $session)
    QUALIFY row_number() OVER (PARTITION BY a.session ORDER BY a.revision DESC) = 1
    ORDER BY a.created_at DESC, a.saved_at DESC, a.session
    LIMIT $limit
"""


def add_project(cursor: DuckDBPyConnection, project: str, now: datetime) -> None:
    """Remember the name of a project; knowing it already is fine."""
    cursor.execute("INSERT INTO project VALUES (?, ?) ON CONFLICT DO NOTHING", [project, now])


def projects(cursor: DuckDBPyConnection) -> tuple[str, ...]:
    """Names of all projects, by name."""
    rows = cursor.execute("SELECT name FROM project ORDER BY name").fetchall()
    return tuple(name for (name,) in rows)


def resolve(cursor: DuckDBPyConnection, session: str) -> str:
    """The full id of a session given in full or by its first four or more characters.

    Raises:
        InputError: ``SESSION_UNKNOWN`` or ``SESSION_AMBIGUOUS``.
    """
    ids = [row[0] for row in cursor.execute("SELECT DISTINCT session FROM assessment").fetchall()]
    if session in ids:
        return session
    matches = [i for i in ids if len(session) >= 4 and i.startswith(session)]
    if len(matches) == 1:
        return str(matches[0])
    if matches:
        sentence = f"{len(matches)} sessions begin with '{session}'."
        raise InputError(Problem("SESSION_AMBIGUOUS", sentence, "Give more of the id."))
    sentence = f"There is no session '{session}' in this store."
    hint = nearest(session, ids) if 0 < len(ids) <= 5 else "`golive sessions list` shows every id."
    raise InputError(Problem("SESSION_UNKNOWN", sentence, hint))


def revision_of(cursor: DuckDBPyConnection, session: str) -> int:
    """The latest revision of ``session``, 0 when there is none."""
    row = cursor.execute(
        "SELECT max(revision) FROM assessment WHERE session = ?", [session]
    ).fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def append(
    cursor: DuckDBPyConnection,
    assessment: Assessment,
    config: Config,
    *,
    actor: str,
    now: datetime,
    title: str,
    sample: bool,
    reason: str = "",
) -> int:
    """Append the next revision of a session with its audit line, in the caller's transaction; return its number."""
    revision = revision_of(cursor, assessment.session) + 1
    result = assessment.model_dump_json()
    config_text = json.dumps(config.model_dump(mode="json"), ensure_ascii=False)
    created_at = datetime.fromisoformat(assessment.created_at).astimezone(UTC).replace(tzinfo=None)
    row = {
        "session": assessment.session,
        "revision": revision,
        "project": assessment.project,
        "title": title,
        "created_at": created_at,
        "saved_at": now,
        "actor": actor,
        "reason": reason,
        "sample": sample,
        "golive": assessment.golive,
        "config": config_text,
        "config_sha256": assessment.config_sha256,
        "format": assessment.format,
        "result": result,
    }
    insert(cursor, "assessment", [row | facts_of(assessment)])
    if revision == 1:
        inputs = (("train", assessment.inputs.train), ("live", assessment.inputs.live))
        roles = [
            {"session": assessment.session, "role": role, **data.model_dump()}
            for role, data in inputs
        ]
        insert(cursor, "dataset", roles)
    audit.append(
        cursor,
        now,
        actor,
        "session.save" if revision == 1 else "session.rescore",
        assessment.session,
        revision=revision,
        project=assessment.project,
        sample=sample,
        sha256=audit.sha256(result + config_text),
    )
    return revision


def facts_of(assessment: Assessment) -> dict[str, str | float | None]:
    """What the card of a session says about its result, by the column it is stored in."""
    readiness = assessment.readiness
    return {
        "verdict": readiness.verdict.value,
        "tier": readiness.tier.value,
        "readiness_index": readiness.index,
        "low": readiness.low,
        "high": readiness.high,
        "coverage": readiness.coverage,
        **{v.value: assessment.count(v) for v in Verdict},
    }


def load(
    cursor: DuckDBPyConnection, session: str, revision: int | None
) -> tuple[Assessment, Config]:
    """One revision of a session (the latest when ``revision`` is ``None``) and the configuration it was made with.

    Raises:
        InputError: ``SESSION_UNKNOWN``. StoreError: ``STORE_NEWER`` for a result of a later version.
    """
    full = resolve(cursor, session)
    row = cursor.execute(
        "SELECT result, config FROM assessment WHERE session = ? AND revision = ?",
        [full, revision or revision_of(cursor, full)],
    ).fetchone()
    if row is None:
        raise InputError(
            Problem("SESSION_UNKNOWN", f"Session '{full}' has no revision {revision}.")
        )
    return formats.read(json.loads(row[0])), Config.model_validate(json.loads(row[1]))


def cards(
    cursor: DuckDBPyConnection, *, project: str | None, session: str | None, limit: int
) -> tuple[SessionCard, ...]:
    """The latest revision of each session, newest assessment first."""
    cursor.execute(_CARD, {"project": project, "session": session, "limit": limit})
    return read(cursor, SessionCard)


def card(cursor: DuckDBPyConnection, session: str) -> SessionCard:
    """One session, named in full or by its first four or more characters. Raises as ``resolve``."""
    return cards(cursor, project=None, session=resolve(cursor, session), limit=1)[0]


def release_uses(cursor: DuckDBPyConnection, limit: int) -> tuple[ReleaseUse, ...]:
    """Releases of code systems that the newest ``limit`` sessions used, newest session first."""
    rows = cursor.execute(
        """SELECT session, project, created_at, releases FROM (
               SELECT session, project, created_at, saved_at, result -> '$.code_releases' AS releases FROM assessment
               QUALIFY row_number() OVER (PARTITION BY session ORDER BY revision DESC) = 1
               ORDER BY created_at DESC, saved_at DESC, session LIMIT ?)
           WHERE json_array_length(releases) > 0 ORDER BY created_at DESC, saved_at DESC, session""",
        [limit],
    ).fetchall()
    return tuple(
        ReleaseUse(
            session=s,
            project=p,
            created_at=at.replace(tzinfo=UTC),
            used=CodeRelease.model_validate(one),
        )
        for s, p, at, text in rows
        for one in json.loads(text)
    )


def history(cursor: DuckDBPyConnection, session: str) -> tuple[SessionRevision, ...]:
    """Every revision of a session, newest first."""
    cursor.execute(
        """SELECT revision, saved_at, actor, reason, verdict, readiness_index AS "index", coverage
           FROM assessment WHERE session = ? ORDER BY revision DESC""",
        [session],
    )
    return read(cursor, SessionRevision)


def older_than(cursor: DuckDBPyConnection, before: datetime) -> list[str]:
    """Sessions assessed before a moment (naive UTC), oldest first."""
    rows = cursor.execute(
        "SELECT session FROM assessment GROUP BY session HAVING min(created_at) < ? ORDER BY min(created_at), session",
        [before],
    ).fetchall()
    return [session for (session,) in rows]


def delete(
    cursor: DuckDBPyConnection, session: str, *, actor: str, now: datetime, reason: str = ""
) -> None:
    """Remove every revision of a session; the audit chain keeps that it existed, not what it said."""
    revisions = revision_of(cursor, session)
    cursor.execute("DELETE FROM assessment WHERE session = ?", [session])
    cursor.execute("DELETE FROM dataset WHERE session = ?", [session])
    why = {"reason": reason} if reason else {}
    audit.append(cursor, now, actor, "session.delete", session, revisions=revisions, **why)

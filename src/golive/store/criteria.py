"""Success criteria, frozen before live data is seen. A change afterwards is a new version with a reason, and it shows."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from duckdb import DuckDBPyConnection

from golive.model.config import Config
from golive.model.errors import InputError, Problem
from golive.model.result import CriteriaLock
from golive.store import audit
from golive.store.records import CriteriaVersion, read

CRITERIA_KEYS = (
    "intended_use",
    "risk",
    "operating_threshold",
    "floors",
    "latency_budget_ms",
    "drift",
)
"""Keys of ``Config`` that say what success is. Roles, units and evidence may change without moving the goal."""
LATER_KEYS = ("alert_limit_per_day", "intended_users")
"""Keys that came later: they count only where they are set, so that criteria frozen before stay what they are."""


def criteria_of(config: Config) -> dict[str, Any]:
    """The success criteria inside ``config``, as JSON values."""
    later = {key for key in LATER_KEYS if getattr(config, key) is not None}
    return config.model_dump(mode="json", include={*CRITERIA_KEYS, *later})


def _text(payload: dict[str, Any]) -> str:
    return json.dumps(payload, ensure_ascii=False, sort_keys=True)


def history(cursor: DuckDBPyConnection, project: str) -> tuple[CriteriaVersion, ...]:
    """Every frozen version, newest first."""
    cursor.execute(
        "SELECT project, version, payload, sha256, frozen_at, actor, reason FROM criteria WHERE project = ? ORDER BY version DESC",
        [project],
    )
    return read(cursor, CriteriaVersion)


def freeze(
    cursor: DuckDBPyConnection,
    project: str,
    config: Config,
    *,
    reason: str,
    actor: str,
    now: datetime,
) -> None:
    """Append a version in the caller's transaction; freezing what is already frozen changes nothing.

    Raises:
        InputError: ``CRITERIA_REASON`` when frozen criteria are changed without saying why.
    """
    known = history(cursor, project)
    text = _text(criteria_of(config))
    digest = audit.sha256(text)
    if known and known[0].sha256 == digest:
        return
    if known and not reason.strip():
        sentence = "Frozen criteria change only with a reason."
        hint = "Say why they change, for the record."
        raise InputError(Problem("CRITERIA_REASON", sentence, hint))
    version = len(known) + 1
    cursor.execute(
        "INSERT INTO criteria VALUES (?, ?, ?, ?, ?, ?, ?)",
        [project, version, text, digest, now, actor, reason],
    )
    audit.append(cursor, now, actor, "criteria.freeze", project, revision=version, sha256=digest)


def lock(cursor: DuckDBPyConnection, project: str, config: Config | None) -> CriteriaLock | None:
    """When the criteria in force were frozen, and whether that was before live data was first judged.

    ``before_live`` compares the latest version with the first session of the project that is not a sample; the audit chain
    remembers it after the session was deleted, and after the project moved to another store. A ``config`` whose criteria
    differ from the frozen ones counts as one more change and as not frozen before live data. ``None`` when nothing was
    frozen.
    """
    known = history(cursor, project)
    if not known:
        return None
    first = cursor.execute(
        """SELECT min(created_at) FROM (
               SELECT created_at, action, detail FROM audit UNION ALL SELECT created_at, action, detail FROM past_audit)
           WHERE action = 'session.save'
           AND json_extract_string(detail, '$.project') = ? AND json_extract_string(detail, '$.sample') = 'false'""",
        [project],
    ).fetchone()
    latest = known[0]
    first_live = first[0].replace(tzinfo=UTC) if first and first[0] else None
    differs = config is not None and audit.sha256(_text(criteria_of(config))) != latest.sha256
    return CriteriaLock(
        frozen_at=latest.frozen_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        sha256=latest.sha256,
        before_live=not differs and (first_live is None or latest.frozen_at <= first_live),
        changes=len(known) - 1 + differs,
    )

"""The audit chain: each line holds the hash of the one before, and the hash of what was stored with it.

The chain shows that a line was changed or taken out of the middle. The hash of the content shows that a stored result or
item was changed or removed past GoLive. Whoever can rewrite the whole file can rewrite the whole chain: keep the last hash
elsewhere when that matters.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from duckdb import DuckDBPyConnection

from golive.store.file.migrations import LEDGER_TABLES
from golive.store.records import AuditCheck, AuditLine, as_dicts

GENESIS = "0" * 64
_FIELDS = "seq, created_at, actor, action, subject, detail, prev_hash, hash"


def sha256(text: str) -> str:
    """SHA-256 of ``text`` in UTF-8, as hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def line_hash(*line: Any) -> str:
    """Hash of (seq, created_at, actor, action, subject, detail, prev_hash); numbers as numbers, the time in microseconds."""
    values = [v.isoformat(timespec="microseconds") if isinstance(v, datetime) else v for v in line]
    return sha256(json.dumps(values, ensure_ascii=False, separators=(",", ":")))


def append(
    cursor: DuckDBPyConnection,
    created_at: datetime,
    actor: str,
    action: str,
    subject: str,
    **detail: Any,
) -> None:
    """Add a line in the caller's transaction. ``created_at`` is naive UTC; ``detail`` names things, never their content."""
    append_many(cursor, created_at, actor, [(action, subject, detail)])


def append_many(
    cursor: DuckDBPyConnection,
    created_at: datetime,
    actor: str,
    entries: Sequence[tuple[str, str, dict[str, Any]]],
) -> None:
    """Add a line per ``(action, subject, detail)`` in the caller's transaction, in one insert."""
    last = cursor.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    seq, prev_hash = (last[0] + 1, last[1]) if last else (1, GENESIS)
    rows = []
    for number, (action, subject, detail) in enumerate(entries, start=seq):
        text = json.dumps(detail, ensure_ascii=False, sort_keys=True)
        digest = line_hash(number, created_at, actor, action, subject, text, prev_hash)
        rows.append((number, action, subject, text, prev_hash, digest))
        prev_hash = digest
    numbers, actions, subjects, details, before, hashes = (
        list(part) for part in zip(*rows, strict=True)
    )
    cursor.execute(
        "INSERT INTO audit SELECT unnest(?), ?, ?, unnest(?), unnest(?), unnest(?), unnest(?), unnest(?)",
        [numbers, created_at, actor, actions, subjects, details, before, hashes],
    )


def latest_by_subject(cursor: DuckDBPyConnection, action: str) -> dict[str, AuditLine]:
    """The last line of ``action`` of every subject."""
    cursor.execute(f"SELECT {_FIELDS} FROM audit WHERE action = ? ORDER BY seq", [action])
    return {row["subject"]: AuditLine.model_validate(row) for row in as_dicts(cursor)}


def lines(cursor: DuckDBPyConnection, limit: int) -> tuple[AuditLine, ...]:
    """The last ``limit`` lines, newest first."""
    cursor.execute(f"SELECT {_FIELDS} FROM audit ORDER BY seq DESC LIMIT ?", [limit])
    return tuple(map(AuditLine.model_validate, as_dicts(cursor)))


_REVISED = " UNION ALL ".join(
    f"SELECT '{table} ' || project || '/' || id || ' ' || revision, sha256(payload::VARCHAR) FROM {table}"
    for table in LEDGER_TABLES
)
_CONTENT = f"""
    SELECT 'session ' || session || ' ' || revision, sha256(result::VARCHAR || config) FROM assessment
    UNION ALL {_REVISED}
    UNION ALL SELECT 'criteria ' || project || ' ' || version, sha256(payload) FROM criteria
"""


def verify(cursor: DuckDBPyConnection) -> AuditCheck:
    """Recompute the chain from its first line, then compare what is stored with what the chain says was stored."""
    rows = cursor.execute(f"SELECT {_FIELDS} FROM audit ORDER BY seq").fetchall()

    def broken(line: int, reason: str) -> AuditCheck:
        return AuditCheck(ok=False, lines=len(rows), first_bad=line, reason=reason)

    prev_hash = GENESIS
    written: dict[str, dict[int, tuple[int, str]]] = {}
    for expected, row in enumerate(rows, start=1):
        if row[0] != expected or row[6] != prev_hash or line_hash(*row[:7]) != row[7]:
            return broken(expected, "the line was changed or removed")
        prev_hash = row[7]
        _, _, _, action, subject, detail, _, _ = row
        noun, verb = action.split(".")
        facts = json.loads(detail)
        of_subject = written.setdefault(f"{noun} {subject}", {})
        if verb == "delete" and noun == "session":
            of_subject.clear()
        elif verb == "expire":
            for revision in [r for r in of_subject if r < facts["below"]]:
                del of_subject[revision]
        elif "sha256" in facts:
            of_subject[facts["revision"]] = (expected, facts["sha256"])
    stored = dict(cursor.execute(_CONTENT).fetchall())
    recorded = {
        f"{name} {revision}": line
        for name, found in written.items()
        for revision, line in found.items()
    }
    for name, (seq, digest) in recorded.items():
        if stored.get(name) != digest:
            what = "changed" if name in stored else "removed"
            return broken(seq, f"{name} was {what} after it was stored")
    if extra := sorted(stored.keys() - recorded.keys()):
        return broken(len(rows) + 1, f"{extra[0]} was stored without a line in the chain")
    return AuditCheck(ok=True, lines=len(rows))

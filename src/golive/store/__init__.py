"""Sessions, evidence, decisions and the audit chain, kept in one DuckDB file."""

from golive.store.diff import SessionDiff, compare_sessions
from golive.store.records import (
    AuditCheck,
    AuditLine,
    CriteriaVersion,
    Decision,
    Revised,
    SessionCard,
    SessionRevision,
    StoreState,
)
from golive.store.store import Store, inspect

__all__ = [
    "AuditCheck",
    "AuditLine",
    "CriteriaVersion",
    "Decision",
    "Revised",
    "SessionCard",
    "SessionDiff",
    "SessionRevision",
    "Store",
    "StoreState",
    "compare_sessions",
    "inspect",
]

"""Sessions, evidence, decisions and the audit chain, kept in one DuckDB file."""

from golive.store.diff import SessionDiff, compare_sessions
from golive.store.records import Decision, Revised, SessionCard
from golive.store.store import Store, inspect

__all__ = [
    "Decision",
    "Revised",
    "SessionCard",
    "SessionDiff",
    "Store",
    "compare_sessions",
    "inspect",
]

"""Registers in the store: one append-only ledger per kind of row, read at once, written in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from golive.model import registers as nouns
from golive.model.errors import GoLiveError, Problem, StoreError
from golive.model.registers import Registers
from golive.store import audit, ledger, sessions
from golive.store.file.database import Database
from golive.store.ledger import Ledger
from golive.store.records import ItemT, Revised

if TYPE_CHECKING:
    from golive.readiness import Model


def _by_id(item: Any) -> str:
    return str(item.id)


SCOPE = Ledger("scope_item", nouns.ScopeItem, _by_id)
DEFERRALS = Ledger("deferral", nouns.Deferral, _by_id)
DECISION_ROWS = Ledger("decision_row", nouns.DecisionRow, _by_id)
OWNERS = Ledger("owner_row", nouns.OwnerRow, _by_id)
KPIS = Ledger("kpi", nouns.Kpi, _by_id)
VALUE = Ledger("value_line", nouns.ValueLine, _by_id)
EVENTS = Ledger("event", nouns.Event, _by_id)
MANIFESTS = Ledger("manifest", nouns.Manifest, _by_id)
TRAINING = Ledger("training", nouns.Training, _by_id)
DRILLS = Ledger("drill", nouns.Drill, _by_id)
HAZARDS = Ledger("hazard", nouns.Hazard, _by_id)
PLAN = Ledger("plan_row", nouns.PlanRow, _by_id)
PROPOSALS = Ledger("proposal", nouns.Proposal, _by_id)
MILESTONES = Ledger("milestone", nouns.Milestone, _by_id)
POLICIES = Ledger("policy_file", nouns.PolicyFile, _by_id)
EVIDENCE = ledger.EVIDENCE
WAIVERS = ledger.WAIVERS
BEARING: dict[str, Ledger[Any]] = {
    "scope": SCOPE,
    "deferrals": DEFERRALS,
    "owners": OWNERS,
    "kpis": KPIS,
    "value": VALUE,
    "events": EVENTS,
    "manifests": MANIFESTS,
    "decisions": DECISION_ROWS,
    "training": TRAINING,
    "drills": DRILLS,
    "hazards": HAZARDS,
    "milestones": MILESTONES,
}
"""Registers that readiness reads, by the names of ``golive.model.registers.Registers``."""


@dataclass(frozen=True)
class Change:
    """One row to write: the item, the revision its writer has seen (0 for a new one), and whether it is taken out."""

    item: Any
    revision: int = 0
    deleted: bool = False


class RegisterStore:
    """Registers of all projects. Get it as ``store.registers``; it shares the file and the clock of its store."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def current(self, kept: Ledger[ItemT], project: str) -> tuple[Revised[ItemT], ...]:
        """Rows of one register with revisions, oldest first."""
        with self._database.cursor() as cursor:
            return kept.current(cursor, project)

    def items(self, kept: Ledger[ItemT], project: str) -> tuple[ItemT, ...]:
        """Rows of one register without revisions."""
        return tuple(entry.item for entry in self.current(kept, project))

    def ever(self, kept: Ledger[ItemT], project: str) -> bool:
        """Whether the register of ``project`` ever held a row, also one that was taken out since."""
        with self._database.cursor() as cursor:
            found = cursor.execute(
                f"SELECT count(*) FROM {kept.table} WHERE project = ?", [project]
            ).fetchone()
        return bool(found and found[0])

    def ids(self, kept: Ledger[ItemT], project: str) -> frozenset[str]:
        """Ids of every row that a register ever held, those that were taken out included."""
        with self._database.cursor() as cursor:
            rows = cursor.execute(
                f"SELECT DISTINCT id FROM {kept.table} WHERE project = ?", [project]
            ).fetchall()
        return frozenset(str(row[0]) for row in rows)

    def history(
        self, kept: Ledger[ItemT], project: str, item_id: str
    ) -> tuple[Revised[ItemT], ...]:
        """Every revision of one row, newest first, deletions included."""
        with self._database.cursor() as cursor:
            return kept.history(cursor, project, item_id)

    def bearing(self, project: str) -> Registers:
        """Everything that readiness reads, with the day each register was last changed."""
        values: dict[str, Any] = {}
        changed = {}
        with self._database.cursor() as cursor:
            for name, kept in BEARING.items():
                rows = kept.current(cursor, project)
                values[name] = tuple(entry.item for entry in rows)
                last = cursor.execute(
                    f"SELECT max(created_at) FROM {kept.table} WHERE project = ?", [project]
                )
                found = last.fetchone()
                if found and found[0]:
                    changed[name] = found[0].replace(tzinfo=UTC).date()
        return Registers(**values, changed_on=changed)

    def policy(self, project: str) -> Model | None:
        """The readiness policy that the organisation put in force for ``project``; ``None`` for the shipped one.

        Raises:
            InputError: the stored policy does not fit this version of GoLive; every problem.
        """
        rows = self.items(POLICIES, project)
        return _parsed(rows[0].text) if rows else None

    def policy_called(self, project: str, label: str) -> Model | None:
        """The policy of ``project`` that a verdict names (``name version``), in force or not; ``None`` when there never was one.

        Raises:
            InputError: it does not fit this version of GoLive; every problem.
        """
        for entry in self.history(POLICIES, project, "policy"):
            if f"{entry.item.name} {entry.item.version}" == label:
                return _parsed(entry.item.text)
        return None

    def put(
        self, kept: Ledger[ItemT], item: ItemT, *, project: str, actor: str, revision: int = 0
    ) -> int:
        """Store one row and return its new revision. Raises StoreError ``CONFLICT``."""
        self.write(kept, [Change(item, revision)], project=project, actor=actor)
        return revision + 1 if revision else self.history(kept, project, kept.key(item))[0].revision

    def write(
        self, kept: Ledger[ItemT], changes: Sequence[Change], *, project: str, actor: str
    ) -> int:
        """Write all changes of one register, or none of them. Returns how many rows were written.

        Raises:
            StoreError: every row that someone else has changed or removed in between (``CONFLICT``, ``NOT_FOUND``).
        """
        if not changes:
            return 0
        with self._database.write() as cursor:
            now = self._now()
            sessions.add_project(cursor, project, now)
            known = _latest(cursor, kept, project)
            problems, rows, lines = [], [], []
            for change in changes:
                key = kept.key(change.item)
                last = known.get(key, (0, "", None, False))
                revision, _, _, gone = last
                if change.deleted and (revision == 0 or gone):
                    sentence = f"There is no {kept.table.replace('_', ' ')} '{key}' any more."
                    problems.append(
                        Problem("NOT_FOUND", sentence, "Reload to see what is there.", key)
                    )
                elif change.revision != revision and not (change.revision == 0 and gone):
                    problems.append(_conflict(kept.table, key, last))
                else:
                    payload = change.item.model_dump_json()
                    rows.append((key, revision + 1, payload, change.deleted))
                    verb = "delete" if change.deleted else "put"
                    detail = {"revision": revision + 1, "sha256": audit.sha256(payload)}
                    lines.append((f"{kept.table}.{verb}", f"{project}/{key}", detail))
                    known[key] = (revision + 1, actor, now, change.deleted)
            if problems:
                raise StoreError(problems)
            cursor.execute(
                f"INSERT INTO {kept.table} SELECT ?, unnest(?), unnest(?), unnest(?), unnest(?), ?, ?",
                [project, *(list(part) for part in zip(*rows, strict=True)), actor, now],
            )
            audit.append_many(cursor, now, actor, lines)
        return len(changes)

    def accept(
        self, proposal: Revised[nouns.Proposal], *, project: str, actor: str
    ) -> nouns.Proposal:
        """Turn a proposal into evidence reviewed by ``actor``, both in one transaction.

        Raises:
            GoLiveError: ``REVIEW_OWN`` when ``actor`` proposed it. StoreError: ``CONFLICT`` when either changed in between.
        """
        item = proposal.item
        if item.proposed_by == actor:
            raise GoLiveError(
                Problem(
                    "REVIEW_OWN",
                    "Evidence is accepted by someone else than who proposed it.",
                    "Ask a colleague.",
                )
            )
        evidence = item.evidence.model_copy(update={"reviewer": actor})
        decided = item.model_copy(
            update={"state": "accepted", "decided_by": actor, "evidence": evidence}
        )
        with self._database.write() as cursor:
            now = self._now()
            PROPOSALS.put(
                cursor, decided, project=project, actor=actor, expected=proposal.revision, now=now
            )
            known = EVIDENCE.history(cursor, project, evidence.id)
            seen = known[0].revision if known else 0
            EVIDENCE.put(cursor, evidence, project=project, actor=actor, expected=seen, now=now)
        return decided


@lru_cache(maxsize=8)
def _parsed(text: str) -> Model:
    from golive.readiness import parse_model

    return parse_model(text, "policy of the project")


_Known = tuple[int, str, datetime | None, bool]


def _latest(cursor: Any, kept: Ledger[Any], project: str) -> dict[str, _Known]:
    """Latest revision of every row: ``{id: (revision, actor, when, deleted)}``, in one query."""
    rows = cursor.execute(
        f"""SELECT id, max(revision), arg_max(actor, revision), arg_max(created_at, revision), arg_max(deleted, revision)
            FROM {kept.table} WHERE project = ? GROUP BY id""",
        [project],
    ).fetchall()
    return {key: (revision, actor, at, deleted) for key, revision, actor, at, deleted in rows}


def _conflict(table: str, key: str, last: _Known) -> Problem:
    revision, actor, at, deleted = last
    noun = table.replace("_", " ")
    if at is None:
        return Problem(
            "CONFLICT",
            f"The {noun} '{key}' does not exist any more.",
            "Reload to see the change.",
            key,
        )
    verb = "deleted" if deleted else "changed"
    sentence = f"The {noun} '{key}' was {verb} by {actor} on {at:%d %b %Y %H:%M} UTC (revision {revision})."
    return Problem("CONFLICT", sentence, "Reload to see the change, then save again.", key)

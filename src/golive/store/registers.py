"""Registers and reviews in the store: one append-only ledger per kind of row, read at once, written in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from golive.model import registers as nouns
from golive.model.errors import GoLiveError, Problem
from golive.model.readiness import EvidenceItem, Waiver
from golive.model.registers import Registers
from golive.model.reviews import Review
from golive.store import ledger
from golive.store.ledger import Ledger, LedgerStore
from golive.store.records import Decision, ItemT, Revised

if TYPE_CHECKING:
    from golive.readiness import Model

Change = ledger.Change
EVIDENCE = Ledger("evidence", EvidenceItem)
DECISIONS = Ledger("decision", Decision, lambda item: item.finding)
WAIVERS = Ledger("waiver", Waiver, lambda item: item.criterion)
SCOPE = Ledger("scope_item", nouns.ScopeItem)
DEFERRALS = Ledger("deferral", nouns.Deferral)
DECISION_ROWS = Ledger("decision_row", nouns.DecisionRow)
OWNERS = Ledger("owner_row", nouns.OwnerRow)
KPIS = Ledger("kpi", nouns.Kpi)
VALUE = Ledger("value_line", nouns.ValueLine)
EVENTS = Ledger("event", nouns.Event)
MANIFESTS = Ledger("manifest", nouns.Manifest)
TRAINING = Ledger("training", nouns.Training)
DRILLS = Ledger("drill", nouns.Drill)
HAZARDS = Ledger("hazard", nouns.Hazard)
PLAN = Ledger("plan_row", nouns.PlanRow)
PROPOSALS = Ledger("proposal", nouns.Proposal)
MILESTONES = Ledger("milestone", nouns.Milestone)
POLICIES = Ledger("policy_file", nouns.PolicyFile)
READINESS_REGISTERS: dict[str, Ledger[Any]] = {
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


class RegisterStore(LedgerStore):
    """Registers of all projects. Get it as ``store.registers``."""

    def ids(self, register: Ledger[ItemT], project: str) -> frozenset[str]:
        """Ids of every row that a register ever held, those that were taken out included."""
        with self._database.cursor() as cursor:
            rows = cursor.execute(
                f"SELECT DISTINCT id FROM {register.table} WHERE project = ?", [project]
            ).fetchall()
        return frozenset(str(row[0]) for row in rows)

    def for_readiness(self, project: str) -> Registers:
        """Everything that readiness reads, with the day each register was last changed."""
        values: dict[str, Any] = {}
        changed = {}
        with self._database.cursor() as cursor:
            for name, register in READINESS_REGISTERS.items():
                values[name] = tuple(entry.item for entry in register.current(cursor, project))
                last = cursor.execute(
                    f"SELECT max(created_at) FROM {register.table} WHERE project = ?", [project]
                ).fetchone()
                if last and last[0]:
                    changed[name] = last[0].date()
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

    def accept(
        self, proposal: Revised[nouns.Proposal], *, project: str, actor: str
    ) -> nouns.Proposal:
        """Turn a proposal into evidence reviewed by ``actor``, both in one transaction.

        Raises:
            GoLiveError: ``REVIEW_OWN`` when ``actor`` proposed it. StoreError: ``CONFLICT`` when either changed in between.
        """
        item = proposal.item
        if item.proposed_by == actor:
            sentence = "Evidence is accepted by someone else than who proposed it."
            hint = "Ask a colleague."
            raise GoLiveError(Problem("REVIEW_OWN", sentence, hint))
        evidence = item.evidence.model_copy(update={"reviewer": actor})
        decided = item.model_copy(
            update={"state": "accepted", "decided_by": actor, "evidence": evidence}
        )
        with self._writing(project, actor) as transaction:
            transaction.write(PROPOSALS, [Change(decided, proposal.revision)])
            transaction.put(EVIDENCE, evidence)
        return decided


@lru_cache(maxsize=8)
def _parsed(text: str) -> Model:
    from golive.readiness import parse_model

    return parse_model(text, "policy of the project")


REVIEWS = Ledger("review", Review)


@dataclass(frozen=True)
class ReviewStore:
    """Reviews of all projects. Get it as ``store.reviews``."""

    rows: LedgerStore

    def of(self, project: str, live: str) -> tuple[Revised[Review], ...]:
        """Current reviews of the file with SHA-256 ``live``, oldest first."""
        return tuple(e for e in self.rows.current(REVIEWS, project) if e.item.live == live)

    def put(self, review: Review, *, project: str, actor: str, revision: int = 0) -> int:
        """Store a review and return its new revision; ``revision`` is the one its writer has seen (0 for a new one).

        Raises:
            StoreError: ``CONFLICT``.
        """
        return self.rows.put(REVIEWS, review, project=project, actor=actor, revision=revision)

    def take_back(self, review: Review, *, project: str, actor: str, revision: int) -> int:
        """Take a review out of use; its history stays. Raises StoreError ``CONFLICT``, ``NOT_FOUND``."""
        return self.rows.put(
            REVIEWS, review, project=project, actor=actor, revision=revision, deleted=True
        )

"""Which clauses of which standards have current evidence behind them, through the criteria that support each clause.

A clause is *supported* when a criterion that names it stands at the production bar with evidence in date. That is no
statement of conformity: the criteria cover parts of a clause, and only an assessor can judge it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from golive.model.readiness import CriterionScore, Readiness
from golive.readiness.policy.policy import Model, load_model

BAR = 3
State = Literal["supported", "partly", "none", "not_asked"]
CLAUSES_IN_ALL = {"RMF": 72}
"""Clauses of a standard in all, where the research names the number; elsewhere only the clauses of the crosswalk count."""


@dataclass(frozen=True)
class Clause:
    """One clause: criteria that bear on it, its state, and those of the criteria that stand at the bar."""

    standard: str
    clause: str
    state: State
    criteria: tuple[str, ...]
    at_bar: tuple[str, ...]


@dataclass(frozen=True)
class Coverage:
    """One standard: how many of its clauses in the crosswalk are supported, partly or not, and its own status and date."""

    standard: str
    name: str
    gives: str
    status: str
    as_of: str
    source: str
    clauses: tuple[Clause, ...]
    in_all: int | None

    def count(self, state: State) -> int:
        """Number of clauses in ``state``."""
        return sum(c.state == state for c in self.clauses)

    @property
    def sentence(self) -> str:
        """``48 of 55 clauses in the crosswalk have current evidence (the standard has 72).``"""
        asked = len(self.clauses) - self.count("not_asked")
        whole = f" (the standard has {self.in_all})" if self.in_all else ""
        return f"{self.count('supported')} of {asked} clauses in the crosswalk have current evidence{whole}."


def _stands(score: CriterionScore, freshness: float) -> bool:
    return score.level is not None and score.level >= BAR and score.freshness >= freshness


def coverage(readiness: Readiness, model: Model | None = None) -> tuple[Coverage, ...]:
    """Coverage of every standard in the crosswalk, in the order of the policy.

    ``supported``: every criterion that is asked and names the clause stands at level 3 with evidence in date; ``partly``:
    some do; ``none``: none does; ``not_asked``: no criterion that names it applies to this pilot.
    """
    policy = model or load_model()
    scores = {c.id: c for c in readiness.criteria}
    named: dict[str, dict[str, list[str]]] = {}
    for criterion in policy.criteria:
        for reference in criterion.supports:
            standard, _, clause = reference.partition(":")
            named.setdefault(standard, {}).setdefault(clause, []).append(criterion.id)
    found = []
    for key, about in policy.standards.items():
        clauses = tuple(
            _clause(key, clause, ids, scores, policy.gate_freshness)
            for clause, ids in sorted(named.get(key, {}).items())
        )
        if clauses:
            found.append(
                Coverage(
                    key,
                    about.name,
                    about.gives,
                    about.status,
                    about.as_of,
                    about.source,
                    clauses,
                    CLAUSES_IN_ALL.get(key),
                )
            )
    return tuple(found)


def _clause(
    standard: str,
    clause: str,
    ids: Iterable[str],
    scores: dict[str, CriterionScore],
    freshness: float,
) -> Clause:
    criteria = tuple(ids)
    asked = [scores[i] for i in criteria if i in scores]
    good = tuple(s.id for s in asked if _stands(s, freshness))
    state: State = (
        "not_asked"
        if not asked
        else "supported"
        if len(good) == len(asked)
        else "partly"
        if good
        else "none"
    )
    return Clause(standard, clause, state, criteria, good)

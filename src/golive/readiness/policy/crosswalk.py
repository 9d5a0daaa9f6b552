"""Which clauses of which standards have current evidence behind them, through the criteria that support each clause.

A clause is *supported* when a criterion that names it stands at the production bar with evidence in date. That is no
statement of conformity: the criteria cover parts of a clause, and only an assessor can judge it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from golive.model.readiness import Readiness
from golive.readiness.policy.policy import PRODUCTION, Model, load_model

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

    def clause_of(standard: str, clause: str, ids: Sequence[str]) -> Clause:
        asked = [scores[i] for i in ids if i in scores]
        fresh = [s for s in asked if s.freshness >= policy.gate_freshness]
        good = tuple(s.id for s in fresh if s.level is not None and s.level >= PRODUCTION)
        state: State = "partly" if good else "none"
        if len(good) == len(asked):
            state = "supported" if asked else "not_asked"
        return Clause(standard, clause, state, tuple(ids), good)

    return tuple(
        Coverage(
            key,
            clauses=tuple(clause_of(key, *row) for row in sorted(named[key].items())),
            in_all=CLAUSES_IN_ALL.get(key),
            **about.model_dump(),
        )
        for key, about in policy.standards.items()
        if key in named
    )

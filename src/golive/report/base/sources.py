"""What a report is written from: one assessment and what the store holds beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from golive.model.config import Config
from golive.model.readiness import EvidenceItem, Waiver
from golive.model.registers import (
    DecisionRow,
    Deferral,
    Drill,
    Hazard,
    Kpi,
    OwnerRow,
    PlanRow,
    ScopeItem,
)
from golive.model.result import Assessment
from golive.store import Store
from golive.store import registers as kept
from golive.store.project import Project


@dataclass(frozen=True)
class Sources:
    """An assessment with its configuration, evidence and registers; everything but ``assessment`` may be empty.

    ``as_of`` is the day on which evidence and waivers are looked at: the day the assessment was scored for.
    """

    assessment: Assessment
    config: Config
    as_of: date
    sample: bool = False
    title: str = ""
    evidence: tuple[EvidenceItem, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    scope: tuple[ScopeItem, ...] = ()
    deferrals: tuple[Deferral, ...] = ()
    decisions: tuple[DecisionRow, ...] = ()
    owners: tuple[OwnerRow, ...] = ()
    kpis: tuple[Kpi, ...] = ()
    hazards: tuple[Hazard, ...] = ()
    drills: tuple[Drill, ...] = ()
    plan: tuple[PlanRow, ...] = ()
    before: tuple[str, float] | None = None
    """Time and index of the session before this one."""

    @property
    def name(self) -> str:
        """What the pilot is called."""
        return self.title or self.assessment.project


def from_assessment(
    assessment: Assessment, config: Config | None = None, *, sample: bool = False
) -> Sources:
    """Sources without a store: the configuration's own evidence and waivers, empty registers."""
    known = config or Config(project=assessment.project, roles=assessment.roles)
    return Sources(
        assessment=assessment,
        config=known,
        as_of=known.as_of or date.fromisoformat(assessment.created_at[:10]),
        sample=sample,
        evidence=known.evidence,
        waivers=known.waivers,
    )


def gather(store: Store, session: str) -> Sources:
    """Everything the store holds about one session and its project.

    Raises:
        InputError: ``SESSION_UNKNOWN``, ``SESSION_AMBIGUOUS``. StoreError: the store cannot be read.
    """
    from golive.assess import ProjectState

    card = store.card(session)
    assessment, config = store.load(card.session), store.config_of(card.session)
    project = assessment.project
    held = Project(store, project)
    known = ProjectState(held.evidence, held.waivers).with_configured(config)
    older = [
        c for c in store.list(project) if c.created_at < card.created_at and c.index is not None
    ]
    last = max(older, key=lambda c: c.created_at, default=None)
    of = store.registers.items
    return Sources(
        assessment=assessment,
        config=config,
        as_of=config.as_of or card.saved_at.date(),
        sample=card.sample,
        title=card.title,
        evidence=known.evidence,
        waivers=known.waivers,
        scope=of(kept.SCOPE, project),
        deferrals=of(kept.DEFERRALS, project),
        decisions=of(kept.DECISION_ROWS, project),
        owners=of(kept.OWNERS, project),
        kpis=of(kept.KPIS, project),
        hazards=of(kept.HAZARDS, project),
        drills=of(kept.DRILLS, project),
        plan=of(kept.PLAN, project),
        before=None
        if last is None or last.index is None
        else (last.created_at.isoformat(), last.index),
    )

"""What a report is written from: one assessment and what the store holds beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from golive.model.config import ColumnConfig, Config
from golive.model.readiness import EvidenceItem, NextStep, Waiver
from golive.model.registers import Hazard, PlanRow, Registers
from golive.model.result import Assessment
from golive.store import Store
from golive.store.project import Project
from golive.store.registers import PLAN
from golive.wording.numbers import day


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
    registers: Registers = field(default_factory=Registers)
    plan: tuple[PlanRow, ...] = ()
    before: tuple[datetime, float] | None = None
    """Time and index of the session before this one."""

    @property
    def name(self) -> str:
        """What the pilot is called."""
        return self.title or self.assessment.project

    @property
    def waivers_in_force(self) -> list[Waiver]:
        """Waivers that hold on the day evidence is looked at."""
        return [w for w in self.waivers if w.starts <= self.as_of <= w.expires]

    @property
    def open_hazards(self) -> list[Hazard]:
        """Hazards that are not controlled."""
        return [h for h in self.registers.hazards if h.state != "controlled"]

    def declared(self, column: str) -> ColumnConfig:
        """What the configuration declares of a column; nothing where it does not name it."""
        return self.config.columns.get(column, ColumnConfig())

    def who_and_when(self, step: NextStep) -> tuple[str, str]:
        """Who does a step, by name where the plan has one, and until when; a dash without a day."""
        entry = next((row for row in self.plan if row.id == step.criterion), None)
        who = (entry.owner if entry else "") or step.route.replace("_", " ")
        return who, day(entry.due) if entry and entry.due else "–"


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
    kept = Project(store, assessment.project)
    known = ProjectState(kept.evidence, kept.waivers).with_configured(config)
    older = [
        (c.created_at, c.index)
        for c in store.list(kept.name)
        if c.created_at < card.created_at and c.index is not None
    ]
    return Sources(
        assessment=assessment,
        config=config,
        as_of=config.as_of or card.saved_at.date(),
        sample=card.sample,
        title=card.title,
        evidence=known.evidence,
        waivers=known.waivers,
        registers=kept.registers,
        plan=store.registers.items(PLAN, kept.name),
        before=max(older, default=None),
    )

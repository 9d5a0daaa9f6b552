"""Project: one pilot as it stands, from the store and from the contracts in the data folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from golive import settings
from golive.model.config import Config
from golive.model.readiness import EvidenceItem, Waiver
from golive.model.registers import Registers
from golive.model.result import CriteriaLock
from golive.store.store import Store

if TYPE_CHECKING:
    from golive.assess import ProjectState
    from golive.contract import Contract
    from golive.readiness import Model


@dataclass(frozen=True)
class Project:
    """The one place where all that concerns a pilot is fetched. Everything is read when it is asked for.

    Args:
        store: holds evidence, waivers, registers, policy and frozen criteria.
        name: of the project.
        home: the data folder with the contracts (default: that of the settings).

    Raises:
        StoreError: from every attribute and method, when the store cannot be read.
    """

    store: Store
    name: str
    home: Path | None = None

    @property
    def evidence(self) -> tuple[EvidenceItem, ...]:
        """Items that stand in the store; those of the configuration are not among them."""
        return self.store.evidence(self.name)

    @property
    def waivers(self) -> tuple[Waiver, ...]:
        """Waivers in the store, expired ones included."""
        return self.store.waivers(self.name)

    @property
    def registers(self) -> Registers:
        """Everything in the registers that readiness reads."""
        return self.store.registers.for_readiness(self.name)

    @property
    def policy(self) -> Model | None:
        """The policy in force; ``None`` for the shipped one. Raises InputError when it does not fit this version."""
        return self.store.registers.policy(self.name)

    @property
    def contracts(self) -> tuple[Contract, ...]:
        """Kept versions of the contract, newest first. Raises InputError when a kept file no longer reads."""
        from golive.contract import versions

        return versions.stored(self.home or settings.load().home, self.name)

    def lock(self, config: Config | None = None) -> CriteriaLock | None:
        """When the success criteria were frozen; those of ``config`` are compared with them where it is given."""
        return self.store.criteria_lock(self.name, config)

    def for_readiness(self, policy: Model | None = None) -> ProjectState:
        """What readiness is judged on again: neither contract nor lock, which belong to what was measured.

        ``policy`` replaces the one in force, to compare. Raises InputError as ``policy`` does.
        """
        from golive.assess import ProjectState

        return ProjectState(
            evidence=self.evidence,
            waivers=self.waivers,
            registers=self.registers,
            policy=policy or self.policy,
        )

    def for_assessment(self, config: Config) -> ProjectState:
        """All that ``assess`` takes beside the data. Raises InputError as ``policy`` and ``contracts`` do."""
        contract = next(iter(self.contracts), None)
        return replace(self.for_readiness(), contract=contract, lock=self.lock(config))

"""The baseline of a monitor: a k-anonymous profile of training data, so that its rows are not needed again."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from golive.model.baseline import Baseline
from golive.model.config import Config
from golive.monitor.anonymous import anonymous, soft_ends

if TYPE_CHECKING:
    from golive.intake import Dataset


def reading_hash(config: Config) -> str:
    """SHA-256 of what decides how columns are read: declared types and roles. A baseline is bound to it."""
    types = {name: c.type.value for name, c in sorted(config.columns.items()) if c.type}
    text = f"{config.roles.model_dump_json()}{types}{list(config.fhir_views) or ''}"
    return hashlib.sha256(text.encode()).hexdigest()


def build(name: str, train: Dataset, config: Config) -> Baseline:
    """Profile training data and make it k-anonymous (bins of 11 rows or more).

    Raises:
        InputError: a role or a declared column is not in the data.
    """
    from golive.intake import infer, roles_of
    from golive.outcomes.model.stored_performance import of_training
    from golive.profile import profile

    specs = infer(train, None, config)
    roles = roles_of(specs)
    before = profile(train, specs, roles)
    kept = anonymous(before)
    return Baseline(
        id=name,
        config_sha256=reading_hash(config),
        specs=specs,
        profile=kept,
        soft_ends=soft_ends(before, kept),
        performance=of_training(train, specs, roles, config),
    )

"""FHIR resources behind the tables: elements that US Core asks for and are not filled, and resources that break rules of R4."""

from __future__ import annotations

from golive.compare.base.pairs import share_effect
from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.finding import Effect
from golive.model.kinds import Severity, Verdict
from golive.model.profile import Coverage, Profile
from golive.stats.proportions import wilson
from golive.wording.findings.columns import ElementFilled, ResourcesValid

LEAST = 20
"""Resources of a type below which nothing is said."""
FALL, NOTICED = 0.2, 0.05
"""Fall of a filled share from which someone must act, and from which it is worth watching (share of resources)."""
INVALID = 0.05
"""Share of invalid resources from which it is worth watching even where training was the same."""


def check(train: Profile, live: Profile, _config: Config) -> list[Facts]:
    """``must_support_missing`` and ``resource_invalid``; nothing for data that is not FHIR."""
    before = {(c.resource, c.element): c for c in train.coverage if c.n >= LEAST}
    enough = [c for c in live.coverage if c.n >= LEAST]
    return [_judge(now, before.get((now.resource, now.element))) for now in enough]


def _judge(now: Coverage, old: Coverage | None) -> Facts:
    """How the kept share moved; where it did not, whether an element is never filled or many resources are invalid."""
    effect, broken = _effect(now, old), (now.n - now.kept) / now.n
    verdict = Verdict.QUIET
    if effect.change is not None and effect.change <= -NOTICED and (effect.high or 0) < 0:
        verdict = Verdict.ALARM if effect.change <= -FALL else Verdict.WATCH
    elif now.kept == 0 if now.element else broken > INVALID:
        verdict = Verdict.WATCH
    severity = Severity.MINOR if verdict is Verdict.QUIET else None
    if now.element:
        name = f"{now.resource}.{now.element}"
        return ElementFilled(verdict=verdict, columns=(name,), severity=severity, effect=effect)
    return ResourcesValid(
        verdict=verdict, columns=(now.resource,), severity=severity, effect=effect, broken=broken
    )


def _effect(now: Coverage, old: Coverage | None) -> Effect:
    name = "filled_share" if now.element else "valid_share"
    if old is not None:
        return share_effect(name, (old.kept, now.kept), (old.n, now.n))
    low, high = (float(v) for v in wilson(now.kept, now.n))
    return Effect.between(name, None, now.kept / now.n, n=(0, now.n), interval=(low, high))

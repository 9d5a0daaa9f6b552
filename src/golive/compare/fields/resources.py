"""FHIR resources behind the tables: elements that US Core asks for and are not filled, and resources that break rules of R4."""

from __future__ import annotations

from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Severity, Verdict, finding
from golive.model.profile import Coverage, Profile
from golive.stats.proportions import newcombe, wilson
from golive.wording.numbers import percent, sizes

LEAST = 20
"""Resources of a type below which nothing is said."""
FALL, NOTICED = 0.2, 0.05
"""Fall of a filled share from which someone must act, and from which it is worth watching (share of resources)."""
INVALID = 0.05
"""Share of invalid resources from which it is worth watching even where training was the same."""


def check(train: Profile, live: Profile, _config: Config) -> list[Finding]:
    """``must_support_missing`` and ``resource_invalid``; nothing for data that is not FHIR."""
    before = {(c.resource, c.element): c for c in train.coverage}
    found = []
    for now in live.coverage:
        if now.n < LEAST:
            continue
        old = before.get((now.resource, now.element))
        made = _invalid if not now.element else _unfilled
        found.append(made(now, old if old is not None and old.n >= LEAST else None))
    return found


def _fall(now: Coverage, old: Coverage | None) -> tuple[Verdict, Effect]:
    """How the kept share moved from training to live, and what that means by itself."""
    share = now.kept / now.n
    if old is None:
        low, high = (float(v) for v in wilson(now.kept, now.n))
        return Verdict.QUIET, Effect(
            name="filled_share", live=share, low=low, high=high, n_live=now.n
        )
    change = share - old.kept / old.n
    low, high = (float(v) for v in newcombe(old.kept, old.n, now.kept, now.n))
    verdict = Verdict.QUIET
    if high < 0 and change <= -NOTICED:
        verdict = Verdict.ALARM if change <= -FALL else Verdict.WATCH
    effect = Effect(
        name="filled_share",
        train=old.kept / old.n,
        live=share,
        change=change,
        low=low,
        high=high,
        n_train=old.n,
        n_live=now.n,
    )
    return verdict, effect


def _unfilled(now: Coverage, old: Coverage | None) -> Finding:
    verdict, effect = _fall(now, old)
    name = f"{now.resource}.{now.element}"
    never = now.kept == 0
    if never and verdict is Verdict.QUIET:
        verdict = Verdict.WATCH
    filled = (
        "no live resource fills it"
        if never
        else f"{percent(now.kept / now.n)} of live resources fill it"
    )
    was = f", {percent(old.kept / old.n)} in training" if old is not None else ""
    return finding(
        Kind.MUST_SUPPORT_MISSING,
        verdict,
        columns=[name],
        severity=Severity.MINOR if verdict is Verdict.QUIET else None,
        title=f"{name}: {filled}{was}{_sizes(effect)}",
        explanation=f"US Core asks systems to fill {name} (must support). What is not filled cannot be a feature or a filter.",
        effect=effect,
        rows_affected=None,
        fix=""
        if verdict is Verdict.QUIET
        else f"Ask the source whether it holds {name} and map it in the interface.",
    )


def _invalid(now: Coverage, old: Coverage | None) -> Finding:
    verdict, effect = _fall(now, old)
    bad = now.n - now.kept
    if verdict is Verdict.QUIET and bad / now.n > INVALID:
        verdict = Verdict.WATCH
    told = f"{percent(bad / now.n)} of the {now.resource} resources that were checked break rules of FHIR R4"
    if bad == 0:
        told = f"All {now.resource} resources that were checked keep to the rules of FHIR R4"
    was = f"; in training {percent(1 - old.kept / old.n)}" if old is not None and bad else ""
    return finding(
        Kind.RESOURCE_INVALID,
        verdict,
        columns=[now.resource],
        severity=Severity.MINOR if verdict is Verdict.QUIET else None,
        title=f"{told}{was}{_sizes(effect)}",
        explanation="A sample of each resource type was validated. What is wrong, by element, stands under Not assessed.",
        effect=effect.model_copy(update={"name": "valid_share"}),
        fix=""
        if verdict is Verdict.QUIET
        else "Send the problems to the source; readers may drop what is not valid.",
    )


def _sizes(effect: Effect) -> str:
    return (
        f" ({sizes(effect.n_train, effect.n_live)})"
        if effect.n_train
        else f" (n = {effect.n_live:,})"
    )

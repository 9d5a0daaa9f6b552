"""Measures of whom and where the data are about: sites, identifiers, patients in scope."""

from __future__ import annotations

from golive.model.columns import Role
from golive.model.finding import Finding, Kind, Signal, Verdict
from golive.model.readiness import Measurement
from golive.readiness.measures.facts import Facts, Maker, at_most
from golive.wording.numbers import percent


def sites(facts: Facts, make: Maker) -> Measurement:
    """INT-05: how much worse the worst site is than all together, over findings that are broken down by site."""
    least = make.criterion.min_n.get("rows_per_site", 0)
    found: list[tuple[float, str, int, Finding]] = []
    families = (Signal.SCHEMA, Signal.MISSINGNESS, Signal.MEANING, Signal.DISTRIBUTION)
    for item in facts.findings:
        if item.signal not in families or item.effect is None or item.verdict is Verdict.QUIET:
            continue
        pooled = item.effect.live if item.effect.live is not None else item.effect.change
        found += [
            (part.effect - pooled, part.value, part.n, item)
            for part in item.slices
            if part.by == "site"
            and part.n >= least
            and part.effect is not None
            and pooled is not None
        ]
    gap = facts.performance.sites.gap
    if not found and gap is None:
        site = facts.with_role(Role.SITE)
        return make.unknown(
            "no column names the site."
            if site is None
            else f"no result is broken down by {site.name} (at least {least} rows per site are needed)."
        )
    worst = max(found, key=lambda f: f[0], default=None)
    size = max(gap or 0.0, worst[0] if worst else 0.0)
    level = 3 if size <= 0.05 else 2
    where = (
        f"; site {worst[1]}, {worst[3].kind.replace('_', ' ')} of {', '.join(worst[3].columns)}"
        if worst
        else ""
    )
    return make.level(
        level,
        f"The worst site is {100 * size:.1f} points worse than all together{where}.",
        n=worst[2] if worst else None,
        findings=[worst[3]] if worst else [],
    )


def identifiers(facts: Facts, make: Maker) -> Measurement:
    """SEC-06: columns that identify people and were not declared as the row id."""
    if not make.enough(facts.live_rows, "live_rows"):
        return make.too_few(facts.live_rows, "live_rows", "live rows")
    clear = facts.of(Kind.IDENTIFIER_PRESENT, verdicts=[Verdict.ALARM])
    if clear:
        names = ", ".join(name for f in clear for name in f.columns[:1])
        return make.level(0, f"Undeclared identifiers: {names}.", n=facts.live_rows, findings=clear)
    text = facts.of(Kind.FREE_TEXT_PRESENT)
    value = f"No undeclared identifier among {len(facts.columns)} columns"
    value += (
        f"; free text in {', '.join(name for f in text for name in f.columns[:1])}" if text else ""
    )
    reason = "Retention is not visible in data: evidence decides above level 2."
    return make.level(2, f"{value}.", n=facts.live_rows, findings=text, reason=reason)


def scope(facts: Facts, make: Maker) -> Measurement:
    """CLN-08: live rows outside what training covered; marginals alone can only refute it."""
    if not make.enough(facts.live_rows, "live_rows"):
        return make.too_few(facts.live_rows, "live_rows", "live rows")
    found = facts.performance.scope
    share = found.out_of_scope
    if share is not None:
        high = found.high or share
        level = make.criterion.level_of(out_of_scope=high)
        level = min(level, 3 if found.scored_out_of_scope == 0 else 2)
        return make.level(
            level,
            f"{percent(share)} of live rows are out of scope (at most {percent(high)}).",
            n=facts.live_rows,
        )
    seen = facts.of(Kind.UNSEEN_CATEGORY, Kind.OUT_OF_RANGE)
    worst = max(
        ((at_most(f.effect.live, f.effect.n_live), f) for f in seen if f.effect),
        key=lambda pair: pair[0],
        default=None,
    )
    if worst is None:
        return make.unknown(
            "how many rows lie outside training needs the rows, not columns one by one."
        )
    value = f"At least {percent(worst[0])} of live rows lie outside training ({', '.join(worst[1].columns)})."
    level = make.criterion.level_of(out_of_scope=worst[0])
    return make.partial(
        level, value, "several columns at once", n=facts.live_rows, findings=[worst[1]]
    )

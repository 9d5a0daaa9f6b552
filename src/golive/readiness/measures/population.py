"""Measures of whom and where the data are about: sites, identifiers, patients in scope."""

from __future__ import annotations

from golive.model.columns import Role
from golive.model.finding import Finding, Kind, Signal, Verdict
from golive.model.readiness import Measurement
from golive.readiness.measures.facts import ALARM, Facts, Maker, Unknown, at_most
from golive.wording.numbers import percent


def sites(facts: Facts, make: Maker) -> Measurement:
    """INT-05: how much worse the worst site is than all together, over findings that are broken down by site."""
    least = make.least("rows_per_site")
    found: list[tuple[float, str, int, Finding]] = []
    families = (Signal.SCHEMA, Signal.MISSINGNESS, Signal.MEANING, Signal.DISTRIBUTION)
    for item in facts.findings:
        if item.signal not in families or item.effect is None or item.verdict is Verdict.QUIET:
            continue
        pooled = item.effect.live if item.effect.live is not None else item.effect.change
        found += [
            (part.effect - pooled, part.value, part.n, item)
            for part in item.slices
            if part.by == "site" and part.n >= least
            if part.effect is not None and pooled is not None
        ]
    gap = facts.performance.sites.gap
    site = facts.with_role(Role.SITE)
    if not found and gap is None:
        raise Unknown(
            f"no result is broken down by {site.name} (at least {least} rows per site are needed)."
            if site
            else "no column names the site."
        )
    worst = max(found, key=lambda f: f[0], default=None)
    size = max(gap or 0.0, worst[0] if worst else 0.0)
    value = f"The worst site is {100 * size:.1f} points worse than all together"
    level = 3 if size <= 0.05 else 2
    if worst is None:
        return make.level(level, f"{value}.")
    _, name, n, item = worst
    value += f"; site {name}, {item.kind.replace('_', ' ')} of {', '.join(item.columns)}."
    return make.level(level, value, n=n, findings=[item])


def identifiers(facts: Facts, make: Maker) -> Measurement:
    """SEC-06: columns that identify people and were not declared as the row id."""
    n = make.enough(facts.live_rows, "live_rows")
    clear = facts.of(Kind.IDENTIFIER_PRESENT, verdicts=ALARM)
    if clear:
        names = ", ".join(name for f in clear for name in f.columns[:1])
        return make.level(0, f"Undeclared identifiers: {names}.", n=n, findings=clear)
    text = facts.of(Kind.FREE_TEXT_PRESENT)
    names = ", ".join(name for f in text for name in f.columns[:1])
    value = f"No undeclared identifier among {len(facts.columns)} columns"
    value += f"; free text in {names}." if text else "."
    reason = "Retention is not visible in data: evidence decides above level 2."
    return make.level(2, value, n=n, findings=text, reason=reason)


def scope(facts: Facts, make: Maker) -> Measurement:
    """CLN-08: live rows outside what training covered; marginals alone can only refute it."""
    n = make.enough(facts.live_rows, "live_rows")
    found = facts.performance.scope
    if found.out_of_scope is not None:
        high = found.high or found.out_of_scope
        level = make.rank(most=3 if found.scored_out_of_scope == 0 else 2, out_of_scope=high)
        value = f"{percent(found.out_of_scope)} of live rows are out of scope (at most {percent(high)})."
        return make.level(level, value, n=n)
    seen = facts.of(Kind.UNSEEN_CATEGORY, Kind.OUT_OF_RANGE)
    shares = [(at_most(f.effect.live, f.effect.n_live), f) for f in seen if f.effect]
    if not shares:
        raise Unknown("how many rows lie outside training needs the rows, not columns one by one.")
    share, worst = max(shares, key=lambda pair: pair[0])
    value = (
        f"At least {percent(share)} of live rows lie outside training ({', '.join(worst.columns)})."
    )
    level = make.rank(out_of_scope=share)
    return make.level(level, value, n=n, findings=[worst], unseen="several columns at once")

"""What would be found if live data were repaired: each proposed repair, and those of one column together."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from golive.compare.base.pairs import pair_up
from golive.compare.causes import link
from golive.compare.checks import run
from golive.compare.drift.drift import CORRECTED, judge_columns
from golive.compare.repairs.repair import Repair, columns_of, repaired
from golive.model.config import Config
from golive.model.errors import InputError
from golive.model.finding import Finding, Verdict
from golive.model.profile import Profile
from golive.model.result import ColumnResult, Repaired

MOST_TOGETHER = 3
"""Repairs of one column up to which every choice among them is computed; of more, each one and all of them."""
MOST = 100
"""Choices that are computed; the proposals of the most urgent findings come first."""
_ORDER = ("swap", "map", "recode", "convert", "set_missing", "clip")
_log = logging.getLogger(__name__)


def judge_repairs(
    findings: Sequence[Finding],
    train: Profile,
    live: Profile,
    config: Config,
    columns: Mapping[str, ColumnResult],
) -> tuple[Repaired, ...]:
    """Compare again with the proposed repairs of ``findings`` made, column by column, for every choice among them.

    ``columns`` are the columns as they are. Repairs of different columns do not touch each other, so any selection is made
    up of these. A choice that cannot be applied (it would empty a column) is left out.
    """
    p_values = {
        name: c.drift.p_value
        for name, c in columns.items()
        if c.drift is not None and c.drift.p_value is not None and c.role in CORRECTED
    }
    made = []
    for chosen in choices(findings)[:MOST]:
        repairs = [f.what_if.repair for f in chosen if f.what_if is not None]
        try:
            after = repaired(live, repairs)
        except InputError:
            continue
        names = tuple(dict.fromkeys(name for repair in repairs for name in columns_of(repair)))
        if all(n in train.columns for n in names):
            beside = {n: p for n, p in p_values.items() if n not in names}
            results, found = _again(
                _only(train, names), _only(after, names), config, columns, beside
            )
            ids = tuple(f.id for f in chosen)
            made.append(Repaired(findings=ids, columns=results, found=found))
    return tuple(made)


def choices(findings: Sequence[Finding]) -> list[tuple[Finding, ...]]:
    """Selections of findings whose repairs touch the same columns, in the order in which repairs are made.

    Words and codes first, then stand-in values that become missing, then units, then limits: a limit is given in the unit
    of training.
    """
    groups: list[tuple[set[str], list[Finding]]] = []
    for finding in findings:
        if finding.what_if is None or finding.what_if.repair["op"] not in _ORDER:
            continue
        touched = set(columns_of(finding.what_if.repair))
        joined = [g for g in groups if g[0] & touched]
        groups = [g for g in groups if not g[0] & touched]
        members = [f for g in joined for f in g[1]]
        groups.append((touched.union(*(g[0] for g in joined)), [*members, finding]))
    single = [(f,) for _, members in groups for f in members]
    return single + [c for _, members in groups for c in _together(members)]


def _together(members: Sequence[Finding]) -> Iterator[tuple[Finding, ...]]:
    sizes = range(2, len(members) + 1) if len(members) <= MOST_TOGETHER else (len(members),)
    for size in sizes:
        for chosen in combinations(members, size):
            yield tuple(sorted(chosen, key=_place))


def _place(finding: Finding) -> tuple[int, str]:
    assert finding.what_if is not None
    repair: Repair = finding.what_if.repair
    named = repair["op"] == "set_missing" and "values" in repair
    return (_ORDER.index("recode") if named else _ORDER.index(repair["op"])), finding.id


def _again(
    train: Profile,
    live: Profile,
    config: Config,
    columns: Mapping[str, ColumnResult],
    beside: Mapping[str, float],
) -> tuple[tuple[ColumnResult, ...], tuple[Finding, ...]]:
    """Everything that is said of these columns alone; ``beside`` are the p-values of the other columns."""
    from golive.profile import picture, side

    pairs, _ = pair_up(train, live)
    drift = judge_columns(pairs, config, beside=beside)
    found = run(train, live, config, drift, failed=_failed)

    def again(name: str) -> ColumnResult:
        now = live.columns[name]
        seen = {"live": side(now), "picture": picture(train.columns[name], now)}
        return columns[name].model_copy(update=seen | {"drift": drift.get(name)})

    results = tuple(again(name) for name in live.columns)
    names = set(live.columns)
    active = (f for f in found if f.verdict is not Verdict.QUIET)
    return results, tuple(link([f for f in active if f.columns and names.issuperset(f.columns)]))


def _failed(name: str, error: Exception) -> None:
    """The same check is named in ``not_assessed`` of the comparison itself."""
    _log.debug("check '%s' failed after a repair", name, exc_info=error)


def _only(profile: Profile, names: Sequence[str]) -> Profile:
    """The profile of some columns; slices are those of the rows as they came, so they are left out."""
    chosen = {n: profile.columns[n] for n in names}
    return replace(
        profile,
        columns=chosen,
        slices=(),
        missing_blocks=(),
        time_violations={},
        arrivals=(),
        duplicate_rows=0,
    )

"""Codes of another system, codes written otherwise, and values that are no codes."""

from __future__ import annotations

from datetime import date

from golive.compare.base.code_systems import rules
from golive.compare.base.pairs import MINIMUM_VALUES
from golive.compare.base.share import LEAST_ROWS, adjusted
from golive.compare.base.where import locate
from golive.compare.codes.reading import (
    CodeColumn,
    CodeShare,
    Rows,
    code_columns,
    rewritten,
    share_by_shape,
    share_of_values,
)
from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.finding import WhatIf
from golive.model.kinds import Kind, Verdict
from golive.model.profile import Profile, is_small
from golive.wording.findings.codes import (
    CodesUnchecked,
    InvalidCodes,
    OtherSystem,
    OtherWriting,
    SameSystem,
    SameWriting,
    SystemSeen,
    ValidCodes,
    Way,
)
from golive.wording.place import Place

ALARM_SHARE = 0.005
"""Share of live codes of another system from which two systems are mixed (judgement)."""
CHANGED = 0.9
"""Share of live codes of one other system from which the system was changed rather than mixed."""
FORMAT_SHARE, FORMAT_WATCH = 0.01, 0.001
"""Change of the share of codes written otherwise: what a look-up does not find is a value never seen, and has its bounds."""
INVALID_ALARM, INVALID_WATCH = 0.03, 0.005
"""Share of values that are no codes, above that of training: the bounds of DAT-04, levels 2 and 4."""


def check(train: Profile, live: Profile, config: Config) -> list[Facts]:
    """``code_system_change``, ``code_system_mix``, ``code_format_change`` and ``code_invalid``, quiet ones included.

    A column of which too little is known gets one ``code_invalid`` finding with the verdict ``cannot_judge``.
    """
    columns = code_columns(train, live, config)
    known = {c.name: c for c in columns if c.own and min(c.sizes) >= MINIMUM_VALUES}
    alpha = config.drift.alpha
    found: list[Facts] = [
        CodesUnchecked(
            columns=(c.name,),
            n=c.sizes,
            least=MINIMUM_VALUES,
            few=c.own is not None,
            problem=c.problem,
        )
        for c in columns
        if c.name not in known
    ]
    others = {
        name: share_of_values(c.sizes, c.train.others(c.system), c.live.others(c.system))
        for name, c in known.items()
    }
    found += [
        _systems(known[name], others[name], p, alpha, live) for name, p in adjusted(others).items()
    ]
    written = {(name, way): share for name, c in known.items() for way, share in formats(c).items()}
    ps = adjusted(written)
    for name, column in known.items():
        ways = {way: (written[n, way], p) for (n, way), p in ps.items() if n == name}
        found.append(_writing(column, ways, alpha, live))
    invalid = {
        name: share_of_values(c.sizes, c.train.misfits, c.live.misfits) for name, c in known.items()
    }
    found += [
        _invalid(known[name], invalid[name], p, alpha, live)
        for name, p in adjusted(invalid).items()
    ]
    return found


def _located(column: CodeColumn, codes: Rows, live: Profile) -> Place:
    return locate(live, column.name, share_by_shape(column.values, codes))


def shown(codes: Rows, most: int) -> tuple[str, ...]:
    """The most frequent codes that 11 rows or more hold."""
    ranked = sorted(codes.items(), key=lambda item: (-item[1], item[0]))
    return tuple(code for code, rows in ranked if not is_small(rows))[:most]


def _systems(column: CodeColumn, share: CodeShare, p: float, alpha: float, live: Profile) -> Facts:
    own, systems = column.system, column.live.systems
    effect = share.effect("other_system_share")
    verdict = share.rise(p, alpha, ALARM_SHARE, watch=0)
    if verdict is None:
        return SameSystem(columns=(column.name,), effect=effect, system=own.title)
    ranked = sorted((s for s in systems if s != own.id), key=lambda s: -column.live.rows_of(s))
    changed = column.live.rows_of(ranked[0]) >= CHANGED * column.live.n
    place = _located(column, share.values, live)
    return OtherSystem(
        kind=Kind.CODE_SYSTEM_CHANGE if changed else Kind.CODE_SYSTEM_MIX,
        verdict=verdict,
        columns=(column.name,),
        effect=effect,
        system=own.title,
        rows_affected=share.rows[1],
        p=p,
        place=place,
        seen=tuple(_seen(one, systems[one]) for one in ranked),
        late=_late(live) if "ICD9CM" in systems else None,
    )


def _seen(system: str, codes: Rows) -> SystemSeen:
    known = rules().systems[system]
    rows, checked = sum(codes.values()), known.check is not None
    return SystemSeen(known.title, rows, len(codes), shown(codes, 3), checked)


def _late(live: Profile) -> tuple[int, date] | None:
    """First year of live data and the day from which ICD-10-CM is required, where all live rows are of later."""
    time = live.columns[live.roles.time].time if live.roles.time in live.columns else None
    start = rules().icd10cm_required_from
    late = time and time.minimum and time.minimum.date() >= start
    return (time.minimum.year, start) if time and time.minimum and late else None


def formats(column: CodeColumn) -> dict[Way, CodeShare]:
    """Shares of codes that are written in each way; ``bare`` is among codes that can have a dot or hyphens."""
    train, live = column.train, column.live
    found: dict[Way, CodeShare] = {
        "lists": share_of_values(column.sizes, train.lists, live.lists),
        "unpadded": share_of_values(column.sizes, train.unpadded, live.unpadded),
        "untidy": share_of_values(column.sizes, train.untidy, live.untidy),
    }
    dotted = tuple(side.marked + sum(side.bare.values()) for side in (train, live))
    if all(dotted):
        found["bare"] = share_of_values((dotted[0], dotted[1]), train.bare, live.bare)
    return found


def _writing(
    column: CodeColumn, ways: dict[Way, tuple[CodeShare, float]], alpha: float, live: Profile
) -> Facts:
    """The way of writing that changed most, or quiet; further ways are evidence. P-values are adjusted."""
    changed: dict[Way, tuple[CodeShare, float]] = {}
    for way, (share, p) in ways.items():
        if p > alpha or abs(share.change) < FORMAT_WATCH:
            continue
        if share.change > 0 and share.rows[1] >= LEAST_ROWS:
            changed[way] = share, p
        elif way == "bare" and share.change < 0:
            rows = share.of[0] - share.rows[0], share.of[1] - share.rows[1]
            marked = {v: n for v, n in column.own_codes[1].items() if v not in share.values}
            changed["marked"] = CodeShare(rows, share.of, values=marked), p
    if not changed:
        most = max((share for share, _ in ways.values()), key=lambda share: abs(share.change))
        effect = most.effect("other_format_share")
        return SameWriting(columns=(column.name,), effect=effect, system=column.system.title)
    way = max(changed, key=lambda one: changed[one][0].change)
    share, p = changed[way]
    place = _located(column, share.values, live)
    every = {v for one, _ in changed.values() for v in one.values}
    mapping = rewritten(
        column.system, [v for v in every if not is_small(column.values[v])], column.known
    )
    repair = {"op": "recode", "column": column.name, "mapping": dict(sorted(mapping.items()))}
    return OtherWriting(
        verdict=Verdict.ALARM if share.change >= FORMAT_SHARE else Verdict.WATCH,
        columns=(column.name,),
        effect=share.effect("other_format_share"),
        system=column.system.title,
        rows_affected=share.rows[1],
        what_if=WhatIf(repair=repair) if mapping else None,
        p=p,
        place=place,
        way=way,
        changed={one: (part.now, part.change) for one, (part, _) in changed.items()},
    )


def _invalid(column: CodeColumn, share: CodeShare, p: float, alpha: float, live: Profile) -> Facts:
    own, effect = column.system, share.effect("invalid_share")
    verdict = share.rise(p, alpha, INVALID_ALARM, INVALID_WATCH)
    if verdict is None:
        checked = own.check is not None
        return ValidCodes(columns=(column.name,), effect=effect, system=own.title, checked=checked)
    place = _located(column, share.values, live)
    return InvalidCodes(
        verdict=verdict,
        columns=(column.name,),
        effect=effect,
        system=own.title,
        rows_affected=share.rows[1],
        p=p,
        place=place,
        wrong=column.live.wrong_check,
    )

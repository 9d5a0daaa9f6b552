"""Codes that mean the same and are written otherwise: without their dot, several in one field, without leading zeros."""

from __future__ import annotations

from golive.compare.base.where import locate
from golive.compare.codes.reading import (
    CodeColumn,
    Share,
    rewritten,
    share_by_shape,
    share_of_values,
)
from golive.model.finding import Finding, Kind, Verdict, WhatIf, finding
from golive.model.profile import Profile, is_small
from golive.wording.numbers import p_value, percent, points, sizes

FORMAT_SHARE, FORMAT_WATCH = 0.01, 0.001
"""Change of the share of codes written otherwise: what a look-up does not find is a value never seen, and has its bounds."""
LEAST_ROWS = 3

_WAYS = {
    "bare": "written without dot or hyphens",
    "marked": "written with dot or hyphens",
    "lists": "several codes in one field",
    "unpadded": "without their leading zeros",
    "untidy": "in lower case or with blanks around them",
}


def formats(column: CodeColumn) -> dict[str, Share]:
    """Shares of codes that are written in each way; ``bare`` is among codes that can have a dot or hyphens."""
    train, live = column.train, column.live
    sides = [(sum(s.bare.values()), s.marked) for s in (train, live)]
    (bare, marked), (bare_live, marked_live) = sides
    found = {
        way: share_of_values(train.n, live.n, getattr(train, way), getattr(live, way))
        for way in ("lists", "unpadded", "untidy")
    }
    if bare + marked and bare_live + marked_live:
        found["bare"] = Share(bare, bare + marked, bare_live, bare_live + marked_live, live.bare)
    return found


def format_finding(
    column: CodeColumn, held: dict[str, Share], ps: dict[str, float], alpha: float, live: Profile
) -> list[Finding]:
    """``code_format_change``: the way of writing that changed most, or quiet; further ways are evidence. ``ps`` are adjusted."""
    own, n = column.own, sizes(column.train.n, column.live.n)
    assert own is not None
    changed: dict[str, Share] = {}
    for way, share in held.items():
        if ps[way] > alpha or abs(share.change) < FORMAT_WATCH:
            continue
        if share.change > 0 and share.live >= LEAST_ROWS:
            changed[way] = share
        elif way == "bare" and share.change < 0:
            own_rows = column.live.systems.get(own.id, {})
            rows = {v: c for v, c in own_rows.items() if v not in share.values}
            changed["marked"] = Share(
                share.n_train - share.train,
                share.n_train,
                share.n_live - share.live,
                share.n_live,
                rows,
            )
    if not changed:
        return [
            finding(
                Kind.CODE_FORMAT_CHANGE,
                Verdict.QUIET,
                columns=(column.name,),
                title=f"The codes of {column.name} are written as in training ({n})",
                effect=max(held.values(), key=lambda s: abs(s.change)).effect("other_format_share"),
            )
        ]
    way, share = max(changed.items(), key=lambda item: item[1].change)
    alarm = share.change >= FORMAT_SHARE
    place = locate(live, column.name, share_by_shape(column.values, share.values))
    every = {v for s in changed.values() for v in s.values}
    mapping = rewritten(own, [v for v in every if not is_small(column.values[v])], column.known)
    return [
        finding(
            Kind.CODE_FORMAT_CHANGE,
            Verdict.ALARM if alarm else Verdict.WATCH,
            columns=(column.name,),
            segment=place.segment,
            title=(
                f"{percent(share.now)} of live {column.name} codes are {_WAYS[way]}{place.words}; in training "
                f"{percent(share.before) if share.train else 'none'} {'is' if share.train else 'are'} "
                f"({sizes(share.n_train, share.n_live)})"
            ),
            explanation="The codes mean the same, but a look-up by text does not find them, so they count as never seen.",
            effect=share.effect("other_format_share"),
            evidence=(
                *(
                    f"{percent(s.now)} {_WAYS[w]}, change {points(s.change)}"
                    for w, s in changed.items()
                ),
                f"adjusted {p_value(ps['bare' if way == 'marked' else way])}",
            ),
            ruled_out=(
                f"another code system: the values are {own.title} once they are written in one way",
            ),
            rows_affected=share.live,
            slices=place.slices,
            fix=f"Write the codes of {column.name} in one way at intake ({_remedy(way)}), on both sides.",
            what_if=(
                WhatIf(
                    repair={
                        "op": "recode",
                        "column": column.name,
                        "mapping": dict(sorted(mapping.items())),
                    }
                )
                if mapping
                else None
            ),
        )
    ]


def _remedy(way: str) -> str:
    return {
        "bare": "put the dot back or take it out everywhere",
        "marked": "put the dot in or take it out everywhere",
        "lists": "one code a row, or one column for each position",
        "unpadded": "read the field as text, so that no zero is lost",
        "untidy": "trim blanks and use upper case",
    }[way]

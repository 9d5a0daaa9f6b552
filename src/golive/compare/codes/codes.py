"""Codes of another system, codes written otherwise, and values that are no codes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from golive.compare.base.code_systems import rules
from golive.compare.base.pairs import MINIMUM_VALUES
from golive.compare.base.where import locate
from golive.compare.codes.formats import format_finding, formats
from golive.compare.codes.reading import (
    CodeColumn,
    Share,
    code_columns,
    share_by_shape,
    share_of_values,
)
from golive.model.config import Config
from golive.model.finding import Finding, Kind, Verdict, finding
from golive.model.profile import Profile, is_small
from golive.stats.proportions import benjamini_hochberg
from golive.wording.numbers import p_value, percent, sizes
from golive.wording.place import Place
from golive.wording.text import listing

ALARM_SHARE = 0.005
"""Share of live codes of another system from which two systems are mixed (judgement)."""
CHANGED = 0.9
"""Share of live codes of one other system from which the system was changed rather than mixed."""
INVALID_ALARM, INVALID_WATCH = 0.03, 0.005
"""Share of values that are no codes, above that of training: the bounds of DAT-04, levels 2 and 4."""
LEAST_ROWS = 3


def check(train: Profile, live: Profile, config: Config) -> list[Finding]:
    """``code_system_change``, ``code_system_mix``, ``code_format_change`` and ``code_invalid``, quiet ones included.

    A column of which too little is known gets one ``code_invalid`` finding with the verdict ``cannot_judge``.
    """
    columns = code_columns(train, live, config)
    known = [c for c in columns if c.own is not None and min(c.train.n, c.live.n) >= MINIMUM_VALUES]
    alpha = config.drift.alpha
    found = [_unknown(c) for c in columns if c not in known]
    other = [_other_systems(c) for c in known]
    for column, share, p in zip(known, other, _adjusted(other), strict=True):
        found.append(_systems(column, share, p, alpha, live))
    written = [formats(c) for c in known]
    flat = _adjusted([share for held in written for share in held.values()])
    for column, held in zip(known, written, strict=True):
        ps = dict(zip(held, flat[: len(held)], strict=True))
        flat = flat[len(held) :]
        found += format_finding(column, held, ps, alpha, live)
    invalid = [share_of_values(c.train.n, c.live.n, c.train.misfits, c.live.misfits) for c in known]
    for column, share, p in zip(known, invalid, _adjusted(invalid), strict=True):
        found.append(_invalid(column, share, p, alpha, live))
    return found


def _adjusted(shares: Sequence[Share]) -> list[float]:
    return [float(p) for p in benjamini_hochberg(np.array([s.p for s in shares]))]


def _unknown(column: CodeColumn) -> Finding:
    n = sizes(column.train.n, column.live.n)
    few = column.own is not None
    why = f"fewer than {MINIMUM_VALUES} codes on a side" if few else column.why
    return finding(
        Kind.CODE_INVALID,
        Verdict.CANNOT_JUDGE,
        columns=(column.name,),
        title=f"The codes of {column.name} cannot be checked: {why} ({n})",
        fix=""
        if few
        else f"Say in the configuration which code system {column.name} holds, or that it is a category.",
    )


# Systems


def _other_systems(column: CodeColumn) -> Share:
    assert column.own is not None
    return share_of_values(
        column.train.n,
        column.live.n,
        column.train.others(column.own),
        column.live.others(column.own),
    )


def _systems(column: CodeColumn, share: Share, p: float, alpha: float, live: Profile) -> Finding:
    own = column.own
    assert own is not None
    name, n = column.name, sizes(column.train.n, column.live.n)
    certain = p <= alpha and share.change > 0 and share.live >= LEAST_ROWS
    ranked = sorted(
        (s for s in column.live.systems if s != own.id), key=lambda s: -column.live.rows_of(s)
    )
    titles = [rules().systems[s].title for s in ranked]
    if not certain:
        said = f"no more of another system than in training ({percent(share.now)} and {percent(share.before)})"
        return finding(
            Kind.CODE_SYSTEM_MIX,
            Verdict.QUIET,
            columns=(name,),
            title=f"The live codes of {name} are {own.title} as in training; {said if share.live else 'none is of another system'} ({n})",
            effect=share.effect("other_system_share"),
        )
    changed = column.live.rows_of(ranked[0]) >= CHANGED * column.live.n
    alarm = share.change >= ALARM_SHARE
    place = locate(live, name, share_by_shape(column.values, share.values))
    then = "in training none are" if not share.train else f"in training {percent(share.before)} are"
    kind = Kind.CODE_SYSTEM_CHANGE if changed else Kind.CODE_SYSTEM_MIX
    return finding(
        kind,
        Verdict.ALARM if alarm else Verdict.WATCH,
        columns=(name,),
        segment=place.segment,
        title=f"{percent(share.now)} of live {name} codes are {listing(titles)} instead of {own.title}{place.words}; {then} ({n})",
        explanation=(
            f"A model that learnt {own.title} codes has never seen these and treats them in whatever way its encoding "
            "happens to. The patients need not differ at all."
        ),
        effect=share.effect("other_system_share"),
        evidence=_system_evidence(column, ranked, place, p),
        ruled_out=_ruled_out(column, live),
        rows_affected=share.live,
        slices=place.slices,
        fix=(
            f"Map {titles[0]} to {own.title} at intake with a dated crosswalk, pin system and release in the input contract, "
            f"and ask {'site ' + place.sites[0] if len(place.sites) == 1 else 'the sending systems'} to switch."
        ),
    )


def _system_evidence(
    column: CodeColumn, ranked: Sequence[str], place: Place, p: float
) -> tuple[str, ...]:
    said = []
    for one in ranked:
        system, rows = rules().systems[one], column.live.systems[one]
        shown = [
            v
            for v, c in sorted(rows.items(), key=lambda item: (-item[1], item[0]))
            if not is_small(c)
        ]
        examples = f", such as {listing(shown[:3])}" if shown else ""
        proof = "shape and check digit" if system.check else "shape"
        said.append(
            f"{sum(rows.values()):,} rows with {len(rows):,} codes have the {proof} of {system.title}{examples}"
        )
    if place.sites:
        said.append(
            f"{percent(place.site_share)} of the codes of {listing(place.sites, 3)} are concerned; others: {place.others}"
        )
    return (*said, f"adjusted {p_value(p)}")


def _ruled_out(column: CodeColumn, live: Profile) -> tuple[str, ...]:
    own = column.own
    assert own is not None
    said = [f"unusual but valid {own.title} codes: the values do not have its shape"]
    time = live.columns[live.roles.time].time if live.roles.time in live.columns else None
    start = rules().icd10cm_required_from
    if "ICD9CM" in column.live.systems and time and time.minimum and time.minimum.date() >= start:
        said.append(
            f"visits of the ICD-9-CM years: all live rows are from {time.minimum:%Y} or later, "
            f"and ICD-10-CM is required in the United States since {start.day} {start:%b %Y}"
        )
    return tuple(said)


# Validity


def _invalid(column: CodeColumn, share: Share, p: float, alpha: float, live: Profile) -> Finding:
    own = column.own
    assert own is not None
    n = sizes(share.n_train, share.n_live)
    certain = p <= alpha and share.live >= LEAST_ROWS and share.change >= INVALID_WATCH
    effect = share.effect("invalid_share")
    if not certain:
        every = "Every live value" if not share.live else f"{percent(1 - share.now)} of live values"
        return finding(
            Kind.CODE_INVALID,
            Verdict.QUIET,
            columns=(column.name,),
            title=f"{every} of {column.name} {'have' if share.live else 'has'} the shape{' and check digit' if own.check else ''} "
            f"of {own.title} or another code system ({n})",
            effect=effect,
        )
    place = locate(live, column.name, share_by_shape(column.values, share.values))
    wrong = column.live.wrong_check
    alarm = share.change >= INVALID_ALARM
    return finding(
        Kind.CODE_INVALID,
        Verdict.ALARM if alarm else Verdict.WATCH,
        columns=(column.name,),
        segment=place.segment,
        title=f"{percent(share.now)} of live {column.name} values are no {own.title} codes, nor of another known system{place.words} ({n})",
        explanation="Local codes, text or damaged codes: they carry no meaning that a model or a look-up could use.",
        effect=effect,
        evidence=(
            *((f"{wrong:,} rows have the right shape but a wrong check digit",) if wrong else ()),
            f"{share.live - wrong:,} rows have no known shape",
            f"adjusted {p_value(p)}",
        ),
        rows_affected=share.live,
        slices=place.slices,
        fix=f"Ask who fills {column.name} for a map from the local codes, and refuse at intake what has no valid shape.",
    )

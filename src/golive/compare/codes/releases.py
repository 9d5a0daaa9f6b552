"""Codes of another release: codes that training's release does not have, and codes that replaced others of their category.

Two looks. With release files (``release_files``), the share of codes outside a release is compared between the sides. Without
them, codes never seen in training whose category is as frequent as ever are a change of release or of granularity: patients
did not change, codes did.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import partial

from golive.compare.base.code_systems import cleaned, rolled_up, rules, without_marks
from golive.compare.base.pairs import MINIMUM_VALUES
from golive.compare.base.share import LEAST_ROWS
from golive.compare.base.where import locate
from golive.compare.codes.codes import shown
from golive.compare.codes.reading import (
    CodeColumn,
    CodeShare,
    Rows,
    code_columns,
    share_by_shape,
    share_of_values,
)
from golive.compare.codes.release_files import Release, registered, releases
from golive.compare.codes.unseen import expected_unseen
from golive.model.config import Config
from golive.model.errors import Problem
from golive.model.facts import Facts
from golive.model.finding import Effect
from golive.model.kinds import Verdict
from golive.model.profile import Profile, cell_share
from golive.model.result import CodeRelease, NotAssessed
from golive.wording.findings.codes import (
    NotYetThere,
    OtherRelease,
    OutsideRelease,
    SameCategories,
    SameRelease,
)

ALARM_SHARE, WATCH_SHARE = 0.01, 0.001
"""Share of live codes outside training's release from which it matters: the bound of DAT-04, level 2, and a tenth of it."""
SAME_CATEGORIES = 0.25
"""Relative change of the share of the categories concerned up to which only their codes changed, not the patients."""


Found = Callable[..., OtherRelease]
"""A kind of ``OtherRelease`` that lacks what all of them share."""
_Gap = tuple[CodeShare, float, Found]
"""The share of live codes concerned, its p-value, and how another release was found out."""


def check(train: Profile, live: Profile, config: Config) -> list[Facts]:
    """``code_release_gap`` of every column whose system has releases or categories, quiet ones included."""
    found: list[Facts] = []
    for column in _enough(train, live, config):
        known, problems = releases(column.system) if _differ(column) else ([], [])
        gap = (
            _by_release(column, known, config)
            or _by_first_day(column, train)
            or _by_category(column, train, config)
        )
        if gap is not None:
            found.append(_facts(column, gap, tuple(problems), live))
        elif known or _category(column) is not None:
            n_train, n_live = (sum(codes.values()) for codes in column.own_codes)
            found.append(
                SameRelease(
                    columns=(column.name,),
                    effect=Effect.between("other_release_share", 0.0, 0.0, n=(n_train, n_live)),
                    system=column.system.title,
                    known=tuple(release.name for release in known),
                    unread=tuple(problems),
                )
            )
    return found


def _enough(train: Profile, live: Profile, config: Config) -> list[CodeColumn]:
    """Columns with a known system and enough codes to be judged."""
    columns = code_columns(train, live, config)
    return [c for c in columns if c.own is not None and min(c.sizes) >= MINIMUM_VALUES]


def unjudged(train: Profile, live: Profile, config: Config) -> tuple[NotAssessed, ...]:
    """Releases that the configuration declares and of which no file was added: codes cannot be held against them."""
    declared = {
        n: c
        for n, c in config.columns.items()
        if c.release and n in train.columns and n in live.columns
    }
    if not declared:
        return ()
    try:
        added = {(system, release.lower()) for system, release, _ in registered()}
    except OSError:  # the folder cannot be read, so no file of it can be used either
        added = set()
    missing = []
    for column in code_columns(train, live, config):
        release = declared[column.name].release if column.name in declared else None
        if release is None or column.own is None or (column.own.id, release.lower()) in added:
            continue
        instead = (
            "only the current release is known"
            if column.own.id == "ICD10CM"
            else "no release is known"
        )
        why = (
            f"no file of this release was added, so {instead}; add it on the Code releases page, or with: "
            f"golive releases add FILE --system {column.own.id} --release {release}"
        )
        missing.append(
            NotAssessed(what=f"{column.name} against {release} of {column.own.title}", why=why)
        )
    return tuple(missing)


def releases_used(train: Profile, live: Profile, config: Config) -> tuple[CodeRelease, ...]:
    """Releases that ``check`` opened, by column: those of columns whose codes differ between the sides."""
    used = []
    for column in filter(_differ, _enough(train, live, config)):
        n_train, n_live = (sum(codes.values()) for codes in column.own_codes)
        try:
            known, _ = releases(column.system)
        except OSError:  # the folder cannot be read: the check has said so
            continue
        for release in known:
            before, now = (sum(_outside(codes, release).values()) for codes in column.own_codes)
            used.append(
                CodeRelease(
                    column=column.name,
                    system=column.system.id,
                    release=release.name,
                    codes=len(release.codes),
                    sha256=release.sha256,
                    train_outside=cell_share(before, n_train),
                    live_outside=cell_share(now, n_live),
                    n_train=n_train,
                    n_live=n_live,
                )
            )
    return tuple(used)


def _plain(code: str) -> str:
    return without_marks(cleaned(code))


def _differ(column: CodeColumn) -> bool:
    """Whether enough codes are on one side only for a release to matter; reading releases takes a second."""
    train, live = column.own_codes
    return any(
        sum(_only(codes, others).values()) >= WATCH_SHARE * max(1, sum(codes.values()))
        for codes, others in ((live, train), (train, live))
    )


def _only(codes: Rows, others: Rows) -> Rows:
    """Codes that the other side has in no way of writing."""
    known = {_plain(code) for code in others}
    return {code: rows for code, rows in codes.items() if _plain(code) not in known}


def _outside(rows: Mapping[str, int], release: Release) -> Rows:
    return {code: n for code, n in rows.items() if not release.has(cleaned(code))}


def _by_release(column: CodeColumn, known: list[Release], config: Config) -> _Gap | None:
    """The release that fits training best against the one that fits live data best."""
    train, live = column.own_codes
    n = sum(train.values()), sum(live.values())
    if not known or not all(n):
        return None
    out = {r.name: share_of_values(n, _outside(train, r), _outside(live, r)) for r in known}
    wanted = config.columns[column.name].release if column.name in config.columns else None
    declared = [r.name for r in known if wanted and r.name.lower() == wanted.lower()]
    # Of releases that fit a side equally well, the one that fits the other side worst says most.
    fit = {name: share.rows for name, share in out.items()}
    before = declared[0] if declared else min(fit, key=lambda r: (fit[r][0], -fit[r][1]))
    now = min(fit, key=lambda r: (fit[r][1], -fit[r][0]))
    forward, backward = out[before], out[now]
    p = min(1.0, min(forward.p, backward.p) * 2 * len(known))
    newer = forward.change >= WATCH_SHARE and forward.rows[1] >= LEAST_ROWS
    older = -backward.change >= WATCH_SHARE and backward.rows[0] >= LEAST_ROWS
    if p > config.drift.alpha or not (newer or older):
        return None
    made = partial(
        OutsideRelease,
        before=before,
        now=now,
        fits=tuple(r for r in fit if fit[r][1] == fit[now][1] and r != before),
        outside=(backward.before, backward.now),
        newer=newer,
    )
    return forward, p, made


def _by_first_day(column: CodeColumn, train: Profile) -> _Gap | None:
    """Codes that could not be used yet on the last day of training."""
    cues = rules().first_seen.get(column.system.id, {})
    time = train.columns[train.roles.time].time if train.roles.time in train.columns else None
    if not cues or time is None or time.maximum is None:
        return None
    last = time.maximum.date()
    later = {without_marks(code): day for code, day in cues.items() if day > last}

    def first_day(code: str) -> date | None:
        return next((day for start, day in later.items() if _plain(code).startswith(start)), None)

    old, new = ({c: rows for c, rows in side.items() if first_day(c)} for side in column.own_codes)
    n_train, n_live = (sum(codes.values()) for codes in column.own_codes)
    share = share_of_values((n_train, n_live), old, new)
    if old or share.rows[1] < LEAST_ROWS or share.change < WATCH_SHARE:
        return None
    days = tuple(sorted({day for code in new if (day := first_day(code))}))
    return share, share.p, partial(NotYetThere, last=last, days=days)


def _by_category(column: CodeColumn, train: Profile, config: Config) -> _Gap | None:
    """Codes never seen in training, in categories that are as frequent as they were."""
    from scipy.stats import binom

    before, category = train.columns[column.name].category, _category(column)
    train_rows, live_rows = column.own_codes
    n_train, n_live = sum(train_rows.values()), sum(live_rows.values())
    if before is None or category is None or not n_train or not n_live:
        return None
    seen = {without_marks(code) for code in train_rows}
    new = {code: n for code, n in live_rows.items() if without_marks(code) not in seen}
    rows = sum(new.values())
    if rows < LEAST_ROWS or rows / n_live < ALARM_SHARE:
        return None
    p = float(binom.sf(rows - 1, n_live, expected_unseen(before)))
    known = set(map(category, new)) & set(map(category, train_rows))

    def among(codes: Iterable[tuple[str, int]]) -> int:
        """Rows in the categories concerned."""
        return sum(count for code, count in codes if category(code) in known)

    was, now = among(train_rows.items()) / n_train, among(live_rows.items()) / n_live
    error = math.sqrt(was * (1 - was) / n_train + now * (1 - now) / n_live)
    steady = abs(now - was) <= SAME_CATEGORIES * was + 3 * error
    # The new codes must have taken the place of others: the codes that training has lost what the new ones gained.
    kept = among(new.items())
    lost = was - among((c, n) for c, n in live_rows.items() if c not in new) / n_live
    if p > config.drift.alpha or kept < 0.9 * rows or not steady or lost < 0.5 * rows / n_live:
        return None
    made = partial(
        SameCategories,
        new_categories=(rows - kept) / n_live,
        categories=len(known),
        shares=(was, now),
        short=sum(n for code, n in new.items() if len(without_marks(code)) == len(category(code))),
    )
    return share_of_values((n_train, n_live), {}, new), p, made


def _category(column: CodeColumn) -> Callable[[str], str] | None:
    """The category of a code, for systems that have some."""
    own = column.system
    return (lambda code: rolled_up(own, cleaned(code))) if own.id in ("ICD10CM", "ICD9CM") else None


def _facts(column: CodeColumn, gap: _Gap, unread: tuple[Problem, ...], live: Profile) -> Facts:
    share, p, found = gap
    place = locate(live, column.name, share_by_shape(column.values, share.values))
    return found(
        verdict=Verdict.ALARM if share.change >= ALARM_SHARE else Verdict.WATCH,
        columns=(column.name,),
        effect=share.effect("other_release_share"),
        system=column.system.title,
        rows_affected=share.rows[1],
        p=p,
        place=place,
        examples=shown(share.values, 5),
        unread=unread,
    )

"""Codes of another release: codes that training's release does not have, and codes that replaced others of their category.

Two looks. With release files (``release_files``), the share of codes outside a release is compared between the sides. Without
them, codes never seen in training whose category is as frequent as ever are a change of release or of granularity: patients
did not change, codes did.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from golive.compare.base.code_systems import CodeSystem, cleaned, rolled_up, rules, without_marks
from golive.compare.base.pairs import MINIMUM_VALUES
from golive.compare.base.where import locate
from golive.compare.codes.reading import CodeColumn, Rows, Share, code_columns, share_by_shape
from golive.compare.codes.release_files import Release, registered, releases
from golive.compare.codes.unseen import expected_unseen
from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Verdict, finding
from golive.model.profile import Profile, is_small
from golive.model.result import CodeRelease, NotAssessed
from golive.wording.numbers import p_value, percent, sizes
from golive.wording.text import listing

ALARM_SHARE, WATCH_SHARE = 0.01, 0.001
"""Share of live codes outside training's release from which it matters: the bound of DAT-04, level 2, and a tenth of it."""
LEAST_ROWS = 3
SAME_CATEGORIES = 0.25
"""Relative change of the share of the categories concerned up to which only their codes changed, not the patients."""


@dataclass(frozen=True)
class _Gap:
    """What shows another release: the share of live codes concerned, and how it was found out."""

    share: Share
    p: float
    what: str
    evidence: tuple[str, ...]
    ruled_out: tuple[str, ...] = ()


def check(train: Profile, live: Profile, config: Config) -> list[Finding]:
    """``code_release_gap`` of every column whose system has releases or categories, quiet ones included."""
    found = []
    for column in code_columns(train, live, config):
        own = column.own
        if own is None or min(column.train.n, column.live.n) < MINIMUM_VALUES:
            continue
        known, problems = releases(own) if _differ(column, own) else ([], [])
        gap = (
            _by_release(column, own, known, config)
            or _by_first_day(column, own, train)
            or _by_category(column, own, train, config)
        )
        notes = tuple(
            f"release file left out: {p.sentence} ({p.where.rsplit('/', 1)[-1]})" for p in problems
        )
        if gap is None and own.id not in ("ICD10CM", "ICD9CM") and not known:
            continue
        found.append(
            _quiet(column, known, notes) if gap is None else _finding(column, gap, notes, live)
        )
    return found


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
    said = []
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
        said.append(
            NotAssessed(what=f"{column.name} against {release} of {column.own.title}", why=why)
        )
    return tuple(said)


def held_against(train: Profile, live: Profile, config: Config) -> tuple[CodeRelease, ...]:
    """Releases that ``check`` opened, by column: those of columns whose codes differ between the sides."""
    used = []
    for column in code_columns(train, live, config):
        own = column.own
        if (
            own is None
            or min(column.train.n, column.live.n) < MINIMUM_VALUES
            or not _differ(column, own)
        ):
            continue
        sides = _own_codes(column, own)
        n_train, n_live = (sum(rows.values()) for rows in sides)
        for release in _readable(own):
            before, now = (sum(_outside(rows, release).values()) for rows in sides)
            used.append(
                CodeRelease(
                    column=column.name,
                    system=own.id,
                    release=release.name,
                    codes=len(release.codes),
                    sha256=release.sha256,
                    train_outside=_told(before, n_train),
                    live_outside=_told(now, n_live),
                    n_train=n_train,
                    n_live=n_live,
                )
            )
    return tuple(used)


def _readable(own: CodeSystem) -> list[Release]:
    try:
        return releases(own)[0]
    except OSError:  # the folder cannot be read: the check has said so
        return []


def _told(rows: int, n: int) -> float | None:
    return rows / n if n and not is_small(rows) else None


def _differ(column: CodeColumn, own: CodeSystem) -> bool:
    """Whether enough codes are on one side only for a release to matter; reading releases takes a second."""
    train, live = _own_codes(column, own)
    seen, here = ({without_marks(cleaned(code)) for code in side} for side in (train, live))
    new = sum(n for code, n in live.items() if without_marks(cleaned(code)) not in seen)
    gone = sum(n for code, n in train.items() if without_marks(cleaned(code)) not in here)
    return new >= WATCH_SHARE * max(1, sum(live.values())) or gone >= WATCH_SHARE * max(
        1, sum(train.values())
    )


def _own_codes(column: CodeColumn, own: CodeSystem) -> tuple[Rows, Rows]:
    return column.train.systems.get(own.id, {}), column.live.systems.get(own.id, {})


def _outside(rows: Mapping[str, int], release: Release) -> Rows:
    return {code: n for code, n in rows.items() if not release.has(cleaned(code))}


def _by_release(
    column: CodeColumn, own: CodeSystem, known: list[Release], config: Config
) -> _Gap | None:
    """The release that fits training best against the one that fits live data best."""
    train, live = _own_codes(column, own)
    n_train, n_live = sum(train.values()), sum(live.values())
    if not known or not n_train or not n_live:
        return None
    out = {r.name: (_outside(train, r), _outside(live, r)) for r in known}
    rows = {name: (sum(a.values()), sum(b.values())) for name, (a, b) in out.items()}
    said = config.columns[column.name].release if column.name in config.columns else None
    declared = [r.name for r in known if said and r.name.lower() == said.lower()]
    # Of releases that fit a side equally well, the one that fits the other side worst says most.
    before = (
        declared[0] if declared else min(rows, key=lambda name: (rows[name][0], -rows[name][1]))
    )
    now = min(rows, key=lambda name: (rows[name][1], -rows[name][0]))
    forward = Share(rows[before][0], n_train, rows[before][1], n_live, out[before][1])
    backward = Share(rows[now][0], n_train, rows[now][1], n_live, out[now][1])
    p = min(1.0, min(forward.p, backward.p) * 2 * len(known))
    newer = forward.change >= WATCH_SHARE and forward.live >= LEAST_ROWS
    older = -backward.change >= WATCH_SHARE and backward.train >= LEAST_ROWS
    if p > config.drift.alpha or not (newer or older):
        return None
    evidence = (
        f"{percent(forward.now)} of live codes are not in {before}; of training codes {percent(forward.before)}",
        *(
            (
                f"{percent(backward.before)} of training codes are not in {now}; of live codes {percent(backward.now)}",
            )
            if before != now
            else ()
        ),
        *_examples(forward.values, "only live"),
    )
    fits = [name for name in rows if rows[name][1] == rows[now][1] and name != before]
    what = f"live codes fit {' or '.join(fits)}, training codes {before}"
    if before == now:
        what = f"{'live' if newer else 'training'} data holds codes that {now} does not have"
    return _Gap(
        forward, p, what, evidence, ("another code system: the codes have the shape of this one",)
    )


def _by_first_day(column: CodeColumn, own: CodeSystem, train: Profile) -> _Gap | None:
    """Codes that could not be used yet on the last day of training."""
    cues = rules().first_seen.get(own.id, {})
    time = train.columns[train.roles.time].time if train.roles.time in train.columns else None
    if not cues or time is None or time.maximum is None:
        return None
    last = time.maximum.date()
    later = {without_marks(code): day for code, day in cues.items() if day > last}

    def first_day(code: str) -> date | None:
        return next(
            (day for start, day in later.items() if without_marks(cleaned(code)).startswith(start)),
            None,
        )

    train_rows, live_rows = _own_codes(column, own)
    new = {code: n for code, n in live_rows.items() if first_day(code)}
    old = {code: n for code, n in train_rows.items() if first_day(code)}
    share = Share(
        sum(old.values()), sum(train_rows.values()), sum(new.values()), sum(live_rows.values()), new
    )
    if old or share.live < LEAST_ROWS or share.change < WATCH_SHARE:
        return None
    days = sorted({day for code in new if (day := first_day(code))})
    evidence = (
        f"training ends on {last.day} {last:%b %Y}; the codes exist since {listing([f'{d.day} {d:%b %Y}' for d in days], 3)}",
        *_examples(new, "new"),
    )
    return _Gap(
        share, share.p, "live data holds codes that did not exist when training ended", evidence
    )


def _by_category(
    column: CodeColumn, own: CodeSystem, train: Profile, config: Config
) -> _Gap | None:
    """Codes never seen in training, in categories that are as frequent as they were."""
    from scipy.stats import binom

    before, category = train.columns[column.name].category, _category(own)
    train_rows, live_rows = _own_codes(column, own)
    n_train, n_live = sum(train_rows.values()), sum(live_rows.values())
    if before is None or category is None or not n_train or not n_live:
        return None
    seen = {without_marks(code) for code in train_rows}
    new = {code: n for code, n in live_rows.items() if without_marks(code) not in seen}
    rows = sum(new.values())
    if rows < LEAST_ROWS or rows / n_live < ALARM_SHARE:
        return None
    p = float(binom.sf(rows - 1, n_live, expected_unseen(before)))
    old_categories = {category(code) for code in train_rows}
    touched = {category(code) for code in new}
    known = touched & old_categories
    kept = sum(n for code, n in new.items() if category(code) in known)
    shares = [_share_in(side, known, category) for side in (train_rows, live_rows)]
    error = math.sqrt(sum(s * (1 - s) / n for s, n in zip(shares, (n_train, n_live), strict=True)))
    steady = abs(shares[1] - shares[0]) <= max(SAME_CATEGORIES * shares[0], 0.0) + 3 * error
    # The new codes must have taken the place of others: the codes that training has lost what the new ones gained.
    lost = shares[0] - _share_in(
        {c: n for c, n in live_rows.items() if c not in new}, known, category, n_live
    )
    if p > config.drift.alpha or kept < 0.9 * rows or not steady or lost < 0.5 * rows / n_live:
        return None
    share = Share(0, n_train, rows, n_live, new)
    short = sum(n for code, n in new.items() if len(without_marks(code)) == len(category(code)))
    evidence = (
        f"{percent(rows / n_live)} of live codes were never seen in training, of their categories "
        f"{percent((rows - kept) / n_live)}",
        f"the {len(known)} categories concerned hold {percent(shares[0])} of training and {percent(shares[1])} of live codes",
        *(
            (f"{short:,} rows are at category level, which is valid and less exact",)
            if not is_small(short) and short
            else ()
        ),
        *_examples(new, "new"),
    )
    what = "live data codes the same categories with other codes: another release or another granularity"
    return _Gap(
        share, p, what, evidence, ("other patients: the categories are as frequent as in training",)
    )


def _category(own: CodeSystem) -> Callable[[str], str] | None:
    if own.id not in ("ICD10CM", "ICD9CM"):
        return None
    return lambda code: rolled_up(own, cleaned(code))


def _share_in(
    rows: Mapping[str, int], categories: Iterable[str], category: Callable[[str], str], n: int = 0
) -> float:
    wanted = set(categories)
    return sum(c for code, c in rows.items() if category(code) in wanted) / (
        n or max(1, sum(rows.values()))
    )


def _examples(rows: Mapping[str, int], what: str) -> tuple[str, ...]:
    shown = [
        code
        for code, n in sorted(rows.items(), key=lambda item: (-item[1], item[0]))
        if not is_small(n)
    ]
    return (f"{what}: {listing(shown[:5])}",) if shown else ()


def _quiet(column: CodeColumn, known: list[Release], notes: tuple[str, ...]) -> Finding:
    own = column.own
    assert own is not None
    train, live = _own_codes(column, own)
    looked = (
        f" (looked at {listing([r.name for r in known], 4)})"
        if known
        else "; both sides use the same codes"
    )
    n_train, n_live = sum(train.values()), sum(live.values())
    return finding(
        Kind.CODE_RELEASE_GAP,
        Verdict.QUIET,
        columns=(column.name,),
        title=f"The {own.title} codes of {column.name} show no other release than training ({sizes(n_train, n_live)})",
        explanation=f"No codes that training's release lacks, and no codes that replaced others of their category{looked}.",
        effect=Effect(
            name="other_release_share",
            train=0.0,
            live=0.0,
            change=0.0,
            n_train=n_train,
            n_live=n_live,
        ),
        evidence=notes,
    )


def _finding(column: CodeColumn, gap: _Gap, notes: tuple[str, ...], live: Profile) -> Finding:
    own, share = column.own, gap.share
    assert own is not None
    alarm = share.change >= ALARM_SHARE
    place = locate(live, column.name, share_by_shape(column.values, share.values))
    return finding(
        Kind.CODE_RELEASE_GAP,
        Verdict.ALARM if alarm else Verdict.WATCH,
        columns=(column.name,),
        segment=place.segment,
        title=(
            f"{column.name} is coded in another release of {own.title} than in training{place.words}: {gap.what} "
            f"({sizes(share.n_train, share.n_live)})"
        ),
        explanation=(
            "Codes are added, split and retired every October and April. A model that was trained on one release has never "
            "seen the codes of the next, and its feature empties without an error."
        ),
        effect=share.effect("other_release_share"),
        evidence=(*gap.evidence, p_value(gap.p), *notes),
        ruled_out=gap.ruled_out,
        rows_affected=share.live,
        slices=place.slices,
        fix=(
            f"Map the codes of {column.name} to the release of training with a dated crosswalk, or retrain on the new one; "
            "pin the release in the input contract and look again each 1 October and 1 April."
        ),
    )

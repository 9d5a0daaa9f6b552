"""Measures of the data that come in: schema, completeness, text, codes, plausibility, identity, leakage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from golive.model.columns import ColumnType, Role
from golive.model.finding import Kind
from golive.model.kinds import CODE_KINDS, UNIT_KINDS
from golive.model.readiness import Measurement
from golive.model.result import ColumnResult, SideResult
from golive.readiness.measures.facts import (
    ALARM,
    ANY,
    LOOKED,
    Facts,
    Maker,
    Unknown,
    at_most,
    rounded_down,
    upper,
)
from golive.stats.proportions import newcombe
from golive.wording.numbers import percent

if TYPE_CHECKING:
    from golive.intake.clinical.analytes import Analyte

FLIP_TOLERANCE = 0.1  # a median ratio within 10 % of a known factor


def schema(facts: Facts, make: Maker) -> Measurement:
    """DAT-01: share of required columns that arrive with a compatible type; then optional columns and units."""
    n = facts.live_rows
    if not facts.features or n == 0:
        raise Unknown("there is no training feature or no live row to compare.")
    changed = facts.by_column(Kind.TYPE_CHANGED, verdicts=ALARM)
    gone = facts.of(Kind.COLUMN_MISSING, Kind.ALWAYS_MISSING, verdicts=ALARM)
    units = facts.of(*UNIT_KINDS, verdicts=ALARM)
    lost = {c.name for c in facts.features if c.live is None}
    wrong = lost | {f.columns[0] for f in gone if f.columns} | set(changed)
    required = {c.name for c in facts.required}
    optional = {c.name for c in facts.features} - required
    level = make.rank(
        # Level 4 is a contract enforced on every batch, which two files cannot show
        most=0 if wrong & facts.top_five else 2 if units else 3,
        required=1 - len(wrong & required) / len(required),
        optional=1 - len(wrong & optional) / len(optional) if optional else 1.0,
    )
    bad = sorted(wrong & required)
    value = f"{len(required) - len(bad)} of {len(required)} required columns arrive with their type"
    value += f"; not {', '.join(bad[:5])}" if bad else ""
    value += f"; {len(units)} columns change their unit" if units else ""
    found = (*gone, *changed.values(), *units)
    used = [f for f in found if not f.columns or f.columns[0] in (wrong | required)]
    return make.level(level, f"{value} (n = {n:,}).", n=n, findings=used)


def _missing(column: ColumnResult, facts: Facts) -> tuple[int, int, int, int]:
    """Missing and rows, training then live; a missing value in disguise counts as missing."""
    before, now = column.train, column.live
    assert before is not None
    missing, rows = (now.missing, now.n) if now else (facts.live_rows, facts.live_rows)
    found = facts.of(Kind.DISGUISED_MISSING)
    disguised = [f.effect for f in found if f.columns == (column.name,) and f.effect is not None]
    before_too = sum(round((e.train or 0.0) * e.n_train) for e in disguised)
    now_too = sum(round(at_most(e.live, e.n_live) * e.n_live) for e in disguised)
    return min(before.n, before.missing + before_too), before.n, min(rows, missing + now_too), rows


def completeness(facts: Facts, make: Maker) -> Measurement:
    """DAT-02: largest upper 95 % bound (Newcombe) of missing live minus missing in training over the required features."""
    if not facts.required:
        raise Unknown("training has no feature to compare.")
    n = make.enough(facts.live_rows, "live_rows")
    counted = [(c.name, _missing(c, facts)) for c in facts.required]
    gaps = [(float(newcombe(*counts)[1]), name, counts) for name, counts in counted]
    worst, name, (before, n_before, now, n_now) = max(gaps, key=lambda gap: gap[0])
    # Level 4 also asks for the gap by site and group, which nothing measures yet
    level = make.rank(most=3, gap=worst)
    value = (
        f"Largest gap: {name} is missing in {percent(now / n_now if n_now else 1.0)} of live rows and "
        f"{percent(before / n_before if n_before else 0.0)} of training rows; "
        f"the gap is at most {100 * worst:.1f} points (95 % bound, n = {n:,})."
    )
    found = facts.of(
        Kind.MISSING_UP,
        Kind.ALWAYS_MISSING,
        Kind.DISGUISED_MISSING,
        Kind.MISSING_BLOCK,
        Kind.COLUMN_MISSING,
    )
    used = [f for f in found if name in f.columns]
    reason = "Level 4 also needs the gap by site and group." if level == 3 else ""
    return make.level(level, value, n=n, findings=used, reason=reason)


def free_text(facts: Facts, make: Maker) -> Measurement:
    """DAT-03: share of present values in number and date columns that do not parse: the worst column, upper 95 % bound."""
    typed = [c for c in facts.features if c.type.is_number or c.type is ColumnType.DATETIME]
    live = [(c.name, c.live) for c in typed if c.live is not None]
    if not live:
        raise Unknown("there is no number or date column on both sides.")
    total = sum(side.n - side.missing for _, side in live)
    total = make.enough(total, "live_rows", "live values in number and date columns")
    bad = sum(side.unparsed for _, side in live)
    bounds = [(upper(bad, total), "all columns together")]
    for column, side in live:
        n = side.n - side.missing
        if side.unparsed and n >= make.least("live_rows"):
            bounds.append((upper(side.unparsed, n), column))
    worst, name = max(bounds, key=lambda bound: bound[0])
    value = f"{percent(bad / total)} of {total:,} live values do not parse; worst {name}, at most {percent(worst)} (95 % bound)."
    # Parser tests, level 4, are not in the data
    level = make.rank(most=3, violations=worst)
    used = facts.of(Kind.FREE_TEXT_IN_STRUCTURED, Kind.NUMERIC_AS_TEXT)
    return make.level(level, value, n=total, findings=used)


def codes(facts: Facts, make: Maker) -> Measurement:
    """DAT-04: valid codes, codes of another system or release, codes never seen in training: the worst code column."""
    columns = frozenset(
        c.name
        for c in facts.columns
        if c.live is not None
        and c.train is not None
        and c.role is not Role.IGNORED
        and (c.type is ColumnType.CODE or facts.declared(c.name).system)
    )
    if not columns:
        raise Unknown("no column holds codes.")
    n = make.enough(facts.live_rows, "live_rows")
    found = facts.of(*CODE_KINDS, Kind.UNSEEN_CATEGORY)
    used = [f for f in found if f.effect is not None and columns & set(f.columns)]

    def largest(*kinds: Kind) -> float:
        effects = [f.effect for f in used if f.kind in kinds and f.effect is not None]
        return max((e.high or at_most(e.live, e.n_live) for e in effects), default=0.0)

    unseen, other = largest(Kind.UNSEEN_CATEGORY), largest(*CODE_KINDS)
    checked = {
        f.columns[0]: f.effect
        for f in facts.of(Kind.CODE_INVALID, verdicts=LOOKED)
        if f.effect is not None and f.columns and f.columns[0] in columns
    }
    shares = [1 - upper(round((e.live or 0.0) * e.n_live), e.n_live) for e in checked.values()]
    valid = min(shares, default=None)
    # Pinned releases, level 4, are a contract
    level = make.rank(most=3, unseen=unseen, other_version=other, valid=valid)
    used += [f for f in facts.of(Kind.CODE_INVALID) if columns & set(f.columns)]
    value = f"At most {percent(unseen)} of live codes were never seen in training, {percent(other)} are of another system or release"
    value += f", and at least {rounded_down(valid)} are valid" if valid is not None else ""
    value += f" (95 % bounds, {', '.join(sorted(columns)[:5])}, n = {n:,})."
    missed = ", ".join(sorted(columns - set(checked))[:5])
    unlooked = "" if facts.looked(*CODE_KINDS) else "code system and release"
    not_seen = f"validity of {missed}" if missed else unlooked
    return make.level(level, value, n=n, findings=used, unseen=not_seen)


def _outside(side: SideResult, limits: tuple[float, float]) -> float:
    """Largest share of values that can lie outside ``limits``, from the quantiles of a column (0 to 1)."""
    if side.min is None or side.max is None:
        return 0.0
    low, high = limits
    rising = sorted((float(q), v) for q, v in side.quantiles.items())
    below = next((q for q, v in rising if v >= low), 1.0) if side.min < low else 0.0
    above = next((1 - q for q, v in reversed(rising) if v <= high), 1.0) if side.max > high else 0.0
    return min(1.0, below + above)


def _limits(
    column: ColumnResult, facts: Facts
) -> tuple[tuple[float, float] | None, Analyte | None]:
    """Declared range of a column, else the hard limits of the analyte it is, in the unit that training uses."""
    from golive.compare.base.measured import analyte_of, in_training_unit

    declared = facts.declared(column.name)
    analyte = analyte_of(column.name, declared)
    if analyte is not None:
        known = list(column.train.quantiles.values()) if column.train else []
        analyte = in_training_unit(analyte, declared.unit, known, [1] * len(known))
    return declared.range or (analyte.hard if analyte else None), analyte


def _flipped(column: ColumnResult, analyte: Analyte) -> bool:
    """Whether the ratio of medians is that of two units of the analyte (a pure factor, 10 % tolerance)."""
    sides = (column.train, column.live)
    before, now = (side.quantiles.get("0.5") if side else None for side in sides)
    if not before or not now:
        return False
    pure = [c.factor for c in analyte.conversions.values() if c.offset == 0]
    factors = [f for f in pure if abs(f - 1) > 2 * FLIP_TOLERANCE]
    ratios = [now / before / f for factor in factors for f in (factor, 1 / factor)]
    return any(abs(ratio - 1) <= FLIP_TOLERANCE for ratio in ratios)


def plausibility(facts: Facts, make: Maker) -> Measurement:
    """DAT-05: share of impossible values (worst column, upper 95 % bound) and columns whose unit changed."""
    least = make.least("live_rows")
    ranged = facts.of(Kind.OUT_OF_RANGE)
    found = {f.columns[0]: (f, f.effect) for f in ranged if f.columns and f.effect is not None}
    units = facts.by_column(*UNIT_KINDS, verdicts=ALARM)
    stand_ins = {name for f in facts.of(Kind.DISGUISED_MISSING) for name in f.columns}
    numbers = [(c, c.live) for c in facts.features if c.type.is_number and c.live is not None]
    bounds, flips = [(0.0, "", facts.live_rows)], set(units)
    for column, live in numbers:
        n = live.n - live.missing - live.unparsed
        limits, analyte = _limits(column, facts)
        if limits is None or n < least:
            continue
        if column.name in found:
            share = at_most(found[column.name][1].live, n)
        else:
            # A stand-in for missing (-1, 999) is counted as missing, not as an impossible value
            share = 0.0 if column.name in stand_ins else _outside(live, limits)
        bounds.append((upper(share * n, n), column.name, n))
        if analyte is not None and _flipped(column, analyte):
            flips.add(column.name)
    judged = len(bounds) - 1
    if not judged:
        raise Unknown(f"no number column has {least:,} live values and a declared or known range.")
    worst, name, n = max(bounds, key=lambda bound: bound[0])
    # Reviewed watch values, level 4, are not in the data
    level = make.rank(most=3, implausible=worst, unit_flips=len(flips))
    value = f"{judged} of {len(numbers)} number columns have known limits and enough values; worst {name or 'none'}: "
    value += f"at most {percent(worst)} impossible (95 % bound, n = {n:,})"
    value += f"; unit changed in {', '.join(sorted(flips)[:5])}." if flips else "; no unit changed."
    unseen = "the limits of the other columns" if 2 * judged < len(numbers) else ""
    used = [*(f for f, _ in found.values()), *units.values()]
    return make.level(level, value, n=n, findings=used, unseen=unseen)


def identity(facts: Facts, make: Maker) -> Measurement:
    """DAT-06: repeated rows and keys, wrong times, inputs that arrive after the prediction (upper 95 % bounds)."""
    n = make.enough(facts.live_rows, "live_rows")
    repeated, timed = (
        (Kind.DUPLICATE_ROWS, Kind.DUPLICATE_KEYS),
        (Kind.TIME_ORDER, Kind.FUTURE_DATES),
    )

    def largest(*kinds: Kind) -> float:
        effects = [f.effect for f in facts.of(*kinds, verdicts=ANY) if f.effect is not None]
        return upper(max((at_most(e.live, e.n_live or n) for e in effects), default=0.0) * n, n)

    duplicates, times, late = largest(*repeated), largest(*timed), largest(Kind.LATE_INPUTS)
    counted = facts.performance.operations.late.high
    late = late if counted is None else max(late, counted)
    value = f"At most {percent(duplicates)} of live rows repeat another (95 % bound, n = {n:,})"
    has_time, unseen = facts.with_role(Role.TIME) is not None, []
    if facts.looked(*timed):
        value += f", {percent(times)} have an impossible time"
    elif has_time:
        unseen.append("the order of times")
    if facts.looked(Kind.LATE_INPUTS) or counted is not None:
        value += f", {percent(late)} have inputs that came late"
    elif has_time:
        unseen.append("inputs that arrive late")
    if not has_time:
        unseen.append("times (no time column)")
    level = make.rank(duplicates=duplicates, time_errors=times, late=late)
    used = facts.of(*repeated, *timed, Kind.LATE_INPUTS)
    return make.level(level, f"{value}.", n=n, findings=used, unseen=" and ".join(unseen))


def leakage(facts: Facts, make: Maker) -> Measurement:
    """DAT-07: patients on both sides of the split, and features that alone nearly give the label away."""
    found = facts.performance.leakage
    overlap, suspects = found.overlap, found.suspects
    if overlap is None and suspects is None:
        raise Unknown("the training file names no split, and no leak test was run.")
    count = len(suspects or ())
    n = make.enough(facts.inputs.train.rows, "train_rows", "training rows")
    features = (
        "1 feature alone nearly gives"
        if count == 1
        else f"{count or 'no'} features alone nearly give"
    )
    shown = f"{features} the outcome away."
    in_part = 1 if count else 3
    if overlap is None:
        return make.level(in_part, shown, n=n, unseen="patients on both sides of the split")
    used = facts.of(Kind.PATIENT_OVERLAP, Kind.OUTCOME_LEAK, verdicts=ANY)
    if found.column and found.patients is False and overlap == 0:
        value = f"No {found.column} is in both files; {shown}"
        unseen = "patients who come again under another id"
        return make.level(in_part, value, n=n, findings=used, unseen=unseen)
    split = found.split or "random"
    # Level 4 is a check on every build
    level = make.rank(most=2 if split == "random" else 3, overlap=overlap, suspects=count)
    which = "No live patient is" if overlap == 0 else f"{percent(overlap)} of live patients are"
    return make.level(level, f"{which} in training ({split} split); {shown}", n=n, findings=used)

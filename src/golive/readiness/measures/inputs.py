"""Measures of the data that come in: schema, completeness, text, codes, plausibility, identity, leakage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from golive.model.columns import ColumnType, Role
from golive.model.finding import Finding, Kind, Verdict
from golive.model.kinds import CODE_KINDS, UNIT_KINDS
from golive.model.readiness import Measurement
from golive.model.result import ColumnResult, SideResult
from golive.readiness.measures.facts import FOUND, Facts, Maker, at_most, fine
from golive.wording.numbers import percent

if TYPE_CHECKING:
    from golive.intake.clinical.analytes import Analyte

FLIP_TOLERANCE = 0.1  # a median ratio within 10 % of a known factor


def schema(facts: Facts, make: Maker) -> Measurement:
    """DAT-01: share of required columns that arrive with a compatible type; then optional columns and units."""
    if not facts.features or facts.live_rows == 0:
        return make.unknown("there is no training feature or no live row to compare.")
    changed = {
        f.columns[0]: f for f in facts.of(Kind.TYPE_CHANGED, verdicts=[Verdict.ALARM]) if f.columns
    }
    gone = facts.of(Kind.COLUMN_MISSING, Kind.ALWAYS_MISSING, verdicts=[Verdict.ALARM])
    lost = {f.columns[0] for f in gone if f.columns} | {
        c.name for c in facts.features if c.live is None
    }
    wrong = lost | set(changed)
    required = {c.name for c in facts.required}
    optional = {c.name for c in facts.features} - required
    here = 1 - len(wrong & required) / len(required)
    rest = 1 - len(wrong & optional) / len(optional) if optional else 1.0
    units = facts.of(*UNIT_KINDS, verdicts=[Verdict.ALARM])
    level = make.criterion.level_of(required=here, optional=rest)
    if wrong & facts.top_five:
        level = 0
    if units:
        level = min(level, 2)
    # Level 4 is a contract enforced on every batch, which two files cannot show
    level = min(level, 3)
    bad = sorted(wrong & required)
    value = f"{len(required) - len(bad)} of {len(required)} required columns arrive with their type"
    value += f"; not {', '.join(bad[:5])}" if bad else ""
    value += f"; {len(units)} columns change their unit" if units else ""
    used = [
        f
        for f in (*gone, *changed.values(), *units)
        if not f.columns or f.columns[0] in (wrong | required)
    ]
    return make.level(
        level, f"{value} (n = {facts.live_rows:,}).", n=facts.live_rows, findings=used
    )


def _missing(column: ColumnResult, facts: Facts) -> tuple[int, int, int, int]:
    """Missing and rows, training then live; a missing value in disguise counts as missing."""
    before, now = column.train, column.live
    assert before is not None
    live = (now.missing, now.n) if now is not None else (facts.live_rows, facts.live_rows)
    hidden = [0, 0]
    for found in facts.of(Kind.DISGUISED_MISSING):
        if found.columns == (column.name,) and found.effect is not None:
            hidden[0] += round((found.effect.train or 0.0) * found.effect.n_train)
            hidden[1] += round(
                at_most(found.effect.live, found.effect.n_live) * found.effect.n_live
            )
    return (
        min(before.n, before.missing + hidden[0]),
        before.n,
        min(live[1], live[0] + hidden[1]),
        live[1],
    )


def completeness(facts: Facts, make: Maker) -> Measurement:
    """DAT-02: largest upper 95 % bound (Newcombe) of missing live minus missing in training over the required features."""
    from golive.stats.proportions import newcombe

    if not facts.required:
        return make.unknown("training has no feature to compare.")
    if not make.enough(facts.live_rows, "live_rows"):
        return make.too_few(facts.live_rows, "live_rows", "live rows")
    worst, name, size = -1.0, "", (0.0, 0.0)
    for column in facts.required:
        before, n_before, now, n_now = _missing(column, facts)
        high = float(newcombe(before, n_before, now, n_now)[1])
        if high > worst:
            worst, name, size = (
                high,
                column.name,
                (before / n_before if n_before else 0.0, now / n_now if n_now else 1.0),
            )
    level = make.criterion.level_of(gap=worst)
    slices = facts.performance.slices.missing_gap
    level = (
        min(level, 3) if slices is None else min(level, make.criterion.level_of(slice_gap=slices))
    )
    kinds = (
        Kind.MISSING_UP,
        Kind.ALWAYS_MISSING,
        Kind.DISGUISED_MISSING,
        Kind.MISSING_BLOCK,
        Kind.COLUMN_MISSING,
    )
    used = [f for f in facts.of(*kinds) if name in f.columns]
    value = (
        f"Largest gap: {name} is missing in {percent(size[1])} of live rows and {percent(size[0])} of training rows; "
        f"the gap is at most {100 * worst:.1f} points (95 % bound, n = {facts.live_rows:,})."
    )
    reason = (
        "" if slices is not None or level < 3 else "Level 4 also needs the gap by site and group."
    )
    return make.level(level, value, n=facts.live_rows, findings=used, reason=reason)


def _unparsed(side: SideResult) -> tuple[int, int]:
    return side.unparsed, side.n - side.missing


def free_text(facts: Facts, make: Maker) -> Measurement:
    """DAT-03: share of present values in number and date columns that do not parse: the worst column, upper 95 % bound."""
    from golive.stats.proportions import wilson

    typed = [c for c in facts.features if c.type.is_number or c.type is ColumnType.DATETIME]
    sides = [(c.name, *_unparsed(c.live)) for c in typed if c.live is not None]
    total = sum(n for _, _, n in sides)
    if not sides:
        return make.unknown("there is no number or date column on both sides.")
    if not make.enough(total, "live_rows"):
        return make.too_few(total, "live_rows", "live values in number and date columns")
    least = make.criterion.min_n.get("live_rows", 0)
    bad = sum(k for _, k, _ in sides)
    worst, name = float(wilson(bad, total)[1]), "all columns together"
    for column, k, n in sides:
        high = float(wilson(k, n)[1]) if k and n >= least else 0.0
        if high > worst:
            worst, name = high, column
    used = facts.of(Kind.FREE_TEXT_IN_STRUCTURED, Kind.NUMERIC_AS_TEXT)
    value = f"{percent(bad / total)} of {total:,} live values do not parse; worst {name}, at most {percent(worst)} (95 % bound)."
    # Parser tests, level 4, are not in the data
    level = min(make.criterion.level_of(violations=worst), 3)
    return make.level(level, value, n=total, findings=used)


def _valid(facts: Facts, columns: frozenset[str]) -> tuple[float | None, set[str]]:
    """Smallest share of valid codes (lower 95 % bound, Wilson) over the columns that were checked, and those columns."""
    from golive.stats.proportions import wilson

    checked = {
        f.columns[0]: f.effect
        for f in facts.of(Kind.CODE_INVALID, verdicts=[*FOUND, Verdict.QUIET])
        if f.effect is not None and f.columns and f.columns[0] in columns
    }
    shares = [
        1 - float(wilson(round((e.live or 0.0) * e.n_live), e.n_live)[1]) for e in checked.values()
    ]
    return min(shares, default=None), set(checked)


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
        return make.unknown("no column holds codes.")
    if not make.enough(facts.live_rows, "live_rows"):
        return make.too_few(facts.live_rows, "live_rows", "live rows")
    used = [
        f
        for f in facts.of(*CODE_KINDS, Kind.UNSEEN_CATEGORY)
        if f.effect is not None and columns & set(f.columns)
    ]

    def largest(*kinds: Kind) -> float:
        values = [
            f.effect.high or at_most(f.effect.live, f.effect.n_live)
            for f in used
            if f.kind in kinds and f.effect
        ]
        return max(values, default=0.0)

    unseen, other = largest(Kind.UNSEEN_CATEGORY), largest(*CODE_KINDS)
    valid, checked = _valid(facts, columns)
    known = {"unseen": unseen, "other_version": other} | (
        {"valid": valid} if valid is not None else {}
    )
    level = min(make.criterion.level_of(**known), 3)  # pinned releases, level 4, are a contract
    used += [f for f in facts.of(Kind.CODE_INVALID) if columns & set(f.columns)]
    value = f"At most {percent(unseen)} of live codes were never seen in training, {percent(other)} are of another system or release"
    value += f", and at least {fine(valid)} are valid" if valid is not None else ""
    value += f" (95 % bounds, {', '.join(sorted(columns)[:5])}, n = {facts.live_rows:,})."
    if checked == columns and facts.looked(*CODE_KINDS):
        return make.level(level, value, n=facts.live_rows, findings=used)
    missed = ", ".join(sorted(columns - checked)[:5])
    unseen_part = f"validity of {missed}" if missed else "code system and release"
    return make.partial(level, value, unseen_part, n=facts.live_rows, findings=used)


def _outside(side: SideResult, low: float, high: float) -> float:
    """Largest share of values that can lie outside [low, high], from the quantiles of a column (0 to 1)."""
    ladder = sorted((float(q), v) for q, v in side.quantiles.items())
    if side.min is None or side.max is None:
        return 0.0
    below = 0.0 if side.min >= low else next((q for q, v in ladder if v >= low), 1.0)
    above = (
        0.0 if side.max <= high else next((1 - q for q, v in reversed(ladder) if v <= high), 1.0)
    )
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


def _impossible(
    column: ColumnResult,
    found: Finding | None,
    limits: tuple[float, float],
    n: int,
    *,
    stand_in: bool,
) -> float:
    """Share of live values that are impossible (0 to 1).

    A ``stand_in`` for missing (-1, 999) is counted as missing, not as an impossible value.
    """
    assert column.live is not None
    if found is None or found.effect is None:
        return 0.0 if stand_in else _outside(column.live, *limits)
    return at_most(found.effect.live, n)


def _flipped(column: ColumnResult, analyte: Analyte) -> bool:
    """Whether the ratio of medians is that of two units of the analyte (a pure factor, 10 % tolerance)."""
    if column.train is None or column.live is None:
        return False
    before, now = column.train.quantiles.get("0.5"), column.live.quantiles.get("0.5")
    if not before or not now:
        return False
    ratio = now / before
    factors = [
        c.factor
        for c in analyte.conversions.values()
        if c.offset == 0 and abs(c.factor - 1) > 2 * FLIP_TOLERANCE
    ]
    return any(
        abs(ratio / f - 1) <= FLIP_TOLERANCE for factor in factors for f in (factor, 1 / factor)
    )


def plausibility(facts: Facts, make: Maker) -> Measurement:
    """DAT-05: share of impossible values (worst column, upper 95 % bound) and columns whose unit changed."""
    from golive.stats.proportions import wilson

    least = make.criterion.min_n.get("live_rows", 0)
    found = {
        f.columns[0]: f for f in facts.of(Kind.OUT_OF_RANGE) if f.columns and f.effect is not None
    }
    hidden = {name for f in facts.of(Kind.DISGUISED_MISSING) for name in f.columns}
    units = {f.columns[0]: f for f in facts.of(*UNIT_KINDS, verdicts=[Verdict.ALARM]) if f.columns}
    worst, name, judged, numbers, flips = 0.0, "", 0, 0, set(units)
    smallest = facts.live_rows
    for column in facts.features:
        if not column.type.is_number or column.live is None:
            continue
        numbers += 1
        n = column.live.n - column.live.missing - column.live.unparsed
        limits, analyte = _limits(column, facts)
        if limits is None or n < least:
            continue
        judged += 1
        share = _impossible(
            column, found.get(column.name), limits, n, stand_in=column.name in hidden
        )
        high = float(wilson(share * n, n)[1])
        if high > worst:
            worst, name, smallest = high, column.name, n
        if analyte is not None and _flipped(column, analyte):
            flips.add(column.name)
    if not judged:
        needed = f"{least:,} live values and a declared or known range"
        return make.unknown(f"no number column has {needed}.")
    level = make.criterion.level_of(implausible=worst, unit_flips=len(flips))
    level = min(level, 3)  # reviewed watch values, level 4, are not in the data
    value = f"{judged} of {numbers} number columns have known limits and enough values; worst {name or 'none'}: "
    value += f"at most {percent(worst)} impossible (95 % bound, n = {smallest:,})"
    value += f"; unit changed in {', '.join(sorted(flips)[:5])}" if flips else "; no unit changed"
    used = [*found.values(), *units.values()]
    if 2 * judged < numbers:
        return make.partial(
            level, f"{value}.", "the limits of the other columns", n=smallest, findings=used
        )
    return make.level(level, f"{value}.", n=smallest, findings=used)


def identity(facts: Facts, make: Maker) -> Measurement:
    """DAT-06: repeated rows and keys, wrong times, inputs that arrive after the prediction (upper 95 % bounds)."""
    from golive.stats.proportions import wilson

    n = facts.live_rows
    if not make.enough(n, "live_rows"):
        return make.too_few(n, "live_rows", "live rows")
    every = tuple(Verdict)

    def largest(*kinds: Kind) -> float:
        found = [f.effect for f in facts.of(*kinds, verdicts=every) if f.effect is not None]
        shares = [at_most(e.live, e.n_live or n) for e in found]
        return float(wilson(max(shares, default=0.0) * n, n)[1])

    duplicates, times, late = (
        largest(Kind.DUPLICATE_ROWS, Kind.DUPLICATE_KEYS),
        largest(Kind.TIME_ORDER, Kind.FUTURE_DATES),
        largest(Kind.LATE_INPUTS),
    )
    counted = facts.performance.operations.late.high
    if counted is not None:
        late = max(late, counted)
    used = facts.of(
        Kind.DUPLICATE_ROWS,
        Kind.DUPLICATE_KEYS,
        Kind.TIME_ORDER,
        Kind.FUTURE_DATES,
        Kind.LATE_INPUTS,
    )
    value = f"At most {percent(duplicates)} of live rows repeat another (95 % bound, n = {n:,})"
    unseen = []
    if facts.looked(Kind.TIME_ORDER, Kind.FUTURE_DATES):
        value += f", {percent(times)} have an impossible time"
    elif facts.with_role(Role.TIME) is not None:
        unseen.append("the order of times")
    if facts.looked(Kind.LATE_INPUTS) or counted is not None:
        value += f", {percent(late)} have inputs that came late"
    elif facts.with_role(Role.TIME) is not None:
        unseen.append("inputs that arrive late")
    if facts.with_role(Role.TIME) is None:
        unseen.append("times (no time column)")
    level = make.criterion.level_of(duplicates=duplicates, time_errors=times, late=late)
    if unseen:
        return make.partial(level, f"{value}.", " and ".join(unseen), n=n, findings=used)
    return make.level(level, f"{value}.", n=n, findings=used)


def leakage(facts: Facts, make: Maker) -> Measurement:
    """DAT-07: patients on both sides of the split, and features that alone nearly give the label away."""
    found = facts.performance.leakage
    overlap, suspects = found.overlap, found.suspects
    if overlap is None and suspects is None:
        return make.unknown("the training file names no split, and no leak test was run.")
    count = len(suspects or ())
    n = facts.inputs.train.rows
    if not make.enough(n, "train_rows"):
        return make.too_few(n, "train_rows", "training rows")
    shown = f"{count or 'no'} feature{'' if count == 1 else 's'} alone nearly give{'s' if count == 1 else ''} the outcome away"
    if overlap is None:
        return make.partial(
            1 if count else 3, f"{shown}.", "patients on both sides of the split", n=n
        )
    used = facts.of(Kind.PATIENT_OVERLAP, Kind.OUTCOME_LEAK, verdicts=tuple(Verdict))
    if found.column and found.patients is False and overlap == 0:
        value = f"No {found.column} is in both files; {shown}."
        return make.partial(
            1 if count else 3, value, "patients who come again under another id", n=n, findings=used
        )
    level = make.criterion.level_of(overlap=overlap, suspects=count)
    split = found.split or "random"
    # Level 4 is a check on every build
    level = min(level, 3 if split in ("temporal", "site") else 2)
    which = "No live patient is" if overlap == 0 else f"{percent(overlap)} of live patients are"
    return make.level(level, f"{which} in training ({split} split); {shown}.", n=n, findings=used)

"""Diagnosis of numbers on hand-made profiles: each kind is named, and what only looks like it is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from made_profiles import bare, categories, numbers, table

from golive.compare import compare
from golive.compare.base.measured import in_training_unit, measured
from golive.compare.base.where import locate, of_mean, of_missing
from golive.compare.fields import feed
from golive.compare.numbers import limits, plausibility, rounding, stuck, swap, units
from golive.intake.clinical.analytes import ranges
from golive.model.columns import ColumnType, Role, Roles
from golive.model.config import ColumnConfig, Config
from golive.model.facts import Facts, findings
from golive.model.finding import Finding, Verdict
from golive.model.profile import (
    Arrivals,
    ColumnProfile,
    IntArray,
    Profile,
    Slice,
    SliceColumn,
    TimeProfile,
)

RNG = np.random.default_rng
Check = Callable[[Profile, Profile, Config], Sequence[Facts | Finding]]


def creatinine(seed: int, n: int) -> np.ndarray:
    return RNG(seed).lognormal(0.0, 0.4, n).round(2)


def one(
    check: Check,
    name: str,
    train: Sequence[float] | np.ndarray,
    live: Sequence[float] | np.ndarray,
    **config: object,
) -> list[Finding]:
    """The findings of one check on one number column; ``config`` is what is declared of the column."""
    declared = Config(columns={name: ColumnConfig.model_validate(config)}) if config else Config()
    return findings(check(table(numbers(name, train)), table(numbers(name, live)), declared))


# Units


def test_a_column_in_another_unit_is_named_with_its_factor() -> None:
    (found,) = one(units.check, "creatinine", creatinine(1, 4000), creatinine(2, 1000) * 88.42)
    assert (found.kind, found.verdict) == ("unit_change", Verdict.ALARM)
    assert "umol/L instead of mg/dL" in found.title
    assert found.what_if is not None
    assert found.what_if.repair["factor"] == pytest.approx(1 / 88.42)


@pytest.mark.parametrize(
    ("name", "values", "factor", "offset", "unit"),
    [
        ("temperature", (37.0, 0.7), 1.8, 32.0, "°F"),
        ("glucose", (130.0, 30.0), 0.0555, 0.0, "mmol/L"),
        ("weight", (78.0, 15.0), 2.2046, 0.0, "lb"),
        ("hemoglobin", (12.9, 1.8), 10.0, 0.0, "g/L"),
        ("sbp", (130.0, 20.0), 0.1333, 0.0, "kPa"),
    ],
)
def test_known_conversions(
    name: str, values: tuple[float, float], factor: float, offset: float, unit: str
) -> None:
    train, live = RNG(3).normal(*values, 3000), RNG(4).normal(*values, 800) * factor + offset
    (found,) = one(units.check, name, train, live)
    assert found.kind == "unit_change"
    assert f"{unit} instead of" in found.title


def test_training_in_the_other_unit_is_the_same_fault_the_other_way_round() -> None:
    (found,) = one(units.check, "creatinine", creatinine(1, 3000) * 88.42, creatinine(2, 1000))
    assert found.kind == "unit_change"
    assert "mg/dL instead of umol/L" in found.title


@pytest.mark.parametrize("share", [0.03, 0.2, 0.6])
def test_a_mixture_gets_its_share(share: float) -> None:
    live = creatinine(2, 2000)
    live[: round(share * 2000)] *= 88.42
    (found,) = one(units.check, "creatinine", creatinine(1, 5000), live)
    assert found.kind == "unit_mix"
    assert found.effect is not None
    assert found.effect.live == pytest.approx(share, abs=0.005)
    assert found.effect.low is not None
    assert found.effect.high is not None
    assert found.effect.low <= share <= found.effect.high


def test_sicker_patients_are_no_unit() -> None:
    """Twice as high on average, in the whole or for a part: the shape moves, and no known factor is met."""
    for live in (
        creatinine(2, 2000) * 1.5,
        np.concatenate([creatinine(2, 1500), creatinine(3, 500) * 3]),
    ):
        assert one(units.check, "creatinine", creatinine(1, 5000), live) == []
    bun = RNG(1).lognormal(2.9, 0.55, 5000).round()
    assert one(units.check, "bun", bun, RNG(2).lognormal(2.6, 0.55, 2000).round()) == []


def test_a_spike_of_zeros_is_no_unit() -> None:
    live = RNG(2).normal(125, 40, 2000).clip(40).round()
    live[:100] = 0
    assert one(units.check, "glucose", RNG(1).normal(125, 40, 5000).clip(40).round(), live) == []


def test_decimal_slips() -> None:
    train = RNG(1).normal(138, 4, 4000).round()
    (whole,) = one(units.check, "sodium", train, RNG(2).normal(138, 4, 500).round() * 10)
    assert whole.kind == "scale_error"
    assert "10 times too large" in whole.title
    live = RNG(2).normal(138, 4, 2000).round()
    live[:100] /= 10
    (part,) = one(units.check, "sodium", train, live)
    assert part.kind == "scale_error"
    assert part.effect is not None
    assert part.effect.live == pytest.approx(0.05, abs=0.002)


def test_a_factor_that_nobody_knows_is_still_told() -> None:
    train = RNG(1).gamma(4, 2, 3000)
    (found,) = one(units.check, "marker_q", train, RNG(2).gamma(4, 2, 3000) * 3.7)
    assert found.kind == "scale_error"
    assert "3.7" in found.title
    assert one(units.check, "marker_q", train, RNG(2).gamma(4, 2, 3000) * 1.3) == []
    (hours,) = one(units.check, "stay", train, RNG(2).gamma(4, 2, 3000) * 24)
    assert hours.kind == "unit_change"
    assert "hours instead of days" in hours.title


def test_ionised_calcium_among_total_calcium() -> None:
    train = RNG(1).normal(8.4, 0.8, 5000).round(1)
    live = np.concatenate(
        [RNG(2).normal(8.4, 0.8, 1620).round(1), RNG(3).normal(1.15, 0.08, 380).round(2)]
    )
    (found,) = one(units.check, "Calcium", train, live)
    assert found.kind == "unit_mix"
    assert "ionised calcium" in found.title
    assert found.effect is not None
    assert found.effect.live == pytest.approx(0.19, abs=0.001)
    assert found.what_if is not None
    assert found.what_if.repair["op"] == "set_missing"


def test_too_few_values_say_nothing() -> None:
    assert one(units.check, "creatinine", creatinine(1, 4000), creatinine(2, 12) * 88.42) == []


# Units that training uses


def test_training_decides_the_unit() -> None:
    fio2 = ranges()["fio2"]
    fraction = in_training_unit(fio2, None, [0.21, 0.4, 0.5, 1.0], [1, 5, 5, 2])
    assert fraction is not None
    assert fraction.unit == "fraction"
    assert fraction.hard == pytest.approx((0.2, 1.0))
    percent = in_training_unit(fio2, None, [21, 40, 100], [1, 5, 2])
    assert percent is not None
    assert percent.unit == "%"
    declared = in_training_unit(fio2, "%", [0.21, 0.4], [1, 1])
    assert declared is not None
    assert declared.unit == "%"
    assert in_training_unit(fio2, "bar", [0.21], [1]) is None


def test_100_percent_oxygen_is_possible() -> None:
    train = RNG(1).choice([0.21, 0.3, 0.4, 0.5, 1.0], 3000)
    live = RNG(2).choice([0.21, 0.3, 0.4, 0.5, 1.0], 2000)
    assert one(plausibility.check, "FiO2", train, live) == []
    live[:40] = 40.0
    (found,) = one(plausibility.check, "FiO2", train, live)
    assert found.kind == "out_of_range"


def test_outcome_score_and_log_columns_are_no_measurements() -> None:
    from golive.model.config import OperationsConfig

    side = table(
        numbers("y", [0, 1] * 20, role=Role.LABEL),
        numbers("p", [0.1, 0.9] * 20, role=Role.SCORE),
        numbers("ms", [1.0, 2.0] * 20),
    )
    assert measured(side, side, Config(operations=OperationsConfig(latency_ms="ms"))) == []


# Plausibility


def test_impossible_and_extreme_values_are_two_things() -> None:
    train = RNG(1).normal(85, 15, 3000).round()
    live = RNG(2).normal(85, 15, 2000).round()
    live[:60], live[60:100] = 400, 240
    found = {f.kind: f for f in one(plausibility.check, "heart_rate", train, live)}
    assert set(found) == {"out_of_range", "watch_range"}
    assert found["out_of_range"].verdict is Verdict.ALARM
    assert found["watch_range"].verdict is Verdict.WATCH
    assert found["out_of_range"].effect is not None
    assert found["out_of_range"].effect.live == pytest.approx(0.03)


def test_a_declared_range_wins() -> None:
    train, live = RNG(1).normal(85, 15, 3000), RNG(2).normal(85, 15, 2000)
    live[:100] = 190
    (found,) = [
        f
        for f in one(plausibility.check, "heart_rate", train, live, range=[20, 180])
        if f.kind == "out_of_range"
    ]
    assert "20 to 180" in found.title


def test_counts_of_a_few_patients_are_not_shown() -> None:
    live = RNG(2).normal(37, 0.6, 5000).round(1)
    live[:3] = 50.0
    (found,) = one(plausibility.check, "temp", RNG(1).normal(37, 0.6, 5000).round(1), live)
    assert found.verdict is Verdict.WATCH
    assert found.effect is not None
    assert (found.effect.live, found.effect.change, found.rows_affected) == (None, None, None)
    assert "fewer than 11" in found.title


def test_a_stand_in_for_missing_is_not_out_of_range() -> None:
    live = RNG(2).normal(85, 15, 2000).round()
    live[:100] = -1
    assert one(plausibility.check, "heart_rate", RNG(1).normal(85, 15, 3000).round(), live) == []


# Limits


def test_ages_above_a_cap() -> None:
    ages = RNG(1).normal(70, 15, 6000).round().clip(18, 105)
    (found,) = one(limits.check, "age", ages[:4000].clip(max=89), ages[4000:])
    assert (found.kind, found.verdict) == ("limit_changed", Verdict.ALARM)
    assert "89" in found.title
    (other,) = one(limits.check, "age", ages[:4000], ages[4000:].clip(max=89))
    assert other.kind == "limit_changed"
    assert "in live data every value is at most 89" in other.title


def test_a_few_values_beyond_a_limit_are_not_counted() -> None:
    """The title says that they are fewer than 11, so the size of the finding must not give them away."""
    ages = RNG(1).normal(70, 12, 5000).round().clip(18, 89)
    live = RNG(2).normal(70, 12, 1000).round().clip(18, 89)
    live[:8] = np.arange(90, 98)
    (found,) = one(limits.check, "age", ages, live)
    assert found.title.startswith("fewer than 11 of 1,000 rows of live age values lie above 89")
    assert found.rows_affected is None
    assert found.effect is not None
    assert (found.effect.live, found.effect.change, found.effect.low) == (None, None, None)


def test_values_cut_off_without_a_spike() -> None:
    hours = RNG(1).normal(-5, 10, 8000).round(1)
    (found,) = one(limits.check, "lead_time", hours[:5000], hours[5000:][hours[5000:] <= 0])
    assert "at most 0" in found.title


def test_a_longer_tail_is_no_limit() -> None:
    assert (
        one(limits.check, "marker", RNG(1).lognormal(0, 0.5, 500), RNG(2).lognormal(0.1, 0.7, 3000))
        == []
    )


# Rounding, repeats, exchange


def test_rounding_by_decimals_and_by_heaping() -> None:
    train, live = RNG(1).normal(37, 0.6, 4000).round(1), RNG(2).normal(37, 0.6, 2000).round(1)
    assert one(rounding.check, "temperature", train, live) == []
    live[:200] = live[:200].round()
    (decimals,) = one(rounding.check, "temperature", train, live)
    assert "whole numbers" in decimals.title
    train, live = RNG(1).normal(125, 20, 4000).round(), RNG(2).normal(125, 20, 2000).round()
    assert one(rounding.check, "sbp", train, live) == []
    live[:300] = live[:300].round(-1)
    (heaped,) = one(rounding.check, "sbp", train, live)
    assert "multiples of 10" in heaped.title


def test_values_that_are_heaped_anyway_vary_more() -> None:
    """Where half of all values are multiples of ten, few rows hold 8 points more or less of them by chance."""
    heaped = RNG(1).normal(130, 18, 40_000).round()
    heaped[::2] = heaped[::2].round(-1)
    said = []
    for seed in range(120):
        rows = RNG(seed).permutation(len(heaped))[:2_300]
        said += one(rounding.check, "sbp", heaped[rows[:2_000]], heaped[rows[2_000:]])
    assert said == []


def test_one_value_that_repeats() -> None:
    train, live = RNG(1).normal(85, 15, 4000).round(), RNG(2).normal(85, 15, 2000).round()
    assert one(stuck.check, "heart_rate", train, live) == []
    live[:160] = 80
    (found,) = one(stuck.check, "heart_rate", train, live)
    assert (found.kind, found.verdict) == ("stuck_value", Verdict.ALARM)
    assert "exactly 80" in found.title
    (whole,) = one(stuck.check, "heart_rate", train, np.full(500, 80.0))
    assert whole.title.startswith("Every live value of heart_rate is exactly 80")
    rounded = RNG(2).normal(85, 15, 2000).round(-1)
    assert one(stuck.check, "heart_rate", train, rounded) == []


@pytest.mark.parametrize("share", [0.05, 0.3, 1.0])
def test_exchanged_columns(share: float) -> None:
    def side(seed: int, n: int, exchanged: int = 0) -> Profile:
        rng = RNG(seed)
        a, b = rng.normal(130, 20, n).round(), rng.normal(76, 12, n).round()
        a[:exchanged], b[:exchanged] = b[:exchanged].copy(), a[:exchanged].copy()
        return table(numbers("sbp", a), numbers("dbp", b), numbers("other", rng.normal(0, 1, n)))

    assert swap.check(side(1, 5000), side(2, 2000), Config()) == []
    (found,) = findings(swap.check(side(1, 5000), side(2, 2000, round(share * 2000)), Config()))
    assert set(found.columns) == {"sbp", "dbp"}
    assert found.effect is not None
    assert found.effect.live == pytest.approx(share, abs=0.03)
    assert (found.what_if is not None) == (share == 1.0)


# The feed


def timed(counts: IntArray, *, future: int = 0) -> Profile:
    begin = date(2026, 2, 2)
    days = tuple(begin + timedelta(days=i) for i, c in enumerate(counts) if c)
    held = np.array([c for c in counts if c], dtype=np.int64)
    n = int(held.sum())
    start = datetime(2026, 2, 2)
    time = TimeProfile(n, start, start + timedelta(days=len(counts)), days, held, future=future)
    column = ColumnProfile(
        "at", ColumnType.DATETIME, Role.TIME, "timestamp", n, 0, len(days), time=time
    )
    made = table(bare("x", ColumnType.TEXT, n), column)
    return replace(made, roles=Roles(time="at"))


def test_days_without_rows() -> None:
    usual = RNG(1).poisson(60, 70)
    assert feed.check(timed(usual), timed(usual), Config()) == []
    stopped = usual.copy()
    stopped[30:35] = 0
    (found,) = findings(feed.check(timed(usual), timed(stopped), Config()))
    assert (found.kind, found.verdict) == ("feed_stopped", Verdict.ALARM)
    assert "no rows on 4 Mar to 8 Mar (5 days)" in found.title


def test_one_silent_site_among_others() -> None:
    begin, rng = date(2026, 2, 2), RNG(3)
    counts = {site: rng.poisson(15, 70) for site in ("A", "B", "C", "D")}
    counts["C"][40:45] = 0
    days = [begin + timedelta(days=i) for i in range(70)]
    whole = timed(np.sum(list(counts.values()), axis=0))
    parts = tuple(Arrivals(site, tuple(days), held) for site, held in counts.items())
    live = replace(whole, arrivals=parts, roles=Roles(time="at", site="clinic"))
    (found,) = findings(feed.check(whole, live, Config()))
    assert found.title.startswith(
        "Clinic C sent no rows on 14 Mar to 18 Mar (5 days) instead of about 68"
    )
    assert found.segment is not None
    assert (found.segment.column, found.segment.value) == ("clinic", "C")


def test_future_dates() -> None:
    usual = RNG(1).poisson(60, 70)
    (found,) = findings(feed.check(timed(usual), timed(usual, future=80), Config()))
    assert found.kind == "future_dates"
    assert feed.check(timed(usual, future=50), timed(usual, future=80), Config()) == []


def test_times_in_the_wrong_order() -> None:
    a, b = (bare(n, ColumnType.DATETIME, 1000) for n in ("start", "end"))
    train = table(a, b, time_violations={("start", "end"): 0, ("end", "start"): 990})
    live = table(a, b, time_violations={("start", "end"): 40, ("end", "start"): 950})
    (found,) = findings(feed.check(train, live, Config()))
    assert (found.kind, found.verdict, found.rows_affected) == ("time_order", Verdict.ALARM, 40)


# Where and since when


def sliced(shares: dict[str, float], weekly: Sequence[float], n: int = 300) -> Profile:
    """Slices in which a share of the values is 88 instead of 1 and of the rows is missing."""

    def column(share: float) -> SliceColumn:
        return SliceColumn(n=n, missing=round(share * n), quantiles=(1.0,) * 9, mean=1 + 87 * share)

    parts = [Slice("site", "site", s, n, {"x": column(v)}) for s, v in shares.items()]
    begin = date(2026, 2, 16)
    parts += [
        Slice(
            "time",
            "at",
            str(begin + timedelta(weeks=i)),
            n,
            {"x": column(v)},
            begin + timedelta(weeks=i),
        )
        for i, v in enumerate(weekly)
    ]
    return table(numbers("x", [1.0] * 50), slices=tuple(parts))


def test_the_site_and_the_day() -> None:
    live = sliced(
        {"A": 0.0, "B": 0.7, "C": 0.0, "D": 0.0}, [0, 0, 0.125, 0.175, 0.175, 0.175, 0.175]
    )
    for question in (of_mean(1.0, 88.0), of_missing):
        place = locate(live, "x", question)
        assert place.sites == ("B",)
        assert place.since == date(2026, 3, 4)  # five of the seven days of the week from 2 March
        assert place.segment is not None
        assert place.segment.value == "B"


def test_everywhere_and_always_is_no_place() -> None:
    place = locate(
        sliced({"A": 0.2, "B": 0.22, "C": 0.18}, [0.2, 0.19, 0.2, 0.21, 0.2]), "x", of_missing
    )
    assert (place.sites, place.since, place.segment) == ((), None, None)
    assert len(place.slices) == 8


def test_a_few_rows_in_one_slice_are_no_place() -> None:
    place = locate(
        sliced({"A": 0.01, "B": 0.0, "C": 0.0}, [0, 0, 0.01, 0, 0]), "x", of_mean(1.0, 88.0)
    )
    assert (place.sites, place.since) == ((), None)
    assert all(s.effect is None or s.effect == 0 for s in place.slices)


# Causes


def test_a_shift_points_to_its_cause_and_ranks_below_it() -> None:
    train, live = (
        table(numbers("creatinine", creatinine(1, 4000))),
        table(numbers("creatinine", creatinine(2, 1500) * 88.42)),
    )
    said = compare(train, live, Config()).findings
    active = [f for f in said if f.verdict in (Verdict.ALARM, Verdict.WATCH)]
    assert active[0].kind == "unit_change"
    assert {f.kind for f in active[1:]} >= {"distribution_shift", "out_of_range"}
    assert all(f.cause == active[0].id for f in active[1:])
    assert active[0].what_if is not None
    assert active[0].what_if.before is not None
    assert active[0].what_if.after is not None
    assert active[0].what_if.after < 0.1 < active[0].what_if.before


def _cause_of(kind: str, train: Profile, live: Profile, config: Config | None = None) -> str | None:
    """Kind of the finding that a finding of ``kind`` points to, ``None`` where it stands for itself."""
    said = {f.id: f for f in compare(train, live, config or Config()).findings}
    (one,) = (
        f for f in said.values() if f.kind == kind and f.verdict in (Verdict.ALARM, Verdict.WATCH)
    )
    return said[one.cause].kind if one.cause else None


def test_whole_stand_ins_among_halves_are_no_coarser_recording() -> None:
    """-999 is a whole number: a tenth of it makes whole numbers more frequent. A larger change has another cause."""
    rng = np.random.default_rng(4)
    halves = [rng.integers(2, 60, n) / 2 for n in (4_000, 2_500)]
    stand_ins = np.where(rng.random(2_500) < 0.1, -999.0, halves[1])
    coarser = np.where(stand_ins == -999.0, -999.0, np.round(stand_ins))
    train = table(numbers("dose", halves[0]))
    assert (
        _cause_of("rounding_changed", train, table(numbers("dose", stand_ins)))
        == "disguised_missing"
    )
    assert _cause_of("rounding_changed", train, table(numbers("dose", coarser))) is None


def test_an_outcome_in_other_words_is_no_other_outcome_rate() -> None:
    rng = np.random.default_rng(5)
    before, now = (rng.random(n) < 0.3 for n in (3_000, 2_000))
    train = table(categories("died", np.where(before, "yes", "no").tolist(), role=Role.LABEL))
    words = np.where(now, "Yes", "No")
    live = table(categories("died", words.tolist(), role=Role.LABEL))
    assert _cause_of("label_shift", train, live) == "spelling_variants"
    often = np.where(rng.random(2_000) < 0.6, "yes", "no").astype(object)
    often[:100] = [str(v).upper() for v in often[:100]]
    live = table(categories("died", often.tolist(), role=Role.LABEL))
    assert _cause_of("label_shift", train, live) is None


def test_no_false_diagnosis_of_unchanged_data() -> None:
    """Twenty splits of skewed, rounded, heaped and capped columns: no kind of this family may appear."""
    checks = (units, plausibility, limits, rounding, stuck, swap)
    for seed in range(20):
        rng = RNG(seed)
        sides = [
            table(
                numbers("creatinine", rng.lognormal(0, 0.45, n).round(2)),
                numbers("bun", rng.lognormal(2.9, 0.5, n).round()),
                numbers("sbp", rng.normal(128, 20, n).round()),
                numbers("age", rng.normal(66, 18, n).round().clip(18, 89)),
                numbers("weight", rng.normal(78, 16, n).round(1)),
                numbers("visits", rng.poisson(1.2, n)),
            )
            for n in (3000, 800)
        ]
        said = [f.id for check in checks for f in findings(check.check(*sides, Config()))]
        assert said == [], seed

"""Ways of writing dates, read by the profile from real tables; days and months that change places."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Sequence
from datetime import date

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_profiles import categories, table

from golive.compare.fields import dates
from golive.compare.fields.dates import is_flip, swapped
from golive.intake.base.dataset import Dataset
from golive.model.columns import ColumnSpec, ColumnType, Roles
from golive.model.config import Config
from golive.model.facts import findings
from golive.model.finding import Finding, Severity, Verdict
from golive.model.profile import Profile
from golive.profile import profile

CONFIG = Config()
_CONNECTION = ibis.duckdb.connect()
_NAMES = itertools.count()


def written(texts: Sequence[str]) -> Profile:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        made = _CONNECTION.create_table(f"dates_{next(_NAMES)}", pd.DataFrame({"t": list(texts)}))
    data = Dataset("x", "0" * 64, "memory", "duckdb", made, len(texts), ("t",), {"t": "text"})
    return profile(
        data, [ColumnSpec(name="t", type=ColumnType.DATETIME)], Roles(), as_of=date(2030, 1, 1)
    )


def days(
    form: str, n: int = 400, start: str = "2025-01-01", span: int = 365, seed: int = 0
) -> list[str]:
    rng = np.random.default_rng(seed)
    drawn = pd.Timestamp(start) + pd.to_timedelta(rng.integers(0, span, n), unit="D")
    return list(drawn.strftime(form))


def check(train: Sequence[str], live: Sequence[str]) -> list[Finding]:
    return findings(dates.check(written(train), written(live), CONFIG))


def test_day_and_month_change_places() -> None:
    (found,) = check(days("%m/%d/%Y"), days("%d/%m/%Y", seed=1))
    assert (found.verdict, found.severity) == (Verdict.ALARM, Severity.CRITICAL)
    assert found.title.startswith(
        "100 % of live t dates are written as DD/MM/YYYY instead of MM/DD/YYYY: day and month"
    )
    (back,) = check(days("%d/%m/%Y"), days("%m/%d/%Y", seed=1))
    assert "MM/DD/YYYY instead of DD/MM/YYYY" in back.title


def test_some_rows_change_places() -> None:
    live = days("%m/%d/%Y", 300) + days("%d/%m/%Y", 100, seed=1)
    (found,) = check(days("%m/%d/%Y"), live)
    surely = sum(int(t[:2]) > 12 for t in live)
    assert found.rows_affected == surely
    assert "the true share is larger" in found.explanation


def test_another_format() -> None:
    (found,) = check(days("%Y-%m-%d"), days("%Y-%m-%d", 380) + days("%m/%d/%Y", 20))
    assert found.effect is not None
    assert (found.verdict, found.severity) == (Verdict.ALARM, Severity.MAJOR)
    assert found.effect.live == pytest.approx(0.05)


def test_the_same_format_is_no_news() -> None:
    for form in ("%Y-%m-%d", "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y%m%d"):
        assert check(days(form), days(form, seed=1, start="2026-01-01")) == []


def test_the_first_days_of_a_year_do_not_flip_by_themselves() -> None:
    """Until the 12th nothing tells day from month: the order of training holds, and is not reported as changed."""
    train = days("%d/%m/%Y")
    assert check(train, days("%d/%m/%Y", start="2026-03-01", span=12)) == []
    assert check(days("%m/%d/%Y"), days("%m/%d/%Y", start="2026-03-01", span=12)) == []


def test_a_short_feed_in_the_other_order_is_seen_by_its_span() -> None:
    (found,) = check(days("%m/%d/%Y"), days("%d/%m/%Y", start="2026-03-01", span=12))
    assert "DD/MM/YYYY instead of MM/DD/YYYY" in found.title
    (back,) = check(days("%d/%m/%Y"), days("%m/%d/%Y", start="2026-03-01", span=12))
    assert "MM/DD/YYYY instead of DD/MM/YYYY" in back.title


def test_stored_dates_and_few_dates_have_no_format_to_compare() -> None:
    other = table(categories("t", ["a"] * 50))
    assert dates.check(other, other, CONFIG) == []
    assert check(days("%Y-%m-%d"), days("%m/%d/%Y", 10)) == []


def test_what_is_a_flip() -> None:
    assert is_flip("MM/DD/YYYY", "DD/MM/YYYY")
    assert is_flip("DD.MM.YYYY", "MM.DD.YYYY")
    assert not is_flip("MM/DD/YYYY", "DD.MM.YYYY")
    assert not is_flip("YYYY-MM-DD", "DD-MM-YYYY")
    assert not is_flip("MM/DD/YYYY", "MM/DD/YYYY")


@given(st.dates())
def test_swapping_twice_is_the_same_day(day: date) -> None:
    other = swapped(day)
    assert (other is None) == (day.day > 12)
    if other is not None:
        assert swapped(other) == day

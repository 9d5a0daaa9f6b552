"""Evidently computes the scores: the only file that imports it, lazily, and of it only the statistics unless its own page
is asked for: everything it offers takes seconds to import.

Evidently gets a reduced frame (``golive.profile.numbers``: rows that keep the distribution of a column, so that the score is
within 1 % of that of all rows) with declared column types and an explicit method and threshold, so its own defaults, which
depend on the number of rows, never decide anything.
"""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from golive.compare.base.pairs import Pair
from golive.compare.drift.late_package import late
from golive.model.config import DriftConfig
from golive.model.profile import NumericProfile
from golive.stats.noise_floor import deviation

if TYPE_CHECKING:
    import pandas as pd

P_VALUE_METHODS = frozenset(
    {"ks", "cramer_von_mises", "anderson", "t_test", "mannw", "chisquare", "g_test", "z", "TVD"}
)
"""Methods of Evidently whose score is a p-value: smaller means more different. Its TVD is the p-value of a
permutation test, not the distance."""

_PAGE_ROWS = 10_000
_IMPORTING = threading.RLock()


def warm() -> threading.Thread:
    """Import the statistics in a background thread, to overlap it with reading. Returns the started thread."""
    thread = threading.Thread(target=_statistics, name="import-evidently", daemon=True)
    thread.start()
    return thread


@contextmanager
def _imports() -> Iterator[None]:
    """One import at a time, telemetry off before the first; deprecations in Evidently's dependencies are not the user's."""
    os.environ["DO_NOT_TRACK"] = "1"
    with _IMPORTING, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _statistics() -> tuple[Any, Any]:
    """``get_stattest`` and ``ColumnType`` of Evidently, without the nine tenths of its import that they do not need."""
    with _imports():
        late("evidently")
        try:
            from evidently.legacy.calculations.stattests import get_stattest
            from evidently.legacy.core import ColumnType
        except ImportError:  # a version whose parts do not stand alone
            _load()
            from evidently.legacy.calculations.stattests import get_stattest
            from evidently.legacy.core import ColumnType
    return get_stattest, ColumnType


def _load() -> Any:
    """Evidently's classes as one namespace."""
    with _imports():
        import evidently

        _ = evidently.Report  # runs its own __init__ where only a part of it was imported so far
        import evidently.metrics
        import evidently.presets
    return evidently


def method_for(pair: Pair, drift: DriftConfig) -> str:
    """Evidently's name of the method for a column, by its type and never by its number of rows."""
    return drift.numeric if pair.is_number else drift.categorical


def reduced(pair: Pair) -> tuple[Any, Any]:
    """Training and live rows that keep the distributions: float arrays of numbers, categoricals of one set of values."""
    import pandas as pd

    from golive.profile import reduced_categories, reduced_values

    sides = (pair.train, pair.live)
    if pair.is_number:
        train, live = (reduced_values(side.numeric) for side in sides if side.numeric)
        return train, live
    old, new = (reduced_categories(side.category) for side in sides if side.category)
    place = {name: i for i, name in enumerate(dict.fromkeys((*old.values, *new.values)))}
    rows = (np.repeat([place[v] for v in side.values], side.counts) for side in (old, new))
    first, second = (pd.Categorical.from_codes(codes, pd.Index(list(place))) for codes in rows)
    return first, second


def _frame(columns: Mapping[str, Any]) -> pd.DataFrame:
    """Columns of different lengths side by side; what is missing at the end is dropped by Evidently column by column."""
    import pandas as pd

    return pd.DataFrame({name: pd.Series(values) for name, values in columns.items()})


def _score(both: tuple[Any, Any], pair: Pair, drift: DriftConfig) -> float:
    """Score of one column by the registered test that ``ValueDrift`` calls, without the picture it draws beside it.

    ``ValueDrift`` spends nine tenths of its time on that picture. A test holds this score to ``ValueDrift``'s own.
    Categories are handed over as their numbers: Evidently sums over a set of them, and the order of texts in a set is another
    in every process. Raises whatever Evidently raises.
    """
    import pandas as pd

    get_stattest, kinds = _statistics()
    if not pair.is_number:
        both = both[0].codes, both[1].codes
    train, live = pd.Series(both[0]), pd.Series(both[1])
    kind = kinds.Numerical if pair.is_number else kinds.Categorical
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        test = get_stattest(train, live, kind, method_for(pair, drift))
        return float(test(train, live, kind, drift.threshold).drift_score)


def _is_small(train: NumericProfile) -> bool:
    """Whether Evidently's least deviation would stand in for the column's own."""
    return 0 < train.std < 0.001


def _in_large_unit(both: tuple[Any, Any], pair: Pair, drift: DriftConfig) -> tuple[Any, Any]:
    """Numbers that hardly vary in training deviations, so that a normalised distance keeps its meaning; all else as it is."""
    numeric, wasserstein = pair.train.numeric, method_for(pair, drift) == "wasserstein"
    if not pair.is_number or numeric is None or not wasserstein or not _is_small(numeric):
        return both
    return both[0] / numeric.std, both[1] / numeric.std


def scores(
    pairs: Mapping[str, Pair], drift: DriftConfig
) -> tuple[dict[str, float], dict[str, str]]:
    """Evidently's drift score of every column that has values on both sides.

    Returns ``{column: score}`` and ``{column: why it has none}``. The Wasserstein score is rescaled from the standard
    deviation of the reduced training values to the exact one (Evidently divides by ``max(std(reference), 0.001)``; numbers
    that vary less reach it in a larger unit, see ``deviation``).
    A column on which Evidently fails never takes another one with it.
    """
    from golive.profile.numbers import sum_in_one_thread

    sum_in_one_thread()
    found: dict[str, float] = {}
    failed: dict[str, str] = {}
    for name, pair in pairs.items():
        if min(pair.sizes) == 0:
            failed[name] = "one side has no values"
            continue
        both = _in_large_unit(reduced(pair), pair, drift)
        try:
            score = _score(both, pair, drift)
        except Exception as error:
            failed[name] = f"Evidently could not score it: {type(error).__name__}"
            continue
        numeric = pair.train.numeric if pair.is_number else None
        if numeric is not None and method_for(pair, drift) == "wasserstein":
            with np.errstate(over="ignore", invalid="ignore"):
                spread = max(float(np.std(both[0])), 0.001)
            score *= spread / (1.0 if _is_small(numeric) else deviation(numeric))
        if np.isfinite(score):
            found[name] = score
        else:
            failed[name] = "the score is not a finite number"
    return found, failed


def report_html(pairs: Mapping[str, Pair], drift: DriftConfig) -> str:
    """Evidently's own drift and summary report as one HTML page, for download; nothing of it is stored.

    Made from the reduced columns stretched to one length with their true missing share: each column is right by itself,
    and nothing joint may be read from it. Identifiers and free text take no part because ``pairs`` holds none.

    Raises:
        ValueError: no column has values on both sides.
    """
    evidently = _load()
    sides = {name: reduced(pair) for name, pair in pairs.items() if min(pair.sizes) > 0}
    if not sides:
        msg = "no column has values on both sides"
        raise ValueError(msg)
    definition = evidently.DataDefinition(
        numerical_columns=[name for name in sides if pairs[name].is_number],
        categorical_columns=[name for name in sides if not pairs[name].is_number],
    )

    def dataset(*, live: bool) -> Any:
        values = {
            name: _stretched(both[live], pairs[name], live=live) for name, both in sides.items()
        }
        return evidently.Dataset.from_pandas(_frame(values), data_definition=definition)

    preset = evidently.presets.DataDriftPreset(
        num_method=drift.numeric,
        num_threshold=drift.threshold,
        cat_method=drift.categorical,
        cat_threshold=drift.threshold,
        drift_share=drift.drift_share,
    )
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        snapshot = evidently.Report([preset, evidently.presets.DataSummaryPreset()]).run(
            dataset(live=True), dataset(live=False)
        )
        return str(snapshot.get_html_str(as_iframe=False))


def _stretched(values: Any, pair: Pair, *, live: bool) -> Any:
    """Evenly spaced order statistics of ``values``, as many as the present share of the page's rows asks for."""
    column = pair.live if live else pair.train
    rows = min(column.n, _PAGE_ROWS)
    present = max(1, round(rows * (1 - column.missing_share)))
    chosen = np.sort(np.asarray(values))[
        ((np.arange(present) + 0.5) * len(values) / present).astype(int)
    ]
    return np.concatenate([chosen, np.full(rows - present, np.nan, dtype=chosen.dtype)])

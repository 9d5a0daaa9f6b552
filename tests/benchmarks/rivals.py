"""What two peers would have flagged of a planted fault: Evidently's presets as they come, a Pandera schema of training.

Evidently: every failed test of ``DataDriftPreset`` and of ``DataSummaryPreset`` with tests on and training as reference; tests
of row counts are left out, because live data is smaller than training by design. Pandera: every failed check of
``infer_schema(training)``. A column is flagged when any of its tests fails; ``""`` stands for a test of the whole table.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

ROW_COUNTS = ("RowCount", "row_count")
KEYS = ("encounter_id",)


@dataclass(frozen=True)
class Rivals:
    """Training rows and the Pandera schema inferred from them."""

    train: pd.DataFrame
    schema: Any

    @classmethod
    def of(cls, train: pd.DataFrame) -> Rivals:
        """Infer the schema of training rows."""
        import pandera.pandas as pa

        typed = _typed(train)
        return cls(typed, pa.infer_schema(typed))

    def flags(
        self, live: pd.DataFrame, columns: Sequence[str] | None = None
    ) -> dict[str, set[str]]:
        """Columns that each rival flags, of ``columns`` (default: all but keys) and of the table as a whole."""
        live = _typed(live)
        names = [c for c in (columns or live.columns) if c in live or c in self.train]
        return {
            "Evidently drift": _evidently(
                self.train, live, [c for c in names if c not in KEYS], "DataDriftPreset"
            ),
            "Evidently summary": _evidently(self.train, live, names, "DataSummaryPreset"),
            "Pandera": _pandera(self.schema, live, None if columns is None else set(columns)),
        }


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Times as times where all can be read, as someone who uses these libraries would hand them over.

    Evidently passes pandas' nullable numbers over, so numbers are plain floats.
    """
    nullable = [c for c in frame if pd.api.types.is_extension_array_dtype(frame[c].dtype)]
    frame = frame.astype(
        {c: float for c in nullable if pd.api.types.is_numeric_dtype(frame[c].dtype)}
    )
    for name in ("recorded_at", "received_at"):
        if name in frame:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                times = pd.to_datetime(frame[name], errors="coerce", format="%Y-%m-%d %H:%M:%S")
            if times.notna().sum() == frame[name].notna().sum():
                frame[name] = times
    return frame


def _evidently(
    train: pd.DataFrame, live: pd.DataFrame, names: Sequence[str], preset: str
) -> set[str]:
    """Columns with a failed test. A run that fails altogether flags nothing: there is no report."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecations inside Evidently's dependencies
        import evidently
        import evidently.presets

    both = [frame[[n for n in names if n in frame]] for frame in (live, train)]
    if any(frame.shape[1] == 0 for frame in both):
        # Nothing but a missing or new column: the summary counts columns, the drift preset has nothing to judge.
        return {""} if preset == "DataSummaryPreset" else set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            definition = evidently.DataDefinition()
            live_set, train_set = (
                evidently.Dataset.from_pandas(f, data_definition=definition) for f in both
            )
            report = evidently.Report([getattr(evidently.presets, preset)()], include_tests=True)
            tests = report.run(live_set, train_set).dict()["tests"]
        except Exception:
            return set()
    flagged = set()
    for test in tests:
        metric = test["metric_config"]
        if str(test["status"]).endswith("FAIL") and not any(
            word in str(metric) for word in ROW_COUNTS
        ):
            flagged.add(str(metric["params"].get("column") or ""))
    return flagged


def _pandera(schema: Any, live: pd.DataFrame, columns: set[str] | None) -> set[str]:
    import pandera.errors

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            schema.validate(live, lazy=True)
        except pandera.errors.SchemaErrors as errors:
            cases = errors.failure_cases
            named = (
                cases["column"].where(cases["column"].notna(), cases["failure_case"]).astype(str)
            )
            found = {str(n) for n in named}
            return found if columns is None else found & columns
        except Exception:  # it cannot even read the column: the schema refuses the table
            return set(columns or {""})
    return set()

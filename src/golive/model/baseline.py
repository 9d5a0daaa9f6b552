"""Baseline: training data reduced to what live data can be compared with once its rows are gone."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from golive.model.columns import ColumnSpec, Noun
from golive.model.errors import Problem, StoreError
from golive.model.finding import Finding, Kind
from golive.model.profile import Profile

BASELINE_FORMAT = 2


class TrainingMetric(Noun):
    """The primary metric of the model on training rows: value, standard error and 95 % interval, on ``n`` cases."""

    metric: str
    value: float
    se: float
    low: float
    high: float
    n: int
    n_events: int


class Baseline(Noun):
    """A k-anonymous profile of training data, which takes its place in an assessment (``golive.assess``).

    ``specs`` are the columns as they were read, ``config_sha256`` the hash of what decided that. ``soft_ends`` says of number
    columns whether their lowest and their highest value are hidden in a bin. ``performance`` is ``None`` where training has
    no outcomes, or too few. Baselines of format 1 (GoLive 0.1) are upgraded when they are read.

    Raises:
        StoreError: ``STORE_NEWER`` when a later version wrote it.
    """

    id: str
    format: int = BASELINE_FORMAT
    config_sha256: str
    specs: tuple[ColumnSpec, ...]
    profile: Profile
    soft_ends: dict[str, tuple[bool, bool]]
    performance: TrainingMetric | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_any_format(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        stored = data.get("payload", data)
        if stored.get("format", BASELINE_FORMAT) > BASELINE_FORMAT:
            raise StoreError(
                Problem(
                    "STORE_NEWER",
                    f"Baseline '{data.get('id')}' was written by a newer GoLive.",
                    "Upgrade GoLive.",
                )
            )
        return _upgraded(data, stored) if stored is not data else data

    def hides_end_of(self, finding: Finding) -> bool:
        """Whether a finding rests on an end of training's values that is hidden in a bin: nothing can be said of it."""
        if finding.kind is not Kind.LIMIT_CHANGED or finding.effect is None or finding.effect.train:
            return False
        low, high = self.soft_ends.get(finding.columns[0], (False, False))
        repair = finding.what_if.repair if finding.what_if else {}
        return (low and "low" in repair) or (high and "high" in repair)


def _upgraded(data: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
    """A baseline of format 1, where parts of the profile were lists by place, as one of format 2."""
    profile = stored["profile"]
    return {
        "id": data["id"],
        "config_sha256": data["config_sha256"],
        "specs": stored["specs"],
        "soft_ends": stored["soft_ends"],
        "performance": stored.get("performance"),
        "profile": profile
        | {
            "columns": {c["name"]: _column(c) for c in profile["columns"]},
            "missing_blocks": [_named(b, "columns", "rows") for b in profile["missing_blocks"]],
            "slices": [_slice(s) for s in profile["slices"]],
            "coverage": [
                _named(c, "resource", "element", "kept", "n") for c in profile.get("coverage", ())
            ],
        },
    }


def _named(values: list[Any], *names: str) -> dict[str, Any]:
    return dict(zip(names, values, strict=True))


def _column(column: dict[str, Any]) -> dict[str, Any]:
    numeric = column["numeric"]
    if numeric:
        moments = _named(numeric["moments"], "mean", "std", "minimum", "maximum")
        numeric = {k: v for k, v in numeric.items() if k != "moments"} | moments
    # Baselines of before took every row for a patient of its own.
    repeats = [
        _named(pair, "weight", "size") for pair in column.get("repeats", ((1.0, 1.0), (1.0, 1.0)))
    ]
    return column | {"numeric": numeric} | _named(repeats, "repeats", "missing_repeats")


def _slice(stored: dict[str, Any]) -> dict[str, Any]:
    names = ("n", "missing", "mean", "top", "tokens", "shapes")
    return stored | {"columns": {k: _named(c, *names) for k, c in stored["columns"].items()}}

"""A feed of visits that faults act on, and what a fault is. The truth file is written from these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from golive.model.kinds import Kind
from golive.samples.population import Floats

Mask = npt.NDArray[np.bool_]
Stage = Literal["rows", "outcome", "input", "service", "resend"]
STAGES: tuple[Stage, ...] = ("rows", "outcome", "input", "service", "resend")


@dataclass
class Feed:
    """Visits on their way to the file. ``text`` holds values that are not numbers and replace those of ``frame`` at the end;
    ``marks`` says which rows each fault touched; ``age_capped`` whether ages above 89 are stored as 89;
    ``resent`` how many rows are to be sent twice.
    """

    rng: np.random.Generator
    frame: pd.DataFrame
    severity: Floats
    text: dict[str, pd.Series[Any]] = field(default_factory=dict)
    marks: dict[str, Mask] = field(default_factory=dict)
    age_capped: bool = True
    resent: int = 0

    def at(self, *sites: str, since: str | None = None) -> Mask:
        """Rows of the given sites (all when none is given), from a day on."""
        rows = np.ones(len(self.frame), dtype=np.bool_)
        if sites:
            rows &= self.frame["site"].isin(sites).to_numpy()
        if since:
            rows &= (self.frame["recorded_at"] >= pd.Timestamp(since)).to_numpy()
        return rows

    def choose(self, eligible: Mask, share: float) -> Mask:
        """Choose rows among the eligible ones so that they are ``share`` of all rows (or all eligible ones)."""
        candidates = np.flatnonzero(eligible)
        wanted = min(len(candidates), round(share * len(self.frame)))
        chosen = np.zeros(len(self.frame), dtype=np.bool_)
        chosen[self.rng.choice(candidates, size=wanted, replace=False)] = True
        return chosen

    def keep(self, rows: Mask | npt.NDArray[np.int64]) -> None:
        """Reduce the feed to ``rows``, or repeat rows given by position, and bring it back into time order."""
        positions = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        times = self.frame["recorded_at"].to_numpy()[positions]
        positions = positions[np.argsort(times, kind="stable")]
        self.frame = self.frame.iloc[positions].reset_index(drop=True)
        self.severity = self.severity[positions]
        self.text = {
            name: values.iloc[positions].reset_index(drop=True)
            for name, values in self.text.items()
        }
        self.marks = {name: mask[positions] for name, mask in self.marks.items()}


@dataclass(frozen=True)
class Fault:
    """One planted fault.

    ``kind`` is the finding that names it best, ``also`` further kinds that are a correct answer to it.
    ``apply`` changes the feed and returns the rows it touched, or ``None`` when the whole column or table is meant.
    ``per`` says what its share is a share of. ``fix`` is what would repair it.
    """

    id: str
    kind: Kind
    columns: tuple[str, ...]
    stage: Stage
    title: str
    fix: str
    apply: Callable[[Feed], Mask | None]
    also: tuple[Kind, ...] = ()
    segment: dict[str, list[str]] = field(default_factory=dict)
    since: str | None = None
    until: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    per: str = "rows"
    repair: dict[str, Any] | None = None

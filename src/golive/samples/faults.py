"""A feed of visits on its way to the file, and what each fault of ``faults.yaml`` does to it: inputs first, then the service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from golive.samples.catalogue import Fault, faults
from golive.samples.physiology import ICD9, INTERCEPT, outcome
from golive.samples.pilot_model import NEXT
from golive.samples.population import Floats

Mask = npt.NDArray[np.bool_]


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

    def rows(self, fault: Fault) -> Mask:
        """Rows where ``fault`` is planted: its segment, from its day on, among those it can touch, its share of them."""
        found = np.ones(len(self.frame), dtype=np.bool_)
        for column, values in fault.segment.items():
            found &= self.frame[column].isin(values).to_numpy()
        if fault.since:
            found &= (self.frame["recorded_at"] >= pd.Timestamp(fault.since)).to_numpy()
        first = self.frame[fault.columns[0]] if fault.among else None
        if first is not None:
            can = first.notna() if fault.among == "present" else first == fault.among
            found &= can.to_numpy()
        return found if fault.share is None else self.choose(found, fault.share)

    def choose(self, eligible: Mask, share: float) -> Mask:
        """Choose rows among the eligible ones so that they are ``share`` of all rows (or all eligible ones)."""
        candidates = np.flatnonzero(eligible)
        wanted = min(len(candidates), round(share * len(self.frame)))
        chosen = np.zeros(len(self.frame), dtype=np.bool_)
        chosen[self.rng.choice(candidates, size=wanted, replace=False)] = True
        return chosen

    def words(self, values: list[str], shares: list[float] | None = None) -> Any:
        """One of ``values`` for each row."""
        return self.rng.choice(np.array(values, dtype=object), size=len(self.frame), p=shares)

    def coins(self, share: float) -> Mask:
        """Rows drawn one by one, each with this probability."""
        return self.rng.random(len(self.frame)) < share

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


def _write(feed: Feed, fault: Fault) -> Mask:
    """One value in place of others, or none."""
    rows = feed.rows(fault)
    feed.frame.loc[rows, list(fault.columns)] = fault.parameters.get("value", np.nan)
    return rows


def _convert(feed: Feed, fault: Fault) -> Mask:
    rows, (column,), said = feed.rows(fault), fault.columns, fault.parameters
    values = feed.frame.loc[rows, column] * said["factor"] + said.get("offset", 0)
    feed.frame.loc[rows, column] = values.round(1)
    return rows


def _icd9(feed: Feed, fault: Fault) -> Mask:
    rows = feed.rows(fault)
    feed.frame.loc[rows, "dx"] = feed.frame.loc[rows, "dx"].map(ICD9)
    return rows


def _lactate_text(feed: Feed, fault: Fault) -> Mask:
    lactate = feed.frame["lactate"].to_numpy()
    low = feed.choose(lactate <= 1.2, 0.011)
    other = feed.choose(~np.isnan(lactate) & ~low, 0.013)
    censored, *comments = fault.parameters["tokens"]
    words = feed.words(comments, [0.5, 0.3, 0.2])
    rows = low | other
    text = feed.frame["lactate"].astype(object).where(~rows, np.where(low, censored, words))
    feed.text["lactate"] = text.where(rows)
    feed.frame.loc[rows, "lactate"] = np.nan
    return rows


def _spelling(feed: Feed, fault: Fault) -> Mask:
    rows, (column,) = feed.rows(fault), fault.columns
    words = feed.words(fault.parameters["values"], [0.5, 0.35, 0.15])
    feed.frame[column] = feed.frame[column].mask(rows, words)
    return rows


def _age_uncapped(feed: Feed, fault: Fault) -> Mask:
    feed.age_capped = False
    return np.asarray(feed.frame["age"] > fault.parameters["limit"])


def _column_gone(feed: Feed, fault: Fault) -> None:
    feed.frame = feed.frame.drop(columns=list(fault.columns))


def _column_new(feed: Feed, fault: Fault) -> None:
    feed.frame[fault.columns[0]] = feed.words(["PD-1", "PD-2", "PD-3"])


def _feed_stopped(feed: Feed, fault: Fault) -> None:
    assert fault.until is not None
    until = pd.Timestamp(fault.until) + pd.Timedelta(days=1)
    feed.keep(~(feed.rows(fault) & (feed.frame["recorded_at"] < until).to_numpy()))


def _fewer_events(feed: Feed, fault: Fault) -> None:
    rarer = INTERCEPT + fault.parameters["log_odds"]
    feed.frame["sepsis_48h"] = outcome(feed.rng, feed.severity, intercept=rarer)


def _unseen_illness(feed: Feed, fault: Fault) -> Mask:
    rows = feed.rows(fault)
    hidden = 0.5 * feed.severity + np.sqrt(1 - 0.5**2) * feed.rng.normal(0, 1, len(rows))
    feed.frame.loc[rows, "sepsis_48h"] = outcome(feed.rng, hidden)[rows]
    return rows


def _two_versions(feed: Feed, fault: Fault) -> Mask:
    rows = feed.rows(fault) & feed.coins(0.5)
    feed.frame.loc[rows, "model_version"] = NEXT
    return rows


def _late_inputs(feed: Feed, fault: Fault) -> Mask:
    rows = feed.rows(fault) & feed.coins(0.5)
    first, last = (60 * minutes for minutes in fault.parameters["minutes"])
    wait = pd.to_timedelta(feed.rng.integers(first, last, len(rows)), unit="s")
    late = feed.frame["recorded_at"] + wait
    feed.frame["received_at"] = feed.frame["received_at"].where(~rows, late)
    return rows


def _peak(feed: Feed) -> Mask:
    slow = faults()["slow_at_peak"]
    busy = feed.frame["recorded_at"].dt.hour.between(*slow.parameters["hours"])
    rows: Mask = feed.rows(slow) & busy.to_numpy(dtype=np.bool_)
    return rows


def _slow(feed: Feed, _: Fault) -> Mask:
    rows = _peak(feed)
    latency = feed.rng.lognormal(np.log(2700), 0.4, int(rows.sum()))
    feed.frame.loc[rows, "latency_ms"] = np.round(latency)
    return rows


def _timeouts(feed: Feed, fault: Fault) -> Mask:
    assert fault.share is not None
    rows = feed.choose(_peak(feed), fault.share)
    feed.frame.loc[rows, "status"] = fault.parameters["status"]
    feed.frame.loc[rows, ["risk", "alert"]] = np.nan
    feed.frame.loc[rows, "latency_ms"] = 10_000.0
    return rows


def _labels_late(feed: Feed, fault: Fault) -> Mask:
    recent = feed.rows(fault)
    rows = recent & feed.coins(0.7)
    feed.frame.loc[recent, "label_time"] += pd.Timedelta(days=6)
    feed.frame.loc[rows, "sepsis_48h"] = np.nan
    feed.frame.loc[rows, "label_time"] = pd.NaT
    return rows


def _resent(feed: Feed, _: Fault) -> Mask:
    n = len(feed.frame)
    twice = feed.rng.choice(n, size=feed.resent, replace=False)
    feed.keep(np.concatenate([np.arange(n), np.sort(twice)]))
    return feed.frame["encounter_id"].duplicated().to_numpy()


PLANT: dict[str, Callable[[Feed, Fault], Mask | None]] = {
    "creatinine_umol": _convert,
    "monitors_unmapped": _write,
    "icd9_codes": _icd9,
    "lactate_text": _lactate_text,
    "temperature_fahrenheit": _convert,
    "gcs_sentinel": _write,
    "glucose_zero": _write,
    "route_spelling": _spelling,
    "insurance_new": _write,
    "more_transfers": _write,
    "age_uncapped": _age_uncapped,
    "procalcitonin_gone": _column_gone,
    "device_new": _column_new,
    "feed_stopped": _feed_stopped,
    "fewer_events": _fewer_events,
    "language_gap": _unseen_illness,
    "two_versions": _two_versions,
    "late_inputs": _late_inputs,
    "slow_at_peak": _slow,
    "timeouts": _timeouts,
    "labels_late": _labels_late,
    "rows_resent": _resent,
}
"""Changes the feed and returns the rows it touched, or ``None`` when the whole column or table is meant."""

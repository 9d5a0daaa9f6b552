"""Planted faults around the model: outcome, versions, latency, errors, late inputs, labels, feed and re-sent rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from golive.model.finding import Kind
from golive.samples.faults_in_inputs import NEW_INTERFACE
from golive.samples.feed import Fault, Feed, Mask
from golive.samples.physiology import outcome
from golive.samples.pilot_model import NEXT

PEAK_HOURS = (16, 21)
PEAK_SINCE = "2026-03-02"
RELEASE = "2026-04-06"
LABELS_UNTIL = "2026-04-22"
STOP_FIRST, STOP_LAST = "2026-03-27", "2026-03-31"


def _feed_stopped(feed: Feed) -> None:
    times = feed.frame["recorded_at"]
    stopped = (times >= pd.Timestamp(STOP_FIRST)) & (
        times < pd.Timestamp(STOP_LAST) + pd.Timedelta(days=1)
    )
    feed.keep(~(feed.at("C4") & stopped.to_numpy()))


def _fewer_events(feed: Feed) -> None:
    feed.frame["sepsis_48h"] = outcome(feed.rng, feed.severity, intercept=-3.3)


def _unseen_illness(feed: Feed) -> Mask:
    rows = (feed.frame["language"] == "Spanish").to_numpy()
    hidden = 0.5 * feed.severity + np.sqrt(1 - 0.5**2) * feed.rng.normal(0, 1, len(rows))
    feed.frame.loc[rows, "sepsis_48h"] = outcome(feed.rng, hidden)[rows]
    return rows


def _two_versions(feed: Feed) -> Mask:
    rows = feed.at(since=RELEASE) & (feed.rng.random(len(feed.frame)) < 0.5)
    feed.frame.loc[rows, "model_version"] = NEXT
    return rows


def _late_inputs(feed: Feed) -> Mask:
    rows = feed.at("C3", since=NEW_INTERFACE) & (feed.rng.random(len(feed.frame)) < 0.5)
    wait = pd.to_timedelta(feed.rng.integers(45 * 60, 180 * 60, len(rows)), unit="s")
    late = feed.frame["recorded_at"] + wait
    feed.frame["received_at"] = feed.frame["received_at"].where(~rows, late)
    return rows


def _peak(feed: Feed) -> Mask:
    busy = feed.frame["recorded_at"].dt.hour.between(*PEAK_HOURS).to_numpy(dtype=np.bool_)
    return np.asarray(feed.at("C2", since=PEAK_SINCE) & busy, dtype=np.bool_)


def _slow(feed: Feed) -> Mask:
    rows = _peak(feed)
    feed.frame.loc[rows, "latency_ms"] = np.round(
        feed.rng.lognormal(np.log(2700), 0.4, int(rows.sum()))
    )
    return rows


def _timeouts(feed: Feed) -> Mask:
    rows = feed.choose(_peak(feed), 0.013)
    feed.frame.loc[rows, "status"] = "timeout"
    feed.frame.loc[rows, ["risk", "alert"]] = np.nan
    feed.frame.loc[rows, "latency_ms"] = 10_000.0
    return rows


def _labels_late(feed: Feed) -> Mask:
    recent = feed.at(since=LABELS_UNTIL)
    rows = recent & (feed.rng.random(len(feed.frame)) < 0.7)
    feed.frame.loc[recent, "label_time"] += pd.Timedelta(days=6)
    feed.frame.loc[rows, "sepsis_48h"] = np.nan
    feed.frame.loc[rows, "label_time"] = pd.NaT
    return rows


def _resent(feed: Feed) -> Mask:
    n = len(feed.frame)
    twice = feed.rng.choice(n, size=feed.resent, replace=False)
    feed.keep(np.concatenate([np.arange(n), np.sort(twice)]))
    return feed.frame["encounter_id"].duplicated().to_numpy()


SERVICE_FAULTS: tuple[Fault, ...] = (
    Fault(
        "feed_stopped",
        Kind.FEED_STOPPED,
        ("site",),
        "rows",
        "Clinic C4 sent nothing for five days",
        "Alarm on silence: fewer rows than expected per clinic and hour",
        _feed_stopped,
        segment={"site": ["C4"]},
        since=STOP_FIRST,
        until=STOP_LAST,
        parameters={"days": 5},
    ),
    Fault(
        "fewer_events",
        Kind.CALIBRATION_DRIFT,
        ("risk", "sepsis_48h"),
        "outcome",
        "Sepsis is rarer among patients who look equally ill: the score promises more than happens",
        "Recalibrate the intercept on live data",
        _fewer_events,
        also=(Kind.LABEL_SHIFT,),
        parameters={"log_odds": -0.3},
    ),
    Fault(
        "language_gap",
        Kind.SUBGROUP_GAP,
        ("language",),
        "outcome",
        "Spanish-speaking patients: illness shows less in what is measured at triage, so the score misses more of it",
        "Interpreter at triage; check and retrain on this group before its alerts are relied on",
        _unseen_illness,
        also=(Kind.PERFORMANCE_DROP, Kind.LABEL_SHIFT),
        segment={"language": ["Spanish"]},
    ),
    Fault(
        "two_versions",
        Kind.VERSION_MIXED,
        ("model_version",),
        "input",
        "Two model versions score at the same time, and the newer one scores higher",
        "Finish or roll back the release; log one version per clinic and day",
        _two_versions,
        also=(Kind.SCORE_SHIFT,),
        since=RELEASE,
        parameters={"versions": ["v2.3", "v2.4"], "log_odds": 0.45},
    ),
    Fault(
        "late_inputs",
        Kind.LATE_INPUTS,
        ("received_at",),
        "input",
        "At clinic C3 half of the inputs arrive 45 minutes to 3 hours after they were recorded",
        "Move the laboratory interface of C3 from batches to events",
        _late_inputs,
        segment={"site": ["C3"]},
        since=NEW_INTERFACE,
        parameters={"minutes": [45, 180]},
    ),
    Fault(
        "slow_at_peak",
        Kind.LATENCY_OVER_BUDGET,
        ("latency_ms",),
        "service",
        "Clinic C2 waits more than the budget of 2 seconds between 16:00 and 22:00",
        "Give C2 its own worker at peak and test with twice the load",
        _slow,
        also=(Kind.DISTRIBUTION_SHIFT,),
        segment={"site": ["C2"]},
        since=PEAK_SINCE,
        parameters={"budget_ms": 2000, "hours": list(PEAK_HOURS)},
    ),
    Fault(
        "timeouts",
        Kind.OUTPUT_MISSING,
        ("risk", "alert", "status"),
        "service",
        "Requests that time out at peak at clinic C2 leave no score",
        "Retry once, then tell the clinician that there is no score",
        _timeouts,
        also=(
            Kind.ERROR_RATE,
            Kind.MISSING_UP,
            Kind.MISSING_BLOCK,
            Kind.UNSEEN_CATEGORY,
            Kind.CATEGORY_SHARE_SHIFT,
            Kind.DISTRIBUTION_SHIFT,
        ),
        segment={"site": ["C2"]},
        since=PEAK_SINCE,
        parameters={"status": "timeout"},
    ),
    Fault(
        "labels_late",
        Kind.LABEL_MISSING,
        ("sepsis_48h", "label_time"),
        "service",
        "Most outcomes of the last nine days are not there yet, and the others came six days later than usual",
        "Judge performance only on visits whose outcome window is over; agree a date for the chart review",
        _labels_late,
        also=(Kind.LABEL_DELAY, Kind.MISSING_UP, Kind.MISSING_BLOCK),
        since=LABELS_UNTIL,
    ),
    Fault(
        "rows_resent",
        Kind.DUPLICATE_ROWS,
        ("encounter_id",),
        "resend",
        "Rows were sent twice after a restart of the interface",
        "Deduplicate on encounter_id at intake",
        _resent,
        also=(Kind.DUPLICATE_KEYS,),
    ),
)

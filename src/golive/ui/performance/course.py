"""Over time: the course of performance and alerts, what the season explains, and model versions side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from golive.model.measured.course import ChangePoint, Seasons, SideBySide, Versions, Window
from golive.model.measured.intervals import Interval
from golive.model.measured.performance import Performance
from golive.ui.figures import outcomes as figures
from golive.ui.performance.outcomes import interval, with_interval
from golive.ui.shell import chart, theme
from golive.ui.shell.words import plain, unbroken
from golive.wording.metrics import METRICS
from golive.wording.numbers import count, day, percent, points, score

CHANGE_WORDS = {
    "score": "The mean score",
    "alerts": "The alert rate",
    "calibration": "Observed minus promised risk",
    "ranking": "The ranking of patients (AUROC)",
}
DRAWN: tuple[Literal["auroc", "alert_rate"], ...] = ("auroc", "alert_rate")


def course(performance: Performance) -> None:
    """Performance and the alert rate over time, each over what training lets expect, and when something changed."""
    rows, changes = performance.time_line.rows, performance.change_points
    if not rows:
        st.info(
            "No course over time: no time column, or too few rows in a window.",
            icon=":material/help:",
        )
        return
    guessed = any(r.estimated for r in rows)
    for metric in DRAWN:
        if any(getattr(r, metric) for r in rows) or (metric == "auroc" and guessed):
            figure = figures.time_line(rows, metric, theme.tokens(), changes=changes)
            alt = figures.describe_time_line(rows, changes)
            chart.show(figure, key=f"course_{metric}", alt=alt)
    st.caption(" ".join(_legend(rows, changes)))
    for change in changes:
        what = CHANGE_WORDS.get(change.signal, plain(change.signal))
        before, after = (_level(change.signal, v) for v in (change.before, change.after))
        sizes = f"n = {count(change.n_before)} and {count(change.n_after)}"
        st.markdown(
            unbroken(
                f"- **{what}** changed on {day(change.date)}: {before} before, {after} after ({sizes})."
            )
        )
    season(performance.season)


def _legend(rows: Sequence[Window], changes: Sequence[ChangePoint]) -> list[str]:
    said = ["Bars: 95 % interval."]
    if changes:
        said.append("Dashed lines: days on which something changed, listed below.")
    if any(r.open and r.auroc for r in rows):
        said.append(
            "Hollow: outcomes of this window may still come, so it is judged on those that came early."
        )
    if any(r.estimated for r in rows):
        said.append("Dotted: expected from the scores alone, without outcomes (CBPE).")
    return said


def _level(signal: str, value: float) -> str:
    """The mean of a signal before or after a change, in the unit that people read."""
    if signal == "alerts":
        return percent(value)
    return points(value) if signal == "calibration" else score(value)


def season(found: Seasons) -> None:
    """Live data against the same weekdays and months of training, or why that cannot be looked at."""
    calendars = (("weekday", found.weekday), ("month", found.month))
    known = [(name, same) for name, same in calendars if same is not None]
    rows = []
    for calendar, same in known:
        for words, part in (
            ("Patients alerted", same.alert_rate),
            ("Patients with the outcome", same.event_rate),
            ("Mean score", same.mean_score),
        ):
            if not (part.train.known and part.live.known):
                continue
            share = part is not same.mean_score
            write = percent if share else score
            rows.append(
                {
                    "Against the same": f"{calendar}s of training",
                    "What": words,
                    "Training": write(part.train.value),
                    "Live": write(part.live.value),
                    "Change, 95 % interval": interval(
                        part.change, points if share else METRICS["auroc"].step
                    ),
                }
            )
    if rows:
        st.markdown(
            "**The same season of training**, weighed to the weekdays or months of the live data:"
        )
        st.dataframe(
            rows,
            hide_index=True,
            width="stretch",
            alt="Live data against the same weekdays and months of training",
        )
    for _, same in known:
        if not same.covered:
            st.caption(f":material/help: {plain(same.why[:1].upper() + same.why[1:])}.")


def versions(found: Versions) -> None:
    """Each model version, and the two largest against each other: on different cases and on the same ones."""
    if len(found.each) < 2:
        return
    st.subheader("Model versions", anchor=False)
    if found.side_by_side is not None:
        for sentence in compared(found.side_by_side):
            st.markdown(sentence)
    else:
        st.markdown(
            "They answered one after the other, so a difference may come from the time as well as from the version."
        )
    st.dataframe(
        [
            {
                "Version": row.version,
                "Rows": count(row.n),
                "From": day(row.first) if row.first else "not known",
                "To": day(row.last) if row.last else "not known",
                "Alert rate": with_interval(row.alert_rate, percent),
                "AUROC": with_interval(row.auroc, score),
            }
            for row in found.each
        ],
        hide_index=True,
        width="stretch",
        alt="Rows, dates, alert rate and AUROC of each model version",
    )


def compared(both: SideBySide) -> list[str]:
    """What two versions in the same time say of each other, in sentences."""
    first, second = plain(both.first), plain(both.second)
    said = [f"**{first}** and **{second}** answer at the same time since {day(both.since)}."]
    rate, area, same = both.alert_rate, both.auroc, both.matched
    if rate.change.known:
        said.append(
            f"On different cases: {second} flags {percent(rate.second.value)} of its patients, "
            f"{first} {percent(rate.first.value)} (difference {interval(rate.change, points)})."
        )
    if area.change.known:
        said.append(
            f"AUROC {score(area.second.value)} and {score(area.first.value)}: "
            f"{_verdict(area.change, second, first)} ({interval(area.change, METRICS['auroc'].step)})."
        )
    if same is not None and same.known:
        step = METRICS["auroc"].step
        said.append(
            f"On the same {count(same.n)} cases ({count(same.n_events)} events): {_verdict(same, second, first)} "
            f"(difference in AUROC {step(same.value)}, {interval(same, step)}, paired)."
        )
    elif area:
        said.append(
            "No comparison on the same cases: too few ids were scored by both, or no id is named."
        )
    return said


def _verdict(found: Interval, second: str, first: str) -> str:
    """Which version ranks better, when the interval of the difference says so."""
    low, high = found.ends or (0.0, 0.0)
    if low > 0:
        return f"{second} ranks patients better than {first}"
    return (
        f"{second} ranks patients worse than {first}" if high < 0 else "no difference beyond chance"
    )

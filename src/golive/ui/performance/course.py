"""Over time: the course of performance and alerts, what the season explains, and model versions side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from golive.ui.figures import outcomes as figures
from golive.ui.performance.outcomes import interval, signed
from golive.ui.shell import chart, theme
from golive.ui.shell.words import plain, unbroken
from golive.wording.numbers import count, day, percent, points, score

Part = Mapping[str, Any]
CHANGE_WORDS = {
    "score": "The mean score",
    "alerts": "The alert rate",
    "calibration": "Observed minus promised risk",
    "ranking": "The ranking of patients (AUROC)",
}
SEASON_WORDS = {
    "alert_rate": "Patients alerted",
    "event_rate": "Patients with the outcome",
    "mean_score": "Mean score",
}


def course(performance: Part) -> None:
    """Performance and the alert rate over time, each over what training lets expect, and when something changed."""
    line = performance.get("time_line") or {}
    rows, changes = line.get("rows") or [], performance.get("change_points") or []
    if not rows:
        st.info(
            "No course over time: no time column, or too few rows in a window.",
            icon=":material/help:",
        )
        return
    drawn = [
        m
        for m in ("auroc", "alert_rate")
        if any(r.get(m) or (m == "auroc" and r.get("estimated")) for r in rows)
    ]
    for metric in drawn:
        figure = figures.time_line(rows, metric, theme.tokens(), changes=changes)
        chart.show(figure, key=f"course_{metric}", alt=figures.describe_time_line(rows, changes))
    st.caption(" ".join(_legend(rows, changes)))
    for change in changes:
        sizes = f"n = {count(change['n_before'])} and {count(change['n_after'])}"
        st.markdown(
            unbroken(
                f"- **{CHANGE_WORDS.get(change['signal'], plain(change['signal']))}** changed on {day(change['date'])}: "
                f"{_level(change['signal'], change['before'])} before, {_level(change['signal'], change['after'])} after ({sizes})."
            )
        )
    season(performance.get("season") or {})


def _legend(rows: list[Part], changes: list[Part]) -> list[str]:
    said = ["Bars: 95 % interval."]
    if changes:
        said.append("Dashed lines: days on which something changed, listed below.")
    if any(r.get("open") and r.get("auroc") for r in rows):
        said.append(
            "Hollow: outcomes of this window may still come, so it is judged on those that came early."
        )
    if any(r.get("estimated") for r in rows):
        said.append("Dotted: expected from the scores alone, without outcomes (CBPE).")
    return said


def _level(signal: str, value: float) -> str:
    """The mean of a signal before or after a change, in the unit that people read."""
    if signal == "alerts":
        return percent(value)
    return points(value) if signal == "calibration" else score(value)


def season(found: Part) -> None:
    """Live data against the same weekdays and months of training, or why that cannot be looked at."""
    rows = []
    for calendar, part in found.items():
        for name, words in SEASON_WORDS.items():
            e = part.get(name)
            if not e or e.get("train") is None or e.get("live") is None:
                continue
            write, change = (score, signed) if name == "mean_score" else (percent, points)
            rows.append(
                {
                    "Against the same": f"{calendar}s of training",
                    "What": words,
                    "Training": write(e["train"]),
                    "Live": write(e["live"]),
                    "Change, 95 % interval": interval(e, "low", "high", change),
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
    for part in found.values():
        if not part.get("covered"):
            st.caption(f":material/help: {plain(part['why'][:1].upper() + part['why'][1:])}.")


def versions(found: Part) -> None:
    """Each model version, and the two largest against each other: on different cases and on the same ones."""
    each = found.get("each") or []
    if len(each) < 2:
        return
    st.subheader("Model versions", anchor=False)
    both = found.get("side_by_side")
    if both:
        for sentence in compared(both):
            st.markdown(sentence)
    else:
        st.markdown(
            "They answered one after the other, so a difference may come from the time as well as from the version."
        )
    st.dataframe(
        [
            {
                "Version": row["version"],
                "Rows": count(row["n"]) if row["n"] is not None else "1-10",
                "From": day(row["first"]) if row.get("first") else "not known",
                "To": day(row["last"]) if row.get("last") else "not known",
                "Alert rate": _with_interval(row.get("alert_rate"), "live", percent),
                "AUROC": _with_interval(row, "auroc", score),
            }
            for row in each
        ],
        hide_index=True,
        width="stretch",
        alt="Rows, dates, alert rate and AUROC of each model version",
    )


def _with_interval(part: Part | None, key: str, write: Any) -> str:
    if not part or part.get(key) is None:
        return "not measured"
    low, high = part.get(f"{key}_low"), part.get(f"{key}_high")
    return str(write(part[key])) + (
        f" ({write(low)} to {write(high)})" if low is not None and high is not None else ""
    )


def compared(both: Part) -> list[str]:
    """What two versions in the same time say of each other, in sentences."""
    first, second = plain(both["first"]), plain(both["second"])
    said = [f"**{first}** and **{second}** answer at the same time since {day(both['since'])}."]
    rate, area, same = (both.get(key) or {} for key in ("alert_rate", "auroc", "matched"))
    if rate.get("change") is not None:
        said.append(
            f"On different cases: {second} flags {percent(rate['second'])} of its patients, {first} {percent(rate['first'])} "
            f"(difference {interval(rate, 'low', 'high', points)})."
        )
    if area.get("change") is not None:
        said.append(
            f"AUROC {score(area['second'])} and {score(area['first'])}: {_verdict(area['low'], area['high'], second, first)} "
            f"({area['low']:+.3f} to {area['high']:+.3f})."
        )
    if same.get("auroc_gain") is not None:
        low, high = same["auroc_gain_low"], same["auroc_gain_high"]
        said.append(
            f"On the same {count(same['n'])} cases ({count(same['n_events'])} events): {_verdict(low, high, second, first)} "
            f"(difference in AUROC {same['auroc_gain']:+.3f}, {low:+.3f} to {high:+.3f}, paired)."
        )
    elif area:
        said.append(
            "No comparison on the same cases: too few ids were scored by both, or no id is named."
        )
    return said


def _verdict(low: float, high: float, second: str, first: str) -> str:
    """Which version ranks better, when the interval of the difference says so."""
    if low > 0:
        return f"{second} ranks patients better than {first}"
    return (
        f"{second} ranks patients worse than {first}" if high < 0 else "no difference beyond chance"
    )

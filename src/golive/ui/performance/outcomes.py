"""What the Performance, Subgroups and Operations pages show of ``Assessment.performance``: the numbers, thresholds, groups, the
course over time, what the season explains, and model versions side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import streamlit as st

from golive.model.finding import Signal, Verdict
from golive.model.measured.course import ChangePoint, Seasons, SideBySide, Versions, Window
from golive.model.measured.intervals import Interval
from golive.model.measured.performance import Performance, ThresholdStep
from golive.model.measured.service import Capacity
from golive.model.result import Assessment
from golive.ui.figures import outcomes as figures
from golive.ui.shell import chart, theme
from golive.ui.shell.components import inline_badge, look_of
from golive.ui.shell.glossary import tip
from golive.ui.shell.words import plain, unbroken
from golive.wording.metrics import METRICS, measured
from golive.wording.numbers import count, day, metric, number, percent, points, score

HIDDEN = "It rests on a count of 1 to 10 patients, or on none. Such counts are never shown."


def need(assessment: Assessment, *keys: str, why: str) -> Performance:
    """Return performance when it holds any of ``keys``; else say what is missing and stop the page."""
    performance = assessment.measured
    if not any(getattr(performance, key) for key in keys):
        about = ("performance", "label", "score", "latency")
        reasons = [n for n in assessment.not_assessed if n.what.startswith(about)]
        lines = "".join(f"\n\n{plain(n.what)}: {plain(n.why)}." for n in reasons)
        st.info(why + lines, icon=":material/help:")
        st.stop()
    return performance


def findings_of(assessment: Assessment, *signals: Signal) -> None:
    """Findings of ``signals`` that ask for something, each one sentence with word, icon and colour."""
    wanted = [f for f in assessment.findings if f.signal in signals]
    found = [f for f in wanted if f.verdict is not Verdict.QUIET]
    for item in found[:6]:
        st.markdown(f"{inline_badge(look_of(item.verdict))} {plain(item.title)}")
    if not found:
        st.markdown("Nothing here asks for action.")


def table(rows: Sequence[Mapping[str, Any]], alt: str | None = None) -> None:
    """Rows as a table over the whole width."""
    st.dataframe(rows, hide_index=True, width="stretch", alt=alt)


def interval(found: Interval, write: Callable[[float], str]) -> str:
    """``+13 to +16 points``: both ends of an interval, their unit once; empty when one is unknown."""
    if found.ends is None:
        return ""
    return " to ".join(write(end) for end in found.ends).replace(" points to ", " to ")


def with_interval(found: Interval | None, write: Callable[[float], str]) -> str:
    """A value with its interval, or that it was not measured."""
    if found is None or found.value is None:
        return "not measured"
    ends = interval(found, write)
    return f"{write(found.value)} ({ends})" if ends else write(found.value)


def _cases(performance: Performance) -> str:
    """``n = 24,000 training and 5,466 live cases with score and outcome``."""
    n = performance.n
    return unbroken(
        f"n = {count(n.train)} training and {count(n.live)} live cases with score and outcome"
    )


def metric_table(performance: Performance) -> None:
    """Every figure in training and live with its 95 % interval, and the change."""
    rows, few = [], 0
    for words, found in measured(performance):
        few += len(found.hidden)
        train, live = found.train.value, found.live.value
        unknown = "not shown" if "train" in found.hidden else "not measured"
        rows.append(
            {
                "Measure": words.label,
                "Training": unknown if train is None else words.say(train),
                "Live": "not shown" if live is None else words.say(live),
                "Live, 95 % interval": interval(found.live, words.say),
                "Change, 95 % interval": interval(found.change, words.step),
            }
        )
    table(rows, "Measures in training and live with 95 % intervals")
    events, threshold = performance.auroc.n_events, performance.at_threshold.threshold
    with_event = "" if events is None else f", {count(events)} live events"
    operating = "." if threshold is None else f"; operating threshold {threshold:g}."
    hidden = " Not shown: what rests on a count of 1 to 10 patients." if few else ""
    st.caption(f"{_cases(performance)}{with_event}{operating}{hidden}")


def classes(performance: Performance) -> None:
    """Each class against the rest; classes of 1 to 10 rows are named, not measured."""
    rows = [
        {
            "Class": row.name,
            "Live cases": count(row.n),
            "AUROC against the rest": with_interval(row.auroc, metric),
            "Found (sensitivity)": with_interval(row.sensitivity, percent),
            "Right when said (PPV)": with_interval(row.ppv, percent),
        }
        for row in performance.by_class
    ]
    table(rows, "Each class against the rest, with 95 % intervals")


def calibration(performance: Performance) -> None:
    """Calibration curve with the rug of live scores."""
    figure = figures.calibration(performance.curves, performance.score_histogram, theme.tokens())
    alt = figures.describe_calibration(performance.calibration)
    chart.show(figure, key="calibration", alt=alt)
    st.caption(f"{_cases(performance)}. Bars: 95 % interval.")


_ALERTED = "Alert rate. The share of patients whose score reaches the threshold."
AT_THRESHOLD = (
    ("Cases found", "sensitivity", f"Sensitivity. {tip('Sensitivity')}"),
    ("Alerts that are right", "ppv", f"PPV. {tip('PPV')}"),
    ("Patients alerted", "alert_rate", _ALERTED),
)
"""What a threshold means, in words, with the name of the field and its definition as help."""
PER_DAY = "At the number of live patients a day, over all sites."


def nearest_step(steps: Sequence[ThresholdStep], threshold: float) -> ThresholdStep:
    """The step of the threshold table that lies closest to ``threshold``."""
    return min(steps, key=lambda step: abs(step.threshold - threshold))


def at(step: ThresholdStep) -> dict[str, float | None]:
    """Shares at one threshold from its counts; ``None`` where a count is suppressed or nothing is divided."""
    tp, fp, fn, tn = step.tp, step.fp, step.fn, step.tn

    def share(part: int | None, rest: int | None) -> float | None:
        if part is None or rest is None or part + rest == 0:
            return None
        return part / (part + rest)

    alerts = None if tp is None or fp is None else tp + fp
    silent = None if fn is None or tn is None else fn + tn
    return {
        "sensitivity": share(tp, fn),
        "specificity": share(tn, fp),
        "ppv": share(tp, fp),
        "alert_rate": share(alerts, silent),
    }


@st.fragment
def threshold_explorer(performance: Performance) -> None:
    """Move the threshold: what it would find, how many alerts a day, and how many of them would be right."""
    steps = performance.curves.live.thresholds
    if len(steps) < 2:
        st.info("Too few outcomes to explore thresholds.", icon=":material/help:")
        return
    declared = performance.at_threshold.threshold
    options = [step.threshold for step in steps]
    middle = options[len(options) // 2]
    start = middle if declared is None else nearest_step(steps, declared).threshold
    label, key = "Alert at a score of", "explored_threshold"
    chosen = st.select_slider(label, options, value=start, key=key, format_func="{:g}".format)
    shares = at(nearest_step(steps, float(chosen)))
    per_day = performance.at_threshold.per_day.patients
    rate = shares["alert_rate"]
    columns = st.grid(2, min_column_width=140)  # two beside each other on a telephone too
    for label, key, words in AT_THRESHOLD:
        share = shares[key]
        value, meaning = ("not shown", HIDDEN) if share is None else (percent(share), words)
        columns.metric(label, value, help=meaning)
    daily = number(round(rate * per_day, 1)) if rate is not None and per_day else ""
    unknown = HIDDEN if per_day else "It takes a time column."
    columns.metric("Alerts a day", daily or "not shown", help=PER_DAY if daily else unknown)
    if declared is not None:
        cases = f"Live cases with outcome; the score moves in {len(steps)} steps."
        st.caption(f"Declared operating threshold: {declared:g}. {cases}")


def without_labels(performance: Performance) -> None:
    """What is estimated where outcomes are missing, or why that is refused."""
    found = performance.estimated
    live, train = found.auroc.live, found.auroc.train
    if found.refused:
        refused = "Performance without outcomes is not estimated, because its assumptions fail:"
        reasons = "".join(f"\n- {plain(r)}" for r in found.refused)
        st.warning(refused + reasons, icon=":material/block:")
    elif live.value is not None:
        words = METRICS["auroc"]
        sentence = (
            f"**Expected from the scores alone** (no outcome used): {words.name} {words.with_interval(live)}, "
            f"for training scores {words.say(train.value)}"
        )
        if found.realised is not None:
            sentence += f"; realised on live outcomes {words.say(found.realised)}"
        shares = (
            (found.sensitivity, "cases found"),
            (found.ppv, "alerts that are right"),
            (found.prevalence, "events"),
        )
        rest = ", ".join(f"{name} {percent(value)}" for value, name in shares if value is not None)
        st.markdown(f"{sentence}. {f'Expected: {rest}.' if rest else ''}")
        st.caption(
            "It takes the probabilities at their word (CBPE): a change of what a score means shows in outcomes only."
        )


def _milliseconds(value: float | None) -> str:
    return "–" if value is None else f"{count(round(value))} ms"


def service(performance: Performance) -> None:
    """Latency against the budget, success, lateness, and the hours of the day."""
    found = performance.operations
    latency, success, late = found.latency_ms, found.success, found.late
    columns = st.grid(4, min_column_width=140)
    if latency:
        for nth, value in (("95", latency.p95), ("99", latency.p99)):
            meaning = f"{nth}th percentile of the answer time"
            columns.metric(f"{nth} % answered within", _milliseconds(value), help=meaning)
    if success:
        meaning = "Share of calls with a valid answer"
        columns.metric("Answered", percent(success.value), help=meaning)
    if late:
        meaning = "Later than 99 % of training inputs"
        columns.metric("Inputs arrived late", percent(late.value), help=meaning)
    if found.by_hour:
        figure = figures.by_hour(found.by_hour, latency.budget, theme.tokens())
        chart.show(figure, key="by_hour", alt=figures.describe_by_hour(found.by_hour))
    if latency:
        over = latency.over_budget
        slow = f"; {percent(over)} over the budget" if over is not None else ""
        st.caption(unbroken(f"n = {count(latency.n)} live calls{slow}."))
    if found.capacity.loads:
        _capacity(found.capacity)


def _capacity(found: Capacity) -> None:
    """How many workers would keep the budget at multiples of the load: a simulation."""
    loads = found.loads
    st.subheader("At 10 and 100 times the load (simulation)", anchor=False)
    if not any(row.workers for row in loads):
        st.markdown(f"No number of workers keeps the budget: {plain(loads[0].why)}.")
        return
    st.table(
        {
            "Load": [f"{row.load} ×" for row in loads],
            "Calls in the busiest hour": [count(round(row.per_hour or 0)) for row in loads],
            "Parallel workers needed": [
                count(row.workers) if row.workers else plain(row.why[:1].upper() + row.why[1:])
                for row in loads
            ],
            "95 % answered within": [_milliseconds(row.p95_ms) for row in loads],
        },
        border="horizontal",
        alt=f"Simulated load: {len(loads)} rows with calls per hour and workers needed.",
    )
    st.caption(
        f"Simulated from the measured answer times (mean {_milliseconds(found.service_ms_mean)}), "
        f"so that 95 % are within the budget of {_milliseconds(found.budget_ms)}."
    )


SHOWN = ("auroc", "sensitivity", "ppv", "specificity", "observed_expected", "alert_rate")
QUESTIONS = (
    ("demographic_parity", "Alert rate"),
    ("equal_opportunity", "Cases found (sensitivity)"),
    ("equalized_odds", "Errors: cases missed or false alarms, whichever differs more"),
)
"""Measures between groups and how they are said; the key is what the field calls it."""


def groups(performance: Performance) -> None:
    """One metric for every group, chosen by the reader, with intervals; groups too small are named, not measured."""
    every = [*performance.subgroups, *performance.pairs]
    known = {m for g in every for m in g.metrics}
    if metrics := [m for m in SHOWN if m in known]:
        metric = st.segmented_control(
            "Measure",
            metrics,
            default=metrics[0],
            key="group_metric",
            required=True,
            format_func=lambda m: METRICS[m].title,
        )
        shown = [g for g in every if metric in g.metrics]
        shown.sort(key=lambda g: g.metrics[metric].value or 0.0)
        everyone = performance.metric(metric).live.value
        figure = figures.forest(shown[:24], metric, everyone, theme.tokens())
        chart.show(figure, key=f"forest_{metric}", alt=figures.describe_forest(shown, metric))
        st.caption(
            "Dots: live value, n beside each group; bars: 95 % interval; dotted line: everyone. Lowest first, at most 24 groups."
        )
    small = [g for g in every if not g.enough]
    if small:
        with st.expander(f"{len(small)} groups are too small to judge"):
            table([{"Group": f"{g.by}: {g.value}", "Patients": count(g.n)} for g in small])


def parity(performance: Performance) -> None:
    """How far apart the groups of each column lie at the threshold, beside what chance alone shows."""
    found = performance.parity
    if not found:
        return
    st.subheader("How far apart groups lie at the threshold", anchor=False)
    beyond: dict[str, list[str]] = {}
    for row in found:
        for key, words in QUESTIONS:
            if getattr(row, key).beyond_chance:
                beyond.setdefault(row.by, []).append(words.split(":")[0].split(" (")[0].lower())
    named = "; ".join(f"**{plain(by)}** ({', '.join(what)})" for by, what in beyond.items())
    st.markdown(
        f"Groups differ by more than chance would show by {named}."
        if named
        else "No difference is larger than equal groups of these sizes would show in one of twenty samples."
    )
    rows = [
        {
            "Groups of": row.by,
            "What": words,
            "Lowest": f"{gap.lowest.group} {percent(gap.lowest.rate)}",
            "Highest": f"{gap.highest.group} {percent(gap.highest.rate)}",
            "Difference": points(gap.difference).lstrip("+"),
            "By chance up to": points(gap.chance).lstrip("+"),
            "Lowest / highest": "not defined" if gap.ratio is None else f"{gap.ratio:.2f}",
        }
        for row in found
        for words, gap in ((words, getattr(row, key)) for key, words in QUESTIONS)
    ]
    table(rows, "Largest difference between groups at the threshold")
    st.caption(
        "Demographic parity, equal opportunity and equalized odds by fairlearn, over groups large enough to judge. Groups that "
        "differ in how often the outcome occurs should differ in alerts: read the first line beside the event rate."
    )


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
        why = "No course over time: no time column, or too few rows in a window."
        st.info(why, icon=":material/help:")
        return
    guessed = any(r.estimated for r in rows)
    for quantity in DRAWN:
        if any(getattr(r, quantity) for r in rows) or (quantity == "auroc" and guessed):
            figure = figures.time_line(rows, quantity, theme.tokens(), changes=changes)
            alt = figures.describe_time_line(rows, changes)
            chart.show(figure, key=f"course_{quantity}", alt=alt)
    st.caption(" ".join(_legend(rows, changes)))
    for change in changes:
        what = CHANGE_WORDS.get(change.signal, plain(change.signal))
        before, after = (_level(change.signal, v) for v in (change.before, change.after))
        sizes = f"n = {count(change.n_before)} and {count(change.n_after)}"
        on = f"- **{what}** changed on {day(change.date)}"
        st.markdown(unbroken(f"{on}: {before} before, {after} after ({sizes})."))
    season(performance.season)


def _legend(rows: Sequence[Window], changes: Sequence[ChangePoint]) -> list[str]:
    words = ["Bars: 95 % interval."]
    if changes:
        words.append("Dashed lines: days on which something changed, listed below.")
    if any(r.open and r.auroc for r in rows):
        words.append(
            "Hollow: outcomes of this window may still come, so it is judged on those that came early."
        )
    if any(r.estimated for r in rows):
        words.append("Dotted: expected from the scores alone, without outcomes (CBPE).")
    return words


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
            write, step = (percent, points) if share else (score, METRICS["auroc"].step)
            rows.append(
                {
                    "Against the same": f"{calendar}s of training",
                    "What": words,
                    "Training": write(part.train.value),
                    "Live": write(part.live.value),
                    "Change, 95 % interval": interval(part.change, step),
                }
            )
    if rows:
        st.markdown(
            "**The same season of training**, weighed to the weekdays or months of the live data:"
        )
        table(rows, "Live data against the same weekdays and months of training")
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
    rows = [
        {
            "Version": row.version,
            "Rows": count(row.n),
            "From": day(row.first) if row.first else "not known",
            "To": day(row.last) if row.last else "not known",
            "Alert rate": with_interval(row.alert_rate, percent),
            "AUROC": with_interval(row.auroc, score),
        }
        for row in found.each
    ]
    table(rows, "Rows, dates, alert rate and AUROC of each model version")


def compared(both: SideBySide) -> list[str]:
    """What two versions in the same time say of each other, in sentences."""
    first, second = plain(both.first), plain(both.second)
    sentences = [f"**{first}** and **{second}** answer at the same time since {day(both.since)}."]
    rate, area, same = both.alert_rate, both.auroc, both.matched
    step = METRICS["auroc"].step
    if rate.change.known:
        sentences.append(
            f"On different cases: {second} flags {percent(rate.second.value)} of its patients, "
            f"{first} {percent(rate.first.value)} (difference {interval(rate.change, points)})."
        )
    if area.change.known:
        sentences.append(
            f"AUROC {score(area.second.value)} and {score(area.first.value)}: "
            f"{_verdict(area.change, second, first)} ({interval(area.change, step)})."
        )
    if same is not None and same.known:
        sentences.append(
            f"On the same {count(same.n)} cases ({count(same.n_events)} events): {_verdict(same, second, first)} "
            f"(difference in AUROC {step(same.value)}, {interval(same, step)}, paired)."
        )
    elif area:
        sentences.append(
            "No comparison on the same cases: too few ids were scored by both, or no id is named."
        )
    return sentences


def _verdict(found: Interval, second: str, first: str) -> str:
    """Which version ranks better, when the interval of the difference says so."""
    low, high = found.ends or (0.0, 0.0)
    if low > 0:
        return f"{second} ranks patients better than {first}"
    return (
        f"{second} ranks patients worse than {first}" if high < 0 else "no difference beyond chance"
    )

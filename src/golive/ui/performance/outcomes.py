"""What the Performance, Subgroups and Operations pages show of ``Assessment.performance``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from golive.model.finding import Finding, Signal
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
from golive.wording.numbers import count, metric, number, percent

HIDDEN = "It rests on a count of 1 to 10 patients, or on none. Such counts are never shown."


def need(assessment: Assessment, *keys: str, why: str) -> Performance:
    """Return performance when it holds any of ``keys``; else say what is missing and stop the page."""
    performance = assessment.measured
    if not any(getattr(performance, key) for key in keys):
        reasons = [
            n
            for n in assessment.not_assessed
            if n.what.startswith(("performance", "label", "score", "latency"))
        ]
        st.info(
            why + "".join(f"\n\n{plain(n.what)}: {plain(n.why)}." for n in reasons),
            icon=":material/help:",
        )
        st.stop()
    return performance


def said(assessment: Assessment, *signals: Signal) -> None:
    """Findings of ``signals`` that ask for something, each one sentence with word, icon and colour."""
    found: list[Finding] = [
        f for f in assessment.findings if f.signal in signals and f.verdict.value != "quiet"
    ]
    for item in found[:6]:
        st.markdown(f"{inline_badge(look_of(item.verdict))} {plain(item.title)}")
    if not found:
        st.markdown("Nothing here asks for action.")


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
    said = f"n = {count(n.train)} training and {count(n.live)} live cases with score and outcome"
    return unbroken(said)


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
    st.dataframe(
        rows,
        hide_index=True,
        width="stretch",
        alt="Measures in training and live with 95 % intervals",
    )
    events, threshold = performance.auroc.n_events, performance.at_threshold.threshold
    st.caption(
        _cases(performance)
        + (f", {count(events)} live events" if events is not None else "")
        + (f"; operating threshold {threshold:g}." if threshold is not None else ".")
        + (" Not shown: what rests on a count of 1 to 10 patients." if few else "")
    )


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
    st.dataframe(
        rows,
        hide_index=True,
        width="stretch",
        alt="Each class against the rest, with 95 % intervals",
    )


def calibration(performance: Performance) -> None:
    """Calibration curve with the rug of live scores."""
    figure = figures.calibration(performance.curves, performance.score_histogram, theme.tokens())
    alt = figures.describe_calibration(performance.calibration)
    chart.show(figure, key="calibration", alt=alt)
    st.caption(f"{_cases(performance)}. Bars: 95 % interval.")


AT_THRESHOLD = (
    ("Cases found", "sensitivity", f"Sensitivity. {tip('Sensitivity')}"),
    ("Alerts that are right", "ppv", f"PPV. {tip('PPV')}"),
    (
        "Patients alerted",
        "alert_rate",
        "Alert rate. The share of patients whose score reaches the threshold.",
    ),
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
    start = (
        nearest_step(steps, declared).threshold
        if declared is not None
        else options[len(options) // 2]
    )
    chosen = st.select_slider(
        "Alert at a score of",
        options,
        value=start,
        key="explored_threshold",
        format_func="{:g}".format,
    )
    shares = at(nearest_step(steps, float(chosen)))
    per_day = performance.at_threshold.per_day.patients
    rate = shares["alert_rate"]
    columns = st.grid(2, min_column_width=140)  # two beside each other on a telephone too
    for label, key, help_text in AT_THRESHOLD:
        known = shares[key] is not None
        columns.metric(
            label,
            percent(shares[key]) if known else "not shown",
            help=help_text if known else HIDDEN,
        )
    daily = number(round(rate * per_day, 1)) if rate is not None and per_day else ""
    columns.metric(
        "Alerts a day",
        daily or "not shown",
        help=PER_DAY if daily else HIDDEN if per_day else "It takes a time column.",
    )
    if declared is not None:
        st.caption(
            f"Declared operating threshold: {declared:g}. Live cases with outcome; the score moves in {len(steps)} steps."
        )


def without_labels(performance: Performance) -> None:
    """What is estimated where outcomes are missing, or why that is refused."""
    found = performance.estimated
    live, train = found.auroc.live, found.auroc.train
    if found.refused:
        reasons = "".join(f"\n- {plain(r)}" for r in found.refused)
        st.warning(
            f"Performance without outcomes is not estimated, because its assumptions fail:{reasons}",
            icon=":material/block:",
        )
    elif live.value is not None:
        words = METRICS["auroc"]
        said = (
            f"**Expected from the scores alone** (no outcome used): {words.name} {words.with_interval(live)}, "
            f"for training scores {words.say(train.value)}"
        )
        if found.realised is not None:
            said += f"; realised on live outcomes {words.say(found.realised)}"
        shares = (
            (found.sensitivity, "cases found"),
            (found.ppv, "alerts that are right"),
            (found.prevalence, "events"),
        )
        rest = ", ".join(f"{name} {percent(value)}" for value, name in shares if value is not None)
        st.markdown(f"{said}. {f'Expected: {rest}.' if rest else ''}")
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
        columns.metric(
            "95 % answered within",
            _milliseconds(latency.p95),
            help="95th percentile of the answer time",
        )
        columns.metric(
            "99 % answered within",
            _milliseconds(latency.p99),
            help="99th percentile of the answer time",
        )
    if success:
        columns.metric(
            "Answered", percent(success.value), help="Share of calls with a valid answer"
        )
    if late:
        columns.metric(
            "Inputs arrived late", percent(late.value), help="Later than 99 % of training inputs"
        )
    if found.by_hour:
        chart.show(
            figures.by_hour(found.by_hour, latency.budget, theme.tokens()),
            key="by_hour",
            alt=figures.describe_by_hour(found.by_hour),
        )
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

"""What the Performance, Subgroups and Operations pages show of ``Assessment.performance``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from golive.model.finding import Finding, Signal
from golive.model.result import Assessment
from golive.ui.figures import outcomes as figures
from golive.ui.shell import chart, theme
from golive.ui.shell.components import inline_badge, look_of
from golive.ui.shell.glossary import tip
from golive.ui.shell.words import plain, unbroken
from golive.wording.numbers import count, number, percent, points

Part = Mapping[str, Any]
SHARES = ("sensitivity", "specificity", "ppv", "npv", "alert_rate", "accuracy", "macro_recall")
METRIC_WORDS = {
    "auroc": "AUROC (ranking of patients)",
    "auprc": "AUPRC (average precision)",
    "brier": "Brier score (lower is better)",
    "log_loss": "Log loss (lower is better)",
    "sensitivity": "Sensitivity (cases found)",
    "specificity": "Specificity (non-cases left alone)",
    "ppv": "PPV (alerts that are right)",
    "npv": "NPV (silence that is right)",
    "alert_rate": "Alert rate",
    "macro_auroc": "AUROC, mean over classes (each against the rest)",
    "macro_recall": "Sensitivity, mean over classes",
    "macro_f1": "F1, mean over classes",
    "accuracy": "Accuracy",
    "mae": "Mean absolute error (lower is better)",
    "rmse": "Root mean squared error (lower is better)",
    "bias": "Mean error (predicted less observed)",
    "r2": "R² (share of variance explained)",
}


HIDDEN = "It rests on a count of 1 to 10 patients, or on none. Such counts are never shown."


def need(assessment: Assessment, *keys: str, why: str) -> dict[str, Any]:
    """Return ``performance`` when it holds any of ``keys``; else say what is missing and stop the page."""
    performance = assessment.measured.plain()
    if not any(performance.get(key) for key in keys):
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


def interval(part: Part, low: str, high: str, write: Any) -> str:
    """``+13 to +16 points``: both ends of an interval, their unit once; empty when one is unknown."""
    if part.get(low) is None or part.get(high) is None:
        return ""
    ends = [str(write(part[end])) for end in (low, high)]
    return " to ".join((ends[0].removesuffix(" points"), ends[1]))


def three(value: float) -> str:
    """A measure between 0 and 1 as the field writes it."""
    return f"{value:.3f}"


def signed(value: float) -> str:
    """A change of a measure, with its sign."""
    return f"{value:+.3f}"


def _cases(performance: Part) -> str:
    """``n = 24,000 training and 5,466 live cases with score and outcome``."""
    n = performance.get("n") or {}
    said = f"n = {count(n.get('train'))} training and {count(n.get('live'))} live cases with score and outcome"
    return unbroken(said)


def metric_table(performance: Part) -> None:
    """Every figure in training and live with its 95 % interval, and the change."""
    at = performance.get("at_threshold") or {}
    rows, few = [], 0
    for key, words in METRIC_WORDS.items():
        part = performance.get(key) or at.get(key)
        if not isinstance(part, Mapping) or (part.get("live") is None and not part.get("hidden")):
            continue
        hidden = part.get("hidden") or ()
        few += len(hidden)
        write = percent if key in SHARES else three
        rows.append(
            {
                "Measure": words,
                "Training": write(part["train"])
                if part.get("train") is not None
                else "not shown"
                if "train" in hidden
                else "not measured",
                "Live": write(part["live"]) if part.get("live") is not None else "not shown",
                "Live, 95 % interval": interval(part, "live_low", "live_high", write),
                "Change, 95 % interval": interval(
                    part, "low", "high", points if key in SHARES else signed
                ),
            }
        )
    st.dataframe(
        rows,
        hide_index=True,
        width="stretch",
        alt="Measures in training and live with 95 % intervals",
    )
    events = (performance.get("auroc") or {}).get("n_events")
    st.caption(
        _cases(performance)
        + (f", {count(events)} live events" if events is not None else "")
        + (
            f"; operating threshold {at['threshold']:g}."
            if at.get("threshold") is not None
            else "."
        )
        + (" Not shown: what rests on a count of 1 to 10 patients." if few else "")
    )


def classes(performance: Part) -> None:
    """Each class against the rest; classes of 1 to 10 rows are named, not measured."""

    def cell(part: Part | None, key: str, write: Any) -> str:
        if not part or part.get(key) is None:
            return "not measured"
        return f"{write(part[key])} ({interval(part, f'{key}_low', f'{key}_high', write)})"

    rows = [
        {
            "Class": row["class"],
            "Live cases": count(row["n"]) if row["n"] is not None else "1-10",
            "AUROC against the rest": cell(row.get("auroc"), "live", three),
            "Found (sensitivity)": cell(row.get("sensitivity"), "live", percent),
            "Right when said (PPV)": cell(row.get("ppv"), "live", percent),
        }
        for row in performance["by_class"]
    ]
    st.dataframe(
        rows,
        hide_index=True,
        width="stretch",
        alt="Each class against the rest, with 95 % intervals",
    )


def calibration(performance: Part) -> None:
    """Calibration curve with the rug of live scores."""
    figure = figures.calibration(
        performance.get("curves") or {}, performance.get("score_histogram"), theme.tokens()
    )
    chart.show(figure, key="calibration", alt=figures.describe_calibration(performance))
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


def nearest_step(steps: Sequence[Part], threshold: float) -> Part:
    """The step of the threshold table that lies closest to ``threshold``."""
    return min(steps, key=lambda step: abs(step["threshold"] - threshold))


def at(step: Part) -> dict[str, float | None]:
    """Shares at one threshold from its counts; ``None`` where a count is suppressed or nothing is divided."""
    tp, fp, fn, tn = (step.get(key) for key in ("tp", "fp", "fn", "tn"))

    def share(part: Any, *rest: Any) -> float | None:
        if part is None or any(r is None for r in rest) or not (part + sum(rest)):
            return None
        return float(part / (part + sum(rest)))

    alerts = None if tp is None or fp is None else tp + fp
    silent = None if fn is None or tn is None else fn + tn
    return {
        "sensitivity": share(tp, fn),
        "specificity": share(tn, fp),
        "ppv": share(tp, fp),
        "alert_rate": None if alerts is None or silent is None else share(alerts, silent),
    }


@st.fragment
def threshold_explorer(performance: Part) -> None:
    """Move the threshold: what it would find, how many alerts a day, and how many of them would be right."""
    steps: list[Part] = ((performance.get("curves") or {}).get("live") or {}).get(
        "thresholds"
    ) or []
    if len(steps) < 2:
        st.info("Too few outcomes to explore thresholds.", icon=":material/help:")
        return
    declared = (performance.get("at_threshold") or {}).get("threshold")
    options: list[float] = [float(step["threshold"]) for step in steps]
    start: float = (
        float(nearest_step(steps, declared)["threshold"])
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
    per_day = ((performance.get("at_threshold") or {}).get("per_day") or {}).get("patients")
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


def without_labels(performance: Part) -> None:
    """What is estimated where outcomes are missing, or why that is refused."""
    found = performance.get("estimated") or {}
    if found.get("refused"):
        reasons = "".join(f"\n- {plain(r)}" for r in found["refused"])
        st.warning(
            f"Performance without outcomes is not estimated, because its assumptions fail:{reasons}",
            icon=":material/block:",
        )
    elif (found.get("auroc") or {}).get("live") is not None:
        area = found["auroc"]
        said = (
            f"**Expected from the scores alone** (no outcome used): AUROC {three(area['live'])} "
            f"({interval(area, 'live_low', 'live_high', three)}), for training scores {three(area['train'])}"
        )
        if found.get("realised") is not None:
            said += f"; realised on live outcomes {three(found['realised'])}"
        words = (
            ("sensitivity", "cases found"),
            ("ppv", "alerts that are right"),
            ("prevalence", "events"),
        )
        rest = ", ".join(
            f"{name} {percent(found[key])}" for key, name in words if found.get(key) is not None
        )
        st.markdown(f"{said}. {f'Expected: {rest}.' if rest else ''}")
        st.caption(
            "It takes the probabilities at their word (CBPE): a change of what a score means shows in outcomes only."
        )


def service(performance: Part) -> None:
    """Latency against the budget, success, lateness, and the hours of the day."""
    found = performance.get("operations") or {}
    latency, success, late = (found.get(key) or {} for key in ("latency_ms", "success", "late"))
    columns = st.grid(4, min_column_width=140)
    if latency:
        columns.metric(
            "95 % answered within",
            f"{count(round(latency['p95']))} ms",
            help="95th percentile of the answer time",
        )
        columns.metric(
            "99 % answered within",
            f"{count(round(latency['p99']))} ms",
            help="99th percentile of the answer time",
        )
    if success:
        columns.metric(
            "Answered", percent(success["live"]), help="Share of calls with a valid answer"
        )
    if late:
        columns.metric(
            "Inputs arrived late", percent(late["live"]), help="Later than 99 % of training inputs"
        )
    rows = found.get("by_hour") or []
    if rows:
        chart.show(
            figures.by_hour(rows, latency.get("budget"), theme.tokens()),
            key="by_hour",
            alt=figures.describe_by_hour(rows),
        )
    if latency:
        over, budget = latency.get("over_budget"), latency.get("budget")
        slow = (
            f"; {percent(over)} over the budget" if budget is not None and over is not None else ""
        )
        st.caption(unbroken(f"n = {count(latency['n'])} live calls{slow}."))
    capacity = found.get("capacity") or {}
    if capacity:
        st.subheader("At 10 and 100 times the load (simulation)", anchor=False)
        if not any(row.get("workers") for row in capacity["loads"]):
            st.markdown(
                f"No number of workers keeps the budget: {plain(str(capacity['loads'][0].get('why') or ''))}."
            )
            return
        st.table(
            {
                "Load": [f"{row['load']} ×" for row in capacity["loads"]],
                "Calls in the busiest hour": [
                    count(round(row["per_hour"])) for row in capacity["loads"]
                ],
                "Parallel workers needed": [_workers(row) for row in capacity["loads"]],
                "95 % answered within": [
                    f"{count(round(row['p95_ms']))} ms" if row.get("p95_ms") else "–"
                    for row in capacity["loads"]
                ],
            },
            border="horizontal",
            alt=f"Simulated load: {len(capacity['loads'])} rows with calls per hour and workers needed.",
        )
        st.caption(
            f"Simulated from the measured answer times (mean {count(round(capacity['service_ms_mean']))} ms), so that 95 % are "
            f"within the budget of {count(round(capacity['budget_ms']))} ms."
        )


def _workers(row: Part) -> str:
    """How many workers a load needs, or why no number of them is enough."""
    why = str(row.get("why") or "")
    return count(row["workers"]) if row.get("workers") else plain(why[:1].upper() + why[1:])

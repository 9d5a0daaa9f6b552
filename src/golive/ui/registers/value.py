"""Value: from a data check to a business result, what it costs and brings as ranges, the work that alerts make, the timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import get_args

import streamlit as st

from golive.model.columns import Role
from golive.model.errors import GoLiveError
from golive.model.registers import Kpi, Layer, Milestone, ValueLine
from golive.model.result import Assessment
from golive.readiness.registers.from_registers import Reading, readings
from golive.readiness.registers.value import (
    Case,
    Range,
    Timeline,
    alert_workload,
    business_case,
    finite,
    timeline,
)
from golive.store import registers as kept
from golive.ui.registers.costliest import costliest
from golive.ui.registers.editor import Register, show
from golive.ui.shell.components import error_box
from golive.ui.shell.guards import Current
from golive.ui.shell.words import plain
from golive.wording.numbers import number, percent, plural

KPIS: Register[Kpi] = Register(
    kept.KPIS,
    "Indicators",
    "From a data check to a business result. 'Feeds' names the id of the indicator above.",
    "K",
    {
        "name": "Indicator", "layer": "Layer", "definition": "Definition", "unit": "Unit", "baseline": "Baseline",
        "baseline_weeks": "Weeks of baseline", "comparison": "Compared by", "target": "Target", "owner": "Owner", "source": "Source", "linked_check": "Data check", "feeds": "Feeds", "id": "Id",
    },
    scores=True,
)  # fmt: skip
LINES: Register[ValueLine] = Register(
    kept.VALUE,
    "Costs and benefits",
    "Low is the 10th percentile, likely the median, high the 90th percentile, all in one currency. Every input is a guess "
    "that somebody owns.",
    "V",
    {
        "name": "What", "side": "Side", "part": "Part", "timing": "When", "low": "Low", "likely": "Likely", "high": "High",
        "source": "Source", "owner": "Owner", "id": "Id",
    },
    scores=True,
)  # fmt: skip
MILESTONES: Register[Milestone] = Register(
    kept.MILESTONES,
    "Milestones",
    "Working days as low, likely and high; 'waits for' names ids. Integration and compliance run beside the model work.",
    "T",
    {
        "id": "Id", "name": "What", "track": "Track", "low": "Low", "likely": "Likely", "high": "High", "after": "Waits for",
        "owner": "Owner",
    },
    scores=True,
)  # fmt: skip
LAYERS: tuple[Layer, ...] = get_args(Layer)
LAYER_WORD: dict[Layer, str] = {
    "data_check": "Data check", "technical": "Technical", "operational": "Operational", "clinical": "Clinical",
    "business": "Business",
}  # fmt: skip


def tree(rows: Sequence[Kpi]) -> list[tuple[int, Kpi]]:
    """Indicators with their depth, results first and what feeds them below; rows in a circle stand at the top."""
    by_parent: dict[str, list[Kpi]] = {}
    known = {k.id for k in rows}
    for row in rows:
        by_parent.setdefault(
            row.feeds if row.feeds in known and row.feeds != row.id else "", []
        ).append(row)
    found: list[tuple[int, Kpi]] = []
    seen: set[str] = set()

    def walk(row: Kpi, depth: int) -> None:
        if row.id in seen:
            return
        seen.add(row.id)
        found.append((depth, row))
        for child in sorted(by_parent.get(row.id, ()), key=_rank):
            walk(child, depth + 1)

    for row in (*sorted(by_parent.get("", ()), key=_rank), *rows):
        walk(row, 0)
    return found


def _rank(row: Kpi) -> tuple[int, str]:
    return -LAYERS.index(row.layer), row.name


def kpi_tree(rows: Sequence[Kpi]) -> None:
    """The indicators as an indented list: layer, name, baseline and target, owner, data check."""
    if not rows:
        st.markdown(
            "No indicator is written down. Start with the business result, then what feeds it, down to a data check."
        )
        return
    lines = []
    for depth, row in tree(rows):
        unit = f" {row.unit}" if row.unit else ""
        goal = (
            f": {' → '.join(alike(row.baseline, row.target))}{unit}"
            if row.target is not None
            else ": no target"
        )
        check = f", checked by {row.linked_check}" if row.linked_check else ""
        owner = f" ({row.owner})" if row.owner else " (no owner)"
        lines.append(
            f"{'    ' * depth}- **{LAYER_WORD[row.layer]}** {plain(row.name + goal + owner + check)}"
        )
    st.markdown("\n".join(lines))


def alike(*values: float | None) -> list[str]:
    """Numbers that are compared, with as many decimals as the one that needs most: ``0.82`` and ``0.80``."""
    said = [number(value) for value in values]
    places = max(len(text.partition(".")[2]) for text in said)
    if any("e" in text for text in said):
        return said
    return [
        text if value is None else f"{value:,.{places}f}"
        for value, text in zip(values, said, strict=True)
    ]


def rounded(amount: float) -> str:
    """An amount to two significant digits: what is drawn from guesses knows no more."""
    return f"{float(f'{amount:.2g}'):,.0f}"


def money(value: Range, unit: str = "") -> str:
    """A range in words: ``120,000 (80,000 to 190,000)``; never is said where it does not happen."""
    if not finite(value.p50):
        return "never in half of the draws" if finite(value.p10) else "never"
    high = rounded(value.p90) if finite(value.p90) else "never"
    return f"{rounded(value.p50)} ({rounded(value.p10)} to {high}){unit}"


def years_words(value: Range) -> str:
    """A payback in words: ``1.4 years (0.8 to 2.9)``."""
    if not finite(value.p50):
        return "not within reach in half of the draws" if finite(value.p10) else "never"
    high = f"{value.p90:.1f}" if finite(value.p90) else "never"
    return f"{value.p50:.1f} years ({value.p10:.1f} to {high})"


def case_sentence(case: Case) -> str:
    """The business case in a sentence: net value, its range, and how likely it pays back."""
    middle, low, high = (
        f"a {'gain' if value >= 0 else 'loss'} of {rounded(abs(value))}"
        for value in (case.net.p50, case.net.p10, case.net.p90)
    )
    return f"Over {plural(case.years, 'year')} of use the median is {middle}, between {low} and {high}. It pays back within that time in {percent(case.pays_back)} of draws."


def roi(lines: Sequence[ValueLine]) -> None:
    """Cost, benefit, net and payback as 10th, 50th and 90th percentile, with the parts of the cost."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        years = st.number_input("Years of use", 1, 15, 3, key="roi_years", width=140)
        rate = st.number_input(
            "Discount per year, %",
            0.0,
            30.0,
            0.0,
            step=0.5,
            format="%g",
            key="roi_discount",
            width=180,
        )
    try:
        case = business_case(lines, years=int(years), discount=float(rate) / 100)
    except GoLiveError as error:
        error_box(error)
        return
    if case is None:
        st.markdown("No line has low, likely and high yet, so nothing can be computed.")
        return
    st.markdown(f"**{plain(case_sentence(case))}**")
    names = ("Benefit", "Cost", "Net", "Payback")
    words = (money(case.benefit), money(case.cost), money(case.net), years_words(case.payback))
    st.table(
        {"": list(names), "Median (10th to 90th percentile)": list(words)},
        border="horizontal",
        alt="Benefit, cost, net value and payback with their ranges.",
    )
    st.table(
        {
            "Part of the cost": [p.replace("_", " ") for p, _ in case.by_part],
            "Median (10th to 90th percentile)": [money(r) for _, r in case.by_part],
        },
        border="horizontal",
        alt="Parts of the cost, largest first.",
    )
    if case.left_out:
        st.caption(
            f"Left out, because the range is not complete: {plain(', '.join(case.left_out))}."
        )
    st.caption(
        "Amounts are in the one currency of the lines below. 20,000 draws, fixed seed. Each line is drawn on its own; common causes would widen the ranges. Yearly amounts fall at "
        "the end of each year; payback is without discount."
    )


def measured_alerts(assessment: Assessment) -> tuple[float | None, float | None]:
    """Alerts per day and the share of them that is true, as live data shows them; ``None`` where it does not."""
    here = assessment.measured.at_threshold
    rate, ppv = here.alert_rate.live.value, here.ppv.live.value
    days = _days(assessment)
    per_day = rate * assessment.inputs.live.rows / days if rate is not None and days else None
    return per_day, ppv


def _days(assessment: Assessment) -> float | None:
    column = next((c for c in assessment.columns if c.role is Role.TIME), None)
    if column is None or column.live is None or not column.live.first or not column.live.last:
        return None
    first, last = (
        date.fromisoformat(column.live.first[:10]),
        date.fromisoformat(column.live.last[:10]),
    )
    return float((last - first).days + 1)


def workload(assessment: Assessment) -> None:
    """Hours that alerts take per day and minutes per true one; inputs start from what live data shows."""
    per_day, ppv = measured_alerts(assessment)
    one, two, three = st.columns(3)
    alerts = one.number_input(
        "Alerts per day",
        0.0,
        value=None if per_day is None else round(per_day, 1),
        format="%g",
        key="alerts_per_day",
    )
    minutes = two.number_input(
        "Minutes per alert",
        0.0,
        value=None,
        format="%g",
        key="alert_minutes",
        placeholder="ask those who answer",
    )
    useful = three.number_input(
        "Share that is true, %",
        0.0,
        100.0,
        value=None if ppv is None else round(100 * ppv, 1),
        format="%g",
        key="alert_ppv",
    )
    source = "from live data" if per_day is not None else "not in the data: type them in"
    st.caption(
        f"Alerts per day and their true share are {source}. Minutes per alert are not in any data."
    )
    if alerts is None or minutes is None:
        return
    work = alert_workload(
        float(alerts), float(minutes), None if useful is None else float(useful) / 100
    )
    said = f"Answering alerts takes {work.hours_per_day:.1f} hours a day."
    if work.minutes_per_true is not None and work.false_per_true is not None:
        said += (
            f" For each true alert there are {work.false_per_true:.1f} false ones; finding it takes "
            f"{work.minutes_per_true:.0f} minutes of work."
        )
    st.markdown(f"**{said}**")


def timeline_sentence(found: Timeline, names: Mapping[str, str]) -> str:
    """The plan until go-live in words: days, their range, the critical path and the contingency that the ranges ask for."""
    path = " → ".join(names[key] for key in found.critical)
    return (
        f"By medians it takes {found.likely_sum:.0f} working days; by the ranges {found.days.p50:.0f} "
        f"({found.days.p10:.0f} to {found.days.p90:.0f}). Critical path: {path}. To be 90 % sure, plan "
        f"{percent(found.contingency)} more than the medians."
    )


def critical_path(rows: Sequence[Milestone]) -> None:
    """The timeline with its critical path, and how often each milestone decides the end."""
    try:
        found = timeline(rows)
    except GoLiveError as error:
        error_box(error)
        return
    if found is None:
        st.markdown("No milestone has low, likely and high yet.")
        return
    names = {m.id: m.name for m in rows}
    st.markdown(f"**{plain(timeline_sentence(found, names))}**")
    ranked = sorted(found.share_on_path.items(), key=lambda kv: (-kv[1], kv[0]))
    st.table(
        {
            "Milestone": [plain(names[k]) for k, _ in ranked],
            "Track": [plain(next(m.track for m in rows if m.id == k)) for k, _ in ranked],
            "Decides the end in": [percent(share) for _, share in ranked],
        },
        border="horizontal",
        alt="Milestones by how often they lie on the critical path.",
    )
    if found.left_out:
        st.caption(
            f"Counted as no time, because the range is not complete: {plain(', '.join(found.left_out))}."
        )


def _said(found: Mapping[str, tuple[str, Reading]], key: str) -> None:
    if key in found:
        reading = found[key][1]
        st.caption(
            f":material/fact_check: {key} at level {reading.level}. {plain(reading.value)} {plain(reading.reason)}"
        )


def page(where: Current) -> None:
    """The business side of the open session's pilot."""
    assessment = where.assessment
    held = where.project.registers
    found = readings(
        held,
        train_sha256=assessment.inputs.train.sha256,
        as_of=where.config.as_of or date.today(),
        tier=assessment.readiness.tier,
    )
    st.subheader("What it costs and brings", anchor=False)  # the page's question first
    roi(held.value)
    _said(found, "VAL-03")
    with st.expander("Edit costs and benefits", icon=":material/edit:"):
        show(LINES, where)
    st.subheader("From data check to result", anchor=False)
    kpi_tree(held.kpis)
    _said(found, "VAL-01")
    with st.expander("Edit the indicators", icon=":material/edit:"):
        show(KPIS, where)
    st.subheader("The work that alerts make", anchor=False)
    workload(assessment)
    st.subheader("Which data problem costs most", anchor=False)
    costliest(assessment)
    st.subheader("Until go-live", anchor=False)
    critical_path(held.milestones)
    _said(found, "VAL-05")
    with st.expander("Edit the milestones", icon=":material/edit:"):
        show(MILESTONES, where)

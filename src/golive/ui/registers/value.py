"""Value: from a data check to a business result, what it costs and brings as ranges, the work that alerts make, the timeline."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import get_args

import streamlit as st

from golive.model.columns import Role
from golive.model.errors import GoLiveError
from golive.model.measured.performance import Impact
from golive.model.registers import Kpi, Layer, Milestone, ValueLine
from golive.model.result import Assessment
from golive.readiness.registers.from_registers import readings
from golive.readiness.registers.value import (
    Case,
    Range,
    Timeline,
    alert_workload,
    business_case,
    finite,
    timeline,
)
from golive.ui.registers.editor import show
from golive.ui.registers.schema import load
from golive.ui.shell.components import error_box, table
from golive.ui.shell.guards import Current
from golive.ui.shell.words import plain, unbroken
from golive.wording.numbers import number, percent, plural, spelled

REGISTERS = load("value")
LAYERS: tuple[Layer, ...] = get_args(Layer)
LAYER_WORD: dict[Layer, str] = {
    "data_check": "Data check", "technical": "Technical", "operational": "Operational", "clinical": "Clinical",
    "business": "Business",
}  # fmt: skip


def tree(rows: Sequence[Kpi]) -> list[tuple[int, Kpi]]:
    """Indicators with their depth, results first and what feeds them below; rows in a circle stand at the top."""
    known = {k.id for k in rows}
    by_parent: dict[str, list[Kpi]] = {}
    for row in sorted(rows, key=_rank):
        top = row.feeds not in known or row.feeds == row.id
        by_parent.setdefault("" if top else row.feeds, []).append(row)
    found: dict[str, tuple[int, Kpi]] = {}

    def walk(row: Kpi, depth: int) -> None:
        if row.id not in found:
            found[row.id] = depth, row
            for child in by_parent.get(row.id, ()):
                walk(child, depth + 1)

    for row in (*by_parent.get("", ()), *rows):
        walk(row, 0)
    return list(found.values())


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
        numbers = f"{' → '.join(alike(row.baseline, row.target))}{unit}"
        goal = "no target" if row.target is None else numbers
        check = f", checked by {row.linked_check}" if row.linked_check else ""
        words = plain(f"{row.name}: {goal} ({row.owner or 'no owner'}){check}")
        lines.append(f"{'    ' * depth}- **{LAYER_WORD[row.layer]}** {words}")
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


def money(value: Range) -> str:
    """A range of amounts in words: ``120,000 (80,000 to 190,000)``."""
    return _range(value, rounded, "", "never in half of the draws")


def years_words(value: Range) -> str:
    """A payback in words: ``1.4 years (0.8 to 2.9)``."""
    return _range(value, "{:.1f}".format, " years", "not within reach in half of the draws")


def _range(value: Range, write: Callable[[float], str], unit: str, half: str) -> str:
    """Median with both ends; never is said where it does not happen, ``half`` where it does in fewer than half of the draws."""
    if not finite(value.p50):
        return half if finite(value.p10) else "never"
    high = write(value.p90) if finite(value.p90) else "never"
    return f"{write(value.p50)}{unit} ({write(value.p10)} to {high})"


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
    words = (money(case.benefit), money(case.cost), money(case.net), years_words(case.payback))
    table(
        {"": ("Benefit", "Cost", "Net", "Payback"), "Median (10th to 90th percentile)": words},
        "Benefit, cost, net value and payback with their ranges.",
    )
    table(
        {
            "Part of the cost": [part.replace("_", " ") for part, _ in case.by_part],
            "Median (10th to 90th percentile)": [money(cost) for _, cost in case.by_part],
        },
        "Parts of the cost, largest first.",
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
    ends = (column.live.first, column.live.last)
    first, last = (date.fromisoformat(end[:10]) for end in ends)
    return float((last - first).days + 1)


def workload(assessment: Assessment) -> None:
    """Hours that alerts take per day and minutes per true one; inputs start from what live data shows."""
    per_day, ppv = measured_alerts(assessment)
    asked: tuple[tuple[str, str, float | None, float | None, str | None], ...] = (
        ("Alerts per day", "alerts_per_day", None, per_day, None),
        ("Minutes per alert", "alert_minutes", None, None, "ask those who answer"),
        ("Share that is true, %", "alert_ppv", 100.0, None if ppv is None else 100 * ppv, None),
    )
    alerts, minutes, useful = (
        place.number_input(
            label,
            0.0,
            most,
            value=None if value is None else round(value, 1),
            format="%g",
            key=key,
            placeholder=hint,
        )
        for place, (label, key, most, value, hint) in zip(st.columns(3), asked, strict=True)
    )
    source = "from live data" if per_day is not None else "not in the data: type them in"
    st.caption(
        f"Alerts per day and their true share are {source}. Minutes per alert are not in any data."
    )
    if alerts is None or minutes is None:
        return
    work = alert_workload(alerts, minutes, None if useful is None else useful / 100)
    said = f"Answering alerts takes {work.hours_per_day:.1f} hours a day."
    if work.minutes_per_true is not None and work.false_per_true is not None:
        said += (
            f" For each true alert there are {work.false_per_true:.1f} false ones; finding it takes "
            f"{work.minutes_per_true:.0f} minutes of work."
        )
    st.markdown(f"**{said}**")


def short(title: str) -> str:
    """The title of a finding without the sample sizes at its end."""
    return title.rpartition(" (n = ")[0] or title


def data_problem_costs(assessment: Assessment) -> None:
    """Which data problem costs most in the primary metric, where labelled live data made it measurable."""
    impact = assessment.measured.impact
    rows = impact.issues
    if not rows:
        criterion = next((c for c in assessment.readiness.criteria if c.id == "VAL-04"), None)
        why = criterion.measurement if criterion else ""
        nothing = "Not measured in this session: it takes labelled live data."
        st.markdown(plain(why) if why else nothing)
        return
    st.markdown(f"**{plain(cost_sentence(impact))}**")
    table(
        {
            "Problem": [plain(short(row.title)) for row in rows],
            "Rows": [unbroken(f"{row.n_affected:,} ({percent(row.share)})") for row in rows],
            "AUROC in them and in the others": [
                f"{_area(row.affected)} and {_area(row.unaffected)}" for row in rows
            ],
            "Gain without them": [
                f"{_step(row.change)} ({_step(row.low)} to {_step(row.high)})" for row in rows
            ],
        },
        "Data problems by what their rows cost in the primary metric.",
    )
    st.caption(plain(impact.caveat))
    if untold := [f"- {plain(short(r.title))}: {plain(r.why)}." for r in impact.not_measured]:
        with st.expander(f"What could not be measured ({len(untold)})", icon=":material/help:"):
            st.markdown("\n".join(untold))


def cost_sentence(impact: Impact) -> str:
    """What the problems' rows cost, one by one and together: the sentence above the table."""
    rows, whole = impact.issues, impact.together
    real = [row for row in rows if row.low > 0]
    basis = f"n = {impact.n:,} live rows with an outcome, {impact.n_events:,} of them events"
    if not real:
        return f"None of the data problems lowers the AUROC beyond chance ({basis})."
    lower = "lowers" if len(real) == 1 else "lower"
    problems = f"{spelled(len(rows))} data problem{'' if len(rows) == 1 else 's'}"
    said = f"{spelled(len(real)).capitalize()} of {problems} {lower} the AUROC beyond chance"
    said += f", the costliest by {real[0].change:.3f} ({basis})."
    if whole is not None and whole.unaffected is not None:
        said += (
            f" Without the rows of all {spelled(len(rows))} it would be {whole.unaffected:.3f} instead of "
            f"{whole.unaffected - whole.change:.3f}."
        )
    return said


def _area(value: float | None) -> str:
    return "too few events" if value is None else f"{value:.2f}"


def _step(value: float) -> str:
    """A difference with its sign, three decimals, and no sign where nothing is left."""
    shown = f"{value:+.3f}"
    return "0.000" if float(shown) == 0 else shown


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
    names, tracks = {m.id: m.name for m in rows}, {m.id: m.track for m in rows}
    st.markdown(f"**{plain(timeline_sentence(found, names))}**")
    ranked = sorted(found.share_on_path.items(), key=lambda kv: (-kv[1], kv[0]))
    table(
        {
            "Milestone": [plain(names[k]) for k, _ in ranked],
            "Track": [plain(tracks[k]) for k, _ in ranked],
            "Decides the end in": [percent(share) for _, share in ranked],
        },
        "Milestones by how often they lie on the critical path.",
    )
    if found.left_out:
        st.caption(
            f"Counted as no time, because the range is not complete: {plain(', '.join(found.left_out))}."
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

    def edit(criterion: str, words: str, register: str) -> None:
        """What the register shows of ``criterion``, and the register itself."""
        if criterion in found:
            _, reading = found[criterion]
            shown = f"{plain(reading.value)} {plain(reading.reason)}"
            st.caption(f":material/fact_check: {criterion} at level {reading.level}. {shown}")
        with st.expander(f"Edit {words}", icon=":material/edit:"):
            show(REGISTERS[register], where)

    st.subheader("What it costs and brings", anchor=False)  # the page's question first
    roi(held.value)
    edit("VAL-03", "costs and benefits", "value")
    st.subheader("From data check to result", anchor=False)
    kpi_tree(held.kpis)
    edit("VAL-01", "the indicators", "kpis")
    st.subheader("The work that alerts make", anchor=False)
    workload(assessment)
    st.subheader("Which data problem costs most", anchor=False)
    data_problem_costs(assessment)
    st.subheader("Until go-live", anchor=False)
    critical_path(held.milestones)
    edit("VAL-05", "the milestones", "milestones")

"""The plan a team works from: what to do, who does it and by when, what fits a budget, and what a step would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from golive.model.errors import GoLiveError
from golive.model.readiness import GateState, NextStep, Readiness
from golive.model.register_files import escape_cell
from golive.model.registers import PlanRow
from golive.readiness import Basis, TierResult, expiring, within_budget
from golive.store import Revised
from golive.store.registers import PLAN, Change
from golive.ui.shell import rescoring, theme
from golive.ui.shell.components import download, error_box
from golive.ui.shell.guards import Current, authorise
from golive.ui.shell.words import plain, team
from golive.ui.verdict.readiness_view import anchor
from golive.wording.numbers import day, percent, plural

if TYPE_CHECKING:
    import pandas as pd

    from golive.readiness import Model

STATES = ("open", "doing", "done")
_TURN = "plan_turn"


def opens_gate(step: NextStep) -> bool:
    """Whether the step opens a gate that does not pass today."""
    return step.gate_state in (GateState.FAIL, GateState.UNVERIFIED)


def gate_words(step: NextStep) -> str:
    """The gate that the step opens: ``hard gate fails``, ``gate unproven``; empty when it opens none."""
    if not opens_gate(step):
        return ""
    kind = "hard gate" if step.hard else "gate"
    return f"{kind} {'fails' if step.gate_state is GateState.FAIL else 'unproven'}"


def _row(step: NextStep, taken: Mapping[str, Revised[PlanRow]]) -> PlanRow:
    """Who took a step, and how far it is."""
    entry = taken.get(step.criterion)
    return entry.item if entry else PlanRow(id=step.criterion)


def entries(where: Current) -> dict[str, Revised[PlanRow]]:
    """Who took which step, by criterion."""
    return {e.item.id: e for e in where.store.registers.current(PLAN, where.assessment.project)}


def table(
    steps: Sequence[NextStep],
    taken: Mapping[str, Revised[PlanRow]],
    chosen: Sequence[NextStep],
    model: Model,
) -> pd.DataFrame:
    """The plan as a table in its order; ``chosen`` are the steps that fit the budget."""
    import pandas as pd

    rows = [(s, _row(s, taken)) for s in steps]
    fits = {s.criterion for s in chosen}
    return pd.DataFrame(
        {
            "now": [s.criterion in fits for s, _ in rows],
            "do": [s.label for s, _ in rows],
            "criterion": [s.criterion for s, _ in rows],
            "what": [s.fix or s.title for s, _ in rows],
            "days": [model.effort_days[s.effort] for s, _ in rows],
            "gain": [round(s.gain, 1) for s, _ in rows],
            "gain_mean": [round(s.gain_mean, 1) for s, _ in rows],
            "owner": [row.owner or team(s.route) for s, row in rows],
            "due": pd.Series([row.due for _, row in rows], dtype="datetime64[s]"),
            "state": [row.state for _, row in rows],
            "gate": [gate_words(s) for s, _ in rows],
            "why": [s.why for s, _ in rows],
            "note": [row.note for _, row in rows],
        }
    )


_column = st.column_config
COLUMNS = {
    "now": _column.CheckboxColumn("Fits", help="Fits the budget above", width=44, pinned=True),
    "do": _column.TextColumn(
        "Do", help="FIX: improve it. PROVE: collect evidence. REFRESH: renew evidence.", width=84
    ),
    "criterion": _column.TextColumn("Criterion", width=72),
    "what": _column.TextColumn("What", width=242),
    "days": _column.NumberColumn("Days", help="Person-days by the policy", width=48),
    "gain": _column.NumberColumn(
        "Gain",
        help="Points that the index would gain from this step alone; a dash: another, weaker dimension holds it where it is",
        width=52,
        format="%+.1f",
    ),
    "gain_mean": _column.NumberColumn(
        "Average",
        help="Points that the average of all dimensions would gain from this step alone",
        width=68,
        format="%+.1f",
    ),
    "owner": _column.TextColumn(
        "Owner", help="Who does it; the team it belongs to until somebody is named", width=105
    ),
    "due": _column.DateColumn("Due", format="D MMM YYYY", width=92),
    "state": _column.SelectboxColumn("State", options=list(STATES), required=True, width=78),
    "gate": _column.TextColumn("Gate", help="The gate that this step opens", width=95),
    "why": _column.TextColumn("Why", width=240),
    "note": _column.TextColumn("Note", width=160),
}
ROW = 66  # over 4rem, from where the table wraps text: what to do is not cut
MOST_ENDING = 200
"""Rows of the list of what ends soon."""
EDITABLE = ("owner", "due", "state", "note")


def budget(steps: Sequence[NextStep], basis: Basis) -> tuple[NextStep, ...]:
    """Ask for people and weeks; return the steps that fit, and say what they would change together."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        people = int(st.number_input("People", 1, 50, 2, key="plan_people", width=120))
        weeks = int(st.number_input("Weeks", 1, 26, 2, key="plan_weeks", width=120))
        chosen = within_budget(steps, float(people * weeks * 5), basis.model)
        with st.container(width="stretch"):
            st.markdown(budget_sentence(chosen, steps, people, weeks, basis))
    return chosen


def budget_sentence(
    chosen: Sequence[NextStep], steps: Sequence[NextStep], people: int, weeks: int, basis: Basis
) -> str:
    """What fits the budget, how many person-days it takes, and where readiness would stand once it is done and proven."""
    if not chosen:
        return "No step fits this budget."
    days = sum(basis.model.effort_days[s.effort] for s in chosen)
    opened, gates = sum(map(opens_gate, chosen)), sum(map(opens_gate, steps))
    then = basis.outlook({s.criterion: s.target for s in chosen})
    fit, they_open = ("fits", "It opens") if len(chosen) == 1 else ("fit", "They open")
    return (
        f"**{plural(len(chosen), 'step')} of {len(steps)} {fit} {plural(weeks, 'week')} with "
        f"{plural(people, 'person', 'people')}** ({days:g} of {people * weeks * 5:,} person-days). {they_open} {opened} of "
        f"{plural(gates, 'gate')}. Done and proven, it stands at {outlook_words(then)}."
    )


def outlook_words(then: TierResult) -> str:
    """A what-if in words: ``Pilot, index 61 (55 to 70), 3 gates open``."""
    word = theme.READINESS[then.verdict].word
    index = "no index"
    if then.index is not None:
        index = f"index {then.index:.0f} ({then.low:.0f} to {then.high:.0f})"
    return f"{word}, {index}, {plural(len(then.open_gates), 'gate')} open"


def edit(
    steps: Sequence[NextStep], chosen: Sequence[NextStep], where: Current, basis: Basis
) -> None:
    """The plan as a table; reviewers set owner, date and state, and save all of it at once."""
    project = where.assessment.project
    if st.session_state.get("plan_seen", ("", None))[0] != project:
        st.session_state["plan_seen"] = (project, entries(where))
    taken: dict[str, Revised[PlanRow]] = st.session_state["plan_seen"][1]
    shown = table(steps, taken, chosen, basis.model)
    shown["gain"] = shown["gain"].where(shown["gain"] != 0)
    look: dict[str, Any] = {
        "hide_index": True,
        "column_config": COLUMNS,
        "height": 520,
        "row_height": ROW,
        "placeholder": "–",
        "alt": f"{len(steps)} steps in the order of the plan, with owner, date, effort and gain.",
    }
    if not where.identity.may("reviewer"):
        st.dataframe(shown, **look)
        return
    fixed = [name for name in COLUMNS if name not in EDITABLE]
    turn = st.session_state.get(_TURN, 0)
    edited = st.data_editor(shown, disabled=fixed, key=f"plan:{turn}", **look)
    if st.button("Save owners and dates", icon=":material/save:", key="plan_save"):
        try:
            authorise(where.identity, "reviewer", "change the plan")
            todo = plan_changes(steps, edited.to_dict("records"), taken)
            actor = where.identity.name
            where.store.registers.write(PLAN, todo, project=project, actor=actor)
        except GoLiveError as error:
            error_box(error, title="Nothing was saved, and your edits are still in the table.")
            return
        st.session_state.pop("plan_seen")
        st.session_state[_TURN] = turn + 1
        rescoring.say(f"{plural(len(todo), 'step')} saved.")


def plan_changes(
    steps: Sequence[NextStep],
    rows: Sequence[Mapping[Any, Any]],
    taken: Mapping[str, Revised[PlanRow]],
) -> list[Change]:
    """Rows of the edited plan that differ from what was there; a team's name alone is not an owner."""
    import pandas as pd

    found = []
    for step, row in zip(steps, rows, strict=True):
        owner = str(row["owner"] or "").strip()
        due = row["due"]
        item = PlanRow(
            id=step.criterion,
            owner="" if owner == team(step.route) else owner,
            due=None if pd.isna(due) else due.date() if hasattr(due, "date") else due,
            state=row["state"],
            note=str(row["note"] or "").strip(),
        )
        if item != _row(step, taken):
            entry = taken.get(step.criterion)
            found.append(Change(item, entry.revision if entry else 0))
    return found


def as_csv(shown: pd.DataFrame) -> str:
    """The plan for a spreadsheet; cells that would run as a formula get an apostrophe in front."""
    cells = shown.assign(
        now=shown["now"].map({True: "yes", False: ""}), due=shown["due"].dt.strftime("%Y-%m-%d")
    ).map(lambda cell: escape_cell(cell) if isinstance(cell, str) else cell)
    labels = [str(column["label"]) for column in COLUMNS.values()]
    return str(cells.to_csv(index=False, header=labels, lineterminator="\r\n"))


def as_issues(
    steps: Sequence[NextStep], taken: Mapping[str, Revised[PlanRow]], project: str
) -> str:
    """The plan as text for an issue tracker: one section per step, most urgent first."""
    parts = []
    for step in steps:
        row, gate = _row(step, taken), gate_words(step)
        lines = [
            f"## {step.label} {step.criterion}: {step.title}",
            "",
            step.fix,
            "",
            f"- Why: {step.why}",
            f"- Done when: {step.criterion} stands at level {step.target} with evidence in date",
            *([f"- Gate: {gate}"] if gate else []),
            f"- Owner: {row.owner or team(step.route)}",
            f"- Due: {row.due or 'not set'}",
            f"- Effort: {step.effort} of 5; gain {step.gain:+.1f} points of the index",
        ]
        parts.append("\n".join(lines))
    head = f"# Plan of {project}\n\nA self-assessment, not a certification.\n\n"
    return head + "\n\n".join(parts) + "\n"


def exports(shown: pd.DataFrame, steps: Sequence[NextStep], where: Current) -> None:
    """The plan as CSV and as issue text."""
    taken, project = entries(where), where.assessment.project
    name = f"plan-{where.assessment.session[:8]}"
    with st.container(horizontal=True):
        download("Plan as CSV", f"{name}.csv", "text/csv", lambda: as_csv(shown), key="plan_csv")
        download(
            "Plan as issue text",
            f"{name}.md",
            "text/markdown",
            lambda: as_issues(steps, taken, project),
            key="plan_issues",
        )


def what_if(readiness: Readiness, basis: Basis) -> None:
    """Set one criterion to another level and see the verdict move. Nothing is stored."""
    by_id = {c.id: c for c in readiness.criteria}
    first = readiness.next[0].criterion if readiness.next else next(iter(by_id), None)
    if first is None:
        return
    left, right = st.columns([2, 1])
    key = left.selectbox(
        "If this criterion",
        list(by_id),
        index=list(by_id).index(first) if first in by_id else 0,
        format_func=lambda i: f"{i} {by_id[i].title}",
        filter_mode="contains",
        key="what_if_criterion",
    )
    chosen = right.segmented_control(
        "stood at level", [0, 1, 2, 3, 4], default=3, required=True, key="what_if_level"
    )
    level = 3 if chosen is None else int(chosen)
    now, then = basis.outlook({}), basis.outlook({key: level})
    words = basis.model.criterion(key).levels[level]
    st.caption(f"{plain(by_id[key].title)}, level {level}: {plain(anchor(words))}")
    st.markdown(
        f"**It would stand at {plain(outlook_words(then))}**, evidence {percent(then.coverage)}. "
        f"Today it stands at {plain(outlook_words(now))}, evidence {percent(now.coverage)}."
    )


def ending(basis: Basis, days: int = 30) -> None:
    """Evidence that stops counting within ``days`` days, soonest first."""
    found = expiring(basis.evidence, basis.model, basis.as_of, days)
    if not found:
        st.markdown(f"Nothing stops counting within {days} days.")
        return
    by_id = {item.id: item for item in basis.evidence}
    if len(found) > MOST_ENDING:
        every = plural(len(found), "item")
        st.markdown(
            f"**{every} stop counting within {days} days**; the first {MOST_ENDING} are shown."
        )
    found = found[:MOST_ENDING]
    st.table(
        {
            "On": [day(e.on) for e in found],
            "In": [plural(e.days, "day") for e in found],
            "Criterion": [e.criterion for e in found],
            "Evidence": [plain(by_id[e.item].note or e.item) for e in found],
            "Owner": [plain(by_id[e.item].owner) for e in found],
            "Because": [e.reason for e in found],
        },
        border="horizontal",
        height="content" if len(found) <= 10 else 420,
        alt=f"{len(found)} evidence items that stop counting within {days} days.",
    )


def overdue(
    taken: Mapping[str, Revised[PlanRow]], steps: Sequence[NextStep], today: date
) -> list[str]:
    """Criteria of the plan whose date has passed."""
    asked = {s.criterion for s in steps}
    rows = (e.item for e in taken.values() if e.item.id in asked and e.item.state != "done")
    return sorted(row.id for row in rows if row.due is not None and row.due < today)


def page(where: Current, basis: Basis) -> None:
    """The whole plan of the open session."""
    readiness = where.assessment.readiness
    steps = readiness.next
    if not steps:
        st.success("Nothing is left to do in the plan.", icon=":material/check_circle:")
    else:
        chosen = budget(steps, basis)
        late = overdue(entries(where), steps, basis.as_of)
        if late:
            st.warning(f"Past their date: {', '.join(late)}.", icon=":material/schedule:")
        edit(steps, chosen, where, basis)
        exports(table(steps, entries(where), chosen, basis.model), steps, where)
    st.subheader("What if", anchor=False)
    what_if(readiness, basis)
    st.subheader("Expiring in 30 days", anchor=False)
    ending(basis)

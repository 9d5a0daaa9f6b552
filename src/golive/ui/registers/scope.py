"""Scope and decisions: what this release does and does not do, what was decided, put off and waived, and who owns it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import streamlit as st

from golive.model.errors import InputError, Problem, nearest
from golive.model.readiness import Waiver
from golive.model.registers import Deferral, Registers
from golive.readiness import Basis
from golive.readiness.evidence import valid_waivers
from golive.readiness.registers.from_registers import Reading, readings
from golive.readiness.risk import tier_of
from golive.ui.registers import decisions
from golive.ui.registers.editor import show
from golive.ui.registers.schema import load
from golive.ui.shell.components import table
from golive.ui.shell.guards import Current
from golive.ui.shell.words import plain
from golive.ui.verdict.readiness_view import anchor
from golive.wording.numbers import day, spelled

QUERY = "register"


def known_criteria(rows: Sequence[Any], basis: Basis) -> None:
    """Refuse rows that name a criterion which the policy does not have.

    Raises:
        InputError: every such row.
    """
    ids = [c.id for c in basis.model.criteria]
    problems = []
    for row in rows:
        if row.criterion and row.criterion not in ids:
            near = nearest(row.criterion, ids)
            hint = near if near.startswith("Did") else "Criteria are written like DAT-04."
            sentence = f"'{row.criterion}' is no criterion."
            problems.append(Problem("REGISTER_CRITERION", sentence, hint, row.id))
    if problems:
        raise InputError(problems)


def sound_waivers(rows: Sequence[Waiver], basis: Basis) -> None:
    """Refuse waivers that cannot be: of a hard gate, incomplete, or longer than the policy allows.

    Raises:
        InputError: every problem.
    """
    risk = basis.config.risk
    valid_waivers(rows, basis.model, tier_of(risk), risk.flags, basis.as_of)


REGISTERS = load(
    "scope",
    {
        **dict.fromkeys(("deferrals", "decisions", "drills"), known_criteria),
        "waivers": sound_waivers,
    },
)


def overdue(rows: Sequence[Deferral], today: date) -> list[Deferral]:
    """Open deferrals whose date has passed, oldest first."""
    dated = [(r.decide_by, r) for r in rows if r.state == "open" and r.decide_by is not None]
    return [r for due, r in sorted(dated, key=lambda pair: pair[0]) if due < today]


def summary(held: Registers, today: date) -> str:
    """The state of scope and decisions in two sentences."""
    if not held.scope and not held.deferrals:
        return "Nothing is written down about the scope of this release yet."
    counts = {s: sum(r.status == s for r in held.scope) for s in ("in", "not_doing", "deferred")}
    later = counts["deferred"] + sum(r.state == "open" for r in held.deferrals)
    late = overdue(held.deferrals, today)
    said = (
        f"This release does {spelled(counts['in'])} thing{'' if counts['in'] == 1 else 's'}, leaves "
        f"{_some(counts['not_doing'])} out on purpose and puts {_some(later)} off."
    )
    if late:
        said += (
            f" {spelled(len(late)).capitalize()} overdue: {', '.join(r.item for r in late[:3])}."
        )
    return said


def _some(count: int) -> str:
    return spelled(count) if count else "nothing"


def _readings(found: dict[str, tuple[str, Reading]], key: str, basis: Basis) -> None:
    """What the chosen register shows of each criterion that it bears on."""
    for criterion, (name, reading) in found.items():
        if name != key:
            continue
        known = basis.model.knows(criterion)
        level = basis.model.criterion(criterion).levels[reading.level] if known else ""
        shown = f"{reading.value} {reading.reason}" if reading.reason else reading.value
        st.markdown(
            f":material/fact_check: **{criterion} at level {reading.level}** ({plain(anchor(level))}). {plain(shown)}"
        )


def _choose() -> str:
    asked = st.query_params.get(QUERY)
    if "register_choice" not in st.session_state:
        st.session_state["register_choice"] = asked if asked in REGISTERS else "scope"
    pills = st.pills(
        "Register",
        list(REGISTERS),
        format_func=lambda k: REGISTERS[k].title,
        key="register_choice",
        required=True,
    )
    chosen = pills or "scope"
    st.query_params[QUERY] = chosen
    return chosen


def on_findings(where: Current) -> None:
    """What was decided about findings, which is done on the Findings page."""
    entries = decisions.current(where)
    if not entries:
        st.markdown("Nothing was decided about a finding yet.")
        return
    titles = {f.id: f.title for f in where.assessment.findings}
    rows = sorted(entries.values(), key=lambda e: e.item.due or date.max)
    table(
        {
            "Finding": [plain(titles.get(e.item.finding, e.item.finding)) for e in rows],
            "Decision": [decisions.ACTION_DONE[e.item.action] for e in rows],
            "Until": [day(e.item.due) if e.item.due else "–" for e in rows],
            "Why": [plain(e.item.reason) for e in rows],
            "Owner": [plain(e.item.owner) for e in rows],
            "By": [plain(f"{e.actor}, {day(e.created_at)}") for e in rows],
        },
        f"{len(rows)} decisions about findings.",
        most=10,
    )


def page(where: Current, basis: Basis) -> None:
    """Registers of the open session's pilot, one at a time, each with what it shows by itself."""
    held, sha256 = where.project.registers, where.assessment.inputs.train.sha256
    st.markdown(f"**{plain(summary(held, basis.as_of))}**")
    tier = tier_of(basis.config.risk)
    found = readings(held, train_sha256=sha256, as_of=basis.as_of, tier=tier)
    key = _choose()
    if key == "manifests":
        st.caption(f"This session was trained on SHA\\-256 `{sha256}`.")
    _readings(found, key, basis)
    show(REGISTERS[key], where)
    if key == "decisions":
        st.subheader("About findings", anchor=False)
        on_findings(where)

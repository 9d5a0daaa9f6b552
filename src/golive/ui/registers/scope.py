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
from golive.store import registers as kept
from golive.ui.registers import decisions
from golive.ui.registers.editor import Register, show
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
    problems = [
        Problem(
            "REGISTER_CRITERION",
            f"'{r.criterion}' is no criterion.",
            _hint(r.criterion, ids),
            getattr(r, "id", ""),
        )
        for r in rows
        if r.criterion and r.criterion not in ids
    ]
    if problems:
        raise InputError(problems)


def _hint(name: str, ids: Sequence[str]) -> str:
    hint = nearest(name, list(ids))
    return hint if hint.startswith("Did") else "Criteria are written like DAT-04."


def sound_waivers(rows: Sequence[Waiver], basis: Basis) -> None:
    """Refuse waivers that cannot be: of a hard gate, incomplete, or longer than the policy allows.

    Raises:
        InputError: every problem.
    """
    valid_waivers(
        rows, basis.model, tier_of(basis.config.risk), basis.config.risk.flags, basis.as_of
    )


REGISTERS: dict[str, Register[Any]] = {
    "scope": Register(
        kept.SCOPE,
        "Scope",
        "What this release does, what it does not do on purpose, and what comes later. At least five things on purpose left "
        "out are expected.",
        "S",
        {
            "item": "What", "status": "Status", "reason": "Why", "owner": "Owner", "risk_if_misused": "Risk if used anyway",
            "how_prevented": "How that is prevented", "revisit_on": "Look again on", "id": "Id",
        },
        scores=True,
    ),
    "deferrals": Register(
        kept.DEFERRALS,
        "Deferred",
        "What was put off: why, who decides, and by when.",
        "D",
        {
            "item": "What", "reason": "Why it waits", "owner": "Owner", "decide_by": "Decide by", "state": "State",
            "pull_forward_when": "Sooner if", "criterion": "Criterion", "id": "Id",
        },
        scores=True,
        check=known_criteria,
    ),
    "decisions": Register(
        kept.DECISION_ROWS,
        "Decisions",
        "What was decided, what else was considered, and which risk is left.",
        "R",
        {
            "decision": "Decision", "type": "Type", "decided_on": "On", "reason": "Why", "options": "Also considered",
            "owner": "Owner", "approver": "Approved by", "review_on": "Review on", "state": "State",
            "criterion": "Criterion", "residual_risk": "Risk that is left", "id": "Id",
        },
        check=known_criteria,
    ),
    "owners": Register(
        kept.OWNERS,
        "Owners",
        "Who answers for what. GOV\\-01 asks for product, clinical safety, data and operations, each with a deputy, a contact, "
        "hours and a day of acceptance.",
        "",
        {
            "id": "Role", "name": "Name", "deputy": "Deputy", "contact": "Contact", "hours": "Hours covered",
            "escalates_to": "Escalates to", "accepted_on": "Accepted on",
        },
        scores=True,
    ),
    "waivers": Register(
        kept.WAIVERS,
        "Waivers",
        "Release gates accepted unmet for a time, with what compensates. Hard gates cannot be waived.",
        "",
        {
            "criterion": "Gate", "reason": "Why it is not met", "compensating_control": "What compensates", "owner": "Owner",
            "approver": "Approver", "starts": "From", "expires": "Until",
        },
        scores=True,
        check=sound_waivers,
    ),
    "events": Register(
        kept.EVENTS,
        "Events",
        "What happened to the pilot. Evidence from before it stops counting for what the event touches.",
        "E",
        {
            "kind": "Event", "on": "On", "what": "What", "model_version": "Model version", "site": "Site", "owner": "Owner",
            "id": "Id",
        },
        scores=True,
    ),
    "manifests": Register(
        kept.MANIFESTS,
        "Model manifests",
        "What each model version was made from. The SHA\\-256 of the training file is compared with the file that was assessed.",
        "M",
        {
            "model_version": "Model version", "train_sha256": "SHA-256 of the training file", "code": "Code",
            "settings": "Settings", "built_on": "Built on", "owner": "Owner", "id": "Id",
        },
        scores=True,
    ),
    "training": Register(
        kept.TRAINING,
        "Training",
        "Who was trained for what, by role.",
        "T",
        {"role": "Role or group", "topic": "Topic", "trained_on": "On", "passed": "Passed", "id": "Id"},
        scores=True,
    ),
    "drills": Register(
        kept.DRILLS,
        "Drills",
        "What was rehearsed and what came out. The last one counts for its criterion: MLO\\-05 rollback, GOV\\-04 fallback, "
        "OBS\\-06 alerts, OBS\\-07 routing, REL\\-03 load, REL\\-04 restore, GOV\\-05 incident, HND\\-02 handoff exam.",
        "X",
        {
            "drill": "Drill", "held_on": "On", "minutes": "Minutes", "result": "Result", "criterion": "Criterion",
            "owner": "Owner", "lesson": "Lesson", "id": "Id",
        },
        scores=True,
        check=known_criteria,
    ),
    "hazards": Register(
        kept.HAZARDS,
        "Hazards",
        "What can harm a patient, how bad (1 to 5), how likely (1 to 5), and what holds it back.",
        "H",
        {
            "hazard": "Hazard", "harm": "Harm", "severity": "Severity", "likelihood": "Likelihood", "control": "Control",
            "state": "State", "owner": "Owner", "id": "Id",
        },
        scores=True,
    ),
}  # fmt: skip


def overdue(rows: Sequence[Deferral], today: date) -> list[Deferral]:
    """Open deferrals whose date has passed, oldest first."""
    late = [
        r for r in rows if r.state == "open" and r.decide_by is not None and r.decide_by < today
    ]
    return sorted(late, key=lambda r: r.decide_by or today)


def summary(held: Registers, today: date) -> str:
    """The state of scope and decisions in two sentences."""
    if not held.scope and not held.deferrals:
        return "Nothing is written down about the scope of this release yet."
    counts = {s: sum(r.status == s for r in held.scope) for s in ("in", "not_doing", "deferred")}
    later = counts["deferred"] + sum(r.state == "open" for r in held.deferrals)
    late = overdue(held.deferrals, today)
    said = (
        f"This release does {spelled(counts['in'])} thing{'' if counts['in'] == 1 else 's'}, leaves {_some(counts['not_doing'])} out on purpose and puts "
        f"{_some(later)} off."
    )
    return said + (
        f" {spelled(len(late)).capitalize()} overdue: {', '.join(r.item for r in late[:3])}."
        if late
        else ""
    )


def _some(count: int) -> str:
    return spelled(count) if count else "nothing"


def _readings(found: dict[str, tuple[str, Reading]], key: str, basis: Basis) -> None:
    """What the chosen register shows of each criterion that it bears on."""
    for criterion, (name, reading) in found.items():
        if name != key:
            continue
        reason = f" {reading.reason}" if reading.reason else ""
        words = (
            basis.model.criterion(criterion).levels[reading.level]
            if basis.model.knows(criterion)
            else ""
        )
        st.markdown(
            f":material/fact_check: **{criterion} at level {reading.level}** ({plain(anchor(words))}). {plain(reading.value + reason)}"
        )


def _choose() -> str:
    asked = st.query_params.get(QUERY)
    if "register_choice" not in st.session_state:
        st.session_state["register_choice"] = asked if asked in REGISTERS else "scope"
    chosen = st.pills(
        "Register",
        list(REGISTERS),
        format_func=lambda k: REGISTERS[k].title,
        key="register_choice",
        required=True,
    )
    st.query_params[QUERY] = chosen or "scope"
    return str(chosen or "scope")


def on_findings(where: Current) -> None:
    """What was decided about findings, which is done on the Findings page."""
    entries = decisions.current(where)
    if not entries:
        st.markdown("Nothing was decided about a finding yet.")
        return
    titles = {f.id: f.title for f in where.assessment.findings}
    rows = sorted(entries.values(), key=lambda e: e.item.due or date.max)
    st.table(
        {
            "Finding": [plain(titles.get(e.item.finding, e.item.finding)) for e in rows],
            "Decision": [decisions.ACTION_DONE[e.item.action] for e in rows],
            "Until": [day(e.item.due) if e.item.due else "–" for e in rows],
            "Why": [plain(e.item.reason) for e in rows],
            "Owner": [plain(e.item.owner) for e in rows],
            "By": [plain(f"{e.actor}, {day(e.created_at)}") for e in rows],
        },
        border="horizontal",
        height="content" if len(rows) <= 10 else 420,
        alt=f"{len(rows)} decisions about findings.",
    )


def page(where: Current, basis: Basis) -> None:
    """Registers of the open session's pilot, one at a time, each with what it shows by itself."""
    held = where.project.registers
    st.markdown(f"**{plain(summary(held, basis.as_of))}**")
    found = readings(
        held,
        train_sha256=where.assessment.inputs.train.sha256,
        as_of=basis.as_of,
        tier=tier_of(basis.config.risk),
    )
    key = _choose()
    if key == "manifests":
        st.caption(
            f"This session was trained on SHA\\-256 `{where.assessment.inputs.train.sha256}`."
        )
    _readings(found, key, basis)
    show(REGISTERS[key], where)
    if key == "decisions":
        st.subheader("About findings", anchor=False)
        on_findings(where)

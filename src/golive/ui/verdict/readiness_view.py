"""Readiness page: dimensions, the criteria of one, every gate, and the plan; each number with what it came from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress

import streamlit as st

from golive.model.errors import GoLiveError
from golive.model.readiness import (
    CriterionScore,
    DimensionScore,
    EvidenceItem,
    GateState,
    NextStep,
    Readiness,
)
from golive.model.result import Assessment
from golive.readiness import Model, load_model
from golive.report.base.verdict import effort_words, weakest_first
from golive.ui import figures
from golive.ui.shell import chart, rescoring, theme
from golive.ui.shell.components import finding_link
from golive.ui.shell.guards import Current
from golive.ui.shell.nav import line_with_link
from golive.ui.shell.words import NO_BREAK, plain, team
from golive.wording.numbers import count, day, percent, plural

KEY, QUERY = "dimension_choice", "dimension"
"""The chosen dimension in the page's state and in the address (``?dimension=DAT``)."""


def choose(readiness: Readiness) -> DimensionScore | None:
    """Show the bars, take a click on one, and return the chosen dimension (the weakest at first)."""
    ordered = weakest_first(readiness.dimensions)
    if not ordered:
        st.info("No dimension applies to this risk profile.", icon=":material/help:")
        return None
    by_id = {d.id: d for d in ordered}
    asked = st.query_params.get(QUERY)
    if asked in by_id and asked != st.session_state.get("dimension_asked"):
        st.session_state[KEY] = asked
    st.session_state["dimension_asked"] = asked
    if st.session_state.get(KEY) not in by_id:
        st.session_state[KEY] = ordered[0].id
    chosen = str(st.session_state[KEY])
    chart.pick(
        figures.dimensions(readiness.dimensions, theme.tokens(), selected=chosen),
        key="readiness_dimensions",
        alt=figures.describe_dimensions(readiness.dimensions),
        on_pick=_take,
    )
    st.selectbox(
        "Dimension",
        list(by_id),
        key=KEY,
        format_func=lambda i: by_id[i].name,
        on_change=_remember,
        help="Or click a bar.",
    )
    return by_id[chosen]


def _take(dimension: str) -> None:
    st.session_state[KEY] = dimension
    _remember()


def _remember() -> None:
    """Write the chosen dimension into the address, so that a reload and a shared link show the same."""
    st.query_params[QUERY] = st.session_state["dimension_asked"] = st.session_state[KEY]


def level_words(criterion: CriterionScore) -> str:
    """``claimed 4, measured 1`` where both exist, else the one there is, else ``not assessed``."""
    levels = (("claimed", criterion.claimed), ("measured", criterion.measured))
    known = [f"{word} {level}" for word, level in levels if level is not None]
    return ", ".join(known) or "not assessed"


def dimension_line(dimension: DimensionScore) -> str:
    """One dimension in a sentence: points, what is proven, what is possible, and how much is assessed."""
    point = f"{dimension.point:.0f} points" if dimension.point is not None else "not assessed"
    return (
        f"{point}; {dimension.low:.0f} are proven, {dimension.high:.0f} are possible. "
        f"Evidence for {percent(dimension.coverage)} of its weight; weight {dimension.weight:.0f} of 100."
    )


def policy_of(where: Current) -> Model:
    """The policy that judged the open session, so that levels are worded as they were when it was judged.

    The shipped one where it did, and where the policy that did cannot be read any more.
    """
    label = where.assessment.readiness.policy
    shipped = load_model()
    if label in ("", f"{shipped.name} {shipped.version}"):
        return shipped
    try:
        return where.store.registers.policy_called(where.assessment.project, label) or shipped
    except GoLiveError:
        return shipped


def filed(where: Current) -> dict[str, EvidenceItem]:
    """Every item that stands behind a criterion, by id: of the configuration, of the store, and what registers show today."""
    items = (*where.config.evidence, *where.project.evidence)
    with suppress(GoLiveError):  # what is filed can still be shown
        items = (*items, *rescoring.today(where).evidence)
    return {item.id: item for item in items}


def criteria(
    dimension: DimensionScore, where: Current, evidence: Mapping[str, EvidenceItem]
) -> None:
    """Every criterion of a dimension as a row that opens to its question, levels, measurement, findings and evidence.

    ``evidence`` holds the items by id, to say what stands behind each.
    """
    assessment, policy = where.assessment, policy_of(where)
    members = [c for c in assessment.readiness.criteria if c.dimension == dimension.id]
    st.subheader(
        f"{plain(dimension.name)}: {plural(len(members), 'criterion', 'criteria')}", anchor=False
    )
    st.caption(plain(dimension_line(dimension)))
    for criterion in sorted(members, key=_urgency):
        with st.expander(
            _criterion_label(criterion), key=f"criterion:{criterion.id}", on_change="rerun"
        ) as row:
            if row.open:
                _criterion(criterion, assessment, evidence, policy)


def _urgency(criterion: CriterionScore) -> tuple[int, int, str]:
    order = {GateState.FAIL: 0, GateState.UNVERIFIED: 1, None: 2, GateState.PASS: 3}
    level = 5 if criterion.level is None else criterion.level
    return order[criterion.gate_state], level, criterion.id


def gate_words(criterion: CriterionScore) -> str:
    """State of a criterion's gate as icon, word and colour, with the level it asks for; empty without a gate."""
    if criterion.gate_state is None:
        return ""
    kind = "hard gate" if criterion.hard else "gate"
    waived = ", waived" if criterion.waived else ""
    return f"{theme.GATE[criterion.gate_state].coloured} ({kind} at {criterion.gate}{waived})"


def criterion_link(criterion: CriterionScore, words: str) -> None:
    """``words`` (Markdown) with the link to the dimension of a criterion."""
    line_with_link("readiness", words, label=criterion.id, query={"dimension": criterion.dimension})


def _level(criterion: CriterionScore) -> str:
    return "–" if criterion.level is None else str(criterion.level)


def _criterion_label(criterion: CriterionScore) -> str:
    gate = f" · {words}" if (words := gate_words(criterion)) else ""
    title = f"**{criterion.id}** {plain(criterion.title)}"
    return f"{title} · level {_level(criterion)} of 4{gate}"


def _criterion(
    criterion: CriterionScore,
    assessment: Assessment,
    evidence: Mapping[str, EvidenceItem],
    policy: Model,
) -> None:
    st.markdown(plain(criterion.question))
    facts = [level_words(criterion)]
    if criterion.points is not None:
        facts.append(f"{criterion.points:.0f} points")
    if criterion.level is not None:
        facts.append(f"freshness {percent(criterion.freshness)}")
    facts.append(f"weight {criterion.weight:g}")
    st.caption(plain(" · ".join(facts)))
    if criterion.measurement:
        st.markdown(f"**Measured.** {plain(criterion.measurement)}")
    _levels(criterion, policy)
    known = {f.id: f for f in assessment.findings}
    for key in criterion.findings[:8]:
        if key in known:
            finding_link(known[key])
    if criterion.evidence:
        lines = [evidence_words(evidence[i]) if i in evidence else i for i in criterion.evidence]
        st.markdown("**Evidence**\n" + "".join(f"\n- {plain(line)}" for line in lines))
    if criterion.read_from:
        page = "value" if criterion.read_from in ("kpis", "value", "milestones") else "scope"
        query = {"register": criterion.read_from} if page == "scope" else None
        line_with_link(
            page, "Read from a register of this pilot.", label="Open the register", query=query
        )
    elif criterion.measured is not None:
        live, train = (
            f"{plain(data.name)} ({count(data.rows)} rows, SHA\\-256 {data.sha256[:12]}…)"
            for data in (assessment.inputs.live, assessment.inputs.train)
        )
        st.caption(f"Measured on {live} against {train}.")


def evidence_words(item: EvidenceItem) -> str:
    """One item in a line: what it is, its grade and claim, who stands behind it, from when to when, and where it lies."""
    parts = [f"{item.kind}, grade {item.grade}, claims level {item.claim_level}"]
    parts.append(f"owner {item.owner}" if item.owner else "no owner")
    if item.issued:
        parts.append(f"issued {day(item.issued)}")
    if item.expires:
        parts.append(f"expires {day(item.expires)}")
    parts += [text for text in (item.note, item.link) if text]
    return "; ".join(parts)


def anchor(words: str) -> str:
    """An anchor of the policy as it is read: ``<=5%`` becomes ``≤ 5 %``."""
    for sign, shown in (("<=", "≤ "), (">=", "≥ ")):
        words = words.replace(sign, shown)
    return re.sub(r"(?<=\d)%", " %", re.sub(r"([<>])(?=\d)", r"\1 ", words))


def _levels(criterion: CriterionScore, model: Model) -> None:
    if not model.knows(criterion.id):
        return
    marks = {criterion.level: "**now**", criterion.gate: "**gate**"}
    if criterion.level is not None and criterion.level == criterion.gate:
        marks = {criterion.level: "**now, gate**"}
    levels = model.criterion(criterion.id).levels
    st.table(
        {
            "Level": [str(level) for level in range(len(levels))],
            "What it looks like": [plain(anchor(words)) for words in levels],
            "": [marks.get(level, "") for level in range(len(levels))],
        },
        border="horizontal",
        alt=f"Levels 0 to 4 of {criterion.id} in words.",
    )


def gates(readiness: Readiness) -> None:
    """Every gate with its state: what fails first, what is unproven next, what passes last."""
    rows = sorted((c for c in readiness.criteria if c.gate_state is not None), key=_urgency)
    if not rows:
        st.markdown("No gate applies at this tier.")
        return
    st.table(
        {
            "Gate": [f"**{c.id}** {plain(c.title)}" for c in rows],
            "State": [_state(c) for c in rows],
            "Level": [_level(c) for c in rows],
            "Needs": [str(c.gate) for c in rows],
            "Kind": ["hard" if c.hard else "release" for c in rows],
            "Source": [level_words(c) for c in rows],
        },
        border="horizontal",
        height="content" if len(rows) <= 12 else 520,
        alt=f"{len(rows)} gates with state, level and the level each needs.",
    )


def _state(criterion: CriterionScore) -> str:
    look = theme.GATE[criterion.gate_state or GateState.UNVERIFIED]
    return look.coloured + (" (waived)" if criterion.waived else "")


def _points(gain: float) -> str:
    return f"{gain:+.1f}" if round(gain, 1) else "–"


def _on_one_line(words: str) -> str:
    """Short words that stay on one line of a cell."""
    return words.replace(" ", NO_BREAK)


def plan(steps: Sequence[NextStep]) -> None:
    """What to do next in the order of the plan, with effort, owner, and what each step is worth."""
    if not steps:
        st.markdown("Nothing is left to do in the plan.")
        return
    st.caption(
        "Gain: points of the index / points of the average of all dimensions. A dash: a weaker dimension holds the index."
    )
    st.table(
        {
            "Step": [str(rank) for rank in range(1, len(steps) + 1)],
            "Do": [f"**{s.label}** {s.criterion}: {plain(s.fix or s.title)}" for s in steps],
            "Why": [plain(s.why) for s in steps],
            "Owner": [team(s.route) for s in steps],
            "Effort": [_on_one_line(effort_words(s)) for s in steps],
            "Gain": [_on_one_line(f"{_points(s.gain)} / {_points(s.gain_mean)}") for s in steps],
        },
        border="horizontal",
        height="content" if len(steps) <= 8 else 520,
        alt=f"{len(steps)} next steps in order, with owner, effort and the points the index would gain.",
    )

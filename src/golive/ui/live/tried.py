"""Repairs tried on the Findings page: which are switched on, what they change together, and the code that does the same."""

from __future__ import annotations

import streamlit as st

from golive.compare.repairs import code as repair_code
from golive.model.errors import GoLiveError
from golive.model.finding import Finding, Verdict
from golive.model.readiness import GateState, Readiness
from golive.model.result import Assessment, ColumnResult, Repaired
from golive.readiness import repaired
from golive.ui.shell import rescoring
from golive.ui.shell.guards import Current
from golive.ui.shell.words import plain
from golive.wording.numbers import plural, score

_KEY = "repairs_tried"
_MOST_NAMED = 6


def of(where: Current) -> list[str]:
    """Findings of the open session whose repairs are switched on."""
    tried: dict[str, list[str]] = st.session_state.setdefault(_KEY, {})
    known = {f for one in where.assessment.repaired for f in one.findings}
    return [f for f in tried.get(where.session, []) if f in known]


def alone(assessment: Assessment, finding: Finding) -> Repaired | None:
    """What the repair of ``finding`` alone gives; ``None`` when it could not be computed."""
    return next((r for r in assessment.repaired if r.findings == (finding.id,)), None)


def toggle(finding: Finding, where: Current) -> None:
    """The switch of one finding. Rows that are closed keep their state, which a widget's own would not."""
    if alone(where.assessment, finding) is None:
        return
    key = f"try:{finding.id}"
    st.toggle(
        "Try this repair",
        value=finding.id in of(where),
        key=key,
        on_change=_switch,
        args=(where.session, finding.id, key),
        help="Several can be on at once; what they change together stands at the top of the page.",
    )
    if on := of(where):
        st.caption(
            f"{plural(len(on), 'repair')} on. What they change together stands at the top of the page."
        )


def _switch(session: str, finding: str, key: str) -> None:
    tried: dict[str, list[str]] = st.session_state.setdefault(_KEY, {})
    rest = [f for f in tried.get(session, []) if f != finding]
    tried[session] = [*rest, finding] if st.session_state[key] else rest


def _clear(session: str) -> None:
    for finding in st.session_state.get(_KEY, {}).pop(session, []):
        st.session_state[f"try:{finding}"] = False


def leaves(one: Repaired) -> str:
    """What is left to act on after a repair, in one sentence."""
    left = [f for f in one.found if f.verdict is Verdict.ALARM]
    names = ", ".join(c.name for c in one.columns)
    if not left:
        return f"Nothing is left to act on in {names}."
    return f"It leaves {plural(len(left), 'finding')} to act on: {'; '.join(f.title for f in left[:3])}."


def summary(where: Current) -> None:
    """At the top of the page: what the repairs that are on change together; nothing when none is."""
    on = of(where)
    if not on:
        return
    taken = repaired.chosen(where.assessment, on)
    with st.container(border=True):
        st.markdown(f"**With {plural(len(on), 'repair')} tried**")
        lines = [_column(c, one, where.assessment) for one in taken for c in one.columns]
        st.markdown("\n".join(f"- {plain(line)}" for line in lines[:_MOST_NAMED]))
        if len(lines) > _MOST_NAMED:
            st.caption(f"and {plural(len(lines) - _MOST_NAMED, 'column')} more")
        _readiness(where, repaired.after(where.assessment, taken))
        for finding in set(on) - {f for one in taken for f in one.findings}:
            st.caption(plain(f"Not computed together with the others: {finding}."))
        with st.container(horizontal=True, vertical_alignment="center"):
            _code(where, taken)
            st.button("Switch all off", key="tried_clear", on_click=_clear, args=(where.session,))
        st.caption(
            "Nothing is stored. The model does not answer again here, so accuracy, scores and alerts stay as they are."
        )


def _column(now: ColumnResult, one: Repaired, assessment: Assessment) -> str:
    before = assessment.column(now.name)
    old, new = (c.drift.score if c and c.drift else None for c in (before, now))
    changed = "no score"
    if old is not None and new is not None:
        changed = f"the score goes from {score(old)} to {score(new)}"
    return f"{now.name}: {changed}. {leaves(one)}"


def _readiness(where: Current, then: Assessment) -> None:
    """Verdict and index as they would be, and every criterion that moves."""
    try:
        now = rescoring.today(where).judge()
        later = rescoring.of(then, where).judge()
    except GoLiveError:
        st.caption(
            "Readiness cannot be judged as of today, so what the repairs would change in it is not shown."
        )
        return
    moved = movements(now, later)
    st.markdown(
        plain(
            f"Readiness: {rescoring.verdict_in_brief(later)}; today {rescoring.verdict_in_brief(now)}. "
        )
        + (plain("; ".join(moved)) + "." if moved else "No criterion changes its level.")
    )


def movements(before: Readiness, after: Readiness) -> list[str]:
    """Criteria whose level differs: ``DAT-05 rises from 0 to 3 and its gate passes``."""
    old = {c.id: c for c in before.criteria}
    said = []
    for one in after.criteria:
        was = old.get(one.id)
        if was is None or was.level == one.level:
            continue
        was_, is_ = ("not assessed" if v is None else v for v in (was.level, one.level))
        verb = "falls" if (one.level or 0) < (was.level or 0) else "rises"
        passes = one.gate_state is GateState.PASS and was.gate_state is not GateState.PASS
        gate = " and its gate passes" if passes else ""
        said.append(f"{one.id} {verb} from {was_} to {is_}{gate}")
    return said


def _code(where: Current, taken: tuple[Repaired, ...]) -> None:
    by_id = {f.id: f for f in where.assessment.findings}
    repairs = [
        w.repair for one in taken for f in one.findings if (w := by_id[f].what_if) is not None
    ]
    columns = [c.name for c in where.assessment.columns if c.live is not None]
    texts = repair_code.texts_in(where.assessment.columns, where.assessment.findings)
    with st.popover("The same as code", icon=":material/code:"):
        st.markdown("**SQL** (DuckDB)" if texts else "**SQL** (DuckDB, PostgreSQL)")
        st.code(repair_code.sql(repairs, columns, texts=texts), language="sql", wrap_lines=True)
        st.markdown("**pandas**")
        st.code(repair_code.pandas(repairs, texts=texts), language="python", wrap_lines=True)

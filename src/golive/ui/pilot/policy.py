"""Own policy and standards: what readiness is judged by, an organisation's own file, two policies on one session, coverage."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from golive.model.errors import GoLiveError
from golive.model.readiness import Readiness
from golive.model.registers import PolicyFile
from golive.readiness import Model, load_model
from golive.readiness.policy.crosswalk import coverage
from golive.readiness.policy.diff import Difference, differences, own_policy
from golive.settings import resource
from golive.store.registers import POLICIES, Change
from golive.ui.registers.files import MOST_MB
from golive.ui.shell import rescoring, theme
from golive.ui.shell.components import error_box, errors_shown, table
from golive.ui.shell.guards import Current, authorise
from golive.ui.shell.words import plain
from golive.wording.numbers import day, percent, plural

STATE_WORDS = {
    "supported": "Supported",
    "partly": "Partly",
    "none": "No evidence",
    "not_asked": "Not asked here",
}


def in_force(where: Current) -> Model:
    """Say which policy is in force, offer it as a file, and return it.

    An own policy that this version cannot read is told, and the shipped one judges meanwhile.
    """
    entries = where.store.registers.current(POLICIES, where.assessment.project)
    model = None
    with errors_shown("The stored policy cannot be used by this version."):
        model = where.project.policy
    model = model or load_model()
    label = f"{model.name} {model.version}"
    judged_by = where.assessment.readiness.policy or "an unnamed policy"
    rest = " and judged this session"
    if judged_by != label:
        rest = f"; this session was judged by {plain(judged_by)}"
    st.markdown(f"**{plain(label)}** judges this pilot{rest}.")
    text = ""
    for entry in entries:
        when, text = day(entry.created_at), entry.item.text
        st.caption(plain(f"Put in force by {entry.actor} on {when}: {entry.item.reason}"))
    shipped = resource("data", "readiness_model.yaml")
    with st.container(horizontal=True):
        st.download_button(
            "Policy as YAML",
            data=text or shipped.read_text(encoding="utf-8"),
            file_name="readiness-policy.yaml",
            mime="application/yaml",
            icon=":material/download:",
            on_click="ignore",
            key="policy_yaml",
        )
        for entry in entries if where.identity.may("admin") else ():
            label, icon = "Go back to the shipped policy", ":material/undo:"
            if st.button(label, key=f"policy_back:{entry.revision}", icon=icon):
                change = Change(entry.item, entry.revision, deleted=True)
                _put(change, where, "back to the shipped policy")
    return model


def import_policy(where: Current, now: Model) -> None:
    """Take an organisation's policy, show what it changes and what it would say of this session; an administrator decides."""
    file = st.file_uploader(
        "Another policy (YAML)", type=["yaml", "yml"], key="policy_file", max_upload_size=MOST_MB
    )
    if file is None:
        st.caption(
            "Take the file above, change it, give it a name, a version and a reason, and bring it here."
        )
        return
    try:
        text = file.read().decode("utf-8")
        other = own_policy(text, file.name)
    except UnicodeDecodeError:
        st.error(
            "The file is not UTF-8 text. Save it as UTF-8. `POLICY_ENCODING`",
            icon=":material/error:",
        )
        return
    except GoLiveError as error:
        error_box(error, title="This policy cannot be used.")
        return
    compare(where, now, other)
    if not where.identity.may("admin"):
        st.caption(":material/lock: An administrator can put it in force.")
    elif st.button(
        "Put it in force and score again", type="primary", key="policy_put", icon=":material/gavel:"
    ):
        entries = where.store.registers.current(POLICIES, where.assessment.project)
        item = PolicyFile(name=other.name, version=other.version, reason=other.reason, text=text)
        _put(
            Change(item, entries[0].revision if entries else 0),
            where,
            f"policy {other.name} {other.version}",
        )


def _put(change: Change, where: Current, reason: str) -> None:
    project, actor = where.assessment.project, where.identity.name
    with errors_shown("Nothing was changed."):
        authorise(where.identity, "admin", "change the policy")
        where.store.registers.write(POLICIES, [change], project=project, actor=actor)
        done = "The policy was changed and readiness was scored again."
        rescoring.save_and_score(where, reason, done)


def compare(where: Current, one: Model, two: Model) -> None:
    """Both policies on the open session: verdicts, numbers, dimensions, gates, and every value that differs."""
    try:
        first, second = (rescoring.today(where, policy=m).judge() for m in (one, two))
    except GoLiveError as error:
        error_box(error, title="The session cannot be judged by both.")
        return
    names = [f"{m.name} {m.version}" for m in (one, two)]
    st.markdown(f"**{plain(verdict_sentence(names, first, second))}**")
    rows = _rows(first, second)
    table(
        {
            "": [r[0] for r in rows],
            plain(names[0]): [r[1] for r in rows],
            f"{plain(names[1])} ": [r[2] for r in rows],
        },
        f"The same session by {names[0]} and {names[1]}.",
    )
    found = differences(one, two)
    with st.expander(
        f"What differs between the files ({len(found)})", icon=":material/difference:"
    ):
        _differences(found)


def verdict_sentence(names: Sequence[str], first: Readiness, second: Readiness) -> str:
    """What the change of policy does to this session's verdict."""
    one, two = (rescoring.verdict_in_brief(r) for r in (first, second))
    if one == two:
        return f"Both say the same of this session: {one}."
    return f"{names[0]} says {one}; {names[1]} says {two}."


def _rows(first: Readiness, second: Readiness) -> list[tuple[str, str, str]]:
    def number(value: float | None) -> str:
        return "–" if value is None else f"{value:.0f}"

    def gates(readiness: Readiness) -> str:
        scored = [c for c in readiness.criteria if not c.waived]
        open_ = [c.id for c in scored if c.gate_state not in (None, "pass")]
        named = f" ({', '.join(open_[:6])}{' …' if len(open_) > 6 else ''})" if open_ else ""
        return f"{len(open_)}{named}"

    rows = [
        ("Verdict", theme.READINESS[first.verdict].word, theme.READINESS[second.verdict].word),
        ("Index", number(first.index), number(second.index)),
        ("Evidence", percent(first.coverage), percent(second.coverage)),
        ("Criteria asked", str(len(first.criteria)), str(len(second.criteria))),
        ("Open gates", gates(first), gates(second)),
    ]
    after = {d.id: d for d in second.dimensions}
    for d in first.dimensions:
        a = after.get(d.id, d)
        if (d.point, d.weight) != (a.point, a.weight):
            now, then = (f"{number(x.point)} (weight {x.weight:.0f})" for x in (d, a))
            rows.append((plain(d.name), now, then))
    return rows


def _differences(found: Sequence[Difference]) -> None:
    if not found:
        st.markdown("Nothing but name, version and reason.")
        return
    shown = found[:200]
    table(
        {
            "Where": [plain(d.where) for d in shown],
            "Now": ["not there" if d.before is None else plain(d.before) for d in shown],
            "Then": ["not there" if d.after is None else plain(d.after) for d in shown],
        },
        f"{len(found)} values that differ.",
        most=12,
    )


def _month(as_of: str) -> str:
    """``2026-11`` as ``Nov 2026``."""
    return day(f"{as_of}-01").removeprefix("1 ") if len(as_of) == 7 else day(as_of)


def standards(readiness: Readiness, model: Model) -> None:
    """Coverage of each standard, with its status and date, and the clauses of one."""
    found = coverage(readiness, model)
    supported = sum(c.count("supported") for c in found)
    total = sum(len(c.clauses) for c in found)
    st.markdown(
        f"**Current evidence supports {supported} of {plural(total, 'clause')} that the crosswalk names.**"
    )
    st.caption(
        "Supported means: every criterion of this pilot that bears on the clause stands at level 3 with evidence in date. It is "
        "a pointer for an assessor, not a statement of conformity. 'Looked up' says when the status of the standard was checked, "
        "and how: in its own text (read), in what others write of it (secondary), or from memory (recalled)."
    )
    st.table(
        {
            "Standard": [plain(c.name) for c in found],
            "Supported": [
                f"{c.count('supported')} of {len(c.clauses) - c.count('not_asked')}" for c in found
            ],
            "Partly": [str(c.count("partly")) for c in found],
            "No evidence": [str(c.count("none")) for c in found],
            "Status": [plain(c.status) for c in found],
            "Looked up": [plain(f"{_month(c.as_of)}, {c.source}") for c in found],
        },
        border="horizontal",
        height=480,
        alt=f"Coverage of {len(found)} standards.",
    )
    by_id = {c.standard: c for c in found}
    chosen = st.selectbox(
        "Clauses of", list(by_id), format_func=lambda k: by_id[k].name, key="standard"
    )
    one = by_id[chosen]
    st.caption(plain(f"{one.gives}. {one.sentence}"))
    table(
        {
            "Clause": [plain(c.clause) for c in one.clauses],
            "State": [STATE_WORDS[c.state] for c in one.clauses],
            "Criteria": [", ".join(c.criteria) for c in one.clauses],
            "At the bar": [", ".join(c.at_bar) or "–" for c in one.clauses],
        },
        f"Clauses of {one.name} with the criteria that support them.",
        most=12,
    )


def page(where: Current) -> None:
    """The policy in force, another one to compare, and the standards."""
    st.subheader("Policy", anchor=False)
    model = in_force(where)
    import_policy(where, model)
    st.subheader("Standards", anchor=False)
    standards(where.assessment.readiness, model)

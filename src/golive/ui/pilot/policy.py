"""Own policy and standards: what readiness is judged by, an organisation's own file, two policies on one session, coverage."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from golive.model.errors import GoLiveError
from golive.model.readiness import Readiness
from golive.model.registers import PolicyFile
from golive.readiness import Model, load_model
from golive.readiness.policy.crosswalk import Coverage, coverage
from golive.readiness.policy.diff import Difference, differences, own_policy
from golive.settings import resource
from golive.store.registers import POLICIES, Change
from golive.ui.registers.editor import MOST_MB
from golive.ui.shell import rescoring, theme
from golive.ui.shell.components import error_box
from golive.ui.shell.guards import Current, authorise
from golive.ui.shell.words import plain
from golive.wording.numbers import day, percent, plural

STATE_WORDS = {
    "supported": "Supported",
    "partly": "Partly",
    "none": "No evidence",
    "not_asked": "Not asked here",
}


def _stored(where: Current) -> Model | None:
    """The own policy of the pilot; one that this version cannot read is told, and the shipped one judges meanwhile."""
    try:
        return where.project.policy
    except GoLiveError as error:
        error_box(error, title="The stored policy cannot be used by this version.")
        return None


def in_force(where: Current) -> Model:
    """Say which policy is in force, offer it as a file, and return it."""
    project = where.assessment.project
    entries = where.store.registers.current(POLICIES, project)
    model = _stored(where) or load_model()
    label, judged_by = (
        f"{model.name} {model.version}",
        where.assessment.readiness.policy or "an unnamed policy",
    )
    rest = (
        " and judged this session"
        if judged_by == label
        else f"; this session was judged by {plain(judged_by)}"
    )
    st.markdown(f"**{plain(label)}** judges this pilot{rest}.")
    if entries:
        item = entries[0].item
        st.caption(
            plain(
                f"Put in force by {entries[0].actor} on {day(entries[0].created_at)}: {item.reason}"
            )
        )
    text = (
        entries[0].item.text
        if entries
        else resource("data", "readiness_model.yaml").read_text(encoding="utf-8")
    )
    with st.container(horizontal=True):
        st.download_button(
            "Policy as YAML",
            data=text,
            file_name="readiness-policy.yaml",
            mime="application/yaml",
            icon=":material/download:",
            on_click="ignore",
            key="policy_yaml",
        )
        if entries and where.identity.may("admin"):
            label = "Go back to the shipped policy"
            if st.button(label, key=f"policy_back:{entries[0].revision}", icon=":material/undo:"):
                change = Change(entries[0].item, entries[0].revision, deleted=True)
                _put(change, where, "back to the shipped policy")
    return model


def bring(where: Current, now: Model) -> None:
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
    try:
        authorise(where.identity, "admin", "change the policy")
        where.store.registers.write(
            POLICIES, [change], project=where.assessment.project, actor=where.identity.name
        )
    except GoLiveError as error:
        error_box(error, title="Nothing was changed.")
        return
    rescoring.save_and_score(
        where, reason, "The policy was changed and readiness was scored again."
    )


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
    st.table(
        {
            "": [r[0] for r in rows],
            plain(names[0]): [r[1] for r in rows],
            f"{plain(names[1])} ": [r[2] for r in rows],
        },
        border="horizontal",
        alt=f"The same session by {names[0]} and {names[1]}.",
    )
    found = differences(one, two)
    with st.expander(
        f"What differs between the files ({len(found)})", icon=":material/difference:"
    ):
        _differences(found)


def verdict_sentence(names: Sequence[str], first: Readiness, second: Readiness) -> str:
    """What the change of policy does to this session's verdict."""
    one, two = (rescoring.standing(r) for r in (first, second))
    if one == two:
        return f"Both say the same of this session: {one}."
    return f"{names[0]} says {one}; {names[1]} says {two}."


def _rows(first: Readiness, second: Readiness) -> list[tuple[str, str, str]]:
    def number(value: float | None) -> str:
        return "–" if value is None else f"{value:.0f}"

    def gates(readiness: Readiness) -> str:
        open_ = [
            c.id for c in readiness.criteria if c.gate_state not in (None, "pass") and not c.waived
        ]
        return f"{len(open_)}" + (
            f" ({', '.join(open_[:6])}{' …' if len(open_) > 6 else ''})" if open_ else ""
        )

    rows = [
        ("Verdict", theme.READINESS[first.verdict].word, theme.READINESS[second.verdict].word),
        ("Index", number(first.index), number(second.index)),
        ("Evidence", percent(first.coverage), percent(second.coverage)),
        ("Criteria asked", str(len(first.criteria)), str(len(second.criteria))),
        ("Open gates", gates(first), gates(second)),
    ]
    after = {d.id: d for d in second.dimensions}
    return rows + [
        (
            plain(d.name),
            f"{number(d.point)} (weight {d.weight:.0f})",
            f"{number(a.point)} (weight {a.weight:.0f})",
        )
        for d in first.dimensions
        if (a := after.get(d.id)) is not None and (d.point != a.point or d.weight != a.weight)
    ]


def _differences(found: Sequence[Difference]) -> None:
    if not found:
        st.markdown("Nothing but name, version and reason.")
        return
    shown = found[:200]
    st.table(
        {
            "Where": [plain(d.where) for d in shown],
            "Now": ["not there" if d.before is None else plain(d.before) for d in shown],
            "Then": ["not there" if d.after is None else plain(d.after) for d in shown],
        },
        border="horizontal",
        height="content" if len(shown) <= 12 else 420,
        alt=f"{len(found)} values that differ.",
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
    chosen = st.selectbox(
        "Clauses of",
        [c.standard for c in found],
        format_func=lambda k: _name(found, k),
        key="standard",
    )
    _clauses(next(c for c in found if c.standard == chosen))


def _name(found: Sequence[Coverage], key: str) -> str:
    return next(c.name for c in found if c.standard == key)


def _clauses(found: Coverage) -> None:
    st.caption(plain(f"{found.gives}. {found.sentence}"))
    st.table(
        {
            "Clause": [plain(c.clause) for c in found.clauses],
            "State": [STATE_WORDS[c.state] for c in found.clauses],
            "Criteria": [", ".join(c.criteria) for c in found.clauses],
            "At the bar": [", ".join(c.at_bar) or "–" for c in found.clauses],
        },
        border="horizontal",
        height="content" if len(found.clauses) <= 12 else 420,
        alt=f"Clauses of {found.name} with the criteria that support them.",
    )


def page(where: Current) -> None:
    """The policy in force, another one to compare, and the standards."""
    st.subheader("Policy", anchor=False)
    model = in_force(where)
    bring(where, model)
    st.subheader("Standards", anchor=False)
    standards(where.assessment.readiness, model)

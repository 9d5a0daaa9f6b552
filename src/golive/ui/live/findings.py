"""The list of findings: which are shown, in which groups and order, and how one row reads before it is opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import streamlit as st

from golive.model.finding import Finding, Verdict
from golive.model.readiness import Readiness
from golive.model.result import Assessment
from golive.ui.shell import theme
from golive.ui.shell.words import plain, unbroken
from golive.wording.labels import ROUTE_WORD, SIGNAL_WORD
from golive.wording.numbers import count, percent, plural
from golive.wording.order import VERDICTS, root

Grouping = Literal["cause", "column", "site", "owner"]
GROUPINGS: tuple[Grouping, ...] = ("cause", "column", "site", "owner")
ROW = "finding_open:"
"""Prefix of the keys under which the page remembers which rows are open."""
SHOWN_FIRST = (Verdict.ALARM, Verdict.WATCH)


def answer(findings: Sequence[Finding]) -> str:
    """How many findings ask someone to act, and whom: the page's question in one sentence of Markdown."""
    acting = [f for f in findings if f.verdict is Verdict.ALARM]
    if not acting:
        watched = sum(f.verdict is Verdict.WATCH for f in findings)
        return f"**Nothing asks anyone to act**; {plural(watched, 'finding')} to watch."
    owners = Counter(ROUTE_WORD[f.route].lower() for f in acting)
    asked = ", ".join(f"{owner} {count(n)}" for owner, n in owners.most_common())
    return f"**{count(len(acting))} of {plural(len(findings), 'finding')} ask{'s' if len(acting) == 1 else ''} someone to act**: {asked}."


def matching(
    findings: Sequence[Finding],
    verdicts: Sequence[Verdict],
    search: str = "",
    *,
    also: str | None = None,
) -> list[Finding]:
    """Findings with one of ``verdicts`` whose title, columns, kind or site hold every word of ``search``, in the order given; the one with the id ``also`` whatever it holds."""

    def found(f: Finding) -> bool:
        segment = (f.segment.column, str(f.segment.value)) if f.segment else ()
        parts = (f.title, f.kind.replace("_", " "), *f.columns, *segment, f.route.value)
        return all(word in " ".join(parts).lower() for word in search.lower().split())

    return [f for f in findings if f.id == also or (f.verdict in verdicts and found(f))]


def holds_back(finding: Finding, readiness: Readiness) -> str:
    """The criterion, first in the plan, that rests on this finding: ``DAT-05 at level 0``; empty when there is none."""
    resting = {c.id: c for c in readiness.criteria if finding.id in c.findings}
    step = next((s for s in readiness.next if s.criterion in resting), None)
    level = resting[step.criterion].level if step else None
    return f"{step.criterion} at level {level}" if step and level is not None else ""


def grouped(
    shown: Sequence[Finding], by: Grouping, everything: Sequence[Finding], site: str | None = None
) -> list[tuple[str, list[Finding]]]:
    """Groups of findings with a title each, the group with the most urgent finding first, order inside kept.

    By cause, a finding that explains others stands first among them; findings without such ties stand under their signal.
    ``everything`` is where causes are looked up, because a filter may hide them; ``site`` names the site column.
    """
    known = {f.id: f for f in everything}
    explaining = {root(f, known).id for f in everything if f.cause and root(f, known).id != f.id}
    groups: dict[str, tuple[str, list[Finding]]] = {}
    for finding in shown:
        origin = root(finding, known)
        if by == "cause" and origin.id in explaining:
            title = f"{_names(origin) or origin.title}: one cause"
            groups.setdefault(origin.id, (title, []))[1].append(finding)
            continue
        title = _group(finding, by, site)
        groups.setdefault(title, (title, []))[1].append(finding)
    if by == "cause":
        for _, members in groups.values():
            members.sort(key=lambda f: f.id not in explaining)
    return list(groups.values())


def _group(finding: Finding, by: Grouping, site: str | None) -> str:
    if by == "column":
        return _names(finding) or "Whole data set"
    if by == "site":
        sites = sites_of(finding, site)
        named = f"{site} {' and '.join(sites[:3])}{' …' if len(sites) > 3 else ''}"
        return named if sites else "No single site"
    return ROUTE_WORD[finding.route] if by == "owner" else SIGNAL_WORD[finding.signal]


def sites_of(finding: Finding, site: str | None) -> tuple[str, ...]:
    """Sites that carry a finding: that of its segment, else those where its effect is at least half of the largest one
    while it is at most a quarter elsewhere; none when it is everywhere."""
    if finding.segment is not None and finding.segment.column == site:
        return (finding.segment.value,)
    parts = [p for p in finding.slices if p.by == "site"]
    sizes = {p.value: abs(p.effect or 0.0) for p in parts}
    most = max(sizes.values(), default=0.0)
    carry = tuple(sorted(v for v, size in sizes.items() if most and size >= 0.5 * most))
    rest = [size for v, size in sizes.items() if v not in carry]
    return carry if rest and max(rest) <= 0.25 * most else ()


def _names(finding: Finding) -> str:
    return ", ".join(finding.columns[:3]) + (" …" if len(finding.columns) > 3 else "")


def size_words(finding: Finding, assessment: Assessment) -> str:
    """How much of live data a finding touches: ``6.1 % of live rows``; empty when that is not known."""
    rows = assessment.inputs.live.rows
    if not finding.rows_affected or not rows:
        return ""
    if finding.rows_affected < 11:
        return "1-10 live rows"
    return f"{percent(finding.rows_affected / rows)} of live rows"


def row_label(finding: Finding, assessment: Assessment) -> str:
    """One line of the list: verdict as icon, word and colour, the title, the size and the owner."""
    look = theme.VERDICT[finding.verdict]
    size, owner = size_words(finding, assessment), ROUTE_WORD[finding.route].lower()
    rest = " · ".join(filter(None, (size, owner, holds_back(finding, assessment.readiness))))
    return f":{look.color}[{look.icon} {look.word}] **{plain(finding.title)}** · {unbroken(rest)}"


def filters(findings: Sequence[Finding]) -> tuple[list[Verdict], Grouping, str]:
    """Show the filters, keep them in the address, and return what was chosen: verdicts, grouping, search words."""
    asked = [Verdict(v) for v in st.query_params.get_all("show") if v in set(Verdict)]
    words = {
        v: f"{theme.VERDICT[v].icon} {theme.VERDICT[v].word} {count(sum(f.verdict is v for f in findings))}"
        for v in VERDICTS
    }
    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        chosen = st.pills(
            "Show",
            VERDICTS,
            selection_mode="multi",
            default=asked or list(SHOWN_FIRST),
            format_func=words.__getitem__,
            key="findings_show",
            on_change=_remember_filter,
            wrap=True,
        )
        by = st.segmented_control(
            "Group by", GROUPINGS, default="cause", required=True, key="group", bind="query-params"
        )
        search = st.text_input(
            "Search",
            key="search",
            placeholder="column, site or word",
            icon=":material/search:",
            width=200,
        )
    return list(chosen), by, search or ""


def _remember_filter() -> None:
    """Write the chosen verdicts into the address, so that a reload and a shared link show the same list."""
    st.query_params["show"] = [v.value for v in st.session_state["findings_show"]]


def opened() -> str | None:
    """Id of the finding that the address opens (``?finding=``); its row is opened once, also by a link on this page."""
    finding = st.query_params.get("finding")
    if finding and finding != st.session_state.get("finding_asked"):
        _open_only(f"{ROW}{finding}")
    st.session_state["finding_asked"] = finding
    return finding


def toggle(finding_id: str) -> None:
    """Put the finding that was just opened into the address, or take it out when it was closed."""
    key = f"{ROW}{finding_id}"
    if st.session_state.get(key):
        st.query_params["finding"] = st.session_state["finding_asked"] = finding_id
        _open_only(key)
    elif st.query_params.get("finding") == finding_id:
        del st.query_params["finding"]


def _open_only(key: str) -> None:
    for other in [k for k in st.session_state if str(k).startswith(ROW)]:
        st.session_state[other] = other == key
    st.session_state[key] = True

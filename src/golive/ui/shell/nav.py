"""The one table of pages: file, title, icon, address, who sees it, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from golive.settings import resource

EVERYONE = frozenset({"viewer", "reviewer", "admin"})


@dataclass(frozen=True)
class PageSpec:
    """One page. ``file`` is relative to ``app.py`` and never directly in ``pages/``; ``url_path`` never changes."""

    section: str
    file: str
    title: str
    icon: str
    url_path: str
    help: str
    roles: frozenset[str] = EVERYONE
    default: bool = False
    hidden: bool = False

    @property
    def path(self) -> Path:
        """Where the script lies, in a checkout and in a wheel."""
        return resource(*self.file.split("/"))


PAGES = (
    PageSpec(
        "Verdict",
        "pages/verdict/overview.py",
        "Overview",
        ":material/flag:",
        "overview",
        "Is the pilot ready, and what is in the way?",
        default=True,
    ),
    PageSpec(
        "Verdict",
        "pages/verdict/present.py",
        "Present",
        ":material/slideshow:",
        "present",
        "One screen for a meeting.",
        hidden=True,
    ),
    PageSpec(
        "Verdict",
        "pages/verdict/readiness.py",
        "Readiness",
        ":material/fact_check:",
        "readiness",
        "Every dimension, criterion and gate, and what proves it.",
    ),
    PageSpec(
        "Verdict",
        "pages/verdict/plan.py",
        "Plan",
        ":material/checklist:",
        "plan",
        "What to fix, prove and renew, by whom and until when.",
    ),
    PageSpec(
        "Verdict",
        "pages/verdict/failure_modes.py",
        "Failure modes",
        ":material/crisis_alert:",
        "failure_modes",
        "Four ways good pilots die, and which of them this one shows.",
    ),
    PageSpec(
        "Verdict",
        "pages/verdict/value.py",
        "Value",
        ":material/payments:",
        "value",
        "What it costs and brings, as ranges, and what alerts ask of people.",
    ),
    PageSpec(
        "Live data",
        "pages/evidence/findings.py",
        "Findings",
        ":material/search:",
        "findings",
        "What live data does differently, how sure that is, and who acts.",
    ),
    PageSpec(
        "Live data",
        "pages/evidence/distributions.py",
        "Distributions",
        ":material/bar_chart:",
        "distributions",
        "Each column in training and in live data.",
    ),
    PageSpec(
        "Live data",
        "pages/evidence/generated_text.py",
        "Generated text",
        ":material/article:",
        "generated_text",
        "Does what the model writes stand in its source? Review outputs.",
    ),
    PageSpec(
        "Performance",
        "pages/performance/performance.py",
        "Performance",
        ":material/monitoring:",
        "performance",
        "Does the model still work on live patients?",
    ),
    PageSpec(
        "Performance",
        "pages/performance/subgroups.py",
        "Subgroups",
        ":material/groups:",
        "subgroups",
        "For whom it works, and of whom too little is known.",
    ),
    PageSpec(
        "Performance",
        "pages/performance/operations.py",
        "Operations",
        ":material/speed:",
        "operations",
        "Answers in time, errors, late inputs.",
    ),
    PageSpec(
        "Pilot",
        "pages/pilot/start.py",
        "Start",
        ":material/rocket_launch:",
        "start",
        "Five steps to a verdict, what each column unlocks, and what the words mean.",
    ),
    PageSpec(
        "Pilot",
        "pages/pilot/define.py",
        "Define",
        ":material/edit_note:",
        "define",
        "What the pilot is for, how risky it is, and what ready means.",
    ),
    PageSpec(
        "Pilot",
        "pages/pilot/data.py",
        "Data",
        ":material/upload_file:",
        "data",
        "Bring training and live data, check what each column is, and assess.",
    ),
    PageSpec(
        "Pilot",
        "pages/pilot/contract.py",
        "Contract",
        ":material/handshake:",
        "contract",
        "What each batch must be, who owns the result, and what live data breaks.",
    ),
    PageSpec(
        "Pilot",
        "pages/pilot/code_releases.py",
        "Code releases",
        ":material/library_books:",
        "code_releases",
        "Which codes existed when: the lists that code columns are held against.",
    ),
    PageSpec(
        "Pilot",
        "pages/pilot/scope.py",
        "Scope and decisions",
        ":material/gavel:",
        "scope",
        "What is in, what is out on purpose, what was decided and put off, and who owns it.",
    ),
    PageSpec(
        "Pilot",
        "pages/pilot/evidence.py",
        "Evidence",
        ":material/folder_open:",
        "evidence",
        "What proves each criterion, until when, and who accepted it.",
    ),
    PageSpec(
        "Pilot",
        "pages/pilot/policy.py",
        "Policy and standards",
        ":material/balance:",
        "policy",
        "What readiness is judged by, and which clauses have evidence behind them.",
    ),
    PageSpec(
        "History",
        "pages/history/sessions.py",
        "Sessions",
        ":material/history:",
        "sessions",
        "Every assessment, kept: open one, compare two.",
    ),
    PageSpec(
        "History",
        "pages/history/monitors.py",
        "Monitors",
        ":material/notifications_active:",
        "monitors",
        "Is every batch arriving, and does anything in it ask for someone?",
    ),
    PageSpec(
        "History",
        "pages/history/trend.py",
        "Trend",
        ":material/trending_up:",
        "trend",
        "Is it getting better or worse, and since when?",
    ),
    PageSpec(
        "History",
        "pages/history/report.py",
        "Report",
        ":material/description:",
        "report",
        "One session as a page, a PDF, slides, a model card or a handoff pack.",
    ),
    PageSpec(
        "History",
        "pages/history/audit.py",
        "Audit",
        ":material/policy:",
        "audit",
        "Who did what, and was anything changed behind it?",
        roles=frozenset({"reviewer", "admin"}),
    ),
)
PRESENT = "present"
"""The page that is shown without navigation around it."""
_BY_URL = {page.url_path: page for page in PAGES}


def asset(name: str) -> str:
    """Path of a picture that GoLive carries. Nothing is fetched: a Material or emoji page icon would come from a web host."""
    return str(Path(__file__).parent / "assets" / name)


def visible(role: str) -> tuple[PageSpec, ...]:
    """Pages that ``role`` may open."""
    return tuple(page for page in PAGES if role in page.roles and page.path.is_file())


def sections(role: str) -> dict[str, list[Any]]:
    """The navigation of ``role`` in the form ``st.navigation`` takes."""
    found: dict[str, list[Any]] = {}
    for page in visible(role):
        found.setdefault(page.section, []).append(
            st.Page(
                page.path,
                title=page.title,
                icon=page.icon,
                # The default page is served at the root and only reserves its name, which its alias below needs.
                url_path="home" if page.default else page.url_path,
                default=page.default,
                help=page.help,
                visibility="hidden" if page.hidden else "visible",
            )
        )
    for page in visible(role):
        if page.default:
            alias = st.Page(
                _to_default, title=page.title, url_path=page.url_path, visibility="hidden"
            )
            found[page.section].append(alias)
    return found


def _to_default() -> None:
    """The default page lives at ``/``; its own name leads there too."""
    go(next(page.url_path for page in PAGES if page.default))


def _sign_in_page() -> None:
    st.title("GoLive", anchor=False)
    st.info("Please sign in to continue.", icon=":material/login:")


def sign_in_only() -> list[Any]:
    """The navigation of someone who has not signed in: one page that says so."""
    return [st.Page(_sign_in_page, title="Sign in", icon=":material/login:", default=True)]


def link(
    url_path: str, label: str, *, icon: str | None = None, query: Mapping[str, str] | None = None
) -> None:
    """A link to a page of the table that keeps the open session."""
    from golive.ui.shell import state

    st.page_link(
        _BY_URL[url_path].path,
        label=label,
        icon=icon,
        query_params={**state.query(), **(query or {})},
    )


def door(
    url_path: str, sentence: str, *, label: str = "Open", query: Mapping[str, str] | None = None
) -> None:
    """Show ``sentence`` (Markdown) and, at its right, a link to a page of the table with ``query``.

    The sentence is not the link itself: ``st.page_link`` cuts a label at the end of its line.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        st.markdown(sentence, width="stretch")
        with st.container(width="content"):
            link(url_path, label, icon=":material/chevron_right:", query=query)


def go(url_path: str, *, query: Mapping[str, str] | None = None) -> None:
    """Switch to a page of the table and keep the open session."""
    from golive.ui.shell import state

    st.switch_page(_BY_URL[url_path].path, query_params={**state.query(), **(query or {})})

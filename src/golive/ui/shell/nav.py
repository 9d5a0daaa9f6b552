"""The pages of ``data/pages.yaml``: file, title, icon, address, who sees each, and what it answers; and links to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
import yaml

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
    roles: frozenset[str]
    default: bool
    hidden: bool

    @property
    def path(self) -> Path:
        """Where the script lies, in a checkout and in a wheel."""
        return resource(*self.file.split("/"))


PRESENT = "present"
"""The page that is shown without navigation around it."""
PAGES = tuple(
    PageSpec(
        section=part["section"],
        file=f"pages/{part['folder']}/{page['name']}.py",
        title=page["title"],
        icon=f":material/{page['icon']}:",
        url_path=page["name"],
        help=page["answers"],
        roles=frozenset(page.get("roles", EVERYONE)),
        default=page.get("default", False),
        hidden=page.get("hidden", False),
    )
    for part in yaml.safe_load(resource("data", "pages.yaml").read_text("utf-8"))
    for page in part["pages"]
)
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
            hidden = st.Page(
                _to_default, title=page.title, url_path=page.url_path, visibility="hidden"
            )
            found[page.section].append(hidden)
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


def line_with_link(
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

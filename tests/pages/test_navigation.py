"""The table of pages and the folder of pages are the same thing, and pages stay scripts."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from golive.ui.shell import nav

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted((ROOT / "pages").rglob("*.py"))
GUARDS = {"require_role", "require_assessment", "assessment_page"}


def test_no_script_lies_directly_in_pages() -> None:
    # Streamlit serves such a script by its address before app.py has run, past any sign-in.
    assert list((ROOT / "pages").glob("*.py")) == []


def test_app_is_short_and_always_navigates() -> None:
    source = (ROOT / "app.py").read_text("utf-8")
    assert len(source.splitlines()) < 60
    (served,) = [node for node in ast.parse(source).body if isinstance(node, ast.If)]
    assert ast.unparse(served.test).startswith(
        "get_script_run_ctx("
    )  # imported by a server, else run for a reader
    script = [node for node in served.orelse if isinstance(node, ast.Assign | ast.Expr)]
    calls = [node for node in script if "st.navigation(" in ast.unparse(node)]
    assert len(calls) == 1  # whenever it runs for a reader: under no other condition
    assert "st.stop" not in source


def test_the_table_lists_every_script_and_nothing_else() -> None:
    assert {page.path for page in nav.PAGES} >= set(SCRIPTS)
    assert len({page.url_path for page in nav.PAGES}) == len(nav.PAGES)
    assert [page.url_path for page in nav.PAGES if page.default] == ["overview"]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_page_is_a_short_script_behind_a_guard(script: Path) -> None:
    source = script.read_text("utf-8")
    assert len(source.splitlines()) < 100
    tree = ast.parse(source)
    assert not [
        node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Try)
    ]
    called = [n.func for n in ast.walk(tree) if isinstance(n, ast.Call)]
    names = [f.attr if isinstance(f, ast.Attribute) else getattr(f, "id", "") for f in called]
    assert GUARDS & set(names)
    assert "pandas" not in source


def test_a_signed_out_visitor_gets_only_the_sign_in(
    open_page: Any, seeded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from golive.ui.shell import guards

    monkeypatch.setattr(guards, "auth_configured", lambda: True)
    app = open_page()
    assert not app.exception
    assert [title.value for title in app.title] == ["GoLive"]
    assert [button.label for button in app.sidebar.button] == ["Sign in"]
    assert not app.markdown


def test_local_mode_says_so(open_page: Any, seeded: Any) -> None:
    app = open_page("pages/history/sessions.py")
    assert any("Local mode" in caption.value for caption in app.sidebar.caption)


def test_a_signed_in_person_is_named_with_the_role(open_page: Any, seeded: Any) -> None:
    app = open_page(
        "pages/history/sessions.py",
        user={"is_logged_in": True, "email": "a@example.org", "roles": ["reviewer"]},
    )
    assert any("reviewer" in caption.value for caption in app.sidebar.caption)


def test_a_session_in_the_address_that_does_not_exist_is_one_clear_error(
    open_page: Any, seeded: Any
) -> None:
    app = open_page(session="00000000-0000-4000-8000-00000000dead")
    assert not app.exception
    assert len(app.error) == 1
    assert "SESSION_UNKNOWN" in app.error[0].value


def test_nonsense_in_the_address_is_told_and_then_the_latest_session_opens(
    open_page: Any, seeded: Any
) -> None:
    app = open_page(session="'; drop table")
    assert not app.exception
    assert "SESSION_ADDRESS" in app.error[0].value
    assert "session" not in app.query_params
    app.run()
    assert not app.exception
    assert not app.error
    assert app.query_params["session"] in (
        "00000000-0000-4000-8000-000000000002",
        ["00000000-0000-4000-8000-000000000002"],
    )


def test_an_empty_store_without_a_sample_says_what_to_do(
    open_page: Any, store: Any, no_sample: None
) -> None:
    app = open_page()
    assert not app.exception
    assert "SAMPLE_FOLDER" in app.error[0].value
    assert [title.value for title in app.title] == ["Nothing assessed yet"]
    assert [button.label for button in app.button] == ["Open the sample session"]


def test_a_store_that_cannot_be_opened_is_one_clear_error(open_page: Any, home: Path) -> None:
    (home / "golive.duckdb").write_bytes(b"this is no database" * 1_000)
    app = open_page("pages/history/sessions.py")
    assert not app.exception
    assert len(app.error) == 1
    assert "STORE_" in app.error[0].value

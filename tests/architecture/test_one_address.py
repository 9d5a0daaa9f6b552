"""Which session and which pilot is answered in one place: nobody else reads that part of the address or of the session state."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from test_imports import PACKAGE, ROOT

UI = sorted([*(PACKAGE / "ui").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "app.py"])
READERS = {
    "session": PACKAGE / "ui" / "shell" / "state.py",
    "open_session": PACKAGE / "ui" / "shell" / "state.py",
    "draft_config": PACKAGE / "ui" / "pilot" / "pilot.py",
    "draft_of": PACKAGE / "ui" / "pilot" / "pilot.py",
}
"""Keys of ``st.query_params`` and ``st.session_state`` that say which session or pilot is open, and their one reader."""


def keys_of(path: Path) -> set[str]:
    """Literal keys, and names of constants, that a file asks ``st.query_params`` or ``st.session_state`` for."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Subscript(value=ast.Attribute(attr="query_params" | "session_state"), slice=s):
                asked = [s]
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(attr="query_params" | "session_state")),
                args=args,
            ):
                asked = args[:1]
            case ast.Compare(comparators=[ast.Attribute(attr="query_params" | "session_state")]):
                asked = [node.left]
            case ast.Attribute(
                value=ast.Attribute(attr="query_params" | "session_state"), attr=name
            ):
                found.add(name)
                continue
            case _:
                continue
        for key in asked:
            if isinstance(key, ast.Constant):
                found.add(str(key.value))
            elif isinstance(key, ast.Name | ast.Attribute):
                found.add(key.id if isinstance(key, ast.Name) else key.attr)
    return found


def constants_of(path: Path) -> dict[str, str]:
    """Names of a module that stand for a string."""
    found: dict[str, str] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            pairs = (
                zip(target.elts, node.value.elts, strict=False)
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                else [(target, node.value)]
            )
            for name, value in pairs:
                if isinstance(name, ast.Name) and isinstance(value, ast.Constant):
                    found[name.id] = str(value.value)
    return found


@pytest.mark.parametrize("path", UI, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_page_reads_which_session_or_pilot_is_open(path: Path) -> None:
    constants = constants_of(path)
    asked = {constants.get(key, key) for key in keys_of(path)}
    assert "QUERY_KEY" not in asked, "the key is that of golive.ui.shell.state"
    for key, reader in READERS.items():
        assert key not in asked or path == reader, f"{key} is read in {reader.name} only"


@pytest.mark.parametrize("key", READERS)
def test_the_reader_is_found(key: str) -> None:
    reader = READERS[key]
    constants = constants_of(reader)
    assert key in {constants.get(name, name) for name in keys_of(reader)}

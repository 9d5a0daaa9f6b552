"""A comment cites what a reader of this repository can open: no file that is not in it, and links that lead somewhere."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("src", "pages", "tests", "data", "docs", ".streamlit")
FILE = re.compile(r"[\w./-]*\w\.(?:md|ya?ml)\b")
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
WRITTEN_BY_USERS = {
    "config.yaml",
    "contract.yaml",
    "evidence.yaml",
    "monitor.yaml",
    "truth.yaml",
    "NAME.yaml",
}
"""Names that GoLive gives to files of a pilot, or examples of them; they stand nowhere in the repository."""


def texts() -> list[Path]:
    """Files whose comments people read."""
    found = [p for folder in FOLDERS for p in (ROOT / folder).rglob("*") if p.is_file()]
    found = [p for p in found if "__pycache__" not in p.parts]
    return sorted(
        [*found, *ROOT.glob("*.py"), *ROOT.glob("*.md"), *ROOT.glob("*.toml"), ROOT / "Makefile"]
    )


def comments(path: Path) -> str:
    """Comments and docstrings of a file, one a line; a Markdown file is a comment as a whole."""
    if path.suffix not in {".py", ".yaml", ".yml", ".toml", ".md", ".typ", ".css", ""}:
        return ""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return text
    if path.suffix != ".py":
        return "\n".join(line for line in text.splitlines() if line.lstrip().startswith("#"))
    said = [
        token.string
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
    ]
    # A text that stands alone is a docstring, of a module, class or function or of the constant above it.
    said += [
        node.value.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ]
    return "\n".join(said)


@pytest.fixture(scope="module")
def said() -> dict[str, str]:
    """Comments of every file by its path in the repository."""
    return {path.relative_to(ROOT).as_posix(): comments(path) for path in texts()}


def test_a_cited_file_is_in_the_repository(said: dict[str, str]) -> None:
    known = said.keys() | {Path(path).name for path in said}
    missing = [
        f"{path}: {cited}"
        for path, text in said.items()
        for cited in FILE.findall(text)
        if cited not in known
        and Path(cited).name not in WRITTEN_BY_USERS
        and not (ROOT / path).parent.joinpath(cited).is_file()
    ]
    assert missing == []


def test_links_of_the_documents_lead_somewhere() -> None:
    documents = [p for p in texts() if p.suffix == ".md"]
    missing = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in documents
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert missing == []
    assert documents


def test_no_comment_says_todo(said: dict[str, str]) -> None:
    unfinished = [path for path, text in said.items() if re.search(r"\b(TODO|FIXME)\b", text)]
    assert unfinished == []


@pytest.mark.parametrize(
    ("code", "cited"),
    [
        ("x = 1  # see craft.md, finding 1", ["craft.md"]),
        ('"""The rule of ``notes/rule.yaml``."""', ["notes/rule.yaml"]),
        ('x = 1\n"""Share, from peers.md."""', ["peers.md"]),
        ('x = "a.yaml"', []),
    ],
)
def test_citations_are_found(tmp_path: Path, code: str, cited: list[str]) -> None:
    (tmp_path / "module.py").write_text(code)
    assert FILE.findall(comments(tmp_path / "module.py")) == cited

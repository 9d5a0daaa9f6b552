"""Imports point one way, heavy libraries stay where they belong, and files keep their size."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import draw_architecture
import pytest
import yaml
from draw_architecture import module_imports

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "golive"

# Layers from the bottom up: a layer may import itself and what stands before it.
LAYERS = [
    {"model"},
    {"settings"},
    {"streamlit_config"},
    {"stats"},
    {"wording"},
    {"intake"},
    {"samples"},
    {"profile"},
    {"compare", "text"},
    {"outcomes"},
    {"readiness"},
    {"contract"},
    {"assess"},
    {"store", "report", "alerts"},
    {"monitor"},
    {"sample_session", "doctor"},
    {"ui"},
    {"api"},
    {"cli", "server"},
]
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
SIBLINGS_APART = ({"compare", "outcomes"}, {"compare", "text"}, {"cli", "server"})
# library -> where it may be imported (prefixes of the path below the checkout)
ONLY_IN = {
    "streamlit": (
        "app.py",
        "pages/",
        "src/golive/ui/",
        "src/golive/server.py",
        "src/golive/streamlit_config.py",
    ),
    # Scores of columns, and descriptors and judges of texts: the first sees numbers only, the second is where texts still are.
    "evidently": ("src/golive/compare/drift/evidently.py", "src/golive/profile/text/evidently.py"),
    "httpx": (
        "src/golive/text/judge_call.py",
    ),  # nothing else calls out, and this only when a person said so
    "plotly": ("src/golive/ui/", "src/golive/report/"),
    "typer": ("src/golive/cli",),
    "duckdb": (
        "src/golive/store/",
        "src/golive/intake/",
        "src/golive/profile/",
        "src/golive/doctor.py",
    ),
}


def sources() -> list[Path]:
    """Every Python file of the product."""
    return sorted([*PACKAGE.rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "app.py"])


def imported(path: Path) -> set[str]:
    """Dotted names that a file imports, wherever the import stands."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def layer_of(dotted: str) -> str | None:
    """First part below ``golive`` of a dotted name, when it is one of the layers."""
    parts = dotted.split(".")
    return parts[1] if parts[0] == "golive" and len(parts) > 1 and parts[1] in RANK else None


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_imports_point_one_way(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if own in {"__init__", "__main__"}:
        return
    assert own in RANK, f"{own} has no place in the layers"
    for name in imported(path):
        layer = layer_of(name)
        if layer is None:
            continue
        assert RANK[layer] <= RANK[own], f"{path.name} imports {name}: the arrow points back"
        for apart in SIBLINGS_APART:
            assert not (own in apart and layer in apart and own != layer), (
                f"{path.name} imports {name}"
            )


@pytest.mark.parametrize("library", ONLY_IN)
def test_library_is_imported_only_where_it_belongs(library: str) -> None:
    for path in sources():
        place = path.relative_to(ROOT).as_posix()
        if any(name.split(".")[0] == library for name in imported(path)):
            assert place.startswith(ONLY_IN[library]), f"{place} imports {library}"


def test_pages_are_scripts_one_level_down() -> None:
    assert not list((ROOT / "pages").glob("*.py")), (
        "a script directly in pages/ is served without app.py"
    )
    for page in (ROOT / "pages").rglob("*.py"):
        assert len(page.read_text(encoding="utf-8").splitlines()) <= 100, (
            f"{page.name} is over 100 lines"
        )
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) <= 60


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_modules_hold_one_idea(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines = len(text.splitlines())
    assert lines <= 600
    assert path.stem not in {"utils", "helpers", "manager", "misc", "common"}
    if path.name not in {
        "__init__.py",
        "__main__.py",
    }:  # the door of a folder passes on, and should
        assert lines >= 40 or not passes_on(ast.parse(text)), f"{path.name} only passes on"


def passes_on(module: ast.Module) -> bool:
    """Whether a module holds only imports, other names for things, and functions that call one other function."""
    return all(_passes_on(node) for node in module.body)


def _passes_on(node: ast.stmt) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return True
        case ast.If(body=body):  # ``if TYPE_CHECKING``
            return all(_passes_on(part) for part in body)
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return True
        case ast.Assign(value=ast.Name() | ast.Attribute()):
            return True
        case ast.FunctionDef(body=body) | ast.AsyncFunctionDef(body=body):
            said = [part for part in body if not _passes_on(part)]
            return len(said) == 1 and _calls_another(said[0])
    return False


def _calls_another(node: ast.stmt) -> bool:
    """``return other(a, b.c, 1, key=d)``: nothing is worked out on the way."""
    if not isinstance(node, ast.Return | ast.Expr) or not isinstance(node.value, ast.Call):
        return False
    call = node.value
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    return all(
        isinstance(value, ast.Name | ast.Attribute | ast.Constant | ast.Starred) for value in values
    )


@pytest.mark.parametrize(
    ("code", "only_passes_on"),
    [
        ('"""Words."""\nfrom golive.text import words\n__all__ = ["words"]\n', True),
        ("from golive import text\nplain = text.plain\n", True),
        ("def f(a, b=1):\n    from golive import g\n    return g(a, b=b)\n", True),
        ("def f(a):\n    return g(a + 1)\n", False),
        ("LIMIT = 5\n", False),
        ("def f(a):\n    b = h(a)\n    return g(b)\n", False),
    ],
)
def test_passing_on_is_told_from_work(code: str, only_passes_on: bool) -> None:
    assert passes_on(ast.parse(code)) is only_passes_on


def test_folders_can_be_read_at_a_glance() -> None:
    for folder in {path.parent for path in PACKAGE.rglob("*.py")}:
        names = sorted(path.name for path in folder.glob("*.py"))
        assert len(names) <= 22, f"{folder.relative_to(ROOT)} has {len(names)} files: {names}"


def test_no_circle_of_files() -> None:
    """Imports inside functions count too: of two files that need each other, neither can be read alone."""
    graph = module_imports(PACKAGE)
    assert len(graph) > 300
    assert circles(graph) == []


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules that reach each other, each sorted."""
    order = TopologicalSorter(graph)
    try:
        order.prepare()
    except CycleError as error:
        circle = sorted(set(error.args[1]))
        rest = {name: used - set(circle) for name, used in graph.items() if name not in circle}
        return [circle, *circles(rest)]
    return []


def test_a_circle_is_found() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"d", "a"}, "d": set()}
    assert circles(graph) == [["a", "b", "c"]]
    assert circles({"a": {"b"}, "b": {"c", "d"}, "c": {"d"}, "d": set()}) == []


def test_nothing_heavy_is_imported_with_the_nouns() -> None:
    code = "import sys, golive.model.result, golive.model.config; print(sorted({m.split('.')[0] for m in sys.modules}))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    for heavy in (
        "streamlit",
        "evidently",
        "pandas",
        "plotly",
        "sklearn",
        "scipy",
        "duckdb",
        "ibis",
    ):
        assert f"'{heavy}'" not in loaded, f"the nouns load {heavy}"


def test_the_picture_of_the_architecture_is_what_the_imports_say() -> None:
    page = draw_architecture.PAGE.read_text(encoding="utf-8")
    assert page == draw_architecture.drawn(page), "draw it again: make docs"
    assert len(page.splitlines()) <= 110  # one page


def test_commits_are_checked_by_what_ci_runs() -> None:
    """Hooks run from ``.venv`` and fetch nothing; each command of ``make lint`` is one of them."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repo["repo"] for repo in hooks["repos"]] == ["local"]
    entries = [
        hook["entry"].removesuffix(" --force-exclude") for hook in hooks["repos"][0]["hooks"]
    ]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    lint = makefile.split("\nlint:")[1].split("\n\n")[0].splitlines()[1:]
    wanted = [line.strip().replace("$(BIN)", ".venv/bin").removesuffix(" .") for line in lint]
    assert entries == wanted

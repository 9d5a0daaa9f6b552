"""Draw the picture of ``docs/architecture.md`` from the imports: ``python docs/draw_architecture.py``, or ``make docs``.

A box is a folder or a file directly in ``src/golive``, ``app.py`` and ``pages``. An arrow says "imports", wherever in a file
the import stands; arrows that follow from two others are left out, so that what is left can be read.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "golive"
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "```mermaid\n", "```\n"
PAGES = "app.py and pages"


def module_imports(package: Path) -> dict[str, set[str]]:
    """Dotted name of every module of a package, and the modules of the package that it imports, inside functions too.

    ``from package import part`` is an import of ``part`` where that is a module, else of ``package``.
    """
    modules = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        modules[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return {
        name: (imported(path, set(modules)) & modules.keys()) - {name}
        for name, path in modules.items()
    }


def imported(path: Path, modules: set[str]) -> set[str]:
    """Dotted names that a file imports, as far as ``modules`` says which are modules."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= inside & modules
            if inside - modules:
                names.add(node.module)
    return names


def folder_imports() -> dict[str, set[str]]:
    """Which folder, or file directly in the package, imports which; ``app.py`` and ``pages`` are one."""
    modules = module_imports(PACKAGE)
    graph: dict[str, set[str]] = {PAGES: set()}
    for name, used in modules.items():
        if (own := _folder(name)) is not None:
            graph.setdefault(own, set()).update(f for f in map(_folder, used) if f and f != own)
    for script in [ROOT / "app.py", *(ROOT / "pages").rglob("*.py")]:
        used = imported(script, set(modules)) & modules.keys()
        graph[PAGES] |= {f for f in map(_folder, used) if f}
    return graph


def _folder(module: str) -> str | None:
    """``golive.compare.drift.findings`` -> ``compare``; ``None`` for the package itself."""
    return module.split(".")[1] if "." in module else None


def reduced(graph: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """``graph`` (without circles) without the arrows that a longer way says too."""

    def reached(start: str) -> set[str]:
        found: set[str] = set()
        waiting = list(graph[start])
        while waiting:
            if (node := waiting.pop()) not in found:
                found.add(node)
                waiting += graph[node]
        return found

    below = {node: reached(node) for node in graph}
    return {
        node: {used for used in uses if not any(used in below[o] for o in uses - {used})}
        for node, uses in graph.items()
    }


def mermaid() -> str:
    """The folders and their imports as a Mermaid flow chart; https://mermaid.js.org."""
    graph = reduced(folder_imports())
    keys = {name: f"n{i}" for i, name in enumerate(sorted(graph))}
    lines = ["flowchart TD"]
    for name, key in keys.items():
        parts = sorted(p.parent.name for p in (PACKAGE / name).glob("*/__init__.py"))
        label = f"<b>{name}</b>" + (f"<br/>{', '.join(parts)}" if parts else "")
        lines.append(f'    {key}["{label}"]')
    lines += [f"    {keys[a]} --> {keys[b]}" for a in sorted(graph) for b in sorted(graph[a])]
    return "\n".join(lines) + "\n"


def drawn(page: str) -> str:
    """``page`` with the picture as the imports give it now."""
    before, rest = page.split(BEGIN, 1)
    return before + BEGIN + mermaid() + END + rest.split(END, 1)[1]


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

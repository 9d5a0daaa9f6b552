"""``make bounds``: the fast part of the suite on the lowest and on the newest versions that ``pyproject.toml`` allows.

Each run has an environment of its own under ``build/bounds``. The test tools come at their newest in both. The newest run
leaves the ``secure`` extra out: its extension exists for one DuckDB only and would hold DuckDB back.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "bounds"
UV = str(Path(sys.executable).with_name("uv"))
# Slow, or about the installed product and not about the libraries.
LEFT_OUT = (
    "tests/browser",
    "tests/installed",
    "tests/benchmarks",
    "tests/architecture/test_locks.py",
    "tests/test_contributing.py",
)


@dataclass(frozen=True)
class Run:
    """One end of the ranges."""

    name: str
    resolution: str
    extras: tuple[str, ...]
    marker: str


RUNS = (
    Run("lowest", "lowest-direct", ("auth", "secure", "spark"), "not browser"),
    Run("newest", "highest", ("auth", "spark"), "not browser and not secure"),
)


def tools() -> str:
    """Requirements of the tests, without GoLive's own extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return "\n".join(
        r for r in project["optional-dependencies"]["dev"] if not r.startswith("golive[")
    )


def resolve(run: Run) -> Path:
    """Write and return the list of versions of this end, the application's own first."""
    compile_ = [
        UV,
        "pip",
        "compile",
        "--quiet",
        "--no-header",
        "--no-annotate",
        "--python",
        sys.executable,
    ]
    extras = [word for extra in run.extras for word in ("--extra", extra)]
    own, whole = FOLDER / f"{run.name}.txt", FOLDER / f"{run.name}-with-tools.txt"
    command = [*compile_, "--resolution", run.resolution, *extras, "pyproject.toml", "-o", str(own)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    given = f"{own.read_text('utf-8')}\n{tools()}\n"
    command = [*compile_, "-", "-o", str(whole)]
    subprocess.run(command, cwd=ROOT, check=True, input=given, text=True, stdout=subprocess.DEVNULL)
    print(
        f"\n{run.name} versions of pyproject.toml: {' '.join(own.read_text('utf-8').split())}\n",
        flush=True,
    )
    return whole


def passes(run: Run, words: list[str]) -> bool:
    """Install this end and run the fast part on it."""
    environment = FOLDER / run.name
    python = str(environment / "bin" / "python")
    if not Path(python).exists():
        subprocess.run(
            [UV, "venv", "--quiet", "--python", sys.executable, str(environment)], check=True
        )
    subprocess.run(
        [UV, "pip", "sync", "--quiet", "--python", python, str(resolve(run))], cwd=ROOT, check=True
    )
    subprocess.run(
        [UV, "pip", "install", "--quiet", "--no-deps", "--python", python, "-e", "."],
        cwd=ROOT,
        check=True,
    )
    ignored = [f"--ignore={path}" for path in LEFT_OUT]
    tests = [
        python,
        "-m",
        "pytest",
        "-n",
        "2",
        "--dist",
        "loadfile",
        "-q",
        "-m",
        run.marker,
        *ignored,
        *words,
    ]
    return subprocess.run(tests, cwd=ROOT, check=False).returncode == 0


def main(words: list[str]) -> int:
    """Both ends, also when the first one fails; 1 when one did. Words are passed on to pytest."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    failed = [run.name for run in RUNS if not passes(run, words)]
    print(f"make bounds: {'both ends pass' if not failed else ' and '.join(failed) + ' failed'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A skip has a reason from the short list in ``tests/skips.py``, and a run that meets another one fails and says where."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import skips

TESTS = Path(__file__).resolve().parents[1]
REASONS = {f"skips.{name}" for name, value in vars(skips).items() if value in list(skips.ALLOWED)}
NEVER = {"importorskip", "xfail", "skipIf", "skipUnless", "skipTest", "SkipTest", "expectedFailure"}
LISTED = "import pytest, skips\ndef test_java(): pytest.skip(skips.NO_JAVA)\ndef test_data(reference_data): ...\n"
Run = Callable[..., tuple[int, str]]


@pytest.fixture(params=[(), ("-n", "2", "--dist", "loadfile")], ids=["alone", "two processes"])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    """``run(name=source, ...)``: exit status and last section of a run of these test files beside our own ``conftest.py``."""
    folder = tmp_path / "checkout" / "tests"
    folder.mkdir(parents=True)
    (folder.parent / "pytest.ini").write_text("[pytest]\naddopts = -rs\n")
    for name in ("conftest.py", "skips.py"):
        shutil.copy(TESTS / name, folder)

    def call(**files: str) -> tuple[int, str]:
        for name, source in files.items():
            (folder / f"test_{name}.py").write_text(source)
        outer = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COV_"))}
        environment = outer | {
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"
        }  # the others cost a second a run
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "-p",
            "xdist",
            *request.param,
            "tests",
        ]
        done = subprocess.run(
            command,
            cwd=folder.parent,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert not done.stderr
        return done.returncode, done.stdout.partition("= skipped and why =")[2]

    return call


def test_listed_reasons_are_told_and_the_run_passes(run: Run) -> None:
    status, told = run(listed=LISTED, more=LISTED, fine="def test_fine(): ...")
    assert status == 0
    for reason in (skips.NO_JAVA, skips.NO_REFERENCE):
        assert f"    2 {reason}\n" in told
    for file in ("listed", "more"):
        assert told.count(f"          1 tests/test_{file}.py\n") == 2
    assert "NOT ALLOWED" not in told
    assert "short test summary" not in told, "the list is the last thing before the line of totals"


def test_nothing_skipped_is_nothing_told(run: Run) -> None:
    assert run(fine="def test_fine(): ...") == (0, "")


def test_an_unlisted_reason_fails_the_run_and_names_the_tests(run: Run) -> None:
    why = "'pdftotext is not installed'"
    status, told = run(
        listed=LISTED,
        called=f"import pytest\ndef test_x(): pytest.skip({why})",
        marked=f"import pytest\n@pytest.mark.skipif(True, reason={why})\ndef test_x(): ...",
        unit=f"import unittest\nclass TestA(unittest.TestCase):\n    def test_x(self): self.skipTest({why})",
        fixture=f"import pytest\n@pytest.fixture\ndef tool(): pytest.skip({why})\ndef test_x(tool): ...",
        empty="import pytest\n@pytest.mark.parametrize('x', [])\ndef test_x(x): ...",
    )
    assert status == 1
    assert "    4 NOT ALLOWED: pdftotext is not installed\n" in told
    for test in (
        "called.py::test_x",
        "marked.py::test_x",
        "unit.py::TestA::test_x",
        "fixture.py::test_x",
    ):
        assert f"  tests/test_{test}\n" in told
    assert "    1 NOT ALLOWED: got empty parameter set" in told
    assert f"    1 {skips.NO_JAVA}\n" in told
    assert "tests/skips.py" in told


def test_a_file_skipped_whole_fails_the_run(run: Run) -> None:
    absent = "import pytest\npytest.importorskip('no_such_library')\ndef test_x(): ..."
    status, told = run(
        absent=absent, wholly="import pytest\npytest.skip('later', allow_module_level=True)"
    )
    assert status == 1
    assert "    1 NOT ALLOWED: could not import 'no_such_library'" in told
    assert "    1 NOT ALLOWED: later\n" in told
    for name in ("absent", "wholly"):
        assert f"  tests/test_{name}.py\n" in told


def test_expecting_a_failure_is_no_way_round(run: Run) -> None:
    mark = f"import pytest, skips\n@pytest.mark.xfail(reason={skips.NO_JAVA!r}, strict=False)\n"
    status, told = run(fails=mark + "def test_x(): assert 0", passes=mark + "def test_y(): ...")
    assert status == 1
    assert f"    2 NOT ALLOWED: expected to fail: {skips.NO_JAVA}\n" in told
    for test in ("tests/test_fails.py::test_x", "tests/test_passes.py::test_y"):
        assert f"{test}\n" in told


def holes(source: str) -> list[str]:
    """Lines of a test file that could skip a test for a reason that is not on the list."""
    found = []
    for node in ast.walk(ast.parse(source)):
        name = getattr(node, "attr", getattr(node, "id", ""))
        called = (
            getattr(node.func, "attr", getattr(node.func, "id", ""))
            if isinstance(node, ast.Call)
            else ""
        )
        if name in NEVER:
            found.append(f"line {node.lineno}: {name}")
        elif isinstance(node, ast.Call) and called in ("skip", "skipif"):
            reason = next(
                (k.value for k in node.keywords if k.arg == "reason"),
                node.args[-1] if node.args else None,
            )
            if reason is None or ast.unparse(reason) not in REASONS:
                found.append(f"line {node.lineno}: {ast.unparse(node)}")
    return found


def test_every_skip_in_the_tests_takes_its_reason_from_the_list() -> None:
    """On a machine that has everything no run meets a skip, so the source is read too."""
    found = {
        str(p.relative_to(TESTS)): holes(p.read_text(encoding="utf-8"))
        for p in sorted(TESTS.rglob("*.py"))
    }
    assert len(found) > 100
    assert {file: lines for file, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "source",
    [
        "pytest.skip('no poppler')",
        "pytest.skip(reason='no poppler')",
        "skip('no poppler')",
        "pytest.skip()",
        "pytest.importorskip('pyspark')",
        "x = pytest.mark.skipif(True, reason='no poppler')",
        "x = pytest.mark.xfail",
        "self.skipTest(skips.NO_JAVA)",
        "pytest.skip(skips.ALLOWED)",
    ],
)
def test_a_hole_in_the_source_is_seen(source: str) -> None:
    assert len(holes(f"if sys.platform == 'linux':\n    {source}")) == 1
    assert (
        holes("pytest.skip(skips.NO_JAVA)\nx = pytest.mark.skipif(not FULL, reason=skips.NOT_FULL)")
        == []
    )

"""A part of a package without the rest, and the rest as soon as somebody asks for it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from golive.compare.drift.late_package import late


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    name = "zz_made_package"
    (tmp_path / name).mkdir()
    (tmp_path / name / "part.py").write_text("VALUE = 1\n")
    (tmp_path / name / "slow.py").write_text("import time\ntime.sleep(0.05)\nTIMES = [1]\n")
    (tmp_path / name / "__init__.py").write_text(
        f"from {name} import slow\nfrom {name}.part import VALUE\nslow.TIMES.append(1)\nWHOLE = VALUE + 1\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield name
    for module in [m for m in sys.modules if m.split(".")[0] == name]:
        del sys.modules[module]


def test_a_part_is_imported_without_the_rest_and_the_rest_when_it_is_asked_for(
    package: str,
) -> None:
    late(package)
    exec(f"from {package}.part import VALUE", held := {})
    assert held["VALUE"] == 1
    assert f"{package}.slow" not in sys.modules
    made = sys.modules[package]
    assert not hasattr(made, "__wrapped__")
    assert f"{package}.slow" not in sys.modules, "a look at a module's inside runs nothing"
    exec(f"from {package} import WHOLE", held)
    assert held["WHOLE"] == 2
    assert sys.modules[package] is made
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = made.no_such_name


def test_the_rest_runs_once_whoever_asks(package: str) -> None:
    late(package)
    late(package)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: sys.modules[package].WHOLE, range(4))) == [2] * 4
    assert sys.modules[f"{package}.slow"].TIMES == [1, 1]


def test_no_such_package() -> None:
    with pytest.raises(ModuleNotFoundError, match="zz_no_such_package"):
        late("zz_no_such_package")


def test_scores_load_only_a_part_of_evidently_and_its_page_still_works() -> None:
    code = """
import sys, warnings
warnings.simplefilter("ignore")
from golive.compare.drift import evidently as e
e.warm().join()
get_stattest, kinds = e._statistics()
assert "evidently.presets" not in sys.modules and "nltk" not in sys.modules and "litestar" not in sys.modules
before = get_stattest
assert e._load().Report.__name__ == "Report" and "evidently.presets" in sys.modules
from evidently.legacy.calculations.stattests import get_stattest as after
import evidently.core.report as report
assert after is before
assert report.Report is e._load().Report
"""
    subprocess.run([sys.executable, "-c", code], check=True)

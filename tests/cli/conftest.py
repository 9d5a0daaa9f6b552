"""A home of its own for every test, two small data sets, and a store in which they were assessed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from golive.cli import run


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("GOLIVE_HOME", str(folder))
    monkeypatch.setenv("GOLIVE_STORE", str(folder / "golive.duckdb"))
    monkeypatch.setenv("DO_NOT_TRACK", "1")
    monkeypatch.delenv("GOLIVE_STORE_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def golive(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process: exit code, stdout and stderr."""

    def call(*arguments: object) -> Outcome:
        capsys.readouterr()
        code = run([str(a) for a in arguments])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return Outcome(code, printed.out, printed.err)

    return call


@pytest.fixture(scope="session")
def warmed() -> None:
    """Evidently imported before a test runs: warnings are errors here, and filters are shared by all threads."""
    from golive.compare.drift import evidently as evidently_scores

    evidently_scores.warm().join()


@dataclass(frozen=True)
class Files:
    train: Path
    live: Path
    steady: Path


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory, warmed: None) -> Files:
    """Training data, live data in which heart rates go missing, and live data in which nothing changed."""
    folder = tmp_path_factory.mktemp("sources")
    draw = np.random.default_rng(20)

    def frame(rows: int, missing: float) -> pd.DataFrame:
        data = pd.DataFrame(
            {
                "heart_rate": draw.normal(80, 12, rows).round(0),
                "sex": draw.choice(["f", "m"], rows),
                "comment": [
                    f"marker-{i:05d} seen on the ward round" for i in draw.integers(0, 99_999, rows)
                ],
                "died": draw.integers(0, 2, rows),
            }
        )
        data.loc[draw.random(rows) < missing, "heart_rate"] = np.nan
        return data

    made = Files(folder / "train.csv", folder / "live.csv", folder / "steady.csv")
    frame(600, 0.0).to_csv(made.train, index=False)
    frame(400, 0.5).to_csv(made.live, index=False)
    frame(400, 0.0).to_csv(made.steady, index=False)
    return made


@dataclass(frozen=True)
class Stored:
    path: Path
    worse: str
    better: str


@pytest.fixture(scope="session")
def _assessed(tmp_path_factory: pytest.TempPathFactory, files: Files) -> Stored:
    from golive.store import Store

    path = tmp_path_factory.mktemp("store") / "golive.duckdb"
    for live in (files.live, files.steady):
        arguments = (
            "assess",
            "--train",
            files.train,
            "--live",
            live,
            "--label",
            "died",
            "--project",
            "ward",
        )
        assert run([str(a) for a in (*arguments, "--store", path)]) == 0
    with Store(path) as store:
        ids = {card.live_name: card.session for card in store.list()}
    return Stored(path, ids["live.csv"], ids["steady.csv"])


@pytest.fixture
def stored(_assessed: Stored, home: Path) -> Stored:
    """The default store of this test, with one session of each live data set."""
    home.mkdir()
    return Stored(
        Path(shutil.copy(_assessed.path, home / "golive.duckdb")), _assessed.worse, _assessed.better
    )

"""Release files with their errors, and releases told apart on published code sets and on tables made by hand."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_codes import by_kind, coded
from made_profiles import bare, categories, table

from golive.compare.base.code_systems import declared_system, with_dot
from golive.compare.causes import link
from golive.compare.codes import codes, release_files, releases, unseen
from golive.model.columns import ColumnType, Role
from golive.model.config import ColumnConfig, Config
from golive.model.errors import InputError
from golive.model.facts import Facts, findings
from golive.model.finding import Finding, Verdict
from golive.model.profile import Profile, TimeProfile

ALARM, WATCH, QUIET = Verdict.ALARM, Verdict.WATCH, Verdict.QUIET
ICD10 = declared_system("ICD10CM")
CONFIG = Config()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own, so that no release of this machine's owner takes part."""
    monkeypatch.setenv("GOLIVE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def only(found: Iterable[Facts | Finding]) -> Finding:
    return by_kind(findings(found))["code_release_gap"]


def written(folder: Path, text: str, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


# Files


@pytest.mark.parametrize(
    "text",
    [
        "code,description\nA41.9,Sepsis\nI10,Hypertension\n",
        "description;code\nSepsis;A419\nHypertension;I10\n",
        "A419    Sepsis, unspecified organism\nI10     Essential (primary) hypertension\n",
        "A41.9,Sepsis\nI10,Hypertension\n",
        "A41.9\nI10\n",
        "\ufeffcode\na41.9\ni10\n",
    ],
)
def test_forms_of_a_release_file(tmp_path: Path, text: str) -> None:
    release = release_files.read_release(written(tmp_path, text), ICD10, "X")
    assert release.codes == {"A419", "I10"}
    assert release.has("A41.9")
    assert release.has("A41"), "a category is valid"
    assert not release.has("A4")
    assert not release.has("A42")


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("", "RELEASE_EMPTY", "no codes"),
        ("code,description\n", "RELEASE_EMPTY", "no codes"),
        ("code\n250.00\n401.9\n", "RELEASE_NOT_CODES", "line 2: '250.00'"),
        ("name,note\nSepsis,bad\n", "RELEASE_NOT_CODES", "1 of 1 lines"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, text: str, code: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        release_files.read_release(written(tmp_path, text), ICD10, "X")
    assert caught.value.code == code
    assert said in str(caught.value)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "list.csv.gz"
    path.write_bytes(gzip.compress(b"code\nA41.9\n")[:-6])
    with pytest.raises(InputError) as caught:
        release_files.read_release(path, ICD10, "X")
    assert caught.value.code == "RELEASE_FILE"
    (tmp_path / "list.csv").write_bytes(b"\xff\xfe\x00A")
    with pytest.raises(InputError):
        release_files.read_release(tmp_path / "list.csv", ICD10, "X")


def test_a_damaged_archive_and_a_bad_name_are_said_together_and_nothing_changes(
    tmp_path: Path, home: Path
) -> None:
    release_files.register(written(tmp_path, "code\nA41.9\n"), "ICD10CM", "FY2019")
    packed = bytearray(
        gzip.compress(b"code\n" + b"".join(b"A41.%d\n" % (i % 10) for i in range(5_000)), mtime=0)
    )
    packed[12:30] = bytes(18)
    path = tmp_path / "list.csv.gz"
    path.write_bytes(bytes(packed))
    with pytest.raises(InputError) as caught:
        release_files.register(path, "ICD10CM", "FY 2019")
    assert [p.code for p in caught.value.problems] == ["RELEASE_NAME", "RELEASE_FILE"]
    (kept,) = release_files.release_files_in()
    assert (kept.system, kept.name, kept.problems) == ("ICD10CM", "FY2019", ())
    assert kept.release is not None
    assert kept.release.codes == {"A419"}
    assert [p.name for p in (home / "code_releases").iterdir()] == ["ICD10CM_FY2019.csv"]


def test_the_releases_that_were_opened_are_told_with_what_is_outside(tmp_path: Path) -> None:
    old = release_files.register(written(tmp_path, "code\nI10\nJ18.9\n"), "ICD10CM", "OLD")
    train, live = history(["I10"] * 500), history(["I10"] * 300 + ["M54.50"] * 100)
    told = {use.release: use for use in releases.releases_used(train, live, CONFIG)}
    assert (told["OLD"].column, told["OLD"].codes, told["OLD"].sha256) == ("dx", 2, old.sha256)
    assert (told["OLD"].train_outside, told["OLD"].live_outside) == (0.0, 0.25)
    assert (told["OLD"].n_train, told["OLD"].n_live) == (500, 400)
    assert len(told) == 2, "the one that comes with a library was opened too"
    few = history(["I10"] * 390 + ["M54.50"] * 10)
    assert [
        u.live_outside for u in releases.releases_used(train, few, CONFIG) if u.release == "OLD"
    ] == [None]
    assert releases.releases_used(train, train, CONFIG) == ()


def test_registered_files_are_found_again_and_bad_ones_are_said(tmp_path: Path, home: Path) -> None:
    release_files.register(written(tmp_path, "code\nA41.9\n"), "icd-10-cm", "FY2019")
    with pytest.raises(InputError, match="RELEASE_NAME"):
        release_files.register(written(tmp_path, "code\nA41.9\n"), "ICD10CM", "../FY2019")
    with pytest.raises(InputError, match="CODE_SYSTEM_UNKNOWN"):
        release_files.register(written(tmp_path, "code\nA41.9\n"), "ICD11", "2024")
    folder = home / "code_releases"
    written(folder, "code\nnothing\n", "ICD10CM_FY2020.csv")
    written(folder, "code\nA41.9\n", "codes of ours.csv")
    found, problems = release_files.releases(ICD10)
    assert next(r.name for r in found) == "FY2019"
    assert {p.code for p in problems} == {"RELEASE_NOT_CODES", "RELEASE_NAME"}
    assert [r.name for r in release_files.releases(declared_system("ICD9CM"))[0]] == []


def test_the_current_release_comes_with_a_library() -> None:
    current = release_files.current_icd10cm()
    assert current.has("E66.811"), "first used on 1 October 2024"
    assert current.has("M54.50")
    assert current.has("M54.5"), "a category since 2021"
    assert not current.has("M54.58")


# Releases


def history(codes_: list[str], last: str | None = None) -> Profile:
    """A code column, and when asked a time column that ends on a day."""
    columns = [categories("dx", codes_, kind=ColumnType.CODE)]
    if last:
        day = datetime.fromisoformat(last)
        time = TimeProfile(len(codes_), day, day, (day.date(),), np.array([len(codes_)]))
        columns.append(
            replace(bare("t", ColumnType.DATETIME, len(codes_), role=Role.TIME), time=time)
        )
    return table(*columns)


def test_codes_younger_than_training() -> None:
    train = history(["J18.9", "I10"] * 300, "2019-12-31")
    found = only(releases.check(train, history(["J18.9", "I10"] * 90 + ["U07.1"] * 20), CONFIG))
    assert found.verdict is ALARM
    assert found.effect is not None
    assert found.effect.live == pytest.approx(0.1)
    assert any(
        "ends on 31 Dec 2019; the codes exist since 1 Apr 2020" in line for line in found.evidence
    )
    later = history(["J18.9", "I10"] * 300, "2025-12-31")
    assert (
        only(releases.check(later, history(["J18.9", "I10"] * 90 + ["U07.1"] * 20), CONFIG)).verdict
        is QUIET
    )


def test_codes_that_replaced_others_of_their_category() -> None:
    """Low back pain was split on 1 October 2021: the category is as frequent as before."""
    train = history(["I10", "M54.2"] * 400 + ["J18.1"] * 200)
    split = history(["I10", "M54.2"] * 200 + ["J18.0"] * 100)
    found = only(releases.check(train, split, CONFIG))
    assert found.verdict is ALARM
    assert "other patients" in found.ruled_out[0]
    other_patients = history(["I10", "M54.2"] * 200 + ["K35.80"] * 100)
    assert only(releases.check(train, other_patients, CONFIG)).verdict is QUIET


def test_categories_instead_of_codes_are_a_change_of_granularity() -> None:
    train = history(["E11.65", "J18.9", "I10"] * 300)
    found = only(releases.check(train, history(["E11", "J18", "I10"] * 100), CONFIG))
    assert found.verdict is ALARM
    assert any("category level, which is valid" in line for line in found.evidence)
    assert {
        f.verdict
        for f in findings(codes.check(train, history(["E11", "J18", "I10"] * 100), CONFIG))
    } == {QUIET}


def test_codes_without_dot_are_no_other_release() -> None:
    train = ["E11.65", "J18.9", "I10"] * 300
    bare_codes = [code.replace(".", "") for code in train]
    assert only(releases.check(coded(train), coded(bare_codes), CONFIG)).verdict is QUIET


def published(reference_data: Path, file: str) -> list[str]:
    frame = pd.read_csv(reference_data / "code_sets" / f"{file}.csv.gz", dtype=str)
    return [with_dot(ICD10, code) for code in frame.code]


@pytest.mark.reference
@pytest.mark.parametrize(("rows", "seeds"), [(2_000, 4), (20_000, 1)])
def test_fy2024_against_fy2019_is_a_release_gap(
    reference_data: Path, rows: int, seeds: int
) -> None:
    folder = reference_data / "code_sets"
    release_files.register(folder / "icd10cm_FY2019_ccs.csv.gz", "ICD10CM", "FY2019")
    release_files.register(folder / "icd10cm_FY2024.csv.gz", "ICD10CM", "FY2024")
    old, new = (
        published(reference_data, "icd10cm_FY2019_ccs"),
        published(reference_data, "icd10cm_FY2024"),
    )
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        a, b, c = (coded(list(rng.choice(pool, rows))) for pool in (old, new, old))
        gap = only(releases.check(a, b, CONFIG))
        assert gap.verdict is ALARM
        assert "live codes fit FY2024" in gap.title
        assert "training codes FY2019" in gap.title
        assert only(releases.check(a, c, CONFIG)).verdict is QUIET
        assert {f.verdict for f in findings(codes.check(a, b, CONFIG))} == {QUIET}, (
            "both releases are valid ICD-10-CM"
        )
    both = link([gap, *findings(unseen.check(a, b, CONFIG))])
    assert all(f.cause == gap.id for f in both if f.kind == "unseen_category")
    declared = Config(columns={"dx": ColumnConfig(system="ICD10CM", release="FY2019")})
    assert only(releases.check(a, b, declared)).verdict is ALARM


@pytest.mark.reference
def test_without_release_files_retired_codes_still_show(reference_data: Path) -> None:
    old, new = (
        published(reference_data, "icd10cm_FY2019_ccs"),
        published(reference_data, "icd10cm_FY2024"),
    )
    rng = np.random.default_rng(1)
    a, b = (coded(list(rng.choice(pool, 20_000))) for pool in (old, new))
    found = only(releases.check(a, b, CONFIG))
    assert found.verdict is WATCH
    assert "training data holds codes that" in found.title

"""Uploads: hashed once, private, limited by the service, gone with the session."""

from __future__ import annotations

import gc
import hashlib
import io
import stat
from pathlib import Path

import pytest

from golive.model.errors import InputError
from golive.ui.shell import uploads


class File(io.BytesIO):
    """What the browser sends."""

    def __init__(self, content: bytes, name: str) -> None:
        super().__init__(content)
        self.name = name
        self.size = len(content)


def test_a_kept_file_lies_under_its_hash_and_is_private(tmp_path: Path) -> None:
    content = b"a,b\n1,2\n"
    kept = uploads.save(File(content, "../../etc/Train.CSV"), tmp_path, 1_000)
    digest = hashlib.sha256(content).hexdigest()
    assert kept.path == tmp_path / f"{digest}.csv"
    assert (kept.name, kept.sha256, kept.size) == ("Train.CSV", digest, len(content))
    assert kept.path.read_bytes() == content
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("a.csv.gz", ".csv.gz"),
        ("a.b.parquet", ".parquet"),
        ("a", ""),
        ("a.exe", ""),
        ("x.sh;rm -rf.csv", ".csv"),
    ],
)
def test_only_known_endings_reach_the_path(tmp_path: Path, name: str, suffix: str) -> None:
    kept = uploads.save(File(b"x", name), tmp_path, 10)
    assert kept.path.name == kept.sha256 + suffix


def test_the_limit_holds_whatever_the_browser_promised(tmp_path: Path) -> None:
    file = File(b"x" * 1_001, "big.csv")
    file.size = 3
    with pytest.raises(InputError) as caught:
        uploads.save(file, tmp_path, 1_000)
    assert caught.value.code == "FILE_TOO_LARGE"
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_exactly_the_limit_is_kept(tmp_path: Path) -> None:
    assert uploads.save(File(b"x" * 1_000, "a.csv"), tmp_path, 1_000).size == 1_000


def test_the_folder_is_private_and_goes_with_its_session(tmp_path: Path) -> None:
    folder = uploads.Folder(tmp_path)
    path = folder.path
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    (path / "rows.csv").write_text("a\n1\n", "utf-8")
    del folder
    gc.collect()
    assert not path.exists()


def test_old_folders_are_swept_and_young_ones_stay(tmp_path: Path) -> None:
    folder = uploads.Folder(tmp_path)
    made = folder.path.stat().st_mtime
    assert uploads.delete_leftovers(tmp_path, now=made + 60) == 0
    assert folder.path.is_dir()
    assert uploads.delete_leftovers(tmp_path, now=made + uploads.MAX_AGE_HOURS * 3600 + 1) == 1
    assert not folder.path.exists()
    assert uploads.delete_leftovers(tmp_path / "nowhere") == 0

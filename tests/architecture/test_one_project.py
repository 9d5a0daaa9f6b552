"""What bears on a pilot is fetched in one place, ``golive.store.project.Project``, so that nobody forgets a part of it."""

from __future__ import annotations

import re

import pytest
from test_imports import ROOT, sources

PARTS = {
    "evidence": r"store\.evidence\(",
    "waivers": r"store\.waivers\(",
    "registers": r"registers\.for_readiness\(",
    "policy": r"registers\.policy\(",
    "contract": r"versions\.stored\(",
    "criteria lock": r"\.criteria_lock\(",
}


@pytest.mark.parametrize("part", PARTS)
def test_only_the_project_fetches(part: str) -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in sources()
        if re.search(PARTS[part], path.read_text(encoding="utf-8"))
    }
    assert found == {"src/golive/store/project.py"}

"""Tables of one code column for the tests of codes and releases."""

from __future__ import annotations

from collections.abc import Sequence

from made_profiles import categories, table

from golive.model.columns import ColumnType
from golive.model.finding import Finding, Verdict
from golive.model.profile import Profile


def coded(values: Sequence[str | None], name: str = "dx") -> Profile:
    return table(categories(name, values, kind=ColumnType.CODE))


def by_kind(found: Sequence[Finding]) -> dict[str, Finding]:
    kinds = {f.kind: f for f in found}
    assert len(kinds) == len(found), [f.id for f in found]
    return kinds


def verdicts(found: Sequence[Finding]) -> dict[str, Verdict]:
    return {kind: f.verdict for kind, f in by_kind(found).items()}

"""What changed between two versions of a contract, and the version number that says so."""

from __future__ import annotations

from collections.abc import Iterable

from golive.contract.terms import ColumnTerms, Contract
from golive.model.columns import Noun

_WORDS = ("name", "status", "purpose", "owner", "when_uncertain")
_NAMES = {"max_missing": "allowed missing", "max_invalid": "allowed invalid", "loinc": "LOINC code"}
"""Terms of a column that are called otherwise."""


def changes(old: Contract, new: Contract) -> tuple[str, ...]:
    """Say in words what differs, column by column in the order of ``new``, then what is gone, then the words around it."""
    found = []
    for terms in new.columns:
        before = old.column(terms.name)
        if before is None:
            found.append(f"{terms.name} is new")
        elif fields := _differing(before, terms, ColumnTerms.model_fields):
            names = ", ".join(_NAMES.get(field, field) for field in fields)
            found.append(f"{terms.name}: {names} changed")
    found += [f"{c.name} is gone" for c in old.columns if new.column(c.name) is None]
    found += [f"{word.replace('_', ' ')} changed" for word in _differing(old, new, _WORDS)]
    if not found and old.source != new.source:
        found = ["fields that GoLive does not read changed"]
    return tuple(found)


def next_version(old: Contract, new: Contract) -> str:
    """The version that ``new`` deserves after ``old`` (semantic versioning).

    Major when a batch that kept ``old`` can break ``new``; minor when it asks for less; patch when only words differ;
    unchanged when nothing does.
    """
    major, minor, patch = map(int, old.version.split("."))
    if any(_tighter(old.column(terms.name), terms) for terms in new.columns):
        return f"{major + 1}.0.0"
    # The terms without what no row can break
    before, after = (
        {c.name: c.model_copy(update={"description": ""}) for c in one.columns}
        for one in (old, new)
    )
    if before != after:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}" if changes(old, new) else old.version


def _differing(old: Noun, new: Noun, fields: Iterable[str]) -> list[str]:
    return [field for field in fields if getattr(old, field) != getattr(new, field)]


def _tighter(old: ColumnTerms | None, new: ColumnTerms) -> bool:
    """Whether some column that keeps ``old`` (``None``: that is not spoken of) breaks ``new``."""
    if old is None:
        return new.max_missing < 1
    if new.max_missing < old.max_missing or new.max_invalid < old.max_invalid:
        return True
    if _differing(old, new, ("type", "unit", "system", "release")):
        return True
    if new.range:
        low, high = new.range
        if old.range is None or low > old.range[0] or high < old.range[1]:
            return True
    return bool(new.values) and (not old.values or not set(old.values) <= set(new.values))

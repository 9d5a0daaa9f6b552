"""What changed between two versions of a contract, and the version number that says so."""

from __future__ import annotations

from golive.contract.terms import ColumnTerms, Contract

_WORDS = ("name", "status", "purpose", "owner", "when_uncertain")


def changes(old: Contract, new: Contract) -> tuple[str, ...]:
    """Say in words what differs, column by column in the order of ``new``, then what is gone, then the words around it."""
    found = []
    for terms in new.columns:
        before = old.column(terms.name)
        if before is None:
            found.append(f"{terms.name} is new")
        elif fields := _differing(before, terms):
            found.append(f"{terms.name}: {', '.join(fields)} changed")
    found += [f"{c.name} is gone" for c in old.columns if new.column(c.name) is None]
    found += [
        f"{word.replace('_', ' ')} changed"
        for word in _WORDS
        if getattr(old, word) != getattr(new, word)
    ]
    found += (
        ["fields that GoLive does not read changed"]
        if not found and old.source != new.source
        else []
    )
    return tuple(found)


def next_version(old: Contract, new: Contract) -> str:
    """The version that ``new`` deserves after ``old`` (semantic versioning).

    Major when a batch that kept ``old`` can break ``new``; minor when it asks for less; patch when only words differ;
    unchanged when nothing does.
    """
    major, minor, patch = map(int, old.version.split("."))
    if any(c.max_missing < 1 and old.column(c.name) is None for c in new.columns) or any(
        before is not None and _tighter(before, terms)
        for terms in new.columns
        for before in [old.column(terms.name)]
    ):
        return f"{major + 1}.0.0"
    if {c.name: _asked(c) for c in old.columns} != {c.name: _asked(c) for c in new.columns}:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}" if changes(old, new) else old.version


def _asked(terms: ColumnTerms) -> ColumnTerms:
    """The terms without what no row can break."""
    return terms.model_copy(update={"description": ""})


def _differing(old: ColumnTerms, new: ColumnTerms) -> list[str]:
    names = {
        "max_missing": "allowed missing",
        "max_invalid": "allowed invalid",
        "loinc": "LOINC code",
    }
    return [names.get(f, f) for f in ColumnTerms.model_fields if getattr(old, f) != getattr(new, f)]


def _tighter(old: ColumnTerms, new: ColumnTerms) -> bool:
    """Whether some column that keeps ``old`` breaks ``new``."""
    if new.max_missing < old.max_missing or new.max_invalid < old.max_invalid:
        return True
    if (new.type, new.unit, new.system, new.release) != (
        old.type,
        old.unit,
        old.system,
        old.release,
    ):
        return True
    if new.range and (
        old.range is None or new.range[0] > old.range[0] or new.range[1] < old.range[1]
    ):
        return True
    return bool(new.values) and (not old.values or not set(old.values) <= set(new.values))

"""What a contract file says beyond the terms of GoLive: kept through import, edit and export, field by field.

A contract that came from a file carries it (``Contract.source``) when GoLive would not write the same file itself. Terms
win over it where both speak; everything else (servers, SLAs, prices, other quality rules, other properties) stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

Document = dict[str, Any]
_OWNERS = ("owner", "data owner", "product owner")


def merged(
    ours: Document,
    source: Mapping[str, Any],
    *,
    owner: str,
    ours_rule: Callable[[Mapping[str, Any]], bool],
) -> Document:
    """``ours`` (what GoLive writes) laid over ``source`` (the file it came from).

    Columns that the contract no longer has leave their object; new ones join the first object. ``ours_rule`` tells the
    quality rules that terms stand for.
    """
    made: Document = deepcopy(dict(source))
    made |= {key: ours[key] for key in ("apiVersion", "kind", "name", "version", "status")}
    made.setdefault("id", ours["id"])
    described = {**_mapping(made.get("description")), **_mapping(ours.get("description"))}
    if described and "description" not in ours:
        described.pop("purpose", None)
    _put(made, "description", described)
    _put(made, "team", _team(made.get("team"), owner))
    _put(
        made,
        "customProperties",
        _custom(made.get("customProperties"), ours.get("customProperties"), {"whenUncertain"}),
    )
    made["schema"] = _objects(made.get("schema") or [], ours["schema"], ours_rule)
    return made


def _put(made: Document, key: str, value: Any) -> None:
    if value:
        made[key] = value
    else:
        made.pop(key, None)


def _mapping(value: Any) -> Document:
    return dict(value) if isinstance(value, Mapping) else {}


def _is_owner(member: Any) -> bool:
    return isinstance(member, Mapping) and str(member.get("role") or "").lower() in _OWNERS


def _team(team: Any, owner: str) -> Any:
    """The team with ``owner`` in the place of the first owner; others stay. A list and a mapping stay what they are."""
    members = list(team if isinstance(team, list) else _mapping(team).get("members") or [])
    at = next((i for i, member in enumerate(members) if _is_owner(member)), None)
    if at is None:
        members += [{"username": owner, "role": "owner"}] if owner else []
    elif not owner:
        del members[at]
    elif owner not in (members[at].get("name"), members[at].get("username")):
        members[at] = {**members[at], "username": owner}
        members[at].pop("name", None)
    if isinstance(team, Mapping):
        return {**team, "members": members}
    return members if isinstance(team, list) else {"members": members} if members else None


def _custom(theirs: Any, ours: Any, known: set[str]) -> list[Any]:
    """Custom properties: theirs but for the ``known`` ones, then ours."""
    kept = [p for p in theirs or [] if not (isinstance(p, Mapping) and p.get("property") in known)]
    return [*kept, *(ours or [])]


def _objects(
    theirs: list[Any], ours: list[Document], ours_rule: Callable[[Mapping[str, Any]], bool]
) -> list[Any]:
    left = {p["name"]: p for one in ours for p in one["properties"]}
    made = []
    for one in theirs:
        properties = [
            _property(p, left.pop(p["name"]), ours_rule)
            for p in one.get("properties") or []
            if p.get("name") in left
        ]
        if properties or not one.get("properties"):
            made.append({**one, **({"properties": properties} if properties else {})})
    rest = [
        {**one, "properties": [p for p in one["properties"] if p["name"] in left]} for one in ours
    ]
    rest = [one for one in rest if one["properties"]]
    if rest and made:
        first = made[0]
        made[0] = {
            **first,
            "properties": [
                *first.get("properties", []),
                *(p for one in rest for p in one["properties"]),
            ],
        }
        return made
    return [*made, *rest]


def _property(
    theirs: Mapping[str, Any], ours: Document, ours_rule: Callable[[Mapping[str, Any]], bool]
) -> Document:
    made: Document = {**theirs, **ours}
    if theirs.get("logicalType") and _like(theirs["logicalType"], ours["logicalType"]):
        made["logicalType"] = theirs["logicalType"]
    limits = {
        k: v
        for k, v in _mapping(theirs.get("logicalTypeOptions")).items()
        if k not in ("minimum", "maximum")
    }
    _put(made, "logicalTypeOptions", limits | _mapping(ours.get("logicalTypeOptions")))
    described = {str(e.get("value")): e for e in theirs.get("enum") or [] if isinstance(e, Mapping)}
    _put(made, "enum", [described.get(str(e["value"]), e) for e in ours.get("enum") or []])
    rules = [r for r in theirs.get("quality") or [] if not ours_rule(r)]
    _put(made, "quality", [*rules, *ours["quality"]])
    known = {"type", "role", "unit", "loinc", "codeSystem", "codeRelease"}
    _put(
        made,
        "customProperties",
        _custom(theirs.get("customProperties"), ours["customProperties"], known),
    )
    if "description" not in ours:
        made.pop("description", None)
    return made


def _like(theirs: str, ours: str) -> bool:
    """Whether two logical types are one type of column here: a date is a timestamp."""
    dates = ("date", "timestamp")
    return theirs == ours or (theirs in dates and ours in dates)

"""A contract as ODCS v3 YAML (Open Data Contract Standard, Bitol), and back.

Terms that ODCS has fields for use them (``logicalType``, ``logicalTypeOptions``, ``enum``, ``quality`` with ``nullValues``
and ``invalidValues`` in percent, ``team``); the rest are custom properties (``unit``, ``loinc``, ``codeSystem``,
``codeRelease``, ``role``, ``type``, ``whenUncertain``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, get_args
from uuid import NAMESPACE_URL, uuid5

import yaml
from pydantic import BaseModel, ValidationError

from golive.contract import foreign
from golive.contract.terms import ColumnTerms, Contract, parse_contract
from golive.intake.config_file import parse_yaml, read_text
from golive.model.columns import ColumnType, Role
from golive.model.errors import InputError, Problem, nearest

if TYPE_CHECKING:
    from open_data_contract_standard.model import OpenDataContractStandard

API_VERSION = "v3.1.0"
"""The version written. Files of any v3 are read."""

_LOGICAL = {
    ColumnType.NUMERIC: "number",
    ColumnType.INTEGER: "integer",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.DATETIME: "timestamp",
}
_TYPES = {
    "number": ColumnType.NUMERIC,
    "integer": ColumnType.INTEGER,
    "boolean": ColumnType.BOOLEAN,
    "date": ColumnType.DATETIME,
    "timestamp": ColumnType.DATETIME,
}
_CUSTOM = {"unit": "unit", "loinc": "loinc", "system": "codeSystem", "release": "codeRelease"}
_BREAKS = set("\x85\u2028\u2029")
_MISSING, _INVALID = ("nullValues", "missingValues"), ("invalidValues",)


def to_yaml(contract: Contract) -> str:
    """Write a contract as ODCS v3 YAML, with what its file says beyond the terms. Equal contracts give equal text."""
    document = _document(contract)
    if contract.source:
        document = foreign.merged(
            document, contract.source, owner=contract.owner, ours_rule=_stands_for_terms
        )
    return _written_out(document)


def _written_out(document: dict[str, Any]) -> str:
    written = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)
    if set(written) & _BREAKS:  # PyYAML would read its own output back as a blank
        written = yaml.safe_dump(document, sort_keys=False, allow_unicode=False, width=120)
    return written


def _stands_for_terms(rule: Mapping[str, Any]) -> bool:
    """Whether a quality rule is one that ``max_missing`` and ``max_invalid`` are read from and written to."""
    if not isinstance(rule, Mapping) or (rule.get("metric") or rule.get("rule")) not in (
        *_MISSING,
        *_INVALID,
    ):
        return False
    asked = {key: rule.get(key) for key in ("mustBeLessOrEqualTo", "mustBe", "unit")}
    return _percent(SimpleNamespace(**asked)) is not None


def _document(contract: Contract) -> dict[str, Any]:
    schema = [
        {
            "name": name,
            "physicalType": "table",
            "logicalType": "object",
            "description": what,
            "properties": [_property(terms) for terms in columns],
        }
        for name, what, columns in (
            ("inputs", "What the model is given.", contract.inputs),
            ("outputs", "What the model gives back.", contract.outputs),
        )
        if columns
    ]
    document: dict[str, Any] = {
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        "id": str(uuid5(NAMESPACE_URL, f"golive:contract:{contract.name}")),
        "name": contract.name,
        "version": contract.version,
        "status": contract.status,
    }
    if contract.purpose:
        document["description"] = {"purpose": contract.purpose}
    document["schema"] = schema
    if contract.owner:
        document["team"] = {"members": [{"username": contract.owner, "role": "owner"}]}
    if contract.when_uncertain:
        document["customProperties"] = [
            {"property": "whenUncertain", "value": contract.when_uncertain}
        ]
    return document


def _property(terms: ColumnTerms) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": terms.name,
        "logicalType": _LOGICAL.get(terms.type, "string"),
        "physicalType": terms.storage,
        "required": terms.required,
    }
    if terms.description:
        made["description"] = terms.description
    if terms.range:
        named = zip(("minimum", "maximum"), terms.range, strict=True)
        whole = made["logicalType"] == "integer"
        made["logicalTypeOptions"] = {
            name: int(v) if whole and v.is_integer() else v for name, v in named if math.isfinite(v)
        }
    if terms.values:
        made["enum"] = [{"value": value} for value in terms.values]
    made["quality"] = [
        {"metric": metric, "unit": "percent", "mustBeLessOrEqualTo": round(100 * share, 6)}
        for metric, share in (
            ("nullValues", terms.max_missing),
            ("invalidValues", terms.max_invalid),
        )
    ]
    custom = {"type": terms.type.value, "role": terms.role.value}
    custom |= {
        key: str(getattr(terms, field)) for field, key in _CUSTOM.items() if getattr(terms, field)
    }
    made["customProperties"] = [{"property": key, "value": value} for key, value in custom.items()]
    return made


def load(path: str | Path) -> Contract:
    """Read a contract file.

    Raises:
        InputError: ``NOT_FOUND``, ``CONTRACT_YAML``, ``CONTRACT_VERSION``, and every ``CONTRACT_UNKNOWN_KEY`` and
            ``CONTRACT_VALUE`` at once.
    """
    file = Path(path).expanduser()
    return from_yaml(read_text(file, "CONTRACT_YAML"), file.name)


def from_yaml(text: str, where: str = "contract") -> Contract:
    """Read a contract from ODCS v3 YAML. Raises as ``load`` does."""
    from open_data_contract_standard.model import OpenDataContractStandard

    data = _dates_as_text(parse_yaml(text, where, "CONTRACT_YAML"))
    if not isinstance(data, dict):
        raise InputError(
            Problem("CONTRACT_YAML", "The file is not a mapping of keys to values.", "", where)
        )
    if not str(data.get("apiVersion", "")).startswith("v3"):
        found = (
            f"apiVersion is {data['apiVersion']!r}"
            if "apiVersion" in data
            else "There is no apiVersion"
        )
        hint = "`golive contract infer` writes a contract that can be edited."
        raise InputError(Problem("CONTRACT_VERSION", f"{found}; ODCS v3 is read.", hint, where))
    problems = _unknown_keys(data, OpenDataContractStandard, where)
    try:
        document = OpenDataContractStandard.model_validate(data)
    except ValidationError as error:
        wrong = [e for e in error.errors() if e["type"] != "extra_forbidden"]
        problems += [
            Problem("CONTRACT_VALUE", f"'{'.'.join(map(str, e['loc']))}': {e['msg']}.", "", where)
            for e in wrong
        ]
    if problems:
        raise InputError(problems)
    contract = _contract(document, where)
    return contract if _document(contract) == data else contract.model_copy(update={"source": data})


def _unknown_keys(data: Any, model: type[BaseModel], where: str, place: str = "") -> list[Problem]:
    """Keys that ``model`` or its parts lack, each with the nearest known name: most are slips that would silently do nothing."""
    if not isinstance(data, dict):
        return []
    fields = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    found = []
    for key, value in data.items():
        here = f"{place}.{key}" if place else str(key)
        if key not in fields:
            sentence = f"'{here}' is not a key of ODCS v3."
            found.append(
                Problem("CONTRACT_UNKNOWN_KEY", sentence, nearest(str(key), list(fields)), where)
            )
            continue
        part = _model_of(fields[key], list_of=isinstance(value, list))
        if part is None:
            continue
        for i, item in enumerate(value if isinstance(value, list) else [value]):
            named = item.get("name") if isinstance(item, dict) else None
            at = f"{here}[{named or i}]" if isinstance(value, list) else here
            found += _unknown_keys(item, part, where, at)
    return found


def _model_of(annotation: Any, *, list_of: bool, inside: bool = False) -> type[BaseModel] | None:
    """The model of a field's items (``list_of``) or of its value, or ``None`` for plain values."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation if inside == list_of else None
    deeper = inside or getattr(annotation, "__origin__", None) is list
    for argument in get_args(annotation):
        if (found := _model_of(argument, list_of=list_of, inside=deeper)) is not None:
            return found
    return None


def _dates_as_text(value: Any) -> Any:
    """Dates as the standard writes them, in ISO 8601: YAML reads ``2024-08-02`` as a date, ODCS as text."""
    if isinstance(value, dict):
        return {key: _dates_as_text(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_dates_as_text(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _contract(document: OpenDataContractStandard, where: str) -> Contract:
    columns: list[dict[str, Any]] = []
    not_checked: list[str] = []
    for thing in document.schema_ or []:
        not_checked += [
            f"{thing.name}: quality rule '{r.name or r.metric or r.type}'"
            for r in thing.quality or []
        ]
        for one in thing.properties or []:
            terms, left = _terms(one)
            columns.append(terms)
            not_checked += left
    custom = _custom(document)
    return parse_contract(
        {
            "name": document.name or document.dataProduct or document.id or "",
            "version": _three(document.version or ""),
            "status": document.status or "draft",
            "purpose": (document.description.purpose if document.description else None) or "",
            "owner": _owner(document),
            "when_uncertain": str(custom.get("whenUncertain") or ""),
            "columns": columns,
            "not_checked": not_checked,
        },
        where,
    )


def _three(version: str) -> str:
    """``1.2`` as ``1.2.0``, so that the next version can be counted; anything else as written."""
    parts = version.removeprefix("v").split(".")
    return (
        ".".join([*parts, "0", "0"][:3])
        if len(parts) < 3 and all(p.isdigit() for p in parts)
        else version
    )


def _owner(document: OpenDataContractStandard) -> str:
    members = (
        document.team
        if isinstance(document.team, list)
        else (document.team.members if document.team else None)
    )
    owners = [
        m
        for m in members or []
        if (m.role or "").lower() in ("owner", "data owner", "product owner")
    ]
    return str(owners[0].name or owners[0].username or "") if owners else ""


def _custom(thing: Any) -> dict[str, Any]:
    return {c.property: c.value for c in thing.customProperties or [] if c.property}


def _terms(one: Any) -> tuple[dict[str, Any], list[str]]:
    """Terms of one ODCS property, and what it asks for that is not checked."""
    custom = _custom(one)
    options = dict(one.logicalTypeOptions or {})
    limits = [options.pop("minimum", None), options.pop("maximum", None)]
    shares: dict[str, float] = {"max_missing": 0.0 if one.required else 1.0}
    left = [f"{one.name}: {option}" for option in options]
    left += [f"{one.name}: unique"] if one.unique else []
    for rule in one.quality or []:
        metric, share = rule.metric or rule.rule, _percent(rule)
        known = (
            "max_missing" if metric in _MISSING else "max_invalid" if metric in _INVALID else None
        )
        if known is None or share is None:
            left.append(f"{one.name}: quality rule '{rule.name or metric or rule.type}'")
        else:
            shares[known] = min(share, shares.get(known, 1.0))
    system = custom.get("codeSystem")
    terms: dict[str, Any] = {
        "name": one.name or "",
        "type": custom.get("type") or _type(one, system),
        "role": custom.get("role") or Role.FEATURE.value,
        "storage": one.physicalType or "text",
        "description": one.description or "",
        "values": [_written(e.value) for e in one.enum or []],
        **{field: str(custom[key]) for field, key in _CUSTOM.items() if custom.get(key)},
        **shares,
    }
    if limits != [None, None]:
        terms["range"] = [
            float("-inf") if limits[0] is None else limits[0],
            float("inf") if limits[1] is None else limits[1],
        ]
    return terms, left


def _type(one: Any, system: Any) -> str:
    """Column type of a property that another tool wrote."""
    if system:
        return ColumnType.CODE.value
    known = _TYPES.get(one.logicalType or "")
    return (known or (ColumnType.CATEGORY if one.enum else ColumnType.TEXT)).value


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _percent(rule: Any) -> float | None:
    """Largest share (0 to 1) that a quality rule allows; ``None`` where it asks for something else."""
    limit = rule.mustBeLessOrEqualTo if rule.mustBeLessOrEqualTo is not None else rule.mustBe
    if not isinstance(limit, int | float) or isinstance(limit, bool) or not 0 <= limit <= 100:
        return None
    if limit == 0:
        return 0.0
    return (
        round(limit / 100, 8)
        if rule.unit == "percent" and rule.mustBeLessOrEqualTo is not None
        else None
    )

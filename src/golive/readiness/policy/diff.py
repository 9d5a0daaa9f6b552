"""Two policies side by side: what differs between the files, value by value, named by criterion, dimension and tier."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from golive.model.errors import InputError, Problem
from golive.readiness.policy.policy import Model, load_model, parse_model, raw_policy

NAMES_OF_FILE = ("name", "version", "reason")


@dataclass(frozen=True)
class Difference:
    """One value that differs: where it stands (``criteria.DAT-04.gate.H``), and both values (``None`` = not there)."""

    where: str
    before: Any
    after: Any


def differences(first: Model, second: Model) -> tuple[Difference, ...]:
    """Everything that differs between two policies except name, version and reason of the file, in the order of the file."""
    one, two = (_keyed(raw_policy(m)) for m in (first, second))
    return tuple(d for d in _walk("", one, two) if d.where not in NAMES_OF_FILE)


def _keyed(value: Any) -> Any:
    """Lists of things with an id become mappings by that id, so that order and position do not count."""
    if isinstance(value, dict):
        return {k: _keyed(v) for k, v in value.items()}
    if isinstance(value, list) and value and all(isinstance(v, dict) for v in value):
        key = next((k for k in ("id", "criterion") if all(k in v for v in value)), None)
        if key:
            return {str(v[key]): _keyed(v) for v in value}
    return value


def _walk(where: str, one: Any, two: Any) -> Iterator[Difference]:
    if isinstance(one, dict) and isinstance(two, dict):
        for key in dict.fromkeys((*one, *two)):
            place = f"{where}.{key}" if where else str(key)
            yield from _walk(place, one.get(key), two.get(key))
    elif one != two:
        yield Difference(where, _short(one), _short(two))


def _short(value: Any) -> Any:
    """A whole criterion that is new or gone is named by its title."""
    return value.get("title", value.get("name", "…")) if isinstance(value, dict) else value


def own_policy(text: str, where: str) -> Model:
    """Read an organisation's policy. It has to say why it differs and may not call itself the shipped one.

    Raises:
        InputError: every problem of the file (``parse_model``), ``POLICY_REASON``, ``POLICY_NAME``.
    """
    model, shipped = parse_model(text, where), load_model()
    problems = []
    if not model.reason.strip():
        sentence = "The policy does not say why it differs from the shipped one."
        problems.append(Problem("POLICY_REASON", sentence, "Fill in 'reason'.", where))
    if (model.name, model.version) == (shipped.name, shipped.version):
        sentence = f"The policy has the name and version of the shipped one ({shipped.name} {shipped.version})."
        problems.append(
            Problem("POLICY_NAME", sentence, "Give it a name or a version of its own.", where)
        )
    if problems:
        raise InputError(problems)
    return model

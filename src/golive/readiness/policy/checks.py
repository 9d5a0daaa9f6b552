"""What a policy file can get wrong, said in sentences. Works on raw data so that all problems come out in one go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_args

from pydantic import ValidationError

from golive.model.errors import Problem, nearest
from golive.model.readiness import Grade

TIER_IDS = ("L", "M", "H", "C")
MOST_DAYS = 1_000
SEXAGESIMAL = "YAML reads digits with a colon (14971:4) as one number in base 60: put the id in quotes or give it letters."


Location = tuple[Any, ...]
"""Where a value stands in the file, as pydantic tells it: ``("criteria", 6, "gate")``."""
Found = Iterator[tuple[str, str, str]]
"""Problems of one file: code, sentence and hint of each."""


def shape_problems(
    error: ValidationError,
    raw: dict[str, Any],
    where: str,
    known_keys: Callable[[Location], set[str]],
) -> list[Problem]:
    """Turn pydantic's errors into problems that name the criterion and the key.

    ``known_keys`` says which keys may stand at a location.
    """
    problems = []
    for item in error.errors():
        place, loc = _place(item["loc"], raw), item["loc"]
        if item["type"] == "extra_forbidden":
            known = sorted(known_keys(loc))
            hint = nearest(str(loc[-1]), known) if known else ""
            problem = Problem("POLICY_UNKNOWN_KEY", f"'{place}' is not a known key.", hint, where)
        elif item["type"] == "missing":
            problem = Problem("POLICY_MISSING_KEY", f"'{place}' is missing.", "", where)
        else:
            sexagesimal = "supports" in loc and isinstance(item.get("input"), int)
            sentence = f"'{place}' is {repr(item.get('input'))[:60]}: {item['msg']}."
            problem = Problem("POLICY_VALUE", sentence, SEXAGESIMAL if sexagesimal else "", where)
        problems.append(problem)
    return problems


def _place(loc: Location, raw: dict[str, Any]) -> str:
    """The location in words: ``criteria.DAT-01.gate`` rather than ``criteria.6.gate``."""
    parts, here = [], raw
    for part in loc:
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            here = {}
        name = here.get("id") if isinstance(part, int) and isinstance(here, dict) else None
        parts.append(str(name or part))
    return ".".join(parts)


def _rows(raw: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The rows under ``key``; what is no list of mappings is left to pydantic, here and below."""
    return [r for r in _list(raw.get(key)) if isinstance(r, dict)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_level(value: Any) -> bool:
    return isinstance(value, int) and 0 <= value <= 4


def _hint(name: str, known: list[str]) -> str:
    return nearest(name, known) if known else ""


def cross_checks(raw: dict[str, Any], where: str, shipped: Mapping[str, Any]) -> Iterator[Problem]:
    """Problems that lie between parts of the policy: sums, references, order. Parts of a wrong type are left to pydantic.

    ``shipped`` holds the criteria of the shipped policy by id, whose measures the bounds of an own policy must fit.
    """
    for check in (_weights, _criteria, _standards, _references, _bands, _complete):
        yield from (Problem(*problem, where) for problem in check(raw))
    yield from (Problem(*problem, where) for problem in _quantities(raw, shipped))


def _weights(raw: dict[str, Any]) -> Found:
    rows = [d for d in _rows(raw, "dimensions") if isinstance(d.get("weights"), dict)]
    for tier in TIER_IDS:
        missing = [str(d.get("id")) for d in rows if not _number(d["weights"].get(tier))]
        if missing:
            sentence = f"No weight at tier {tier} for {', '.join(missing)}."
            hint = "Give every dimension a weight at L, M, H and C."
            yield "POLICY_WEIGHT_MISSING", sentence, hint
            continue
        total = sum(d["weights"][tier] for d in rows)
        if rows and abs(total - 100) > 1e-6:
            sentence = (
                f"The dimension weights of tier {tier} sum to {total:g}; they must sum to 100."
            )
            yield "POLICY_WEIGHTS", sentence, f"Change them by {100 - total:+g} in all."
        if any(d["weights"][tier] <= 0 for d in rows):
            yield "POLICY_WEIGHTS", f"A dimension weight of tier {tier} is not above 0.", ""


def _criteria(raw: dict[str, Any]) -> Found:
    rows = _rows(raw, "criteria")
    dimensions = [str(d.get("id")) for d in _rows(raw, "dimensions")]
    for key, count in Counter(str(c.get("id")) for c in rows).items():
        if count > 1:
            yield "POLICY_DUPLICATE", f"Criterion {key} is there {count} times.", "Keep one."
    for row in rows:
        key = str(row.get("id"))
        if key[:3] not in dimensions:
            sentence = f"Criterion {key} belongs to no dimension."
            yield "POLICY_DIMENSION", sentence, _hint(key[:3], dimensions)
        gate, tiers = row.get("gate") or {}, row.get("tiers") or []
        if not isinstance(gate, dict) or not isinstance(tiers, list):
            continue
        for tier, level in gate.items():
            if not _is_level(level):
                sentence = f"The gate of {key} at tier {tier} is {level!r}; a level is a whole number from 0 to 4."
                yield "POLICY_GATE", sentence, ""
            if tier not in tiers:
                sentence = f"{key} has a gate at tier {tier}, where it does not apply."
                yield "POLICY_GATE", sentence, ""
        if row.get("hard") is True and not gate:
            hint = "Give it a gate or remove 'hard'."
            yield "POLICY_GATE", f"{key} is hard but has no gate.", hint
        yield from _bounds(row)


def _bounds(row: dict[str, Any]) -> Found:
    for key, falling in (("at_most", True), ("at_least", False)):
        for name, bounds in _mapping(row.get(key)).items():
            numbers = [b for b in _list(bounds) if _number(b)]
            if numbers != sorted(numbers, reverse=falling):
                order = "fall" if falling else "rise"
                sentence = f"The bounds '{key}.{name}' of {row.get('id')} must {order} from level 1 to level 4."
                yield "POLICY_BOUNDS", sentence, ""


def _standards(raw: dict[str, Any]) -> Found:
    if not isinstance(raw.get("standards"), dict):
        return
    known = [str(s) for s in raw["standards"]]
    named = [x for row in _rows(raw, "criteria") for x in row.get("supports") or []]
    for prefix in sorted({x.split(":")[0] for x in named if isinstance(x, str)} - set(known)):
        sentence = f"'{prefix}:' is used in 'supports' but is not in 'standards'."
        yield "POLICY_STANDARD", sentence, nearest(prefix, known)


def _complete(raw: dict[str, Any]) -> Found:
    """Maps that the rules look things up in: a key that is not there, or a value that is none."""
    efforts = [str(effort) for effort in range(1, 6)]
    for name, keys in (("grade_caps", [*get_args(Grade)]), ("effort_days", efforts)):
        given = {str(key) for key in _mapping(raw.get(name))}
        missing = [key for key in keys if key not in given]
        if missing and isinstance(raw.get(name), dict):
            yield "POLICY_MISSING_KEY", f"'{name}' has no entry for {', '.join(missing)}.", ""
    for key, value in _mapping(raw.get("effort_days")).items():
        if str(key) not in efforts:
            sentence = f"'effort_days.{key}' is no effort; they are 1 to 5."
            yield "POLICY_UNKNOWN_KEY", sentence, ""
        elif not (_number(value) and 0 < value <= MOST_DAYS):
            sentence = f"'effort_days.{key}' is {value!r:.40}; person-days are above 0 and at most {MOST_DAYS:,}."
            yield "POLICY_VALUE", sentence, ""
    for key, level in _mapping(raw.get("grade_caps")).items():
        if key in get_args(Grade) and not _is_level(level):
            sentence = (
                f"'grade_caps.{key}' is {level!r:.40}; a level is a whole number from 0 to 4."
            )
            yield "POLICY_VALUE", sentence, ""


def _quantities(raw: dict[str, Any], shipped: Mapping[str, Any]) -> Found:
    """Bounds and least numbers under a name that the measure of that criterion does not have: they would bind nothing."""
    for row in _rows(raw, "criteria"):
        key = str(row.get("id"))
        for part in ("at_most", "at_least", "min_n") if key in shipped else ():
            known = list(getattr(shipped[key], part))
            given = {str(name) for name in _mapping(row.get(part))}
            for name in sorted(given - set(known)):
                sentence = f"'criteria.{key}.{part}.{name}' is nothing that is measured for {key}."
                yield "POLICY_UNKNOWN_KEY", sentence, _hint(name, known)
            for name in sorted(set(known) - given):
                sentence = (
                    f"'criteria.{key}.{part}.{name}' is missing: without it any value would do."
                )
                other = "null at the levels that it shall not bind" if part != "min_n" else "0"
                yield "POLICY_MISSING_KEY", sentence, f"Keep the shipped one, or write {other}."


def _references(raw: dict[str, Any]) -> Found:
    known = [str(c.get("id")) for c in _rows(raw, "criteria")]
    dimensions = [str(d.get("id")) for d in _rows(raw, "dimensions")]
    stages = _rows(raw, "stages")
    used = [("stops", str(s.get("criterion"))) for s in _rows(raw, "stops")]
    used += [(f"stages.{s.get('id')}", str(c)) for s in stages for c in s.get("criteria") or []]
    for place, key in used:
        if key not in known:
            sentence = f"'{place}' names {key}, which is no criterion."
            yield "POLICY_UNKNOWN_CRITERION", sentence, _hint(key, known)[:200]
    for kind, keys in _mapping(raw.get("events")).items():
        for key in map(str, _list(keys)):
            if key not in (*known, *dimensions):
                sentence = f"'events.{kind}' names {key}, which is no criterion and no dimension."
                hint = nearest(key, [*known, *dimensions])[:200]
                yield "POLICY_UNKNOWN_CRITERION", sentence, hint
    earlier: list[str] = []
    for stage in stages:
        if stage.get("includes") is not None and stage["includes"] not in earlier:
            sentence = f"Stage {stage.get('id')} includes '{stage['includes']}', which is no earlier stage."
            yield "POLICY_STAGE", sentence, ""
        earlier.append(str(stage.get("id")))
    for flag, moves in _mapping(raw.get("adjustments")).items():
        for key in _mapping(moves):
            if key not in dimensions:
                sentence = f"'adjustments.{flag}' names {key}, which is no dimension."
                yield "POLICY_DIMENSION", sentence, ""


def _bands(raw: dict[str, Any]) -> Found:
    if not isinstance(raw.get("tiers"), dict):
        return
    for tier in TIER_IDS:
        row = raw["tiers"].get(tier)
        if row is None:
            yield "POLICY_TIER", f"Tier {tier} has no rules.", "Give rules for L, M, H and C."
        ready, conditional = (_mapping(_mapping(row).get(b)) for b in ("ready", "conditional"))
        for key in ("index", "coverage", "dimension"):
            high, low = ready.get(key), conditional.get(key)
            if isinstance(high, int | float) and isinstance(low, int | float) and low > high:
                sentence = f"At tier {tier} Conditional asks for more {key} ({low:g}) than Ready ({high:g})."
                yield "POLICY_BANDS", sentence, ""

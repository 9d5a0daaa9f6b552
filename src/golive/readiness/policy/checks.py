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
        place = _place(item["loc"], raw)
        if item["type"] == "extra_forbidden":
            known = sorted(known_keys(item["loc"]))
            hint = nearest(str(item["loc"][-1]), known) if known else ""
            problems.append(
                Problem("POLICY_UNKNOWN_KEY", f"'{place}' is not a known key.", hint, where)
            )
        elif item["type"] == "missing":
            problems.append(Problem("POLICY_MISSING_KEY", f"'{place}' is missing.", "", where))
        else:
            found = repr(item.get("input"))[:60]
            hint = (
                SEXAGESIMAL
                if "supports" in item["loc"] and isinstance(item.get("input"), int)
                else ""
            )
            problems.append(
                Problem("POLICY_VALUE", f"'{place}' is {found}: {item['msg']}.", hint, where)
            )
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
    value = raw.get(key)
    return [r for r in value if isinstance(r, dict)] if isinstance(value, list) else []


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def cross_checks(raw: dict[str, Any], where: str, shipped: Mapping[str, Any]) -> Iterator[Problem]:
    """Problems that lie between parts of the policy: sums, references, order. Parts of a wrong type are left to pydantic.

    ``shipped`` holds the criteria of the shipped policy by id, whose measures the bounds of an own policy must fit.
    """
    yield from _weights(raw, where)
    yield from _criteria(raw, where)
    yield from _references(raw, where)
    yield from _bands(raw, where)
    yield from _complete(raw, where)
    yield from _quantities(raw, where, shipped)


def _weights(raw: dict[str, Any], where: str) -> Iterator[Problem]:
    rows = [d for d in _rows(raw, "dimensions") if isinstance(d.get("weights"), dict)]
    for tier in TIER_IDS:
        missing = [str(d.get("id")) for d in rows if not _number(d["weights"].get(tier))]
        if missing:
            sentence = f"No weight at tier {tier} for {', '.join(missing)}."
            yield Problem(
                "POLICY_WEIGHT_MISSING",
                sentence,
                "Give every dimension a weight at L, M, H and C.",
                where,
            )
            continue
        total = sum(d["weights"][tier] for d in rows)
        if rows and abs(total - 100) > 1e-6:
            sentence = (
                f"The dimension weights of tier {tier} sum to {total:g}; they must sum to 100."
            )
            yield Problem(
                "POLICY_WEIGHTS", sentence, f"Change them by {100 - total:+g} in all.", where
            )
        if any(d["weights"][tier] <= 0 for d in rows):
            yield Problem(
                "POLICY_WEIGHTS", f"A dimension weight of tier {tier} is not above 0.", "", where
            )


def _criteria(raw: dict[str, Any], where: str) -> Iterator[Problem]:
    rows, dimensions = _rows(raw, "criteria"), {d.get("id") for d in _rows(raw, "dimensions")}
    for key, count in Counter(str(c.get("id")) for c in rows).items():
        if count > 1:
            yield Problem(
                "POLICY_DUPLICATE", f"Criterion {key} is there {count} times.", "Keep one.", where
            )
    for row in rows:
        key = str(row.get("id"))
        if key[:3] not in dimensions:
            hint = nearest(key[:3], [str(d) for d in dimensions]) if dimensions else ""
            yield Problem(
                "POLICY_DIMENSION", f"Criterion {key} belongs to no dimension.", hint, where
            )
        gate, tiers = row.get("gate") or {}, row.get("tiers") or []
        if not isinstance(gate, dict) or not isinstance(tiers, list):
            continue
        for tier, level in gate.items():
            if not (isinstance(level, int) and 0 <= level <= 4):
                sentence = f"The gate of {key} at tier {tier} is {level!r}; a level is a whole number from 0 to 4."
                yield Problem("POLICY_GATE", sentence, "", where)
            if tier not in tiers:
                yield Problem(
                    "POLICY_GATE",
                    f"{key} has a gate at tier {tier}, where it does not apply.",
                    "",
                    where,
                )
        if row.get("hard") is True and not gate:
            yield Problem(
                "POLICY_GATE",
                f"{key} is hard but has no gate.",
                "Give it a gate or remove 'hard'.",
                where,
            )
        yield from _bounds(row, where)
    standards = raw.get("standards")
    if isinstance(standards, dict):
        used = {
            str(x).split(":")[0]
            for row in rows
            for x in row.get("supports") or []
            if isinstance(x, str)
        }
        for prefix in sorted(used - {str(s) for s in standards}):
            hint = nearest(prefix, [str(s) for s in standards])
            yield Problem(
                "POLICY_STANDARD",
                f"'{prefix}:' is used in 'supports' but is not in 'standards'.",
                hint,
                where,
            )


def _bounds(row: dict[str, Any], where: str) -> Iterator[Problem]:
    for key, falling in (("at_most", True), ("at_least", False)):
        table = row.get(key)
        for name, bounds in table.items() if isinstance(table, dict) else ():
            numbers = [b for b in bounds if _number(b)] if isinstance(bounds, list) else []
            if numbers != sorted(numbers, reverse=falling):
                order = "fall" if falling else "rise"
                sentence = f"The bounds '{key}.{name}' of {row.get('id')} must {order} from level 1 to level 4."
                yield Problem("POLICY_BOUNDS", sentence, "", where)


def _complete(raw: dict[str, Any], where: str) -> Iterator[Problem]:
    """Maps that the rules look things up in: a key that is not there, and a quantity that no measure knows."""
    caps, days = raw.get("grade_caps"), raw.get("effort_days")
    for name, table, keys in (
        ("grade_caps", caps, get_args(Grade)),
        ("effort_days", days, range(1, 6)),
    ):
        missing = (
            [str(k) for k in keys if str(k) not in {str(t) for t in table}]
            if isinstance(table, dict)
            else []
        )
        if missing:
            yield Problem(
                "POLICY_MISSING_KEY", f"'{name}' has no entry for {', '.join(missing)}.", "", where
            )
    for key, value in days.items() if isinstance(days, dict) else ():
        if str(key) not in map(str, range(1, 6)):
            yield Problem(
                "POLICY_UNKNOWN_KEY",
                f"'effort_days.{key}' is no effort; they are 1 to 5.",
                "",
                where,
            )
        elif not (_number(value) and 0 < value <= MOST_DAYS):
            sentence = f"'effort_days.{key}' is {value!r:.40}; person-days are above 0 and at most {MOST_DAYS:,}."
            yield Problem("POLICY_VALUE", sentence, "", where)
    for key, level in caps.items() if isinstance(caps, dict) else ():
        if key in get_args(Grade) and not (isinstance(level, int) and 0 <= level <= 4):
            sentence = (
                f"'grade_caps.{key}' is {level!r:.40}; a level is a whole number from 0 to 4."
            )
            yield Problem("POLICY_VALUE", sentence, "", where)


def _quantities(raw: dict[str, Any], where: str, shipped: Mapping[str, Any]) -> Iterator[Problem]:
    """Bounds and least numbers under a name that the measure of that criterion does not have: they would bind nothing."""
    for row in _rows(raw, "criteria"):
        key = str(row.get("id"))
        if key not in shipped:
            continue
        for part in ("at_most", "at_least", "min_n"):
            table, known = row.get(part), list(getattr(shipped[key], part))
            given = {str(name) for name in table} if isinstance(table, dict) else set()
            for name in sorted(given - set(known)):
                sentence = f"'criteria.{key}.{part}.{name}' is nothing that is measured for {key}."
                yield Problem(
                    "POLICY_UNKNOWN_KEY", sentence, nearest(name, known) if known else "", where
                )
            for name in sorted(set(known) - given):
                sentence = (
                    f"'criteria.{key}.{part}.{name}' is missing: without it any value would do."
                )
                hint = "Keep the shipped one, or write null at the levels that it shall not bind."
                hint = hint if part != "min_n" else "Keep the shipped one, or write 0."
                yield Problem("POLICY_MISSING_KEY", sentence, hint, where)


def _references(raw: dict[str, Any], where: str) -> Iterator[Problem]:
    known = [str(c.get("id")) for c in _rows(raw, "criteria")]
    used = [("stops", str(s.get("criterion"))) for s in _rows(raw, "stops")]
    for stage in _rows(raw, "stages"):
        used += [(f"stages.{stage.get('id')}", str(c)) for c in stage.get("criteria") or []]
    for place, key in used:
        if key not in known:
            hint = nearest(key, known)[:200] if known else ""
            yield Problem(
                "POLICY_UNKNOWN_CRITERION",
                f"'{place}' names {key}, which is no criterion.",
                hint,
                where,
            )
    dimension_ids = [str(d.get("id")) for d in _rows(raw, "dimensions")]
    events = raw.get("events")
    for kind, keys in events.items() if isinstance(events, dict) else ():
        for key in keys if isinstance(keys, list) else ():
            if str(key) not in (*known, *dimension_ids):
                hint = nearest(str(key), [*known, *dimension_ids])[:200]
                sentence = f"'events.{kind}' names {key}, which is no criterion and no dimension."
                yield Problem("POLICY_UNKNOWN_CRITERION", sentence, hint, where)
    stages = [str(s.get("id")) for s in _rows(raw, "stages")]
    for position, stage in enumerate(_rows(raw, "stages")):
        if stage.get("includes") is not None and stage["includes"] not in stages[:position]:
            sentence = f"Stage {stage.get('id')} includes '{stage['includes']}', which is no earlier stage."
            yield Problem("POLICY_STAGE", sentence, "", where)
    dimensions = {d.get("id") for d in _rows(raw, "dimensions")}
    adjustments = raw.get("adjustments")
    for flag, moves in adjustments.items() if isinstance(adjustments, dict) else ():
        for key in moves if isinstance(moves, dict) else ():
            if key not in dimensions:
                yield Problem(
                    "POLICY_DIMENSION",
                    f"'adjustments.{flag}' names {key}, which is no dimension.",
                    "",
                    where,
                )


def _bands(raw: dict[str, Any], where: str) -> Iterator[Problem]:
    tiers = raw.get("tiers")
    if not isinstance(tiers, dict):
        return
    for tier in TIER_IDS:
        row = tiers.get(tier)
        if row is None:
            yield Problem(
                "POLICY_TIER", f"Tier {tier} has no rules.", "Give rules for L, M, H and C.", where
            )
            continue
        ready, conditional = (
            (row.get("ready"), row.get("conditional")) if isinstance(row, dict) else (None, None)
        )
        if not isinstance(ready, dict) or not isinstance(conditional, dict):
            continue
        for key in ("index", "coverage", "dimension"):
            high, low = ready.get(key), conditional.get(key)
            if isinstance(high, int | float) and isinstance(low, int | float) and low > high:
                sentence = f"At tier {tier} Conditional asks for more {key} ({low:g}) than Ready ({high:g})."
                yield Problem("POLICY_BANDS", sentence, "", where)

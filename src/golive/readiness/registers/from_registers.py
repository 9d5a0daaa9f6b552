"""What the registers themselves prove, criterion by criterion, from scope and owners to drills and hazards.

A register is measured like data, and it is also the artefact that is asked for: a filled register is evidence of grade E3
for the level that it shows. An empty register says nothing, neither for nor against.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from golive.model import registers as model
from golive.model.readiness import EvidenceItem, Measurement
from golive.model.registers import OWNER_ROLES, Registers
from golive.model.result import CriteriaLock
from golive.readiness.registers.value import ends_of

ENOUGH_NOT_DOING = 5
KPI_LAYERS = ("technical", "operational", "clinical", "business")
RESULT_LAYERS = KPI_LAYERS[1:]
ENOUGH_WEEKS = 8
"""Weeks of baseline that level 3 of VAL-02 asks for."""
COST_PARTS = ("integration", "monitoring", "retraining", "support", "clinician_time")
TRAINED = 0.9
"""Share of the roster that has to have passed for level 3 of ADO-03."""
CONTINGENCY = 1.5
"""A 90th percentile at least this many times the median is contingency of 50 % (VAL-05)."""
DRILLED: Mapping[str, int] = {
    "MLO-05": 3,
    "GOV-04": 2,
    "GOV-05": 2,
    "HND-02": 2,
    "OBS-06": 2,
    "OBS-07": 2,
    "REL-03": 2,
    "REL-04": 2,
}
"""Criteria that a rehearsal bears on, and the level that its record proves alone; the rest of their anchors is a document."""
MINUTES: Mapping[str, float] = {"L": 60.0, "M": 60.0, "H": 60.0, "C": 15.0}
"""Longest time of a rollback per tier (anchor of MLO-05)."""


@dataclass(frozen=True)
class Reading:
    """Level 0 to 4 that a register shows, in words why, and the level it proves by itself when that is less.

    ``on`` is the day the register speaks of, where that is not the day of its last change (the day of a drill).
    """

    level: int
    value: str
    rows: int
    reason: str = ""
    proves: int | None = None
    on: date | None = None

    @classmethod
    def but_for(cls, document: str, value: str, rows: int) -> Reading:
        """Level 3 as far as a register can show it; ``document`` is asked for besides, so it proves level 2."""
        reason = f"{document} is a document: evidence decides above 2."
        return cls(3, value, rows, reason, proves=2)


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _filled_in(*texts: str) -> bool:
    """Whether every one of ``texts`` holds more than blanks."""
    return all(text.strip() for text in texts)


def scope(rows: Sequence[model.ScopeItem]) -> Reading:
    """SCO-03: share of scope items with status, reason and owner; 3 needs all of them and an intentionally-not-doing list."""
    n = len(rows)
    out = sum(r.status == "not_doing" for r in rows)
    owned = sum(_filled_in(r.owner) and (r.status == "in" or _filled_in(r.reason)) for r in rows)
    value = f"{owned} of {n} scope items {_have(owned)} reason and owner; {out} {'is' if out == 1 else 'are'} intentionally not done."
    if not out:
        return Reading(1, value, n, "Nothing is written down as intentionally not done.")
    if owned < n or out < ENOUGH_NOT_DOING:
        reason = f"At least {ENOUGH_NOT_DOING} items that are not done are expected."
        return Reading(2, value, n, reason)
    return Reading(3, value, n)


def deferrals(rows: Sequence[model.Deferral], as_of: date, gates: frozenset[str]) -> Reading:
    """SCO-04: share of deferred items with reason, owner and a date that has not passed; 3 also needs no gate overdue."""
    n = len(rows)
    undecided = [r for r in rows if r.state == "open"]
    late = [r for r in undecided if r.decide_by is not None and r.decide_by < as_of]
    lacking = [r for r in undecided if r.decide_by is None or r in late]
    good = sum(_filled_in(r.reason, r.owner) and r not in lacking for r in rows)
    value = f"{good} of {n} deferred items {_have(good)} reason, owner and a date ahead; {len(late) or 'none'} {'are' if len(late) > 1 else 'is'} overdue."
    if good / n < 0.5:
        return Reading(1, value, n)
    overdue = any(r.criterion in gates for r in late)
    return Reading(2 if good / n < 0.9 or overdue else 3, value, n)


def owners(rows: Sequence[model.OwnerRow]) -> Reading:
    """GOV-01: product, clinical safety, data and operations each with a name, deputy, contact and acceptance."""
    n = len(rows)
    by_role = {r.id.strip().lower().replace("_", " ").replace("-", " "): r for r in rows}
    named = [role for role in OWNER_ROLES if role in by_role and by_role[role].name.strip()]
    owned = [by_role[role] for role in named]
    full = sum(_filled_in(r.deputy, r.contact, r.hours) and bool(r.accepted_on) for r in owned)
    value = (
        f"{len(named)} of {len(OWNER_ROLES)} roles {_have(len(named))} a name, {full} of them also deputy, contact, hours and "
        "acceptance."
    )
    missing = ", ".join(role for role in OWNER_ROLES if role not in named)
    if missing:
        return Reading(1, value, n, f"No name for {missing}.")
    return Reading(3 if full == len(OWNER_ROLES) else 2, value, n)


def indicators(kpis: Sequence[model.Kpi]) -> Reading | None:
    """VAL-01: indicators with definition, baseline, target, owner and source on all four layers, tied to a data check."""
    rows = [k for k in kpis if k.layer != "data_check"]
    if not rows:
        return None
    n, found = len(rows), {k.layer for k in rows}
    layers = [layer for layer in KPI_LAYERS if layer in found]
    owned = [k for k in rows if _filled_in(k.owner, k.definition)]
    full = sum(_filled_in(k.source) and None not in (k.baseline, k.target) for k in owned)
    linked = sum(bool(k.linked_check.strip()) or k.layer == "data_check" for k in kpis)
    value = (
        f"{full} of {n} indicators {_have(full)} definition, baseline, target, owner and source; "
        f"{len(layers)} of {len(KPI_LAYERS)} layers; {linked} tied to a data check."
    )
    if layers == ["technical"]:
        level = 0
    elif len(owned) < n:
        level = 1
    else:
        level = 3 if len(layers) == len(KPI_LAYERS) and full == n and linked else 2
    return Reading(level, value, n)


def history(kpis: Sequence[model.Kpi]) -> Reading | None:
    """VAL-02: weeks of baseline before first use of every indicator of results, and whether a comparison is chosen.

    Says nothing until somebody writes down how long a baseline was recorded. Level 4 asks for more than a register can show.
    """
    rows = [k for k in kpis if k.layer in RESULT_LAYERS]
    if all(k.baseline_weeks is None for k in rows):
        return None
    n = len(rows)
    full = [k for k in rows if k.baseline is not None and k.baseline_weeks is not None]
    shortest = min((k.baseline_weeks or 0.0 for k in full), default=0.0)
    compared = sum(k.comparison != "none" and _filled_in(k.source) for k in full)
    value = (
        f"{len(full)} of {n} indicators of results {_have(len(full))} a baseline recorded before first use, the shortest over "
        f"{shortest:g} week{'' if shortest == 1 else 's'}; {compared or 'none'} of them with source and comparison."
    )
    if len(full) < n or shortest == 0:
        reason = "Every indicator of results needs a baseline."
        return Reading(1 if shortest else 0, value, n, reason)
    if shortest < ENOUGH_WEEKS or compared < n:
        reason = f"At least {ENOUGH_WEEKS} weeks, a source and a comparison are expected of each."
        return Reading(2, value, n, reason)
    return Reading(3, value, n)


def business_case(rows: Sequence[model.ValueLine]) -> Reading:
    """VAL-03: costs beyond the licence and benefits, each as a range. The finance review is a document."""
    n = len(rows)
    ranged = [r for r in rows if ends_of(r)]
    costed = {r.part for r in ranged if r.side == "cost"}
    parts = sum(part in costed for part in COST_PARTS)
    gains = sum(r.side == "benefit" for r in ranged)
    value = (
        f"{len(ranged)} of {n} lines {_have(len(ranged))} a range; {parts} of {len(COST_PARTS)} parts of the cost of "
        f"operation are there; {gains or 'no'} benefit{'' if gains == 1 else 's'} with a range."
    )
    if parts == len(COST_PARTS) and gains and len(ranged) == n:
        return Reading.but_for("Review by finance", value, n)
    return Reading(2 if parts else 1, value, n)


def lineage(rows: Sequence[model.Manifest], train_sha256: str) -> Reading:
    """DAT-08: the SHA-256 of the training file against the registered manifests."""
    n = len(rows)
    file = f"The training file (SHA-256 {train_sha256[:12]})"
    named = [m for m in rows if m.train_sha256]
    match = next((m for m in named if m.train_sha256.lower() == train_sha256.lower()), None)
    if match is None:
        return Reading(1, f"{file} is in none of {n} registered manifests.", n)
    value = f"{file} is the one registered for {match.model_version or match.id}."
    if not _filled_in(match.code, match.settings, match.owner):
        return Reading(2, value, n, "The manifest does not name code, settings and owner.")
    return Reading.but_for("One prediction traced end to end", value, n)


def trained(rows: Sequence[model.Training]) -> Reading:
    """ADO-03: share of the roster that was trained and passed. What users and patients are told is a document."""
    n = len(rows)
    passed = sum(r.passed and r.trained_on is not None for r in rows)
    value = f"{passed} of {n} entries of the training roster {_have(passed)} passed."
    if passed < TRAINED * n:
        return Reading(2 if passed else 1, value, n)
    return Reading.but_for("What users and patients are told", value, n)


def hazards(rows: Sequence[model.Hazard]) -> Reading:
    """CLN-06: hazards with severity, likelihood, control and owner, none of them open. The safety case is a document."""
    n = len(rows)
    rated = [r for r in rows if r.severity and r.likelihood]
    full = sum(_filled_in(r.control, r.owner) for r in rated)
    still = sum(r.state == "open" for r in rows)
    value = (
        f"{full} of {n} hazards {_have(full)} severity, likelihood, control and owner; "
        f"{still or 'none'} {'is' if still <= 1 else 'are'} open."
    )
    if not full:
        return Reading(1, value, n)
    if still or full < n:
        reason = "Every hazard has to be controlled or accepted by a named clinician."
        return Reading(2, value, n, reason)
    return Reading.but_for("The signed safety case", value, n)


def planned(rows: Sequence[model.Milestone]) -> Reading:
    """VAL-05: milestones with owner and range, on several tracks, with contingency. That it is funded is a document."""
    n = len(rows)
    owned = sum(_filled_in(r.owner) and r.likely is not None for r in rows)
    tracks = len({r.track.strip().lower() for r in rows if r.track.strip()})
    roomy = sum(map(_roomy, rows))
    value = (
        f"{owned} of {n} milestones {_have(owned)} owner and duration, on {tracks or 'no'} "
        f"track{'' if tracks == 1 else 's'}; {roomy} {_have(roomy)} contingency of half or more."
    )
    if owned < n:
        return Reading(1, value, n)
    if tracks < 2 or not roomy:
        return Reading(2, value, n, "Parallel tracks and contingency are expected.")
    return Reading.but_for("That it is funded", value, n)


def _roomy(row: model.Milestone) -> bool:
    return bool(row.likely) and (row.high or 0.0) >= CONTINGENCY * (row.likely or 0.0)


def drilled(rows: Sequence[model.Drill], criterion: str, tier: str, as_of: date) -> Reading | None:
    """What the last rehearsal of ``criterion`` up to ``as_of`` showed; for MLO-05 its minutes against the limit of ``tier``."""
    dated = [(r.held_on, r.id, r) for r in rows if r.criterion == criterion and r.held_on]
    done = [row for row in dated if row[0] <= as_of]
    if not done:
        return None
    on, _, last = max(done, key=lambda row: row[:2])
    level, reason = _drill_level(last, criterion, tier)
    time = f" in {last.minutes:g} minutes" if last.minutes is not None else ""
    proves = min(level, DRILLED[criterion] if last.owner.strip() else 2)
    return Reading(level, f"{last.drill}: {last.result}{time}.", len(done), reason, proves, on)


def _drill_level(last: model.Drill, criterion: str, tier: str) -> tuple[int, str]:
    if last.result != "passed":
        return (2 if last.result == "partly" else 1), "The last rehearsal did not pass."
    if criterion != "MLO-05":
        rest = "The rest of what is asked is a document: evidence decides above 2."
        return 3, "" if DRILLED[criterion] > 2 else rest
    limit = MINUTES[tier]
    if last.minutes is None:
        return 2, "Its minutes are not written down."
    return (3, "") if last.minutes <= limit else (2, f"At this tier it may take {limit:g} minutes.")


def readings(
    registers: Registers,
    *,
    train_sha256: str,
    as_of: date,
    tier: str,
    gates: frozenset[str] = frozenset(),
) -> dict[str, tuple[str, Reading]]:
    """Every register that has rows: criterion to (name of the register, reading). ``gates`` are the criteria with a gate."""
    readers: dict[str, tuple[str, Callable[[Any], Reading | None]]] = {
        "SCO-03": ("scope", scope),
        "SCO-04": ("deferrals", partial(deferrals, as_of=as_of, gates=gates)),
        "GOV-01": ("owners", owners),
        "VAL-01": ("kpis", indicators),
        "VAL-02": ("kpis", history),
        "VAL-03": ("value", business_case),
        "VAL-05": ("milestones", planned),
        "DAT-08": ("manifests", partial(lineage, train_sha256=train_sha256)),
        "ADO-03": ("training", trained),
        "CLN-06": ("hazards", hazards),
    }
    for key in DRILLED:
        readers[key] = ("drills", partial(drilled, criterion=key, tier=tier, as_of=as_of))
    found = {}
    for key, (name, read) in readers.items():
        rows = getattr(registers, name)
        reading = read(rows) if rows else None
        if reading is not None:
            found[key] = (name, reading)
    return found


def measured(found: dict[str, tuple[str, Reading]], as_of: date) -> tuple[Measurement, ...]:
    """The readings as measurements of today, however old the data are: they limit every claim about the same criterion."""
    return tuple(
        Measurement(
            criterion=key,
            level=r.level,
            value=r.value,
            reason=r.reason,
            n=r.rows,
            measured_on=r.on or as_of,
            read_from=name,
        )
        for key, (name, r) in found.items()
    )


def _register_item(item: str, criterion: str, level: int, **rest: object) -> EvidenceItem:
    """Evidence of grade E3 that a register gives by itself."""
    return EvidenceItem.model_validate(
        {"kind": "auto", "grade": "E3", "owner": "the register"}
        | {"id": f"register-{item}", "criterion": criterion, "claim_level": level}
        | rest
    )


def as_evidence(
    found: dict[str, tuple[str, Reading]], registers: Registers, as_of: date
) -> tuple[EvidenceItem, ...]:
    """The registers as evidence of grade E3, issued on the day of their last change (a drill: of the drill), with a hash."""
    items: dict[str, EvidenceItem] = {}
    for key, (name, reading) in found.items():
        item = name if reading.on is None and name not in items else f"{name}-{key.lower()}"
        changed = reading.on or registers.changed_on.get(name, as_of)
        items[item] = _register_item(
            item,
            key,
            reading.level if reading.proves is None else min(reading.level, reading.proves),
            kind="drill" if name == "drills" else "auto",
            sha256=_hash(registers, name),
            issued=min(changed, as_of),
            note=reading.value,
        )
    return tuple(items.values())


def _hash(registers: Registers, name: str) -> str:
    content = "\n".join(row.model_dump_json() for row in getattr(registers, name))
    return hashlib.sha256(content.encode()).hexdigest()


def from_lock(lock: CriteriaLock | None, as_of: date) -> tuple[EvidenceItem, ...]:
    """Frozen criteria as evidence for SCO-01: tier and thresholds are written. Who approved them is a document."""
    if lock is None or not lock.frozen_at:
        return ()
    when = "before" if lock.before_live else "but not before"
    frozen = min(date.fromisoformat(lock.frozen_at[:10]), as_of)
    note = f"Tier, thresholds and gates are frozen, {when} live data was judged."
    return (
        _register_item("criteria", "SCO-01", 2, sha256=lock.sha256 or "", issued=frozen, note=note),
    )

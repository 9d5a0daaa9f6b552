"""What the registers themselves prove: scope, deferrals, owners, indicators, business case and the manifest of training
data.

A register is measured like data, and it is also the artefact that is asked for: a filled register is evidence of grade E3
for the level that it shows. An empty register says nothing, neither for nor against.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date

from golive.model.readiness import EvidenceItem, Measurement
from golive.model.registers import OWNER_ROLES, Registers
from golive.model.result import CriteriaLock
from golive.readiness.registers import from_people
from golive.readiness.registers.reading import Reading, filled_in, have

ENOUGH_NOT_DOING = 5
KPI_LAYERS = ("technical", "operational", "clinical", "business")
RESULT_LAYERS = ("operational", "clinical", "business")
ENOUGH_WEEKS = 8
"""Weeks of baseline that level 3 of VAL-02 asks for."""
COST_PARTS = ("integration", "monitoring", "retraining", "support", "clinician_time")


def scope(registers: Registers) -> Reading | None:
    """SCO-03: share of scope items with status, reason and owner; 3 needs all of them and an intentionally-not-doing list."""
    rows = registers.scope
    if not rows:
        return None
    out = [r for r in rows if r.status == "not_doing"]
    owned = [r for r in rows if r.owner.strip() and (r.reason.strip() or r.status == "in")]
    value = f"{len(owned)} of {len(rows)} scope items {have(len(owned))} reason and owner; {len(out)} {'is' if len(out) == 1 else 'are'} intentionally not done."
    if not out:
        return Reading(
            1, value, len(rows), reason="Nothing is written down as intentionally not done."
        )
    if len(owned) < len(rows) or len(out) < ENOUGH_NOT_DOING:
        return Reading(
            2,
            value,
            len(rows),
            reason=f"At least {ENOUGH_NOT_DOING} items that are not done are expected.",
        )
    return Reading(3, value, len(rows))


def deferrals(registers: Registers, as_of: date, gates: frozenset[str]) -> Reading | None:
    """SCO-04: share of deferred items with reason, owner and a date that has not passed; 3 also needs no gate overdue."""
    rows = registers.deferrals
    if not rows:
        return None
    late = [
        r for r in rows if r.state == "open" and r.decide_by is not None and r.decide_by < as_of
    ]
    good = [
        r
        for r in rows
        if filled_in(r.reason, r.owner) and (r.state != "open" or (r.decide_by and r not in late))
    ]
    share = len(good) / len(rows)
    value = f"{len(good)} of {len(rows)} deferred items {have(len(good))} reason, owner and a date ahead; {len(late) or 'none'} {'are' if len(late) > 1 else 'is'} overdue."
    if share < 0.5:
        return Reading(1, value, len(rows))
    if share < 0.9 or any(r.criterion in gates for r in late):
        return Reading(2, value, len(rows))
    return Reading(3, value, len(rows))


def owners(registers: Registers) -> Reading | None:
    """GOV-01: product, clinical safety, data and operations each with a name, deputy, contact and acceptance."""
    rows = registers.owners
    if not rows:
        return None
    by_role = {r.id.strip().lower().replace("_", " ").replace("-", " "): r for r in rows}
    named = [role for role in OWNER_ROLES if role in by_role and by_role[role].name.strip()]
    full = [
        r
        for r in (by_role[role] for role in named)
        if filled_in(r.deputy, r.contact, r.hours) and r.accepted_on
    ]
    value = (
        f"{len(named)} of {len(OWNER_ROLES)} roles {have(len(named))} a name, {len(full)} of them also deputy, contact, hours and "
        "acceptance."
    )
    missing = ", ".join(role for role in OWNER_ROLES if role not in named)
    if missing:
        return Reading(1, value, len(rows), reason=f"No name for {missing}.")
    return Reading(3 if len(full) == len(OWNER_ROLES) else 2, value, len(rows))


def indicators(registers: Registers) -> Reading | None:
    """VAL-01: indicators with definition, baseline, target, owner and source on all four layers, tied to a data check."""
    rows = [k for k in registers.kpis if k.layer != "data_check"]
    if not rows:
        return None
    layers = [layer for layer in KPI_LAYERS if any(k.layer == layer for k in rows)]
    owned = [k for k in rows if filled_in(k.owner, k.definition)]
    full = [
        k for k in owned if k.baseline is not None and k.target is not None and filled_in(k.source)
    ]
    linked = [k for k in registers.kpis if k.linked_check.strip() or k.layer == "data_check"]
    value = (
        f"{len(full)} of {len(rows)} indicators {have(len(full))} definition, baseline, target, owner and source; "
        f"{len(layers)} of {len(KPI_LAYERS)} layers; {len(linked)} tied to a data check."
    )
    if layers == ["technical"] or not owned:
        return Reading(0 if layers == ["technical"] else 1, value, len(rows))
    if len(owned) < len(rows) or len(layers) < len(KPI_LAYERS):
        return Reading(1 if len(owned) < len(rows) else 2, value, len(rows))
    return Reading(3 if len(full) == len(rows) and linked else 2, value, len(rows))


def history(registers: Registers) -> Reading | None:
    """VAL-02: weeks of baseline before first use of every indicator of results, and whether a comparison is chosen.

    Says nothing until somebody writes down how long a baseline was recorded. Level 4 asks for more than a register can show.
    """
    rows = [k for k in registers.kpis if k.layer in RESULT_LAYERS]
    if all(k.baseline_weeks is None for k in rows):
        return None
    full = [k for k in rows if k.baseline is not None and k.baseline_weeks is not None]
    shortest = min((k.baseline_weeks or 0.0 for k in full), default=0.0)
    compared = [k for k in full if k.comparison != "none" and filled_in(k.source)]
    value = (
        f"{len(full)} of {len(rows)} indicators of results {have(len(full))} a baseline recorded before first use, the shortest over "
        f"{shortest:g} week{'' if shortest == 1 else 's'}; {len(compared) or 'none'} of them with source and comparison."
    )
    if len(full) < len(rows) or shortest == 0:
        return Reading(
            1 if shortest else 0,
            value,
            len(rows),
            reason="Every indicator of results needs a baseline.",
        )
    if shortest < ENOUGH_WEEKS or len(compared) < len(full):
        reason = f"At least {ENOUGH_WEEKS} weeks, a source and a comparison are expected of each."
        return Reading(2, value, len(rows), reason=reason)
    return Reading(3, value, len(rows))


def business_case(registers: Registers) -> Reading | None:
    """VAL-03: costs beyond the licence and benefits, each as a range. The finance review is a document."""
    rows = registers.value
    if not rows:
        return None
    whole = [r for r in rows if r.low is not None and r.likely is not None and r.high is not None]
    costs = [r for r in rows if r.side == "cost"]
    parts = [p for p in COST_PARTS if any(r.part == p and r in whole for r in costs)]
    benefit = [r for r in whole if r.side == "benefit"]
    value = (
        f"{len(whole)} of {len(rows)} lines {have(len(whole))} a range; {len(parts)} of {len(COST_PARTS)} parts of the cost of "
        f"operation are there; {len(benefit) or 'no'} benefit{'' if len(benefit) == 1 else 's'} with a range."
    )
    if not parts:
        return Reading(1, value, len(rows))
    if len(parts) < len(COST_PARTS) or not benefit or len(whole) < len(rows):
        return Reading(2, value, len(rows))
    return Reading(
        3,
        value,
        len(rows),
        proves=2,
        reason="Review by finance is a document: evidence decides above 2.",
    )


def lineage(registers: Registers, train_sha256: str) -> Reading | None:
    """DAT-08: the SHA-256 of the training file against the registered manifests."""
    rows = registers.manifests
    if not rows:
        return None
    match = next(
        (m for m in rows if m.train_sha256 and m.train_sha256.lower() == train_sha256.lower()), None
    )
    if match is None:
        value = f"The training file (SHA-256 {train_sha256[:12]}) is in none of {len(rows)} registered manifests."
        return Reading(1, value, len(rows))
    version = match.model_version or match.id
    value = f"The training file (SHA-256 {train_sha256[:12]}) is the one registered for {version}."
    if not filled_in(match.code, match.settings, match.owner):
        return Reading(
            2, value, len(rows), reason="The manifest does not name code, settings and owner."
        )
    return Reading(
        3,
        value,
        len(rows),
        proves=2,
        reason="One prediction traced end to end is a document: evidence decides above 2.",
    )


def readings(
    registers: Registers,
    *,
    train_sha256: str,
    as_of: date,
    tier: str,
    gates: frozenset[str] = frozenset(),
) -> dict[str, tuple[str, Reading]]:
    """Every register that has rows: criterion to (name of the register, reading). ``gates`` are the criteria with a gate."""
    found: dict[str, tuple[str, Callable[[], Reading | None]]] = {
        "SCO-03": ("scope", lambda: scope(registers)),
        "SCO-04": ("deferrals", lambda: deferrals(registers, as_of, gates)),
        "GOV-01": ("owners", lambda: owners(registers)),
        "VAL-01": ("kpis", lambda: indicators(registers)),
        "VAL-02": ("kpis", lambda: history(registers)),
        "VAL-03": ("value", lambda: business_case(registers)),
        "VAL-05": ("milestones", lambda: from_people.planned(registers)),
        "DAT-08": ("manifests", lambda: lineage(registers, train_sha256)),
        "ADO-03": ("training", lambda: from_people.trained(registers)),
        "CLN-06": ("hazards", lambda: from_people.hazards(registers)),
    }
    read = {key: (name, got) for key, (name, ask) in found.items() if (got := ask()) is not None}
    for key in from_people.DRILLED:
        drill = from_people.drilled(registers, key, tier, as_of)
        if drill is not None:
            read[key] = ("drills", drill)
    return read


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


def as_evidence(
    found: dict[str, tuple[str, Reading]], registers: Registers, as_of: date
) -> tuple[EvidenceItem, ...]:
    """The registers as evidence of grade E3, issued on the day of their last change (a drill: of the drill), with a hash."""
    items: list[EvidenceItem] = []
    for key, (name, reading) in found.items():
        shared = reading.on is not None or any(i.id == f"register-{name}" for i in items)
        changed = reading.on or registers.changed_on.get(name, as_of)
        items.append(
            EvidenceItem(
                id=f"register-{name}-{key.lower()}" if shared else f"register-{name}",
                criterion=key,
                kind="drill" if name == "drills" else "auto",
                grade="E3",
                claim_level=reading.level
                if reading.proves is None
                else min(reading.level, reading.proves),
                owner="the register",
                sha256=_hash(registers, name),
                issued=min(changed, as_of),
                note=reading.value,
            )
        )
    return tuple(items)


def _hash(registers: Registers, name: str) -> str:
    content = "\n".join(row.model_dump_json() for row in getattr(registers, name))
    return hashlib.sha256(content.encode()).hexdigest()


def from_lock(lock: CriteriaLock | None, as_of: date) -> tuple[EvidenceItem, ...]:
    """Frozen criteria as evidence for SCO-01: tier and thresholds are written. Who approved them is a document."""
    if lock is None or not lock.frozen_at:
        return ()
    when = (
        "before live data was judged" if lock.before_live else "but not before live data was judged"
    )
    return (
        EvidenceItem(
            id="register-criteria",
            criterion="SCO-01",
            kind="auto",
            grade="E3",
            claim_level=2,
            owner="the register",
            sha256=lock.sha256,
            issued=min(date.fromisoformat(lock.frozen_at[:10]), as_of),
            note=f"Tier, thresholds and gates are frozen, {when}.",
        ),
    )

"""What registers about people and rehearsals prove: the training roster, drills, hazards and the timeline.

As with the other registers (``from_registers``): a filled register is measured and is evidence; an empty one says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from golive.model.registers import Drill, Milestone, Registers
from golive.readiness.registers.reading import Reading, filled_in, have

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


def trained(registers: Registers) -> Reading | None:
    """ADO-03: share of the roster that was trained and passed. What users and patients are told is a document."""
    rows = registers.training
    if not rows:
        return None
    passed = [r for r in rows if r.passed and r.trained_on is not None]
    value = (
        f"{len(passed)} of {len(rows)} entries of the training roster {have(len(passed))} passed."
    )
    if len(passed) < TRAINED * len(rows):
        return Reading(2 if passed else 1, value, len(rows))
    reason = "What users and patients are told is a document: evidence decides above 2."
    return Reading(3, value, len(rows), proves=2, reason=reason)


def drilled(registers: Registers, criterion: str, tier: str, as_of: date) -> Reading | None:
    """What the last rehearsal of ``criterion`` up to ``as_of`` showed; for MLO-05 its minutes against the limit of ``tier``."""
    rows = [
        r
        for r in registers.drills
        if r.criterion == criterion and r.held_on is not None and r.held_on <= as_of
    ]
    if not rows:
        return None
    last = max(rows, key=lambda r: (r.held_on or as_of, r.id))
    level, reason = _drill_level(last, criterion, tier)
    time = f" in {last.minutes:g} minutes" if last.minutes is not None else ""
    value = f"{last.drill}: {last.result}{time}."
    proves = min(level, DRILLED[criterion]) if last.owner.strip() else min(level, 2)
    return Reading(level, value, len(rows), proves=proves, reason=reason, on=last.held_on)


def _drill_level(last: Drill, criterion: str, tier: str) -> tuple[int, str]:
    if last.result != "passed":
        return (2 if last.result == "partly" else 1), "The last rehearsal did not pass."
    if criterion != "MLO-05":
        return 3, "" if DRILLED[
            criterion
        ] > 2 else "The rest of what is asked is a document: evidence decides above 2."
    limit = MINUTES[tier]
    if last.minutes is None:
        return 2, "Its minutes are not written down."
    return (3, "") if last.minutes <= limit else (2, f"At this tier it may take {limit:g} minutes.")


def hazards(registers: Registers) -> Reading | None:
    """CLN-06: hazards with severity, likelihood, control and owner, none of them open. The safety case is a document."""
    rows = registers.hazards
    if not rows:
        return None
    whole = [r for r in rows if r.severity and r.likelihood and filled_in(r.control, r.owner)]
    still = [r for r in rows if r.state == "open"]
    value = (
        f"{len(whole)} of {len(rows)} hazards {have(len(whole))} severity, likelihood, control and owner; "
        f"{len(still) or 'none'} {'is' if len(still) <= 1 else 'are'} open."
    )
    if not whole:
        return Reading(1, value, len(rows))
    if still or len(whole) < len(rows):
        return Reading(
            2,
            value,
            len(rows),
            reason="Every hazard has to be controlled or accepted by a named clinician.",
        )
    reason = "The signed safety case is a document: evidence decides above 2."
    return Reading(3, value, len(rows), proves=2, reason=reason)


def planned(registers: Registers) -> Reading | None:
    """VAL-05: milestones with owner and range, on several tracks, with contingency. That it is funded is a document."""
    rows = registers.milestones
    if not rows:
        return None
    owned = [r for r in rows if r.owner.strip() and r.likely is not None]
    tracks = {r.track.strip().lower() for r in rows if r.track.strip()}
    roomy = [r for r in rows if _roomy(r)]
    value = (
        f"{len(owned)} of {len(rows)} milestones {have(len(owned))} owner and duration, on {len(tracks) or 'no'} "
        f"track{'' if len(tracks) == 1 else 's'}; {len(roomy)} {have(len(roomy))} contingency of half or more."
    )
    if len(owned) < len(rows):
        return Reading(1, value, len(rows))
    if len(tracks) < 2 or not roomy:
        return Reading(2, value, len(rows), reason="Parallel tracks and contingency are expected.")
    reason = "That it is funded is a document: evidence decides above 2."
    return Reading(3, value, len(rows), proves=2, reason=reason)


def _roomy(row: Milestone) -> bool:
    return (
        bool(row.likely) and row.high is not None and row.high >= CONTINGENCY * (row.likely or 0.0)
    )

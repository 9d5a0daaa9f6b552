"""Events that take the ground from evidence: a new model version, a new site, a code-set release, an EHR upgrade.

Evidence and measurements from before an event stop counting for the criteria that the event touches, until they are renewed.
An event takes away proof, never a refutation: what shows a level under the production bar stays, because nothing was
repaired. Which criteria an event touches is part of the policy (key ``events``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from golive.model.readiness import EvidenceItem, Measurement
from golive.model.registers import Event, EventKind
from golive.readiness.evidence import in_words
from golive.readiness.policy.policy import PRODUCTION, Model, load_model

EVENT_WORDS: Mapping[EventKind, str] = {
    "model_version_change": "a new model version",
    "ehr_upgrade": "an upgrade of the record system",
    "code_set_release": "a new release of a code system",
    "new_site": "a new site",
    "intended_use_change": "a change of the intended use",
    "major_incident": "a major incident",
}


def touches(event: Event, criterion: str, model: Model) -> bool:
    """Whether ``event`` concerns ``criterion`` (an id such as ``DAT-04``) by the policy, or by the shipped one if it is silent."""
    by_event = model.events if model.events is not None else load_model().events
    named = (by_event or {}).get(event.kind, ())
    return criterion in named or criterion[:3] in named


def _covers(item: EvidenceItem, event: Event) -> bool:
    """Whether the item says itself that it is about what the event brought."""
    about = {
        "model_version_change": (event.model_version, item.model_version),
        "new_site": (event.site, item.site),
    }
    brought, named = about.get(event.kind, ("", ""))
    return bool(brought) and named.strip() == brought.strip()


def _in_words(event: Event) -> str:
    """``a new site on 20 Nov 2026 (north)``."""
    name = event.model_version or event.site or event.what
    return f"{EVENT_WORDS[event.kind]} on {in_words(event.on)}" + (f" ({name})" if name else "")


def invalidated(
    evidence: Iterable[EvidenceItem], events: Iterable[Event], as_of: date, model: Model
) -> dict[str, str]:
    """Items that no longer count on ``as_of``: id to the reason in words, by the latest event that touches each.

    An item counts again when it is issued on the day of the event or later, or names the new version or site. An item
    without an issue date cannot show that it is newer, so it falls. Items that claim less than the production bar stay.
    """
    happened = sorted((e for e in events if e.on <= as_of), key=lambda e: (e.on, e.id))
    found: dict[str, str] = {}
    touching: dict[str, list[Event]] = {}
    for item in evidence if happened else ():
        if item.claim_level < PRODUCTION:
            continue
        if item.criterion not in touching:
            touching[item.criterion] = [e for e in happened if touches(e, item.criterion, model)]
        for event in touching[item.criterion]:
            if (item.issued is None or item.issued < event.on) and not _covers(item, event):
                found[item.id] = f"{item.id}: no longer counts since {_in_words(event)}."
    return found


def still_valid(
    measurements: Iterable[Measurement],
    events: Iterable[Event],
    *,
    measured_on: date | None,
    as_of: date,
    model: Model,
) -> tuple[Measurement, ...]:
    """Measurements as they count on ``as_of``: those at the bar or above that are older than an event are not assessed.

    ``measured_on`` is the day of the data (``None`` = ``as_of``).
    """
    on = measured_on or as_of
    later = sorted((e for e in events if on < e.on <= as_of), key=lambda e: (e.on, e.id))
    found = []
    for item in measurements:
        event = next((e for e in reversed(later) if touches(e, item.criterion, model)), None)
        if event is not None and item.level is not None and item.level >= PRODUCTION:
            reason = f"Not assessed: Measured on {in_words(on)}, before {_in_words(event)}: measure again."
            gone = {"level": None, "reason": reason, "findings": ()}
            item = item.model_copy(update=gone)  # noqa: PLW2901 - as it counts
        found.append(item)
    return tuple(found)

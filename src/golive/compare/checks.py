"""The checks that run on every assessment. A check is a module with one public function ``check``.

A check looks at two profiles and the configuration and returns findings. It knows nothing of other checks: which finding
explains which is one table in ``causes``. A check that has nothing to say returns an empty list; one that cannot judge
returns a finding with that verdict. An exception inside a check never takes the others with it (``compare``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from golive.compare.codes import codes, releases, spelling, unseen
from golive.compare.fields import (
    dates,
    disguised,
    feed,
    free_text,
    hipaa,
    identity,
    integrity,
    labels,
    missingness,
    outputs,
    resources,
    schema,
)
from golive.compare.numbers import limits, plausibility, rounding, stuck, swap, unit_labels, units
from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.finding import Finding
from golive.model.profile import Profile

Check = Callable[[Profile, Profile, Config], Sequence[Facts | Finding]]

CHECKS: tuple[tuple[str, Check], ...] = (
    ("columns and types", schema.check),
    ("FHIR resources", resources.check),
    ("missing values", missingness.check),
    ("units", units.check),
    ("labels of units", unit_labels.check),
    ("missing values in disguise", disguised.check),
    ("implausible values", plausibility.check),
    ("limits of values", limits.check),
    ("exchanged columns", swap.check),
    ("repeated values", stuck.check),
    ("rounding", rounding.check),
    ("free text in structured fields", free_text.check),
    ("codes and their systems", codes.check),
    ("releases of codes", releases.check),
    ("spellings", spelling.check),
    ("dates as written", dates.check),
    ("values never seen in training", unseen.check),
    ("outcome", labels.check),
    ("model outputs", outputs.check),
    ("identifiers and free text", identity.check),
    ("identifiers inside values", hipaa.check),
    ("repeated rows", integrity.check),
    ("times and gaps of the feed", feed.check),
)
"""Name for people (progress, ``not_assessed``) and function, in the order in which they run."""

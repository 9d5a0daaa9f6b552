"""The checks that run on every assessment. A check is a module with one public function ``check``.

A check looks at two profiles and the configuration and returns facts; what is said of them stands in
``golive.wording.findings``. It knows nothing of other checks: which finding explains which is one table in ``causes``. A check
that has nothing to say returns an empty list; one that cannot judge returns facts with that verdict. An exception inside a
check never takes the others with it (``run``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from golive.compare.base.pairs import pair_up
from golive.compare.codes import codes, releases, spelling, unseen
from golive.compare.drift.findings import drift_findings
from golive.compare.drift.shares import share_shifts
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
from golive.model.facts import Facts, findings
from golive.model.finding import Finding
from golive.model.profile import Profile
from golive.model.result import DriftResult

Check = Callable[[Profile, Profile, Config], Sequence[Facts]]

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


def run(
    train: Profile,
    live: Profile,
    config: Config,
    drift: Mapping[str, DriftResult],
    *,
    failed: Callable[[str, Exception], None],
    report: Callable[[float, str], None] = lambda _done, _name: None,
) -> list[Finding]:
    """Everything that is found on columns whose ``drift`` was judged: drift, shares of categories, and all checks.

    A check that fails is handed to ``failed`` with its name, and the others still run. ``report`` gets the share of the
    checks that are done (0 to 1) and the name of the next one.
    """
    pairs, _ = pair_up(train, live)
    found = findings(drift_findings(pairs, drift, share_shifts(pairs, config.drift.alpha), config))
    for i, (name, check) in enumerate(CHECKS):
        report(i / len(CHECKS), name)
        try:
            found += findings(check(train, live, config))
        except Exception as error:  # a result with one gap, named, is worth more than none
            failed(name, error)
    return found

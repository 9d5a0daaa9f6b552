"""Levels of criteria as the data show them: one function per criterion, listed in ``MEASURES``.

A measure reads findings, columns, row counts and ``Performance``, takes the pessimistic end of an interval, and answers "not
assessed" with a reason when there is too little to judge. No finding counts as good only where the look was taken on enough
rows. Where only part of a criterion can be looked at, that part may refute it (below level 3) but not confirm it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from golive.model.config import Config
from golive.model.finding import Finding
from golive.model.measured.performance import Performance
from golive.model.readiness import Measurement
from golive.model.result import ColumnResult, Inputs
from golive.readiness.measures import clinical, inputs, outputs, population, service
from golive.readiness.measures.facts import Facts, Maker, Unknown
from golive.readiness.policy.policy import Criterion, Model, load_model
from golive.readiness.risk import tier_of

Measure = Callable[[Facts, Maker], Measurement]

MEASURES: dict[str, Measure] = {
    "SCO-06": clinical.baseline,
    "DAT-01": inputs.schema,
    "DAT-02": inputs.completeness,
    "DAT-03": inputs.free_text,
    "DAT-04": inputs.codes,
    "DAT-05": inputs.plausibility,
    "DAT-06": inputs.identity,
    "DAT-07": inputs.leakage,
    "INT-01": service.inputs_ready,
    "INT-02": service.write_back,
    "INT-05": population.sites,
    "OBS-01": outputs.drift_share,
    "OBS-02": outputs.output_shift,
    "OBS-03": outputs.accuracy,
    "OBS-04": outputs.generated_text,
    "OBS-05": outputs.log_complete,
    "OBS-08": outputs.outcomes_known,
    "MLO-03": service.versions,
    "MLO-07": service.skew,
    "SEC-06": population.identifiers,
    "GOV-03": service.contract,
    "GOV-07": service.reconstruction,
    "REL-01": service.latency,
    "REL-02": service.availability,
    "REL-03": service.peak,
    "REL-05": service.bad_input,
    "CLN-01": clinical.validation_size,
    "CLN-02": clinical.operating_point,
    "CLN-03": clinical.calibration,
    "CLN-04": clinical.subgroups,
    "CLN-05": clinical.silent_run,
    "CLN-07": clinical.net_benefit,
    "CLN-08": population.scope,
    "ADO-02": service.overrides,
    "ADO-04": service.alert_burden,
    "ADO-05": service.active_use,
    "VAL-04": clinical.impact,
}
"""Criterion to the function that measures it."""


def measure(
    findings: Iterable[Finding],
    columns: Iterable[ColumnResult],
    inputs: Inputs,
    performance: Performance | None,
    config: Config,
    *,
    model: Model | None = None,
) -> tuple[Measurement, ...]:
    """Measure every criterion that applies to the pilot and that data can decide.

    Args:
        findings: of the comparison and of the outcomes, quiet ones included.
        columns: with both sides, drift and pictures.
        inputs: row counts of both data sets.
        performance: results on outcomes and operations, or ``None``.
        config: roles, declared columns, floors, budget and risk profile.
        model: the policy whose bounds and minimum sizes apply (default: the shipped one).

    Returns:
        One measurement per criterion in ``MEASURES`` that applies; ``level`` is ``None`` with a reason where nothing can be said.
    """
    policy = model or load_model()
    facts = Facts(tuple(findings), tuple(columns), inputs, performance or Performance(), config)
    asked = policy.applicable(tier_of(config.risk), config.risk.flags)
    return tuple(_measured(c, facts) for c in asked if c.id in MEASURES)


def _measured(criterion: Criterion, facts: Facts) -> Measurement:
    try:
        return MEASURES[criterion.id](facts, Maker(criterion))
    except Unknown as why:
        reason = f"Not assessed: {why.reason}"
        return Measurement(criterion=criterion.id, value=why.value, reason=reason, n=why.n)

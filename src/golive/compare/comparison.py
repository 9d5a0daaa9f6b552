"""Compare two profiles: every check once, every column with its drift, its sides and its picture."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from golive.compare.base.pairs import pair_up
from golive.compare.breakdown import break_down
from golive.compare.causes import link
from golive.compare.checks import CHECKS
from golive.compare.codes import releases
from golive.compare.drift.drift import judge
from golive.compare.drift.findings import drift_findings
from golive.compare.drift.shares import share_findings, share_shifts
from golive.compare.repairs.repair import fill
from golive.compare.what_ifs import judge_repairs
from golive.model import facts
from golive.model.columns import ColumnSpec
from golive.model.config import Config
from golive.model.finding import Finding, Verdict
from golive.model.profile import Profile
from golive.model.result import CodeRelease, ColumnResult, DriftResult, NotAssessed, Repaired
from golive.wording.order import by_urgency
from golive.wording.text import check_failed

Progress = Callable[[float, str], None]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Comparison:
    """What two profiles say together. Columns in training order, then live-only ones; findings most urgent first."""

    columns: tuple[ColumnResult, ...]
    findings: tuple[Finding, ...]
    not_assessed: tuple[NotAssessed, ...]
    repaired: tuple[Repaired, ...] = ()
    code_releases: tuple[CodeRelease, ...] = ()


def compare(
    train: Profile,
    live: Profile,
    config: Config,
    *,
    specs: Sequence[ColumnSpec] = (),
    progress: Progress | None = None,
) -> Comparison:
    """Compare live data with training data by their profiles.

    ``specs`` give the columns' reasons (why this type and role). Deterministic for equal profiles, configuration and seed.
    A check that fails is listed in ``not_assessed`` and the others still run.
    """
    report = progress or (lambda _fraction, _sentence: None)
    pairs, skipped = pair_up(train, live)
    report(0.0, f"comparing the distributions of {len(pairs)} columns")
    drift = judge(pairs, config)
    shifts = share_shifts(pairs, config.drift.alpha)
    findings = drift_findings(pairs, drift, shifts, config)
    # A distribution alarm already names the value that moved; a share is told by itself where the distance hides it.
    findings += share_findings(
        {n: s for n, s in shifts.items() if drift[n].verdict is not Verdict.ALARM}
    )
    not_assessed = [*skipped, *releases.unjudged(train, live, config)]
    for i, (name, check) in enumerate(CHECKS):
        report(0.6 + 0.3 * i / len(CHECKS), f"checking {name}")
        try:
            findings += facts.findings(check(train, live, config))
        except Exception as error:  # a result with one gap, named, is worth more than none
            _log.exception("check '%s' failed", name)
            not_assessed.append(NotAssessed(what=name, why=check_failed(error)))
    report(0.9, "trying the repairs")
    findings = fill(findings, train, live, drift, config.drift)
    findings = break_down(findings, train, live)
    report(0.95, "putting the findings in order")
    columns = _columns(train, live, config, drift, {spec.name: spec for spec in specs})
    linked = by_urgency(link(findings))
    after = judge_repairs(linked, train, live, config, {c.name: c for c in columns})
    report(1.0, f"{len(findings)} findings on {len(columns)} columns")
    return Comparison(
        columns, linked, tuple(not_assessed), after, releases.held_against(train, live, config)
    )


def _columns(
    train: Profile,
    live: Profile,
    config: Config,
    drift: dict[str, DriftResult],
    specs: dict[str, ColumnSpec],
) -> tuple[ColumnResult, ...]:
    from golive.profile import MOST_COLUMNS, followed, picture, series, side

    results = []
    names = list(dict.fromkeys((*train.columns, *live.columns)))
    for name in names:
        before, now = train.columns.get(name), live.columns.get(name)
        values = followed(before, now)
        sliced = len(names) <= MOST_COLUMNS
        known = before or live.columns[name]
        declared = config.columns.get(name)
        results.append(
            ColumnResult(
                name=name,
                type=known.type,
                role=known.role,
                reason=specs[name].reason if name in specs else "",
                train=side(before, series(before, train, values) if sliced else ())
                if before
                else None,
                live=side(now, series(now, live, values) if sliced else ()) if now else None,
                drift=drift.get(name),
                picture=picture(before, now),
                importance=declared.importance if declared else None,
            )
        )
    return tuple(results)

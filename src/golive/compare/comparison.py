"""Compare two profiles: every check once, every column with its drift, its sides and its picture."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from golive.compare.base.pairs import pair_up
from golive.compare.breakdown import break_down
from golive.compare.causes import link
from golive.compare.checks import run
from golive.compare.codes import releases
from golive.compare.drift.drift import judge_columns
from golive.compare.repairs.repair import fill
from golive.compare.what_ifs import judge_repairs
from golive.model.columns import ColumnSpec
from golive.model.config import Config
from golive.model.finding import Finding
from golive.model.profile import ColumnProfile, Profile
from golive.model.result import (
    CodeRelease,
    ColumnResult,
    DriftResult,
    NotAssessed,
    Repaired,
    SideResult,
)
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
    drift = judge_columns(pairs, config)
    not_assessed = [*skipped, *releases.unjudged(train, live, config)]

    def failed(name: str, error: Exception) -> None:
        _log.exception("check '%s' failed", name, exc_info=error)
        not_assessed.append(NotAssessed(what=name, why=check_failed(error)))

    def checking(done: float, name: str) -> None:
        report(0.6 + 0.3 * done, f"checking {name}")

    findings = run(train, live, config, drift, failed=failed, report=checking)
    report(0.9, "trying the repairs")
    findings = fill(findings, train, live, drift, config.drift)
    findings = break_down(findings, train, live)
    report(0.95, "putting the findings in order")
    columns = _columns(train, live, config, drift, {spec.name: spec for spec in specs})
    linked = by_urgency(link(findings))
    after = judge_repairs(linked, train, live, config, {c.name: c for c in columns})
    report(1.0, f"{len(findings)} findings on {len(columns)} columns")
    return Comparison(
        columns, linked, tuple(not_assessed), after, releases.releases_used(train, live, config)
    )


def _columns(
    train: Profile,
    live: Profile,
    config: Config,
    drift: dict[str, DriftResult],
    specs: dict[str, ColumnSpec],
) -> tuple[ColumnResult, ...]:
    from golive.profile import MOST_COLUMNS, followed, picture, series, side

    names = tuple(dict.fromkeys((*train.columns, *live.columns)))

    def result(name: str) -> ColumnResult:
        before, now = train.columns.get(name), live.columns.get(name)
        values = followed(before, now)

        def of(column: ColumnProfile | None, profile: Profile) -> SideResult | None:
            if column is None:
                return None
            return side(
                column, series(column, profile, values) if len(names) <= MOST_COLUMNS else ()
            )

        known, declared = before or live.columns[name], config.columns.get(name)
        return ColumnResult(
            name=name,
            type=known.type,
            role=known.role,
            reason=specs[name].reason if name in specs else "",
            train=of(before, train),
            live=of(now, live),
            drift=drift.get(name),
            picture=picture(before, now),
            importance=declared.importance if declared else None,
        )

    return tuple(result(name) for name in names)

"""The tables of an assessment as CSV files in one zip: findings, columns, criteria, dimensions, plan, evidence, performance."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from golive.readiness.policy.crosswalk import coverage
from golive.report.base.identity import identity
from golive.report.base.sources import Sources
from golive.wording.metrics import measured

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """One table as CSV. Text that a spreadsheet would run as a formula gets a leading apostrophe; numbers stay numbers."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return out.getvalue()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, tuple | list):
        value = "; ".join(str(v) for v in value)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


def tables(sources: Sources) -> dict[str, str]:
    """File name -> CSV text. Numbers are unrounded; shares are 0 to 1."""
    a, r = sources.assessment, sources.assessment.readiness
    about = identity(sources)
    found: dict[str, str] = {
        "about.csv": csv_text(("name", "value"), [*about.rows, ("Note", about.disclaimer)]),
        "verdict.csv": csv_text(
            ("tier", "verdict", "index", "low", "high", "coverage", "mean", "weakest", "stage", "stability", "stop"),
            [(r.tier.value, r.verdict.value, r.index, r.low, r.high, r.coverage, r.mean, r.weakest, r.stage, r.stability, r.stop)],
        ),
        "not_assessed.csv": csv_text(("what", "why"), [(n.what, n.why) for n in a.not_assessed]),
        "columns.csv": _columns(sources),
        "performance.csv": _performance(sources),
        "crosswalk.csv": _crosswalk(sources),
    }  # fmt: skip
    listed: tuple[tuple[str, Sequence[Any], tuple[str, ...]], ...] = (
        ("findings.csv", a.findings, ("id", "signal", "kind", "columns", "verdict", "severity", "route", "title", "explanation",
                                      "rows_affected", "fix", "cause")),
        ("dimensions.csv", r.dimensions, ("id", "name", "weight", "point", "low", "high", "coverage")),
        ("criteria.csv", r.criteria, ("id", "dimension", "title", "kind", "weight", "level", "claimed", "measured", "freshness",
                                      "points", "gate", "hard", "gate_state", "waived", "measurement", "evidence", "findings")),
        ("plan.csv", r.next, ("criterion", "label", "title", "why", "fix", "effort", "gain", "gain_low", "gain_mean", "level",
                              "target", "route")),
        ("evidence.csv", sources.evidence, ("id", "criterion", "kind", "grade", "claim_level", "owner", "reviewer", "link",
                                            "sha256", "issued", "expires", "model_version", "site", "note")),
        ("waivers.csv", sources.waivers, ("criterion", "compensating_control", "owner", "approver", "starts", "expires", "reason")),
    )  # fmt: skip
    for name, items, fields in listed:
        found[name] = csv_text(
            fields, [[getattr(item, field) for field in fields] for item in items]
        )
    return found


def _crosswalk(sources: Sources) -> str:
    """Every clause of every standard that a criterion supports: its state, and which criteria stand. Supports, never complies."""
    head = ("standard", "clause", "state", "criteria", "at_bar", "status", "as_of", "source")
    return csv_text(
        head,
        [
            (
                found.name,
                c.clause,
                c.state,
                c.criteria,
                c.at_bar,
                found.status,
                found.as_of,
                found.source,
            )
            for found in coverage(sources.assessment.readiness)
            for c in found.clauses
        ],
    )


def _columns(sources: Sources) -> str:
    sides = ("n", "missing", "missing_share", "distinct", "mean", "std", "min", "max")
    head = [
        "name",
        "type",
        "role",
        "drift_method",
        "drift_score",
        "drift_threshold",
        "drift_floor",
        "drift_verdict",
    ]
    head += [f"{side}_{name}" for side in ("train", "live") for name in sides]
    rows = []
    for c in sources.assessment.columns:
        d = c.drift
        row: list[Any] = [c.name, c.type.value, c.role.value]
        row += [d.method, d.score, d.threshold, d.floor, d.verdict.value] if d else [None] * 5
        for side in (c.train, c.live):
            row += [getattr(side, name) if side else None for name in sides]
        rows.append(row)
    return csv_text(head, rows)


def _performance(sources: Sources) -> str:
    head = ("metric", "train", "train_low", "train_high", "live", "live_low", "live_high", "change", "change_low",
            "change_high", "floor")  # fmt: skip
    rows = []
    for words, found in measured(sources.assessment.measured):
        sides = (found.train, found.live, found.change)
        told = [value for side in sides for value in (side.value, side.low, side.high)]
        rows.append((words.key, *told, sources.config.floors.get(words.key)))
    return csv_text(head, rows)

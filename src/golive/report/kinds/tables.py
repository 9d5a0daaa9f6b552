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


def csv_of(items: Iterable[Any], fields: Sequence[str]) -> str:
    """Some fields of every item as CSV."""
    return csv_text(fields, [[getattr(item, field) for field in fields] for item in items])


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
        "verdict.csv": csv_of([r], ("tier", "verdict", "index", "low", "high", "coverage", "mean", "weakest", "stage",
                                    "stability", "stop")),
        "not_assessed.csv": csv_of(a.not_assessed, ("what", "why")),
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
    return found | {name: csv_of(items, fields) for name, items, fields in listed}


def _crosswalk(sources: Sources) -> str:
    """Every clause of every standard that a criterion supports: its state, and which criteria stand. Supports, never complies."""
    head = ("standard", "clause", "state", "criteria", "at_bar", "status", "as_of", "source")
    rows = [
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
    ]
    return csv_text(head, rows)


def _columns(sources: Sources) -> str:
    sides = ("n", "missing", "missing_share", "distinct", "mean", "std", "min", "max")
    drift = ("method", "score", "threshold", "floor", "verdict")
    head = ["name", "type", "role", *(f"drift_{name}" for name in drift)]
    head += [f"{side}_{name}" for side in ("train", "live") for name in sides]
    rows = [
        [c.name, c.type, c.role]
        + [getattr(c.drift, name, None) for name in drift]
        + [getattr(side, name, None) for side in (c.train, c.live) for name in sides]
        for c in sources.assessment.columns
    ]
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

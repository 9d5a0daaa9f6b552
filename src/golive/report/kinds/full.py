"""The whole report of an assessment, and the reviewer's report with every criterion and the evidence of every finding."""

from __future__ import annotations

from collections.abc import Mapping

from golive.model.finding import Finding, Verdict
from golive.report.base.document import Block, Bullets, Document, Facts, Heading, Paragraph, table
from golive.report.base.identity import document
from golive.report.base.sources import Sources
from golive.report.parts import sections
from golive.wording.labels import GATE_WORD, ROUTE_WORD, SIGNAL_WORD, VERDICT_WORD
from golive.wording.numbers import count, percent, plural, score

PARTS: tuple[sections.Part, ...] = (
    sections.banner,
    sections.facts,
    sections.blocks_release,
    sections.dimensions,
    sections.modes,
    sections.findings,
    sections.performance,
    sections.subgroups,
    sections.columns,
    sections.gates,
    sections.unknown,
    sections.accepted,
    sections.next_steps,
    sections.evidence,
)


def full(sources: Sources) -> Document:
    """Everything that one assessment says, in the order a reader asks."""
    return document(sources, sources.name, [block for part in PARTS for block in part(sources)])


def reviewer(sources: Sources) -> Document:
    """For who has to check it: findings with evidence and what was ruled out, and every criterion with its basis."""
    findings = sources.assessment.findings
    titles = {f.id: f.title for f in findings}
    blocks: list[Block] = [
        *sections.banner(sources),
        *sections.unknown(sources),
        Heading("Findings, each with its evidence"),
        Paragraph(sections.finding_words(sources) + ".", muted=True),
    ]
    for finding in findings:
        if finding.verdict is not Verdict.QUIET:
            blocks += _finding(finding, titles)
    for part in (sections.performance, sections.subgroups, _criteria, sections.evidence):
        blocks += part(sources)
    return document(sources, f"Reviewer's report: {sources.name}", blocks)


def _sizes(train: int, live: int) -> str:
    """On how many rows a finding rests; a side that took no part is not called empty."""
    if not train or not live:
        side, other = ("live", "training") if live else ("in training", "live data")
        return f"n = {count(live or train)} {side}; {other} took no part"
    return f"n = {count(train)} in training, {count(live)} live"


def _finding(f: Finding, titles: Mapping[str, str]) -> list[Block]:
    rows = [
        ("Verdict", f"{VERDICT_WORD[f.verdict]}, {f.severity.value}"),
        ("Kind", f"{SIGNAL_WORD[f.signal]}: {f.kind.replace('_', ' ')}"),
        ("Owner", ROUTE_WORD[f.route]),
    ]
    if f.effect is not None:
        rows.append(("Sizes", _sizes(f.effect.n_train, f.effect.n_live)))
    repaired = f.what_if
    if repaired is not None and repaired.before is not None and repaired.after is not None:
        told = f"{score(repaired.before)} becomes {score(repaired.after)}"
        rows.append(("Drift score if repaired", told))
    if f.cause:
        rows.append(("Explained by", titles.get(f.cause, f.cause)))
    lines = [f"Evidence: {line}." for line in f.evidence]
    lines += [f"Ruled out: {line}." for line in f.ruled_out]
    lines += [f"To do: {f.fix}"] if f.fix else []
    return [
        Heading(f.title, 3),
        Facts(tuple(rows)),
        *([Paragraph(f.explanation)] if f.explanation else []),
        *([Bullets(tuple(lines))] if lines else []),
    ]


def _criteria(sources: Sources) -> list[Block]:
    head = {
        "Criterion": 1.1,
        "Question": 4,
        "Level": 0.9,
        "Claimed": 1,
        "Measured": 1.1,
        "Fresh": 0.9,
        "Gate": 1.2,
        "What it rests on": 4,
    }
    rows = [
        (
            c.id,
            c.question,
            sections.level_words(c),
            "–" if c.claimed is None else str(c.claimed),
            "–" if c.measured is None else str(c.measured),
            percent(c.freshness),
            GATE_WORD[c.gate_state] if c.gate_state else "no gate",
            sections.basis_words(c),
        )
        for c in sources.assessment.readiness.criteria
    ]
    title = f"All {plural(len(rows), 'criterion', 'criteria')} of this risk tier"
    return [Heading(title), table(head, rows)]

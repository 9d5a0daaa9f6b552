"""The whole report of an assessment, and the reviewer's report with every criterion and the evidence of every finding."""

from __future__ import annotations

from collections.abc import Mapping

from golive.model.finding import Finding, Verdict
from golive.report.base.document import Block, Bullets, Document, Facts, Heading, Paragraph, Table
from golive.report.base.identity import identity, subtitle
from golive.report.base.sources import Sources
from golive.report.parts import sections, subgroups
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
    subgroups.section,
    sections.columns,
    sections.gates,
    sections.unknown,
    sections.accepted,
    sections.next_steps,
    sections.evidence,
)


def _document(sources: Sources, title: str, blocks: list[Block]) -> Document:
    return Document(
        title, subtitle(sources), identity(sources), sources.assessment.created_at, tuple(blocks)
    )


def full(sources: Sources) -> Document:
    """Everything that one assessment says, in the order a reader asks."""
    blocks: list[Block] = []
    for part in PARTS:
        blocks += part(sources)
    return _document(sources, sources.name, blocks)


def reviewer(sources: Sources) -> Document:
    """For who has to check it: findings with evidence and what was ruled out, and every criterion with its basis."""
    found = [f for f in sources.assessment.findings if f.verdict is not Verdict.QUIET]
    titles = {f.id: f.title for f in sources.assessment.findings}
    blocks: list[Block] = [
        *sections.banner(sources),
        *sections.unknown(sources),
        Heading("Findings, each with its evidence"),
        Paragraph(sections.finding_words(sources) + ".", muted=True),
    ]
    for finding in found:
        blocks += _finding(finding, titles)
    blocks += [
        *sections.performance(sources),
        *subgroups.section(sources),
        *_criteria(sources),
        *sections.evidence(sources),
    ]
    return _document(sources, f"Reviewer's report: {sources.name}", blocks)


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
    if f.what_if is not None and f.what_if.before is not None and f.what_if.after is not None:
        rows.append(
            (
                "Drift score if repaired",
                f"{score(f.what_if.before)} becomes {score(f.what_if.after)}",
            )
        )
    if f.cause:
        rows.append(("Explained by", titles.get(f.cause, f.cause)))
    blocks: list[Block] = [Heading(f.title, 3), Facts(tuple(rows))]
    if f.explanation:
        blocks.append(Paragraph(f.explanation))
    lines = [f"Evidence: {line}." for line in f.evidence] + [
        f"Ruled out: {line}." for line in f.ruled_out
    ]
    if f.fix:
        lines.append(f"To do: {f.fix}")
    if lines:
        blocks.append(Bullets(tuple(lines)))
    return blocks


def _criteria(sources: Sources) -> list[Block]:
    rows = tuple(
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
    )
    head = (
        "Criterion",
        "Question",
        "Level",
        "Claimed",
        "Measured",
        "Fresh",
        "Gate",
        "What it rests on",
    )
    title = f"All {plural(len(rows), 'criterion', 'criteria')} of this risk tier"
    return [Heading(title), Table(head, rows, (1.1, 4, 0.9, 1, 1.1, 0.9, 1.2, 4))]

"""The parts reports are made of. Each takes the sources and gives blocks; a report is a choice of parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from golive.model.finding import Finding, Verdict
from golive.model.readiness import CriterionScore, GateState, Readiness, ReadinessVerdict
from golive.model.result import SideResult
from golive.report.base.document import (
    Banner,
    Block,
    Bullets,
    Facts,
    Heading,
    Paragraph,
    Table,
    Tone,
)
from golive.report.base.sources import Sources
from golive.report.base.verdict import (
    blocking,
    cap_sentence,
    effort_words,
    failure_modes,
    stage_name,
    strongest,
    verdict_sentence,
    weakest_first,
)
from golive.report.figures import column_figure, dimension_figure, metric_figure
from golive.wording.labels import GATE_WORD, MEANING, READINESS_WORD, ROUTE_WORD, VERDICT_WORD
from golive.wording.metrics import cases, measured
from golive.wording.numbers import day, number, percent, plural, score

Part = Callable[[Sources], Sequence[Block]]
TONE: dict[ReadinessVerdict, Tone] = {
    ReadinessVerdict.READY: "quiet",
    ReadinessVerdict.CONDITIONAL: "watch",
    ReadinessVerdict.PILOT: "alarm",
    ReadinessVerdict.STOP: "alarm",
}
GATE_TONE: dict[GateState, Tone] = {
    GateState.PASS: "quiet",
    GateState.FAIL: "alarm",
    GateState.UNVERIFIED: "cannot_judge",
}
MOST_FIGURES = 8


def tone_of(finding: Finding) -> Tone:
    """The colour of a finding's verdict."""
    return finding.verdict.value


def owner_word(route: str) -> str:
    """Who acts, in lower case: ``clinical informatics``."""
    return route.replace("_", " ")


def index_words(readiness: Readiness) -> str:
    """``43 of 100, between 42 and 54``; in words when there is none."""
    if readiness.index is None:
        return "none: too little was assessed"
    if readiness.low is None or readiness.high is None:
        return f"{readiness.index:.0f} of 100"
    return f"{readiness.index:.0f} of 100, between {readiness.low:.0f} and {readiness.high:.0f}"


def gate_words(readiness: Readiness) -> str:
    """``41 pass, 14 fail, 5 unproven``; waived ones apart."""
    gates = [c for c in readiness.criteria if c.gate_state is not None]
    waived = sum(c.waived and c.gate_state is not GateState.PASS for c in gates)
    open_gates = [c for c in gates if not c.waived]
    tally = [
        (sum(c.gate_state is GateState.PASS for c in gates), "pass"),
        (sum(c.gate_state is GateState.FAIL for c in open_gates), "fail"),
        (sum(c.gate_state is GateState.UNVERIFIED for c in open_gates), "unproven"),
    ]
    return ", ".join(f"{n} {word}" for n, word in tally) + (f", {waived} waived" if waived else "")


def finding_words(sources: Sources) -> str:
    """``Act 38, Watch 9, Cannot judge 0, Quiet 31``."""
    order = (Verdict.ALARM, Verdict.WATCH, Verdict.CANNOT_JUDGE, Verdict.QUIET)
    return ", ".join(f"{VERDICT_WORD[v]} {sources.assessment.count(v)}" for v in order)


def banner(sources: Sources) -> list[Block]:
    """The verdict with what it rests on, and the numbers to take away."""
    r = sources.assessment.readiness
    lines = [*r.stop, " ".join(s for s in (verdict_sentence(r), cap_sentence(r)) if s)]
    if r.verdict is not ReadinessVerdict.READY and r.stage:
        lines.append(f"What this evidence allows: {stage_name(r)}.")
    return [
        Banner(
            READINESS_WORD[r.verdict].upper(), MEANING[r.verdict], TONE[r.verdict], tuple(lines)
        ),
        Facts(tuple(numbers(sources))),
    ]


def numbers(sources: Sources) -> list[tuple[str, str]]:
    """The numbers of the verdict: index, evidence, gates, weakest dimension, stability, findings."""
    r = sources.assessment.readiness
    weakest = next((d for d in r.dimensions if d.id == r.weakest), None)
    rows = [
        ("Readiness index", index_words(r)),
        ("Evidence", f"{percent(r.coverage)} of the weight assessed"),
        ("Gates", gate_words(r)),
    ]
    if weakest is not None and weakest.point is not None:
        rows.append(("Weakest dimension", f"{weakest.name}, {weakest.point:.0f} points"))
    if r.stability is not None:
        rows.append(("Same verdict under other weights", percent(r.stability)))
    if sources.before is not None:
        rows.append(
            ("Session before", f"index {sources.before[1]:.0f} on {day(sources.before[0])}")
        )
    rows.append(("Findings", finding_words(sources)))
    return rows


def facts(sources: Sources, most: int = 3) -> list[Block]:
    """What live data does differently: the strongest facts, each with its evidence."""
    chosen = strongest(sources.assessment.findings, most)
    if not chosen:
        return [
            Heading("What live data does differently"),
            Paragraph("Nothing that was judged differs from training."),
        ]
    return [
        Heading("What live data does differently"),
        Bullets(tuple(f"{VERDICT_WORD[f.verdict]}: {f.title}." for f in chosen), numbered=True),
    ]


def blocks_release(sources: Sources, most: int | None = None) -> list[Block]:
    """Gates that fail or are unproven, in the order of the plan, and what to do about each."""
    found = blocking(sources.assessment.readiness)
    shown = found if most is None else found[:most]
    rows, tones = [], []
    for criterion, step in shown:
        state = criterion.gate_state or GateState.UNVERIFIED
        do = step.label if step else "FIX" if state is GateState.FAIL else "PROVE"
        hard = ", hard" if criterion.hard else ""
        rows.append(
            (
                GATE_WORD[state],
                f"{criterion.id}{hard}",
                criterion.title,
                do,
                owner_word(step.route if step else ""),
            )
        )
        tones.append(GATE_TONE[state])
    blocks: list[Block] = [
        Heading("What blocks"),
        Table(("Gate", "Criterion", "What it asks", "Do", "Owner"), tuple(rows), (1.2, 1.6, 5, 1, 2), tuple(tones),
              empty="No gate is open."),
    ]  # fmt: skip
    if len(found) > len(shown):
        blocks.append(
            Paragraph(f"And {len(found) - len(shown)} more gates that do not pass.", muted=True)
        )
    return blocks


def next_steps(sources: Sources, most: int | None = None) -> list[Block]:
    """The plan in its order: what, why, effort, who, by when."""
    plan = {row.id: row for row in sources.plan}
    rows = []
    for place, step in enumerate(sources.assessment.readiness.next[:most], start=1):
        entry = plan.get(step.criterion)
        who = (entry.owner if entry else "") or owner_word(step.route)
        due = day(entry.due) if entry and entry.due else "–"
        rows.append(
            (
                str(place),
                step.label,
                step.criterion,
                step.fix or step.title,
                step.why,
                effort_words(step),
                who,
                due,
            )
        )
    return [
        Heading("Do next"),
        Table(("", "Do", "Criterion", "What", "Why", "Effort", "Owner", "Due"), tuple(rows), (0.5, 1.2, 1.2, 4, 3.5, 1.5, 1.7, 1.2),
              empty="Nothing is left to do in the plan."),
    ]  # fmt: skip


def dimensions(sources: Sources) -> list[Block]:
    """Readiness by dimension, drawn and as a table."""
    scores = sources.assessment.readiness.dimensions
    rows = tuple(
        (
            d.name,
            f"{d.weight:.0f}",
            "not assessed" if d.point is None else f"{d.point:.0f}",
            f"{d.low:.0f}",
            f"{d.high:.0f}",
            percent(d.coverage),
        )
        for d in weakest_first(scores)
    )
    head = ("Dimension", "Weight", "Assessed", "Proven", "Possible", "Evidence")
    return [
        Heading("Readiness by dimension, weakest first"),
        dimension_figure(scores),
        Table(head, rows, (4, 1, 1.3, 1, 1, 1.2)),
    ]


def modes(sources: Sources) -> list[Block]:
    """Four ways pilots fail, each with a status and one line of evidence."""
    found = failure_modes(sources.assessment.readiness, sources.assessment.findings)
    return [
        Heading("Four ways pilots fail"),
        Table(
            ("State", "Way", "What it means", "Gates", "Evidence"),
            tuple(
                (GATE_WORD[m.state or GateState.UNVERIFIED], m.name, m.meaning, m.tally, m.evidence)
                for m in found
            ),
            (1.2, 1.4, 3, 2, 4),
            tuple(GATE_TONE[m.state or GateState.UNVERIFIED] for m in found),
        ),
    ]


def gates(sources: Sources) -> list[Block]:
    """Every gate of this risk tier with its state and what it rests on."""
    found = [c for c in sources.assessment.readiness.criteria if c.gate_state is not None]
    order = (GateState.FAIL, GateState.UNVERIFIED, GateState.PASS)
    found.sort(key=lambda c: (order.index(c.gate_state or GateState.UNVERIFIED), not c.hard, c.id))
    rows = tuple(
        (
            GATE_WORD[c.gate_state or GateState.UNVERIFIED] + (", waived" if c.waived else ""),
            c.id + (", hard" if c.hard else ""),
            c.title,
            level_words(c),
            basis_words(c),
        )
        for c in found
    )
    head = ("State", "Gate", "What it asks", "Level", "What it rests on")
    tones = tuple(GATE_TONE[c.gate_state or GateState.UNVERIFIED] for c in found)
    return [
        Heading("Gates"),
        Table(head, rows, (1.3, 1.4, 3, 1.3, 5), tones, empty="No gate applies at this risk tier."),
    ]


def level_words(criterion: CriterionScore) -> str:
    """``2 of 3``: the level, and the level its gate needs."""
    level = "–" if criterion.level is None else str(criterion.level)
    return f"{level} of {criterion.gate}" if criterion.gate is not None else level


def basis_words(criterion: CriterionScore) -> str:
    """What a criterion rests on: the measurement, the claim, or nothing."""
    filed = ""
    if criterion.claimed is not None and criterion.measured is None:
        filed = f"Level {criterion.claimed} is claimed by {plural(len(criterion.evidence), 'item')} of evidence."
    if criterion.measurement or filed:
        return f"{criterion.measurement} {filed}".strip()
    return "Nothing shows where this stands."


def findings(sources: Sources) -> list[Block]:
    """Every finding that asks for something or could not be judged; quiet ones are counted."""
    found = [f for f in sources.assessment.findings if f.verdict is not Verdict.QUIET]
    rows = tuple(
        (VERDICT_WORD[f.verdict], f.title, f.explanation, ROUTE_WORD[f.route], f.fix or "–")
        for f in found
    )
    quiet = sources.assessment.count(Verdict.QUIET)
    return [
        Heading("Findings"),
        Paragraph(f"{finding_words(sources)}. {plural(quiet, 'quiet finding')} not listed.", muted=True),
        Table(("Verdict", "What", "How we know", "Owner", "What to do"), rows, (1.1, 3.6, 4, 1.5, 3), tuple(map(tone_of, found)),
              empty="No finding asks for anything."),
    ]  # fmt: skip


def performance(sources: Sources) -> list[Block]:
    """Performance on both sides with intervals against the agreed floors."""
    rows = measured(sources.assessment.measured)
    if not rows:
        return [
            Heading("Performance"),
            Paragraph("Not measured: live data holds no outcomes together with outputs."),
        ]
    floors = sources.config.floors
    figure = metric_figure(rows, floors)
    table = tuple(
        (w.name, w.side(m, "train"), w.side(m, "live"), w.change(m), w.say(floors.get(w.key)))
        for w, m in rows
    )
    head = ("Metric", "Training", "Live", "Change", "Floor")
    return [
        Heading("Performance"),
        Paragraph(
            f"{cases(sources.assessment.measured)}. Intervals are 95 %, by patient where one is named.",
            muted=True,
        ),
        *([figure] if figure else []),
        Table(head, table, (2.2, 2.4, 2.4, 2.6, 1)),
    ]


def columns(sources: Sources) -> list[Block]:
    """Every column with its drift against the threshold, and pictures of those that urgent findings name."""
    rows: list[tuple[str, ...]] = []
    tones: list[Tone | None] = []
    for c in sources.assessment.columns:
        d = c.drift
        rows.append(
            (
                VERDICT_WORD[d.verdict] if d else "Not judged",
                c.name,
                f"{c.type.value}, {c.role.value.replace('_', ' ')}",
                f"{score(d.score)} against {score(d.threshold)} ({d.method})"
                if d and d.score is not None
                else "–",
                percent(c.train.missing_share) if c.train else "no column",
                percent(c.live.missing_share) if c.live else "no column",
                _median(c.train) + " / " + _median(c.live),
            )
        )
        tones.append(d.verdict.value if d else None)
    head = (
        "Drift",
        "Column",
        "Type, role",
        "Score",
        "Missing, training",
        "Missing, live",
        "Median",
    )
    return [
        Heading("Columns"),
        Table(head, tuple(rows), (1.1, 2.2, 2, 3, 1.2, 1.2, 1.8), tuple(tones)),
        *pictures(sources),
    ]


def _median(side: SideResult | None) -> str:
    return number(side.quantiles.get("0.5")) if side else "–"


def pictures(sources: Sources, most: int = MOST_FIGURES) -> list[Block]:
    """Pictures of the columns that urgent findings name, the most urgent first."""
    names = dict.fromkeys(
        name
        for f in sources.assessment.findings
        if f.verdict in (Verdict.ALARM, Verdict.WATCH) and len(f.columns) == 1
        for name in f.columns
    )
    drawn = []
    for name in names:
        column = sources.assessment.column(name)
        declared = sources.config.columns.get(name)
        figure = (
            column_figure(column, (declared.unit if declared else None) or "") if column else None
        )
        if figure:
            drawn.append(figure)
        if len(drawn) == most:
            break
    return [Heading("Columns that urgent findings name", 3), *drawn] if drawn else []


def unknown(sources: Sources) -> list[Block]:
    """What is not known: not assessed, expired, or too little data. Silence is never a pass."""
    a = sources.assessment
    silent = [c for c in a.readiness.criteria if c.level is None]
    rows = [(f"{c.id} {c.title}", _why_unknown(c)) for c in silent]
    rows += [
        (f.title, "Too little data to judge.")
        for f in a.findings
        if f.verdict is Verdict.CANNOT_JUDGE
    ]
    rows += [(item.what, item.why) for item in a.not_assessed]
    return [
        Heading("What is not known"),
        Table(("What", "Why"), tuple(rows), (3, 5), empty="Everything that applies was assessed."),
    ]


def _why_unknown(criterion: CriterionScore) -> str:
    if criterion.evidence:
        return "The evidence is out of date."
    return criterion.measurement or "Nothing shows where this stands."


def accepted(sources: Sources) -> list[Block]:
    """Risks accepted: waivers in force and hazards that are open, with names and dates."""
    in_force = [w for w in sources.waivers if w.starts <= sources.as_of <= w.expires]
    rows = [
        ("Waiver", w.criterion, f"{w.compensating_control} {w.reason}".strip(), f"{w.owner}, accepted by {w.approver}", day(w.expires))
        for w in in_force
    ]  # fmt: skip
    rows += [
        ("Hazard", h.id, f"{h.hazard} {h.control}".strip(), h.owner or "nobody", h.state)
        for h in sources.hazards
        if h.state != "controlled"
    ]
    head = ("Kind", "For", "What holds it back", "Owner", "Until")
    return [
        Heading("Risks accepted"),
        Table(
            head,
            tuple(rows),
            (1, 1.2, 5, 2.5, 1.4),
            empty="No waiver is in force and no open hazard is recorded.",
        ),
    ]


def evidence(sources: Sources) -> list[Block]:
    """The register of evidence: what it supports, its grade, who owns it, until when it holds."""
    rows = tuple(
        (
            e.criterion,
            e.kind,
            f"{e.grade}, level {e.claim_level}",
            e.owner or "–",
            e.reviewer or "–",
            day(e.issued) if e.issued else "–",
            day(e.expires) if e.expires else "–",
            e.sha256[:12] or e.link or "–",
        )
        for e in sorted(sources.evidence, key=lambda e: (e.criterion, e.id))
    )
    head = ("Criterion", "Kind", "Grade", "Owner", "Reviewer", "Issued", "Expires", "Document")
    return [
        Heading("Evidence"),
        Table(head, rows, (1.1, 1.3, 1.4, 2, 1.6, 1.4, 1.4, 3), empty="No evidence was filed."),
    ]

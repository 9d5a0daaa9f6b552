"""The parts reports are made of. Each takes the sources and gives blocks; a report is a choice of parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from golive.model.finding import Finding, Verdict
from golive.model.measured.groups import Group
from golive.model.measured.intervals import Interval
from golive.model.readiness import CriterionScore, GateState, NextStep, Readiness, ReadinessVerdict
from golive.model.result import DriftResult, SideResult
from golive.report.base.document import (
    Banner,
    Block,
    Bullets,
    Facts,
    Heading,
    Mark,
    Paragraph,
    Tone,
    mark,
    table,
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
from golive.wording.labels import MEANING, READINESS_WORD, ROUTE_WORD, VERDICT_WORD
from golive.wording.metrics import METRICS, cases, measured
from golive.wording.numbers import count, day, number, percent, plural, score
from golive.wording.order import VERDICTS

Part = Callable[[Sources], Sequence[Block]]
TONE: dict[ReadinessVerdict, Tone] = {
    ReadinessVerdict.READY: "quiet",
    ReadinessVerdict.CONDITIONAL: "watch",
    ReadinessVerdict.PILOT: "alarm",
    ReadinessVerdict.STOP: "alarm",
}
URGENT = (Verdict.ALARM, Verdict.WATCH)
MOST_FIGURES = 8
GROUP_METRICS = ("auroc", "sensitivity", "ppv")
NO_OUTCOMES = "Not measured: live data holds no outcomes together with outputs."
NO_DIFFERENCE = "Nothing that was judged differs from training."
NO_STEPS = "Nothing is left to do in the plan."
_OUT_OF_DATE = "The evidence is out of date."
_UNPROVEN = "Nothing shows where this stands."


def in_meeting(finding: Finding) -> str:
    """A finding as a meeting reads it, without a full stop: its plain sentence, or its title where it has none."""
    return (finding.plain or finding.title).removesuffix(".")


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
    passed = sum(c.gate_state is GateState.PASS for c in gates)
    waived = sum(c.waived and c.gate_state is not GateState.PASS for c in gates)
    left = [c.gate_state for c in gates if not c.waived]
    failed, unproven = left.count(GateState.FAIL), left.count(GateState.UNVERIFIED)
    words = f"{passed} pass, {failed} fail, {unproven} unproven"
    return words + (f", {waived} waived" if waived else "")


def finding_words(sources: Sources) -> str:
    """``Act 38, Watch 9, Cannot judge 0, Quiet 31``."""
    return ", ".join(f"{VERDICT_WORD[v]} {sources.assessment.count(v)}" for v in VERDICTS)


def banner(sources: Sources) -> list[Block]:
    """The verdict with what it rests on, and the numbers to take away."""
    r = sources.assessment.readiness
    lines = [*r.stop, " ".join(s for s in (verdict_sentence(r), cap_sentence(r)) if s)]
    if r.verdict is not ReadinessVerdict.READY and r.stage:
        lines.append(f"What this evidence allows: {stage_name(r)}.")
    word, meaning = READINESS_WORD[r.verdict].upper(), MEANING[r.verdict]
    return [Banner(word, meaning, TONE[r.verdict], tuple(lines)), Facts(tuple(numbers(sources)))]


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
        when, index = sources.before
        rows.append(("Session before", f"index {index:.0f} on {day(when)}"))
    return [*rows, ("Findings", finding_words(sources))]


def facts(
    sources: Sources, most: int = 3, say: Callable[[Finding], str] = lambda f: f.title
) -> list[Block]:
    """What live data does differently: the strongest facts, each said in one sentence."""
    chosen = strongest(sources.assessment.findings, most)
    lines = tuple(f"{VERDICT_WORD[f.verdict]}: {say(f)}." for f in chosen)
    return [
        Heading("What live data does differently"),
        Bullets(lines, numbered=True) if lines else Paragraph(NO_DIFFERENCE),
    ]


def blocks_release(sources: Sources, most: int | None = None) -> list[Block]:
    """Gates that fail or are unproven, in the order of the plan, and what to do about each."""
    found = blocking(sources.assessment.readiness)
    rows = [
        (
            mark(c.gate_state),
            c.id + (", hard" if c.hard else ""),
            c.title,
            step.label if step else "FIX" if c.gate_state is GateState.FAIL else "PROVE",
            step.route.replace("_", " ") if step else "",
        )
        for c, step in found[:most]
    ]
    head = {"Gate": 1.2, "Criterion": 1.6, "What it asks": 5, "Do": 1, "Owner": 2}
    blocks: list[Block] = [Heading("What blocks"), table(head, rows, "No gate is open.")]
    if more := len(found) - len(rows):
        blocks.append(Paragraph(f"And {more} more gates that do not pass.", muted=True))
    return blocks


def step_cells(sources: Sources, step: NextStep) -> tuple[str, str, str, str, str, str]:
    """A step of the plan as every table shows it: do, criterion, what, effort, owner, due."""
    what = step.fix or step.title
    return step.label, step.criterion, what, effort_words(step), *sources.who_and_when(step)


def next_steps(sources: Sources) -> list[Block]:
    """The plan in its order: what, why, effort, who, by when."""
    head = {
        "": 0.5,
        "Do": 1.2,
        "Criterion": 1.2,
        "What": 4,
        "Why": 3.5,
        "Effort": 1.5,
        "Owner": 1.7,
        "Due": 1.2,
    }
    rows = []
    for place, step in enumerate(sources.assessment.readiness.next, start=1):
        do, criterion, what, *who = step_cells(sources, step)
        rows.append((str(place), do, criterion, what, step.why, *who))
    return [Heading("Do next"), table(head, rows, NO_STEPS)]


def dimensions(sources: Sources) -> list[Block]:
    """Readiness by dimension, drawn and as a table."""
    scores = sources.assessment.readiness.dimensions
    head = {
        "Dimension": 4,
        "Weight": 1,
        "Assessed": 1.3,
        "Proven": 1,
        "Possible": 1,
        "Evidence": 1.2,
    }
    rows = [
        (
            d.name,
            f"{d.weight:.0f}",
            "not assessed" if d.point is None else f"{d.point:.0f}",
            f"{d.low:.0f}",
            f"{d.high:.0f}",
            percent(d.coverage),
        )
        for d in weakest_first(scores)
    ]
    title = Heading("Readiness by dimension, weakest first")
    return [title, dimension_figure(scores), table(head, rows)]


def modes(sources: Sources) -> list[Block]:
    """Four ways pilots fail, each with a status and one line of evidence."""
    found = failure_modes(sources.assessment.readiness, sources.assessment.findings)
    head = {"State": 1.2, "Way": 1.4, "What it means": 3, "Gates": 2, "Evidence": 4}
    rows = [(mark(m.state), m.name, m.meaning, m.tally, m.evidence) for m in found]
    return [Heading("Four ways pilots fail"), table(head, rows)]


def gates(sources: Sources) -> list[Block]:
    """Every gate of this risk tier with its state and what it rests on."""
    order = (GateState.FAIL, GateState.UNVERIFIED, GateState.PASS)
    found = [c for c in sources.assessment.readiness.criteria if c.gate_state is not None]
    found.sort(key=lambda c: (order.index(c.gate_state or GateState.UNVERIFIED), not c.hard, c.id))
    head = {"State": 1.3, "Gate": 1.4, "What it asks": 3, "Level": 1.3, "What it rests on": 5}
    rows = [
        (
            mark(c.gate_state, ", waived" if c.waived else ""),
            c.id + (", hard" if c.hard else ""),
            c.title,
            level_words(c),
            basis_words(c),
        )
        for c in found
    ]
    return [Heading("Gates"), table(head, rows, "No gate applies at this risk tier.")]


def level_words(criterion: CriterionScore) -> str:
    """``2 of 3``: the level, and the level its gate needs."""
    level = "–" if criterion.level is None else str(criterion.level)
    return f"{level} of {criterion.gate}" if criterion.gate is not None else level


def basis_words(criterion: CriterionScore) -> str:
    """What a criterion rests on: the measurement, the claim, or nothing."""
    filed = ""
    if criterion.claimed is not None and criterion.measured is None:
        filed = f"Level {criterion.claimed} is claimed by {plural(len(criterion.evidence), 'item')} of evidence."
    return f"{criterion.measurement} {filed}".strip() or _UNPROVEN


def findings(sources: Sources) -> list[Block]:
    """Every finding that asks for something or could not be judged; quiet ones are counted."""
    head = {"Verdict": 1.1, "What": 3.6, "How we know": 4, "Owner": 1.5, "What to do": 3}
    rows = [
        (mark(f.verdict), f.title, f.explanation, ROUTE_WORD[f.route], f.fix or "–")
        for f in sources.assessment.findings
        if f.verdict is not Verdict.QUIET
    ]
    quiet = plural(sources.assessment.count(Verdict.QUIET), "quiet finding")
    return [
        Heading("Findings"),
        Paragraph(f"{finding_words(sources)}. {quiet} not listed.", muted=True),
        table(head, rows, "No finding asks for anything."),
    ]


def metric_rows(sources: Sources) -> list[tuple[str, ...]]:
    """Every metric in words: name, training, live, change, agreed floor."""
    floors = sources.config.floors
    return [
        (w.name, w.side(m, "train"), w.side(m, "live"), w.change(m), w.say(floors.get(w.key)))
        for w, m in measured(sources.assessment.measured)
    ]


def performance(sources: Sources) -> list[Block]:
    """Performance on both sides with intervals against the agreed floors."""
    found = sources.assessment.measured
    rows = measured(found)
    if not rows:
        return [Heading("Performance"), Paragraph(NO_OUTCOMES)]
    figure = metric_figure(rows, sources.config.floors)
    head = {"Metric": 2.2, "Training": 2.4, "Live": 2.4, "Change": 2.6, "Floor": 1}
    told = f"{cases(found)}. Intervals are 95 %, by patient where one is named."
    return [
        Heading("Performance"),
        Paragraph(told, muted=True),
        *([figure] if figure else []),
        table(head, metric_rows(sources)),
    ]


def group_words(group: Group, key: str) -> str:
    """``0.801 (0.761 to 0.836)``; too few rows say so."""
    if not group.enough:
        return "too few to judge"
    return METRICS[key].with_interval(group.metrics.get(key, Interval()))


def subgroups(sources: Sources) -> list[Block]:
    """Performance of every group: how many, how well, and of whom too little is known."""
    found, title = sources.assessment.measured.subgroups, Heading("Subgroups")
    if not found:
        return [title, Paragraph("Not measured: no group column has live outcomes with outputs.")]
    named = zip((METRICS[key].name for key in GROUP_METRICS), (2.4, 2.4, 2.6), strict=True)
    head = {"Group": 1.4, "Value": 1.8, "n": 0.9, "Events": 0.9, **dict(named)}
    rows = [
        (
            g.by,
            g.value,
            count(g.n),
            "not shown" if g.n_events is None else count(g.n_events),
            *(group_words(g, key) for key in GROUP_METRICS),
        )
        for g in found
    ]
    small = sum(not g.enough for g in found)
    few = f"; {small} of them have too few rows or events to judge: unknown, not fine"
    told = f"{len(found)} groups{few if small else ''}."
    return [title, Paragraph(told, muted=True), table(head, rows)]


def columns(sources: Sources) -> list[Block]:
    """Every column with its drift against the threshold, and pictures of those that urgent findings name."""
    rows = []
    for c in sources.assessment.columns:
        d = c.drift
        rows.append(
            (
                mark(d.verdict) if d else Mark("Not judged"),
                c.name,
                f"{c.type.value}, {c.role.value.replace('_', ' ')}",
                _score_words(d),
                percent(c.train.missing_share) if c.train else "no column",
                percent(c.live.missing_share) if c.live else "no column",
                f"{_median(c.train)} / {_median(c.live)}",
            )
        )
    head = {
        "Drift": 1.1,
        "Column": 2.2,
        "Type, role": 2,
        "Score": 3,
        "Missing, training": 1.2,
        "Missing, live": 1.2,
        "Median": 1.8,
    }
    return [Heading("Columns"), table(head, rows), *pictures(sources)]


def _score_words(drift: DriftResult | None) -> str:
    if drift is None or drift.score is None:
        return "–"
    return f"{score(drift.score)} against {score(drift.threshold)} ({drift.method})"


def _median(side: SideResult | None) -> str:
    return number(side.quantiles.get("0.5")) if side else "–"


def pictures(sources: Sources, most: int = MOST_FIGURES) -> list[Block]:
    """Pictures of the columns that urgent findings name, the most urgent first."""
    urgent = (f for f in sources.assessment.findings if f.verdict in URGENT)
    drawn: list[Block] = []
    for name in dict.fromkeys(f.columns[0] for f in urgent if len(f.columns) == 1):
        column = sources.assessment.column(name)
        figure = column_figure(column, sources.declared(name).unit or "") if column else None
        if figure and len(drawn) < most:
            drawn.append(figure)
    return [Heading("Columns that urgent findings name", 3), *drawn] if drawn else []


def unknown(sources: Sources) -> list[Block]:
    """What is not known: not assessed, expired, or too little data. Silence is never a pass."""
    a = sources.assessment
    silent = (c for c in a.readiness.criteria if c.level is None)
    rows = [
        (f"{c.id} {c.title}", _OUT_OF_DATE if c.evidence else c.measurement or _UNPROVEN)
        for c in silent
    ]
    unjudged = (f for f in a.findings if f.verdict is Verdict.CANNOT_JUDGE)
    rows += [(f.title, "Too little data to judge.") for f in unjudged]
    rows += [(item.what, item.why) for item in a.not_assessed]
    head = {"What": 3, "Why": 5}
    return [
        Heading("What is not known"),
        table(head, rows, "Everything that applies was assessed."),
    ]


def accepted(sources: Sources) -> list[Block]:
    """Risks accepted: waivers in force and hazards that are open, with names and dates."""
    rows = [
        (
            "Waiver",
            w.criterion,
            f"{w.compensating_control} {w.reason}".strip(),
            f"{w.owner}, accepted by {w.approver}",
            day(w.expires),
        )
        for w in sources.waivers_in_force
    ]
    rows += [
        ("Hazard", h.id, f"{h.hazard} {h.control}".strip(), h.owner or "nobody", h.state)
        for h in sources.open_hazards
    ]
    head = {"Kind": 1, "For": 1.2, "What holds it back": 5, "Owner": 2.5, "Until": 1.4}
    empty = "No waiver is in force and no open hazard is recorded."
    return [Heading("Risks accepted"), table(head, rows, empty)]


def evidence(sources: Sources) -> list[Block]:
    """The register of evidence: what it supports, its grade, who owns it, until when it holds."""
    rows = [
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
    ]
    head = {
        "Criterion": 1.1,
        "Kind": 1.3,
        "Grade": 1.4,
        "Owner": 2,
        "Reviewer": 1.6,
        "Issued": 1.4,
        "Expires": 1.4,
        "Document": 3,
    }
    return [Heading("Evidence"), table(head, rows, "No evidence was filed.")]

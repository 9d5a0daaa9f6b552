"""Answers that several forms ask for: who, what for, which data, how well, how it is kept well. Each says where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from golive.model.columns import ColumnType, Role
from golive.model.finding import Verdict
from golive.model.readiness import CriterionScore, EvidenceItem
from golive.model.result import ColumnResult
from golive.report.base.sources import Sources
from golive.report.parts.sections import basis_words
from golive.wording.labels import TIER_WORD
from golive.wording.metrics import cases, measured
from golive.wording.numbers import count, day, percent, plural

Origin = Literal["measured", "filed", "stated", "missing"]
ORIGIN_WORD: dict[Origin, str] = {
    "measured": "measured by GoLive",
    "filed": "evidence filed",
    "stated": "stated by the team",
    "missing": "missing",
}
SITUATION = {"critical": "critical", "serious": "serious", "non_serious": "not serious"}
SIGNIFICANCE = {
    "inform": "it informs clinical management",
    "drive": "it drives clinical management",
    "treat_diagnose": "it treats or diagnoses",
}
LABELS = 6


@dataclass(frozen=True)
class Answer:
    """A text and where it comes from."""

    text: str
    origin: Origin


def missing(what: str) -> Answer:
    """Nothing is known; ``what`` says what has to be written, and by whom where that is clear."""
    return Answer(f"Not stated. {what}", "missing")


def stated(text: str, otherwise: str) -> Answer:
    """What the team wrote, or what it still has to write."""
    return Answer(text.strip(), "stated") if text.strip() else missing(otherwise)


def criterion(sources: Sources, key: str) -> CriterionScore | None:
    """The score of one criterion, ``None`` where it does not apply."""
    return next((c for c in sources.assessment.readiness.criteria if c.id == key), None)


def filed(sources: Sources, *keys: str) -> Answer:
    """The evidence filed for criteria, in words with owner and date; measured facts come first."""
    parts, origin = [], "missing"
    for key in keys:
        scored = criterion(sources, key)
        if scored is not None and scored.measured is not None and scored.measurement:
            parts.append(scored.measurement)
            origin = "measured"
        for item in sources.evidence:
            if item.criterion == key:
                parts.append(_item(item, sources))
                origin = "filed" if origin == "missing" else origin
    if not parts:
        names = ", ".join(
            f"{key} {c.title[:1].lower() + c.title[1:] if c.title[1:2].islower() else c.title}"
            for key in keys
            if (c := criterion(sources, key)) is not None
        )
        return missing(f"File evidence for {names or ', '.join(keys)}.")
    return Answer(" ".join(parts), origin)  # type: ignore[arg-type]


def _item(item: EvidenceItem, sources: Sources) -> str:
    expired = ", out of date" if item.expires and item.expires < sources.as_of else ""
    until = f", until {day(item.expires)}" if item.expires else ""
    what = item.note or item.link or item.kind
    return f"{what} ({item.grade}{', ' + item.owner if item.owner else ''}{until}{expired})."


def merged(*answers: Answer) -> Answer:
    """Several answers as one; what is missing is left out unless nothing else is there."""
    known = [a for a in answers if a.origin != "missing"]
    if not known:
        return answers[0]
    return Answer(" ".join(a.text for a in known), known[0].origin)


def developer(sources: Sources) -> Answer:
    """Who answers for the product, from the register of owners."""
    owner = next((o for o in sources.owners if o.id == "product" and o.name), None)
    return stated(
        owner.name if owner else "", "Name the owner of the product in the register of owners."
    )


def contact(sources: Sources) -> Answer:
    """How to reach the owner."""
    owner = next((o for o in sources.owners if o.id == "product"), None)
    return stated(owner.contact if owner else "", "Add a contact to the owner of the product.")


def intended_use(sources: Sources) -> Answer:
    """The intended use of the configuration, else the evidence for it."""
    if sources.config.intended_use:
        return Answer(sources.config.intended_use, "stated")
    return filed(sources, "SCO-02")


def out_of_scope(sources: Sources) -> Answer:
    """What it is not for: the scope register, else the evidence for it."""
    rows = [
        f"{s.item} ({s.reason})" if s.reason else s.item
        for s in sources.scope
        if s.status == "not_doing"
    ]
    return (
        Answer("Not for: " + "; ".join(rows) + ".", "stated") if rows else filed(sources, "SCO-03")
    )


def risk_level(sources: Sources) -> Answer:
    """Risk tier with the answers it follows from."""
    risk = sources.config.risk
    more = f", {', '.join(m.replace('_', ' ') for m in risk.modifiers)}" if risk.modifiers else ""
    tier = TIER_WORD[sources.assessment.readiness.tier]
    return Answer(
        f"{tier}: the situation is {SITUATION[risk.situation]}, {SIGNIFICANCE[risk.significance]}{more}.",
        "stated",
    )


def known_risks(sources: Sources) -> Answer:
    """What live data does wrong today, and the hazards that are open."""
    urgent = [f for f in sources.assessment.findings if f.verdict is Verdict.ALARM and not f.cause]
    parts = [f"{f.title}." for f in urgent[:8]]
    if len(urgent) > 8:
        parts.append(f"And {plural(len(urgent) - 8, 'more finding')} to act on.")
    parts += [
        f"Hazard {h.id}: {h.hazard} ({h.state})."
        for h in sources.hazards
        if h.state != "controlled"
    ]
    return Answer(
        " ".join(parts) or "No finding asks for action; no open hazard is recorded.", "measured"
    )


def columns_of(sources: Sources, role: Role) -> list[ColumnResult]:
    """Columns that play ``role``."""
    return [c for c in sources.assessment.columns if c.role is role]


def inputs_and_outputs(sources: Sources) -> Answer:
    """How many inputs of which type, and what comes out."""
    inputs = columns_of(sources, Role.FEATURE) + columns_of(sources, Role.GROUP)
    by_type = {t: sum(c.type is t for c in inputs) for t in ColumnType}
    told = ", ".join(f"{n} {t.value}" for t, n in by_type.items() if n)
    return Answer(
        f"Inputs: {told} ({plural(len(inputs), 'column')}). {outputs(sources)}", "measured"
    )


def outputs(sources: Sources) -> str:
    """What the model gives: score, prediction, the outcome it is judged by, the operating point."""
    roles = sources.assessment.roles
    parts = [f"score {roles.score}"] if roles.score else []
    parts += [f"prediction {roles.prediction}"] if roles.prediction else []
    told = f"Outputs: {', '.join(parts)}." if parts else "Outputs: no column holds them."
    if roles.label:
        told += f" Judged by the outcome {roles.label}."
    if sources.config.operating_threshold is not None:
        told += f" Operating threshold {sources.config.operating_threshold:g}."
    return told


def data_of(sources: Sources, side: Literal["train", "live"]) -> Answer:
    """A data set in one paragraph: name, rows, dates, sites, identity."""
    info = getattr(sources.assessment.inputs, side)
    time = (
        sources.assessment.column(sources.assessment.roles.time)
        if sources.assessment.roles.time
        else None
    )
    span = getattr(time, side, None) if time else None
    dates = (
        f", from {day(span.first)} to {day(span.last)}" if span and span.first and span.last else ""
    )
    site = (
        sources.assessment.column(sources.assessment.roles.site)
        if sources.assessment.roles.site
        else None
    )
    sites = f" Sites: {shares(site, side)}." if site else ""
    return Answer(
        f"{info.name}: {count(info.rows)} rows, {info.columns} columns{dates}.{sites} SHA-256 {info.sha256}.",
        "measured",
    )


def shares(column: ColumnResult, side: Literal["train", "live"]) -> str:
    """Categories of a column with their share of values; cells of 1 to 10 rows keep their size to themselves."""
    picture, result = column.picture, getattr(column, side)
    n = result.n - result.missing if result else 0
    if picture is None or not picture.labels or not n:
        return "not known"
    cells = getattr(picture, side) or (0,) * len(picture.labels)
    told = [
        f"{_named(label)} {'1-10 rows' if cell is None else percent(cell / n)}"
        for label, cell in zip(picture.labels, cells, strict=True)
        if cell is None or cell > 0
    ]
    return ", ".join(told[:LABELS]) + (
        f" and {len(told) - LABELS} more" if len(told) > LABELS else ""
    )


def _named(label: str) -> str:
    """A category beside its share; one that is a number itself stands in quotes."""
    return (
        f"'{label}'"
        if label[-1:].isdigit() and label.lstrip("-").replace(".", "", 1).isdigit()
        else label
    )


def demographics(sources: Sources, side: Literal["train", "live"]) -> Answer:
    """Shares of every group column."""
    groups = columns_of(sources, Role.GROUP)
    if not groups:
        return missing("Name the columns with age, sex, ethnicity and language as groups.")
    return Answer(" ".join(f"{c.name}: {shares(c, side)}." for c in groups), "measured")


def performance(sources: Sources, side: Literal["train", "live"]) -> Answer:
    """Every metric of one side with its interval."""
    found = sources.assessment.measured
    rows = [(w, m) for w, m in measured(found) if getattr(m, side).known]
    if not rows:
        return missing("Bring data with outputs and outcomes.")
    told = "; ".join(f"{w.name} {w.side(m, side)}" for w, m in rows)
    return Answer(f"{told}. {cases(found)}. Intervals are 95 %.", "measured")


def drift(sources: Sources) -> Answer:
    """How far live data is from training, in counts of columns."""
    judged = [c for c in sources.assessment.columns if c.drift is not None]
    tally = {v: sum(c.drift is not None and c.drift.verdict is v for c in judged) for v in Verdict}
    return Answer(
        f"Of {plural(len(judged), 'column')} compared with training, {tally[Verdict.ALARM]} differ beyond the threshold, "
        f"{tally[Verdict.WATCH]} are to watch, {tally[Verdict.CANNOT_JUDGE]} cannot be judged.",
        "measured",
    )


def basis(sources: Sources, *keys: str) -> Answer:
    """What criteria rest on today, measured or filed."""
    scored = [
        c for key in keys if (c := criterion(sources, key)) is not None and c.level is not None
    ]
    if not scored:
        return filed(sources, *keys)
    origin: Origin = "measured" if any(c.measured is not None for c in scored) else "filed"
    return Answer(" ".join(f"{c.title}: {basis_words(c)}" for c in scored), origin)


def tally(answers: Sequence[Answer]) -> str:
    """``24 of 31 answered, 7 missing``."""
    known = sum(a.origin != "missing" for a in answers)
    return f"{known} of {len(answers)} answered, {len(answers) - known} missing"

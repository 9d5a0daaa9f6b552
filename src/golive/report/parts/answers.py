"""Answers that several forms ask for: who, what for, which data, how well, how it is kept well. Each says where it comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Literal

import yaml
from pydantic import TypeAdapter

from golive.model.columns import ColumnType, Noun, Role
from golive.model.finding import Verdict
from golive.model.readiness import CriterionScore, EvidenceItem
from golive.model.registers import OwnerRow
from golive.model.result import ColumnResult
from golive.report.base.identity import DISCLAIMER
from golive.report.base.sources import Sources
from golive.report.base.verdict import model_version, stage_name, verdict_sentence
from golive.report.parts.sections import basis_words, index_words
from golive.settings import resource
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

    @property
    def cells(self) -> tuple[str, str]:
        """The two cells of a table: what is answered, and from where."""
        return self.text, ORIGIN_WORD[self.origin]


def missing(what: str) -> Answer:
    """Nothing is known; ``what`` says what has to be written, and by whom where that is clear."""
    return Answer(f"Not stated. {what}", "missing")


def given(text: str, otherwise: str, origin: Origin = "stated") -> Answer:
    """What is known, or what the team still has to write."""
    return Answer(text.strip(), origin) if text.strip() else missing(otherwise)


def criterion(sources: Sources, key: str) -> CriterionScore | None:
    """The score of one criterion, ``None`` where it does not apply."""
    return next((c for c in sources.assessment.readiness.criteria if c.id == key), None)


def filed(sources: Sources, *keys: str) -> Answer:
    """The evidence filed for criteria, in words with owner and date; measured facts come first."""
    parts: list[str] = []
    origin: Origin = "missing"
    scored = [(key, criterion(sources, key)) for key in keys]
    for key, score in scored:
        if score is not None and score.measured is not None and score.measurement:
            parts.append(score.measurement)
            origin = "measured"
        items = [_item(item, sources) for item in sources.evidence if item.criterion == key]
        if items and origin == "missing":
            origin = "filed"
        parts += items
    if parts:
        return Answer(" ".join(parts), origin)
    titles = [(key, s.title) for key, s in scored if s is not None]
    names = [f"{key} {t[:1].lower() + t[1:] if t[1:2].islower() else t}" for key, t in titles]
    return missing(f"File evidence for {', '.join(names or keys)}.")


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


def _product_owner(sources: Sources) -> OwnerRow:
    owners = (o for o in sources.registers.owners if o.id == "product")
    return next(owners, OwnerRow(id="product"))


def developer(sources: Sources) -> Answer:
    """Who answers for the product, from the register of owners."""
    hint = "Name the owner of the product in the register of owners."
    return given(_product_owner(sources).name, hint)


def contact(sources: Sources) -> Answer:
    """How to reach the owner."""
    return given(_product_owner(sources).contact, "Add a contact to the owner of the product.")


def intended_use(sources: Sources) -> Answer:
    """The intended use of the configuration, else the evidence for it."""
    known = sources.config.intended_use
    return Answer(known, "stated") if known else filed(sources, "SCO-02")


def out_of_scope(sources: Sources) -> Answer:
    """What it is not for: the scope register, else the evidence for it."""
    left = [s for s in sources.registers.scope if s.status == "not_doing"]
    rows = [f"{s.item} ({s.reason})" if s.reason else s.item for s in left]
    return Answer(f"Not for: {'; '.join(rows)}.", "stated") if rows else filed(sources, "SCO-03")


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
    parts += [f"Hazard {h.id}: {h.hazard} ({h.state})." for h in sources.open_hazards]
    none = "No finding asks for action; no open hazard is recorded."
    return Answer(" ".join(parts) or none, "measured")


def columns_of(sources: Sources, role: Role) -> list[ColumnResult]:
    """Columns that play ``role``."""
    return [c for c in sources.assessment.columns if c.role is role]


def inputs_and_outputs(sources: Sources) -> Answer:
    """How many inputs of which type, and what comes out."""
    inputs = columns_of(sources, Role.FEATURE) + columns_of(sources, Role.GROUP)
    by_type = {t: sum(c.type is t for c in inputs) for t in ColumnType}
    told = ", ".join(f"{n} {t.value}" for t, n in by_type.items() if n)
    columns = plural(len(inputs), "column")
    return Answer(f"Inputs: {told} ({columns}). {outputs(sources).text}", "measured")


def outputs(sources: Sources) -> Answer:
    """What the model gives: score, prediction, the outcome it is judged by, the operating point."""
    roles, threshold = sources.assessment.roles, sources.config.operating_threshold
    parts = [f"score {roles.score}"] if roles.score else []
    parts += [f"prediction {roles.prediction}"] if roles.prediction else []
    told = f"Outputs: {', '.join(parts)}." if parts else "Outputs: no column holds them."
    told += f" Judged by the outcome {roles.label}." if roles.label else ""
    told += f" Operating threshold {threshold:g}." if threshold is not None else ""
    return Answer(told, "measured")


def output_type(sources: Sources) -> Answer:
    """Which type of output it is, where a column holds a score."""
    score = sources.assessment.roles.score
    told = f"Prediction: one score per row in the column {score}." if score else ""
    return given(told, "Say which type of output it is.", "measured")


def group_inputs(sources: Sources) -> Answer:
    """Which demographic, social and health-status variables the data hold."""
    named = ", ".join(c.name for c in columns_of(sources, Role.GROUP))
    whether = "Whether the model uses them as inputs has to be stated."
    hint = "List the demographic, social and health-status variables among the inputs."
    return given(
        f"Group columns in the data: {named}. {whether}" if named else "", hint, "measured"
    )


def role_in_decisions(sources: Sources) -> Answer:
    """Whether it informs, drives or decides, by the risk profile."""
    significance = SIGNIFICANCE[sources.config.risk.significance]
    return Answer(f"By the risk profile, {significance}.", "stated")


def version(sources: Sources) -> Answer:
    """The model versions seen in live data."""
    return given(model_version(sources.assessment), "Name the model version.", "measured")


def summary(sources: Sources) -> Answer:
    """The verdict in two sentences, and what it is not."""
    r = sources.assessment.readiness
    told = f"{verdict_sentence(r)} Readiness index {index_words(r)}. {DISCLAIMER}"
    return Answer(told, "measured")


def stage(sources: Sources) -> Answer:
    """How far the evidence lets the pilot run."""
    return Answer(f"Evidence allows: {stage_name(sources.assessment.readiness)}.", "measured")


def data_of(sources: Sources, side: Literal["train", "live"]) -> Answer:
    """A data set in one paragraph: name, rows, dates, sites, identity."""
    a = sources.assessment
    info = getattr(a.inputs, side)
    time = a.column(a.roles.time) if a.roles.time else None
    site = a.column(a.roles.site) if a.roles.site else None
    span = getattr(time, side, None)
    dates = (
        f", from {day(span.first)} to {day(span.last)}" if span and span.first and span.last else ""
    )
    sites = f" Sites: {shares(site, side)}." if site else ""
    told = f"{info.name}: {count(info.rows)} rows, {info.columns} columns{dates}.{sites}"
    return Answer(f"{told} SHA-256 {info.sha256}.", "measured")


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
        if cell != 0
    ]
    more = f" and {len(told) - LABELS} more" if len(told) > LABELS else ""
    return ", ".join(told[:LABELS]) + more


def _named(label: str) -> str:
    """A category beside its share; one that is a number itself stands in quotes."""
    number = label[-1:].isdigit() and label.lstrip("-").replace(".", "", 1).isdigit()
    return f"'{label}'" if number else label


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


def basis(sources: Sources, *keys: str) -> Answer:
    """What criteria rest on today, measured or filed."""
    scored = [
        c for key in keys if (c := criterion(sources, key)) is not None and c.level is not None
    ]
    if not scored:
        return filed(sources, *keys)
    origin: Origin = "measured" if any(c.measured is not None for c in scored) else "filed"
    return Answer(" ".join(f"{c.title}: {basis_words(c)}" for c in scored), origin)


ANSWERS: dict[str, Callable[[Sources], Answer]] = {
    "name": lambda sources: Answer(sources.name, "stated"),
    "developer": developer,
    "contact": contact,
    "intended use": intended_use,
    "out of scope": out_of_scope,
    "role in decisions": role_in_decisions,
    "risk level": risk_level,
    "known risks": known_risks,
    "inputs and outputs": inputs_and_outputs,
    "outputs": outputs,
    "output type": output_type,
    "group inputs": group_inputs,
    "stage": stage,
    "version": version,
    "summary": summary,
    "training data": partial(data_of, side="train"),
    "live data": partial(data_of, side="live"),
    "training demographics": partial(demographics, side="train"),
    "live demographics": partial(demographics, side="live"),
    "training performance": partial(performance, side="train"),
    "live performance": partial(performance, side="live"),
}
"""What ``data/report/questions.yaml`` may ask for by name."""


class Question(Noun):
    """What answers one question of a form, as ``data/report/questions.yaml`` explains."""

    filed: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    missing: str = ""
    flag: str = ""

    def answer(self, sources: Sources) -> Answer:
        """What is known today."""
        found = [filed(sources, *self.filed)] if self.filed else []
        found += [basis(sources, *self.basis)] if self.basis else []
        found += [ANSWERS[name](sources) for name in self.answers]
        return merged(*found, *([missing(self.missing)] if self.missing else []))


@cache
def questions() -> dict[str, dict[str, dict[str, Question]]]:
    """Form -> section -> question, in the order of the forms."""
    text = resource("data", "report", "questions.yaml").read_text(encoding="utf-8")
    shape = TypeAdapter(dict[str, dict[str, dict[str, Question]]])
    return shape.validate_python(yaml.safe_load(text))


def filled(form: str, sources: Sources) -> dict[str, dict[str, Answer]]:
    """A form with its answers: section -> question -> answer. What its risk profile does not ask for is left out."""
    flags = ("", *sources.config.risk.flags)
    return {
        section: {title: q.answer(sources) for title, q in asked.items() if q.flag in flags}
        for section, asked in questions()[form].items()
    }


def tally(form: dict[str, dict[str, Answer]]) -> str:
    """How much of a filled form is known: ``24 of 31 answered, 7 missing``."""
    known = [answer.origin != "missing" for part in form.values() for answer in part.values()]
    return f"{sum(known)} of {len(known)} answered, {known.count(False)} missing"

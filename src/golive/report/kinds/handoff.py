"""The handoff pack: twenty items that a receiving team needs, what is there, what is missing, and who owes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, get_args

from golive.model.registers import Registers
from golive.readiness.registers.handoff_pack import (
    ITEMS,
    PRODUCTION,
    PackItem,
    Rows,
    complete,
    counted,
)
from golive.report.base.document import Block, Document, Heading, Mark, Paragraph, table
from golive.report.base.identity import document
from golive.report.base.sources import Sources
from golive.report.kinds.contract_file import contract_yaml
from golive.report.kinds.tables import csv_of, csv_text
from golive.report.parts.answers import filled, tally
from golive.report.parts.sections import URGENT
from golive.wording.labels import ROUTE_WORD
from golive.wording.numbers import percent, plural

State = Literal["complete", "partial", "missing"]
STATE_MARK: dict[State, Mark] = {
    "complete": Mark("Complete", "quiet"),
    "partial": Mark("In part", "watch"),
    "missing": Mark("Missing", "alarm"),
}
EXAM = (
    "deploy a version",
    "read a drift alert and decide",
    "roll back",
    "reconstruct one prediction",
)
"""The four tasks of the handoff exam (HND-02), done without help from the authors."""


class Item(NamedTuple):
    """One of the twenty: its state, what it rests on, who owes it, and the files of the pack that hold it."""

    number: int
    title: str
    state: State
    note: str
    who: str
    files: tuple[str, ...] = ()


FORMS = {"Model card": "card", "Source attributes (HTI-1)": "hti1"}
"""Items that are forms, which leave open what nobody has stated."""
FILES: dict[str, tuple[str, ...]] = {
    "Intended use and scope statement": ("registers/scope.csv",),
    "Model card": ("model-card.html", "model-card.xml"),
    "Source attributes (HTI-1)": ("hti1.html",),
    "Datasheets of training and live data": ("datasheet.html",),
    "Input and output contract": ("contract.yaml",),
    "Lineage manifest": ("tables/about.csv",),
    "Evaluation report with subgroups and intervals": ("report.html", "report.pdf"),
    "Drift baseline": ("baseline.csv",),
    "Thresholds and alerts with reasons": ("thresholds.csv",),
    "Routing matrix and rota": ("registers/owners.csv",),
    "Records of rollback and fallback drills": ("registers/drills.csv",),
    "Hazard log and safety case": ("registers/hazards.csv",),
    "Catalogue of at least ten failure modes: symptom, cause, fix": ("failure-modes.csv",),
    "Design decisions: why, and what was rejected": ("registers/decisions.csv",),
    "KPI tree with its baseline": ("registers/kpis.csv",),
    "Open decisions and deferred items": ("registers/deferrals.csv",),
}
"""Files of the pack that hold an item; the others are documents to bring."""
REGISTERS = ("scope", "owners", "drills", "hazards", "decisions", "kpis", "deferrals")
"""Registers that the pack holds as files."""


def items(sources: Sources) -> tuple[Item, ...]:
    """The twenty items as they stand."""
    columns, modes = len(sources.config.columns), len(_modes(sources))
    rows = counted(sources.registers, columns=columns, failure_modes=modes)
    return tuple(
        _judge(sources, number, asked, rows) for number, asked in enumerate(ITEMS, start=1)
    )


def _judge(sources: Sources, number: int, asked: PackItem, rows: Mapping[Rows, int]) -> Item:
    scored = [c for c in sources.assessment.readiness.criteria if c.id in asked.criteria]
    met = [c for c in scored if c.level is not None and c.level >= PRODUCTION]
    absent = [c.id for c in scored if c not in met]
    found = rows[asked.rows] if asked.rows else asked.least
    form = filled(FORMS[asked.title], sources) if asked.answered else {}
    answered = all(a.origin != "missing" for part in form.values() for a in part.values())
    whole = complete(asked, {c.id: c.level for c in scored}, rows) or (
        asked.answered and answered and not absent
    )
    some = bool(met) or asked.generated or (asked.rows is not None and found > 0)
    notes = []
    if absent:
        notes.append(f"Below level {PRODUCTION} or without proof: {', '.join(absent)}.")
    if asked.rows is not None and found < asked.least:
        notes.append(f"{plural(found, 'entry', 'entries')} of at least {asked.least}.")
    if form:
        notes.append(f"{tally(form)}.")
    if asked.generated:
        notes.append("Written by GoLive from this assessment.")
    state: State = "complete" if whole else "partial" if some else "missing"
    if not notes:
        holds = f"Evidence holds for {', '.join(c.id for c in met)}."
        notes.append(holds if met else f"{plural(found, 'entry', 'entries')}.")
    who, files = asked.who.replace("_", " "), FILES.get(asked.title, ())
    return Item(number, asked.title, state, " ".join(notes), who, files)


def handoff(sources: Sources) -> Document:
    """The list of the pack: what is there, what is missing, who owes it, and the exam."""
    found = items(sources)
    states = [i.state for i in found]
    done = states.count("complete")
    told = (
        f"{done} of {len(found)} items {'is' if done == 1 else 'are'} complete ({percent(done / len(found))}), "
        f"{states.count('partial')} in part, {states.count('missing')} missing."
    )
    head = {"State": 1.2, "": 0.5, "Item": 3, "What it rests on": 4, "Who": 1.6, "File": 2.4}
    rows = [
        (STATE_MARK[state], str(number), title, note, who, ", ".join(files) or "bring the document")
        for number, title, state, note, who, files in found
    ]
    blocks: list[Block] = [
        Paragraph(told),
        table(head, rows),
        Heading("Exam of the receiving team"),
        Paragraph(f"Without help from the authors: {'; '.join(EXAM)}."),
    ]
    return document(sources, f"Handoff pack: {sources.name}", blocks)


def _modes(sources: Sources) -> list[tuple[str, str, str, str, str]]:
    """Failure modes seen in live data: symptom, how it is known, what to do, who, verdict."""
    return [
        (f.title, f.explanation, f.fix, ROUTE_WORD[f.route], f.verdict.value)
        for f in sources.assessment.findings
        if f.verdict in URGENT and not f.cause and f.fix
    ]


def _baseline(sources: Sources) -> str:
    """The reference that drift is measured against: moments and quantiles of training, no rows."""
    known = [(c, c.train) for c in sources.assessment.columns if c.train is not None]
    cuts = sorted({q for _, train in known for q in train.quantiles}, key=float)
    rows = [
        (
            c.name,
            c.type.value,
            t.n,
            t.missing_share,
            t.distinct,
            t.mean,
            t.std,
            *map(t.quantiles.get, cuts),
        )
        for c, t in known
    ]
    head = ("column", "type", "n", "missing_share", "distinct", "mean", "std")
    return csv_text((*head, *(f"q{q}" for q in cuts)), rows)


def _thresholds(sources: Sources) -> str:
    config = sources.config
    rows: list[list[Any]] = [
        ["drift score", config.drift.threshold, f"{config.drift.numeric} for numbers, {config.drift.categorical} for categories"],
        ["significance", config.drift.alpha, "after Benjamini-Hochberg over columns"],
        ["share of drifted columns", config.drift.drift_share, "reported as drift of the data set"],
        ["operating threshold", config.operating_threshold, "score at or above which the model alerts"],
        ["latency budget, ms", config.latency_budget_ms, "agreed with users"],
    ]  # fmt: skip
    rows += [
        [f"floor of {name}", value, "stop when live data falls below"]
        for name, value in config.floors.items()
    ]
    return csv_text(("threshold", "value", "what it does"), rows)


def pack(sources: Sources) -> dict[str, str]:
    """Texts that only the pack holds, by file name; the reports beside them are written by ``golive.report.forms``."""
    head = ("number", "item", "state", "what_it_rests_on", "who", "files")
    modes = ("symptom", "how_we_know", "fix", "who", "verdict")
    texts = {
        "items.csv": csv_text(head, items(sources)),
        "contract.yaml": contract_yaml(sources),
        "baseline.csv": _baseline(sources),
        "thresholds.csv": _thresholds(sources),
        "failure-modes.csv": csv_text(modes, _modes(sources)),
    }
    for name in REGISTERS:
        rows, (noun, _) = (
            getattr(sources.registers, name),
            get_args(Registers.model_fields[name].annotation),
        )
        texts[f"registers/{name}.csv"] = csv_of(rows, tuple(noun.model_fields))
    return texts

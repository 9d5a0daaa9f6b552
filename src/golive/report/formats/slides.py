"""Slides for a meeting: seven pages with native, editable charts and tables; every slide says where it comes from."""

from __future__ import annotations

from golive.model.columns import ColumnType
from golive.model.finding import Signal
from golive.model.readiness import GateState
from golive.report.base.identity import identity
from golive.report.base.sources import Sources
from golive.report.base.verdict import (
    blocking,
    cap_sentence,
    effort_words,
    failure_modes,
    strongest,
    verdict_sentence,
    weakest_first,
)
from golive.report.formats.deck import BOTTOM, TOP, WIDTH, Deck, height_of
from golive.report.parts import sections
from golive.wording.labels import GATE_WORD, LIGHT, MEANING, READINESS_WORD, VERDICT_WORD
from golive.wording.metrics import cases, measured
from golive.wording.numbers import day, plural
from golive.wording.text import sentences, shorten

ROWS = 8
"""Most gates and steps that the slides list; the rest is in the report, and the slide says how many."""


def slides(sources: Sources) -> bytes:
    """Verdict, what live data does differently, dimensions, performance, a column, what blocks, what next."""
    deck = Deck(sources)
    _verdict(deck, sources)
    _facts(deck, sources)
    _dimensions(deck, sources)
    _performance(deck, sources)
    _column(deck, sources)
    _blocks(deck, sources)
    _next(deck, sources)
    _origin(deck, sources)
    return deck.data()


def _verdict(deck: Deck, sources: Sources) -> None:
    r = sources.assessment.readiness
    page = deck.slide(sources.name)
    colour = getattr(LIGHT, sections.TONE[r.verdict])
    deck.text(
        page, [(f"{READINESS_WORD[r.verdict].upper()} – {MEANING[r.verdict]}.", 40, True, colour)]
    )
    lines = [
        (line, 20, False, LIGHT.text)
        for line in (*r.stop, verdict_sentence(r), cap_sentence(r))
        if line
    ]
    deck.text(page, lines, top=2.5, height=1.4)
    deck.table(page, ("In numbers", ""), sections.numbers(sources), (3, 7), top=4.0)


def _facts(deck: Deck, sources: Sources) -> None:
    chosen = strongest(sources.assessment.findings)
    page = deck.slide("What live data does differently")
    lines: list[tuple[str, float, bool, str]] = []
    for f in chosen:
        lines += [
            (f"{VERDICT_WORD[f.verdict]}: {f.title}", 20, True, getattr(LIGHT, f.verdict.value)),
            (sentences(f.explanation, 260), 14, False, LIGHT.text),
            *([(f"To do: {sentences(f.fix, 160)}", 14, False, LIGHT.muted)] if f.fix else []),
        ]
    # Long titles in smaller type rather than past the end of the slide.
    size = next(
        (
            s
            for s in (1.0, 0.9, 0.8)
            if height_of(((w, s * p) for w, p, _, _ in lines), WIDTH) < BOTTOM - TOP
        ),
        0.7,
    )
    sized = [(words, round(points * size), bold, colour) for words, points, bold, colour in lines]
    deck.text(
        page,
        sized or [("Nothing that was judged differs from training.", 20, False, LIGHT.text)],
        height=5,
    )


def _dimensions(deck: Deck, sources: Sources) -> None:
    ordered = weakest_first(sources.assessment.readiness.dimensions)
    page = deck.slide("Readiness by dimension, weakest first: proven, and what is still possible")
    series = [
        ("Proven", [round(d.low, 1) for d in ordered], LIGHT.accent),
        ("Still possible", [round(d.high - d.low, 1) for d in ordered], "#B9D3E9"),
    ]
    deck.bars(
        page,
        [d.name for d in ordered],
        series,
        stacked=True,
        highest=100,
        titles=("", "Points of 100"),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _performance(deck: Deck, sources: Sources) -> None:
    performance, floors = sources.assessment.measured, sources.config.floors
    rows = measured(performance)
    page = deck.slide("Performance in training and live data")
    if not rows:
        deck.text(
            page,
            [
                (
                    "Not measured: live data holds no outcomes together with outputs.",
                    20,
                    False,
                    LIGHT.text,
                )
            ],
        )
        return
    deck.text(
        page, [(f"{cases(performance)}. Intervals are 95 %.", 13, False, LIGHT.muted)], height=0.4
    )
    bounded = [(w, m) for w, m in rows if w.bounded and m.live.known][:6]
    table = [
        (w.name, w.side(m, "train"), w.side(m, "live"), w.change(m), w.say(floors.get(w.key)))
        for w, m in rows[:6]
    ]
    deck.table(
        page,
        ("Metric", "Training", "Live", "Change", "Floor"),
        table,
        (2.4, 2.6, 2.6, 2.8, 1),
        top=1.9,
    )
    series = [
        ("Training", [_rounded(m.train.value) for _, m in bounded], LIGHT.training),
        ("Live", [_rounded(m.live.value) for _, m in bounded], LIGHT.live),
    ]
    deck.bars(
        page,
        [w.name for w, _ in bounded],
        series,
        across=False,
        top=4.6,
        height=2.35,
        number_format="0.00",
    )


def _column(deck: Deck, sources: Sources) -> None:
    """The column whose values changed most urgently, when it can be drawn."""
    from golive.report.figures.column import chosen_labels, needs_log, shares_of

    for finding in sources.assessment.findings:
        column = (
            sources.assessment.column(finding.columns[0]) if len(finding.columns) == 1 else None
        )
        picture = column.picture if column else None
        moved = finding.signal in (Signal.DISTRIBUTION, Signal.MEANING, Signal.OUTPUT)
        if not moved or column is None or picture is None or column.type is ColumnType.DATETIME:
            continue
        names, places = chosen_labels(column)
        train, live = shares_of(column, "train"), shares_of(column, "live")
        if not names or not any(train) or not any(live):
            continue
        page = deck.slide(shorten(finding.title, 200))
        series = [
            (
                "Training, % of values",
                [round(100 * train[i], 2) or None for i in places],
                LIGHT.training,
            ),
            ("Live, % of values", [round(100 * live[i], 2) or None for i in places], LIGHT.live),
        ]
        declared = sources.config.columns.get(column.name)
        unit = f" ({declared.unit})" if declared and declared.unit else ""
        named = f"{column.name}{unit}" + ("" if picture.labels else ", lower end of each bin")
        log = needs_log(column)
        hidden = None in (*picture.train, *picture.live)
        if hidden:
            note = "Cells of 1 to 10 rows are not drawn."
            deck.text(page, [(note, 12, False, LIGHT.muted)], top=BOTTOM - 0.3, height=0.3)
        deck.bars(page, names, series, across=bool(picture.labels), number_format="0.0", log=log, height=5.0 if hidden else 5.3,
                  titles=(named, "% of values, logarithmic" if log else "% of values"))  # fmt: skip
        return


def _blocks(deck: Deck, sources: Sources) -> None:
    found = blocking(sources.assessment.readiness)
    title = f"What blocks: {sections.gate_words(sources.assessment.readiness)}"
    rows = [
        (GATE_WORD[c.gate_state or GateState.UNVERIFIED], c.id, c.title, sections.basis_words(c))
        for c, _ in found[:ROWS]
    ]
    if rows:
        head = ("Gate", "Criterion", "What it asks", "What it rests on")
        deck.listing(
            title,
            head,
            rows,
            (1.2, 1.2, 3.4, 5.9),
            note=_rest(len(found), "gates that do not pass"),
        )
        return
    modes = failure_modes(sources.assessment.readiness, sources.assessment.findings)
    page = deck.slide(title)
    deck.text(page, [(f"{m.name}: {m.tally}", 20, False, LIGHT.text) for m in modes], height=3)


def _next(deck: Deck, sources: Sources) -> None:
    plan = {row.id: row for row in sources.plan}
    rows = []
    steps = sources.assessment.readiness.next
    for step in steps[:ROWS]:
        entry = plan.get(step.criterion)
        who = (entry.owner if entry else "") or sections.owner_word(step.route)
        due = day(entry.due) if entry and entry.due else "–"
        rows.append(
            (step.label, step.criterion, step.fix or step.title, effort_words(step), who, due)
        )
    if rows:
        head = ("Do", "Criterion", "What", "Effort", "Owner", "Due")
        deck.listing(
            "What is next",
            head,
            rows,
            (1, 1.2, 5.2, 1.4, 1.8, 1.2),
            note=_rest(len(steps), "steps"),
        )
    else:
        deck.text(
            deck.slide("What is next"),
            [("Nothing is left to do in the plan.", 20, False, LIGHT.text)],
        )


def _rest(all_of_them: int, what: str) -> str:
    """How many did not fit the slides, and where they are; nothing when all did."""
    return (
        f"{all_of_them - ROWS} more of the {what} {'is' if all_of_them == ROWS + 1 else 'are'} in the report."
        if all_of_them > ROWS
        else ""
    )


def _origin(deck: Deck, sources: Sources) -> None:
    page = deck.slide("Where this comes from")
    about = identity(sources)
    lines = [(f"{name}: {value}", 13, False, LIGHT.text) for name, value in about.rows]
    silent = sum(c.level is None for c in sources.assessment.readiness.criteria)
    unknown = (
        f"Not known: {plural(silent, 'criterion', 'criteria')} without an answer, "
        f"{plural(len(sources.assessment.not_assessed), 'thing')} not looked at."
    )
    deck.text(
        page,
        [*lines, (unknown, 13, True, LIGHT.text), (about.disclaimer, 14, True, LIGHT.text)],
        height=5,
    )

"""Slides for a meeting: seven pages with native, editable charts and tables; every slide says where it comes from."""

from __future__ import annotations

from golive.model.columns import ColumnType
from golive.model.finding import Signal
from golive.report.base.document import mark
from golive.report.base.identity import identity
from golive.report.base.sources import Sources
from golive.report.base.verdict import (
    blocking,
    cap_sentence,
    failure_modes,
    strongest,
    verdict_sentence,
    weakest_first,
)
from golive.report.figures import chosen_labels, needs_log, shares_of
from golive.report.formats.deck import BOTTOM, TOP, WIDTH, Deck, Line, height_of, note
from golive.report.parts import sections
from golive.wording.labels import LIGHT, MEANING, READINESS_WORD, VERDICT_WORD
from golive.wording.metrics import cases, measured
from golive.wording.numbers import plural
from golive.wording.text import sentences, shorten

ROWS = 8
"""Most gates and steps that the slides list; the rest is in the report, and the slide says how many."""


def slides(sources: Sources) -> bytes:
    """Verdict, what live data does differently, dimensions, performance, a column, what blocks, what next."""
    deck = Deck(sources)
    for add in (_verdict, _facts, _dimensions, _performance, _column, _blocks, _next, _origin):
        add(deck, sources)
    return deck.data()


def _verdict(deck: Deck, sources: Sources) -> None:
    r = sources.assessment.readiness
    page = deck.slide(sources.name)
    word = f"{READINESS_WORD[r.verdict].upper()} – {MEANING[r.verdict]}."
    deck.text(page, Line(word, 40, bold=True, colour=getattr(LIGHT, sections.TONE[r.verdict])))
    said = (*r.stop, verdict_sentence(r), cap_sentence(r))
    deck.text(page, *(Line(line) for line in said if line), top=2.5, height=1.4)
    deck.table(page, ("In numbers", ""), sections.numbers(sources), (3, 7), top=4.0)


def _facts(deck: Deck, sources: Sources) -> None:
    lines: list[Line] = []
    for f in strongest(sources.assessment.findings):
        said = f"{VERDICT_WORD[f.verdict]}: {sections.in_meeting(f)}"
        lines.append(Line(said, bold=True, colour=LIGHT.of(f.verdict)))
        lines.append(Line(sentences(f.explanation, 260), 14))
        lines += [note(f"To do: {sentences(f.fix, 160)}", 14)] if f.fix else []
    # Long titles in smaller type rather than past the end of the slide.
    for size in (1.0, 0.9, 0.8, 0.7):
        if height_of(((one.words, size * one.points) for one in lines), WIDTH) < BOTTOM - TOP:
            break
    sized = [one._replace(points=round(one.points * size)) for one in lines]
    page = deck.slide("What live data does differently")
    deck.text(page, *(sized or [Line(sections.NO_DIFFERENCE)]), height=5)


def _dimensions(deck: Deck, sources: Sources) -> None:
    ordered = weakest_first(sources.assessment.readiness.dimensions)
    page = deck.slide("Readiness by dimension, weakest first: proven, and what is still possible")
    series = [
        ("Proven", [round(d.low, 1) for d in ordered], LIGHT.accent),
        ("Still possible", [round(d.high - d.low, 1) for d in ordered], "#B9D3E9"),
    ]
    names, titles = [d.name for d in ordered], ("", "Points of 100")
    deck.bars(page, names, series, stacked=True, highest=100, titles=titles)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _performance(deck: Deck, sources: Sources) -> None:
    performance = sources.assessment.measured
    rows = measured(performance)
    page = deck.slide("Performance in training and live data")
    if not rows:
        deck.text(page, Line(sections.NO_OUTCOMES))
        return
    deck.text(page, note(f"{cases(performance)}. Intervals are 95 %."), height=0.4)
    head = ("Metric", "Training", "Live", "Change", "Floor")
    deck.table(page, head, sections.metric_rows(sources)[:6], (2.4, 2.6, 2.6, 2.8, 1), top=1.9)
    bounded = [(w, m) for w, m in rows if w.bounded and m.live.known][:6]
    series = [
        ("Training", [_rounded(m.train.value) for _, m in bounded], LIGHT.training),
        ("Live", [_rounded(m.live.value) for _, m in bounded], LIGHT.live),
    ]
    names = [w.name for w, _ in bounded]
    deck.bars(page, names, series, across=False, top=4.6, height=2.35, number_format="0.00")


def _column(deck: Deck, sources: Sources) -> None:
    """The column whose values changed most urgently, when it can be drawn."""
    for finding in sources.assessment.findings:
        moved = finding.signal in (Signal.DISTRIBUTION, Signal.MEANING, Signal.OUTPUT)
        if not moved or len(finding.columns) != 1:
            continue
        column = sources.assessment.column(finding.columns[0])
        picture = column.picture if column else None
        if column is None or picture is None or column.type is ColumnType.DATETIME:
            continue
        names, places = chosen_labels(column)
        train, live = shares_of(column, "train"), shares_of(column, "live")
        if not names or not any(train) or not any(live):
            continue
        page = deck.slide(shorten(sections.in_meeting(finding), 200))
        series = [
            (f"{name}, % of values", [round(100 * shares[i], 2) or None for i in places], colour)
            for name, shares, colour in (
                ("Training", train, LIGHT.training),
                ("Live", live, LIGHT.live),
            )
        ]
        unit = sources.declared(column.name).unit
        named = column.name + (f" ({unit})" if unit else "")
        named += "" if picture.labels else ", lower end of each bin"
        log = needs_log(column)
        hidden = None in (*picture.train, *picture.live)
        if hidden:
            words = "Cells of 1 to 10 rows are not drawn."
            deck.text(page, note(words, 12), top=BOTTOM - 0.3, height=0.3)
        deck.bars(
            page,
            names,
            series,
            across=bool(picture.labels),
            number_format="0.0",
            log=log,
            height=5.0 if hidden else 5.3,
            titles=(named, "% of values, logarithmic" if log else "% of values"),
        )
        return


def _blocks(deck: Deck, sources: Sources) -> None:
    r = sources.assessment.readiness
    found, title = blocking(r), f"What blocks: {sections.gate_words(r)}"
    if found:
        head = ("Gate", "Criterion", "What it asks", "What it rests on")
        rows = [
            (mark(c.gate_state).word, c.id, c.title, sections.basis_words(c))
            for c, _ in found[:ROWS]
        ]
        end = _rest(len(found), "gates that do not pass")
        deck.listing(title, head, rows, (1.2, 1.2, 3.4, 5.9), end=end)
        return
    modes = failure_modes(r, sources.assessment.findings)
    deck.text(deck.slide(title), *(Line(f"{m.name}: {m.tally}") for m in modes), height=3)


def _next(deck: Deck, sources: Sources) -> None:
    steps = sources.assessment.readiness.next
    if not steps:
        deck.text(deck.slide("What is next"), Line(sections.NO_STEPS))
        return
    head = ("Do", "Criterion", "What", "Effort", "Owner", "Due")
    rows = [sections.step_cells(sources, s) for s in steps[:ROWS]]
    end = _rest(len(steps), "steps")
    deck.listing("What is next", head, rows, (1, 1.2, 5.2, 1.4, 1.8, 1.2), end=end)


def _rest(all_of_them: int, what: str) -> str:
    """How many did not fit the slides, and where they are; nothing when all did."""
    more = all_of_them - ROWS
    return (
        f"{more} more of the {what} {'is' if more == 1 else 'are'} in the report."
        if more > 0
        else ""
    )


def _origin(deck: Deck, sources: Sources) -> None:
    about = identity(sources)
    silent = sum(c.level is None for c in sources.assessment.readiness.criteria)
    unknown = (
        f"Not known: {plural(silent, 'criterion', 'criteria')} without an answer, "
        f"{plural(len(sources.assessment.not_assessed), 'thing')} not looked at."
    )
    deck.text(
        deck.slide("Where this comes from"),
        *(Line(f"{name}: {value}", 13) for name, value in about.rows),
        Line(unknown, 13, bold=True),
        Line(about.disclaimer, 14, bold=True),
        height=5,
    )

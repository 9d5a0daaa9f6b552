"""One finding opened: what was seen, how sure it is, what was ruled out, what a repair would change, and who acts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import cycle
from typing import TYPE_CHECKING, Any

import streamlit as st

from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Signal, WhatIf
from golive.model.result import Assessment, ColumnResult, DriftResult
from golive.ui import figures
from golive.ui.figures.slices import is_share, quantity_name
from golive.ui.live import tried
from golive.ui.live.columns import unit_of
from golive.ui.live.findings import size_words
from golive.ui.shell import chart, nav, theme
from golive.ui.shell.guards import Current
from golive.ui.shell.words import plain
from golive.wording.labels import ROUTE_WORD, SIGNAL_WORD
from golive.wording.numbers import count, day, number, percent, points, score

if TYPE_CHECKING:
    import plotly.graph_objects as go

_MOST_NAMED = 3
PLAINLY_MISSING = (Kind.MISSING_UP, Kind.MISSING_DOWN, Kind.ALWAYS_MISSING)


def effect_sentence(effect: Effect) -> str:
    """The size of a finding in one sentence: both sides, the change with its interval, and the rows behind them."""
    share = is_share(effect.name)
    write: Callable[[float], str] = percent if share else number
    step: Callable[[float], str] = points if share else "{:+.4g}".format
    sides = [
        f"{write(value)} in {word}"
        for value, word in ((effect.train, "training"), (effect.live, "live data"))
        if value is not None
    ]
    sentence = quantity_name(effect.name) + (f": {', '.join(sides)}" if sides else "")
    if effect.change is not None:
        sentence += f"; change {step(effect.change)}"
        if effect.low is not None and effect.high is not None:
            sentence += f" (between {step(effect.low)} and {step(effect.high)})"
    return f"{sentence}. n = {count(effect.n_train)} training and {count(effect.n_live)} live."


def what_if_sentence(what_if: WhatIf, *, empties: bool = False) -> str:
    """What the repair would change: ``Multiply ... by ...: the score falls from 0.91 to 0.02.``

    ``empties`` says that no live value would be left.
    """
    words = repair_words(what_if.repair)
    words = words[:1].upper() + words[1:]
    if empties:
        return f"{words}: then no live value is left, so the column counts as missing and there is nothing to compare."
    before, after = what_if.before, what_if.after
    if before is None or after is None:
        return f"{words}. It could not be tried on the profile."
    verb = "stays" if after == before else "falls" if after < before else "rises"
    return f"{words}: the score {verb} from {score(before)} to {score(after)}."


def render(finding: Finding, where: Current) -> None:
    """Draw the opened finding: sentence, pictures, evidence, repair, owner, and the links to column and criteria."""
    assessment, config = where.assessment, where.config
    if finding.explanation:
        st.markdown(plain(finding.explanation))
    facts = []
    if finding.effect:
        facts.append(effect_sentence(finding.effect))
    if segment := finding.segment:
        since = f" since {day(segment.since)}" if segment.since else ""
        facts.append(f"Only where {segment.column} is {segment.value}{since}.")
    if touched := size_words(finding, assessment):
        facts.append(f"It touches {touched}.")
    if facts:
        st.caption(plain(" ".join(facts)))
    column = assessment.column(finding.columns[0]) if len(finding.columns) == 1 else None
    if column is None and finding.signal is Signal.MISSINGNESS:
        _missing_together(finding, assessment)
    else:
        _pictures(finding, column, assessment, config)
    if finding.evidence or finding.ruled_out:
        parts = (("Evidence", finding.evidence), ("Ruled out", finding.ruled_out))
        for place, (title, lines) in zip(st.columns(2, gap="medium"), parts, strict=True):
            if lines:
                place.markdown(f"**{title}**\n" + "".join(f"\n- {plain(line)}" for line in lines))
    _repair(finding, column, where)
    _links(finding, assessment)


def _pictures(
    finding: Finding, column: ColumnResult | None, assessment: Assessment, config: Config
) -> None:
    """Training and live side by side with what says most about the finding: the repair, missing rows, the score, the slices."""
    tokens = theme.tokens()
    unit = unit_of(config, column.name) if column else ""
    left, right = st.columns(2, gap="medium")
    picture = column.picture if column else None

    def draw(title: str, figure: go.Figure, key: str, alt: str) -> None:
        st.markdown(f"**{title}**")
        chart.show(figure, key=f"{key}:{finding.id}", alt=alt)

    if column and picture:
        with left:
            figure = figures.distribution(column, tokens, unit=unit, log=figures.needs_log(column))
            alt = figures.describe_distribution(column, unit=unit)
            draw("Training and live", figure, "picture", alt)
    factor, after = _whole_column_factor(finding), _after(finding, assessment)
    sliced = any(s.effect is not None for s in finding.slices)
    repaired = "The same after the repair"
    with right if picture else left:
        if picture and after is not None:
            figure = figures.distribution(after, tokens, unit=unit, log=figures.needs_log(after))
            alt = f"After the repair: {figures.describe_distribution(after, unit=unit)}"
            draw(repaired, figure, "repaired", alt)
        elif column and picture and picture.edges and factor is not None:
            figure = figures.distribution(column, tokens, unit=unit, factor=factor)
            alt = f"Distribution of {column.name} with every live value multiplied by {number(factor)}."
            draw(repaired, figure, "repaired", alt)
        elif sliced:
            _slices(finding)
            return
        elif column and column.train and column.live and finding.kind in PLAINLY_MISSING:
            alt = figures.describe_missing(column)
            draw("Rows without a value", figures.missing(column, tokens), "missing", alt)
        elif column and picture and column.drift and _is_about_spread(finding, column.drift):
            alt = figures.describe_scale(column.drift)
            draw("How far from nothing", figures.scale(column.drift, tokens), "scale", alt)
    if sliced and (after is not None or factor is not None):
        _slices(finding)


def _slices(finding: Finding) -> None:
    quantity = finding.effect.name if finding.effect else "effect"
    st.markdown("**Where it sits**")
    alt = figures.describe_slices(finding.slices, quantity=quantity)
    figure = figures.slices(finding.slices, theme.tokens(), quantity=quantity)
    chart.show(figure, key=f"slices:{finding.id}", alt=alt)


def _after(finding: Finding, assessment: Assessment) -> ColumnResult | None:
    """The finding's column once its repair is made, when it can be drawn."""
    one = tried.alone(assessment, finding)
    if one is None or len(one.columns) != 1 or one.columns[0].picture is None:
        return None
    return one.columns[0]


def _is_about_spread(finding: Finding, drift: DriftResult) -> bool:
    """Whether the finding's own quantity is the drift score; beside any other finding the score would mislead."""
    effect = finding.effect
    return drift.score is not None and effect is not None and effect.name == drift.method


def _missing_together(finding: Finding, assessment: Assessment) -> None:
    """Missing shares of the first columns of a finding about several, two beside each other."""
    columns = (assessment.column(name) for name in finding.columns[:4])
    known = [c for c in columns if c is not None and c.train and c.live]
    for place, column in zip(cycle(st.columns(2, gap="medium")), known, strict=False):
        with place:
            st.markdown(f"**{plain(column.name)}**")
            chart.show(
                figures.missing(column, theme.tokens()),
                key=f"missing:{finding.id}:{column.name}",
                alt=figures.describe_missing(column),
            )


def _whole_column_factor(finding: Finding) -> float | None:
    """The factor of a conversion that applies to every live value; ``None`` when only some rows are concerned."""
    whole = finding.kind in (Kind.UNIT_CHANGE, Kind.SCALE_ERROR) and not finding.segment
    if not whole or finding.what_if is None or finding.what_if.repair.get("op") != "convert":
        return None
    factor = finding.what_if.repair.get("factor")
    return float(factor) if isinstance(factor, int | float) else None


def _repair(finding: Finding, column: ColumnResult | None, where: Current) -> None:
    if (what_if := finding.what_if) is not None:
        one = tried.alone(where.assessment, finding)
        left = f" {tried.leaves(one)}" if one is not None else ""
        held = column.live.n - column.live.missing if column and column.live else None
        removes = what_if.repair.get("op") == "set_missing" and what_if.after is None
        empties = removes and held is not None and finding.rows_affected == held
        words = plain(what_if_sentence(what_if, empties=empties) + left)
        st.markdown(f"**What a repair would change.** {words}")
        tried.toggle(finding, where)
        if column and column.drift and what_if.after is not None:
            figure = figures.scale(column.drift, theme.tokens(), after=what_if.after)
            alt = f"{figures.describe_scale(column.drift)} After the repair {score(what_if.after)}."
            chart.show(figure, key=f"after:{finding.id}", alt=alt)
    route = ROUTE_WORD[finding.route]
    if finding.fix:
        st.markdown(f"**Fix ({route.lower()}).** {plain(finding.fix)}")
    else:
        st.markdown(f"**Owner.** {route}")


def _links(finding: Finding, assessment: Assessment) -> None:
    criteria = [c for c in assessment.readiness.criteria if finding.id in c.findings]
    steps = {s.criterion: s for s in assessment.readiness.next}
    lifts = {k: f", a fix lifts it to {s.target}" for k, s in steps.items() if s.label == "FIX"}
    cause = next((f for f in assessment.findings if f.id == finding.cause), None)
    explained = f" · explained by: {plain(cause.title)}" if cause else ""
    kind = finding.kind.replace("_", " ")
    st.caption(
        f"{SIGNAL_WORD[finding.signal]} · {kind} · severity {finding.severity.value}{explained}"
    )
    with st.container(horizontal=True, gap="medium"):
        for name in filter(assessment.column, finding.columns[:4]):
            query, icon = {"column": name}, ":material/bar_chart:"
            nav.link("distributions", plain(name), icon=icon, query=query)
        if cause:
            query, icon = {"finding": cause.id}, ":material/account_tree:"
            nav.link("findings", "Open the cause", icon=icon, query=query)
        for criterion in criteria[:4]:
            level = "–" if criterion.level is None else criterion.level
            label = f"{criterion.id} at level {level}{lifts.get(criterion.id, '')}"
            query, icon = {"dimension": criterion.dimension}, ":material/fact_check:"
            nav.link("readiness", label, icon=icon, query=query)


def repair_words(repair: Mapping[str, Any]) -> str:
    """``multiply creatinine above 10.4 by 0.0113``, ``set -1 in gcs to missing``, ``write 'iv' as 'IV' in route``."""
    operation, column = repair.get("op"), str(repair.get("column", ""))
    if operation == "convert":
        offset = float(repair.get("offset", 0.0))
        step = f" and {'add' if offset > 0 else 'subtract'} {number(abs(offset))}" if offset else ""
        return f"multiply {column}{_where(repair)} by {number(float(repair['factor']))}{step}"
    if operation == "set_missing":
        some = f"{_values(repair['values'])} in {column}" if "values" in repair else ""
        return f"set {some or column + _where(repair)} to missing"
    if operation in ("map", "recode"):
        return f"write {_pairs(repair['mapping'])} in {column}"
    if operation == "clip":
        limits = [
            f"{number(repair[end])} at {word}"
            for end, word in (("low", "least"), ("high", "most"))
            if end in repair
        ]
        return f"let {column} be {' and '.join(limits)}"
    if operation == "swap":
        return f"exchange {' and '.join(repair['columns'])}"
    known = {"deduplicate": "drop rows that equal an earlier row"}
    return known.get(str(operation), str(operation).replace("_", " "))


def _where(repair: Mapping[str, Any]) -> str:
    if "inside" in repair:
        low, high = repair["inside"]
        return f" from {number(low)} to {number(high)}"
    said = [f"{word} {number(repair[word])}" for word in ("below", "above") if word in repair]
    return f" {' and '.join(said)}" if said else ""


def _values(values: Any) -> str:
    return _first([repr(v) if isinstance(v, str) else number(float(v)) for v in values])


def _pairs(mapping: Mapping[str, Any]) -> str:
    return _first([f"'{old}' as {_values([new])}" for old, new in mapping.items()])


def _first(words: list[str]) -> str:
    more = f" and {len(words) - _MOST_NAMED} more" if len(words) > _MOST_NAMED else ""
    return ", ".join(words[:_MOST_NAMED]) + more

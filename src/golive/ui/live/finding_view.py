"""One finding opened: what was seen, how sure it is, what was ruled out, what a repair would change, and who acts."""

from __future__ import annotations

from itertools import cycle

import streamlit as st

from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Signal, WhatIf
from golive.model.result import Assessment, ColumnResult, DriftResult
from golive.ui import figures
from golive.ui.figures.slices import is_share, quantity_name
from golive.ui.live import tried
from golive.ui.live.columns import unit_of
from golive.ui.live.findings import size_words
from golive.ui.live.repair_words import repair_words
from golive.ui.shell import chart, nav, theme
from golive.ui.shell.guards import Current
from golive.ui.shell.words import plain
from golive.wording.labels import ROUTE_WORD, SIGNAL_WORD
from golive.wording.numbers import count, day, number, percent, points, score

PLAINLY_MISSING = (Kind.MISSING_UP, Kind.MISSING_DOWN, Kind.ALWAYS_MISSING)


def effect_sentence(effect: Effect) -> str:
    """The size of a finding in one sentence: both sides, the change with its interval, and the rows behind them."""
    share = is_share(effect.name)
    write = percent if share else number
    sides = [
        f"{write(value)} in {word}"
        for value, word in ((effect.train, "training"), (effect.live, "live data"))
        if value is not None
    ]
    sentence = (
        f"{quantity_name(effect.name)}: {', '.join(sides)}" if sides else quantity_name(effect.name)
    )
    if effect.change is not None:
        change = points(effect.change) if share else f"{effect.change:+.4g}"
        sentence += f"; change {change}"
        if effect.low is not None and effect.high is not None:
            low, high = (points(v) if share else f"{v:+.4g}" for v in (effect.low, effect.high))
            sentence += f" (between {low} and {high})"
    return f"{sentence}. n = {count(effect.n_train)} training and {count(effect.n_live)} live."


def what_if_sentence(what_if: WhatIf, *, empties: bool = False) -> str:
    """What the repair would change: ``Multiply ... by ...: the score falls from 0.91 to 0.02.``

    ``empties`` says that no live value would be left.
    """
    words = repair_words(what_if.repair)
    words = words[:1].upper() + words[1:]
    if empties:
        return f"{words}: then no live value is left, so the column counts as missing and there is nothing to compare."
    if what_if.before is None or what_if.after is None:
        return f"{words}. It could not be tried on the profile."
    verb = (
        "falls"
        if what_if.after < what_if.before
        else "stays"
        if what_if.after == what_if.before
        else "rises"
    )
    return f"{words}: the score {verb} from {score(what_if.before)} to {score(what_if.after)}."


def render(finding: Finding, where: Current) -> None:
    """Draw the opened finding: sentence, pictures, evidence, repair, owner, and the doors to column and criteria."""
    assessment, config = where.assessment, where.config
    if finding.explanation:
        st.markdown(plain(finding.explanation))
    facts = []
    if finding.effect:
        facts.append(effect_sentence(finding.effect))
    if finding.segment:
        since = f" since {day(finding.segment.since)}" if finding.segment.since else ""
        facts.append(f"Only where {finding.segment.column} is {finding.segment.value}{since}.")
    touched = size_words(finding, assessment)
    if touched:
        facts.append(f"It touches {touched}.")
    if facts:
        st.caption(plain(" ".join(facts)))
    column = assessment.column(finding.columns[0]) if len(finding.columns) == 1 else None
    if column is None and finding.signal is Signal.MISSINGNESS:
        _missing_together(finding, assessment)
    else:
        _pictures(finding, column, assessment, config)
    _reasons(finding)
    _repair(finding, column, where)
    _doors(finding, assessment)


def _pictures(
    finding: Finding, column: ColumnResult | None, assessment: Assessment, config: Config
) -> None:
    tokens = theme.tokens()
    left, right = st.columns(2, gap="medium")
    drawn = False
    if column and column.picture:
        unit = unit_of(config, column.name)
        with left:
            st.markdown("**Training and live**")
            chart.show(
                figures.distribution(column, tokens, unit=unit, log=figures.needs_log(column)),
                key=f"picture:{finding.id}",
                alt=figures.describe_distribution(column, unit=unit),
            )
        drawn = True
    factor = _whole_column_factor(finding)
    after = _after(finding, assessment)
    with right if drawn else left:
        if drawn and after is not None:
            st.markdown("**The same after the repair**")
            chart.show(
                figures.distribution(
                    after, tokens, unit=unit_of(config, after.name), log=figures.needs_log(after)
                ),
                key=f"repaired:{finding.id}",
                alt="After the repair: "
                + figures.describe_distribution(after, unit=unit_of(config, after.name)),
            )
        elif column and column.picture and column.picture.edges and factor is not None:
            st.markdown("**The same after the repair**")
            chart.show(
                figures.distribution(
                    column, tokens, unit=unit_of(config, column.name), factor=factor
                ),
                key=f"repaired:{finding.id}",
                alt=f"Distribution of {column.name} with every live value multiplied by {number(factor)}.",
            )
        elif any(s.effect is not None for s in finding.slices):
            _slices(finding)
            return
        elif column and column.train and column.live and finding.kind in PLAINLY_MISSING:
            st.markdown("**Rows without a value**")
            chart.show(
                figures.missing(column, tokens),
                key=f"missing:{finding.id}",
                alt=figures.describe_missing(column),
            )
        elif drawn and column and column.drift and _is_about_spread(finding, column.drift):
            st.markdown("**How far from nothing**")
            chart.show(
                figures.scale(column.drift, tokens),
                key=f"scale:{finding.id}",
                alt=figures.describe_scale(column.drift),
            )

    if (after is not None or factor is not None) and any(
        s.effect is not None for s in finding.slices
    ):
        _slices(finding)


def _slices(finding: Finding) -> None:
    quantity = finding.effect.name if finding.effect else "effect"
    st.markdown("**Where it sits**")
    chart.show(
        figures.slices(finding.slices, theme.tokens(), quantity=quantity),
        key=f"slices:{finding.id}",
        alt=figures.describe_slices(finding.slices, quantity=quantity),
    )


def _after(finding: Finding, assessment: Assessment) -> ColumnResult | None:
    """The finding's column once its repair is made, when it can be drawn."""
    one = tried.alone(assessment, finding)
    if one is None or len(one.columns) != 1 or one.columns[0].picture is None:
        return None
    return one.columns[0]


def _is_about_spread(finding: Finding, drift: DriftResult) -> bool:
    """Whether the finding's own quantity is the drift score; beside any other finding the score would mislead."""
    return (
        drift.score is not None
        and finding.effect is not None
        and finding.effect.name == drift.method
    )


def _missing_together(finding: Finding, assessment: Assessment) -> None:
    """Missing shares of the first columns of a finding about several, two beside each other."""
    known = [
        c
        for c in (assessment.column(name) for name in finding.columns[:4])
        if c is not None and c.train and c.live
    ]
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
    if (
        finding.kind not in (Kind.UNIT_CHANGE, Kind.SCALE_ERROR)
        or finding.segment
        or finding.what_if is None
    ):
        return None
    factor = finding.what_if.repair.get("factor")
    return (
        float(factor)
        if isinstance(factor, int | float) and finding.what_if.repair.get("op") == "convert"
        else None
    )


def _reasons(finding: Finding) -> None:
    if not finding.evidence and not finding.ruled_out:
        return
    found, excluded = st.columns(2, gap="medium")
    for place, title, lines in (
        (found, "Evidence", finding.evidence),
        (excluded, "Ruled out", finding.ruled_out),
    ):
        if lines:
            place.markdown(f"**{title}**\n" + "".join(f"\n- {plain(line)}" for line in lines))


def _repair(finding: Finding, column: ColumnResult | None, where: Current) -> None:
    if finding.what_if is not None:
        one = tried.alone(where.assessment, finding)
        left = f" {tried.leaves(one)}" if one is not None else ""
        st.markdown(f"**What a repair would change.** {plain(_what_if(finding, column) + left)}")
        tried.toggle(finding, where)
        if column and column.drift and finding.what_if.after is not None:
            chart.show(
                figures.scale(column.drift, theme.tokens(), after=finding.what_if.after),
                key=f"after:{finding.id}",
                alt=f"{figures.describe_scale(column.drift)} After the repair {score(finding.what_if.after)}.",
            )
    if finding.fix:
        st.markdown(f"**Fix ({ROUTE_WORD[finding.route].lower()}).** {plain(finding.fix)}")
    else:
        st.markdown(f"**Owner.** {ROUTE_WORD[finding.route]}")


def _what_if(finding: Finding, column: ColumnResult | None) -> str:
    assert finding.what_if is not None
    held = column.live.n - column.live.missing if column and column.live else None
    removes = finding.what_if.repair.get("op") == "set_missing" and finding.what_if.after is None
    return what_if_sentence(
        finding.what_if, empties=removes and held is not None and finding.rows_affected == held
    )


def _doors(finding: Finding, assessment: Assessment) -> None:
    criteria = [c for c in assessment.readiness.criteria if finding.id in c.findings]
    steps = {s.criterion: s for s in assessment.readiness.next}
    cause = next((f for f in assessment.findings if f.id == finding.cause), None)
    st.caption(
        f"{SIGNAL_WORD[finding.signal]} · {finding.kind.replace('_', ' ')} · severity {finding.severity.value}"
        + (f" · explained by: {plain(cause.title)}" if cause else "")
    )
    with st.container(horizontal=True, gap="medium"):
        for name in finding.columns[:4]:
            if assessment.column(name):
                nav.link(
                    "distributions",
                    plain(name),
                    icon=":material/bar_chart:",
                    query={"column": name},
                )
        if cause:
            nav.link(
                "findings",
                "Open the cause",
                icon=":material/account_tree:",
                query={"finding": cause.id},
            )
        for criterion in criteria[:4]:
            step = steps.get(criterion.id)
            lifts = f", a fix lifts it to {step.target}" if step and step.label == "FIX" else ""
            nav.link(
                "readiness",
                f"{criterion.id} at level {'–' if criterion.level is None else criterion.level}{lifts}",
                icon=":material/fact_check:",
                query={"dimension": criterion.dimension},
            )

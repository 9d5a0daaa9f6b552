"""How robust a verdict is: under other weights, at another strictness, at another tier, and by a test that engineers know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from golive.model.errors import GoLiveError
from golive.model.readiness import Readiness
from golive.readiness import Basis, Model, TierResult, ml_test_score
from golive.readiness.maturity import MLTestScore
from golive.ui.shell import rescoring, theme
from golive.ui.shell.components import error_box
from golive.ui.shell.guards import Current
from golive.ui.shell.words import NO_BREAK, plain, unbroken
from golive.ui.verdict.plan import outlook_words
from golive.wording.labels import TIER_WORD
from golive.wording.numbers import percent, plural

MOST_GATES = 6


def weights_sentence(readiness: Readiness, model: Model) -> str:
    """What becomes of the verdict when every weight is moved: ``the verdict stays the same in 98 % of 1,000 draws``."""
    if readiness.stability is None:
        return ""
    moved = (
        f"With every weight of a dimension moved by up to {percent(model.weight_draw)}, the verdict"
    )
    if readiness.stability >= 1:
        return f"{moved} stays the same in all of 1,000 draws: it does not hang on the weights."
    return f"{moved} stays the same in {percent(readiness.stability)} of 1,000 draws."


def strictness(basis: Basis, readiness: Readiness) -> None:
    """A slider from the weakest dimension alone to the plain average, and where the pilot would stand. Nothing is stored."""
    rule = basis.model.tiers[readiness.tier].allowance
    chosen = st.slider(
        "Points by which the index may exceed the weakest dimension",
        min_value=0,
        max_value=100,
        value=round(rule),
        step=5,
        key="strictness",
        help="0: the weakest dimension decides alone. 100: the average of all dimensions.",
    )
    then = replace(basis, model=basis.model.with_allowance(float(chosen))).outlook({})
    policy = "as the policy has it" if chosen == round(rule) else f"the policy allows {rule:g}"
    st.markdown(f"**At {chosen} it stands at {plain(outlook_words(then))}** ({policy}).")


def tier_rows(found: Sequence[TierResult]) -> dict[str, list[str]]:
    """The same evidence at each tier as columns of a table."""
    return {
        "Tier": [
            f"**{TIER_WORD[t.tier]}** (this pilot)" if t.is_own else TIER_WORD[t.tier]
            for t in found
        ],
        "Verdict": [theme.READINESS[t.verdict].coloured.replace(" ", NO_BREAK) for t in found],
        "Index": [_index(t) for t in found],
        "Evidence": [percent(t.coverage) for t in found],
        "Gates open": [_gates(t) for t in found],
    }


def _index(result: TierResult) -> str:
    if result.index is None:
        return "–"
    return f"{result.index:.0f} ({result.low:.0f} to {result.high:.0f})".replace(" ", NO_BREAK)


def _gates(result: TierResult) -> str:
    if not result.open_gates:
        return "none"
    more = len(result.open_gates) - MOST_GATES
    shown = ", ".join(result.open_gates[:MOST_GATES])
    return f"{len(result.open_gates)}: {shown}" + (f" and {more} more" if more > 0 else "")


def maturity(found: MLTestScore) -> None:
    """ML Test Score with its four sections."""
    shown = sum(t.score > 0 for t in found.tests)
    st.markdown(
        f"**ML Test Score {found.score:g} of 7: {found.meaning}.** {plural(shown, 'test')} of {len(found.tests)} {'is' if shown == 1 else 'are'} shown; "
        "the weakest section decides."
    )
    st.table(
        {
            "Section": list(found.sections),
            "Points of 7": [f"{points:g}" for points in found.sections.values()],
            "Not shown yet": [_open_tests(found, name) for name in found.sections],
        },
        border="horizontal",
        alt=f"ML Test Score by section; the score is {found.score:g} of 7.",
    )
    st.caption(
        "Breck and others, 2017, through the crosswalk: half a point where people show it, one where data measure it."
    )


def _open_tests(found: MLTestScore, section: str) -> str:
    from golive.readiness.maturity import SECTIONS

    short = next(key for key, name in SECTIONS.items() if name == section)
    not_shown = [
        t.id
        for t in found.tests
        if t.id.startswith(short) and t.id[len(short) :].isdigit() and not t.score
    ]
    return ", ".join(not_shown) or "–"


def page(where: Current) -> None:
    """What would be said of the same evidence by other rules. Only for looking: the policy decides."""
    try:
        basis = rescoring.today(where)
        tiers = basis.at_tiers()
    except GoLiveError as error:
        error_box(error, title="Readiness cannot be judged as of today.")
        return
    readiness = where.assessment.readiness
    if sentence := weights_sentence(readiness, basis.model):
        st.markdown(unbroken(sentence))
    strictness(basis, readiness)
    st.markdown("**The same evidence at every tier**")
    st.table(
        tier_rows(tiers),
        border="horizontal",
        alt="Verdict, index and open gates of the same evidence at each tier.",
    )
    maturity(ml_test_score(readiness, basis.model))

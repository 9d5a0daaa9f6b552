"""Which data problem costs most: the rows of each problem, how the model does in them and beside them, and what cannot be known."""

from __future__ import annotations

import streamlit as st

from golive.model.measured.performance import Impact
from golive.model.result import Assessment
from golive.ui.shell.words import plain, unbroken
from golive.wording.numbers import percent, spelled


def short(title: str) -> str:
    """The title of a finding without the sample sizes at its end."""
    return title.rpartition(" (n = ")[0] or title


def costliest(assessment: Assessment) -> None:
    """Which data problem costs most in the primary metric, where labelled live data made it measurable."""
    impact = assessment.measured.impact
    rows = impact.issues
    if not rows:
        criterion = next((c for c in assessment.readiness.criteria if c.id == "VAL-04"), None)
        why = criterion.measurement if criterion else ""
        st.markdown(
            plain(why) if why else "Not measured in this session: it takes labelled live data."
        )
        return
    st.markdown(f"**{plain(cost_sentence(impact))}**")
    st.table(
        {
            "Problem": [plain(short(row.title)) for row in rows],
            "Rows": [unbroken(f"{row.n_affected:,} ({percent(row.share)})") for row in rows],
            "AUROC in them and in the others": [
                f"{_area(row.affected)} and {_area(row.unaffected)}" for row in rows
            ],
            "Gain without them": [
                f"{_step(row.change)} ({_step(row.low)} to {_step(row.high)})" for row in rows
            ],
        },
        border="horizontal",
        alt="Data problems by what their rows cost in the primary metric.",
    )
    st.caption(plain(impact.caveat))
    untold = impact.not_measured
    if untold:
        with st.expander(f"What could not be measured ({len(untold)})", icon=":material/help:"):
            st.markdown(
                "\n".join(f"- {plain(short(row.title))}: {plain(row.why)}." for row in untold)
            )


def cost_sentence(impact: Impact) -> str:
    """What the problems' rows cost, one by one and together: the sentence above the table."""
    rows, whole = impact.issues, impact.together
    real = [row for row in rows if row.low > 0]
    basis = f"n = {impact.n:,} live rows with an outcome, {impact.n_events:,} of them events"
    if not real:
        return f"None of the data problems lowers the AUROC beyond chance ({basis})."
    one = len(real) == 1
    said = f"{spelled(len(real)).capitalize()} of {spelled(len(rows))} data problem{'' if len(rows) == 1 else 's'} lower{'s' if one else ''} the AUROC beyond chance"
    said += f", the costliest by {real[0].change:.3f} ({basis})."
    if whole is not None and whole.unaffected is not None:
        said += (
            f" Without the rows of all {spelled(len(rows))} it would be {whole.unaffected:.3f} instead of "
            f"{whole.unaffected - whole.change:.3f}."
        )
    return said


def _area(value: float | None) -> str:
    return "too few events" if value is None else f"{value:.2f}"


def _step(value: float) -> str:
    """A difference with its sign, three decimals, and no sign where nothing is left."""
    shown = f"{value:+.3f}"
    return "0.000" if float(shown) == 0 else shown

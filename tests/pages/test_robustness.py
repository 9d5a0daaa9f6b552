"""How robust a verdict is: strictness, other tiers, other weights and the ML Test Score, on the Readiness page."""

from __future__ import annotations

from typing import Any

import sample_assessment as made

from golive.model.readiness import Tier
from golive.readiness import load_model, ml_test_score
from golive.ui.verdict import robustness

PAGE = "pages/verdict/readiness.py"
FIRST = "00000000-0000-4000-8000-000000000001"


def _said(app: Any) -> str:
    return "\n".join(m.value for m in app.markdown).replace("\\", "")


def test_the_slider_starts_at_the_policy_and_moves_what_is_said(
    seeded: Any, open_page: Any
) -> None:
    app = open_page(PAGE, session=FIRST)
    assert not app.exception
    slider = app.slider(key="strictness")
    assert "How robust the verdict is" in [s.value for s in app.subheader]
    assert slider.value == load_model().tiers[Tier.HIGH].allowance
    assert "as the policy has it" in _said(app)
    slider.set_value(100).run()
    assert not app.exception
    assert "At 100 it stands at" in _said(app)
    assert "the policy allows 20" in _said(app)
    assert seeded.card(FIRST).revision == 1  # looking stores nothing


def test_every_tier_is_told_and_the_own_one_is_marked(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, session=FIRST)
    tiers = next(t.value for t in app.table if "Gates open" in t.value)
    assert [str(t) for t in tiers["Tier"]] == [
        "Low",
        "Moderate",
        "**High** (this pilot)",
        "Critical",
    ]


def test_ml_test_score_is_told_with_its_sections(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, session=FIRST)
    score = ml_test_score(made.readiness())
    assert f"ML Test Score {score.score:g} of 7: {score.meaning}" in _said(app)
    sections = next(t.value for t in app.table if "Section" in t.value)
    assert len(sections) == 4


def test_weights_in_words() -> None:
    readiness, model = made.readiness(), load_model()
    all_same = robustness.weights_sentence(readiness.model_copy(update={"stability": 1.0}), model)
    assert "all of 1,000 draws" in all_same
    assert "in 98 % of 1,000" in robustness.weights_sentence(
        readiness.model_copy(update={"stability": 0.98}), model
    )
    assert (
        robustness.weights_sentence(readiness.model_copy(update={"stability": None}), model) == ""
    )

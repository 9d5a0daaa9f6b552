"""ML Test Score (Breck and others, 2017) from the crosswalk, for engineers who know it.

A test counts when every criterion that supports it stands at the production bar: 0.5 when people show it, 1 when data measure it
or the criterion stands at level 4. A section is the sum of its seven tests, the score the smallest section.
"""

from __future__ import annotations

from dataclasses import dataclass

from golive.model.readiness import CriterionScore, Readiness
from golive.readiness.policy.policy import Model, load_model

SECTIONS: dict[str, str] = {
    "Data": "Data",
    "Model": "Model",
    "Infra": "Infrastructure",
    "Mon": "Monitoring",
}
TESTS = 7
BAR = 3
BANDS: tuple[tuple[float, str], ...] = (
    (0, "a research project, not a production system"),
    (1, "gaps are likely"),
    (2, "basic testing"),
    (3, "reasonably tested"),
    (5, "strong testing and monitoring"),
)
TOP = "exceptional testing and monitoring"


@dataclass(frozen=True)
class TestScore:
    """One of the 28 tests: its id (``Data1``), 0, 0.5 or 1, and the criteria behind it."""

    id: str
    score: float
    criteria: tuple[str, ...]


@dataclass(frozen=True)
class MLTestScore:
    """The score (0 to 7), its meaning, the section sums and the tests."""

    score: float
    meaning: str
    sections: dict[str, float]
    tests: tuple[TestScore, ...]


def _credit(criterion: CriterionScore | None) -> float:
    if criterion is None or criterion.level is None or criterion.level < BAR:
        return 0.0
    automatic = criterion.level == 4 or (
        criterion.measured is not None and criterion.measured >= BAR
    )
    return 1.0 if automatic else 0.5


def ml_test_score(readiness: Readiness, model: Model | None = None) -> MLTestScore:
    """ML Test Score of a judged pilot. A test whose criteria do not apply, or stand nowhere, counts 0."""
    model = model or load_model()
    stands = {c.id: c for c in readiness.criteria}
    tests = []
    for section in SECTIONS:
        for number in range(1, TESTS + 1):
            key = f"{section}{number}"
            asked = tuple(
                c.id for c in model.criteria if f"MLTS:{key}" in c.supports and c.id in stands
            )
            tests.append(
                TestScore(key, min((_credit(stands[c]) for c in asked), default=0.0), asked)
            )
    sections = {
        name: sum(
            t.score
            for t in tests
            if t.id[: len(section)] == section and t.id[len(section) :].isdigit()
        )
        for section, name in SECTIONS.items()
    }
    score = min(sections.values())
    meaning = next((words for limit, words in BANDS if score <= limit), TOP)
    return MLTestScore(score, meaning, sections, tuple(tests))

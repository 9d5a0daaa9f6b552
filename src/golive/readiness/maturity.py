"""ML Test Score (Breck and others, 2017) from the crosswalk, for engineers who know it.

A test counts when every criterion that supports it stands at the production bar: 0.5 when people show it, 1 when data measure it
or the criterion stands at level 4. A section is the sum of its seven tests, the score the smallest section.
"""

from __future__ import annotations

from dataclasses import dataclass

from golive.model.readiness import CriterionScore, Readiness
from golive.readiness.policy.policy import PRODUCTION, Model, load_model

SECTIONS: dict[str, str] = {
    "Data": "Data",
    "Model": "Model",
    "Infra": "Infrastructure",
    "Mon": "Monitoring",
}
TESTS = 7
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


def _credit(criterion: CriterionScore) -> float:
    if criterion.level is None or criterion.level < PRODUCTION:
        return 0.0
    return 1.0 if criterion.level == 4 or (criterion.measured or 0) >= PRODUCTION else 0.5


def ml_test_score(readiness: Readiness, model: Model | None = None) -> MLTestScore:
    """ML Test Score of a judged pilot. A test whose criteria do not apply, or stand nowhere, counts 0."""
    model = model or load_model()
    judged = {c.id: c for c in readiness.criteria}
    supporting = [c for c in model.criteria if c.id in judged]
    tests, sections = [], {}
    for section, name in SECTIONS.items():
        keys = [f"{section}{number}" for number in range(1, TESTS + 1)]
        asked = {k: tuple(c.id for c in supporting if f"MLTS:{k}" in c.supports) for k in keys}
        points = {k: min((_credit(judged[c]) for c in asked[k]), default=0.0) for k in keys}
        tests += [TestScore(key, points[key], asked[key]) for key in keys]
        sections[name] = sum(points.values())
    score = min(sections.values())
    meaning = next((words for limit, words in BANDS if score <= limit), TOP)
    return MLTestScore(score, meaning, sections, tuple(tests))

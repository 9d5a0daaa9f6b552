"""Several repairs at once: which computed results make up a selection, and the assessment as it would stand."""

from __future__ import annotations

import sample_assessment as made

from golive.model.finding import Verdict, finding
from golive.model.result import Repaired
from golive.readiness import repaired

UNIT = made.findings()[0].id


def _one(*ids: str, column: int = 0, found: tuple = ()) -> Repaired:
    return Repaired(findings=ids, columns=(made.columns()[column],), found=found)


def test_the_largest_computed_selection_is_taken_and_no_column_twice() -> None:
    kept = (_one("a"), _one("b"), _one("c"), _one("a", "b"), _one("x", column=1))
    assessment = made.assessment().model_copy(update={"repaired": kept})

    def taken(*ids: str) -> list[tuple[str, ...]]:
        return [one.findings for one in repaired.chosen(assessment, ids)]

    assert taken("a") == [("a",)]
    assert taken("a", "b", "x") == [("a", "b"), ("x",)]
    assert taken("a", "c") == [("a",)]  # was not computed together
    assert taken("nothing") == []


def test_findings_of_the_repaired_column_are_told_anew_and_others_stay() -> None:
    assessment = made.assessment()
    quiet = finding("always_missing", Verdict.QUIET, columns=["creatinine"], title="never empty")
    score = finding(
        "calibration_drift", Verdict.ALARM, columns=["creatinine"], title="of the model"
    )
    assessment = assessment.model_copy(update={"findings": (*assessment.findings, quiet, score)})
    new = finding("missing_up", Verdict.WATCH, columns=["creatinine"], title="some became missing")
    (one,) = made.repaired()
    later = repaired.after(assessment, [one.model_copy(update={"found": (new,)})])
    told = {f.id for f in later.findings}
    assert UNIT not in told
    assert "distribution_shift:creatinine" not in told
    assert {quiet.id, score.id, new.id} <= told
    others = {f.id for f in assessment.findings if "creatinine" not in f.columns}
    assert others <= told
    creatinine = later.column("creatinine")
    assert creatinine is not None
    assert creatinine.drift is not None
    assert creatinine.drift.score == 0.02
    assert [c.name for c in later.columns] == [c.name for c in assessment.columns]


def test_the_importance_of_a_repaired_column_is_kept() -> None:
    assessment = made.assessment()
    first = assessment.columns[0].model_copy(update={"importance": 0.7})
    assessment = assessment.model_copy(update={"columns": (first, *assessment.columns[1:])})
    later = repaired.after(assessment, made.repaired()).column(first.name)
    assert later is not None
    assert later.importance == 0.7

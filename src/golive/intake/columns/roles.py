"""From names, types and counts to roles. A guess is shown with its reason and may be changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from golive.intake.clinical.codes import snake
from golive.intake.columns.measure import Measured
from golive.model.columns import ColumnSpec, ColumnType, Role

SITES = 500
"""A column with more different values than this does not name sites."""
MOST_CLASSES = 20
"""Different values up to which an outcome or a decision is one of several classes."""
FEW_ROWS, MOST_NAMES = 20, 50
"""Rows from which on a role that does not fit is refused, and different values that even a short table may have."""

_PERSON = r"patient_?(id|no|number|key)|pat_id|subject_?(id|key)|person_?id|mrn|(.*_)?medical_record_(no|number|id)|pid"
_STAY = r"(encounter|visit|stay|admission|hadm|icustay|csn|episode|case)_?(id|no|number|key)?"
_SCORE = r"score|risk|risk_score|prob|probability|p|proba|.*_(score|prob|proba|probability|risk)|(pred|predicted)_(prob|proba|probability|score|risk)|y_(score|prob|proba)"

# Patterns per role in order of preference.
NAMES: dict[Role, tuple[str, ...]] = {
    Role.LABEL: (
        r"label",
        r"target|outcome|ground_?truth|y|y_true",
        r".*_label|label_.*",
        r".*_outcome|.*_target",
    ),
    Role.SCORE: (r"score|risk|risk_score|model_score", _SCORE),
    Role.PREDICTION: (
        r"prediction|predicted|pred|y_pred|y_hat|yhat",
        r".*_pred|.*_prediction|predicted_.*|alert|alerted|flagged",
    ),
    Role.TIME: (
        r"(event|recorded|observation|index|prediction|scored?|charted|measurement|measured)_?(time|date|datetime|timestamp|at|on|dt)",
        r"recorded|timestamp|datetime|time|date",
        r"(admission|admit|admitted|arrival|encounter|visit|triage)_?(time|date|datetime|timestamp|at|on|dt)",
        r".*_(time|date|datetime|timestamp|at|dt)",
    ),
    Role.ID: (_PERSON, _STAY, r".*_(id|uuid|key)|id|uuid"),
    Role.SITE: (
        r"(site|clinic|hospital|facility)(_?(id|name|code|no))?",
        r"(ward|unit|department|dept|location|center|centre|institution)(_?(id|name|code))?|care_unit|source_site",
    ),
    Role.MODEL_VERSION: (
        r"model_?(version|ver|release|id|name)|algorithm_version",
        r"version|release",
    ),
    Role.GROUP: (
        r"sex|gender|race|ethnicity|ethnic_group|race_ethnicity|age_?(band|group|bin|category|range)|(preferred_)?language|"
        r"(primary_)?(insurance|payer|payor)(_?(type|class|group))?|deprivation(_quintile)?|interpreter(_needed)?|sex_at_birth|gender_identity",
    ),
}


def _fits(role: Role, spec: ColumnSpec, m: Measured) -> str | None:
    """Say why the values of a column fit a role, or ``None`` when they do not."""
    kind, answer = spec.type, None
    if role in (Role.LABEL, Role.PREDICTION):
        two = (kind.is_category or kind.is_number) and (
            m.number_distinct == 2 if m.numbers else m.distinct == 2
        )
        answer = "two values" if two else None
    elif role is Role.SCORE:
        answer = (
            "numbers between 0 and 1"
            if kind is ColumnType.NUMERIC and m.low >= 0 and m.high <= 1
            else None
        )
    elif role is Role.TIME:
        answer = "dates" if kind is ColumnType.DATETIME else None
    elif role is Role.ID:
        answer = "an identifier" if kind is ColumnType.IDENTIFIER else None
    elif role in (Role.SITE, Role.MODEL_VERSION):
        low = m.distinct <= SITES and (m.distinct < 0.5 * m.present or m.present < 20)
        usable = kind in (
            ColumnType.CATEGORY,
            ColumnType.IDENTIFIER,
            ColumnType.INTEGER,
            ColumnType.CODE,
        )
        numeric_version = role is Role.MODEL_VERSION and kind is ColumnType.NUMERIC
        answer = f"{m.distinct:,} different values" if low and (usable or numeric_version) else None
    elif role is Role.GROUP:
        answer = "few values" if kind.is_category and m.distinct <= 50 else None
    return answer


def unfit(role: Role, kind: ColumnType, m: Measured) -> str | None:
    """Say what is wrong with a column a person named for a role that needs values many rows share; ``None`` where it fits.

    A column of sentences or of one value per row can be no outcome and no group, and its values may not stand in results.
    """
    needs = {
        Role.LABEL: "an outcome needs few values, or numbers",
        Role.PREDICTION: "a decision needs few values, or numbers",
        Role.SITE: "a site needs a name that many rows share",
        Role.MODEL_VERSION: "a version needs a name that many rows share",
        Role.GROUP: "a group needs values that many rows share",
    }.get(role)
    words = m.values >= FEW_ROWS and m.numbers < 0.5 * m.values and kind is not ColumnType.BOOLEAN
    if needs is None or not words:
        return None
    if (
        kind is ColumnType.TEXT
        or m.distinct > max(SITES, 0.5 * m.present)
        or 0.5 * m.present < m.distinct > MOST_NAMES
    ):
        return f"holds {m.distinct:,} different texts in {m.present:,} rows; {needs}"
    return None


def no_class(of: Mapping[Role, Measured], class_scores: bool) -> list[tuple[Role, str, str]]:
    """Columns named as outcome or decision that hold quantities where classes are meant: role, what is wrong, what to do.

    ``of`` holds the columns of the roles label and prediction, as far as there are any. A quantity is a column of numbers
    with decimals of which more than ``MOST_CLASSES`` are different. Both may be quantities (a predicted length of stay); one
    alone would be counted as so many classes, each seen once.
    """
    label, decision = of.get(Role.LABEL), of.get(Role.PREDICTION)
    found = []
    if decision is not None and _quantity(decision) and label is not None and _few(label):
        wrong = f"{_numbers(decision)}; a decision on an outcome of {_different(label)} values needs few values"
        found.append(
            (Role.PREDICTION, wrong, "If it is a probability or a score, give it the role score.")
        )
    classes = class_scores or (decision is not None and _few(decision))
    if label is not None and _quantity(label) and classes:
        beside = "scores of classes are" if class_scores else "a decision of few values is"
        wrong = f"{_numbers(label)}, while {beside} held against it; an outcome of classes needs few values"
        found.append(
            (Role.LABEL, wrong, "Cut it into classes, or name a prediction of the same quantity.")
        )
    return found


def _different(m: Measured) -> int:
    return m.number_distinct if m.numbers else m.distinct


def _few(m: Measured) -> bool:
    return 0 < _different(m) <= MOST_CLASSES


def _quantity(m: Measured) -> bool:
    mostly = m.numbers >= 0.5 * max(m.values, 1)
    return mostly and m.whole < 0.95 * m.numbers and m.number_distinct > MOST_CLASSES


def _numbers(m: Measured) -> str:
    return f"holds {m.number_distinct:,} different numbers, most of them with decimals"


def guess(
    specs: Sequence[ColumnSpec], measured: dict[str, Measured], taken: set[str]
) -> dict[str, tuple[Role, str]]:
    """Return a role and its reason for the columns that seem to have one.

    ``taken`` are columns whose role was given. A single role goes to one column: the best-named, and among equals the
    first. Groups may be several.
    """
    found: dict[str, tuple[Role, str]] = {}
    for role, patterns in NAMES.items():
        for pattern in patterns:
            fitting = [
                (s.name, why)
                for s in specs
                if s.name not in found
                and s.name not in taken
                and re.fullmatch(pattern, snake(s.name))
                and (why := _fits(role, s, measured[s.name]))
            ]
            for name, why in fitting if role is Role.GROUP else fitting[:1]:
                found[name] = (role, f"{role.value.replace('_', ' ')} by its name and {why}")
            if fitting and role is not Role.GROUP:
                break
    return found

"""Drift results as findings: one per compared column, quiet and unjudgeable ones included."""

from __future__ import annotations

from collections.abc import Mapping

from golive.compare.base.pairs import Pair
from golive.compare.drift.evidently import P_VALUE_METHODS
from golive.compare.drift.shares import ShareShift, in_words
from golive.model.columns import Role
from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Severity, Verdict, finding
from golive.model.result import DriftResult
from golive.wording.numbers import number, p_value, repeated_rows, sizes

_METHOD_WORDS = {
    "wasserstein": "mean distance between the distributions in training standard deviations (normalised Wasserstein)",
    "jensenshannon": "Jensen-Shannon distance between the shares (0 to 0.83)",
}
_BIG = 3.0
"""Multiple of the practical threshold from which an alarm is critical in an important column."""


def drift_findings(
    pairs: Mapping[str, Pair],
    drift: Mapping[str, DriftResult],
    shifts: Mapping[str, ShareShift],
    config: Config,
) -> list[Finding]:
    """``distribution_shift`` of feature columns and ``score_shift`` of the score; the label speaks for itself.

    ``shifts`` are the category shares that changed: a category column is told by its most changed value.
    """
    return [
        _finding(pairs[name], result, shifts.get(name), config)
        for name, result in drift.items()
        if pairs[name].train.role not in (Role.LABEL, Role.PREDICTION)
    ]


def _critical(name: str, result: DriftResult, config: Config) -> bool:
    """Whether a column that is declared important shifted far."""
    declared = config.columns.get(name)
    important = declared is not None and (declared.importance or 0) >= 0.8
    big = result.method not in P_VALUE_METHODS and (result.score or 0) >= _BIG * result.threshold
    return result.verdict is Verdict.ALARM and important and big


def _finding(pair: Pair, result: DriftResult, shift: ShareShift | None, config: Config) -> Finding:
    name, n = pair.name, sizes(result.n_train, result.n_live)
    told = f": {in_words(shift)}" if shift else _centres(pair)
    titles = {
        Verdict.ALARM: f"{name} is distributed differently live than in training{told} ({n})",
        Verdict.WATCH: f"{name} differs a little from training{told} ({n})",
        Verdict.QUIET: f"{name} is distributed as in training ({n})",
        Verdict.CANNOT_JUDGE: f"Too little is known of {name} to say whether its values changed ({n})",
    }
    return finding(
        Kind.SCORE_SHIFT if pair.train.role is Role.SCORE else Kind.DISTRIBUTION_SHIFT,
        result.verdict,
        columns=(name,),
        severity=Severity.CRITICAL if _critical(name, result, config) else None,
        title=titles[result.verdict],
        explanation=_explanation(result),
        effect=Effect(
            name=result.method, change=result.score, n_train=result.n_train, n_live=result.n_live
        ),
        evidence=_evidence(result),
        fix=(
            f"Find out whether patients, measurement or recording of {name} changed; repair recording, and check performance "
            "where patients changed."
            if result.verdict in (Verdict.ALARM, Verdict.WATCH)
            else ""
        ),
    )


def _centres(pair: Pair) -> str:
    """Medians in words, where they tell the story."""
    if not pair.is_number or pair.train.numeric is None or pair.live.numeric is None:
        return ""
    before, now = pair.train.numeric.median, pair.live.numeric.median
    if number(before) == number(now):
        return ""
    return f": its median is {number(now)}, in training {number(before)}"


def _explanation(result: DriftResult) -> str:
    reason = f"{result.reason[0].upper()}{result.reason[1:]}." if result.reason else ""
    if result.score is None:
        return reason
    if result.method in P_VALUE_METHODS:
        return f"{reason} Evidently's {result.method} gives {p_value(result.score)}, which shrinks with the number of rows; the verdict rests on the size of the change."
    what = _METHOD_WORDS.get(result.method, f"Evidently's {result.method}")
    return f"{reason} Score {result.score:.3f}: {what}; practical threshold {result.threshold:g}."


def _evidence(result: DriftResult) -> tuple[str, ...]:
    said = []
    if result.score is not None:
        said.append(f"score {result.score:.3g} ({result.method}), threshold {result.threshold:g}")
    if result.floor is not None:
        said.append(f"no change gives up to {result.floor:.3f} at these sizes")
    if result.p_adjusted is not None:
        said.append(f"adjusted {p_value(result.p_adjusted)}")
    if result.smallest_detectable is not None:
        said.append(f"smallest shift these sizes show: {result.smallest_detectable:.2f}")
    if repeated := repeated_rows(result):
        said.append(repeated)
    return tuple(said)

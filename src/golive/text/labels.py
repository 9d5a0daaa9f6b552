"""Reviewers' labels of generated text: what each value means, the hallucination rate, and what cannot be a label."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from golive.model.profile import FloatArray
from golive.stats.estimate import (
    UNKNOWN,
    Estimate,
    Mask,
    Units,
    patients,
    standard_error,
    units_of,
    wilson,
)
from golive.text.words import words_of

LabelKind = Literal["flag", "rate", "count", "unknown"]

_YES = {"1"} | {
    *words_of("true t yes y hallucinated hallucination unsupported fabricated invented"),
    *words_of("incorrect wrong fail failed positive"),
}
_NO = {"0"} | {
    *words_of("false f no n none ok supported faithful grounded correct pass passed clean"),
    *words_of("negative absent"),
}
_MILD = set(words_of("minor mild low trivial slight moderate medium some"))
_SEVERE = {
    *words_of("major severe critical harmful serious high dangerous catastrophic fatal harm")
}
_UNKNOWN = {"", "na", "n/a", "nan", "null", "unknown", "unclear", "skip", "cannot tell", "?"}


@dataclass(frozen=True)
class Labels:
    """Labels of n outputs. ``value`` (length n): share of statements that are unsupported (``rate``), else 0 or 1; NaN
    where there is no label. ``severe`` marks outputs that could do harm. ``outside`` are numbers that cannot be labels
    (-1 for "not computed", 1.3 in a column of rates) with their counts; ``unread`` counts words that are none. ``unit`` numbers
    the patient or document of each output.
    """

    kind: LabelKind
    value: FloatArray
    severe: Mask
    graded: bool
    outside: tuple[tuple[str, int], ...] = ()
    unread: int = 0
    unit: Any = None

    @property
    def units(self) -> Units | None:
        """Patient or document of each labelled output; ``None`` where each is of its own."""
        return None if self.unit is None else units_of(self.unit[self.known])

    @property
    def known(self) -> Mask:
        """Outputs with a label."""
        return np.isfinite(self.value)

    @property
    def n(self) -> int:
        """Number of labelled outputs."""
        return int(self.known.sum())

    @property
    def hit(self) -> Mask:
        """Outputs with any hallucination."""
        return np.nan_to_num(self.value, nan=0.0) > 0

    @property
    def hits(self) -> int:
        """Number of outputs with any hallucination."""
        return int(self.hit.sum())

    @property
    def rate(self) -> Estimate:
        """Mean share that is unsupported."""
        return mean_share(self.value[self.known], self.units)


def _number(value: Any) -> float:
    if isinstance(value, bool) or value is None:
        return math.nan
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def kind_of(*sides: Sequence[Any]) -> LabelKind:
    """What the numbers of a label column are, from all sides together.

    A value strictly between 0 and 1 makes it a ``rate``; whole numbers from 0 up make it a ``count``; 0 and 1, or words, a
    ``flag``. Whole numbers that never are 0 (a 1-to-5 scale) say nothing about hallucination: ``unknown``.
    """
    numbers = [x for values in sides for x in map(_number, values) if math.isfinite(x)]
    proper = [x for x in numbers if x >= 0]
    if any(0 < x < 1 for x in proper):
        return "rate"
    if proper and max(proper) > 1:
        return "count" if min(proper) == 0 and all(x.is_integer() for x in proper) else "unknown"
    return "flag"


def read_labels(values: Sequence[Any], kind: LabelKind) -> Labels:
    """Read one column of labels (length n) as ``kind``. Words for severity (minor, severe) are hallucinations of that weight."""
    read = np.full(len(values), np.nan)
    severe = np.zeros(len(values), dtype=bool)
    outside: Counter[str] = Counter()
    unread, graded = 0, False
    for i, value in enumerate(values):
        if isinstance(value, bool):
            read[i] = float(value)
            continue
        x = _number(value)
        if math.isfinite(x):
            if kind == "unknown" or x < 0 or (kind != "count" and x > 1):
                outside[f"{x:g}"] += 1
            else:
                read[i] = min(x, 1.0)
            continue
        word = "" if value is None else str(value).strip().lower()
        if word in _UNKNOWN:
            continue
        if word in _SEVERE or word in _MILD:
            read[i], graded, severe[i] = 1.0, True, word in _SEVERE
        elif word in _YES or word in _NO:
            read[i] = float(word in _YES)
        else:
            unread += 1
    return Labels(kind, read, severe, graded, tuple(outside.most_common()), unread)


def mean_share(values: FloatArray, units: Units | None = None) -> Estimate:
    """Mean of shares (each 0 to 1, length n, no NaN) with a Wilson interval at the effective size.

    For flags this is Wilson's interval of a proportion. For rates the size is ``p (1 - p) / s**2`` times larger than n (the
    variance of shares is at most that of flags with the same mean; Korn and Graubard 1998 use the same device). Several outputs
    of one patient or document (``units``) divide the size by the design effect, which is never taken below 1.
    """
    n = len(values)
    if n == 0:
        return UNKNOWN
    p = float(values.mean())
    spread = float(values.var(ddof=1)) if n > 1 else 0.0
    size = n * max(1.0, p * (1 - p) / spread) if spread > 0 else float(n)
    size /= design_effect(values, units)
    low, high = (float(end) for end in wilson(p * size, size))
    se = math.sqrt(p * (1 - p) / size)
    return Estimate(p, se, low if p > 0 else 0.0, high if p < 1 else 1.0)


def design_effect(values: FloatArray, units: Units | None) -> float:
    """How much wider the variance of the mean is because outputs come in ``units`` (1 or more; Kish 1965)."""
    n = len(values)
    spread = float(values.var(ddof=1)) if n > 1 else 0.0
    if units is None:
        return 1.0
    # Nothing varies, so the data cannot say how alike outputs of one patient are: as alike as can be
    if spread == 0:
        return n / max(1, patients(units, n))
    return max(1.0, standard_error(values - float(values.mean()), units) ** 2 / (spread / n))


Both = tuple[Units | None, Units | None]


def fisher_p(train: Mask, live: Mask, units: Both = (None, None)) -> float:
    """Two-sided p of Fisher's exact test that both shares are equal; with ``units``, at the effective sizes (Rao, Scott 1992)."""
    from scipy.stats import fisher_exact

    cells = []
    for mask, of in zip((train, live), units, strict=True):
        effect = design_effect(np.asarray(mask, dtype=np.float64), of)
        n = round(len(mask) / effect)
        hits = min(n, round(float(mask.sum()) / effect))
        cells.append([hits, n - hits])
    return float(fisher_exact(cells)[1])


def equal_p(train: Labels, live: Labels) -> float:
    """p that the hallucination rates are equal: Fisher's exact test for flags and counts, for rates the larger of that test
    on "any" and of Welch's t-test on the means (few non-zero rates make the latter alone too bold). Where outputs come several
    to a patient the means are compared by their standard errors per patient.
    """
    fisher = fisher_p(train.hit[train.known], live.hit[live.known], (train.units, live.units))
    if live.kind != "rate":
        return fisher
    from scipy.stats import norm, ttest_ind

    first, second = train.value[train.known], live.value[live.known]
    if min(len(first), len(second)) < 2 or (first.std() == 0 and second.std() == 0):
        return fisher
    if train.units is None and live.units is None:
        return max(fisher, float(ttest_ind(first, second, equal_var=False).pvalue))
    a, b = (
        standard_error(v - v.mean(), u) for v, u in ((first, train.units), (second, live.units))
    )
    return max(fisher, float(2 * norm.sf(abs(second.mean() - first.mean()) / math.hypot(a, b))))

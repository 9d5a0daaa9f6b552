"""Generated text: hallucination rate, what sources do not support, agreement of reviewers, length and style.

No text is kept: what comes back are numbers. Model-free throughout, and nothing is sent anywhere, but for the opinion of a model
that a person configured and, for this very run, allowed to be asked (``text_judge``).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from golive.model.columns import ColumnSpec, Role, Roles
from golive.model.config import Config, OutputsConfig
from golive.model.errors import InputError, Problem, nearest
from golive.model.facts import Facts
from golive.model.measured.generated_text import (
    Citations,
    Detector,
    GeneratedText,
    ReviewerAgreement,
    TextChecks,
    TextJudge,
    TextLength,
    TextStyle,
)
from golive.model.measured.intervals import LiveInterval, Metric, ShareInterval
from golive.model.profile import is_small
from golive.model.result import NotAssessed
from golive.profile.text.generated import generated_texts
from golive.stats.estimate import Estimate, Mask, Units, number, pair, patients, units_of
from golive.text.findings import (
    hallucination_rate,
    impossible_rates,
    length_shift,
    no_source,
    unsupported_statements,
)
from golive.text.judge import asked, of_labels, plan, summarised
from golive.text.judge_call import key_of
from golive.text.labels import Labels, mean_share
from golive.text.reviews import (
    LEAST_EACH,
    LEAST_PAIRS,
    LEAST_RATERS,
    agreement,
    detection,
    review_plan,
)
from golive.text.side import TextSide, histogram, sides
from golive.text.spans import SpanKind

if TYPE_CHECKING:
    from golive.intake import Dataset

LEAST_CITATIONS = 30
"""Citations below which "all of them hold" says nothing."""

_RATE_NAME = re.compile(r"(rate|share|precision|recall|f1)$|hallucin|omission", re.IGNORECASE)

_log = logging.getLogger(__name__)

Progress = Callable[[float, str], None]
Judged = tuple[GeneratedText, list[Facts], list[NotAssessed]]
Values = tuple[Any, Units | None]
"""Flags or rates (0 to 1) of outputs, and the patient or document of each."""


def assess_text(
    train: Dataset,
    live: Dataset,
    specs: Sequence[ColumnSpec],
    roles: Roles,
    config: Config,
    *,
    may_ask: bool = False,
    progress: Progress | None = None,
) -> Judged:
    """Judge generated text, when ``config.outputs.note`` names its column.

    Args:
        train: earlier outputs (of the pilot, of validation) to compare with; may lack the columns.
        live: outputs in use.
        specs: types of the columns: columns of rates are looked through for values that no rate can have.
        roles: columns with a role are left out of that.
        config: ``outputs`` names the columns; ``drift.alpha`` is the significance level; ``text_judge`` a model to ask.
        may_ask: whether a person said, for this run, that texts may be sent to that model. Nothing is sent otherwise.
        progress: called with a fraction 0..1 and a sentence while a model is asked.

    Returns:
        Numbers only (empty when no column is named), facts, and what was not assessed.

    Raises:
        InputError: ``OUTPUTS_COLUMN`` for every name in ``outputs`` that neither dataset has; ``TEXT_JUDGE_KEY`` where a model
            may be asked and its key is missing.
    """
    outputs = config.outputs
    if outputs is None or outputs.note is None:
        expected = "genai" in config.risk.flags or config.text_judge is not None
        why = (
            "no column of generated text is named; set outputs.note, and outputs.source to check it"
        )
        gap = NotAssessed(what="generated text", why=why)
        return GeneratedText(), [], [gap] if expected else []
    _check_names(outputs, train, live)
    old, new = sides(*(generated_texts(d, outputs, unit=roles.id) for d in (train, live)))
    if new is None:
        why = f"live data has no column '{outputs.note}'"
        return GeneratedText(), [], [NotAssessed(what="generated text", why=why)]
    both = _Both(old, new)
    note, columns = outputs.note, tuple(c for c in (outputs.note, outputs.source) if c)
    facts = [
        *hallucination_rate(old.label if old else None, new.label, config, outputs.label or note),
        *unsupported_statements(old, new, config, columns),
        *no_source(old, new, config, columns),
        *length_shift(old, new, config, (note,)),
        *_odd_labels(new, outputs),
        *_odd_rates(train, live, _rate_columns(specs, roles, outputs)),
    ]
    result = GeneratedText(
        rows=new.texts.rows,
        checked=int(new.checked.sum()),
        sampled=new.texts.sampled,
        checks=both.checks(),
        length=both.length(),
        style=both.style(),
        kept_facts=both.share(_kept),
        citations=_citations(new),
    ).having(**both.rates())
    if (agreed := both.agreement()) is not None:
        result = result.having(agreement=agreed)
    if new.label is not None:
        result = result.having(detectors=both.detectors(new.label))
    if (opinion := _opinion(both, config, may_ask, progress)) is not None:
        result = result.having(judge=opinion)
    if new.texts.sampled:
        why = f"{len(new.texts.row):,} of {new.texts.rows:,} live outputs were checked against their source, chosen at random"
        both.miss("the other generated texts", why)
    return result, facts, both.not_assessed


def _check_names(outputs: OutputsConfig, train: Dataset, live: Dataset) -> None:
    known = list(dict.fromkeys((*train.columns, *live.columns)))
    problems = [
        Problem(
            "OUTPUTS_COLUMN",
            f"'outputs.{what}' names column '{name}', which is in neither dataset.",
            nearest(name, known[:200]),
            "outputs",
        )
        for what, name in outputs.model_dump().items()
        if name and name not in known
    ]
    if problems:
        raise InputError(problems)


@dataclass
class _Both:
    """Outputs of training, where there are any, and of live data; and what could not be assessed of them."""

    old: TextSide | None
    new: TextSide
    not_assessed: list[NotAssessed] = field(default_factory=list)

    def miss(self, what: str, why: str) -> None:
        """Note ``what`` was not assessed, and why."""
        self.not_assessed.append(NotAssessed(what=what, why=why))

    def share(self, of: Callable[[TextSide], Values]) -> Metric:
        """A share on both sides with their sizes; without a training value where there are no training outputs."""
        values, units = of(self.new)
        before, units_before = of(self.old) if self.old else ((), None)
        now = _rate(values, units)
        if len(before) == 0:
            alone = LiveInterval.of(now)
            return Metric(train=None, n_train=0, n_live=len(values)).joined(alone)
        sizes = {"n_train": len(before), "n_live": len(values)}
        return pair(_rate(before, units_before), now).having(**sizes)

    def checks(self) -> TextChecks:
        """Outputs with a place that their source does not contain."""

        def of_kind(kind: SpanKind) -> Metric:
            return self.share(lambda side: (side.kinds[kind], side.units(side.checked)))

        return TextChecks(
            any=self.share(lambda side: (side.marks[side.checked] > 0, side.units(side.checked))),
            kinds={kind: of_kind(kind) for kind in self.new.kinds},
        )

    def length(self) -> TextLength:
        """Words per output."""
        live, train = self.new.words, self.old.words if self.old else np.zeros(0)
        middle = [number(float(np.median(v))) if len(v) else None for v in (live, train)]
        drawn = histogram(train, live)
        return TextLength(live_median=middle[0], train_median=middle[1], histogram=drawn)

    def style(self) -> TextStyle:
        """Outputs that are empty, cut off, or say a sentence twice."""
        return TextStyle(
            empty=self.share(lambda side: (side.empty, side.all_units)),
            cut_off=self.share(lambda side: (side.cut_off, side.all_units)),
            repeats=self.share(lambda side: (side.repeats, side.all_units)),
        )

    def rates(self) -> dict[str, Any]:
        """What reviewers found, by JSON key, and how many outputs to review next."""
        label, second = self.new.label, self.new.labels.get("second_label")
        if label is None or label.n == 0:
            why = "live outputs carry no reviewer's label (outputs.label); the checks without a model are no substitute"
            self.miss("hallucination rate", why)
            return {"plan": review_plan(None, 0, 0)}
        raters = LEAST_RATERS if second is not None and second.n >= LEAST_PAIRS else 1
        found: dict[str, Any] = {
            "n_outputs": label.n,
            "raters": raters,
            "label_kind": label.kind,
            "unsupported": ShareInterval.of(label.rate, n=label.n),
            "rate": self.share(lambda side: _labelled(side.label, "value")),
            "any": self.share(lambda side: _labelled(side.label, "hit")),
            "plan": review_plan(number(label.rate.value), label.n, raters),
        }
        if label.units is not None:
            found["patients"] = patients(label.units, label.n)
        if (severe := _severe(self.new, label)) is not None:
            found["severe"] = ShareInterval.of(_rate(severe), n=len(severe))
        return found

    def agreement(self) -> ReviewerAgreement | None:
        """Cohen's kappa of two reviewers; ``patients`` where outputs come several to a patient."""
        first, second = self.new.label, self.new.labels.get("second_label")
        if first is None:
            return None
        rated = first.known & second.known if second is not None else np.zeros(0, dtype=bool)
        n = int(rated.sum())
        if second is None or n < LEAST_PAIRS:
            why = (
                f"{n} outputs carry the labels of two reviewers, at least {LEAST_PAIRS} are needed"
            )
            self.miss("agreement of reviewers", why)
            return None
        units = None if first.unit is None else units_of(first.unit[rated])
        one, other = first.hit[rated], second.hit[rated]
        agreed = agreement(one, other, units)
        if agreed is None:
            return None
        rates = {
            "first_rate": number(float(one.mean())),
            "second_rate": number(float(other.mean())),
        }
        of = {} if units is None else {"patients": patients(units, n)}
        return agreed.as_result().having(**rates, **of)

    def detectors(self, label: Labels) -> dict[str, Detector]:
        """How well the checks without a model, and a detector of one's own, single out what reviewers found."""
        texts = self.new.texts
        known = label.known[texts.row] & np.isfinite(self.new.marks)
        hit, unit = label.hit[texts.row][known], texts.unit
        of = None if unit is None else unit[texts.row][known]
        scores, own = {"model_free_checks": self.new.marks}, texts.labels.get("detector")
        if own is not None:
            scores["own_detector"] = np.array([_float(own[i]) for i in texts.row])
        found = {}
        for name, score in scores.items():
            measured = detection(score[known], self.new.words[known], hit, of)
            if measured is not None:
                found[name] = measured
                continue
            why = f"at least {LEAST_EACH} hallucinated and {LEAST_EACH} clean outputs with a label and a source are needed"
            self.miss(f"accuracy of {name.replace('_', ' ')}", why)
        return found


def _rate(values: Any, units: Units | None = None) -> Estimate:
    return mean_share(np.asarray(values, dtype=np.float64), units)


def _labelled(labels: Labels | None, what: Literal["value", "hit"]) -> Values:
    """Shares, or flags for any hallucination, of the labelled outputs of one side."""
    return ((), None) if labels is None else (getattr(labels, what)[labels.known], labels.units)


def _kept(side: TextSide) -> Values:
    """Share of its source's medications and measured amounts that each output keeps."""
    known = np.isfinite(side.kept)
    return side.kept[known], side.units(known)


def _severe(side: TextSide, label: Labels) -> Mask | None:
    """Outputs that could do harm, among the labelled ones: from the severity column, else from graded labels."""
    for graded in (side.labels.get("severity"), label):
        if graded is not None and graded.graded:
            return graded.severe[label.known | graded.known]
    return None


def _citations(live: TextSide) -> Citations:
    """What outputs cite, held against their sources.

    ``n`` are citations that could be held against their source, ``held`` the share of them that holds (0 to 1) with its 95 %
    Wilson interval (per patient or output, which may cite several times), ``unchecked`` those whose source numbers nothing,
    ``n_outputs`` the outputs that could be checked, ``citing`` the share of them that cites. Counts of 1 to 10
    are ``None``, and so is a share of so few.
    ``share`` is ``held`` as far as it bears on readiness: always where a citation fails, but "all hold" only with
    ``LEAST_CITATIONS`` or more and none unchecked; else ``None``, and ``why`` says so.
    """
    cited = [(c.holds, i) for i, found in enumerate(live.cited) for c in found]
    checked = [(bool(holds), i) for holds, i in cited if holds is not None]
    outputs, citing = int(live.checked.sum()), sum(bool(found) for found in live.cited)
    n, unchecked = len(checked), len(cited) - len(checked)
    found = Citations(
        n_outputs=outputs,
        citing=None if is_small(citing) or not outputs else number(citing / outputs),
        n=None if is_small(n) else n,
        unchecked=None if is_small(unchecked) else unchecked,
        share=None,
    )
    if not cited:
        return found.having(why="no output cites its source")
    if not checked:
        return found.having(
            why="sources number no notes or lines and have no headings, so what is cited cannot be looked up"
        )
    holds, place = np.array([h for h, _ in checked]), np.array([i for _, i in checked])
    unit = place if live.texts.unit is None else live.texts.unit[live.texts.row[place]]
    rate = _rate(holds, units_of(unit))
    found = found.having(held=number(rate.value), low=number(rate.low), high=number(rate.high))
    if holds.all() and n < LEAST_CITATIONS:
        return found.having(why=f"fewer than {LEAST_CITATIONS} citations could be checked")
    if holds.all() and unchecked:
        return found.having(why="some citations point to what their source does not number")
    return found.having(share=number(rate.value), why="")


def _opinion(
    both: _Both, config: Config, may_ask: bool, progress: Progress | None
) -> TextJudge | None:
    """A model's opinion of live outputs: asked when it is configured and a person said so for this run."""
    judge, new, what = config.text_judge, both.new, "a model's opinion of outputs"
    if judge is None:
        return None
    hit, known = of_labels(new.label, new.texts)
    drawn = plan(new.texts, judge, known, seed=config.seed)
    n = len(drawn.place)
    if not n:
        both.miss(what, "no live output has a source beside it, so nothing was sent")
        return None
    if not may_ask:
        why = (
            f"nothing was sent: {judge.model} at {judge.host} is asked only when a person says so for a run "
            "(--allow-text-judge, or the page Generated text)"
        )
        both.miss(what, why)
        return None
    tell = progress or (lambda _fraction, _sentence: None)
    tell(0.0, drawn.sentence)
    key = key_of(judge)

    def answered(done: int) -> None:
        tell(done / n, f"{done:,} of {n:,} outputs asked of {judge.host}")

    try:
        return summarised(new.texts, drawn, asked(new.texts, drawn, key, answered), hit, known)
    except Exception as error:  # an opinion that fails takes nothing else with it
        # Its message could quote a text
        _log.warning("a model could not be asked (%s)", type(error).__name__)
        both.miss(what, f"asking failed ({type(error).__name__}); see the log")
        return None


def _float(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def _odd_labels(new: TextSide, outputs: OutputsConfig) -> list[Facts]:
    """Labels of live data that are numbers and cannot be labels."""
    named = {what: new.labels.get(what) for what in ("label", "second_label")}
    return [
        impossible_rates(getattr(outputs, what), labels.outside, len(labels.value), live=True)
        for what, labels in named.items()
        if labels is not None and labels.outside
    ]


def _rate_columns(specs: Sequence[ColumnSpec], roles: Roles, outputs: OutputsConfig) -> list[str]:
    """Other number columns without a role that are named like a rate."""
    named = {v for v in outputs.model_dump().values() if v}
    plain_roles = (Role.FEATURE, Role.GROUP)
    numbers = [s.name for s in specs if s.type.is_number and s.name not in named]
    return [n for n in numbers if roles.role_of(n) in plain_roles and _RATE_NAME.search(n)]


def _odd_rates(train: Dataset, live: Dataset, columns: Sequence[str]) -> list[Facts]:
    """Columns of rates that hold what no rate can be; live data is named first."""
    found: dict[str, Facts] = {}
    for dataset in (live, train):
        for name in columns:
            if name not in dataset.columns or name in found:
                continue
            if values := _impossible(dataset, name):
                is_live = dataset is live
                found[name] = impossible_rates(name, values, dataset.rows, live=is_live)
    return list(found.values())


def _impossible(dataset: Dataset, name: str) -> list[tuple[str, int]]:
    """Values outside 0 to 1 with their counts, where at least nine in ten lie inside; else nothing (not a rate)."""
    from golive.profile.fields import number as as_number

    table = dataset.table.select(value=as_number(dataset.table[name]))
    counts = table.group_by("value").aggregate(rows=table.count())
    bad = counts.filter((counts["value"] < 0) | (counts["value"] > 1)).to_pyarrow().to_pylist()
    total = sum(r["rows"] for r in bad)
    if not total or total > 0.1 * dataset.rows:
        return []
    return [(f"{r['value']:g}", int(r["rows"])) for r in sorted(bad, key=lambda r: -r["rows"])]

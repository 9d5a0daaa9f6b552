"""Generated text: hallucination rate, what sources do not support, agreement of reviewers, length and style.

No text is kept: what comes back are numbers. Model-free throughout, and nothing is sent anywhere, but for the opinion of a model
that a person configured and, for this very run, allowed to be asked (``text_judge``).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from golive.model.columns import ColumnSpec, Role, Roles
from golive.model.config import Config, OutputsConfig
from golive.model.errors import InputError, Problem, nearest
from golive.model.finding import Finding
from golive.model.measured.generated_text import (
    GeneratedText,
    ReviewerAgreement,
    TextChecks,
    TextLength,
    TextStyle,
)
from golive.model.measured.intervals import LiveInterval, Metric, ShareInterval
from golive.model.result import NotAssessed
from golive.profile.text.generated import generated_texts
from golive.stats.estimate import Mask, Units, number, pair, patients, units_of
from golive.text.agreement import LEAST_PAIRS, LEAST_RATERS, agreement, review_plan
from golive.text.cited import cited
from golive.text.detector import LEAST_EACH, described, detection
from golive.text.findings import (
    length_finding,
    marks_finding,
    outside_finding,
    rate_finding,
    source_finding,
)
from golive.text.judge import asked, of_labels, plan, summarised
from golive.text.judge_call import key_of
from golive.text.labels import Both, Labels, mean_share
from golive.text.side import TextSide, sides
from golive.text.style import histogram

if TYPE_CHECKING:
    from golive.intake import Dataset

_RATE_NAME = re.compile(r"(rate|share|precision|recall|f1)$|hallucin|omission", re.IGNORECASE)

_log = logging.getLogger(__name__)

Progress = Callable[[float, str], None]
Judged = tuple[GeneratedText, tuple[Finding, ...], tuple[NotAssessed, ...]]


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
        Numbers only (empty when no column is named), findings, and what was not assessed.

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
        return (
            GeneratedText(),
            (),
            (NotAssessed(what="generated text", why=why),) if expected else (),
        )
    _check_names(outputs, train, live)
    old, new = sides(*(generated_texts(d, outputs, unit=roles.id) for d in (train, live)))
    if new is None:
        return (
            GeneratedText(),
            (),
            (NotAssessed(what="generated text", why=f"live data has no column '{outputs.note}'"),),
        )
    columns = tuple(c for c in (outputs.note, outputs.source) if c)
    found = [
        rate_finding(old.label if old else None, new.label, config, outputs.label or outputs.note),
        marks_finding(old, new, config, columns),
        source_finding(old, new, config, columns),
        length_finding(old, new, config, (outputs.note,)) if old else None,
        *_odd_labels(new, outputs),
        *_odd_rates(train, live, _rate_columns(specs, roles, outputs)),
    ]
    not_assessed: list[NotAssessed] = []
    result = GeneratedText(
        rows=new.texts.rows,
        checked=int(new.checked.sum()),
        sampled=new.texts.sampled,
        length=_length(old, new),
        style=_style(old, new),
        kept_facts=_kept(old, new),
        citations=cited(new),
    )
    for part in (
        _rates(not_assessed, old, new),
        _agreement(not_assessed, new),
        _detectors(not_assessed, new),
        _opinion(not_assessed, new, config, may_ask=may_ask, progress=progress),
    ):
        result = result.joined(part)
    if new.texts.sampled:
        why = f"{len(new.texts.row):,} of {new.texts.rows:,} live outputs were checked against their source, chosen at random"
        not_assessed.append(NotAssessed(what="the other generated texts", why=why))
    return result, tuple(f for f in found if f is not None), tuple(not_assessed)


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


def _share(values: Any, units: Units | None = None) -> ShareInterval:
    """Share with its interval and n, from flags or rates."""
    return ShareInterval.of(mean_share(np.asarray(values, dtype=np.float64), units), n=len(values))


def _both(train: Any, live: Any, units: Both = (None, None)) -> Metric:
    """A share on both sides with their sizes; without a training value where there are no training outputs."""
    now = mean_share(np.asarray(live, dtype=np.float64), units[1])
    if train is None or len(train) == 0:
        alone = LiveInterval.of(now)
        return Metric(train=None, n_train=0, n_live=len(live)).joined(alone)
    before = mean_share(np.asarray(train, dtype=np.float64), units[0])
    return pair(before, now).having(n_train=len(train), n_live=len(live))


def _rates(missing: list[NotAssessed], old: TextSide | None, new: TextSide) -> GeneratedText:
    live, train = new.label, old.label if old else None
    units = (old.units(old.checked) if old else None, new.units(new.checked))
    checks = TextChecks(
        any=_both(old.marks[old.checked] > 0 if old else None, new.marks[new.checked] > 0, units),
        kinds={k: _both(old.kinds[k] if old else None, v, units) for k, v in new.kinds.items()},
    )
    if live is None or live.n == 0:
        why = "live outputs carry no reviewer's label (outputs.label); the checks without a model are no substitute"
        missing.append(NotAssessed(what="hallucination rate", why=why))
        return GeneratedText(plan=review_plan(None, 0, 0), checks=checks)
    raters, unsupported = _raters(new), _share(live.value[live.known], live.units)
    units = (train.units if train else None, live.units)
    found = GeneratedText(
        n_outputs=live.n,
        raters=raters,
        label_kind=live.kind,
        unsupported=unsupported,
        rate=_both(train.value[train.known] if train else None, live.value[live.known], units),
        any=_both(train.hit[train.known] if train else None, live.hit[live.known], units),
        plan=review_plan(unsupported.value, live.n, raters),
        checks=checks,
    )
    if live.units is not None:
        found = found.having(patients=patients(live.units, live.n))
    severe = _severe(new)
    return found if severe is None else found.having(severe=_share(severe))


def _severe(side: TextSide) -> Any:
    """Outputs that could do harm, among the labelled ones: from the severity column, else from graded labels."""
    graded = [
        labels
        for what in ("severity", "label")
        if (labels := side.labels.get(what)) is not None and labels.graded
    ]
    if not graded:
        return None
    label = side.label
    known = label.known if label is not None else graded[0].known
    return graded[0].severe[known | graded[0].known]


def _raters(side: TextSide) -> int:
    second = side.labels.get("second_label")
    return LEAST_RATERS if second is not None and second.n >= LEAST_PAIRS else 1


def _agreement(missing: list[NotAssessed], new: TextSide) -> GeneratedText:
    first, second = new.label, new.labels.get("second_label")
    if first is None:
        return GeneratedText()
    both = (
        first.known & second.known if second is not None else np.zeros(len(first.value), dtype=bool)
    )
    if second is None or int(both.sum()) < LEAST_PAIRS:
        why = f"{int(both.sum())} outputs carry the labels of two reviewers, at least {LEAST_PAIRS} are needed"
        missing.append(NotAssessed(what="agreement of reviewers", why=why))
        return GeneratedText()
    units = None if first.unit is None else units_of(first.unit[both])
    return GeneratedText(agreement=_agreed(first.hit[both], second.hit[both], units))


def _agreed(first: Mask, second: Mask, units: Units | None) -> ReviewerAgreement:
    """Cohen's kappa of two arrays of flags; ``patients`` where outputs come several to a patient."""
    a = agreement(first, second, units)
    if a is None:
        return ReviewerAgreement(n=0)
    found = ReviewerAgreement(
        kappa=number(a.kappa.value),
        low=number(a.kappa.low),
        high=number(a.kappa.high),
        n=a.n,
        observed=number(a.observed),
        first_rate=number(a.first_rate),
        second_rate=number(a.second_rate),
    )
    return found if units is None else found.having(patients=patients(units, a.n))


def _length(old: TextSide | None, new: TextSide) -> TextLength:
    live, train = new.style.words, old.style.words if old else np.zeros(0)
    return TextLength(
        live_median=number(float(np.median(live))) if len(live) else None,
        train_median=number(float(np.median(train))) if len(train) else None,
        histogram=histogram(train, live),
    )


def _style(old: TextSide | None, new: TextSide) -> TextStyle:
    a, b = old.style if old else None, new.style
    units = (old.all_units if old else None, new.all_units)
    return TextStyle(
        empty=_both(a.empty if a else None, b.empty, units),
        cut_off=_both(a.cut_off if a else None, b.cut_off, units),
        repeats=_both(a.repeats if a else None, b.repeats, units),
    )


def _kept(old: TextSide | None, new: TextSide) -> Metric:
    """Share of their sources' medications and measured amounts that outputs keep."""
    live = np.isfinite(new.style.kept)
    if old is None:
        return _both(None, new.style.kept[live], (None, new.units(live)))
    train = np.isfinite(old.style.kept)
    units = (old.units(train), new.units(live))
    return _both(old.style.kept[train], new.style.kept[live], units)


def _detectors(missing: list[NotAssessed], new: TextSide) -> GeneratedText:
    label = new.label
    if label is None:
        return GeneratedText()
    rows = new.texts.row
    known = label.known[rows] & np.isfinite(new.marks)
    hit = label.hit[rows]
    words, unit = new.style.words, new.texts.unit
    scores = {"model_free_checks": new.marks}
    own = new.texts.labels.get("detector")
    if own is not None:
        scores["own_detector"] = np.array([_float(own[i]) for i in rows])
    detectors = {}
    for name, score in scores.items():
        d = detection(
            score[known], words[known], hit[known], None if unit is None else unit[rows][known]
        )
        if d is None:
            why = f"at least {LEAST_EACH} hallucinated and {LEAST_EACH} clean outputs with a label and a source are needed"
            missing.append(NotAssessed(what=f"accuracy of {name.replace('_', ' ')}", why=why))
        else:
            detectors[name] = described(d)
    return GeneratedText(detectors=detectors)


def _opinion(
    missing: list[NotAssessed],
    new: TextSide,
    config: Config,
    *,
    may_ask: bool,
    progress: Progress | None,
) -> GeneratedText:
    """A model's opinion of live outputs: asked when it is configured and a person said so for this run."""
    judge = config.text_judge
    if judge is None:
        return GeneratedText()
    hit, known = of_labels(new.label, new.texts)
    drawn = plan(new.texts, judge, known, seed=config.seed)
    what = "a model's opinion of outputs"
    if not drawn.place:
        missing.append(
            NotAssessed(what=what, why="no live output has a source beside it, so nothing was sent")
        )
        return GeneratedText()
    if not may_ask:
        why = (
            f"nothing was sent: {judge.model} at {judge.host} is asked only when a person says so for a run "
            "(--allow-text-judge, or the page Generated text)"
        )
        missing.append(NotAssessed(what=what, why=why))
        return GeneratedText()
    tell = progress or (lambda _fraction, _sentence: None)
    tell(0.0, drawn.sentence)
    n = len(drawn.place)
    key = key_of(judge)
    try:
        given = asked(
            new.texts,
            drawn,
            key,
            lambda done: tell(done / n, f"{done:,} of {n:,} outputs asked of {judge.host}"),
        )
        return GeneratedText(judge=summarised(new.texts, drawn, given, hit, known))
    except Exception as error:  # an opinion that fails takes nothing else with it
        # Its message could quote a text
        _log.warning("a model could not be asked (%s)", type(error).__name__)
        missing.append(
            NotAssessed(what=what, why=f"asking failed ({type(error).__name__}); see the log")
        )
        return GeneratedText()


def _float(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def _odd_labels(new: TextSide, outputs: OutputsConfig) -> list[Finding]:
    """Labels of live data that are numbers and cannot be labels."""
    found = []
    for what in ("label", "second_label"):
        labels: Labels | None = new.labels.get(what)
        name = getattr(outputs, what)
        if labels is not None and name and labels.outside:
            found.append(outside_finding(name, labels.outside, len(labels.value), "live"))
    return found


def _rate_columns(specs: Sequence[ColumnSpec], roles: Roles, outputs: OutputsConfig) -> list[str]:
    """Other number columns without a role that are named like a rate."""
    named = {v for v in outputs.model_dump().values() if v}
    plain_roles = (Role.FEATURE, Role.GROUP)
    free = [
        s.name
        for s in specs
        if s.type.is_number and s.name not in named and roles.role_of(s.name) in plain_roles
    ]
    return [name for name in free if _RATE_NAME.search(name)]


def _odd_rates(train: Dataset, live: Dataset, columns: Sequence[str]) -> list[Finding]:
    """Columns of rates that hold what no rate can be; live data is named first."""
    found: dict[str, Finding] = {}
    for side, dataset in (("live", live), ("training", train)):
        for name in columns:
            values = (
                _impossible(dataset, name) if name in dataset.columns and name not in found else []
            )
            if values:
                found[name] = outside_finding(name, values, dataset.rows, side)
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

"""The outcomes of an assessment: performance as numbers, findings, and what could not be judged."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from golive.model.columns import ColumnSpec, Roles
from golive.model.config import Config, OperationsConfig, OutputsConfig
from golive.model.errors import GoLiveError, nearest
from golive.model.finding import Finding
from golive.model.measured.performance import Performance
from golive.model.result import NotAssessed
from golive.outcomes.course.delay import delay
from golive.outcomes.course.season import season
from golive.outcomes.course.timeline import timeline
from golive.outcomes.course.unlabelled import unlabelled
from golive.outcomes.course.versions import versions
from golive.outcomes.groups.parity import parity
from golive.outcomes.groups.subgroups import subgroups
from golive.outcomes.model import drops
from golive.outcomes.model.baseline import baseline
from golive.outcomes.model.context import Context, Outcomes, context_of
from golive.outcomes.model.impact import impact
from golive.outcomes.model.leakage import leakage
from golive.outcomes.model.left_out import left_out
from golive.outcomes.model.other_targets import other_targets
from golive.outcomes.model.performance import described
from golive.outcomes.service.alert_load import alert_load
from golive.outcomes.service.capacity import capacity
from golive.outcomes.service.outputs import outputs
from golive.outcomes.service.service import service
from golive.outcomes.service.skew import skew
from golive.outcomes.service.use import use
from golive.profile.rows.affected import Marks, affected
from golive.profile.rows.matched import matched, shared_ids
from golive.profile.rows.scored import Scored, scored, wanted
from golive.text.generated import assess_text
from golive.wording.text import check_failed

if TYPE_CHECKING:
    from golive.intake import Dataset

Progress = Callable[[float, str], None]
Part = Callable[[Context, Outcomes], None]

_log = logging.getLogger(__name__)


def judge(
    train: Dataset,
    live: Dataset,
    specs: Sequence[ColumnSpec],
    roles: Roles,
    config: Config,
    *,
    known: Sequence[Finding] = (),
    may_ask: bool = False,
    progress: Progress | None = None,
) -> Outcomes:
    """Judge predictions against outcomes, and the service that gave them.

    Args:
        train: data with the scores of the model on training or hold-out rows, where there are any.
        live: data with scores, and outcomes where they exist.
        specs: types and roles of the columns.
        roles: which column is score, prediction, label, id, time, site, version and group.
        config: threshold, floors, budget, columns of the service log.
        known: findings of the comparison: what their rows cost is measured on outcomes.
        may_ask: whether texts may be sent to the model that ``config.text_judge`` names; nothing is sent otherwise.
        progress: called with a fraction 0..1 and a sentence.

    Returns:
        Outcomes; empty, and without reading a row, when no column has such a role. A part that fails is listed in
        ``not_assessed`` and the others still run.
    """
    out = Outcomes(not_assessed=_absent(train, live, config))
    report = progress or (lambda _fraction, _sentence: None)
    report(
        0.0,
        "checking generated text against its sources"
        if config.outputs
        else "looking for scores and outcomes",
    )
    try:
        text, found, gaps = assess_text(
            train,
            live,
            specs,
            roles,
            config,
            may_ask=may_ask,
            progress=lambda f, sentence: report(0.2 * f, sentence),
        )
        out.performance = Performance(generated_text=text) if text else None
        out.findings += found
        out.not_assessed += gaps
    except GoLiveError:
        raise
    except Exception as error:
        _log.exception("outcomes: 'generated text' failed")
        out.not_assessed.append(NotAssessed(what="generated text", why=check_failed(error)))
    if not wanted(roles, config):
        return out
    report(0.0, "reading scores and outcomes")
    before = scored(train, specs, roles, config) or Scored(rows=train.rows)
    now, marks = _marked(train, live, specs, roles, config, known=known, out=out)
    shared = shared_ids(train, live, specs, roles)
    inputs = [s for s in specs if s.name not in _serving(config)]
    parts: tuple[tuple[str, Part], ...] = (
        ("what data problems cost", lambda context, found: impact(context, found, known, marks)),
        ("leakage", lambda context, found: leakage(context, found, shared)),
        (
            "training and live on the same cases",
            lambda _, found: skew(found, matched(train, live, inputs, roles)),
        ),
    )
    judged = judge_scored(before, now, roles, config, also=parts, progress=report)
    return Outcomes(
        performance=out.measured.joined(judged.measured),
        findings=out.findings + judged.findings,
        not_assessed=out.not_assessed + judged.not_assessed,
    )


def _absent(train: Dataset, live: Dataset, config: Config) -> list[NotAssessed]:
    """Columns of the service log and of generated text that the configuration names and neither dataset has."""
    named = {
        f"{part}: {key}": name
        for part in ("outputs", "operations")
        for key, name in _named(getattr(config, part)).items()
        if name
    }
    there = [*dict.fromkeys((*train.columns, *live.columns))] if named else []
    found = []
    for what, name in named.items():
        if name not in there:
            hint = nearest(name, there)
            why = f"neither dataset has the column '{name}'. {hint if hint.startswith('Did') else ''}".strip()
            found.append(NotAssessed(what=what, why=why))
    return found


def _named(part: OutputsConfig | OperationsConfig | None) -> dict[str, str | None]:
    return part.model_dump() if part is not None else {}


def _serving(config: Config) -> set[str]:
    """Columns of the serving log and of generated text: they are no inputs of the model."""
    parts = [
        part.model_dump().values()
        for part in (config.operations, config.outputs)
        if part is not None
    ]
    return {name for names in parts for name in names if name}


def _marked(
    train: Dataset,
    live: Dataset,
    specs: Sequence[ColumnSpec],
    roles: Roles,
    config: Config,
    *,
    known: Sequence[Finding],
    out: Outcomes,
) -> tuple[Scored, Marks]:
    """Live rows with a mark per data problem; without marks where the engine cannot tell them."""
    inputs = [s for s in specs if s.name not in _serving(config)]
    try:
        marks = affected(train, live, known, inputs)
        return scored(live, specs, roles, config, marks=marks.rows) or Scored(rows=live.rows), marks
    except GoLiveError:
        raise
    except Exception as error:
        _log.exception("outcomes: the rows of data problems could not be marked")
        why = f"the rows that have them could not be marked ({type(error).__name__}); see the log"
        out.not_assessed.append(NotAssessed(what="what data problems cost", why=why))
        return scored(live, specs, roles, config) or Scored(rows=live.rows), Marks()


def judge_scored(
    train: Scored,
    live: Scored,
    roles: Roles,
    config: Config,
    *,
    also: Sequence[tuple[str, Part]] = (),
    progress: Progress | None = None,
) -> Outcomes:
    """Judge rows that were already read; see ``judge``. ``also`` are parts that need more than these rows."""
    report = progress or (lambda _fraction, _sentence: None)
    out = Outcomes(performance=Performance())
    context = context_of(train, live, roles, config)
    parts = (*PARTS, *also)
    for i, (name, part) in enumerate(parts):
        report(0.2 + 0.8 * i / len(parts), f"judging {name}")
        try:
            part(context, out)
        except Exception as error:  # a result with one gap, named, is worth more than none
            _log.exception("outcomes: '%s' failed", name)
            out.not_assessed.append(NotAssessed(what=name, why=check_failed(error)))
    report(1.0, f"{len(out.findings)} findings on outcomes")
    return out


def _performance(context: Context, out: Outcomes) -> None:
    m = context.measured
    out.not_assessed += left_out(context)
    if m is None:
        if (
            context.target is not None
            and context.target.task != "event"
            and context.live.label is not None
        ):
            if context.config.floors:
                why = "floors are held against scores and predictions of an event; this outcome is none"
                out.not_assessed.append(
                    NotAssessed(what=f"floors: {', '.join(context.config.floors)}", why=why)
                )
            return  # judged as classes or as a quantity
        out.not_assessed.append(NotAssessed(what="performance on outcomes", why=_why_not(context)))
        return
    out.performance = out.measured.joined(described(m, context.config))
    out.findings.append(drops.performance_drop(m, context.columns))
    if (drift := drops.calibration_drift(m, context.columns)) is not None:
        out.findings.append(drift)
    elif m.cases_live.score is not None:
        why = f"{context.output} is not a probability between 0 and 1 in training"
        out.not_assessed.append(NotAssessed(what="calibration", why=why))
    out.findings += drops.below_floor(m, context.config, context.columns)


def _why_not(context: Context) -> str:
    if context.target is None:
        return "no outcome column with values that can be read"
    if context.live.label is None:
        return "live data has no outcome column"
    return "no live row has both an outcome and a readable score"


PARTS: tuple[tuple[str, Part], ...] = (
    ("performance", _performance),
    ("classes and quantities", other_targets),
    ("groups", subgroups),
    ("parity between groups", parity),
    ("baselines", baseline),
    ("outputs", outputs),
    ("performance without outcomes", unlabelled),
    ("model versions", versions),
    ("the service", service),
    ("capacity", capacity),
    ("the load of alerts", alert_load),
    ("use and write-back", use),
    ("when outcomes come", delay),
    ("the course of time", timeline),
    ("the season", season),
)

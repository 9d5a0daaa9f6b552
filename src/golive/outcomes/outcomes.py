"""The outcomes of an assessment: performance as numbers, findings, and what could not be judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from golive.model.columns import ColumnSpec, Roles
from golive.model.config import Config
from golive.model.errors import nearest
from golive.model.finding import Finding
from golive.model.measured.performance import Performance
from golive.outcomes.course.delay import delay
from golive.outcomes.course.season import season
from golive.outcomes.course.timeline import timeline
from golive.outcomes.course.unlabelled import unlabelled
from golive.outcomes.course.versions import versions
from golive.outcomes.groups.parity import parity
from golive.outcomes.groups.subgroups import subgroups
from golive.outcomes.model import drops
from golive.outcomes.model.baseline import baseline
from golive.outcomes.model.context import Context, Outcomes, context_of, left_out
from golive.outcomes.model.impact import impact
from golive.outcomes.model.leakage import leakage, skew
from golive.outcomes.model.other_targets import other_targets
from golive.outcomes.model.performance import described
from golive.outcomes.service.outputs import alert_load, outputs
from golive.outcomes.service.service import capacity, service
from golive.outcomes.service.use import use
from golive.profile.rows.affected import Marks, affected
from golive.profile.rows.matched import matched, shared_ids
from golive.profile.rows.scored import Scored, scored, wanted
from golive.text.generated import assess_text

if TYPE_CHECKING:
    from golive.intake import Dataset

Progress = Callable[[float, str], None]
Part = Callable[[Context, Outcomes], None]


def judge_outcomes(
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
    out, columns = Outcomes(), _log_columns(config)
    if columns:
        _absent(columns, list(dict.fromkeys((*train.columns, *live.columns))), out)
    report = progress or (lambda _fraction, _sentence: None)
    checking = "checking generated text against its sources"
    report(0.0, checking if config.outputs else "looking for scores and outcomes")
    with out.gap("generated text"):
        text, out.facts, gaps = assess_text(
            train,
            live,
            specs,
            roles,
            config,
            may_ask=may_ask,
            progress=lambda f, sentence: report(0.2 * f, sentence),
        )
        out.performance = Performance(generated_text=text) if text else None
        out.not_assessed += gaps
    if not wanted(roles, config):
        return out
    report(0.0, "reading scores and outcomes")
    # Columns of the serving log and of generated text are no inputs of the model
    inputs = [s for s in specs if s.name not in columns.values()]
    before = scored(train, specs, roles, config) or Scored(rows=train.rows)
    now, marks = None, Marks()
    with out.gap("what data problems cost", "the rows that have them could not be marked"):
        marked = affected(train, live, known, inputs)
        now, marks = scored(live, specs, roles, config, marks=marked.rows), marked
    now = now or scored(live, specs, roles, config) or Scored(rows=live.rows)
    shared = shared_ids(train, live, specs, roles)
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
        facts=out.facts + judged.facts,
        not_assessed=out.not_assessed + judged.not_assessed,
    )


def _log_columns(config: Config) -> dict[str, str]:
    """Columns of generated text and of the service log by what they are: ``outputs: note``."""
    parts = {"outputs": config.outputs, "operations": config.operations}
    return {
        f"{part}: {key}": name
        for part, columns in parts.items()
        if columns is not None
        for key, name in columns.model_dump().items()
        if name
    }


def _absent(named: dict[str, str], there: list[str], out: Outcomes) -> None:
    """Note the columns that the configuration names and neither dataset has."""
    for what, name in named.items():
        if name not in there:
            hint = nearest(name, there)
            tail = f" {hint}" if hint.startswith("Did") else ""
            out.miss(what, f"neither dataset has the column '{name}'.{tail}")


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
        with out.gap(name):
            part(context, out)
    report(1.0, f"{len(out.facts)} findings on outcomes")
    return out


def _performance(context: Context, out: Outcomes) -> None:
    left_out(context, out)
    m, target, config = context.figures, context.target, context.config
    if m is None and target is not None and target.task != "event" and context.live.label:
        if config.floors:
            why = "floors are held against scores and predictions of an event; this outcome is none"
            out.miss(f"floors: {', '.join(config.floors)}", why)
        return  # judged as classes or as a quantity
    if m is None:
        why = "no live row has both an outcome and a readable score"
        if target is None:
            why = "no outcome column with values that can be read"
        elif context.live.label is None:
            why = "live data has no outcome column"
        out.miss("performance on outcomes", why)
        return
    out.performance = out.measured.joined(described(m, config))
    out.facts.append(drops.performance_drop(m, context.columns))
    if (drift := drops.calibration_drift(m, context.columns)) is not None:
        out.facts.append(drift)
    elif m.cases_live.score is not None:
        why = f"{context.output} is not a probability between 0 and 1 in training"
        out.miss("calibration", why)
    out.facts += drops.below_floor(m, config, context.columns)


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

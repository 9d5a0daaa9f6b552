"""The one use case: two datasets and a configuration in, one Assessment out. The page and the CLI both call this."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import uuid4

from golive.compare import compare
from golive.compare.causes import link
from golive.compare.drift import multivariate
from golive.compare.drift.text_shift import text_shift
from golive.contract import Contract, answered, check, contract_findings
from golive.intake import Dataset, infer, roles_of, with_live_only
from golive.model.baseline import Baseline
from golive.model.columns import ColumnSpec, Roles
from golive.model.config import Config
from golive.model.finding import Finding
from golive.model.measured.performance import Performance
from golive.model.profile import Profile
from golive.model.readiness import EvidenceItem, Waiver
from golive.model.registers import Registers
from golive.model.result import Assessment, CriteriaLock, InputInfo, Inputs, NotAssessed
from golive.model.routing import routed
from golive.outcomes import Outcomes, judge_outcomes
from golive.outcomes.model.stored_performance import against
from golive.profile import profile
from golive.readiness import Basis, Model, basis
from golive.wording.order import in_order

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class ProjectState:
    """What a project has on record beside its data (``golive.store.project.Project`` reads it).

    Attributes:
        evidence: items kept in the store; added to those of the configuration.
        waivers: release gates accepted for a time; added to those of the configuration.
        registers: scope, owners, events and the like of the project; they are measured as well.
        policy: weights, gates and thresholds (default: the shipped policy).
        contract: what live data must keep; every broken term is a finding.
        lock: when the success criteria were frozen, if they were.
    """

    evidence: tuple[EvidenceItem, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    registers: Registers | None = None
    policy: Model | None = None
    contract: Contract | None = None
    lock: CriteriaLock | None = None

    def with_configured(self, config: Config) -> ProjectState:
        """With evidence and waivers of the configuration; a stored item wins where both have the same id."""
        items = {item.id: item for item in (*config.evidence, *self.evidence)}
        waivers = (*config.waivers, *self.waivers)
        return replace(self, evidence=tuple(items.values()), waivers=waivers)


NOTHING_ON_RECORD = ProjectState()


def _silent(_fraction: float, _sentence: str) -> None:
    """Progress that nobody watches."""


def _part(progress: Progress, start: float, end: float) -> Progress:
    """Map the 0..1 of one step onto its part of the whole."""
    return lambda fraction, sentence: progress(start + (end - start) * fraction, sentence)


_NO_ROWS = "training rows are not kept, only their profile"


def _without_rows(train: Profile, live: Dataset) -> Dataset:
    """Training data whose rows are gone, for what reads rows of both sides: they are judged on live rows alone then."""
    return replace(
        live, name=train.name, sha256=train.sha256, rows=0, table=live.table.limit(0), notes=()
    )


def _profiles(
    train: Dataset, live: Dataset, specs: Sequence[ColumnSpec], roles: Roles, progress: Progress
) -> tuple[Profile, Profile]:
    """Both profiles: side by side where each dataset has an in-process engine of its own, else one after the other.

    Only training reports its columns then, from the caller's thread: a page may not be drawn from another one.
    """
    apart = (
        train.engine == live.engine == "duckdb"
        and train.table.get_backend() is not live.table.get_backend()
    )
    if not apart:
        return (
            profile(train, specs, roles, progress=_part(progress, 0, 0.5)),
            profile(live, specs, roles, progress=_part(progress, 0.5, 1)),
        )
    with ThreadPoolExecutor(1, thread_name_prefix="profile-live") as pool:
        waiting = pool.submit(profile, live, specs, roles)
        done = profile(train, specs, roles, progress=_part(progress, 0, 0.9))
        progress(0.9, "profiling live data")
        return done, waiting.result()


def _info(dataset: Dataset | Profile) -> InputInfo:
    return InputInfo(
        name=dataset.name,
        sha256=dataset.sha256,
        rows=dataset.rows,
        columns=len(dataset.columns),
        kind=dataset.kind,
        engine=dataset.engine,
    )


def config_hash(config: Config) -> str:
    """SHA-256 of the configuration as canonical JSON: what two assessments must share to be comparable."""
    return hashlib.sha256(config.model_dump_json().encode()).hexdigest()


def _written(
    train: Dataset, live: Dataset, roles: Roles, config: Config, outcomes: Outcomes
) -> Sequence[Finding]:
    """What was found on how generated texts are written; its numbers join those of ``outcomes``."""
    if text := outcomes.measured.generated_text:
        with outcomes.gap("how texts are written"):
            shift = text_shift(train, live, roles, config)
            outcomes.add(generated_text=text.having(descriptors=shift.columns))
            return shift.findings
    return ()


def assess(
    train: Dataset | Baseline,
    live: Dataset,
    config: Config,
    project: ProjectState = NOTHING_ON_RECORD,
    *,
    as_of: date | None = None,
    recent: Dataset | None = None,
    allow_text_judge: bool = False,
    progress: Progress | None = None,
) -> Assessment:
    """Compare ``live`` with ``train`` and judge readiness.

    Args:
        train: data the model was trained on, or what is kept of it without its rows. It decides column types and roles.
        live: data the model receives.
        config: roles, declared units and ranges, thresholds, risk profile, evidence.
        project: evidence, waivers, registers, policy, contract and criteria lock as they stand.
        as_of: the day of judging (default: that of the configuration, else today).
        recent: with a baseline, the rows of the last batches with these, on which performance is judged (default: ``live``).
        allow_text_judge: whether a person said, for this run, that generated texts and their sources may be sent to the model
            that ``config.text_judge`` names. Without it nothing leaves this machine.
        progress: called with a fraction 0..1 and a sentence.

    Returns:
        The assessment. Equal inputs and configuration give equal assessments but for ``session`` and ``created_at``.

    Raises:
        InputError: a role names no column, evidence is malformed, and the like; every problem at once.
    """
    report = progress or _silent
    report(0.0, "working out what each column is")
    baseline = train if isinstance(train, Baseline) else None
    if isinstance(train, Baseline):
        specs = with_live_only(train.specs, live)
        train = _without_rows(train.profile, live)
    else:
        specs = infer(train, live, config)
    roles = roles_of(specs)
    profiling = _part(report, 0.05, 0.65)
    before, now = (
        _profiles(train, live, specs, roles, profiling)
        if baseline is None
        else (baseline.profile, profile(live, specs, roles, progress=profiling))
    )
    # The comparison asks the engine for nothing
    with ThreadPoolExecutor(1, thread_name_prefix="joint") as beside:
        looking = (
            beside.submit(multivariate.prepare, train, live, specs, roles, config)
            if baseline is None
            else None
        )
        comparison = compare(before, now, config, specs=specs, progress=_part(report, 0.65, 0.85))
        looked = looking.result() if looking else multivariate.Prepared(skipped=_NO_ROWS)
    compared = comparison.findings
    if baseline is not None:
        compared = tuple(f for f in compared if not baseline.hides_end_of(f))
    # What a problem costs is measured on the rows that have it, and to know them takes training's rows.
    outcomes = judge_outcomes(
        train,
        live,
        specs,
        roles,
        config,
        known=() if baseline else compared,
        may_ask=allow_text_judge,
        progress=_part(report, 0.85, 0.93),
    )
    if baseline is not None and baseline.performance is not None:
        drop = against(baseline.performance, recent or live, specs, roles, config)
        if drop is not None:
            outcomes.facts = [*(f for f in outcomes.facts if f.kind != drop.kind), drop]
    report(0.93, "looking at how texts are written")
    written = _written(train, live, roles, config, outcomes) if baseline is None else ()
    report(0.94, "looking at all columns together")
    joint = multivariate.judge_rows_together(looked, compared, config)
    columns = tuple(
        c.model_copy(update={"importance": joint.importance.get(c.name)})
        for c in comparison.columns
    )
    agreed: Sequence[Finding] = ()
    performance = outcomes.performance
    if project.contract is not None:
        checked = check(project.contract, live)
        agreed = contract_findings(checked)
        kept = answered(project.contract, checked, live, (roles.score, roles.prediction))
        if kept is not None:
            performance = (performance or Performance()).having(contract=kept)
    said = (*compared, *joint.findings, *outcomes.findings, *written, *agreed)
    findings = routed(link(said), config.routing)
    inputs = Inputs(train=_info(before if baseline else train), live=_info(live))
    not_assessed = [*comparison.not_assessed, *joint.not_assessed, *outcomes.not_assessed]
    if train.sha256 == live.sha256:
        not_assessed.append(
            NotAssessed(
                what="live data",
                why="training and live are the same file, so nothing can differ between them",
            )
        )
    not_assessed += [
        NotAssessed(what=f"{dataset.name}: {note.code}", why=str(note.sentence))
        for dataset in (train, live)
        for note in dataset.notes
    ]
    report(0.95, "scoring readiness")
    known = project.with_configured(config)
    readiness = basis(
        findings,
        columns,
        inputs,
        performance,
        config,
        evidence=known.evidence,
        waivers=known.waivers,
        registers=known.registers,
        lock=known.lock,
        as_of=as_of or config.as_of or date.today(),
        model=known.policy,
    ).judge()
    report(1.0, "done")
    assessment = Assessment(
        created_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        session=str(uuid4()),
        seed=config.seed,
        project=config.project,
        config_sha256=config_hash(config),
        inputs=inputs,
        roles=roles,
        columns=columns,
        findings=findings,
        repaired=comparison.repaired,
        code_releases=comparison.code_releases,
        performance=performance,
        readiness=readiness,
        criteria_lock=project.lock,
        not_assessed=tuple(not_assessed),
    )
    return in_order(assessment)


def basis_of(
    assessment: Assessment,
    config: Config,
    project: ProjectState = NOTHING_ON_RECORD,
    *,
    as_of: date | None = None,
) -> Basis:
    """What readiness is judged on today: what the assessment measured, and evidence, waivers and registers as they stand.

    The criteria lock is that of the assessment.
    """
    known = project.with_configured(config)
    return basis(
        assessment.findings,
        assessment.columns,
        assessment.inputs,
        assessment.performance,
        config,
        evidence=known.evidence,
        waivers=known.waivers,
        registers=known.registers,
        lock=assessment.criteria_lock,
        as_of=as_of or config.as_of or date.today(),
        measured_on=date.fromisoformat(assessment.created_at[:10]),
        model=known.policy,
    )


def rescore(
    assessment: Assessment,
    config: Config,
    project: ProjectState = NOTHING_ON_RECORD,
    *,
    as_of: date | None = None,
) -> Assessment:
    """Judge readiness again from what was measured, after evidence, waivers, registers or the risk profile changed.

    Nothing is measured again: findings, columns and performance stay as they are.

    Raises:
        InputError: evidence or waivers are malformed; every problem at once.
    """
    readiness = basis_of(assessment, config, project, as_of=as_of).judge()
    return in_order(
        assessment.model_copy(update={"readiness": readiness, "config_sha256": config_hash(config)})
    )

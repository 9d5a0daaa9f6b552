"""The one use case: two datasets and a configuration in, one Assessment out. The page and the CLI both call this."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from uuid import uuid4

from golive.compare import compare
from golive.compare.causes import link
from golive.compare.drift import multivariate
from golive.compare.drift.text_shift import text_shift
from golive.contract import Contract, answered, check, contract_findings
from golive.intake import Dataset, infer, roles_of
from golive.model.columns import ColumnSpec, Roles
from golive.model.config import Config
from golive.model.errors import GoLiveError
from golive.model.finding import Finding
from golive.model.performance import Performance
from golive.model.profile import Profile
from golive.model.readiness import EvidenceItem, Waiver
from golive.model.registers import Registers
from golive.model.result import Assessment, CriteriaLock, InputInfo, Inputs, NotAssessed
from golive.model.routing import routed
from golive.outcomes import Outcomes
from golive.outcomes import judge as judge_outcomes
from golive.profile import profile
from golive.readiness import Basis, Model, basis
from golive.wording.order import in_order
from golive.wording.text import check_failed

Progress = Callable[[float, str], None]

_log = logging.getLogger(__name__)


def _silent(_fraction: float, _sentence: str) -> None:
    """Progress that nobody watches."""


def _part(progress: Progress, start: float, end: float) -> Progress:
    """Map the 0..1 of one step onto its part of the whole."""
    return lambda fraction, sentence: progress(start + (end - start) * fraction, sentence)


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


def _info(dataset: Dataset) -> InputInfo:
    return InputInfo(
        name=dataset.name,
        sha256=dataset.sha256,
        rows=dataset.rows,
        columns=len(dataset.columns),
        kind=dataset.kind,
        engine=dataset.engine,
    )


def _latest(
    configured: Iterable[EvidenceItem], stored: Iterable[EvidenceItem]
) -> tuple[EvidenceItem, ...]:
    """Evidence of the configuration and of the store; the stored item wins where both have the same id."""
    items = {item.id: item for item in configured} | {item.id: item for item in stored}
    return tuple(items.values())


def config_hash(config: Config) -> str:
    """SHA-256 of the configuration as canonical JSON: what two assessments must share to be comparable."""
    return hashlib.sha256(config.model_dump_json().encode()).hexdigest()


def _written(
    train: Dataset, live: Dataset, roles: Roles, config: Config, outcomes: Outcomes
) -> tuple[Finding, ...]:
    """Findings on how generated texts are written; their numbers join those of ``outcomes``."""
    text = outcomes.measured.generated_text
    if not text:
        return ()
    try:
        shift = text_shift(train, live, roles, config)
    except GoLiveError:
        raise
    except Exception as error:  # a result with one gap, named, is worth more than none
        _log.exception("how texts are written could not be compared")
        why = check_failed(error)
        outcomes.not_assessed.append(NotAssessed(what="how texts are written", why=why))
        return ()
    outcomes.add(generated_text=text.having(descriptors=shift.columns))
    return shift.findings


def assess(
    train: Dataset,
    live: Dataset,
    config: Config,
    *,
    evidence: Iterable[EvidenceItem] = (),
    waivers: Iterable[Waiver] = (),
    lock: CriteriaLock | None = None,
    registers: Registers | None = None,
    policy: Model | None = None,
    contract: Contract | None = None,
    allow_text_judge: bool = False,
    progress: Progress | None = None,
) -> Assessment:
    """Compare ``live`` with ``train`` and judge readiness.

    Args:
        train: data the model was trained on. It decides column types and roles.
        live: data the model receives.
        config: roles, declared units and ranges, thresholds, risk profile, evidence.
        evidence: items kept in the store; added to those of the configuration.
        waivers: release gates accepted for a time; added to those of the configuration.
        lock: when the success criteria were frozen, if they were.
        registers: scope, owners, events and the like of the project; they are measured as well.
        policy: weights, gates and thresholds (default: the shipped policy).
        contract: what live data must keep; every broken term is a finding.
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
    specs = infer(train, live, config)
    roles = roles_of(specs)
    train_profile, live_profile = _profiles(train, live, specs, roles, _part(report, 0.05, 0.65))
    with ThreadPoolExecutor(
        1, thread_name_prefix="joint"
    ) as beside:  # the comparison asks the engine for nothing
        looking = beside.submit(multivariate.look, train, live, specs, roles, config)
        comparison = compare(
            train_profile, live_profile, config, specs=specs, progress=_part(report, 0.65, 0.85)
        )
        looked = looking.result()
    outcomes = judge_outcomes(
        train, live, specs, roles, config,
        known=comparison.findings, may_ask=allow_text_judge, progress=_part(report, 0.85, 0.93),
    )  # fmt: skip
    report(0.93, "looking at how texts are written")
    written = _written(train, live, roles, config, outcomes)
    report(0.94, "looking at all columns together")
    joint = multivariate.judge(looked, comparison.findings, config)
    columns = tuple(
        c.model_copy(update={"importance": joint.importance.get(c.name)})
        for c in comparison.columns
    )
    checked = check(contract, live) if contract is not None else None
    agreed = contract_findings(checked) if checked is not None else []
    performance = outcomes.performance
    if contract is not None and checked is not None:
        kept = answered(contract, checked, live, (roles.score, roles.prediction))
        if kept is not None:
            performance = (performance or Performance()).having(contract=kept)
    findings = routed(
        link((*comparison.findings, *joint.findings, *outcomes.findings, *written, *agreed)),
        config.routing,
    )
    inputs = Inputs(train=_info(train), live=_info(live))
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
    readiness = basis(
        findings,
        columns,
        inputs,
        performance,
        config,
        evidence=_latest(config.evidence, evidence),
        waivers=(*config.waivers, *waivers),
        registers=registers,
        lock=lock,
        as_of=config.as_of or date.today(),
        model=policy,
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
        criteria_lock=lock,
        not_assessed=tuple(not_assessed),
    )
    return in_order(assessment)


def basis_of(
    assessment: Assessment,
    config: Config,
    *,
    evidence: Iterable[EvidenceItem] = (),
    waivers: Iterable[Waiver] = (),
    registers: Registers | None = None,
    policy: Model | None = None,
    as_of: date | None = None,
) -> Basis:
    """What readiness is judged on today: what the assessment measured, and evidence, waivers and registers as they stand."""
    return basis(
        assessment.findings,
        assessment.columns,
        assessment.inputs,
        assessment.performance,
        config,
        evidence=_latest(config.evidence, evidence),
        waivers=(*config.waivers, *waivers),
        registers=registers,
        lock=assessment.criteria_lock,
        as_of=as_of or config.as_of or date.today(),
        measured_on=date.fromisoformat(assessment.created_at[:10]),
        model=policy,
    )


def rescore(
    assessment: Assessment,
    config: Config,
    *,
    evidence: Iterable[EvidenceItem] = (),
    waivers: Iterable[Waiver] = (),
    registers: Registers | None = None,
    policy: Model | None = None,
    as_of: date | None = None,
) -> Assessment:
    """Judge readiness again from what was measured, after evidence, waivers, registers or the risk profile changed.

    Nothing is measured again: findings, columns and performance stay as they are.

    Raises:
        InputError: evidence or waivers are malformed; every problem at once.
    """
    readiness = basis_of(
        assessment,
        config,
        evidence=evidence,
        waivers=waivers,
        registers=registers,
        policy=policy,
        as_of=as_of,
    ).judge()
    return in_order(
        assessment.model_copy(update={"readiness": readiness, "config_sha256": config_hash(config)})
    )

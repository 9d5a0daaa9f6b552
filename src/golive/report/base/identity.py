"""What every report says about itself: model, tier, policy, files, time, and that it is a self-assessment."""

from __future__ import annotations

from collections.abc import Iterable

from golive.report.base.document import Block, Document, Identity
from golive.report.base.sources import Sources
from golive.report.base.verdict import model_version
from golive.wording.labels import TIER_WORD
from golive.wording.numbers import count, day

DISCLAIMER = "Self-assessment, not a certification. Thresholds and weights are judgement, stated in the policy."
SAMPLE = "Sample: synthetic data that ships with GoLive; no patient is described."


def identity(sources: Sources) -> Identity:
    """Name with value for everything a reader needs to find the same result again."""
    a = sources.assessment
    train, live = a.inputs.train, a.inputs.live
    rows = [
        ("Model version", model_version(a) or "not stated: no column holds it"),
        ("Risk tier", TIER_WORD[a.readiness.tier]),
        ("Policy", a.readiness.policy or "not stated"),
        ("Assessed", f"{day(a.created_at)}, {a.created_at[11:16]} UTC"),
        ("Evidence looked at on", day(sources.as_of)),
        (
            "Training data",
            f"{train.name}, {count(train.rows)} rows, {train.columns} columns, SHA-256 {train.sha256}",
        ),
        (
            "Live data",
            f"{live.name}, {count(live.rows)} rows, {live.columns} columns, SHA-256 {live.sha256}",
        ),
        ("Session", a.session),
        ("Configuration", f"SHA-256 {a.config_sha256}" if a.config_sha256 else "not stated"),
        ("GoLive", f"version {a.golive}, result format {a.format}, seed {a.seed}"),
        ("Criteria frozen", _frozen(sources)),
    ]
    return Identity(rows=tuple(rows), disclaimer=DISCLAIMER, sample=sources.sample)


def _frozen(sources: Sources) -> str:
    lock = sources.assessment.criteria_lock
    if lock is None or lock.frozen_at is None:
        return "no: the success criteria were not frozen before live data was judged"
    when = "before" if lock.before_live else "after"
    changed = f", changed {lock.changes} times since" if lock.changes else ""
    return f"{day(lock.frozen_at)}, {when} live data was judged{changed}"


def subtitle(sources: Sources) -> str:
    """The line under a title: model, tier, date and sizes, as on the Overview."""
    a = sources.assessment
    version = model_version(a)
    return (
        (f"Model {version} · " if version else "")
        + f"Risk tier: {TIER_WORD[a.readiness.tier]} · Assessed {day(a.created_at)} from "
        f"{count(a.inputs.train.rows)} training and {count(a.inputs.live.rows)} live rows"
    )


def document(
    sources: Sources, title: str, blocks: Iterable[Block], *, compact: bool = False
) -> Document:
    """A report of ``blocks`` that says about itself what every report says."""
    made = sources.assessment.created_at
    return Document(title, subtitle(sources), identity(sources), made, tuple(blocks), compact)

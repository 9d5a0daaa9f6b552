"""Store: the one way to everything GoLive stores. One process, one connection, append-only rows, an audit line per change."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from golive.model.config import Config
from golive.model.errors import Problem, StoreError
from golive.model.readiness import EvidenceItem, Waiver
from golive.model.result import Assessment, CriteriaLock
from golive.store import audit, criteria, lineage, project_file, retention, sessions
from golive.store.file import condition, migrations
from golive.store.file.database import open_database
from golive.store.monitors import MonitorStore
from golive.store.records import (
    AuditCheck,
    AuditLine,
    CriteriaVersion,
    Decision,
    ReleaseUse,
    Revised,
    SessionCard,
    SessionRevision,
    StoreState,
)
from golive.store.registers import DECISIONS, EVIDENCE, WAIVERS, RegisterStore, ReviewStore


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Store:
    """Sessions, evidence, decisions, waivers, frozen criteria and the audit chain in one DuckDB file.

    Safe to share between threads. Every method opens its own cursor; every write is one transaction with its audit line.
    Sessions may be named in full or by their first four or more characters. Use it as a context manager or ``close`` it.

    Args:
        path: the file; created with its folder when absent, upgraded after a backup copy when older.
        key: encrypts the file (needs the ``secure`` extra).
        clock: returns the time of a change, aware; for tests.

    Raises:
        StoreError: as ``golive.store.file.database.open_database``. Every other method may raise ``STORE_DAMAGED``,
            ``STORE_READ_ONLY``, ``STORE_DISK_FULL`` or ``STORE_UNREADABLE`` too: the file is read as it is asked for.
    """

    def __init__(
        self, path: Path, *, key: str | None = None, clock: Callable[[], datetime] = _utc_now
    ) -> None:
        self._database = open_database(path, key)
        self._clock = clock
        self._closed = False
        self.registers = RegisterStore(self._database, self._now)
        self.monitors = MonitorStore(self._database, self._now)
        self.reviews = ReviewStore(self.registers)

    @property
    def path(self) -> Path:
        """The file."""
        return self._database.path

    @property
    def usable(self) -> bool:
        """False after an error that ended the engine (a full disk, a damaged file): open the store anew to go on."""
        return self._database.usable

    def close(self) -> None:
        """Give the file back. Closing twice is fine."""
        if not self._closed:
            self._closed = True
            self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC).replace(tzinfo=None)

    # Sessions

    def save(
        self,
        assessment: Assessment,
        *,
        config: Config,
        actor: str,
        sample: bool = False,
        title: str = "",
    ) -> str:
        """Store a new session and return its id.

        Raises:
            StoreError: ``SESSION_EXISTS`` when the id is stored already (use ``rescore``).
        """
        with self._database.write() as cursor:
            if sessions.revision_of(cursor, assessment.session):
                sentence = f"Session '{assessment.session}' is already stored."
                hint = "Score it again with `rescore`."
                raise StoreError(Problem("SESSION_EXISTS", sentence, hint))
            now = self._now()
            sessions.add_project(cursor, assessment.project, now)
            sessions.append(
                cursor, assessment, config, actor=actor, now=now, title=title, sample=sample
            )
        return assessment.session

    def rescore(self, assessment: Assessment, *, config: Config, actor: str, reason: str) -> int:
        """Append a revision to a stored session (``golive.assess.rescore`` keeps its id) and return its number.

        The first assessment and every revision stay readable; ``load`` gives the latest.

        Raises:
            InputError: ``SESSION_UNKNOWN``.
        """
        with self._database.write() as cursor:
            card, now = sessions.card(cursor, assessment.session), self._now()
            return sessions.append(
                cursor,
                assessment,
                config,
                actor=actor,
                now=now,
                title=card.title,
                sample=card.sample,
                reason=reason,
            )

    def load(self, session: str, revision: int | None = None) -> Assessment:
        """The latest revision of a session, or the one asked for.

        Raises:
            InputError: ``SESSION_UNKNOWN``, ``SESSION_AMBIGUOUS``. StoreError: ``STORE_NEWER`` for a later result format.
        """
        with self._database.cursor() as cursor:
            return sessions.load(cursor, session, revision)[0]

    def config_of(self, session: str, revision: int | None = None) -> Config:
        """The configuration a session was assessed with. Raises as ``load``."""
        with self._database.cursor() as cursor:
            return sessions.load(cursor, session, revision)[1]

    def card(self, session: str) -> SessionCard:
        """One session as the list shows it. Raises InputError ``SESSION_UNKNOWN``, ``SESSION_AMBIGUOUS``."""
        with self._database.cursor() as cursor:
            return sessions.card(cursor, session)

    def history(self, session: str) -> tuple[SessionRevision, ...]:
        """Every revision of a session, newest first. Raises InputError ``SESSION_UNKNOWN``, ``SESSION_AMBIGUOUS``."""
        with self._database.cursor() as cursor:
            return sessions.history(cursor, sessions.resolve(cursor, session))

    def supported_by(self, session: str) -> tuple[lineage.Supported, ...]:
        """What was decided because of a session, oldest first. Raises InputError ``SESSION_UNKNOWN``, ``SESSION_AMBIGUOUS``."""
        with self._database.cursor() as cursor:
            return lineage.supported(cursor, session)

    def delete(self, session: str, *, actor: str) -> str:
        """Remove a session, keep an audit line without content, and return the full id.

        The bytes leave the file when the store is closed (``golive.store.file.database``), or, should the disk not let it, at
        the next opening. Copies made before an upgrade
        (``*.before-*``) are not touched.
        """
        with self._database.write() as cursor:
            full = sessions.resolve(cursor, session)
            sessions.delete(cursor, full, actor=actor, now=self._now())
        self._database.checkpoint()
        return full

    def older_than(self, days: int) -> tuple[SessionCard, ...]:
        """Sessions assessed more than ``days`` days ago, oldest first."""
        with self._database.cursor() as cursor:
            old = sessions.older_than(cursor, self._now() - timedelta(days=days))
            return tuple(sessions.card(cursor, session) for session in old)

    def prune(self, days: int, *, actor: str) -> tuple[str, ...]:
        """Delete every session assessed more than ``days`` days ago and return their ids; the audit says why."""
        with self._database.write() as cursor:
            now, reason = self._now(), f"older than {days} days"
            old = sessions.older_than(cursor, now - timedelta(days=days))
            for session in old:
                sessions.delete(cursor, session, actor=actor, now=now, reason=reason)
        if old:
            self._database.checkpoint()
        return tuple(old)

    def expire(self, days: int, *, actor: str, dry: bool = False) -> retention.Expired:
        """Remove what monitors wrote more than ``days`` days ago (``golive.store.retention``); ``dry`` only counts."""
        with self._database.write() as cursor:
            now = self._now()
            before, reason = now - timedelta(days=days), f"older than {days} days"
            gone = retention.expire(cursor, before, actor=actor, now=now, reason=reason, dry=dry)
        if gone and not dry:
            self._database.checkpoint()
        return gone

    def export_project(self, project: str) -> bytes:
        """Everything that is kept of a project as one file (``golive.store.project_file``). Raises InputError ``PROJECT_UNKNOWN``."""
        with self._database.cursor() as cursor:
            return project_file.export(cursor, project, self._now())

    def import_project(self, data: bytes, *, actor: str) -> project_file.Imported:
        """Add a project from such a file; all of it or nothing, and what is here already stays as it is.

        Raises:
            InputError: ``PROJECT_FILE``, ``PROJECT_CHANGED``. StoreError: ``PROJECT_NEWER``, ``PROJECT_CONFLICT``.
        """
        file = project_file.unpack(data)
        with self._database.write() as cursor:
            return project_file.put_in(cursor, file, actor=actor, now=self._now())

    def projects(self) -> tuple[str, ...]:
        """Names of all projects, by name."""
        with self._database.cursor() as cursor:
            return sessions.projects(cursor)

    # Evidence, decisions, waivers: short forms of ``registers``. ``revision`` is the one the caller has seen, 0 for a new item

    def evidence(self, project: str) -> tuple[EvidenceItem, ...]:
        """Evidence of a project; ``golive.store.project.Project`` gives it with all else that concerns one."""
        return self.registers.items(EVIDENCE, project)

    def evidence_revisions(self, project: str) -> tuple[Revised[EvidenceItem], ...]:
        """Evidence of a project with revisions, for editing."""
        return self.registers.current(EVIDENCE, project)

    def put_evidence(
        self, item: EvidenceItem, *, project: str, actor: str, revision: int = 0
    ) -> int:
        """Store an item and return its new revision. Raises StoreError ``CONFLICT``."""
        return self.registers.put(EVIDENCE, item, project=project, actor=actor, revision=revision)

    def decisions(self, project: str) -> tuple[Revised[Decision], ...]:
        """What was decided about findings, with revisions."""
        return self.registers.current(DECISIONS, project)

    def put_decision(self, item: Decision, *, project: str, actor: str, revision: int = 0) -> int:
        """Store a decision and return its new revision. Raises StoreError ``CONFLICT``."""
        return self.registers.put(DECISIONS, item, project=project, actor=actor, revision=revision)

    def waivers(self, project: str) -> tuple[Waiver, ...]:
        """Waivers of a project, expired ones included (the score looks at dates)."""
        return self.registers.items(WAIVERS, project)

    # Criteria

    def freeze_criteria(
        self, project: str, config: Config, *, reason: str = "", actor: str
    ) -> CriteriaLock:
        """Freeze the success criteria in ``config``; the same criteria again change nothing.

        Raises:
            InputError: ``CRITERIA_REASON`` when frozen criteria change without a reason.
        """
        with self._database.write() as cursor:
            now = self._now()
            sessions.add_project(cursor, project, now)
            criteria.freeze(cursor, project, config, reason=reason, actor=actor, now=now)
            frozen = criteria.lock(cursor, project, config)
        assert frozen is not None
        return frozen

    def criteria(self, project: str) -> tuple[CriteriaVersion, ...]:
        """Every frozen version of a project's criteria, newest first."""
        with self._database.cursor() as cursor:
            return criteria.history(cursor, project)

    def criteria_lock(self, project: str, config: Config | None = None) -> CriteriaLock | None:
        """When the criteria were frozen; see ``golive.store.criteria.lock``. ``None`` when nothing was frozen."""
        with self._database.cursor() as cursor:
            return criteria.lock(cursor, project, config)

    # Audit

    def audit(self, limit: int = 100) -> tuple[AuditLine, ...]:
        """The last lines of the audit chain, newest first."""
        with self._database.cursor() as cursor:
            return audit.lines(cursor, limit)

    def note_contract(self, *, project: str, version: str, file_sha256: str, actor: str) -> None:
        """Add a line to the audit chain: a version of a project's contract was kept. The file itself is in the data folder."""
        self._note("contract.keep", project, actor, version=version, file_sha256=file_sha256)

    def note_release(
        self, *, system: str, release: str, kept: bool, actor: str, **detail: Any
    ) -> None:
        """Add a line to the audit chain: a list of codes was kept or removed. The file itself is in the data folder."""
        verb = "keep" if kept else "remove"
        self._note(f"release.{verb}", f"{system} {release}", actor, **detail)

    def _note(self, action: str, subject: str, actor: str, **detail: Any) -> None:
        with self._database.write() as cursor:
            audit.append(cursor, self._now(), actor, action, subject, **detail)

    def release_notes(self) -> dict[str, AuditLine]:
        """By ``SYSTEM RELEASE``: the line of the audit chain that says who kept the list that is there."""
        with self._database.cursor() as cursor:
            return audit.latest_by_subject(cursor, "release.keep")

    def release_uses(self, limit: int = 200) -> tuple[ReleaseUse, ...]:
        """Which of the newest ``limit`` sessions held a column against which release of a code system, newest first."""
        with self._database.cursor() as cursor:
            return sessions.release_uses(cursor, limit)

    def verify_audit(self) -> AuditCheck:
        """Recompute the chain and compare it with what is stored."""
        with self._database.cursor() as cursor:
            return audit.verify(cursor)

    # Last, because the name hides the built-in in this class body

    def list(self, project: str | None = None, *, limit: int = 200) -> tuple[SessionCard, ...]:
        """Sessions, newest first: of one project or of all."""
        with self._database.cursor() as cursor:
            return sessions.cards(cursor, project=project, session=None, limit=limit)


def inspect(path: Path, *, key: str | None = None) -> StoreState:
    """Look at a store without changing it: does it exist, which migrations it has, and what is wrong with it.

    All of the file is read (``golive.store.file.condition``), because a damaged part says nothing until somebody asks for it.
    """
    state = StoreState(path=str(path), exists=os.access(path, os.F_OK), encrypted=key is not None)
    steps = tuple(migrations.MIGRATIONS)
    try:
        if not state.exists:
            condition.refuse_unwritable(path)
            return state.model_copy(update={"pending": steps})
        size, done = path.stat().st_size, condition.check(path, key)
    except StoreError as error:
        return state.model_copy(update={"problem": str(error)})
    pending = tuple(step for step in steps if step not in done)
    return state.model_copy(update={"size_bytes": size, "applied": done, "pending": pending})

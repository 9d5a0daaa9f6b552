"""Reviews of generated text in the store: verdicts by file hash and row, append-only, without any text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from golive.model.reviews import Review
from golive.store import sessions
from golive.store.file.database import Database
from golive.store.ledger import Ledger
from golive.store.records import Revised

REVIEWS = Ledger("review", Review, lambda review: review.id)


class ReviewStore:
    """Reviews of all projects. Get it as ``store.reviews``; it shares the file and the clock of its store."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def of(self, project: str, live: str) -> tuple[Revised[Review], ...]:
        """Current reviews of the file with SHA-256 ``live``, oldest first."""
        with self._database.cursor() as cursor:
            found = REVIEWS.current(cursor, project)
        return tuple(entry for entry in found if entry.item.live == live)

    def put(self, review: Review, *, project: str, actor: str, revision: int = 0) -> int:
        """Store a review and return its new revision; ``revision`` is the one its writer has seen (0 for a new one).

        Raises:
            StoreError: ``CONFLICT``.
        """
        with self._database.write() as cursor:
            now = self._now()
            sessions.add_project(cursor, project, now)
            return REVIEWS.put(
                cursor, review, project=project, actor=actor, expected=revision, now=now
            )

    def take_back(self, review: Review, *, project: str, actor: str, revision: int) -> int:
        """Take a review out of use; its history stays. Raises StoreError ``CONFLICT``, ``NOT_FOUND``."""
        with self._database.write() as cursor:
            return REVIEWS.put(
                cursor,
                review,
                project=project,
                actor=actor,
                expected=revision,
                now=self._now(),
                deleted=True,
            )

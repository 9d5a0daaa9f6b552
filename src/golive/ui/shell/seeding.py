"""The sample session is made once in a process, beside the pages; every page that waits for it shows how far it is."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from golive.assess import Progress
    from golive.store import Store

_EVERY = 0.25  # seconds between two looks at how far it is
_lock = threading.Lock()
_under_way: dict[Path, Making] = {}


class Making:
    """One making of the sample session: how far it is, and how it ended. ``start`` is the way to one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._at: tuple[float, str] = (0.0, "starting")
        self._session = ""
        self._error: Exception | None = None
        self._ended = threading.Event()

    def _tell(self, fraction: float, sentence: str) -> None:
        self._at = (fraction, sentence)

    def run(self) -> None:
        """Make the session, or find it; whatever goes wrong is kept for those who wait."""
        from golive import sample_session

        try:
            self._session = sample_session.ensure(self._store, self._tell)
        except Exception as error:  # raised again in `follow`, where somebody sees it
            self._error = error
        finally:
            with _lock:
                _under_way.pop(self._store.path, None)
            self._ended.set()

    def follow(self, progress: Progress) -> str:
        """Wait for the session and return its id, telling how far it is several times a second.

        Raises:
            GoLiveError: why it could not be made.
        """
        while not self._ended.wait(_EVERY):
            progress(*self._at)
        if self._error is not None:
            raise self._error
        return self._session


def start(store: Store) -> Making:
    """Begin to make the sample session of ``store`` in a thread of its own, or join the making that is under way."""
    with _lock:
        making = _under_way.get(store.path)
        if making is None:
            making = _under_way[store.path] = Making(store)
            threading.Thread(target=making.run, name="sample-session", daemon=True).start()
    return making


def under_way(store: Store) -> bool:
    """Whether the sample session of ``store`` is being made at this moment."""
    with _lock:
        return store.path in _under_way

"""A store that is opened for moments, as the command line does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from golive.store import Store

Opened = Callable[[], AbstractContextManager[Store]]


def opener(path: Path, **options: Any) -> Opened:
    """Opens the store at ``path`` for a moment."""

    @contextmanager
    def opened() -> Iterator[Store]:
        with Store(path, **options) as store:
            yield store

    return opened

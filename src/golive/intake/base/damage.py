"""A file that opens and then breaks: its damage is met where its rows are first needed, and told as one input error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from golive.model.errors import InputError, Problem

_FILE = re.compile(r'Failed to read file "([^"]+)"')


@contextmanager
def damage_explained() -> Iterator[None]:
    """Turn the engine's word that a file is damaged into an error for a person; also usable as a decorator.

    Raises:
        InputError: ``DAMAGED_FILE``. The engine's message may repeat a value, so only the file's name is kept of it.
    """
    try:
        yield
    except duckdb.Error as error:
        found = _FILE.search(str(error))
        if found is None:
            raise
        sentence = "The file is damaged: a part of it cannot be unpacked."
        raise InputError(
            Problem(
                "DAMAGED_FILE",
                sentence,
                "Copy it again from its source, or write it again.",
                Path(found[1]).name,
            )
        ) from None

"""One slot of an engine's table as a dataset: the rows whose time lies in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from golive.model.config import Config
from golive.model.errors import InputError, Problem
from golive.monitor.arrivals import Arrival
from golive.monitor.file import BatchesFile

if TYPE_CHECKING:
    from golive.intake import Dataset


@contextmanager
def read_slot(
    arrival: Arrival, batches: BatchesFile, config: Config, *, slots: int = 1
) -> Iterator[Dataset]:
    """Rows of the table from the start of the slot up to the start of the next; of the last ``slots`` slots when several.

    Raises:
        InputError: ``MONITOR_TIME`` when the configuration names no time column, and whatever is wrong with the table.
    """
    from golive.intake import read

    time = config.roles.time
    with read(batches.source, engine=batches.engine, name=arrival.name) as whole:
        if time is None or time not in whole.columns:
            raise InputError(
                Problem(
                    "MONITOR_TIME",
                    "Batches of a table are cut by a time column.",
                    "Name roles.time in the config.",
                )
            )
        start, end = (
            moment.replace(tzinfo=None)
            for moment in (arrival.slot - (slots - 1) * batches.every, arrival.slot + batches.every)
        )
        moment = whole.table[time].cast("timestamp")
        table = whole.table.filter((moment >= start) & (moment < end))
        rows = int(table.count().to_pyarrow().as_py())
        yield replace(whole, table=table, rows=rows, sha256=arrival.sha256)

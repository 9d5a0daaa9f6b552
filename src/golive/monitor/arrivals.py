"""Which batches have arrived and which are due, and their rows: files by content and day, tables by the slot of their rows."""

from __future__ import annotations

import glob
import hashlib
import re
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from golive.model.errors import InputError, Problem
from golive.monitor.file import BatchesFile, Setup

if TYPE_CHECKING:
    from golive.intake import Dataset

TABLE = "table:"
_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".filepart")
_MOST_SLOTS = 400
"""Missed slots that are looked for behind the last batch; a clock that jumped by years does not make thousands."""


@dataclass(frozen=True)
class Arrival:
    """A batch that can be judged. ``path`` is its file, ``None`` for a slot of a table; ``sha256`` identifies it."""

    name: str
    sha256: str
    slot: datetime
    path: Path | None = None


@dataclass(frozen=True)
class Arrived:
    """Batches in the order of their slots, and what was left for the next run."""

    arrivals: tuple[Arrival, ...]
    waiting: tuple[str, ...] = ()


def dated(name: str, batches: BatchesFile) -> datetime | None:
    """The time a file's name gives, or ``None``."""
    for found in reversed(list(re.finditer(batches.date, name))):
        try:
            return datetime(*(int(part) for part in found.groups() if part is not None), tzinfo=UTC)  # type: ignore[arg-type, misc]
        except ValueError:
            continue
    return None


def files(batches: BatchesFile, folder: Path) -> list[Path]:
    """Files of the source, by name. None is fine: the folder may be empty before the first batch.

    Raises:
        InputError: ``NOT_FOUND`` when the folder itself is not there.
    """
    path = folder / Path(batches.source).expanduser()
    if path.is_dir():
        found: Iterable[Path] = path.iterdir()
    elif glob.has_magic(str(path)):
        found = map(Path, glob.glob(str(path), recursive=True))  # noqa: PTH207 - absolute patterns
    elif path.parent.is_dir():
        found = [path] if path.exists() else []
    else:
        sentence = f"There is no folder '{path.parent.name}'."
        raise InputError(Problem("NOT_FOUND", sentence, "Check batches.source.", batches.source))
    return sorted(p for p in found if p.is_file() and not p.name.startswith((".", "_")))


def arrived(plan: Setup, now: datetime) -> Arrived:
    """Every batch that the source of a monitor holds now, by slot. Files that are still being written are left for the next run.

    Raises:
        InputError: ``NOT_FOUND``; ``MONITOR_STARTS`` when the file does not say from when on a table has batches.
    """
    from golive.intake.source import sha256

    batches = plan.file.batches
    if batches.source.startswith(TABLE):
        return _table_slots(batches, now)
    found: list[tuple[Path, datetime]] = []
    waiting = []
    for path in files(batches, plan.folder):
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        # A time in the future comes from a clock that jumped and says nothing about writing.
        fresh = timedelta(0) <= now - changed < batches.settle
        if fresh or path.suffix.lower() in _UNFINISHED:
            waiting.append(path.name)
        else:
            found.append((path, dated(path.name, batches) or min(changed, now)))
    starts = batches.starts or min((moment for _, moment in found), default=now)
    made = []
    for path, moment in found:
        slot = starts + (moment - starts) // batches.every * batches.every
        made.append(Arrival(path.name, sha256([path]), slot, path))
    return Arrived(tuple(sorted(made, key=lambda a: (a.slot, a.name))), tuple(waiting))


def _table_slots(batches: BatchesFile, now: datetime) -> Arrived:
    """One batch for every slot of a table that is over; its identity is the table and the slot."""
    if batches.starts is None:
        hint = "Add batches.starts: 2026-01-01."
        raise InputError(Problem("MONITOR_STARTS", "Batches of a table need a start.", hint))
    name = batches.source.removeprefix(TABLE)
    made = []
    for slot in _ended(batches, batches.starts, now):
        named = f"{name}\0{slot.isoformat()}\0{batches.every}"
        sha256 = hashlib.sha256(named.encode()).hexdigest()
        made.append(Arrival(f"{name} {slot:%Y-%m-%d %H:%M}", sha256, slot))
    return Arrived(tuple(made))


def _ended(batches: BatchesFile, first: datetime, now: datetime) -> list[datetime]:
    """Slots from ``first`` on that are over, with their grace; at most the last 400."""
    ended = max(0, (now - batches.grace - first) // batches.every)
    return [first + i * batches.every for i in range(max(0, ended - _MOST_SLOTS), ended)]


def missed(batches: BatchesFile, seen: set[datetime], now: datetime) -> tuple[datetime, ...]:
    """Slots that are over, with their grace, and have no batch; at most the last 400."""
    first = batches.starts or min(seen, default=None)
    if first is None:
        return ()
    return tuple(slot for slot in _ended(batches, first, now) if slot not in seen)


def next_expected(batches: BatchesFile, seen: set[datetime], now: datetime) -> datetime | None:
    """When the next batch is due at the latest, or ``None`` before the first one is known.

    Batches whose day lies ahead of ``now`` do not count: a wrong day must not silence the alarm for years.
    """
    last = max((slot for slot in seen if slot <= now), default=None)
    if last is not None:
        return last + 2 * batches.every + batches.grace
    return None if batches.starts is None else batches.starts + batches.every + batches.grace


def files_until(arrival: Arrival, plan: Setup, size: int, skip: Collection[str] = ()) -> list[Path]:
    """Files of the last ``size`` batches up to and with ``arrival``, oldest first.

    ``skip`` names files that are no batches of their own: a content that came again, or one that could not be compared.
    """
    batches, own = plan.file.batches, arrival.path
    if own is None or size == 1:
        return [own] if own else []
    near = []
    for path in files(batches, plan.folder):
        day = dated(path.name, batches)
        early = day is None or day <= arrival.slot + batches.every
        if path.suffix == own.suffix and (path == own or (early and path.name not in skip)):
            near.append(path)
    at = near.index(own) + 1 if own in near else len(near)
    return near[max(0, at - size) : at]


@contextmanager
def rows_of(
    arrival: Arrival, plan: Setup, size: int, skip: Collection[str] = ()
) -> Iterator[Dataset]:
    """Rows of the last ``size`` batches up to and with ``arrival`` as one dataset; ``skip`` as in ``files_until``.

    Raises:
        InputError: ``MONITOR_TIME`` when the configuration names no time column to cut a table by, and whatever is wrong
        with the data.
    """
    from golive.intake import read

    paths, config = files_until(arrival, plan, size, skip), plan.config
    if arrival.path is None:
        with _slots_of(arrival, plan, size) as dataset:
            yield dataset
    elif size == 1:
        with read(arrival.path, name=arrival.name, views=config.fhir_views) as dataset:
            yield dataset
    else:
        with tempfile.TemporaryDirectory() as folder:
            for number, path in enumerate(paths):
                (Path(folder) / f"{number:03d}-{path.name}").symlink_to(path)
            with read(folder, name=arrival.name, views=config.fhir_views) as dataset:
                yield dataset


@contextmanager
def _slots_of(arrival: Arrival, plan: Setup, size: int) -> Iterator[Dataset]:
    """Rows of a table whose time lies in the last ``size`` slots."""
    from golive.intake import read

    batches, time = plan.file.batches, plan.config.roles.time
    with read(batches.source, engine=batches.engine, name=arrival.name) as whole:
        if time is None or time not in whole.columns:
            sentence = "Batches of a table are cut by a time column."
            raise InputError(Problem("MONITOR_TIME", sentence, "Name roles.time in the config."))
        end = (arrival.slot + batches.every).replace(tzinfo=None)
        moment = whole.table[time].cast("timestamp")
        table = whole.table.filter((moment >= end - size * batches.every) & (moment < end))
        rows = int(table.count().to_pyarrow().as_py())
        yield replace(whole, table=table, rows=rows, sha256=arrival.sha256)

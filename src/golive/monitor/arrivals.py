"""Which batches have arrived and which are due: files by their content and day, tables by the slot of their rows."""

from __future__ import annotations

import glob
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from golive.model.errors import InputError, Problem
from golive.monitor.file import BatchesFile

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


def slot_of(moment: datetime, batches: BatchesFile, starts: datetime) -> datetime:
    """Start of the slot in which ``moment`` lies."""
    return starts + (moment - starts) // batches.every * batches.every


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
        raise InputError(
            Problem(
                "NOT_FOUND",
                f"There is no folder '{path.parent.name}'.",
                "Check batches.source.",
                batches.source,
            )
        )
    return sorted(p for p in found if p.is_file() and not p.name.startswith((".", "_")))


def arrived(batches: BatchesFile, folder: Path, *, now: datetime) -> Arrived:
    """Every file of the source as a batch, by slot. Files that are still being written are left for the next run."""
    from golive.intake.source import sha256

    found: list[tuple[Path, datetime]] = []
    waiting = []
    for path in files(batches, folder):
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        # A time in the future comes from a clock that jumped and says nothing about writing.
        fresh = timedelta(0) <= now - changed < batches.settle
        if fresh or path.suffix.lower() in _UNFINISHED:
            waiting.append(path.name)
            continue
        found.append((path, dated(path.name, batches) or min(changed, now)))
    if not found:
        return Arrived((), tuple(waiting))
    starts = batches.starts or min(moment for _, moment in found)
    made = [Arrival(p.name, sha256([p]), slot_of(m, batches, starts), p) for p, m in found]
    return Arrived(tuple(sorted(made, key=lambda a: (a.slot, a.name))), tuple(waiting))


def table_slots(batches: BatchesFile, *, now: datetime) -> Arrived:
    """One batch for every slot of a table that is over; its identity is the table and the slot.

    Raises:
        InputError: ``MONITOR_STARTS`` when the file does not say from when on.
    """
    if batches.starts is None:
        raise InputError(
            Problem(
                "MONITOR_STARTS",
                "Batches of a table need a start.",
                "Add batches.starts: 2026-01-01.",
            )
        )
    ended = (now - batches.grace - batches.starts) // batches.every
    slots = [
        batches.starts + i * batches.every
        for i in range(max(0, ended - _MOST_SLOTS), max(0, ended))
    ]
    name = batches.source.removeprefix(TABLE)
    made = [
        Arrival(
            f"{name} {slot:%Y-%m-%d %H:%M}",
            hashlib.sha256(f"{name}\0{slot.isoformat()}\0{batches.every}".encode()).hexdigest(),
            slot,
        )
        for slot in slots
    ]
    return Arrived(tuple(made))


def missed(
    batches: BatchesFile, seen: Iterable[datetime], *, starts: datetime | None, now: datetime
) -> tuple[datetime, ...]:
    """Slots that are over, with their grace, and have no batch; at most the last 400."""
    known = set(seen)
    first = starts or min(known, default=None)
    if first is None:
        return ()
    ended = (now - batches.grace - first) // batches.every
    slots = (first + i * batches.every for i in range(max(0, ended - _MOST_SLOTS), max(0, ended)))
    return tuple(slot for slot in slots if slot not in known)


def next_expected(
    batches: BatchesFile, seen: Iterable[datetime], *, starts: datetime | None, now: datetime
) -> datetime | None:
    """When the next batch is due at the latest, or ``None`` before the first one is known.

    Batches whose day lies ahead of ``now`` do not count: a wrong day must not silence the alarm for years.
    """
    last = max((slot for slot in seen if slot <= now), default=None)
    if last is not None:
        return last + 2 * batches.every + batches.grace
    return None if starts is None else starts + batches.every + batches.grace

"""The last batches together: what one night has too few of (outcomes) is judged over several."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from golive.model.config import Config
from golive.monitor import arrivals as source
from golive.monitor.arrivals import Arrival
from golive.monitor.file import BatchesFile

if TYPE_CHECKING:
    from golive.intake import Dataset


def paths_until(
    arrival: Arrival, batches: BatchesFile, folder: Path, size: int, *, skip: Collection[str] = ()
) -> list[Path]:
    """Files of the last ``size`` batches up to and with ``arrival``, oldest first.

    ``skip`` names files that are no batches of their own: a content that came again, or one that could not be compared.
    """
    if arrival.path is None:
        return []
    held = [p for p in source.files(batches, folder) if p.suffix == arrival.path.suffix]
    near = [
        p
        for p in held
        if p == arrival.path
        or (
            p.name not in skip
            and ((d := source.dated(p.name, batches)) is None or d <= arrival.slot + batches.every)
        )
    ]
    at = near.index(arrival.path) + 1 if arrival.path in near else len(near)
    return near[max(0, at - size) : at]


@contextmanager
def together(paths: list[Path], name: str, config: Config) -> Iterator[Dataset]:
    """Rows of several files as one dataset. Raises InputError as ``golive.intake.read``."""
    from golive.intake import read

    with tempfile.TemporaryDirectory() as folder:
        for number, path in enumerate(paths):
            (Path(folder) / f"{number:03d}-{path.name}").symlink_to(path)
        with read(folder, name=name, views=config.fhir_views) as dataset:
            yield dataset

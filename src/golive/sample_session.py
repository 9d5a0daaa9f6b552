"""The session a first visitor sees: the default sample, assessed by the same call as everything else."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from golive import __version__, settings
from golive.samples.catalogue import DEFAULT

if TYPE_CHECKING:
    from golive.assess import Progress
    from golive.store import Store

ACTOR = "sample"
_FILES = ("train.csv", "live.csv", "config.yaml", "truth.yaml")


def was_deleted(store: Store) -> bool:
    """Whether someone deleted a sample session from this store: then the app does not bring it back by itself."""
    lines = store.audit(limit=100_000)
    samples = {
        line.subject
        for line in lines
        if line.action == "session.save" and line.detail.get("sample")
    }
    return any(line.action == "session.delete" and line.subject in samples for line in lines)


def _write_registers(store: Store, project: str, name: str) -> None:
    """Write the sample's registers where its project has none yet; what somebody changed in them stays."""
    from golive.samples.configuration import registers
    from golive.store.registers import READINESS_REGISTERS, Change

    made = registers(name)
    for field, ledger in READINESS_REGISTERS.items():
        rows = getattr(made, field)
        if rows and not store.registers.ids(ledger, project):
            store.registers.write(
                ledger, [Change(row) for row in rows], project=project, actor=ACTOR
            )


def _write(name: str, folder: Path, rows: int | None) -> None:
    """Write the sample beside its folder and move it there whole: another process never reads half a file."""
    from golive.samples import write

    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".writing-") as made:
            write(name, Path(made) / "sample", rows=rows)
            (Path(made) / "sample").rename(folder)
    except OSError:
        # Nobody was faster: a folder with something else in it
        if not all((folder / file).is_file() for file in _FILES):
            write(name, folder, rows=rows)


def ensure(
    store: Store,
    progress: Progress | None = None,
    *,
    home: Path | None = None,
    rows: int | None = None,
    name: str = DEFAULT,
) -> str:
    """Return the id of the session of sample ``name``, making it when the store has none of this version and configuration.

    The sample is written to ``home/samples/<name>-<version>``. ``rows`` is the number of live rows (the sample's own when
    absent). ``progress`` is called only when there is something to do.

    Raises:
        StoreError: the session cannot be stored. InputError: the folder cannot be written, or there is no such sample.
    """
    from golive.assess import assess, config_hash
    from golive.intake import load_config, read
    from golive.samples import get
    from golive.store.project import Project

    sample = get(name)
    size = f"-{rows}" if rows else ""
    folder = (home or settings.load().home) / "samples" / f"{sample.name}-{__version__}{size}"
    if not all((folder / file).is_file() for file in _FILES):
        if progress:
            progress(0.0, "writing the sample")
        _write(sample.name, folder, rows)
    config = load_config(folder / "config.yaml")
    digest = config_hash(config)
    for card in store.list(config.project):
        if card.sample and card.golive == __version__ and card.config_sha256 == digest:
            return card.session
    _write_registers(store, config.project, name)
    with (
        read(folder / "train.csv", name="Sample: training data") as train,
        read(folder / "live.csv", name="Sample: live data") as live,
    ):
        assessment = assess(
            train,
            live,
            config,
            Project(store, config.project, home).for_assessment(config),
            progress=progress,
        )
    return store.save(assessment, config=config, actor=ACTOR, sample=True, title=sample.title)

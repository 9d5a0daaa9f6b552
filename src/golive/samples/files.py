"""Write a sample to a folder: training and live extract, configuration, and the truth about what was planted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from golive.model.errors import InputError, Problem
from golive.model.finding import Kind
from golive.samples.catalogue import Sample, get
from golive.samples.configuration import mapping
from golive.samples.generate import COLUMNS, draw

FEWEST_ROWS = 200
SYNTHETIC = "Synthetic: drawn by GoLive's sample generator. No patient, clinic, document or person stands behind it."

_NOT_COMPARED = frozenset(
    [
        "encounter_id",
        "patient_id",
        "recorded_at",
        "received_at",
        "site",
        "age",
        "triage_note",
        "risk",
        "alert",
        "sepsis_48h",
        "label_time",
        "model_version",
        "latency_ms",
        "status",
    ]
)
COMPARED = tuple(column for column in COLUMNS if column not in _NOT_COMPARED)
"""Inputs whose values are compared; ids, times, outputs, the label and the note are not among them."""
# What planted faults cause downstream. These are findings, not faults of their own.
CONSEQUENCES = (
    Kind.SCORE_SHIFT,
    Kind.ALERT_RATE_SHIFT,
    Kind.PERFORMANCE_DROP,
    Kind.PERFORMANCE_ESTIMATED_DROP,
    Kind.CALIBRATION_DRIFT,
    Kind.BELOW_FLOOR,
    Kind.LABEL_SHIFT,
    Kind.MULTIVARIATE_SHIFT,
)
# True of every sample, training and live alike: not a fault, and right to report.
FACTS = (
    {"kind": Kind.FREE_TEXT_PRESENT.value, "columns": ["triage_note"]},
    {"kind": Kind.IDENTIFIER_PRESENT.value, "columns": ["patient_id", "encounter_id"]},
)


@dataclass(frozen=True)
class SampleFiles:
    """Paths of a written sample."""

    train: Path
    live: Path
    config: Path
    truth: Path


def _yaml(path: Path, data: dict[str, Any]) -> None:
    body = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=120)
    path.write_text(f"# {SYNTHETIC}\n{body}", encoding="utf-8", newline="\n")


def truth(
    sample: Sample, planted: tuple[dict[str, Any], ...], *, seed: int, rows: tuple[int, int]
) -> dict[str, Any]:
    """The content of the truth file: every planted fault with its rows, and the columns that must stay quiet."""
    touched = {column for fault in planted for column in fault["columns"]}
    return {
        "sample": sample.name,
        "description": f"{sample.story} {SYNTHETIC}",
        "failure_mode": sample.failure_mode,
        "seed": seed,
        "train_rows": rows[0],
        "live_rows": rows[1],
        "faults": list(planted),
        "consequences": [kind.value for kind in CONSEQUENCES] if planted else [],
        "facts": [dict(fact) for fact in FACTS],
        "quiet": [c for c in COMPARED if c not in touched],
    }


def write(
    name: str, directory: str | Path, *, rows: int | None = None, seed: int = 0
) -> SampleFiles:
    """Write the sample ``name`` as ``train.csv``, ``live.csv``, ``config.yaml`` and ``truth.yaml`` into ``directory``.

    The folder is made when absent; files of these names are replaced. ``rows`` is the number of live rows (200 or more);
    training keeps its proportion to it. Equal arguments give equal bytes on one version of numpy and pandas.

    Raises:
        InputError: ``SAMPLE_UNKNOWN``, ``SAMPLE_ROWS`` or ``SAMPLE_FOLDER``.
    """
    sample = get(name)
    if rows is not None and rows < FEWEST_ROWS:
        hint = f"Ask for {FEWEST_ROWS} live rows or more, or leave the number out."
        raise InputError(
            Problem("SAMPLE_ROWS", f"A sample of {rows} live rows cannot carry its faults.", hint)
        )
    folder = Path(directory)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            Problem(
                "SAMPLE_FOLDER",
                f"The folder cannot be made: {error.strerror}.",
                "Choose another folder.",
                str(folder),
            )
        ) from None
    drawn = draw(sample, rows=rows, seed=seed)
    out = SampleFiles(
        *(folder / file for file in ("train.csv", "live.csv", "config.yaml", "truth.yaml"))
    )
    drawn.train.to_csv(out.train, index=False, lineterminator="\n")
    drawn.live.to_csv(out.live, index=False, lineterminator="\n")
    _yaml(out.config, mapping(sample))
    _yaml(
        out.truth, truth(sample, drawn.planted, seed=seed, rows=(len(drawn.train), len(drawn.live)))
    )
    return out

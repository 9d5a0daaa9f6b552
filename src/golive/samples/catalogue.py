"""The samples: which story each tells, how large it is and which faults are planted in its live data."""

from __future__ import annotations

from dataclasses import dataclass

from golive.model.errors import InputError, Problem, nearest
from golive.model.kinds import ModeId
from golive.samples.faults_in_inputs import INPUT_FAULTS
from golive.samples.faults_in_service import SERVICE_FAULTS
from golive.samples.feed import STAGES, Fault

FAULTS: dict[str, Fault] = {f.id: f for f in (*INPUT_FAULTS, *SERVICE_FAULTS)}
DEFAULT = "ed-sepsis"


@dataclass(frozen=True)
class Sample:
    """One sample: its name, title and story in a sentence, rows of both files, planted faults and the failure mode it shows.

    All of it is synthetic: no patient, clinic or product stands behind it.
    """

    name: str
    title: str
    story: str
    train_rows: int
    live_rows: int
    faults: tuple[str, ...] = ()
    failure_mode: ModeId | None = None

    def planted(self) -> tuple[Fault, ...]:
        """Its faults in the order in which they happen."""
        return tuple(sorted((FAULTS[f] for f in self.faults), key=lambda f: STAGES.index(f.stage)))


SAMPLES: dict[str, Sample] = {
    s.name: s
    for s in (
        Sample(
            DEFAULT,
            "ED sepsis alert",
            "A sepsis alert that worked in the pilot meets the live data of four emergency departments, and nothing is quite as it was.",
            24_000,
            6_120,
            tuple(FAULTS),
        ),
        Sample(
            "clean",
            "ED sepsis alert, nothing wrong",
            "The same alert on live data that comes from the same process as training: nothing was planted, nothing should alarm.",
            8_000,
            4_000,
        ),
        Sample(
            "live-data",
            "Failure mode 1: live records differ from training",
            "The model is unchanged, but live records have missing vital signs, other units, old codes and words in number fields.",
            8_000,
            4_000,
            (
                "creatinine_umol",
                "monitors_unmapped",
                "icd9_codes",
                "lactate_text",
                "gcs_sentinel",
                "route_spelling",
                "procalcitonin_gone",
            ),
            "live_data",
        ),
        Sample(
            "integration",
            "Failure mode 2: the result does not reach the workflow",
            "The data is right, but it arrives late, answers time out at peak, one clinic goes silent and write-back was never tested.",
            8_000,
            4_000,
            (
                "late_inputs",
                "slow_at_peak",
                "timeouts",
                "feed_stopped",
                "rows_resent",
                "device_new",
            ),
            "integration",
        ),
        Sample(
            "monitoring",
            "Failure mode 3: nobody is watching",
            "Accuracy fades after go-live, two model versions answer side by side and the outcomes stop arriving, without any alert.",
            8_000,
            4_000,
            (
                "creatinine_umol",
                "temperature_fahrenheit",
                "two_versions",
                "fewer_events",
                "language_gap",
                "labels_late",
                "more_transfers",
            ),
            "monitoring",
        ),
        Sample(
            "foundations",
            "Failure mode 4: foundations left for later",
            "Data and model hold up, but rollback, ownership, legal basis and handoff were put off and nothing proves them.",
            8_000,
            4_000,
            (),
            "foundations",
        ),
    )
}


def names() -> tuple[Sample, ...]:
    """Every sample, the default first."""
    return tuple(SAMPLES.values())


def get(name: str) -> Sample:
    """Return a sample by name.

    Raises:
        InputError: ``SAMPLE_UNKNOWN``; the hint names the nearest sample.
    """
    if name not in SAMPLES:
        hint = nearest(name, list(SAMPLES))
        raise InputError(Problem("SAMPLE_UNKNOWN", f"'{name}' is not a sample.", hint))
    return SAMPLES[name]

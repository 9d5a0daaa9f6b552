"""What a check measured and judged, before anything is said of it, and the words that are then said."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass

from golive.model.finding import Effect, Finding, Segment, SliceShare, WhatIf, finding
from golive.model.kinds import Kind, Route, Severity, Verdict


@dataclass(frozen=True)
class Words:
    """All that is said of one finding.

    ``title``, ``explanation``, ``evidence``, ``ruled_out`` and ``fix`` are the reviewer's: columns by their names, sizes and
    intervals. ``plain`` is one sentence for a meeting: no column code, no sample size, no statistic, at most two shares.
    What an alert says outside GoLive holds no value at all and stands in the register of kinds (``Entry.alert``).
    """

    title: str
    plain: str
    explanation: str = ""
    evidence: tuple[str, ...] = ()
    ruled_out: tuple[str, ...] = ()
    fix: str = ""


@dataclass(frozen=True, kw_only=True)
class Facts(ABC):
    """What a check returns: kind, place, size and certainty. A subclass adds what its sentences need, and says them.

    The subclasses stand in ``golive.wording.findings``, one module a family. Severity and route are those of the register of
    kinds unless the check has a reason to give others.
    """

    kind: Kind
    verdict: Verdict
    columns: tuple[str, ...] = ()
    effect: Effect | None = None
    severity: Severity | None = None
    route: Route | None = None
    segment: Segment | None = None
    rows_affected: int | None = None
    what_if: WhatIf | None = None
    slices: tuple[SliceShare, ...] = ()
    cause: str | None = None

    @property
    def name(self) -> str:
        """The column, where the finding is about one."""
        return self.columns[0]

    @abstractmethod
    def words(self) -> Words:
        """Title, explanation, evidence, repair and the plain sentence, written from these facts alone."""

    def finding(self) -> Finding:
        """The finding; signal and id follow from kind, columns and segment, so that the same fact keeps its id."""
        return finding(
            self.kind,
            self.verdict,
            columns=self.columns,
            segment=self.segment,
            severity=self.severity,
            route=self.route,
            effect=self.effect,
            rows_affected=self.rows_affected,
            what_if=self.what_if,
            slices=self.slices,
            cause=self.cause,
            **vars(self.words()),
        )


def findings(found: Iterable[Facts]) -> list[Finding]:
    """What checks returned, each with its words."""
    return [one.finding() for one in found]

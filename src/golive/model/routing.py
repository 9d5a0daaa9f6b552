"""Routing: who acts on which findings, how much they matter, and from which size on they call for action in this pilot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from golive.model.columns import Noun
from golive.model.errors import nearest
from golive.model.finding import SIGNAL_OF, Finding, Route, Severity, Signal, Verdict


class RoutingRule(Noun):
    """What holds for the findings it fits: those of a signal, of a kind, about any of these columns.

    ``at_least`` is the change of the finding's effect, in the effect's own unit, from which it calls for action. ``route`` and
    ``severity`` replace those of the finding.
    """

    signal: Signal | None = None
    kind: str | None = None
    columns: tuple[str, ...] = ()
    at_least: float | None = Field(default=None, gt=0)
    route: Route | None = None
    severity: Severity | None = None

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str | None) -> str | None:
        if kind is not None and kind not in SIGNAL_OF:
            msg = f"'{kind}' is no kind of finding. {nearest(kind, list(SIGNAL_OF))}"
            raise ValueError(msg)
        return kind

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.signal or self.kind or self.columns):
            msg = "a rule names a signal, a kind or columns"
            raise ValueError(msg)
        if self.at_least is None and self.route is None and self.severity is None:
            msg = "a rule sets at_least, route or severity"
            raise ValueError(msg)
        return self

    def fits(self, finding: Finding) -> bool:
        """Whether the rule is about this finding."""
        named = not self.columns or bool(set(self.columns) & set(finding.columns))
        return named and self.kind in (None, finding.kind) and self.signal in (None, finding.signal)


def routed(findings: Iterable[Finding], rules: Sequence[RoutingRule]) -> list[Finding]:
    """Findings with owner, severity and threshold of the first rule that fits; the reason is added to their evidence.

    A threshold moves a finding between ``alarm`` and ``watch`` only: what is quiet or cannot be judged stays so, because a
    size that may be chance is no reason to act.
    """
    return [_routed(f, next((r for r in rules if r.fits(f)), None)) for f in findings]


def _routed(finding: Finding, rule: RoutingRule | None) -> Finding:
    if rule is None:
        return finding
    update: dict[str, Any] = {} if rule.route is None else {"route": rule.route}
    active = finding.verdict in (Verdict.ALARM, Verdict.WATCH)
    size = finding.effect.change if finding.effect is not None else None
    if rule.at_least is not None and active and size is not None:
        crosses = abs(size) >= rule.at_least
        verb = "reaches" if crosses else "stays below"
        reason = f"the change of {size:+.3g} {verb} {rule.at_least:g}, from which this pilot acts"
        update["verdict"] = Verdict.ALARM if crosses else Verdict.WATCH
        update["evidence"] = (*finding.evidence, reason)
        light = finding.severity in (Severity.MINOR, Severity.INFO)
        if crosses and light:
            update["severity"] = Severity.MAJOR
        if not crosses and not light:
            update["severity"] = Severity.MINOR
    if rule.severity is not None and active:
        update["severity"] = rule.severity
    return finding.model_copy(update=update) if update else finding

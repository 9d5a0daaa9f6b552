"""Which finding explains which: one cause, told once, with the others pointing to it."""

from __future__ import annotations

from collections.abc import Sequence

from golive.model.finding import Finding, Severity, Verdict

_BY_UNIT = (
    "distribution_shift",
    "out_of_range",
    "watch_range",
    "limit_changed",
    "rounding_changed",
    "stuck_value",
)
_BREAK_CONTRACTS = (
    "column_missing",
    "missing_block",
    "missing_up",
    "always_missing",
    "output_missing",
    "unit_change",
    "unit_mix",
    "scale_error",
    "disguised_missing",
    "free_text_in_structured",
    "code_system_mix",
    "code_system_change",
    "code_format_change",
    "spelling_variants",
    "unseen_category",
    "out_of_range",
)
"""What live data does that a contract forbids too: told once, with the broken term pointing to it."""
EXPLAINS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "unit_change",
        (*_BY_UNIT, "unseen_category", "category_share_shift", "column_missing", "column_new"),
    ),
    ("unit_mix", _BY_UNIT),
    ("scale_error", _BY_UNIT),
    ("column_swap", _BY_UNIT),
    (
        "disguised_missing",
        (
            "distribution_shift",
            "unseen_category",
            "out_of_range",
            "watch_range",
            "rounding_changed",
        ),
    ),
    (
        "type_changed",
        ("distribution_shift", "free_text_in_structured", "missing_up", "always_missing"),
    ),
    (
        "code_system_change",
        ("distribution_shift", "unseen_category", "category_share_shift", "code_format_change"),
    ),
    ("code_system_mix", ("distribution_shift", "unseen_category", "category_share_shift")),
    ("code_release_gap", ("unseen_category", "distribution_shift")),
    ("code_format_change", ("distribution_shift", "unseen_category", "category_share_shift")),
    ("code_invalid", ("distribution_shift", "unseen_category", "category_share_shift")),
    (
        "spelling_variants",
        ("distribution_shift", "unseen_category", "category_share_shift", "label_shift"),
    ),
    ("missing_block", ("missing_up", "always_missing")),
    ("limit_changed", ("distribution_shift", "watch_range", "stuck_value")),
    ("out_of_range", ("distribution_shift",)),
    ("stuck_value", ("distribution_shift",)),
    ("unseen_category", ("distribution_shift", "category_share_shift")),
    ("category_share_shift", ("distribution_shift",)),
    # The service judges its own columns; that their values are distributed differently is the same fact.
    ("latency_over_budget", ("distribution_shift", "limit_changed", "out_of_range", "stuck_value")),
    ("error_rate", ("unseen_category", "category_share_shift", "distribution_shift")),
    ("late_inputs", ("distribution_shift", "time_order")),
    ("score_out_of_range", ("score_shift", "out_of_range", "disguised_missing")),
    ("length_shift", ("text_shift",)),
    *((kind, ("contract_broken",)) for kind in _BREAK_CONTRACTS),
)
"""Explaining kind and the kinds of the same column that it explains, strongest explanation first."""


_ONLY_IF_TRIED = frozenset({"limit_changed", "out_of_range", "stuck_value"})
"""Kinds that concern some values only: they explain a shift when repairing those values was seen to take it away."""


def link(findings: Sequence[Finding]) -> list[Finding]:
    """Set ``cause`` of every finding that another one of the same column explains; findings that have one keep it.

    Only what someone must act on explains or is explained: a quiet finding has no cause. A cause whose repair was tried
    explains a distribution or outcome shift only when the repair takes at least half of it away. What explains an alarm is
    an alarm.
    """
    active = [f for f in findings if f.verdict in (Verdict.ALARM, Verdict.WATCH)]
    cause: dict[str, str] = {}
    raised: set[str] = set()
    for explaining, explained in EXPLAINS:
        for source in (f for f in active if f.kind == explaining):
            for target in active:
                if (
                    target.kind in explained
                    and target.id not in cause
                    and _explains(source, target)
                ):
                    cause[target.id] = source.id
                    if target.verdict is Verdict.ALARM and source.kind in _ONLY_IF_TRIED:
                        raised.add(source.id)
    return [
        _linked(f, cause.get(f.id), raised=f.id in raised and f.id not in cause) for f in findings
    ]


def _linked(finding: Finding, cause: str | None, *, raised: bool) -> Finding:
    update: dict[str, object] = {"cause": cause} if cause else {}
    if raised and finding.verdict is Verdict.WATCH:
        update |= {"verdict": Verdict.ALARM}
        update |= (
            {"severity": Severity.MAJOR}
            if finding.severity in (Severity.MINOR, Severity.INFO)
            else {}
        )
    return finding.model_copy(update=update) if update else finding


def _explains(source: Finding, target: Finding) -> bool:
    """Whether ``source`` is about the same column and place, and its repair, where tried, takes the shift away."""
    if (
        not target.columns
        or target.cause is not None
        or not set(target.columns) <= set(source.columns)
    ):
        return False
    return _same_place(source, target) and _takes_away(source, target)


def _takes_away(source: Finding, target: Finding) -> bool:
    """Whether the tried repair of ``source`` leaves at most half of the shift; where nothing was tried, the kind decides."""
    tried = source.what_if
    if source.kind == "limit_changed" and target.kind == "watch_range":
        return (
            tried is not None and "high" in tried.repair
        )  # extremes beyond the upper limit that live data passes
    if (source.kind, target.kind) == ("disguised_missing", "rounding_changed"):
        return abs(_change(target)) <= _change(
            source
        )  # values that stand in for missing move no more than their own share
    if target.kind not in ("distribution_shift", "label_shift"):
        return True
    if tried is None or tried.before is None or tried.after is None:
        return source.kind not in _ONLY_IF_TRIED
    return tried.after <= 0.5 * tried.before


def _change(finding: Finding) -> float:
    return (finding.effect.change or 0.0) if finding.effect else 0.0


def _same_place(source: Finding, target: Finding) -> bool:
    """Whether ``target`` is about the whole live data or about the slice that ``source`` is about."""
    if target.segment is None:
        return True
    here = source.segment
    return here is None or (here.column, here.value) == (
        target.segment.column,
        target.segment.value,
    )

"""Which finding explains which: one cause, told once, with the others pointing to it."""

from __future__ import annotations

from collections.abc import Sequence

from golive.model.finding import Finding, Verdict

EXPLAINS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("unit_change", ("distribution_shift", "out_of_range", "watch_range")),
    ("unit_mix", ("distribution_shift", "out_of_range", "watch_range")),
    ("scale_error", ("distribution_shift", "out_of_range", "watch_range")),
    ("disguised_missing", ("distribution_shift", "unseen_category", "out_of_range", "watch_range")),
    ("type_changed", ("distribution_shift", "free_text_in_structured", "missing_up", "always_missing")),
    ("code_system_change", ("distribution_shift", "unseen_category", "category_share_shift", "code_format_change")),
    ("code_system_mix", ("distribution_shift", "unseen_category", "category_share_shift")),
    ("code_release_gap", ("unseen_category", "distribution_shift")),
    ("code_format_change", ("distribution_shift", "unseen_category", "category_share_shift")),
    ("spelling_variants", ("distribution_shift", "unseen_category", "category_share_shift")),
    ("missing_block", ("missing_up", "always_missing")),
    ("unseen_category", ("distribution_shift", "category_share_shift")),
    ("category_share_shift", ("distribution_shift",)),
)
"""Explaining kind and the kinds of the same column that it explains, strongest explanation first."""


def link(findings: Sequence[Finding]) -> list[Finding]:
    """Set ``cause`` of every finding that another one of the same column explains; findings that have one keep it.

    Only what someone must act on explains or is explained: a quiet finding has no cause.
    """
    active = [f for f in findings if f.verdict in (Verdict.ALARM, Verdict.WATCH)]
    cause: dict[str, str] = {}
    for explaining, explained in EXPLAINS:
        for source in (f for f in active if f.kind == explaining):
            for target in active:
                same = set(target.columns) <= set(source.columns) and target.segment in (None, source.segment)
                if (
                    target.kind in explained
                    and same
                    and target.columns
                    and target.id not in cause
                    and target.cause is None
                ):
                    cause[target.id] = source.id
    return [f.model_copy(update={"cause": cause[f.id]}) if f.id in cause else f for f in findings]

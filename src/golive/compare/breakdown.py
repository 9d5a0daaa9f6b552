"""Break findings down by site, model version and time after the fact: which slice carries each, and since when."""

from __future__ import annotations

from collections.abc import Sequence

from golive.compare.base.where import ShareOf, locate, of_missing, of_tokens
from golive.model.finding import Finding, Kind, Verdict
from golive.model.kinds import REGISTER, Rows
from golive.model.profile import Profile, SliceColumn
from golive.wording.numbers import percent

_ACTIVE = (Verdict.ALARM, Verdict.WATCH)


def break_down(findings: Sequence[Finding], train: Profile, live: Profile) -> list[Finding]:
    """Give every active finding that is a share of rows its slices, and its segment where one slice carries it.

    A finding that already has slices keeps them. The id stays as it is: it names the fact, not the place.
    """
    if not live.slices:
        return list(findings)
    return [
        _placed(f, train, live) if f.verdict in _ACTIVE and not f.slices and f.columns else f
        for f in findings
    ]


def _placed(finding: Finding, train: Profile, live: Profile) -> Finding:
    name = finding.columns[0]
    share_of, base = _question(finding, name, train, live)
    if share_of is None:
        return finding
    place = locate(
        live, name, share_of, base=base, private=REGISTER[finding.kind].rows is not Rows.MISSING
    )
    if not place.slices:
        return finding
    update: dict[str, object] = {"slices": place.slices}
    if place.known:
        share = f": {percent(place.site_share)} of its rows" if place.sites else ""
        others = f", not at {place.others}" if place.others else ""
        update["evidence"] = (*finding.evidence, f"Found{place.words}{share}{others}")
        update["segment"] = finding.segment or place.segment
        if place.words not in finding.title:
            # Before the sample sizes: ``...; in training none did; all of it at site C2 (n = ...)``
            head, sign, rest = finding.title.rpartition(" (n = ")
            said = f"; all of it{place.words}"
            update["title"] = f"{head}{said}{sign}{rest}" if sign else f"{finding.title}{said}"
            if finding.plain:
                update["plain"] = f"{finding.plain.removesuffix('.')}; all of it{place.plain}."
    return finding.model_copy(update=update)


def _question(
    finding: Finding, name: str, train: Profile, live: Profile
) -> tuple[ShareOf | None, float]:
    """How the share of a finding is read off a slice, and the share that training had."""
    before, now = train.columns.get(name), live.columns.get(name)
    if now is None:
        return None, 0.0
    rows = REGISTER[finding.kind].rows
    if rows is Rows.MISSING:
        return of_missing, before.missing_share if before else 0.0
    if rows is Rows.UNREAD or finding.kind is Kind.TYPE_CHANGED:
        return (of_tokens if now.numeric is not None else None), 0.0
    if finding.kind is Kind.DISGUISED_MISSING and finding.what_if is not None:
        return _of_sentinel(finding.what_if.repair.get("values", ()), live, name), 0.0
    new = finding.kind in (Kind.UNSEEN_CATEGORY, Kind.SPELLING_VARIANTS)
    if new and before and before.category is not None:
        return _of_new(frozenset(before.category.values)), 0.0
    return None, 0.0


def _of_new(known: frozenset[str]) -> ShareOf:
    """Share of a slice's values that training never held, among its most frequent ones (a lower bound)."""

    def share_of(part: SliceColumn) -> tuple[float, int] | None:
        present = part.n - part.missing
        if not present or not part.top:
            return None
        return sum(c for v, c in part.top if v not in known) / present, present

    return share_of


def _of_sentinel(values: Sequence[object], live: Profile, name: str) -> ShareOf | None:
    """Share of a stand-in number in a slice, from the slice's mean between it and the mean of real values."""
    numbers = [float(v) for v in values if isinstance(v, int | float)]
    numeric = live.columns[name].numeric
    if numeric is None or len(numbers) != 1 or numeric.n == 0:
        words = frozenset(str(v) for v in values)
        if not words:
            return None
        return lambda p: (sum(c for v, c in p.top if v in words) / max(1, p.n - p.missing), p.n)
    value = numbers[0]
    real = numeric.values != value
    rows = int(numeric.counts[real].sum())
    if rows == 0:
        return None
    mean = float((numeric.values[real] * numeric.counts[real]).sum() / rows)

    def share_of(part: SliceColumn) -> tuple[float, int] | None:
        n = part.n - part.missing - part.tokens
        if n <= 0 or part.mean is None or not part.quantiles:
            return None
        edge = part.quantiles[0] if value < mean else part.quantiles[-1]
        return (max(0.0, (part.mean - mean) / (value - mean)) if edge == value else 0.0), n

    return share_of

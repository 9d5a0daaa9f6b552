"""Where and since when: which site, model version and week carry a finding, from the slices of the profile.

A finding that is a share of rows (converted values, missing values, words) has a share in every slice. A slice that holds
nearly all of them is the segment of the finding; the first window of the stretch in which they occur is its "since".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from golive.model.finding import SliceShare
from golive.model.profile import Profile, SliceColumn, is_small
from golive.wording.place import Place
from golive.wording.text import listing

CARRIES = 0.9
"""Share of a finding's rows that its carriers hold together."""
MOST_CARRIERS = 0.75
"""Largest share of all rows that the carriers may hold: beyond it the finding is everywhere."""
_GAIN = 6.0
"""Log-likelihood that a change point must add beyond chance: 6 is about 1 in 1,000 over 60 possible windows."""

_Part = tuple[str, float, int, date | None]
ShareOf = Callable[[SliceColumn], tuple[float, int] | None]
"""Share of a slice's rows that the finding is about, and the rows it was computed on; ``None`` when it cannot be told."""


def locate(
    live: Profile,
    column: str,
    share_of: ShareOf,
    *,
    base: float = 0.0,
    dated: bool = True,
    private: bool = True,
) -> Place:
    """Find the slices of ``live`` that carry a finding of ``column``, and (``dated``) since when it occurs.

    ``base`` is the share that training had: a slice carries what it has beyond it. With ``private`` a slice in which 1 to 10
    rows hold the value is named without its share.
    """
    place = Place()
    shares: list[SliceShare] = []

    def add(by: str, parts: Sequence[_Part]) -> None:
        for value, share, n, start in parts:
            shown = None if private and is_small(round(share * n)) else round(share, 6)
            since = start.isoformat() if by == "time" and start else None
            shares.append(SliceShare(by=by, value=value, n=n, effect=shown, since=since))

    def beyond(parts: Sequence[_Part]) -> list[_Part]:
        return [(v, max(0.0, s - base), n, d) for v, s, n, d in parts]

    for by in ("site", "model_version"):
        parts = _parts(live, column, by, share_of)
        if len(parts) < 2:
            continue
        add(by, parts)
        carriers = _carriers([(s, n) for _, s, n, _ in beyond(parts)])
        if carriers and not place.sites:
            rows = sum(parts[i][2] for i in carriers)
            place = Place(
                column=next(s.column for s in live.slices if s.by == by),
                sites=tuple(parts[i][0] for i in carriers),
                site_share=sum(parts[i][1] * parts[i][2] for i in carriers) / rows,
                others=listing([p[0] for i, p in enumerate(parts) if i not in carriers], 4),
            )
    windows = sorted(_parts(live, column, "time", share_of), key=lambda w: w[3] or date.min)
    add("time", windows)
    since, exact, after = _since(beyond(windows)) if dated else (None, True, 0.0)
    return replace(place, since=since, exact=exact, after_share=after, slices=tuple(shares))


def _parts(live: Profile, column: str, by: str, share_of: ShareOf) -> list[_Part]:
    found = []
    for one in live.slices:
        if one.by != by or column not in one.columns:
            continue
        found_share = share_of(one.columns[column])
        if found_share is not None and found_share[1] > 0:
            found.append((one.value, min(max(found_share[0], 0.0), 1.0), found_share[1], one.start))
    return found


def _carriers(parts: Sequence[tuple[float, int]]) -> list[int]:
    """Positions of the slices that together hold ``CARRIES`` of the rows concerned while the others hold next to none."""
    total = sum(s * n for s, n in parts)
    rows = sum(n for _, n in parts)
    if total < 3:
        return []
    order = sorted(range(len(parts)), key=lambda i: -parts[i][0])
    hits, chosen = 0.0, []
    for i in order:
        if hits >= CARRIES * total:
            break
        chosen.append(i)
        hits += parts[i][0] * parts[i][1]
    size = sum(parts[i][1] for i in chosen)
    inside = hits / size
    rest = rows - size
    outside = (total - hits) / rest if rest else inside
    if size > MOST_CARRIERS * rows or outside > 0.25 * inside:
        return []
    # A slice that merely happens to hold the few rows there are is no pattern.
    gain = _likelihood(hits, size) + _likelihood(total - hits, rest) - _likelihood(total, rows)
    return sorted(chosen) if gain > _GAIN + math.log(len(parts)) else []


def _likelihood(k: float, n: float) -> float:
    """Binomial log-likelihood of ``k`` of ``n`` at its own share."""
    if n <= 0 or k <= 0 or k >= n:
        return 0.0
    p = k / n
    return k * math.log(p) + (n - k) * math.log(1 - p)


def _since(windows: Sequence[_Part]) -> tuple[date | None, bool, float]:
    """First day of the stretch in which a finding occurs, whether it is known to the day, and the share from then on.

    One split of the windows into before and after (binary segmentation), accepted when it beats chance and what comes
    before is next to nothing. Where the first window is only partly concerned, the day is read off its share.
    """
    if len(windows) < 4 or any(w[3] is None for w in windows):
        return None, True, 0.0
    ks, ns = [w[1] * w[2] for w in windows], [w[2] for w in windows]
    total, rows = sum(ks), sum(ns)
    best, at = 0.0, 0
    for i in range(1, len(windows)):
        k0, n0 = sum(ks[:i]), sum(ns[:i])
        if (total - k0) / (rows - n0) <= k0 / n0:
            continue
        gain = _likelihood(k0, n0) + _likelihood(total - k0, rows - n0) - _likelihood(total, rows)
        if gain > best:
            best, at = gain, i
    if best <= _GAIN + math.log(len(windows)):
        return None, True, 0.0
    before = sum(ks[:at]) / sum(ns[:at])
    full = slice(at + 1, None) if at + 1 < len(windows) else slice(at, None)
    after = sum(ks[full]) / sum(ns[full])
    if before > 0.25 * after:
        return None, True, 0.0
    starts = [w[3] for w in windows if w[3] is not None]
    step = min((b - a).days for a, b in pairwise(starts))
    if step <= 1:
        return starts[at], True, after
    level = sum(ks[: at - 1]) / sum(ns[: at - 1]) if at > 1 else 0.0
    first = at
    # The window before the split may already be partly concerned: more than its noise lies above what came before.
    noise = 2 * math.sqrt(max(after * (1 - after), 1e-9) / ns[at - 1])
    if ks[at - 1] / ns[at - 1] - level > max(noise, 0.15 * after) / 2 and at > 1:
        first = at - 1
    covered = min(1.0, max(0.0, (ks[first] / ns[first] - level) / (after - level)))
    day = starts[first] + timedelta(days=round(step * (1 - covered)))
    return day, False, after


def of_missing(part: SliceColumn) -> tuple[float, int] | None:
    """Share of missing rows of a slice."""
    return (part.missing / part.n, part.n) if part.n else None


def of_tokens(part: SliceColumn) -> tuple[float, int] | None:
    """Share of present values of a number column that do not parse."""
    present = part.n - part.missing
    return (part.tokens / present, present) if present else None


def of_mean(ordinary: float, converted: float) -> ShareOf:
    """Share of converted values from the mean of a slice: it lies between the means of both parts in their proportion."""

    def share_of(part: SliceColumn) -> tuple[float, int] | None:
        n = part.n - part.missing - part.tokens
        if part.mean is None or n <= 0 or converted == ordinary:
            return None
        share = (part.mean - ordinary) / (converted - ordinary)
        # Ordinary values of a slice differ a little from those of the whole: under 2 % is nothing.
        return (0.0 if share < 0.02 else min(share, 1.0)), n

    return share_of

"""Measures of what is watched: input shift, output shift, accuracy, generated text, the prediction log, outcomes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from golive.model.columns import Role
from golive.model.finding import Kind, Verdict
from golive.model.readiness import Measurement
from golive.model.result import ColumnResult, Picture
from golive.readiness.measures.facts import (
    ALARM,
    Facts,
    Maker,
    Unknown,
    at_most,
    lower,
    rounded_down,
    upper,
)
from golive.wording.numbers import percent

SMALL = 5.0  # what a suppressed cell (1 to 10 rows) counts in a sum
PSI_BINS = 10
PSI_FLOOR = 1e-4
# PSI 0.25 against the 0.1 threshold: a shift of one of the five most important features
TOP_FIVE_LIMIT = 2.5
UNJUDGED_LIMIT = 0.5
YES = ("1", "1.0", "true", "yes", "y", "alert", "positive")


def drift_share(facts: Facts, make: Maker) -> Measurement:
    """OBS-01: importance-weighted share of features whose distribution shifted, among those that could be judged."""
    n = make.enough(facts.live_rows, "live_rows")
    results = [(c, c.drift, facts.importance(c)) for c in facts.features if c.drift is not None]
    judged = [row for row in results if row[1].verdict is not Verdict.CANNOT_JUDGE]
    total, weight = (sum(importance for *_, importance in rows) for rows in (results, judged))
    if not judged or total == 0 or weight < UNJUDGED_LIMIT * total:
        few = f"only {len(judged)} of {len(results)} features have enough values to be judged."
        raise Unknown(few, n=n)
    shifted = [row for row in judged if row[1].verdict is Verdict.ALARM]
    share = sum(importance for *_, importance in shifted) / weight
    limit = TOP_FIVE_LIMIT * facts.config.drift.threshold
    big = [c.name for c, d, _ in shifted if c.name in facts.top_five and (d.score or 0) >= limit]
    level = make.rank(most=2 if big else 4, drift_share=share)
    names = {c.name for c, *_ in shifted}
    found = facts.of(Kind.DISTRIBUTION_SHIFT, verdicts=ALARM)
    used = [f for f in found if names & set(f.columns)]
    value = f"{len(shifted)} of {len(judged)} judged features shifted, {percent(share)} by importance (n = {n:,})"
    value += f"; {', '.join(big)} among the five most important." if big else "."
    left = len(results) - len(judged)
    reason = f"{left} features could not be judged." if left else ""
    return make.level(level, value, n=n, findings=used, reason=reason)


def _cells(
    side: Sequence[int | None], tails: tuple[int | None, int | None] = (0, 0)
) -> list[float]:
    counts = [SMALL if c is None else float(c) for c in side]
    counts[0] += SMALL if tails[0] is None else tails[0]
    counts[-1] += SMALL if tails[1] is None else tails[1]
    return counts


def population_stability(picture: Picture, missing: tuple[int, int]) -> float | None:
    """PSI of a drawn column: its bins merged to about ten of equal training mass, plus a bin of missing rows.

    ``sum((q - p) ln(q / p))`` with shares floored at 1e-4. Bins come from the picture, so the number is that of the picture's
    resolution, not of exact deciles. ``None`` when a side is empty.
    """
    if not picture.train or not picture.live:
        return None
    train = _cells(picture.train, (picture.below[0], picture.above[0]))
    live = _cells(picture.live, (picture.below[1], picture.above[1]))
    if sum(train) == 0 or sum(live) == 0:
        return None
    step, bins = sum(train) / PSI_BINS, [[0.0, 0.0]]
    for t, x in zip(train, live, strict=True):
        if bins[-1][0] >= step:
            bins.append([0.0, 0.0])
        bins[-1][0] += t
        bins[-1][1] += x
    bins.append([float(missing[0]), float(missing[1])])
    totals = [sum(b[side] for b in bins) for side in (0, 1)]
    shares = [(max(b[0] / totals[0], PSI_FLOOR), max(b[1] / totals[1], PSI_FLOOR)) for b in bins]
    return sum((q - p) * math.log(q / p) for p, q in shares)


def _alert_change(facts: Facts) -> float | None:
    """Relative change of the alert rate, absolute value: from the operating point, else from a two-valued prediction."""
    rate = facts.performance.at_threshold.alert_rate
    if rate.train_value and rate.live_value is not None:
        return abs(rate.live_value / rate.train_value - 1)
    column = facts.with_role(Role.PREDICTION)
    picture = column.picture if column else None
    if picture is None or len(picture.labels) != 2 or not picture.train or not picture.live:
        return None
    train, live = _cells(picture.train), _cells(picture.live)
    places = {str(v).strip().lower(): i for i, v in enumerate(picture.labels)}
    place = next((places[word] for word in YES if word in places), None)
    if place is None or train[place] == 0 or sum(live) == 0:
        return None
    return abs((live[place] / sum(live)) / (train[place] / sum(train)) - 1)


def _anomalies(score: ColumnResult, facts: Facts) -> tuple[float, bool]:
    """Share of live outputs that are missing or outside their contract, and whether that is the exact share."""
    live = score.live
    assert live is not None
    bad = (live.missing + live.unparsed) / live.n if live.n else 1.0
    outside = facts.of(Kind.SCORE_OUT_OF_RANGE)
    for found in outside:
        bad += at_most(found.effect.live, found.effect.n_live) if found.effect else 0.0
    low, high = facts.declared(score.name).range or (0.0, 1.0)
    inside = live.min is None or live.max is None or (low <= live.min and live.max <= high)
    return min(1.0, bad), bool(outside) or inside


def output_shift(facts: Facts, make: Maker) -> Measurement:
    """OBS-02: PSI of the score, impossible or missing outputs (upper 95 % bound), change of the alert rate."""
    score = facts.with_role(Role.SCORE)
    if score is None or score.live is None or score.train is None:
        raise Unknown("no column holds the model's score on both sides.")
    n = make.enough(score.live.n, "live_rows")
    missing = (score.train.missing, score.live.missing)
    psi = population_stability(score.picture, missing) if score.picture else None
    if psi is None:
        raise Unknown("the score has no distribution on one side.")
    share, exact = _anomalies(score, facts)
    # A share of none leaves an upper bound above 0 at every n; the rule of level 4 is "none", so none is taken as seen.
    high = upper(round(share * n), n) if share > 0 else 0.0
    change = _alert_change(facts)
    level = make.rank(psi=psi, anomalies=high, alert_rate_change=change)
    value = f"Score PSI {psi:.2f}, {percent(share)} of outputs missing or out of range"
    value += f", alert rate changed by {percent(change)}" if change is not None else ""
    unseen = ["the alert rate"] if change is None else []
    unseen += [] if exact else ["how many scores lie outside their range"]
    used = facts.of(
        Kind.SCORE_SHIFT, Kind.SCORE_OUT_OF_RANGE, Kind.OUTPUT_MISSING, Kind.ALERT_RATE_SHIFT
    )
    return make.level(
        level, f"{value} (n = {n:,}).", n=n, findings=used, unseen=" and ".join(unseen)
    )


def accuracy(facts: Facts, make: Maker) -> Measurement:
    """OBS-03: relative drop of the primary metric from training to live, upper 95 % bound."""
    metric = facts.performance.primary_metric
    found = facts.performance.metric(metric)
    events, rest = found.n_events or 0, found.n_nonevents or 0
    train, live, low = found.train_value, found.live_value, found.change_low
    if train is None or live is None:
        raise Unknown("live data has no outcomes with scores.")
    if events < make.least("events") or rest < make.least("non_events"):
        make.enough(min(events, rest), "events", "live events or non-events")
    drop = (-low if low is not None else train - live) / train if train > 0 else 1.0
    level = make.rank(drop=drop)
    if level == 4 and (facts.performance.windows or 0) < 3:
        level = 3
    floor, top = facts.config.floors.get(metric), found.live_high
    value = f"{metric.upper()} {train:.3f} in training, {live:.3f} live; the drop is at most {percent(max(0.0, drop))}"
    if floor is not None and top is not None and top < floor:
        level, value = 0, f"{value}; the whole interval is below the floor of {floor:g}"
    used = facts.of(Kind.PERFORMANCE_DROP, Kind.BELOW_FLOOR, Kind.PERFORMANCE_ESTIMATED_DROP)
    value = f"{value} (95 % bound, {events:,} events)."
    return make.level(level, value, n=events + rest, findings=used)


def generated_text(facts: Facts, make: Maker) -> Measurement:
    """OBS-04: rated unsupported statements (upper 95 % bound), severe outputs, verifiable citations."""
    text = facts.performance.generated_text
    rate, severe = text.unsupported.high, text.severe.value
    cited = text.citations.share if text.citations else None
    if rate is None:
        raise Unknown("no ratings of generated text were given.")
    n = make.enough(text.n_outputs, "outputs", "rated outputs")
    make.enough(text.raters, "raters")
    level = make.rank(unsupported=rate, severe=severe, citations=cited)
    value = f"At most {percent(rate)} of statements are unsupported (95 % bound, {n:,} outputs)."
    unseen = ["how harmful they are"] if severe is None else []
    unseen += ["whether citations hold"] if cited is None else []
    used = facts.of(
        Kind.HALLUCINATION_RATE_UP, Kind.UNSUPPORTED_STATEMENTS, Kind.CANNOT_CHECK_SOURCE
    )
    return make.level(level, value, n=n, findings=used, unseen=" and ".join(unseen))


def log_complete(facts: Facts, make: Maker) -> Measurement:
    """OBS-05: share of live rows that carry version, time, id and output: at least 1 minus the sum of their gaps."""
    n = make.enough(facts.live_rows, "live_rows")
    fields = {
        "model version": facts.with_role(Role.MODEL_VERSION),
        "time": facts.with_role(Role.TIME),
        "id": facts.with_role(Role.ID),
        "output": facts.output,
    }
    live = {name: c.live if c else None for name, c in fields.items()}
    absent = [name for name, side in live.items() if side is None]
    if absent:
        raise Unknown(f"the live file has no column for {', '.join(absent)}.")
    share = max(0.0, 1 - sum(side.missing_share for side in live.values() if side))
    # Tamper evidence, level 4, is not in the data
    level = make.rank(most=3, complete=share)
    value = f"At least {rounded_down(share)} of live rows carry version, time, id and output (n = {n:,})."
    return make.level(level, value, n=n, findings=facts.of(Kind.OUTPUT_MISSING))


def outcomes_known(facts: Facts, make: Maker) -> Measurement:
    """OBS-08: share of live predictions with an outcome, lower 95 % bound."""
    share, counted = facts.performance.labels.coverage, facts.performance.labels.n
    label = facts.with_role(Role.LABEL)
    if share is None and label is not None and label.live is not None:
        share, counted = 1 - label.live.missing_share, label.live.n
    if share is None or counted is None:
        raise Unknown("live data has no outcome column.")
    n = make.enough(counted, "predictions", "live predictions")
    low = lower(share * n, n)
    # A blinded audit of labels, level 4, is not in the data
    level = make.rank(least=2, most=3, coverage=low)
    value = f"{percent(share)} of {n:,} live predictions have an outcome (at least {rounded_down(low)})."
    return make.level(level, value, n=n, findings=facts.of(Kind.LABEL_MISSING, Kind.LABEL_DELAY))

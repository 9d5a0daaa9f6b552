"""Measures of what is watched: input shift, output shift, accuracy, generated text, the prediction log, outcomes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from golive.model.columns import Role
from golive.model.finding import Kind, Verdict
from golive.model.readiness import Measurement
from golive.model.result import ColumnResult, Picture
from golive.readiness.measures.facts import Facts, Maker, at_most, fine
from golive.wording.numbers import percent

SMALL = 5.0  # what a suppressed cell (1 to 10 rows) counts in a sum
PSI_BINS = 10
PSI_FLOOR = 1e-4
TOP_FIVE_LIMIT = (
    2.5  # PSI 0.25 against the 0.1 threshold: a shift of one of the five most important features
)
UNJUDGED_LIMIT = 0.5


def drift_share(facts: Facts, make: Maker) -> Measurement:
    """OBS-01: importance-weighted share of features whose distribution shifted, among those that could be judged."""
    if not make.enough(facts.live_rows, "live_rows"):
        return make.too_few(facts.live_rows, "live_rows", "live rows")
    results = [(c, c.drift) for c in facts.features if c.drift is not None]
    total = sum(facts.importance(c) for c, _ in results)
    judged = [(c, d) for c, d in results if d.verdict is not Verdict.CANNOT_JUDGE]
    weight = sum(facts.importance(c) for c, _ in judged)
    if not judged or total == 0 or weight < UNJUDGED_LIMIT * total:
        return make.unknown(
            f"only {len(judged)} of {len(results)} features have enough values to be judged.",
            n=facts.live_rows,
        )
    shifted = [c for c, d in judged if d.verdict is Verdict.ALARM]
    share = sum(facts.importance(c) for c in shifted) / weight
    level = make.criterion.level_of(drift_share=share)
    big = [
        c.name
        for c, d in judged
        if c.name in facts.top_five
        and d.verdict is Verdict.ALARM
        and (d.score or 0) >= TOP_FIVE_LIMIT * facts.config.drift.threshold
    ]
    if big:
        level = min(level, 2)
    names = {c.name for c in shifted}
    used = [
        f
        for f in facts.of(Kind.DISTRIBUTION_SHIFT, verdicts=[Verdict.ALARM])
        if names & set(f.columns)
    ]
    value = f"{len(shifted)} of {len(judged)} judged features shifted, {percent(share)} by importance (n = {facts.live_rows:,})"
    value += f"; {', '.join(big)} among the five most important" if big else ""
    left = len(results) - len(judged)
    return make.level(
        level,
        f"{value}.",
        n=facts.live_rows,
        findings=used,
        reason=f"{left} features could not be judged." if left else "",
    )


def _cells(side: Sequence[int | None], tails: tuple[int | None, int | None]) -> list[float]:
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
    train, live = _cells(picture.train, (0, 0)), _cells(picture.live, (0, 0))
    positive = {str(v).strip().lower(): i for i, v in enumerate(picture.labels)}
    place = next(
        (
            positive[w]
            for w in ("1", "1.0", "true", "yes", "y", "alert", "positive")
            if w in positive
        ),
        None,
    )
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
    from golive.stats.proportions import wilson

    score = facts.with_role(Role.SCORE)
    if score is None or score.live is None or score.train is None:
        return make.unknown("no column holds the model's score on both sides.")
    n = score.live.n
    if not make.enough(n, "live_rows"):
        return make.too_few(n, "live_rows", "live rows")
    psi = facts.performance.output.psi
    if psi is None and score.picture is not None:
        psi = population_stability(score.picture, (score.train.missing, score.live.missing))
    if psi is None:
        return make.unknown("the score has no distribution on one side.")
    share, exact = _anomalies(score, facts)
    # A share of none leaves an upper bound above 0 at every n; the rule of level 4 is "none", so none is taken as seen.
    high = float(wilson(round(share * n), n)[1]) if share > 0 else 0.0
    change = _alert_change(facts)
    known = {"psi": psi, "anomalies": high} | (
        {"alert_rate_change": change} if change is not None else {}
    )
    level = make.criterion.level_of(**known)
    used = facts.of(
        Kind.SCORE_SHIFT, Kind.SCORE_OUT_OF_RANGE, Kind.OUTPUT_MISSING, Kind.ALERT_RATE_SHIFT
    )
    value = f"Score PSI {psi:.2f}, {percent(share)} of outputs missing or out of range"
    value += f", alert rate changed by {percent(change)}" if change is not None else ""
    value += f" (n = {n:,})."
    unseen = []
    if change is None:
        unseen.append("the alert rate")
    if not exact:
        unseen.append("how many scores lie outside their range")
    if unseen:
        return make.partial(level, value, " and ".join(unseen), n=n, findings=used)
    return make.level(level, value, n=n, findings=used)


def accuracy(facts: Facts, make: Maker) -> Measurement:
    """OBS-03: relative drop of the primary metric from training to live, upper 95 % bound."""
    metric = facts.performance.primary_metric
    found = facts.performance.metric(metric)
    events, rest, train, live = (
        found.n_events,
        found.n_nonevents,
        found.train_value,
        found.live_value,
    )
    if train is None or live is None:
        return make.unknown("live data has no outcomes with scores.")
    if not make.enough(events, "events") or not make.enough(rest, "non_events"):
        return make.too_few(min(events or 0, rest or 0), "events", "live events or non-events")
    low = found.change_low
    drop = (-low if low is not None else train - live) / train if train > 0 else 1.0
    level = make.criterion.level_of(drop=drop)
    if level == 4 and (facts.performance.windows or 0) < 3:
        level = 3
    floor, top = facts.config.floors.get(metric), found.live_high
    value = f"{metric.upper()} {train:.3f} in training, {live:.3f} live; the drop is at most {percent(max(0.0, drop))}"
    if floor is not None and top is not None and top < floor:
        level, value = 0, f"{value}; the whole interval is below the floor of {floor:g}"
    used = facts.of(Kind.PERFORMANCE_DROP, Kind.BELOW_FLOOR, Kind.PERFORMANCE_ESTIMATED_DROP)
    return make.level(
        level,
        f"{value} (95 % bound, {events:,.0f} events).",
        n=int((events or 0) + (rest or 0)),
        findings=used,
    )


def generated_text(facts: Facts, make: Maker) -> Measurement:
    """OBS-04: rated unsupported statements (upper 95 % bound), severe outputs, verifiable citations."""
    text = facts.performance.generated_text
    rate, n = text.unsupported.high, text.n_outputs
    if rate is None:
        return make.unknown("no ratings of generated text were given.")
    if not make.enough(n, "outputs"):
        return make.too_few(n or 0, "outputs", "rated outputs")
    if not make.enough(text.raters, "raters"):
        return make.too_few(text.raters or 0, "raters", "raters")
    cited = text.citations.share if text.citations else None
    measured = {"unsupported": rate, "severe": text.severe.value, "citations": cited}
    known = {name: share for name, share in measured.items() if share is not None}
    level = make.criterion.level_of(**known)
    value = f"At most {percent(rate)} of statements are unsupported (95 % bound, {n:,.0f} outputs)."
    used = facts.of(
        Kind.HALLUCINATION_RATE_UP, Kind.UNSUPPORTED_STATEMENTS, Kind.CANNOT_CHECK_SOURCE
    )
    missing = [name for name in ("severe", "citations") if name not in known]
    if missing:
        names = {"severe": "how harmful they are", "citations": "whether citations hold"}
        return make.partial(
            level, value, " and ".join(names[m] for m in missing), n=int(n or 0), findings=used
        )
    return make.level(level, value, n=int(n or 0), findings=used)


def log_complete(facts: Facts, make: Maker) -> Measurement:
    """OBS-05: share of live rows that carry version, time, id and output: at least 1 minus the sum of their gaps."""
    if not make.enough(facts.live_rows, "live_rows"):
        return make.too_few(facts.live_rows, "live_rows", "live rows")
    share = facts.performance.log.complete
    if share is None:
        output = facts.with_role(Role.SCORE) or facts.with_role(Role.PREDICTION)
        fields = {
            "model version": facts.with_role(Role.MODEL_VERSION),
            "time": facts.with_role(Role.TIME),
            "id": facts.with_role(Role.ID),
            "output": output,
        }
        absent = [name for name, c in fields.items() if c is None or c.live is None]
        if absent:
            return make.unknown(f"the live file has no column for {', '.join(absent)}.")
        share = max(
            0.0,
            1
            - sum(
                c.live.missing_share
                for c in fields.values()
                if c is not None and c.live is not None
            ),
        )
    # Tamper evidence, level 4, is not in the data
    level = min(make.criterion.level_of(complete=share), 3)
    used = facts.of(Kind.OUTPUT_MISSING)
    value = f"At least {fine(share)} of live rows carry version, time, id and output (n = {facts.live_rows:,})."
    return make.level(level, value, n=facts.live_rows, findings=used)


def outcomes_known(facts: Facts, make: Maker) -> Measurement:
    """OBS-08: share of live predictions with an outcome, lower 95 % bound."""
    from golive.stats.proportions import wilson

    share, n = facts.performance.labels.coverage, facts.performance.labels.n
    label = facts.with_role(Role.LABEL)
    if share is None and label is not None and label.live is not None:
        n = label.live.n
        share = 1 - label.live.missing_share
    if share is None or n is None:
        return make.unknown("live data has no outcome column.")
    if not make.enough(n, "predictions"):
        return make.too_few(n, "predictions", "live predictions")
    low = float(wilson(share * n, n)[0])
    # A blinded audit of labels, level 4, is not in the data
    level = max(2, min(make.criterion.level_of(coverage=low), 3))
    used = facts.of(Kind.LABEL_MISSING, Kind.LABEL_DELAY)
    return make.level(
        level,
        f"{percent(share)} of {n:,.0f} live predictions have an outcome (at least {fine(low)}).",
        n=int(n),
        findings=used,
    )

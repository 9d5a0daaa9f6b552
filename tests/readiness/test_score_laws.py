"""Laws of the score: what better, fewer and older evidence may and may not do."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golive.model.readiness import Flag, Tier
from golive.readiness.policy.policy import Model, load_model
from golive.readiness.score import Score, score
from golive.readiness.status import Answer, Claim, MeasuredLevel, freshness, status_of
from golive.readiness.verdict import ORDER, band_of

MODEL = load_model()
IDS = [c.id for c in MODEL.criteria]
FLAGS: tuple[Flag, ...] = ("ehr", "writeback", "alerts", "genai")
Answers = dict[str, Answer]

claims = st.builds(
    Claim,
    level=st.integers(0, 4),
    grade=st.sampled_from(["E0", "E1", "E2", "E3", "E4"]),
    age=st.sampled_from([0.0, 20.0, 40.0, 120.0, 200.0, 400.0, 800.0]),
    item=st.sampled_from(["a", "b", "c"]),
)
anything = st.builds(
    Answer,
    claims=st.lists(claims, max_size=3).map(tuple),
    measured=st.none()
    | st.builds(
        MeasuredLevel, level=st.integers(0, 4), age=st.sampled_from([0.0, 25.0, 45.0, 100.0])
    ),
)
good = st.builds(
    Answer,
    claims=st.tuples(
        st.builds(Claim, level=st.integers(2, 4), grade=st.just("E4"), age=st.just(0.0))
    ),
)
tiers = st.sampled_from(list(Tier))


@st.composite
def pilots(draw: st.DrawFn) -> tuple[Tier, Answers, frozenset[str]]:
    """A pilot mostly at the production bar, with some answers that are anything or absent, and some waivers."""
    answers: Answers = {
        k: Answer((Claim(draw(st.sampled_from([3, 3, 4])), "E4", 0.0),)) for k in IDS
    }
    for key in draw(st.lists(st.sampled_from(IDS), max_size=25, unique=True)):
        given_answer = draw(st.none() | anything | good)
        if given_answer is None:
            del answers[key]
        else:
            answers[key] = given_answer
    waived = frozenset(draw(st.lists(st.sampled_from(IDS), max_size=6)))
    return draw(tiers), answers, waived


def rank(result: Score, waived: frozenset[str], model: Model = MODEL) -> int:
    return ORDER.index(band_of(result, model, waived))


def passes(result: Score) -> set[str]:
    return {g.criterion for g in result.gates if g.state.value == "pass"}


@settings(max_examples=150, deadline=None)
@given(pilot=pilots(), data=st.data())
def test_better_evidence_never_lowers_the_verdict_or_what_is_proven(
    pilot: tuple[Tier, Answers, frozenset[str]], data: st.DataObject
) -> None:
    """A higher level, a higher grade, a fresher date or one item more: verdict, floor, coverage and gates only rise."""
    tier, answers, waived = pilot
    before = score(MODEL, answers, tier, FLAGS)
    key = data.draw(st.sampled_from(IDS))
    old = answers.get(key, Answer())
    extra = data.draw(claims)
    better = [replace(old, claims=(*old.claims, extra))] if old.measured is None else []
    if old.claims:
        first = old.claims[0]
        changes = ({"level": min(4, first.level + 1)}, {"grade": "E4"}, {"age": 0.0})
        better += [replace(old, claims=(replace(first, **c), *old.claims[1:])) for c in changes]
    if old.measured is not None:
        better.append(
            replace(old, measured=MeasuredLevel(min(4, old.measured.level + 1), old.measured.age))
        )
    if not better:
        return
    changed = data.draw(st.sampled_from(better))
    if (
        old.measured is not None
        and old.measured.level == 0
        and MODEL.criterion(key).kind == "capability"
    ):
        return  # data that stop refuting a capability prove nothing of it: it is then as unknown as before they came
    after = score(MODEL, {**answers, key: changed}, tier, FLAGS)
    assert after.low >= before.low - 1e-9
    assert after.coverage >= before.coverage - 1e-9
    assert passes(after) >= passes(before)
    assert rank(after, waived) >= rank(before, waived)


@settings(max_examples=150, deadline=None)
@given(pilot=pilots(), data=st.data())
def test_deleting_evidence_never_raises_the_verdict_or_what_is_proven(
    pilot: tuple[Tier, Answers, frozenset[str]], data: st.DataObject
) -> None:
    tier, answers, waived = pilot
    before = score(MODEL, answers, tier, FLAGS)
    gone = data.draw(
        st.lists(st.sampled_from(sorted(answers)), min_size=1, max_size=8, unique=True)
    )
    after = score(MODEL, {k: a for k, a in answers.items() if k not in gone}, tier, FLAGS)
    assert after.low <= before.low + 1e-9
    assert after.coverage <= before.coverage + 1e-9
    assert passes(after) <= passes(before)
    assert rank(after, waived) <= rank(before, waived)


@settings(max_examples=80, deadline=None)
@given(pilot=pilots(), days=st.floats(0, 500))
def test_waiting_never_raises_the_verdict(
    pilot: tuple[Tier, Answers, frozenset[str]], days: float
) -> None:
    tier, answers, waived = pilot

    def older(answer: Answer) -> Answer:
        measured = answer.measured
        return replace(
            answer,
            claims=tuple(replace(c, age=c.age + days) for c in answer.claims),
            measured=None
            if measured is None
            else MeasuredLevel(measured.level, measured.age + days),
        )

    # A measurement that outlives its time gives way to the claims beside it, so ages are moved on claims and measurements alike.
    unmixed = {k: replace(a, claims=()) if a.measured else a for k, a in answers.items()}
    before = score(MODEL, unmixed, tier, FLAGS)
    after = score(MODEL, {k: older(a) for k, a in unmixed.items()}, tier, FLAGS)
    assert after.low <= before.low + 1e-9
    assert rank(after, waived) <= rank(before, waived)


@settings(max_examples=150, deadline=None)
@given(answers=st.dictionaries(st.sampled_from(IDS), anything, max_size=78), tier=tiers)
def test_the_index_lies_in_its_interval(answers: Answers, tier: Tier) -> None:
    result = score(MODEL, answers, tier, FLAGS)
    assert 0 <= result.low <= result.high + 1e-9
    assert result.high <= 100 + 1e-9
    assert 0 <= result.coverage <= 1 + 1e-12
    if result.index is None:
        assert result.coverage == 0
    else:
        assert result.low - 1e-9 <= result.index <= result.high + 1e-9
        assert result.mean is not None
        assert result.index <= result.mean + 1e-9
        weakest = float(result.point.weakest)
        assert result.index <= weakest + result.allowance + 1e-9


@settings(max_examples=100, deadline=None)
@given(answer=anything, key=st.sampled_from(IDS))
def test_proof_falls_with_the_level(answer: Answer, key: str) -> None:
    stand = status_of(MODEL.criterion(key), answer, MODEL)
    assert list(stand.proof) == sorted(stand.proof, reverse=True)
    assert 0 <= stand.earned(MODEL.points) <= 100 * stand.coverage + 1e-9
    assert (stand.level is None) == (stand.coverage == 0)


@pytest.mark.parametrize("tier", list(Tier))
def test_three_hundred_one_step_improvements(tier: Tier) -> None:
    """2.1 (e): one level up at a time, on answers that exist, never lowers R, R_lo or the verdict."""
    rnd = random.Random(tier.value)
    levels = {k: rnd.choice((0, 1, 1, 2, 2, 3)) for k in IDS if rnd.random() < 0.9}
    last: tuple[float, float, int] = (0.0, 0.0, 0)
    for _ in range(300):
        open_keys = [k for k, level in levels.items() if level < 4]
        levels[rnd.choice(open_keys)] += 1 if open_keys else 0
        result = score(
            MODEL, {k: Answer((Claim(v, "E4", 0.0),)) for k, v in levels.items()}, tier, FLAGS
        )
        assert result.index is not None
        now = (result.index, result.low, rank(result, frozenset()))
        assert all(a >= b - 1e-9 for a, b in zip(now, last, strict=True))
        last = now
        if all(v == 4 for v in levels.values()):
            break


def test_strictness_runs_from_the_mean_to_the_minimum() -> None:
    answers = {k: Answer((Claim(1 if k.startswith("HND") else 3, "E4", 0.0),)) for k in IDS}
    results = [score(MODEL.with_allowance(d), answers, Tier.HIGH, FLAGS) for d in (0, 20, 100)]
    assert results[0].index == pytest.approx(20)
    assert results[1].index == pytest.approx(40)
    assert results[2].index == pytest.approx(results[2].mean)


def test_freshness() -> None:
    assert [freshness(a, 30) for a in (0, 30, 45, 60, 61)] == [1, 1, 0.5, 0, 0]


def test_a_verdict_cannot_be_lifted_by_leaving_a_question_open() -> None:
    """On the point estimate alone it could be: a bad answer withdrawn raises the mean. The shipped policy does not allow it."""
    answers = {k: Answer((Claim(3, "E4", 0.0),)) for k in IDS} | {
        "HND-03": Answer((Claim(0, "E4", 0.0),))
    }
    answers["HND-04"] = Answer((Claim(0, "E4", 0.0),))
    honest = score(MODEL, answers, Tier.HIGH, FLAGS)
    silent = score(
        MODEL, {k: a for k, a in answers.items() if k not in ("HND-03", "HND-04")}, Tier.HIGH, FLAGS
    )
    assert [band_of(s, MODEL, verdict_on="point").value for s in (honest, silent)] == [
        "conditional",
        "ready",
    ]
    assert [band_of(s, MODEL).value for s in (honest, silent)] == ["conditional", "conditional"]

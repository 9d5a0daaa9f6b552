"""A language model's opinion of outputs: off unless configured, sent only when a person said so, measured against reviewers.

It is an opinion. It counts as no review and moves no criterion; an output without an answer is "not judged", never
supported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from golive.model.measured.generated_text import AgainstReviewers, ByLength, JudgedBy, TextJudge
from golive.model.measured.intervals import Interval, ShareInterval
from golive.model.profile import IntArray, is_small
from golive.model.text_judge import TextJudgeConfig
from golive.profile.text.evidently import Opinion, opinions
from golive.profile.text.generated import GeneratedTexts
from golive.stats.estimate import Mask, Units, number, patients, share, units_of
from golive.text.judge_call import Caller
from golive.text.labels import Labels
from golive.text.reviews import LEAST_EACH, LEAST_PAIRS, agreement, detection
from golive.text.words import words_of

ASKED = {
    "unsupported": "says what its source does not",
    "omission": "leaves out something important of its source",
    "contradiction": "contradicts its source",
}
"""What is asked of each output, in words."""


@dataclass(frozen=True)
class Plan:
    """What would be sent: positions into the texts (length n), their characters with their sources, and to whom."""

    config: TextJudgeConfig
    place: tuple[int, ...]
    characters: int

    @property
    def sentence(self) -> str:
        """What leaves this machine, where it goes, and what is asked: said before anything is sent."""
        n = len(self.place)
        what = "1 live output and its source" if n == 1 else f"{n:,} live outputs and their sources"
        return (
            f"{what} ({self.characters:,} characters, word for word, with every name in them) are sent to "
            f"{self.config.address} and read there by {self.config.model}, which is asked of each output whether it "
            f"{ASKED[self.config.criteria]}. An output that gets no answer is sent up to three times."
        )


def beforehand(config: TextJudgeConfig) -> str:
    """What a run would send, before the data is read."""
    return (
        f"Up to {config.sample:,} live outputs and their sources, word for word, are sent to {config.address} and read there by "
        f"{config.model}, which is asked of each output whether it {ASKED[config.criteria]}."
    )


def plan(
    texts: GeneratedTexts, config: TextJudgeConfig, reviewed: Mask | None = None, *, seed: int = 0
) -> Plan:
    """Draw the outputs to send at random: those that ``reviewed`` marks (length k, texts read) first, so that the opinion
    can be measured. Outputs without a source are never sent: there is nothing to hold them against.
    """
    sources = texts.source or ("",) * len(texts.note)
    usable = np.array([bool(n and s) for n, s in zip(texts.note, sources, strict=True)], dtype=bool)
    order = np.random.default_rng(seed).permutation(np.flatnonzero(usable))
    if reviewed is not None and len(order):
        order = order[np.argsort(~reviewed[order], kind="stable")]
    place = tuple(sorted(int(i) for i in order[: config.sample]))
    return Plan(config, place, sum(len(texts.note[i]) + len(sources[i]) for i in place))


def asked(
    texts: GeneratedTexts, drawn: Plan, key: str | None, tell: Callable[[int], None] | None = None
) -> list[Opinion]:
    """Send what ``drawn`` names and return one opinion per output. This is where texts leave the machine."""
    sources = texts.source or ("",) * len(texts.note)
    caller = Caller(drawn.config, key, answered=tell)
    return opinions(
        [texts.note[i] for i in drawn.place],
        [sources[i] for i in drawn.place],
        drawn.config.criteria,
        caller.ask,
    )


def summarised(
    texts: GeneratedTexts,
    drawn: Plan,
    given: Sequence[Opinion],
    hit: Mask | None,
    known: Mask | None,
) -> TextJudge:
    """What a model's opinion comes to: numbers only.

    ``hit`` and ``known`` (length k, texts read) are what reviewers found and which texts they rated; ``None`` without any.
    ``flagged`` is the share of judged outputs that the model flags (0 to 1), with a Wilson interval, by patient where there
    are several outputs of one. ``against_reviewers`` holds sensitivity, specificity and PPV against reviewers, their
    agreement (kappa), and the same of the rule that flags as many outputs by length alone; ``None`` with the reason ``why``
    otherwise. ``not_judged`` counts the outputs without an answer by reason; counts of 1 to 10 are ``None``.
    """
    config, place = drawn.config, np.array(drawn.place, dtype=np.int64)
    answered = np.array([o.flagged is not None for o in given], dtype=bool)
    flags = np.array([bool(o.flagged) for o in given], dtype=bool)
    judged = int(answered.sum())
    units = units_of(_unit(texts, place[answered]))
    rate = share(flags[answered], np.ones(judged, dtype=bool), units)
    silent = Counter(o.reason for o in given if o.flagged is None)
    both = answered & known[place] if known is not None else np.zeros(len(place), dtype=bool)
    truth = hit[place[both]] if hit is not None else np.zeros(0, dtype=bool)
    against, why = None, ""
    if config.criteria != "unsupported":
        why = f"reviewers were asked what is unsupported, the model whether the output {ASKED[config.criteria]}"
    elif len(truth) < LEAST_PAIRS:
        why = f"{int(both.sum())} outputs carry both an answer and a reviewer's label; {LEAST_PAIRS} are the least"
    elif min(int(truth.sum()), int((~truth).sum())) < LEAST_EACH:
        why = f"at least {LEAST_EACH} hallucinated and {LEAST_EACH} clean outputs with an answer and a label are needed"
    else:
        against = _against_reviewers(texts, place[both], flags[both], truth)
    return TextJudge(
        note="a model's opinion, no review: it moves no criterion",
        provider=config.provider,
        model=config.model,
        host=config.host,
        criteria=config.criteria,
        asked=len(given),
        judged=judged,
        not_judged={reason: None if is_small(n) else n for reason, n in silent.most_common()},
        flagged=ShareInterval.of(rate, n=judged),
        against_reviewers=against,
        why=why,
    )


def _unit(texts: GeneratedTexts, place: IntArray) -> Any:
    return None if texts.unit is None else texts.unit[texts.row[place]]


def _against_reviewers(
    texts: GeneratedTexts, place: IntArray, flags: Mask, truth: Mask
) -> AgainstReviewers:
    unit = _unit(texts, place)
    units = units_of(unit)
    words = np.array([len(words_of(texts.note[i])) for i in place], dtype=np.float64)
    apart = detection(flags.astype(np.float64), words, truth, unit)
    assert apart is not None  # there are enough of either kind
    # The rival flags as many of the longest (or shortest) outputs; ties in the order they stand
    order = np.argsort(-words if apart.length_direction == "longer" else words, kind="stable")
    by_length = np.zeros(len(words), dtype=bool)
    by_length[order[: int(flags.sum())]] = True
    return AgainstReviewers(
        n=len(truth),
        patients=patients(units, len(truth)),
        hallucinated=int(truth.sum()),
        length=ByLength(direction=apart.length_direction).joined(_figures(by_length, truth, units)),
        discrimination=apart,
    ).joined(_figures(flags, truth, units))


def _figures(flags: Mask, truth: Mask, units: Units | None) -> JudgedBy:
    agreed = agreement(flags, truth, units)
    assert agreed is not None

    def of(hits: Mask, among: Mask) -> ShareInterval:
        return ShareInterval.of(share(hits, among, units), n=int(among.sum()))

    return JudgedBy(
        agreement=number(agreed.observed),
        kappa=Interval.of(agreed.kappa),
        sensitivity=of(flags, truth),
        specificity=of(~flags, ~truth),
        ppv=of(truth, flags),
    )


def of_labels(labels: Labels | None, texts: GeneratedTexts) -> tuple[Mask | None, Mask | None]:
    """What reviewers found of the texts read, and which of them they rated; ``None`` twice without labels."""
    return (
        (None, None)
        if labels is None or not labels.n
        else (labels.hit[texts.row], labels.known[texts.row])
    )

"""One meaning, several spellings: ``IV``, ``iv``, ``I.V.`` and ``Intravenous`` are one value to people and four to a model."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from golive.compare.base.code_systems import rules
from golive.compare.base.pairs import MINIMUM_VALUES, Pair, pair_up
from golive.compare.base.where import locate
from golive.compare.fields.disguised import is_missing_word
from golive.intake.clinical.codes import snake
from golive.intake.clinical.ucum import canonical
from golive.model.columns import ColumnType
from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Verdict, WhatIf, finding
from golive.model.profile import Profile, SliceColumn, is_small
from golive.stats.proportions import benjamini_hochberg, newcombe, two_share_p
from golive.wording.numbers import p_value, percent, sizes
from golive.wording.text import listing

ALARM_SHARE, WATCH_SHARE = 0.01, 0.001
"""Change of the share of other spellings from which it matters: the bounds of values never seen in training."""
LEAST_ROWS = 3
MOST_VALUES = 2_000
"""Different values beyond which a column is no list of choices, and spellings are not looked for."""
LONGEST_SHORT = 5

_TRUE, _FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")
_UNIT_NAMES = {"unit", "units", "uom", "ucum"}


def fold(value: str) -> str:
    """A value without what only spelling adds: case, accents of width, blanks, underscores, quotes, full stops, hyphens.

    Signs that carry meaning stay: a dot or hyphen between digits (``1.5``, ``10-19``), a hyphen or plus at an end (``A-``).
    """
    folded = _folded(value)
    # What is taken away may bring a letter and its accent together
    while (again := _folded(folded)) != folded:
        folded = again
    return folded


def _folded(value: str) -> str:
    text = unicodedata.normalize("NFKC", re.sub(r"['\"`´’]", "", value)).casefold().strip()
    text = re.sub(r"(?<!\d)\.|\.(?!\d)", "", text)
    text = re.sub(r"(?<=[^\W\d_])-(?=\w)|(?<=\w)-(?=[^\W\d_])", "", text)
    return re.sub(r"_|(?<!\d)\s+|\s+(?!\d)", "", text)


@cache
def _meanings() -> dict[str, int]:
    """Folded word -> its line in ``same_meaning``."""
    return {fold(word): i for i, line in enumerate(rules().same_meaning) for word in line}


@cache
def _units() -> dict[str, str]:
    """Folded spelling of a unit -> how UCUM writes it."""
    known = rules().unit_spellings
    return {fold(word): unit for unit, words in known.items() for word in (unit, *words)}


def _meaning(value: str, column: Pair) -> str:
    """A key that values of one meaning share, or the folded value."""
    folded = fold(value)
    if column.train.type is ColumnType.BOOLEAN:
        return "true" if folded in _TRUE else "false" if folded in _FALSE else folded
    if _UNIT_NAMES & set(snake(column.name).split("_")):
        return _units().get(folded) or canonical(value) or folded
    line = _meanings().get(folded)
    return folded if line is None else f"meaning {line}"


def is_abbreviation(short: str, long: str) -> bool:
    """Whether ``short`` (1 to 5 letters) keeps the first letter and the order of letters of ``long``, twice its length."""
    a, b = fold(short), fold(long)
    if not (
        a.isalpha()
        and b.isalpha()
        and len(a) <= LONGEST_SHORT
        and len(b) >= max(4, 2 * len(a))
        and a[0] == b[0]
    ):
        return False
    letters = iter(b)
    return all(letter in letters for letter in a)


@dataclass(frozen=True)
class _Variants:
    """Live spellings of values that training writes otherwise, with what proves each."""

    mapping: dict[str, str]
    guessed: frozenset[str]
    train: int
    live: int


def check(train: Profile, live: Profile, config: Config) -> list[Finding]:
    """``spelling_variants``: live values that spell a training value differently, more often than training did."""
    pairs, _ = pair_up(train, live)
    held: dict[str, _Variants] = {}
    for name, pair in pairs.items():
        if pair.is_number or pair.train.type is ColumnType.CODE or min(pair.sizes) < MINIMUM_VALUES:
            continue
        if (variants := _variants(pair)) is not None:
            held[name] = variants
    ps = [
        float(two_share_p(v.train, pairs[n].sizes[0], v.live, pairs[n].sizes[1], pairs[n].weights))
        for n, v in held.items()
    ]
    found = []
    for (name, variants), p in zip(held.items(), benjamini_hochberg(np.array(ps)), strict=True):
        n_train, n_live = pairs[name].sizes
        change = variants.live / n_live - variants.train / n_train
        if p <= config.drift.alpha and change >= WATCH_SHARE and variants.live >= LEAST_ROWS:
            found.append(_finding(pairs[name], variants, float(p), change >= ALARM_SHARE, live))
    return found


def _variants(pair: Pair) -> _Variants | None:
    before, now = pair.train.category, pair.live.category
    if before is None or now is None or max(len(before.values), len(now.values)) > MOST_VALUES:
        return None
    by_fold: dict[str, str] = {}
    by_meaning: dict[str, str] = {}
    for value in before.values:  # most frequent first: the usual spelling of training
        if fold(value) and not is_missing_word(value):
            by_fold.setdefault(fold(value), value)
            by_meaning.setdefault(_meaning(value, pair), value)
    mapping, guessed = {}, set()
    was, here = before.as_dict(), now.as_dict()
    lost = _lost(pair, was, here)
    for value in here:
        if is_missing_word(value) or not fold(value):
            continue
        usual = by_fold.get(fold(value))
        if usual is None and value not in was:
            usual = by_meaning.get(_meaning(value, pair)) or _abbreviated(
                value, here[value] / pair.sizes[1], lost
            )
            if usual is not None and _meaning(usual, pair) != _meaning(value, pair):
                guessed.add(value)
        if usual is not None and usual != value:
            mapping[value] = usual
    if not mapping:
        return None
    rows = [sum(side.get(v, 0) for v in mapping) for side in (was, here)]
    return _Variants(mapping, frozenset(guessed), *rows)


def _lost(
    pair: Pair, was: Mapping[str, int], here: Mapping[str, int]
) -> dict[str, tuple[float, float]]:
    """Training values whose share fell, with how much they lost and 3 standard errors of that difference."""
    n_train, n_live = pair.sizes
    found = {}
    for value, rows in was.items():
        share = rows / n_train
        loss = share - here.get(value, 0) / n_live
        if loss >= WATCH_SHARE / 2:
            found[value] = (loss, 3 * math.sqrt(share * (1 - share) * (1 / n_train + 1 / n_live)))
    return found


def _abbreviated(value: str, gain: float, lost: Mapping[str, tuple[float, float]]) -> str | None:
    """The training value that ``value`` shortens or spells out, when it alone lost what ``value`` gained.

    Letters prove little, so the shares must agree as well: with ``value`` counted as the training value, its share is that of
    training again, within chance (3 standard errors) and a quarter of what moved.
    """
    if gain < WATCH_SHARE:
        return None
    fitting = [
        known
        for known, (loss, error) in lost.items()
        if loss >= gain / 2
        and abs(loss - gain) <= error + gain / 4
        and (is_abbreviation(value, known) or is_abbreviation(known, value))
    ]
    return fitting[0] if len(fitting) == 1 else None


def _finding(pair: Pair, variants: _Variants, p: float, alarm: bool, live: Profile) -> Finding:
    name, (n_train, n_live) = pair.name, pair.sizes
    before, now = pair.train.category, pair.live.category
    assert before is not None
    assert now is not None
    low, high = newcombe(variants.train, n_train, variants.live, n_live, pair.weights)
    usual = list(dict.fromkeys(variants.mapping.values()))
    shown = {v: u for v, u in variants.mapping.items() if not is_small(now.count(v))}
    written = f" ({listing([repr(v) for v in shown])})" if shown else ""

    def share_of(part: SliceColumn) -> tuple[float, int] | None:
        n = part.n - part.missing
        return (
            (sum(rows for value, rows in part.top if value in variants.mapping) / n, n)
            if n > 0
            else None
        )

    place = locate(live, name, share_of)
    then = (
        "in training none are"
        if not variants.train
        else f"in training {percent(variants.train / n_train)} are"
    )
    return finding(
        Kind.SPELLING_VARIANTS,
        Verdict.ALARM if alarm else Verdict.WATCH,
        columns=(name,),
        segment=place.segment,
        title=(
            f"{percent(variants.live / n_live)} of live {name} values are other spellings of "
            f"{listing([repr(u) for u in usual], 3)}{written}{place.words}; {then} ({sizes(n_train, n_live)})"
        ),
        explanation="People read them as one value; a model reads each spelling as a value of its own.",
        effect=Effect(
            name="variant_share",
            train=variants.train / n_train,
            live=variants.live / n_live,
            change=variants.live / n_live - variants.train / n_train,
            low=float(low),
            high=float(high),
            n_train=n_train,
            n_live=n_live,
        ),
        evidence=(*_evidence(pair, variants, usual), f"adjusted {p_value(p)}"),
        ruled_out=(
            ()
            if variants.guessed
            else (
                "a value that training does not have: each is one of its values, written otherwise",
            )
        ),
        rows_affected=variants.live,
        slices=place.slices,
        fix=f"Map the spellings of {name} to those of training at intake, and offer a list instead of a text field.",
        what_if=WhatIf(repair={"op": "map", "column": name, "mapping": shown}) if shown else None,
    )


def _evidence(pair: Pair, variants: _Variants, usual: list[str]) -> list[str]:
    before, now = pair.train.category, pair.live.category
    assert before is not None
    assert now is not None
    said = []
    for value in usual[:5]:
        rows = sum(now.count(v) for v, u in variants.mapping.items() if u == value)
        counts = (before.count(value), now.count(value), now.count(value) + rows)
        if any(is_small(c) for c in counts):
            continue
        shares = [
            percent(c / n)
            for c, n in zip(counts, (pair.sizes[0], pair.sizes[1], pair.sizes[1]), strict=True)
        ]
        said.append(
            f"'{value}' was {shares[0]} in training and is {shares[1]} live, {shares[2]} with its other spellings"
        )
    if variants.guessed:
        said.append(
            "an abbreviation was taken for its value because the shares agree; confirm it with the sender"
        )
    return said

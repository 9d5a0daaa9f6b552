"""One meaning, several spellings: ``IV``, ``iv``, ``I.V.`` and ``Intravenous`` are one value to people and four to a model."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from golive.compare.base.code_systems import rules
from golive.compare.base.pairs import MINIMUM_VALUES, Pair, pair_up
from golive.compare.base.share import Share, adjusted
from golive.compare.base.where import locate
from golive.compare.fields.disguised import is_missing_word
from golive.intake.clinical.codes import snake
from golive.intake.clinical.ucum import canonical
from golive.model.columns import ColumnType
from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.finding import WhatIf
from golive.model.kinds import Verdict
from golive.model.profile import Profile, SliceColumn, is_small
from golive.wording.findings.written import OtherSpelling, Spelled

ALARM_SHARE, WATCH_SHARE = 0.01, 0.001
"""Change of the share of other spellings from which it matters: the bounds of values never seen in training."""
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
    """Live spellings of values that training writes otherwise; ``guessed``: letters and shares prove some of them."""

    mapping: dict[str, str]
    guessed: bool
    share: Share


def check(train: Profile, live: Profile, config: Config) -> list[Facts]:
    """``spelling_variants``: live values that spell a training value differently, more often than training did."""
    pairs, _ = pair_up(train, live)
    variants = {
        name: found
        for name, pair in pairs.items()
        if not pair.is_number and pair.train.type is not ColumnType.CODE
        if min(pair.sizes) >= MINIMUM_VALUES and (found := _variants(pair))
    }
    ps = adjusted({name: one.share for name, one in variants.items()})
    return [
        _facts(pairs[name], one, ps[name], verdict, live)
        for name, one in variants.items()
        if (verdict := one.share.rise(ps[name], config.drift.alpha, ALARM_SHARE, WATCH_SHARE))
    ]


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
    mapping, guessed = {}, False
    was, here = before.as_dict(), now.as_dict()
    lost = _lost(pair, was, here)
    for value, rows in here.items():
        if is_missing_word(value) or not fold(value):
            continue
        usual = by_fold.get(fold(value))
        if usual is None and value not in was:
            usual = by_meaning.get(_meaning(value, pair))
            if usual is None:
                usual = _abbreviated(value, rows / pair.sizes[1], lost)
                guessed = guessed or usual is not None
        if usual is not None and usual != value:
            mapping[value] = usual
    counts = sum(was.get(v, 0) for v in mapping), sum(here[v] for v in mapping)
    return _Variants(mapping, guessed, Share(counts, pair.sizes, pair.weights)) if mapping else None


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


def _facts(pair: Pair, variants: _Variants, p: float, verdict: Verdict, live: Profile) -> Facts:
    name, mapping, now = pair.name, variants.mapping, pair.live.category
    assert now is not None
    shown = {v: u for v, u in mapping.items() if not is_small(now.count(v))}

    def share_of(part: SliceColumn) -> tuple[float, int] | None:
        n = part.n - part.missing
        return (sum(rows for value, rows in part.top if value in mapping) / n, n) if n > 0 else None

    place = locate(live, name, share_of)
    return OtherSpelling(
        verdict=verdict,
        columns=(name,),
        effect=variants.share.effect("variant_share"),
        rows_affected=variants.share.rows[1],
        what_if=WhatIf(repair={"op": "map", "column": name, "mapping": shown}) if shown else None,
        p=p,
        place=place,
        usual=tuple(_spelled(pair, value, mapping) for value in dict.fromkeys(mapping.values())),
        shown=tuple(shown),
        guessed=variants.guessed,
    )


def _spelled(pair: Pair, value: str, mapping: Mapping[str, str]) -> Spelled:
    before, now = pair.train.category, pair.live.category
    assert before is not None
    assert now is not None
    was, here, (n_train, n_live) = before.count(value), now.count(value), pair.sizes
    every = here + sum(now.count(v) for v, usual in mapping.items() if usual == value)
    if any(is_small(count) for count in (was, here, every)):
        return Spelled(value, None)
    return Spelled(value, (was / n_train, here / n_live, every / n_live))

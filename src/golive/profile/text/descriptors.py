"""Generated texts and their sources as number columns: how long they are, and how they are written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from golive.model.columns import ColumnType, Role
from golive.model.config import OutputsConfig
from golive.model.profile import ONCE, ColumnProfile, FloatArray, Repeats
from golive.profile.numbers import sorted_profile
from golive.profile.repeats import TAILS, size, weight
from golive.profile.rows.scored import Codes
from golive.profile.text.evidently import DESCRIPTORS, described, within
from golive.profile.text.generated import generated_texts

if TYPE_CHECKING:
    from golive.intake import Dataset


@dataclass(frozen=True)
class TextColumn:
    """One descriptor of one column of texts: which column, what is counted, in which unit, and its distribution."""

    text: str
    words: str
    unit: str
    profile: ColumnProfile


def text_columns(
    dataset: Dataset, outputs: OutputsConfig, *, unit: str | None
) -> dict[str, TextColumn]:
    """Evidently's descriptors of output and source as number columns, by name (``generated_note: words``).

    Texts that are empty are left out; they are counted elsewhere. ``unit`` is the column that says of whom a text is: texts
    of one patient repeat each other and weigh less. Empty when the dataset has no generated text.
    """
    texts = generated_texts(dataset, outputs, unit=unit, labels=False)
    found: dict[str, TextColumn] = {}
    for name, held in ((outputs.note, texts.note), (outputs.source, texts.source)) if texts else ():
        if name is None or held is None or texts is None:
            continue
        place = within(held)
        whose = None if texts.unit is None else texts.unit[texts.row[place]]
        values = described([held[i] for i in place])
        for descriptor in DESCRIPTORS:
            if descriptor.evidently in values:
                column = f"{name}: {descriptor.words}"
                made = _column(column, values[descriptor.evidently], whose)
                found[column] = TextColumn(name, descriptor.words, descriptor.unit, made)
    return found


def _column(name: str, values: FloatArray, whose: Codes | None) -> ColumnProfile:
    numeric, distinct = sorted_profile(np.sort(values))
    whole = bool((values == np.floor(values)).all())
    made = ColumnProfile(
        name=name,
        type=ColumnType.INTEGER if whole else ColumnType.NUMERIC,
        role=Role.FEATURE,
        storage="float64",
        n=len(values),
        missing=0,
        distinct=distinct,
        numeric=numeric,
    )
    return made if whose is None else replace(made, repeats=_repeats(values, whose))


def _repeats(values: FloatArray, whose: Codes) -> Repeats:
    """How texts of one patient repeat each other in ``values``."""
    if len(np.unique(whose)) == len(whose):
        return ONCE
    cut = np.clip(values, *np.quantile(values, TAILS))
    patient = np.unique(whose, return_inverse=True)[1]
    sums = np.asarray(np.bincount(patient, weights=cut - np.median(cut)), dtype=np.float64)
    sizes = np.bincount(patient).astype(np.float64)
    return Repeats(weight(sizes, [sums], [float(cut.var())]), size(sizes))

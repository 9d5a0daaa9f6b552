"""Evidently reads generated texts: its descriptors, one number per text. With ``compare.evidently_scores`` the only file that imports it.

Only descriptors that need no model, no word list and no download: those of Evidently that do (out-of-vocabulary words,
sentiment, similarity) fetch it from the network and are not used.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from golive.model.profile import FloatArray

_log = logging.getLogger(__name__)

MOST_CHARACTERS = 5_000_000
"""Characters read per column of texts: one descriptor looks at each of them in Python."""


@dataclass(frozen=True)
class Descriptor:
    """One of Evidently's descriptors: its class name there, what it counts in words, and the unit of that."""

    evidently: str
    words: str
    unit: str


DESCRIPTORS: tuple[Descriptor, ...] = (
    Descriptor("TextLength", "characters", "characters"),
    Descriptor("WordCount", "words", "words"),
    Descriptor("SentenceCount", "sentences", "sentences"),
    Descriptor("NonLetterCharacterPercentage", "characters that are no letters", "%"),
)


def load() -> Any:
    """``evidently.descriptors`` and ``evidently`` as one namespace; telemetry off before the first import."""
    os.environ["DO_NOT_TRACK"] = "1"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecations inside Evidently's dependencies are not the user's
        import evidently
        import evidently.descriptors
    return evidently


def described(texts: Sequence[str]) -> dict[str, FloatArray]:
    """Evidently's descriptors of ``texts`` (length k, none of them empty), by Evidently's name; arrays of length k.

    One descriptor that fails is left out and takes no other with it.
    """
    if not texts:
        return {}
    import pandas as pd

    evidently = load()
    definition = evidently.DataDefinition(text_columns=["text"])
    found: dict[str, FloatArray] = {}
    for descriptor in DESCRIPTORS:
        made = getattr(evidently.descriptors, descriptor.evidently)("text", alias="value")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                dataset = evidently.Dataset.from_pandas(pd.DataFrame({"text": list(texts)}), data_definition=definition)
                dataset.add_descriptors([made])
                values = dataset.as_dataframe()["value"].to_numpy(dtype=np.float64)
            except Exception as error:  # whatever it does with an odd text, the others still count
                _log.warning("Evidently's %s failed (%s)", descriptor.evidently, type(error).__name__)
                continue
        found[descriptor.evidently] = values
    return found


def within(texts: Sequence[str], most: int = MOST_CHARACTERS) -> list[int]:
    """Positions of texts that are not empty, in order: all of them, or a fixed random choice of at most ``most`` characters."""
    written = [i for i, text in enumerate(texts) if text.strip()]
    if sum(len(texts[i]) for i in written) <= most:
        return written
    order = np.random.default_rng(0).permutation(len(written))
    sizes = np.cumsum([len(texts[written[i]]) for i in order])
    return sorted(written[i] for i in order[: max(1, int(np.searchsorted(sizes, most, side="right")))])

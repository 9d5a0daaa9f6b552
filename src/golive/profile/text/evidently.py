"""Evidently reads generated texts: its descriptors, one number per text and as columns, and its judge, one answer of a model per
text.

With ``compare.evidently_scores`` the only file that imports it. Nothing here opens a connection: the judge is given a
function that asks. Only descriptors that need no model, no word list and no download: those of Evidently that do
(out-of-vocabulary words, sentiment, similarity) fetch it from the network and are not used.
"""

from __future__ import annotations

import json
import logging
import os
import warnings
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from golive.model.columns import ColumnType, Role
from golive.model.config import OutputsConfig
from golive.model.profile import ONCE, ColumnProfile, FloatArray
from golive.profile.numbers import sorted_profile
from golive.profile.repeats import of_texts
from golive.profile.rows.scored import Codes
from golive.profile.text.generated import generated_texts
from golive.settings import resource

if TYPE_CHECKING:
    from golive.intake import Dataset

_log = logging.getLogger(__name__)

MOST_CHARACTERS = 5_000_000
"""Characters read per column of texts: one descriptor looks at each of them in Python."""


@dataclass(frozen=True)
class Descriptor:
    """One of Evidently's descriptors: its name there and the module that computes it, what it counts in words, and the unit."""

    evidently: str
    module: str
    words: str
    unit: str


DESCRIPTORS: tuple[Descriptor, ...] = (
    Descriptor("TextLength", "text_length_feature", "characters", "characters"),
    Descriptor("WordCount", "word_count_feature", "words", "words"),
    Descriptor("SentenceCount", "sentence_count_feature", "sentences", "sentences"),
    Descriptor(
        "NonLetterCharacterPercentage",
        "non_letter_character_percentage_feature",
        "characters that are no letters",
        "%",
    ),
)


@contextmanager
def quiet() -> Iterator[None]:
    """Evidently with telemetry off before its first import, and without the warnings of its dependencies, which are not the user's."""
    os.environ["DO_NOT_TRACK"] = "1"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def described(texts: Sequence[str]) -> dict[str, FloatArray]:
    """Evidently's descriptors of ``texts`` (length k, none of them empty), by Evidently's name; arrays of length k.

    One descriptor that fails is left out and takes no other with it.
    """
    if not texts:
        return {}
    import pandas as pd

    found: dict[str, FloatArray] = {}
    frame = pd.DataFrame({"text": list(texts)})
    with quiet():
        for descriptor in DESCRIPTORS:
            # What the descriptor of this name computes, without ``evidently.descriptors``, which loads all Evidently offers.
            module = import_module(f"evidently.legacy.features.{descriptor.module}")
            try:
                made = getattr(module, descriptor.evidently)("text").generate_feature(frame, None)
                found[descriptor.evidently] = made.iloc[:, 0].to_numpy(dtype=np.float64)
            except Exception as error:  # whatever it does with an odd text, the others still count
                _log.warning(
                    "Evidently's %s failed (%s)", descriptor.evidently, type(error).__name__
                )
    return found


def within(texts: Sequence[str], most: int = MOST_CHARACTERS) -> list[int]:
    """Positions of texts that are not empty, in order: all of them, or a fixed random choice of at most ``most`` characters."""
    written = [i for i, text in enumerate(texts) if text.strip()]
    if sum(len(texts[i]) for i in written) <= most:
        return written
    order = np.random.default_rng(0).permutation(len(written))
    sizes = np.cumsum([len(texts[written[i]]) for i in order])
    return sorted(
        written[i] for i in order[: max(1, int(np.searchsorted(sizes, most, side="right")))]
    )


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
    for name, written in (
        ((outputs.note, texts.note), (outputs.source, texts.source)) if texts else ()
    ):
        if name is None or written is None or texts is None:
            continue
        place = within(written)
        patients = None if texts.unit is None else texts.unit[texts.row[place]]
        values = described([written[i] for i in place])
        for descriptor in DESCRIPTORS:
            if descriptor.evidently in values:
                column = f"{name}: {descriptor.words}"
                made = _profile(column, values[descriptor.evidently], patients)
                found[column] = TextColumn(name, descriptor.words, descriptor.unit, made)
    return found


def _profile(name: str, values: FloatArray, patients: Codes | None) -> ColumnProfile:
    numeric, distinct = sorted_profile(np.sort(values))
    kind = ColumnType.INTEGER if (values == np.floor(values)).all() else ColumnType.NUMERIC
    repeats = ONCE if patients is None else of_texts(values, patients)
    return ColumnProfile(
        name,
        kind,
        Role.FEATURE,
        "float64",
        len(values),
        0,
        distinct,
        numeric=numeric,
        repeats=repeats,
    )


_FAILED = "golive_failed"
UNSURE, MALFORMED = "unsure", "malformed"
AT_ONCE = 4
"""Questions that wait for an answer at the same time."""


@dataclass(frozen=True)
class Reply:
    """What a model said, or why it said nothing: ``text`` is ``None`` and ``reason`` names the failure."""

    text: str | None
    reason: str = ""


Ask = Callable[[Sequence[tuple[str, str]]], Awaitable[Reply]]
"""Sends messages (role, content) to a model; never raises."""


@dataclass(frozen=True)
class Opinion:
    """A model's answer on one output: ``flagged`` is ``None`` where there is none, and ``reason`` says why."""

    flagged: bool | None
    reason: str = ""


def opinions(
    outputs: Sequence[str], sources: Sequence[str], criterion: str, ask: Ask
) -> list[Opinion]:
    """Ask a model one question of every output (length k) beside its source, with Evidently's judge: its prompt, its
    batches, its parser.

    Evidently gives up a whole batch over one answer that it cannot read, so every failure comes back as an answer of its own
    and is counted as "not judged": nothing is ever taken for supported because a model did not answer.
    """
    if not outputs:
        return []
    import pandas as pd

    with quiet():
        from evidently import Dataset  # noqa: F401 - its judge cannot be imported before the rest of it
        from evidently.llm.models import LLMMessage
        from evidently.llm.templates import BinaryClassificationPromptTemplate, Uncertainty
        from evidently.llm.utils.wrapper import LLMResult, LLMWrapper

    asked = yaml.safe_load(resource("data", "text_judge.yaml").read_text(encoding="utf-8"))
    question = asked["questions"][criterion]
    template = BinaryClassificationPromptTemplate(
        criteria=f"{question['criterion']}\n\nSOURCE:\n___source_starts_here___\n{{source}}\n___source_ends_here___",
        target_category=question["positive"],
        non_target_category=question["negative"],
        uncertainty=Uncertainty.UNKNOWN,
        include_reasoning=True,
        pre_messages=[LLMMessage.system(asked["system"])],
    )
    parse = template.get_parser()
    known = {
        question["positive"]: Opinion(True),
        question["negative"]: Opinion(False),
        "UNKNOWN": Opinion(None, UNSURE),
    }

    def read(text: str) -> Opinion:
        try:
            return known.get(str(parse(text)["category"]).strip().upper(), Opinion(None, MALFORMED))
        except Exception:  # whatever a model wrote, it is no answer
            return Opinion(None, MALFORMED)

    class Judge(LLMWrapper):  # type: ignore[misc]
        """Evidently's wrapper around one provider; answers always in a form that its parser takes."""

        async def complete(self, messages: Any, seed: int | None = None) -> Any:
            reply = await ask([(str(m.role), str(m.content)) for m in messages])
            opinion = Opinion(None, reply.reason) if reply.text is None else read(reply.text)
            answer = (
                {_FAILED: opinion.reason}
                if opinion.flagged is None
                else {"category": opinion.flagged}
            )
            return LLMResult(json.dumps(answer), 0, 0)

        def get_batch_size(self) -> int:
            return AT_ONCE

    frame = pd.DataFrame({"output": list(outputs), "source": list(sources)})
    with quiet():
        requests = list(template.iterate_messages(frame, {"output": "input", "source": "source"}))
        answers = Judge().run_batch_sync(requests=requests)
    return [
        Opinion(None, str(a[_FAILED])) if _FAILED in a else Opinion(bool(a["category"]))
        for a in answers
    ]

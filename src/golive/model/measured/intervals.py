"""A number that was measured, with its 95 % interval: by itself, on both sides, and as a share of so many.

A part of a result holds what was measured and nothing else. What was not measured is absent from its JSON, reads as ``None`` or
as an empty part, and never as 0; what was looked at without an answer is ``null``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Protocol, Self

from pydantic import ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from golive.model.columns import Noun


class ResultPart(Noun):
    """Base of the parts of ``Performance``; false when nothing in it was measured."""

    # Keys that only another version writes are passed over when its results are read.
    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={"additionalProperties": False},
        allow_inf_nan=False,
        serialize_by_alias=True,
    )

    @model_serializer(mode="wrap")
    def _what_was_measured(self, whole: SerializerFunctionWrapHandler):  # type: ignore[no-untyped-def]
        # Without a return type the JSON Schema stays that of the fields.
        found = whole(self)
        keys = (key if key in found else name for key, name in self._named())
        return {key: found[key] for key in keys}

    def __bool__(self) -> bool:
        """Whether anything was measured."""
        return bool(self.model_fields_set)

    def _named(self) -> Iterator[tuple[str, str]]:
        """JSON key and name of every field that was measured, in the order of the fields."""
        for name, field in type(self).model_fields.items():
            if name in self.model_fields_set:
                yield field.alias or name, name

    def having(self, **more: Any) -> Self:
        """The same with ``more``, by JSON key, in it.

        Raises:
            TypeError: a key that this part does not have.
        """
        odd = more.keys() - {f.alias or name for name, f in type(self).model_fields.items()}
        if odd:
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(odd))}")
        return type(self).model_validate(self.contents() | more)

    def joined(self, other: ResultPart) -> Self:
        """The same with all that ``other`` holds in its place."""
        return self.having(**other.contents())

    def contents(self) -> dict[str, Any]:
        """What was measured, by JSON key."""
        return {key: getattr(self, name) for key, name in self._named()}


class HasInterval(Protocol):
    """A value with its 95 % interval as statistics give it: NaN where it cannot be computed."""

    @property
    def value(self) -> float:
        """The value."""

    @property
    def low(self) -> float:
        """Lower end."""

    @property
    def high(self) -> float:
        """Upper end."""


def rounded(value: float) -> float:
    """A finite value in six significant digits."""
    return float(f"{value:.6g}")


def number(value: float) -> float | None:
    """A finite value in six significant digits, else ``None``: what JSON carries."""
    return rounded(value) if math.isfinite(value) else None


class Interval(ResultPart):
    """A value with the ends of its 95 % interval; ``None`` for what cannot be known."""

    value: float | None = None
    low: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, found: HasInterval, **more: Any) -> Self:
        """From an estimate, with ``more`` by JSON key."""
        ends = {"value": found.value, "low": found.low, "high": found.high}
        keys = {name: cls.model_fields[name].alias or name for name in ends}
        known = {keys[name]: number(float(value)) for name, value in ends.items()}
        return cls().having(**known, **more)

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return self.value is not None

    @property
    def ends(self) -> tuple[float, float] | None:
        """Both ends of the interval, or ``None`` where one is not known."""
        return None if self.low is None or self.high is None else (self.low, self.high)


class LiveInterval(Interval):
    """A value of live data alone."""

    value: float | None = Field(None, alias="live")
    low: float | None = Field(None, alias="live_low")
    high: float | None = Field(None, alias="live_high")


class LiveValue(Interval):
    """A value of live data beside ``low`` and ``high``, and the ``n`` rows it is of."""

    value: float | None = Field(None, alias="live")
    n: int | None = None


class ShareInterval(Interval):
    """A share (0 to 1) of ``n``."""

    value: float | None = Field(None, alias="share")
    n: int | None = None


class Metric(ResultPart):
    """One figure in training and live data, and live minus training: ``metric.live.value``, ``metric.change.low``.

    ``n_events`` and ``n_nonevents`` are of live data, ``n`` the live rows it rests on where these are not the cases with an
    outcome, ``n_train`` and ``n_live`` the outputs of both sides. ``hidden`` names sides on which the value would give away a
    count of 1 to 10 patients; ``against_floor`` then says what the hidden value says of its floor. ``se`` is the standard error
    of the live value. ``live_at_training_prevalence`` is the live value as it would be at the event rate of training.
    """

    train_value: float | None = Field(None, alias="train")
    train_low: float | None = None
    train_high: float | None = None
    n_train: int | None = None
    live_value: float | None = Field(None, alias="live")
    live_low: float | None = None
    live_high: float | None = None
    n_live: int | None = None
    change_value: float | None = Field(None, alias="change")
    change_low: float | None = Field(None, alias="low")
    change_high: float | None = Field(None, alias="high")
    se: float | None = None
    n: int | None = None
    n_events: int | None = None
    n_nonevents: int | None = None
    hidden: tuple[str, ...] = ()
    against_floor: str | None = None
    live_at_training_prevalence: float | None = None
    live_at_training_prevalence_low: float | None = None
    live_at_training_prevalence_high: float | None = None

    @property
    def train(self) -> Interval:
        """The training value."""
        return Interval(value=self.train_value, low=self.train_low, high=self.train_high)

    @property
    def live(self) -> Interval:
        """The live value."""
        return Interval(value=self.live_value, low=self.live_low, high=self.live_high)

    @property
    def change(self) -> Interval:
        """Live minus training."""
        return Interval(value=self.change_value, low=self.change_low, high=self.change_high)

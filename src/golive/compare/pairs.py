"""Which columns can be compared as distributions, and for the others why not."""

from __future__ import annotations

from dataclasses import dataclass

from golive.model.columns import ColumnType, Role
from golive.model.profile import ColumnProfile, Profile
from golive.model.result import NotAssessed

MINIMUM_VALUES = 20
"""Present values below which a side of a column is not judged."""

_ROLES_LEFT_OUT = {
    Role.ID: "it identifies rows, so its values are expected to differ",
    Role.TIME: "time moves on, so its values are expected to differ",
    Role.IGNORED: "it was set to be ignored",
    Role.MODEL_VERSION: "a new model version is expected to differ",
}
_TYPES_LEFT_OUT = {
    ColumnType.IDENTIFIER: "it looks like an identifier, and identifiers are kept out of comparisons",
    ColumnType.TEXT: "it holds free text, which has no distribution to compare",
    ColumnType.DATETIME: "it holds dates or times, which move on",
    ColumnType.EMPTY: "it holds no values",
}


@dataclass(frozen=True)
class Pair:
    """One column on both sides, comparable as numbers or as categories."""

    train: ColumnProfile
    live: ColumnProfile

    @property
    def name(self) -> str:
        """Name of the column."""
        return self.train.name

    @property
    def is_number(self) -> bool:
        """Whether the values are compared as numbers."""
        return self.train.numeric is not None and self.train.type.is_number

    @property
    def sizes(self) -> tuple[int, int]:
        """Present, comparable values in training and live."""
        if self.is_number:
            return tuple(side.numeric.n if side.numeric else 0 for side in (self.train, self.live))  # type: ignore[return-value]
        return tuple(side.category.n if side.category else 0 for side in (self.train, self.live))  # type: ignore[return-value]

    @property
    def weights(self) -> tuple[float, float]:
        """What one value weighs in training and live, where rows of a patient repeat each other (above 0 to 1)."""
        return weights_of(self.train, self.live)

    @property
    def effective(self) -> tuple[float, float]:
        """Effective sample sizes: as many independent values would say as much."""
        return self.sizes[0] * self.weights[0], self.sizes[1] * self.weights[1]


def weights_of(train: ColumnProfile, live: ColumnProfile) -> tuple[float, float]:
    """What one value weighs in training and live; a side whose values are all the same takes the weight of the other."""
    return _both(train.weight, live.weight)


def missing_weights_of(train: ColumnProfile, live: ColumnProfile) -> tuple[float, float]:
    """What a row's being missing weighs; a side on which all rows or none are missing takes the weight of the other."""
    return _both(train.missing_weight, live.missing_weight)


def _both(train: float | None, live: float | None) -> tuple[float, float]:
    known = next((w for w in (train, live) if w is not None), 1.0)
    return known if train is None else train, known if live is None else live


def left_out(column: ColumnProfile) -> str | None:
    """Why a column is kept out of distribution comparison, or ``None`` when it takes part."""
    if column.error:
        return column.error
    return _ROLES_LEFT_OUT.get(column.role) or _TYPES_LEFT_OUT.get(column.type)


def pair_up(train: Profile, live: Profile) -> tuple[dict[str, Pair], tuple[NotAssessed, ...]]:
    """Comparable columns by name in training order, and every other column with the reason."""
    pairs: dict[str, Pair] = {}
    skipped: list[NotAssessed] = []
    for name, column in train.columns.items():
        other = live.columns.get(name)
        reason = left_out(column) or ((other.error or None) if other else None)
        if reason is None and other is None:
            reason = "live data has no such column"
        if reason is None and other is not None:
            pair = Pair(column, other)
            if column.numeric is None and column.category is None:
                reason = "training values could not be read as numbers or categories"
            else:
                pairs[name] = pair
                continue
        skipped.append(NotAssessed(what=f"distribution of {name}", why=reason or ""))
    skipped.extend(
        NotAssessed(what=f"distribution of {name}", why="training data has no such column")
        for name in live.columns
        if name not in train.columns
    )
    return pairs, tuple(skipped)

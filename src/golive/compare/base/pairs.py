"""Which columns can be compared as distributions, and for the others why not."""

from __future__ import annotations

from dataclasses import dataclass

from golive.model.columns import ColumnType, Role
from golive.model.finding import Effect
from golive.model.profile import ColumnProfile, Profile, Repeats, cell_share
from golive.model.result import NotAssessed
from golive.stats.proportions import newcombe

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
        return self._size(self.train), self._size(self.live)

    def _size(self, side: ColumnProfile) -> int:
        held = side.numeric if self.is_number else side.category
        return held.n if held else 0

    @property
    def weights(self) -> tuple[float, float]:
        """What one value weighs in training and live, where rows of a patient repeat each other (above 0 to 1)."""
        return weights_of(self.train, self.live)

    @property
    def effective(self) -> tuple[float, float]:
        """Effective sample sizes: as many independent values would say as much."""
        return self.sizes[0] * self.weights[0], self.sizes[1] * self.weights[1]


def share_effect(
    name: str,
    rows: tuple[int, int],
    of: tuple[int, int],
    weights: tuple[float, float] = (1.0, 1.0),
    *,
    private: bool = False,
) -> Effect:
    """The share ``rows`` of ``of`` in training and live with Newcombe's 95 % interval of the change.

    Source: Newcombe, Statistics in Medicine 17 (1998) 873, method 10. ``weights`` as in ``weights_of``. With ``private`` the
    share of 1 to 10 rows is left out, and with it the change and its interval.
    """
    low, high = (float(end) for end in newcombe(rows[0], of[0], rows[1], of[1], weights))
    before, now = (
        cell_share(k, n) if private else k / max(1, n) for k, n in zip(rows, of, strict=True)
    )
    interval = (None, None) if before is None or now is None else (low, high)
    return Effect.between(name, before, now, n=of, interval=interval)


def weights_of(train: ColumnProfile, live: ColumnProfile) -> tuple[float, float]:
    """What one value weighs in training and live, above 0 to 1.

    If nothing changed, values of one patient are as alike live as in training, so the smaller side, whose patients are too
    few to say it well, takes the larger likeness of the two: (1 / weight - 1) / (rows of a patient - 1), the intraclass
    correlation of Kish's formula. A side whose values are all the same takes that of the other.
    """
    return _both(train.repeats, live.repeats, train.n <= live.n)


def missing_weights_of(train: ColumnProfile, live: ColumnProfile) -> tuple[float, float]:
    """What a row's being missing weighs in training and live, by the rule of ``weights_of``."""
    return _both(train.missing_repeats, live.missing_repeats, train.n <= live.n)


def _both(train: Repeats, live: Repeats, train_is_smaller: bool) -> tuple[float, float]:
    alike = _alike(train), _alike(live)
    known = [a for a in alike if a is not None]
    most = max(known, default=0.0)
    ours = most if alike[0] is None or train_is_smaller else alike[0]
    theirs = most if alike[1] is None or not train_is_smaller else alike[1]
    return 1 / (1 + (train.size - 1) * ours), 1 / (1 + (live.size - 1) * theirs)


def _alike(side: Repeats) -> float | None:
    """How alike values of one patient are, 0 or more; ``None`` where the side cannot say."""
    if side.weight is None or side.size <= 1:
        return None
    return (1 / side.weight - 1) / (side.size - 1)


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
        reason = left_out(column) or (other.error if other else "live data has no such column")
        if not reason and column.numeric is None and column.category is None:
            reason = "training values could not be read as numbers or categories"
        if reason or other is None:
            skipped.append(NotAssessed(what=f"distribution of {name}", why=reason or ""))
        else:
            pairs[name] = Pair(column, other)
    skipped.extend(
        NotAssessed(what=f"distribution of {name}", why="training data has no such column")
        for name in live.columns
        if name not in train.columns
    )
    return pairs, tuple(skipped)

"""Result formats: results stay stored as they were written and are upgraded when they are read.

An upgrade is a pure function from the JSON of one format to the JSON of the next, kept under the format it starts from.
Format 1 is the only one so far.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from golive.model.errors import Problem, StoreError
from golive.model.result import RESULT_FORMAT, Assessment
from golive.wording.order import in_order

Upgrade = Callable[[dict[str, Any]], dict[str, Any]]
UPGRADES: Mapping[int, Upgrade] = {}


def upgrade(
    result: dict[str, Any],
    *,
    upgrades: Mapping[int, Upgrade] = UPGRADES,
    current: int = RESULT_FORMAT,
) -> dict[str, Any]:
    """Bring the JSON of a result to format ``current``.

    Raises:
        StoreError: ``STORE_NEWER`` when the result is of a later format.
    """
    if result.get("format", 0) > current:
        raise _newer(result)
    while result["format"] < current:
        step = result["format"]
        result = {**upgrades[step](result), "format": step + 1}
    return result


def read(result: dict[str, Any]) -> Assessment:
    """Return the assessment that the JSON of any known format describes, its findings in today's order of urgency.

    Raises:
        StoreError: ``STORE_NEWER`` when the result is of a later format or holds what this version does not know.
    """
    try:
        return in_order(Assessment.model_validate(upgrade(result)))
    except ValidationError:
        raise _newer(result) from None


def _newer(result: dict[str, Any]) -> StoreError:
    sentence = (
        f"This session was written by GoLive {result.get('golive', 'unknown')} in result format "
        f"{result.get('format', 'unknown')}, which this version cannot read."
    )
    hint = "Upgrade GoLive to open it."
    return StoreError(Problem("STORE_NEWER", sentence, hint))

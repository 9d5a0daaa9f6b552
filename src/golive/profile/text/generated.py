"""Generated texts beside their sources and reviewers' labels, in memory while they are checked and nowhere else.

Nothing here is stored, logged or sent. Texts are read for at most ``MOST_TEXTS`` rows of a table (a fixed pseudo-random
choice of rows, the same at every call); labels, which are short, for every row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir
import numpy as np

from golive.intake.base.dataset import columns_of
from golive.model.config import OutputsConfig
from golive.model.profile import IntArray
from golive.profile.fields import as_text
from golive.profile.rows.scored import Codes, positions

if TYPE_CHECKING:
    from golive.intake import Dataset

MOST_TEXTS = 2_000
"""Texts checked per table: a share is then known to about two points, in seconds."""

LONGEST_TEXT = 50_000
"""Characters read of one text."""

_PRIME, _MODULUS = 2_654_435_761, 4_294_967_296
"""Knuth's multiplicative hash of the row number: spreads the chosen rows over the table without a period."""


@dataclass(frozen=True)
class GeneratedTexts:
    """Texts of one table. ``row`` (length k) are positions in the table, ascending; ``note`` and ``source`` have length k.

    A missing text is ``""``; ``source`` is ``None`` when the table has no such column. ``labels`` maps the configured
    names ``label``, ``second_label``, ``severity`` and ``detector`` to all values of that column (length ``rows``), as
    stored. ``unit`` numbers the patient or document of every row; ``None`` where no id is known.
    """

    rows: int
    row: IntArray
    note: tuple[str, ...]
    source: tuple[str, ...] | None
    labels: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    unit: Codes | None = None

    @property
    def sampled(self) -> bool:
        """Whether only some of the rows were read."""
        return len(self.row) < self.rows


def generated_texts(
    dataset: Dataset,
    outputs: OutputsConfig,
    *,
    unit: str | None = None,
    most: int = MOST_TEXTS,
    labels: bool = True,
) -> GeneratedTexts | None:
    """Read the columns that ``outputs`` names; ``None`` when the table has no column of generated text.

    ``unit`` is the column that says of whom a text is. At most ``most`` texts are read. Columns that are named but not in
    this table are left out.
    """
    table = dataset.table
    named = {what: name for what, name in outputs.model_dump().items() if name in dataset.columns}
    if "note" not in named:
        return None
    wanted = {what: named[what] for what in ("note", "source") if what in named}
    numbered = _numbered(dataset, most)
    texts = {what: as_text(numbered[name]).left(LONGEST_TEXT) for what, name in wanted.items()}
    found = columns_of(numbered, {"row": numbered["golive_row"], **texts})
    rows = found["row"].to_numpy().astype(np.int64)
    order = np.argsort(rows, kind="stable")
    ordered = {
        what: tuple(_text(v) for v in found[what].take(order).to_pylist()) for what in wanted
    }
    asked = (
        {what: table[name] for what, name in named.items() if what not in wanted} if labels else {}
    )
    unit_of = {"unit": as_text(table[unit])} if unit in dataset.columns else {}
    return GeneratedTexts(
        rows=dataset.rows,
        row=rows[order],
        note=ordered["note"],
        source=ordered.get("source"),
        labels={
            what: tuple(column.to_pylist()) for what, column in columns_of(table, asked).items()
        },
        unit=positions(columns_of(table, unit_of)["unit"]) if unit_of else None,
    )


def _numbered(dataset: Dataset, most: int) -> ir.Table:
    """The table with its row numbers, cut to about ``most`` rows; all rows when there are no more than that."""
    table = dataset.table.mutate(golive_row=ibis.row_number())
    if dataset.rows <= most:
        return table
    limit = int(_MODULUS * most / dataset.rows)
    return table.filter((table["golive_row"].cast("int64") * _PRIME) % _MODULUS < limit)


def _text(value: str | None) -> str:
    return value if value and value.strip() else ""

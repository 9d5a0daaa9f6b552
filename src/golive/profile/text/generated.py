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
    present = set(dataset.columns)
    if not outputs.note or outputs.note not in present:
        return None
    wanted = {"note": outputs.note}
    if outputs.source and outputs.source in present:
        wanted["source"] = outputs.source
    numbered = _numbered(dataset, most)
    found = numbered.select(
        "golive_row",
        **{what: as_text(numbered[name]).left(LONGEST_TEXT) for what, name in wanted.items()},
    )
    table = found.to_pyarrow()
    rows = table.column("golive_row").to_numpy().astype(np.int64)
    order = np.argsort(rows, kind="stable")
    texts = {k: tuple(_text(v) for v in table.column(k).take(order).to_pylist()) for k in wanted}
    return GeneratedTexts(
        rows=dataset.rows,
        row=rows[order],
        note=texts["note"],
        source=texts.get("source"),
        labels=_labels(dataset, outputs, present) if labels else {},
        unit=_unit(dataset, unit) if unit in present else None,
    )


def _numbered(dataset: Dataset, most: int) -> ir.Table:
    """The table with its row numbers, cut to about ``most`` rows; all rows when there are no more than that."""
    table = dataset.table.mutate(golive_row=ibis.row_number())
    if dataset.rows <= most:
        return table
    limit = int(_MODULUS * most / dataset.rows)
    return table.filter((table["golive_row"].cast("int64") * _PRIME) % _MODULUS < limit)


def _labels(
    dataset: Dataset, outputs: OutputsConfig, present: set[str]
) -> dict[str, tuple[Any, ...]]:
    names = {
        what: name
        for what, name in outputs.model_dump().items()
        if what not in ("note", "source") and name in present
    }
    if not names:
        return {}
    table = dataset.table.select(
        **{what: dataset.table[name] for what, name in names.items()}
    ).to_pyarrow()
    return {what: tuple(table.column(what).to_pylist()) for what in names}


def _unit(dataset: Dataset, name: str | None) -> Codes:
    column = dataset.table[name]
    return positions(dataset.table.select(unit=as_text(column)).to_pyarrow().column("unit"))


def _text(value: str | None) -> str:
    return value if value and value.strip() else ""

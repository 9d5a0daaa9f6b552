"""Citations of all outputs as numbers: how many outputs cite, and which share of what they cite holds."""

from __future__ import annotations

import numpy as np

from golive.model.measured.generated_text import Citations
from golive.model.profile import SMALL_CELL
from golive.stats.estimate import number, units_of
from golive.text.labels import mean_share
from golive.text.side import TextSide

LEAST_CITATIONS = 30
"""Citations below which "all of them hold" says nothing."""


def cited(live: TextSide) -> Citations:
    """What outputs cite, held against their sources.

    ``n`` are citations that could be held against their source, ``held`` the share of them that holds (0 to 1) with its 95 %
    Wilson interval (per patient or output, which may cite several times), ``unchecked`` those whose source numbers nothing,
    ``n_outputs`` the outputs that could be checked, ``citing`` the share of them that cites. Counts of 1 to 10
    are ``None``, and so is a share of so few.
    ``share`` is ``held`` as far as it bears on readiness: always where a citation fails, but "all hold" only with
    ``LEAST_CITATIONS`` or more and none unchecked; else ``None``, and ``why`` says so.
    """
    of = [(c, i) for i, found in enumerate(live.cited) for c in found]
    checked = [(c, i) for c, i in of if c.holds is not None]
    outputs = int(live.checked.sum())
    citing = sum(bool(found) for found in live.cited)
    found = Citations(
        n_outputs=outputs,
        citing=number(citing / outputs) if outputs and _cell(citing) is not None else None,
        n=_cell(len(checked)),
        unchecked=_cell(len(of) - len(checked)),
        share=None,
    )
    if not of:
        return found.having(why="no output cites its source")
    if not checked:
        return found.having(
            why="sources number no notes or lines and have no headings, so what is cited cannot be looked up"
        )
    held = np.array([bool(c.holds) for c, _ in checked], dtype=np.float64)
    place = np.array([i for _, i in checked])
    unit = place if live.texts.unit is None else live.texts.unit[live.texts.row[place]]
    rate = mean_share(held, units_of(unit))
    found = found.having(held=number(rate.value), low=number(rate.low), high=number(rate.high))
    if held.all() and len(checked) < LEAST_CITATIONS:
        return found.having(why=f"fewer than {LEAST_CITATIONS} citations could be checked")
    if held.all() and len(checked) < len(of):
        return found.having(why="some citations point to what their source does not number")
    return found.having(share=number(rate.value), why="")


def _cell(count: int) -> int | None:
    return None if 0 < count < SMALL_CELL else count

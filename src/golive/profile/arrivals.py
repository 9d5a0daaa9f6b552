"""Rows of each site on each day: what shows that one sender fell silent while the others went on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

import ibis.expr.types as ir
import numpy as np

from golive.model.columns import Roles
from golive.model.profile import Arrivals
from golive.profile.fields import as_text, day_text, trimmed
from golive.profile.times import DateReader

MOST_CELLS = 200_000
"""Sites times days read from the engine."""


def arrivals(table: ir.Table, roles: Roles, sites: Sequence[str]) -> tuple[Arrivals, ...]:
    """Rows by day of each of ``sites`` (one grouped query); empty without a site and a time column."""
    if not sites or roles.site not in table.columns or roles.time not in table.columns:
        return ()
    moment = table[roles.time]
    day = moment.cast("date") if moment.type().is_temporal() else day_text(moment)
    keyed = table.select(site=trimmed(as_text(table[roles.site])), day=day).drop_null()
    keyed = keyed.filter(keyed.site.isin(list(sites)))
    groups = keyed.group_by(["site", "day"]).aggregate(rows=keyed.count())
    found = groups.order_by(groups.site, groups.day).limit(MOST_CELLS).to_pyarrow().to_pylist()
    reader = DateReader((r["day"], int(r["rows"])) for r in found if isinstance(r["day"], str))
    held: dict[str, Counter[date]] = {site: Counter() for site in sites}
    for row in found:
        read = reader.read(row["day"])[0] if isinstance(row["day"], str) else row["day"]
        if read is not None:
            held[row["site"]][read] += int(row["rows"])
    return tuple(
        Arrivals(
            site, tuple(sorted(days)), np.array([days[d] for d in sorted(days)], dtype=np.int64)
        )
        for site, days in held.items()
    )

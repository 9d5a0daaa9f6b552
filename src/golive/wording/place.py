"""Where a finding lies and since when, as it is found in slices of live data, and in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from golive.model.facts import Facts
from golive.model.finding import Segment, SliceShare
from golive.wording.text import listing, readable


@dataclass(frozen=True)
class Place:
    """Where a finding lies. ``sites`` are the slices of ``column`` that carry it (empty: everywhere), ``others`` the rest.

    ``site_share`` is the share of the carriers' rows that are concerned, ``after_share`` that of all rows from ``since`` on
    (both 0 to 1); ``exact`` says whether the first day is known to the day.
    """

    column: str = ""
    sites: tuple[str, ...] = ()
    site_share: float = 0.0
    others: str = ""
    since: date | None = None
    exact: bool = True
    after_share: float = 0.0
    slices: tuple[SliceShare, ...] = ()

    @property
    def known(self) -> bool:
        """Whether there is a place or a first day to name."""
        return bool(self.sites) or self.since is not None

    @property
    def segment(self) -> Segment | None:
        """The slice as a segment, when it is one slice."""
        if len(self.sites) != 1:
            return None
        since = self.since.isoformat() if self.since else None
        return Segment(column=self.column, value=self.sites[0], since=since)

    @property
    def words(self) -> str:
        """``at site C3 since 4 Mar``: with a leading blank, empty when it is everywhere and always."""
        return self._words(self.column)

    @property
    def plain(self) -> str:
        """The same for a meeting: the column of the sites as people read it."""
        return self._words(readable(self.column))

    def _words(self, column: str) -> str:
        where = f" at {column} {listing(self.sites, 3)}".replace("  ", " ") if self.sites else ""
        about = "" if self.exact else "about "
        return where + (f" since {about}{self.since.day} {self.since:%b}" if self.since else "")


@dataclass(frozen=True, kw_only=True)
class PlacedFacts(Facts):
    """Facts with a place: segment and slices of the finding are those of ``place``, where it lies and since when."""

    place: Place = field(default_factory=Place)

    def __post_init__(self) -> None:
        object.__setattr__(self, "segment", self.place.segment)
        object.__setattr__(self, "slices", self.place.slices)

"""Profile: a table reduced to numbers. The only code that touches row data at scale."""

from golive.profile.categories import reduced_categories
from golive.profile.numbers import reduced_values
from golive.profile.picture import MOST_COLUMNS, followed, picture, series, side
from golive.profile.table import profile

__all__ = [
    "MOST_COLUMNS",
    "followed",
    "picture",
    "profile",
    "reduced_categories",
    "reduced_values",
    "series",
    "side",
]

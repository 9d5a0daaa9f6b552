"""Profile: a table reduced to numbers. The only code that touches row data at scale."""

from golive.profile.picture import picture, side
from golive.profile.reduce import reduced_categories, reduced_values
from golive.profile.series import MOST_COLUMNS, followed, series
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

"""All Plotly figures: pure functions from parts of an assessment to a figure, each beside the sentence for its ``alt``."""

from golive.report.figures import needs_log
from golive.ui.figures.dimensions import describe_dimensions, dimensions
from golive.ui.figures.distribution import (
    MAX_BARS,
    describe_distribution,
    describe_missing,
    describe_scale,
    distribution,
    missing,
    scale,
)
from golive.ui.figures.slices import (
    MISSING,
    Drawn,
    by_site,
    by_time,
    cut_of,
    describe_by_site,
    describe_by_time,
    describe_slices,
    drawn,
    slices,
    window_word,
)

__all__ = [
    "MAX_BARS",
    "MISSING",
    "Drawn",
    "by_site",
    "by_time",
    "cut_of",
    "describe_by_site",
    "describe_by_time",
    "describe_dimensions",
    "describe_distribution",
    "describe_missing",
    "describe_scale",
    "describe_slices",
    "dimensions",
    "distribution",
    "drawn",
    "missing",
    "needs_log",
    "scale",
    "slices",
    "window_word",
]

"""Figures of reports as SVG, drawn without a browser: the same picture in HTML and PDF."""

from golive.report.figures.column import column_figure
from golive.report.figures.dimensions import dimension_figure
from golive.report.figures.metrics import metric_figure

__all__ = ["column_figure", "dimension_figure", "metric_figure"]

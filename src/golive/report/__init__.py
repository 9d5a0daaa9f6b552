"""Reports of one assessment: the same words and numbers in every form."""

from golive.report.forms import FORMS, KINDS, File, render
from golive.report.sources import Sources, from_assessment, gather

__all__ = ["FORMS", "KINDS", "File", "Sources", "from_assessment", "gather", "render"]

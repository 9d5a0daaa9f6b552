"""Synthetic samples: an emergency-department sepsis alert, its live data, and the truth about what was planted in it.

``names()`` lists the samples, ``write(name, directory)`` writes one. Everything is drawn from a seed; nobody in it exists.

* ``ed-sepsis``    the default: four clinics, every fault at once
* ``clean``        the same process twice, nothing planted
* ``live-data``, ``integration``, ``monitoring``, ``foundations``   one failure mode each, smaller
"""

from golive.samples.catalogue import DEFAULT, Sample, get, names
from golive.samples.generate import SampleFiles, write

__all__ = ["DEFAULT", "Sample", "SampleFiles", "get", "names", "write"]

"""GoLive: is this clinical-AI pilot ready for production, and if not, what is in the way?"""

import os
from pathlib import Path

__version__ = "0.1.0"


def _prefer_avx2_sort() -> None:
    """Keep numpy from its AVX-512 sort on AMD processors, before numpy is imported.

    Compressed stores are slow there: a million doubles sort in 52 ms with AVX-512 and in 9 ms with AVX2 (measured, numpy
    2.4 on an EPYC). Sorting is most of what a profile costs. A setting made outside stays.
    """
    processor = Path("/proc/cpuinfo")
    if "NPY_DISABLE_CPU_FEATURES" in os.environ or not processor.is_file():
        return
    described = processor.read_text(encoding="utf-8", errors="replace")[:8000]
    if "AuthenticAMD" in described and {"avx512f", "avx512_vbmi2"} <= set(described.split()):
        os.environ["NPY_DISABLE_CPU_FEATURES"] = "X86_V4 AVX512_ICL"


_prefer_avx2_sort()

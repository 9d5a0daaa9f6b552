"""Evidently's DataDriftPreset against ``golive assess`` on the same pair of tables. Run by hand: it takes minutes.

    python tests/benchmarks/evidently_million.py [--rows 1000000] [--columns 50] [--profile-only]

Each side runs in a process of its own, so that peak memory is its own. Printed: seconds, peak memory, and the ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

EVIDENTLY = """
import sys, pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset
train, live = (pd.read_parquet(p) for p in sys.argv[1:3])
Report([DataDriftPreset()]).run(live, train).dict()
"""

PROFILE = """
import sys
from golive.intake import infer, read, roles_of
from golive.model.config import Config
from golive.profile import profile
train, live = (read(p) for p in sys.argv[1:3])
specs = infer(train, live, Config())
for side in (train, live):
    profile(side, specs, roles_of(specs))
"""

ASSESS = """
import sys
from golive.cli import main
sys.argv = ["golive", "assess", "--train", sys.argv[1], "--live", sys.argv[2], "--no-store", "--out", sys.argv[3]]
main()
"""


PEAK = """
import atexit, os, resource, sys
def _peak():
    try:
        with open("/proc/self/status") as status:
            peak = next(float(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with open(os.environ["PEAK_FILE"], "w") as file:
        file.write(str(peak))
atexit.register(_peak)
"""


def generate(path: Path, rows: int, columns: int, seed: int) -> Path:
    """Mostly continuous doubles, a tenth whole numbers, a tenth categories; every tenth column is shifted in live data."""
    rng = np.random.default_rng(seed)
    names = np.array([f"v{i}" for i in range(20)])
    data: dict[str, pa.Array | np.ndarray] = {}
    for i in range(columns):
        kind = i % 10
        if kind == 8:
            data[f"n{i}"] = rng.integers(0, 100, rows)
        elif kind == 9:
            data[f"c{i}"] = pa.array(names[rng.integers(0, 20, rows)])
        else:
            data[f"x{i}"] = rng.normal(i, 1 + i / 10, rows) + (0.3 if seed and kind == 0 else 0)
    file = path / f"side{seed}.parquet"
    pq.write_table(pa.table(data), file)
    return file


def run(code: str, *arguments: str) -> dict[str, float]:
    """Run code in a fresh interpreter; wall seconds, processor seconds and peak memory in megabytes.

    The process reports its own peak: what ``wait4`` says of a child begins with the memory of the process that made it.
    """
    with tempfile.NamedTemporaryFile() as peak:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", PEAK + code, *arguments],
            env=os.environ | {"DO_NOT_TRACK": "1", "PEAK_FILE": peak.name},
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):
            sys.exit(f"ended with {process.returncode}: {code.splitlines()[1]}")
        peak_mb = float(peak.read()) / 1e6
    return {"seconds": seconds, "processor": used.ru_utime + used.ru_stime, "peak_mb": peak_mb}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=50)
    parser.add_argument(
        "--profile-only", action="store_true", help="only golive's profile, without Evidently"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        train, live = (
            str(generate(Path(folder), asked.rows, asked.columns, seed)) for seed in (0, 1)
        )
        print(json.dumps({"golive profile, both sides": run(PROFILE, train, live)}))
        if asked.profile_only:
            return
        golive = run(ASSESS, train, live, str(Path(folder) / "out.json"))
        print(json.dumps({"golive assess": golive}))
        evidently = run(EVIDENTLY, train, live)
        print(json.dumps({"evidently DataDriftPreset": evidently}))
        print(
            f"golive is {evidently['seconds'] / golive['seconds']:.1f} times faster (processor: "
            f"{evidently['processor'] / golive['processor']:.1f}), with {golive['peak_mb'] / evidently['peak_mb']:.0%} of the memory"
        )


if __name__ == "__main__":
    main()

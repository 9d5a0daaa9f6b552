"""Print how much of ``src`` a run of the tests went through, by lines and by branches, and fail under the floors.

``python tests/coverage_floor.py build/coverage.json`` reads the report of a whole run. A floor is what was measured when it
was set, rounded down; it is raised when more is covered and never lowered to let a change pass.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

FLOORS = {"lines": 96.0, "branches": 90.0}  # percent


def measured(report: Path) -> dict[str, tuple[int, int]]:
    """What was run and what there is, by kind."""
    totals = json.loads(report.read_text("utf-8"))["totals"]
    return {
        "lines": (totals["covered_lines"], totals["num_statements"]),
        "branches": (totals["covered_branches"], totals["num_branches"]),
    }


def main(report: Path) -> int:
    """Exit code: 1 when a floor is missed."""
    code = 0
    for kind, (run, all_) in measured(report).items():
        share = 100 * run / all_
        missed = share < FLOORS[kind]
        words = (
            f"UNDER the floor of {FLOORS[kind]:.0f} %" if missed else f"floor {FLOORS[kind]:.0f} %"
        )
        print(f"coverage of src: {share:.1f} % of {all_:,} {kind} ({words})")
        code |= missed
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

"""Write ``car_loan.json``: NannyML's estimates on its own car-loan sample, with the sample as counts per score.

Run it in an environment that has ``nannyml==0.13.1`` (Python below 3.13): ``python tests/parity/car_loan.py``; with ``--check``
nothing is written, and it fails where NannyML no longer says what the file holds. No test can ask NannyML itself: it is in no
lock, because it sends usage data and holds back newer versions of what GoLive is built on. The sample is synthetic, ships inside the package and has its licence (Apache-2.0). Its scores have two decimals, so counts per score and
chunk lose nothing that an estimate looks at. NannyML's predictions are the scores of 0.65 and more.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("car_loan.json")
CHUNK = 5_000
METRICS = {"roc_auc": "auroc", "recall": "sensitivity", "precision": "ppv"}


def counts(scores: Any, chosen: Any = None) -> list[int]:
    """Rows per score 0.00, 0.01, ..., 1.00, of the chosen ones."""
    import numpy as np

    at = np.rint(100 * np.asarray(scores, dtype=float)).astype(int)
    return [
        int(c)
        for c in np.bincount(
            at if chosen is None else at[np.asarray(chosen, dtype=bool)], minlength=101
        )
    ]


def made() -> dict[str, Any]:
    """The sample as counts and what NannyML says of it."""
    os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
    warnings.simplefilter("ignore")
    import nannyml
    from sklearn.metrics import roc_auc_score

    reference, analysis, target = nannyml.load_synthetic_car_loan_dataset()
    judge = nannyml.CBPE(
        problem_type="classification_binary",
        y_pred_proba="y_pred_proba",
        y_pred="y_pred",
        y_true="repaid",
        timestamp_column_name="timestamp",
        metrics=list(METRICS),
        chunk_size=CHUNK,
    )
    judge.fit(reference)
    found = judge.estimate(analysis).filter(period="analysis").to_df()
    known = analysis.merge(target, on="id")
    chunks = []
    for i in range(len(found)):
        part = known.iloc[i * CHUNK : (i + 1) * CHUNK]
        estimated = {
            ours: round(float(found[(theirs, "value")].iloc[i]), 6)
            for theirs, ours in METRICS.items()
        }
        realised = round(float(roc_auc_score(part.repaid, part.y_pred_proba)), 6)
        chunks.append(
            {"rows": counts(part.y_pred_proba), "estimated": estimated, "realised_auroc": realised}
        )
    return {
        "origin": f"synthetic car-loan sample of nannyml {nannyml.__version__}, https://github.com/NannyML/nannyml",
        "licence": "Apache-2.0",
        "threshold": 0.65,
        "reference": {
            "rows": counts(reference.y_pred_proba),
            "events": counts(reference.y_pred_proba, reference.repaid == 1),
        },
        "chunks": chunks,
    }


def _numbers(held: dict[str, Any]) -> dict[str, Any]:
    """What the file says, number by number; counts stay together as lists."""
    found = {
        "threshold": held["threshold"],
        **{f"reference {name}": held["reference"][name] for name in held["reference"]},
    }
    for i, chunk in enumerate(held["chunks"]):
        found |= {
            f"chunk {i} {name}": value for name, value in chunk.items() if name != "estimated"
        }
        found |= {
            f"chunk {i} estimated {name}": value for name, value in chunk["estimated"].items()
        }
    return found


def differences(now: dict[str, Any], then: dict[str, Any], most: float = 1e-4) -> list[str]:
    """Names of the numbers that are not as they were written. Counts must be equal, what is computed may move by ``most``."""
    new, old = _numbers(now), _numbers(then)

    def same(a: Any, b: Any) -> bool:
        return abs(a - b) <= most if isinstance(a, float) and isinstance(b, float) else bool(a == b)

    return sorted(
        name for name in new.keys() | old.keys() if not same(new.get(name), old.get(name))
    )


def main(arguments: list[str]) -> None:
    """Write the file, or with ``--check`` say what in it NannyML no longer says."""
    now = made()
    if "--check" in arguments:
        moved = differences(now, json.loads(FILE.read_text(encoding="utf-8")))
        sys.exit("\n".join(moved) or None)
    lines = json.dumps(now).replace('{"rows"', '\n{"rows"').replace(', "chunks"', ',\n"chunks"')
    FILE.write_text(lines + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

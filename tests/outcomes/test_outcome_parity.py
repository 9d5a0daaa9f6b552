"""Between groups: fairlearn's own figures on the rows, and chance that is told from a difference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fairlearn.metrics import (
    demographic_parity_difference,
    demographic_parity_ratio,
    equal_opportunity_difference,
    equalized_odds_difference,
)
from performance_json import json_of

from golive.model.columns import Roles
from golive.model.config import Config
from golive.model.measured.performance import Performance
from golive.outcomes import Outcomes
from golive.outcomes.groups.parity import parity
from golive.outcomes.groups.subgroups import subgroups
from golive.outcomes.model.context import context_of
from golive.outcomes.outcomes import judge_scored
from golive.profile.rows.scored import Coded, Scored

ROLES = Roles(label="y", score="s", groups=("lang",))
CONFIG = Config(roles=ROLES, operating_threshold=0.25)
NAMES = ("ar", "de", "en", "es")


def side(seed: int, *, n: int = 4000, gap: float = 0.0) -> Scored:
    """Four groups; in the last one scores are ``gap`` lower on the log odds than the risk."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(0, 1.2, n) - 1.3
    group = rng.integers(0, 4, n)
    event = rng.random(n) < 1 / (1 + np.exp(-odds))
    score = 1 / (1 + np.exp(-(odds - gap * (group == 3))))
    coded = Coded(NAMES, group.astype(np.int32))
    return Scored(
        rows=n, score=score, label=Coded(("0", "1"), event.astype(np.int32)), slices={"lang": coded}
    )


def found(seed: int, **kind: Any) -> Any:
    out = judge_scored(side(0), side(seed, **kind), ROLES, CONFIG)
    assert out.performance is not None
    (row,) = json_of(out)["parity"]
    return row


def test_differences_are_those_of_fairlearn_on_the_rows() -> None:
    live = side(1, gap=0.8)
    assert live.score is not None
    assert live.label is not None
    row = found(1, gap=0.8)
    given = {
        "y_true": live.label.codes,
        "y_pred": live.score >= 0.25,
        "sensitive_features": live.slices["lang"].codes,
    }
    assert row["groups"] == 4
    assert row["demographic_parity"]["difference"] == pytest.approx(
        demographic_parity_difference(**given), rel=1e-5
    )
    assert row["demographic_parity"]["ratio"] == pytest.approx(
        demographic_parity_ratio(**given), rel=1e-5
    )
    assert row["equal_opportunity"]["difference"] == pytest.approx(
        equal_opportunity_difference(**given), rel=1e-5
    )
    assert row["equalized_odds"]["difference"] == pytest.approx(
        equalized_odds_difference(**given), rel=1e-5
    )
    assert row["equal_opportunity"]["lowest"]["group"] == "es"
    assert row["equal_opportunity"]["beyond_chance"]


def test_equal_groups_seldom_differ_beyond_chance() -> None:
    said = []
    for i in range(60):
        live, out = side(100 + i), Outcomes(performance=Performance())
        context = context_of(live, live, ROLES, CONFIG)
        subgroups(context, out)
        parity(context, out)
        assert out.performance is not None
        said += [
            json_of(out)["parity"][0][q]["beyond_chance"]
            for q in ("demographic_parity", "equal_opportunity")
        ]
    assert 0 < sum(said) <= 14  # 120 questions, one in twenty


def test_groups_too_small_and_no_threshold_are_left_out() -> None:
    out = judge_scored(side(0), side(1, n=300), ROLES, CONFIG)
    assert out.performance is not None
    assert json_of(out)["parity"] == []
    bare = judge_scored(side(0), side(1), ROLES, Config(roles=ROLES))
    assert bare.performance is not None
    assert "parity" not in json_of(bare)

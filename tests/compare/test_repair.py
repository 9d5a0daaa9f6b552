"""What-if: a repair applied to the profile equals a full rerun on rows repaired by the exported SQL and pandas code."""

from __future__ import annotations

import itertools
import warnings
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from golive.compare import compare
from golive.compare.base.pairs import Pair, pair_up
from golive.compare.drift.evidently import scores
from golive.compare.repairs import code as repair_code
from golive.compare.repairs.repair import OPS, Repair, columns_of, repaired
from golive.intake.base.dataset import Dataset, storage_of
from golive.model.columns import ColumnSpec, ColumnType, Roles
from golive.model.config import Config, DriftConfig
from golive.model.errors import InputError
from golive.model.profile import Profile
from golive.profile import profile

_CONNECTION = ibis.duckdb.connect()
_NAMES = itertools.count()
TYPES = {
    "creatinine": ColumnType.NUMERIC,
    "pressure": ColumnType.NUMERIC,
    "route": ColumnType.CATEGORY,
    "lactate": ColumnType.NUMERIC,
    "grade": ColumnType.CATEGORY,
    "dx": ColumnType.CODE,
}
TEXTS = ("lactate",)
"""Number columns that live data stores as text."""


def _stored(frame: pd.DataFrame) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return _CONNECTION.create_table(f"repair_{next(_NAMES)}", frame)


def what_if(
    train: Profile, live: Profile, repairs: list[Repair], drift: DriftConfig
) -> dict[str, float]:
    """Drift scores of the repaired columns, by the scorer that judged them; columns without a score are left out."""
    after = repaired(live, repairs)
    names = dict.fromkeys(name for repair in repairs for name in columns_of(repair))
    pairs = {n: Pair(train.columns[n], after.columns[n]) for n in names if n in train.columns}
    return scores({n: p for n, p in pairs.items() if min(p.sizes) > 0}, drift)[0]


def _profile(table: Any) -> Profile:
    storage = {name: storage_of(dtype) for name, dtype in table.schema().items()}
    rows = int(table.count().execute())
    data = Dataset(
        "frame", "0" * 64, "memory", "duckdb", table, rows, tuple(table.columns), storage
    )
    specs = [ColumnSpec(name=n, type=TYPES[n], storage=storage[n]) for n in table.columns]
    return profile(data, specs, Roles())


def _frame(rng: np.random.Generator, rows: int, *, faulty: bool) -> pd.DataFrame:
    creatinine = rng.lognormal(0, 0.4, rows).round(2)
    pressure = rng.normal(120, 15, rows).round()
    route = rng.choice(["IV", "oral"], rows, p=[0.6, 0.4]).astype(object)
    if faulty:
        creatinine[: rows // 5] *= 88.42
        pressure[rows // 2 : rows // 2 + rows // 20] = -1
        route[: rows // 4] = np.where(route[: rows // 4] == "IV", "iv", route[: rows // 4])
    creatinine[rng.random(rows) < 0.1] = np.nan
    frame = pd.DataFrame({"creatinine": creatinine, "pressure": pressure, "route": route})
    frame.loc[rng.random(rows) < 0.05, "route"] = None
    lactate = (
        pd.Series(rng.lognormal(0.6, 0.5, rows).round(1)).map(lambda v: f"{v:g}").astype(object)
    )
    if faulty:
        lactate[: rows // 10] = rng.choice(
            ["<0.5", "?", "1,5", "4 mmol/L", "-1", " 2.5 "], rows // 10
        )
    lactate[rng.random(rows) < 0.1] = None
    frame["lactate"] = lactate
    frame["grade"] = rng.choice([0.0, 1.0, 2.0, 9.0] if faulty else [0.0, 1.0, 2.0], rows)
    frame.loc[rng.random(rows) < 0.1, "grade"] = np.nan
    frame["dx"] = rng.choice(
        ["E1165", "E11.65", "250", "250.0"] if faulty else ["E11.65", "I10"], rows
    ).astype(object)
    return frame


REPAIRS: list[Repair] = [
    {"op": "convert", "column": "creatinine", "factor": 1 / 88.42, "offset": 0.0, "above": 12.5},
    {"op": "convert", "column": "creatinine", "factor": 0.37, "offset": -0.4, "below": 1.5},
    {"op": "convert", "column": "creatinine", "factor": 88.42, "offset": 0.0},
    {"op": "convert", "column": "pressure", "factor": 5 / 9, "offset": -160 / 9},
    {"op": "set_missing", "column": "pressure", "values": [-1.0]},
    {"op": "set_missing", "column": "pressure", "below": 20.0, "above": 150.0},
    {"op": "set_missing", "column": "pressure", "inside": [-5.0, 100.0]},
    {"op": "set_missing", "column": "route", "values": ["iv"]},
    {"op": "clip", "column": "pressure", "low": 90.0, "high": 140.0},
    {"op": "map", "column": "route", "mapping": {"iv": "IV"}},
    {"op": "recode", "column": "route", "mapping": {"iv": "IV", "oral": "PO"}},
    {
        "op": "convert",
        "column": "pressure",
        "factor": 0.1,
        "offset": 3.0,
        "above": 140.0,
        "below": 60.0,
    },
    {"op": "swap", "columns": ["creatinine", "pressure"]},
    {"op": "map", "column": "lactate", "mapping": {"<0.5": 0.5, "1,5": 1.5, "4 mmol/L": 4.0}},
    {"op": "set_missing", "column": "lactate", "values": ["?", "None"]},
    {"op": "set_missing", "column": "lactate", "values": [-1.0]},
    {"op": "set_missing", "column": "lactate", "values": ["?", -1.0]},
    {"op": "set_missing", "column": "lactate", "below": 0.0},
    {"op": "convert", "column": "lactate", "factor": 9.01, "offset": 0.0},
    {"op": "convert", "column": "lactate", "factor": 0.111, "offset": 0.5, "above": 2.0},
    {"op": "clip", "column": "lactate", "low": 0.5, "high": 3.0},
    {"op": "set_missing", "column": "grade", "values": ["9"]},
    {"op": "map", "column": "grade", "mapping": {"9": "unknown", "0": "none"}},
    {"op": "recode", "column": "dx", "mapping": {"E1165": "E11.65", "250": "E11.9"}},
]


def _by_sql(frame: pd.DataFrame, repairs: list[Repair]) -> Any:
    table = _stored(frame)
    return _CONNECTION.sql(
        repair_code.sql(repairs, list(frame.columns), table.op().name, texts=TEXTS)
    )


def _by_pandas(frame: pd.DataFrame, repairs: list[Repair]) -> pd.DataFrame:
    names: dict[str, Any] = {"live": frame.copy(), "NaN": np.nan}
    exec(repair_code.pandas(repairs, texts=TEXTS), names)
    return pd.DataFrame(names["live"])


def _same(a: Profile, b: Profile) -> None:
    for name, one in a.columns.items():
        other = b.columns[name]
        assert (one.n, one.missing, one.distinct) == (other.n, other.missing, other.distinct), name
        if one.numeric is not None and other.numeric is not None:
            np.testing.assert_array_equal(one.numeric.counts, other.numeric.counts, err_msg=name)
            np.testing.assert_allclose(
                one.numeric.values, other.numeric.values, rtol=1e-13, atol=1e-13
            )
            np.testing.assert_allclose(one.numeric.std, other.numeric.std, rtol=1e-9)
        if one.category is not None and other.category is not None:
            assert one.category.as_dict() == other.category.as_dict()
        assert one.tokens.as_dict() == other.tokens.as_dict(), name


@pytest.mark.parametrize(
    "repair", REPAIRS, ids=lambda r: "-".join(str(v) for v in list(r.values())[:3])
)
def test_profile_sql_and_pandas_agree(repair: Repair) -> None:
    rng = np.random.default_rng(3)
    train, live = _profile(_stored(_frame(rng, 900, faulty=False))), _frame(rng, 600, faulty=True)
    tried = repaired(_profile(_stored(live)), [repair])
    rerun = _profile(_by_sql(live, [repair]))
    _same(tried, rerun)
    _same(tried, _profile(_stored(_by_pandas(live, [repair]))))
    drift = DriftConfig()
    after = what_if(train, _profile(_stored(live)), [repair], drift)
    names = [repair["column"]] if "column" in repair else repair["columns"]
    full = scores(pair_up(train, rerun)[0], drift)[0]
    assert after
    for name in names:
        assert after[name] == pytest.approx(full[name], rel=1e-9)


def test_several_repairs_at_once_equal_a_full_rerun() -> None:
    rng = np.random.default_rng(4)
    chosen = [REPAIRS[0], REPAIRS[4], REPAIRS[9], REPAIRS[13], REPAIRS[16]]
    train, live = _profile(_stored(_frame(rng, 900, faulty=False))), _frame(rng, 600, faulty=True)
    tried = repaired(_profile(_stored(live)), chosen)
    _same(tried, _profile(_by_sql(live, chosen)))
    _same(tried, _profile(_stored(_by_pandas(live, chosen))))
    before = scores(pair_up(train, _profile(_stored(live)))[0], DriftConfig())[0]
    after = what_if(train, _profile(_stored(live)), chosen, DriftConfig())
    assert set(after) == {"creatinine", "pressure", "route", "lactate"}
    assert all(after[name] < 0.1 < before[name] for name in ("creatinine", "pressure", "route"))


def test_every_kind_of_repair_is_tried() -> None:
    assert {r["op"] for r in REPAIRS} | {"deduplicate"} == set(OPS)
    named = {key for r in REPAIRS for key in r}
    assert named >= {"above", "below", "inside", "values", "low", "high", "mapping", "offset"}


@pytest.mark.parametrize("seed", range(3))
def test_any_selection_of_repairs_equals_a_full_rerun(seed: int) -> None:
    """Repairs of all kinds in any order, on the same columns too: profile, SQL and pandas stay one."""
    rng = np.random.default_rng(40 + seed)
    train, live = _profile(_stored(_frame(rng, 900, faulty=False))), _frame(rng, 600, faulty=True)
    chosen = [REPAIRS[i] for i in rng.permutation(len(REPAIRS))[:5]]
    tried = repaired(_profile(_stored(live)), chosen)
    rerun = _profile(_by_sql(live, chosen))
    _same(tried, rerun)
    _same(tried, _profile(_stored(_by_pandas(live, chosen))))
    full = scores(pair_up(train, rerun)[0], DriftConfig())[0]
    for name, after in what_if(train, _profile(_stored(live)), chosen, DriftConfig()).items():
        assert after == pytest.approx(full[name], rel=1e-9), chosen


def test_words_read_as_numbers_equal_a_rerun_on_repaired_text() -> None:
    rng = np.random.default_rng(6)
    clean = _frame(rng, 900, faulty=False)
    text = _frame(rng, 600, faulty=False).assign(
        pressure=lambda f: f["pressure"].astype(int).astype(str)
    )
    text.loc[:59, "pressure"] = "<50"
    text.loc[60:79, "pressure"] = "see note"
    repair: Repair = {"op": "map", "column": "pressure", "mapping": {"<50": 50.0}}
    train, tried = _profile(_stored(clean)), repaired(_profile(_stored(text)), [repair])
    rerun = _profile(_stored(_by_pandas(text, [{**repair, "mapping": {"<50": "50"}}])))
    _same(tried, rerun)
    assert (
        tried.columns["pressure"].tokens.as_dict()
        == rerun.columns["pressure"].tokens.as_dict()
        == {"see note": 20}
    )
    full = scores(pair_up(train, rerun)[0], DriftConfig())[0]
    assert what_if(train, _profile(_stored(text)), [repair], DriftConfig())[
        "pressure"
    ] == pytest.approx(full["pressure"], rel=1e-9)


def test_every_choice_of_proposed_repairs_equals_a_full_rerun() -> None:
    """What the result keeps of repaired columns is what comparing the repaired rows says: alone and several at once."""
    rng = np.random.default_rng(7)
    live = _frame(rng, 2000, faulty=True)
    live.loc[
        live.index[-80:], "creatinine"
    ] = -1.0  # beside the unit mix: two repairs of one column
    train = _profile(_stored(_frame(rng, 3000, faulty=False)))
    said = compare(train, _profile(_stored(live)), Config())
    repairs = {f.id: f.what_if.repair for f in said.findings if f.what_if is not None}
    assert {r["op"] for r in repairs.values()} >= {"convert", "set_missing", "map"}
    assert max(len(one.findings) for one in said.repaired) >= 2
    assert {i for one in said.repaired for i in one.findings} == set(repairs)
    for one in said.repaired:
        rerun = compare(
            train, _profile(_by_sql(live, [repairs[i] for i in one.findings])), Config()
        )
        for column in one.columns:
            full = next(c for c in rerun.columns if c.name == column.name)
            assert column.drift is not None
            assert full.drift is not None
            assert column.drift.verdict is full.drift.verdict
            assert column.drift.score == pytest.approx(full.drift.score, rel=1e-6)
            assert column.drift.p_adjusted == pytest.approx(
                full.drift.p_adjusted, rel=1e-6, abs=1e-12
            )
            assert column.live is not None
            assert full.live is not None
            assert (column.live.missing, column.live.distinct) == (
                full.live.missing,
                full.live.distinct,
            )
            assert column.live.quantiles == pytest.approx(full.live.quantiles)
            assert column.picture == full.picture
        told = {(f.kind, f.columns) for f in one.found}
        active = {
            (f.kind, f.columns)
            for f in rerun.findings
            if f.verdict.value != "quiet"
            and f.columns
            and set(f.columns) <= {c.name for c in one.columns}
        }
        assert told == active, one.findings


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.floats(-1e3, 1e3).map(lambda v: round(v, 2)), min_size=25, max_size=60),
    st.floats(0.01, 100),
    st.floats(-50, 50),
    st.floats(-500, 500),
)
def test_any_conversion_of_part_of_the_values(
    values: list[float], factor: float, offset: float, cut: float
) -> None:
    frame = pd.DataFrame(
        {"creatinine": values, "pressure": values[::-1], "route": ["IV"] * len(values)}
    )
    repair = {
        "op": "convert",
        "column": "creatinine",
        "factor": factor,
        "offset": offset,
        "above": cut,
    }
    tried = repaired(_profile(_stored(frame)), [repair])
    rerun = _profile(_by_sql(frame, [repair]))
    left, right = tried.columns["creatinine"].numeric, rerun.columns["creatinine"].numeric
    assert left is not None
    assert right is not None
    assert left.n == right.n
    assert left.mean == pytest.approx(right.mean, rel=1e-9, abs=1e-9)


def test_findings_carry_the_score_of_a_full_rerun() -> None:
    """What a finding promises is what comparing the repaired rows gives."""
    rng = np.random.default_rng(5)
    train, live = _profile(_stored(_frame(rng, 3000, faulty=False))), _frame(rng, 2000, faulty=True)
    said = compare(train, _profile(_stored(live)), Config())
    tried = [f for f in said.findings if f.what_if is not None and f.what_if.after is not None]
    assert {f.kind for f in tried} >= {"unit_mix", "disguised_missing"}
    for finding in tried:
        assert finding.what_if is not None
        rerun = compare(train, _profile(_by_sql(live, [finding.what_if.repair])), Config())
        column = next(c for c in rerun.columns if c.name == finding.columns[0])
        assert column.drift is not None
        assert finding.what_if.after == pytest.approx(column.drift.score, rel=1e-6)


def test_columns_stored_as_text_are_known_from_the_findings() -> None:
    """The code of a finding runs on the file as it is, without saying which columns are text."""
    rng = np.random.default_rng(7)
    live = _frame(rng, 2000, faulty=True)
    said = compare(
        _profile(_stored(_frame(rng, 3000, faulty=False))), _profile(_stored(live)), Config()
    )
    texts = repair_code.texts_in(said.columns, said.findings)
    assert texts == {"lactate"}
    tried = [
        f.what_if.repair for f in said.findings if f.what_if is not None and "lactate" in f.columns
    ]
    assert any("mapping" in r for r in tried)
    rerun = _CONNECTION.sql(
        repair_code.sql(tried, list(live.columns), _stored(live).op().name, texts=texts)
    )
    _same(repaired(_profile(_stored(live)), tried), _profile(rerun))


def test_deduplicate_drops_equal_rows() -> None:
    frame = pd.DataFrame(
        {"creatinine": [1.0, 1.0, 2.0], "pressure": [5.0, 5.0, 5.0], "route": ["IV", "IV", None]}
    )
    assert len(_by_pandas(frame, [{"op": "deduplicate"}])) == 2
    assert int(_by_sql(frame, [{"op": "deduplicate"}]).count().execute()) == 2


@pytest.mark.parametrize(
    ("repair", "code"),
    [
        ({"op": "convrt", "column": "creatinine"}, "REPAIR_UNKNOWN"),
        ({"op": "convert", "column": "creatinin", "factor": 2.0}, "REPAIR_UNKNOWN"),
        ({"op": "set_missing", "column": "creatinine", "below": 1e9}, "REPAIR_EMPTIES"),
    ],
)
def test_a_repair_that_cannot_be_applied_is_refused(repair: Repair, code: str) -> None:
    live = _profile(_stored(_frame(np.random.default_rng(0), 100, faulty=True)))
    with pytest.raises(InputError) as caught:
        repaired(live, [repair])
    assert caught.value.code == code


def test_names_and_values_are_quoted() -> None:
    frame = pd.DataFrame({'we"ird': ["O'Hara", "b"], "n": [1.0, 2.0]})
    repairs: list[Repair] = [{"op": "map", "column": 'we"ird', "mapping": {"O'Hara": 'x"y'}}]
    assert _by_sql(frame, repairs).execute()['we"ird'].tolist() == ['x"y', "b"]
    assert _by_pandas(frame, repairs)['we"ird'].tolist() == ['x"y', "b"]

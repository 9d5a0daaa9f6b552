"""What registers prove, what events take away, and that neither can be used to make a verdict better than it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, get_args

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from made_facts import column
from worked_example import AS_OF, CONFIG, item

from golive.model.config import Config
from golive.model.errors import InputError
from golive.model.readiness import EvidenceItem, Measurement, Readiness, ReadinessVerdict
from golive.model.registers import (
    Deferral,
    Event,
    EventKind,
    Kpi,
    Manifest,
    OwnerRow,
    Registers,
    ScopeItem,
    ValueLine,
)
from golive.model.result import InputInfo, Inputs
from golive.readiness import Basis, basis, invalidation, load_model, parse_model
from golive.readiness.policy.policy import raw_policy
from golive.readiness.registers import from_registers

SHA = "ab" * 32
INFO = InputInfo(name="t", sha256=SHA, rows=1000, columns=3, kind="csv", engine="duckdb")
INPUTS = Inputs(train=INFO, live=INFO.model_copy(update={"sha256": "cd" * 32}))
ORDER = [
    ReadinessVerdict.STOP,
    ReadinessVerdict.PILOT,
    ReadinessVerdict.CONDITIONAL,
    ReadinessVerdict.READY,
]


def _basis(registers: Registers | None = None, **rest: Any) -> Basis:
    values: dict[str, Any] = {"as_of": AS_OF, "config": CONFIG} | rest
    config = values.pop("config")
    return basis((), (), INPUTS, None, config, registers=registers, **values)


def _level(judged: Readiness, key: str) -> int | None:
    return next(c.level for c in judged.criteria if c.id == key)


def _out(number: int, owner: str = "lead") -> ScopeItem:
    return ScopeItem(id=f"o{number}", item="x", status="not_doing", reason="r", owner=owner)


FULL_SCOPE = (ScopeItem(id="in", item="adults", owner="lead"), *(_out(i) for i in range(5)))


def _reading(criterion: str, **rows: Any) -> from_registers.Reading | None:
    """What registers that hold ``rows`` show of one criterion; DAT-04 has a gate."""
    found = from_registers.readings(
        Registers(**rows), train_sha256="", as_of=AS_OF, tier="H", gates=frozenset({"DAT-04"})
    )
    return found[criterion][1] if criterion in found else None


@pytest.mark.parametrize(
    ("rows", "level"),
    [
        ((), None),
        ((ScopeItem(id="a", item="x", owner="lead"),), 1),
        ((ScopeItem(id="a", item="x"), _out(1, owner="")), 2),
        (FULL_SCOPE[:-1], 2),
        (FULL_SCOPE, 3),
    ],
)
def test_scope(rows: tuple[ScopeItem, ...], level: int | None) -> None:
    read = _reading("SCO-03", scope=rows)
    assert (read.level if read else None) == level


def _deferral(number: int, days: int = 30, **rest: Any) -> Deferral:
    values = {
        "item": "x",
        "reason": "r",
        "owner": "lead",
        "decide_by": AS_OF + timedelta(days),
    } | rest
    return Deferral(id=f"d{number}", **values)


@pytest.mark.parametrize(
    ("rows", "level"),
    [
        ((), None),
        ((_deferral(1, owner=""), _deferral(2, reason=""), _deferral(3)), 1),
        ((_deferral(1), _deferral(2, decide_by=None)), 2),
        ((*tuple(_deferral(i) for i in range(9)), _deferral(10, -1)), 3),
        ((*tuple(_deferral(i) for i in range(9)), _deferral(10, -1, criterion="DAT-04")), 2),
        ((_deferral(1, -5, state="decided"),), 3),
    ],
)
def test_deferrals(rows: tuple[Deferral, ...], level: int | None) -> None:
    read = _reading("SCO-04", deferrals=rows)
    assert (read.level if read else None) == level


def _owner(role: str, full: bool = True) -> OwnerRow:
    rest = (
        {"deputy": "d", "contact": "c", "hours": "day and night", "accepted_on": AS_OF}
        if full
        else {}
    )
    return OwnerRow(id=role, name="n", **rest)


ROLES = ("product", "clinical safety", "data", "operations")


def test_owners() -> None:
    def level(*rows: OwnerRow) -> int | None:
        read = _reading("GOV-01", owners=rows)
        return read.level if read else None

    assert level() is None
    assert level(_owner("product")) == 1
    assert level(*(_owner(r) for r in ROLES[:3]), _owner("operations", full=False)) == 2
    assert level(*(_owner(r) for r in ROLES)) == 3
    assert level(*(_owner(r.title().replace(" ", "_")) for r in ROLES)) == 3


def test_an_empty_register_never_stops_a_pilot() -> None:
    judged = _basis(Registers()).judge()
    assert judged.verdict is ReadinessVerdict.PILOT
    assert _level(judged, "GOV-01") is None
    named = _basis(Registers(owners=(OwnerRow(id="product"),))).judge()
    assert named.verdict is ReadinessVerdict.PILOT


def test_the_history_of_results_is_read_from_the_indicators() -> None:
    """VAL-02: weeks before first use of every indicator of results, with source and comparison."""

    def level(*weeks: float | None, **rest: Any) -> int | None:
        full: dict[str, Any] = {
            "baseline": 6.0,
            "source": "warehouse",
            "comparison": "before_after",
        } | rest
        rows = [
            Kpi(id=f"k{i}", name="n", layer="clinical", baseline_weeks=w, **full)
            for i, w in enumerate(weeks)
        ]
        read = _reading("VAL-02", kpis=(Kpi(id="t", name="t", layer="technical"), *rows))
        return read.level if read else None

    assert level() is None
    assert level(None, None) is None, "nobody has written down how long: the register says nothing"
    assert level(12, None) == 1
    assert level(0) == 0
    assert level(7.5, 30) == 2
    assert (level(8), level(30, 26)) == (3, 3)
    assert level(30, comparison="none") == 2
    assert level(30, source=" ") == 2
    assert level(30, baseline=None) == 0
    kpis = (Kpi(id="k", name="stay", layer="business", baseline=6.0, baseline_weeks=4),)
    judged = _basis(Registers(kpis=kpis)).judge()
    assert _level(judged, "VAL-02") == 2
    names = [i.id for i in _basis(Registers(kpis=kpis)).evidence]
    assert len(set(names)) == len(names)


def test_indicators_and_business_case() -> None:
    full = {
        "definition": "d",
        "baseline": 1.0,
        "target": 2.0,
        "owner": "o",
        "source": "s",
        "linked_check": "DAT-02",
    }
    kpis = tuple(
        Kpi(id=layer, name=layer, layer=layer, **full) for layer in from_registers.KPI_LAYERS
    )  # type: ignore[arg-type]
    for rows, level in ((kpis, 3), (kpis[:3], 2), ((kpis[0],), 0)):
        read = _reading("VAL-01", kpis=rows)
        assert read is not None
        assert read.level == level
    parts = from_registers.COST_PARTS
    costs = tuple(ValueLine(id=p, name=p, part=p, low=1, likely=2, high=3) for p in parts)  # type: ignore[arg-type]
    benefit = ValueLine(id="b", name="b", side="benefit", part="benefit", low=1, likely=2, high=3)
    licence = ValueLine(id="l", name="l", part="licence", low=1, likely=1, high=1)
    for lines, level in (((licence,), 1), (costs, 2), ((*costs, benefit), 3)):
        read = _reading("VAL-03", value=lines)
        assert read is not None
        assert read.level == level


@pytest.mark.parametrize(
    ("manifest", "measured"),
    [
        (Manifest(id="m", train_sha256="00" * 32, code="c", settings="s", owner="o"), 1),
        (Manifest(id="m", train_sha256=SHA.upper(), code="c", settings="s", owner="o"), 3),
        (Manifest(id="m", train_sha256=SHA), 2),
    ],
)
def test_the_training_file_is_compared_with_the_manifest(manifest: Manifest, measured: int) -> None:
    judged = _basis(Registers(manifests=(manifest,)), evidence=[item("DAT-08", 4, "E4")]).judge()
    score = next(c for c in judged.criteria if c.id == "DAT-08")
    assert score.measured == measured
    assert score.level == measured  # the claim of 4 is limited by what the data show
    assert score.claimed == 4


def test_a_match_alone_does_not_prove_lineage() -> None:
    manifest = Manifest(id="m", train_sha256=SHA, code="c", settings="s", owner="o")
    assert _level(_basis(Registers(manifests=(manifest,))).judge(), "DAT-08") == 2


def test_a_filled_register_proves_its_criterion_and_ages() -> None:
    kept = Registers(scope=FULL_SCOPE, changed_on={"scope": AS_OF})
    judged = _basis(kept).judge()
    score = next(c for c in judged.criteria if c.id == "SCO-03")
    assert (score.level, score.measured, score.freshness) == (3, 3, 1.0)
    ttl = load_model().criterion("SCO-03").ttl_days
    old = _basis(kept, as_of=AS_OF + timedelta(days=2 * ttl)).judge()
    assert _level(old, "SCO-03") is None


def test_a_half_filled_register_limits_a_document() -> None:
    judged = _basis(Registers(scope=FULL_SCOPE[:2]), evidence=[item("SCO-03", 3)]).judge()
    assert _level(judged, "SCO-03") == 2


# Events


def _event(kind: EventKind, days_ago: int = 5, **rest: Any) -> Event:
    return Event(id=f"{kind}-{days_ago}", kind=kind, on=AS_OF - timedelta(days_ago), **rest)


@pytest.mark.parametrize("kind", get_args(EventKind))
def test_an_event_touches_criteria_that_exist(kind: EventKind) -> None:
    known = {c.id for c in load_model().criteria} | {d.id for d in load_model().dimensions}
    named = set((load_model().events or {})[kind])
    assert named
    assert named <= known
    assert kind in invalidation.EVENT_WORDS


def test_a_new_model_version_takes_the_ground_from_older_proof() -> None:
    old, new = item("MLO-05", 3, "E3", 30), item("MLO-05", 3, "E3", 2)
    event = _event("model_version_change", model_version="v3")
    judged = _basis(Registers(events=(event,)), evidence=[old]).judge()
    score = next(c for c in judged.criteria if c.id == "MLO-05")
    assert (score.level, score.gate_state) == (None, "unverified")
    assert "no longer counts since a new model version" in score.measurement
    assert _level(_basis(Registers(events=(event,)), evidence=[old, new]).judge(), "MLO-05") == 3
    named = old.model_copy(update={"model_version": "v3"})
    assert _level(_basis(Registers(events=(event,)), evidence=[named]).judge(), "MLO-05") == 3
    untouched = item("SEC-05", 3, "E2", 30)
    assert _level(_basis(Registers(events=(event,)), evidence=[untouched]).judge(), "SEC-05") == 3


def test_an_event_of_tomorrow_changes_nothing_today() -> None:
    event = _event("model_version_change", days_ago=-1)
    assert (
        _level(
            _basis(Registers(events=(event,)), evidence=[item("MLO-05", 3, "E3", 30)]).judge(),
            "MLO-05",
        )
        == 3
    )


def test_what_refutes_outlives_an_event() -> None:
    event = _event("model_version_change")
    evidence = [item("CLN-02", 0, "E2", 30)]
    assert (
        _basis(Registers(events=(event,)), evidence=evidence).judge().verdict
        is ReadinessVerdict.STOP
    )


def _standing(measured: Measurement, event: Event, on: date) -> tuple[Measurement, ...]:
    return invalidation.still_valid(
        [measured], [event], measured_on=on, as_of=AS_OF, model=load_model()
    )


def test_an_own_policy_says_what_an_event_touches() -> None:
    event, old = _event("new_site"), item("MLO-05", 3, "E3", 30)
    shipped = load_model()
    assert _level(_basis(Registers(events=(event,)), evidence=[old]).judge(), "MLO-05") == 3
    own = shipped.model_copy(update={"events": {"new_site": ("MLO",)}})
    assert (
        _level(_basis(Registers(events=(event,)), evidence=[old], model=own).judge(), "MLO-05")
        is None
    )
    silent = shipped.model_copy(update={"events": None})
    gone = item("DAT-04", 3, "E3", 30)
    assert (
        _level(_basis(Registers(events=(event,)), evidence=[gone], model=silent).judge(), "DAT-04")
        is None
    )


def test_an_event_of_a_policy_that_names_nothing_is_refused() -> None:
    raw = raw_policy(load_model())
    raw["events"]["new_site"] = ["DAT-99"]
    with pytest.raises(InputError) as caught:
        parse_model(yaml.safe_dump(raw))
    assert [p.code for p in caught.value.problems] == ["POLICY_UNKNOWN_CRITERION"]
    assert "no criterion and no dimension" in caught.value.problems[0].sentence


def test_measurements_from_before_an_event_are_not_assessed() -> None:
    before, event = AS_OF - timedelta(days=10), _event("code_set_release")
    good, bad = Measurement(criterion="DAT-04", level=4), Measurement(criterion="DAT-04", level=1)
    kept = _standing(good, event, before)
    assert kept[0].level is None
    assert "measure again" in kept[0].reason
    assert _standing(bad, event, before) == (bad,)
    assert _standing(good, event, AS_OF) == (good,)
    other = Measurement(criterion="DAT-06", level=4)
    assert _standing(other, event, before) == (other,)


CRITERIA = [c.id for c in load_model().criteria]
ITEMS = st.builds(
    item,
    st.sampled_from(CRITERIA),
    st.integers(0, 4),
    st.sampled_from(["E0", "E1", "E2", "E3", "E4"]),
    st.integers(0, 400),
)
EVENTS = st.builds(_event, st.sampled_from(get_args(EventKind)), st.integers(0, 300))


@settings(max_examples=60, deadline=None)
@given(st.lists(ITEMS, max_size=80), st.lists(EVENTS, max_size=3))
def test_an_event_never_makes_the_verdict_better(
    evidence: list[EvidenceItem], events: list[Event]
) -> None:
    unique = {i.id: i for i in evidence}.values()
    before = _basis(evidence=list(unique)).judge()
    after = _basis(Registers(events=tuple(events)), evidence=list(unique)).judge()
    assert ORDER.index(after.verdict) <= ORDER.index(before.verdict)
    assert after.coverage <= before.coverage + 1e-9
    assert after.low is not None
    assert before.low is not None
    assert after.low <= before.low + 1e-9


# What-if and speed


def test_a_what_if_is_what_happens_when_it_is_proven() -> None:
    evidence = [item(c, 3, "E2") for c in CRITERIA if c not in ("HND-02", "MLO-05")]
    held = _basis(evidence=evidence)
    then = held.outlook({"HND-02": 3, "MLO-05": 3})
    assert held.outlook({}).open_gates  # both gates are open before
    proven = _basis(
        evidence=[*evidence, item("HND-02", 3, "E4", 0), item("MLO-05", 3, "E4", 0)]
    ).judge()
    assert (then.verdict, then.open_gates) == (proven.verdict, ())
    assert proven.index is not None
    assert then.index == pytest.approx(proven.index)


def test_rescoring_grows_with_the_number_of_items_and_no_faster(cost: Callable[..., float]) -> None:
    events = (_event("model_version_change"), _event("new_site"))
    kept = Registers(scope=FULL_SCOPE, events=events)
    columns = tuple(column(f"c{i}") for i in range(50))

    def rescoring(n: int) -> float:
        items = [
            item(CRITERIA[i % len(CRITERIA)], i % 5, "E2", i % 300).model_copy(
                update={"id": f"e{i}"}
            )
            for i in range(n)
        ]
        return cost(
            lambda: basis(
                (), columns, INPUTS, None, CONFIG, evidence=items, registers=kept, as_of=AS_OF
            ).judge(),
            5,
        )

    few, many = rescoring(1_000), rescoring(10_000)
    print(
        f"\nrescoring 10,000 items costs {many / few:.1f} times as much as 1,000, and {many:.2f} units of fixed work"
    )
    assert many < 15 * few  # what is quadratic would cost a hundred times as much
    assert many < 10


def test_registers_that_are_not_asked_are_left_out() -> None:
    config = Config(
        risk=CONFIG.risk.model_copy(update={"situation": "non_serious", "significance": "inform"})
    )
    judged = _basis(Registers(scope=FULL_SCOPE), config=config).judge()
    assert _level(judged, "SCO-03") == 3


def test_the_clock_alone_changes_the_verdict() -> None:
    model = load_model()
    proof = [item(c.id, 4, "E4", 1) for c in model.criteria]
    ends = AS_OF + timedelta(days=20)
    evidence = [
        i.model_copy(update={"expires": ends}) if i.criterion == "SEC-01" else i for i in proof
    ]
    before, after = (
        _basis(evidence=evidence, as_of=ends + timedelta(days=d)).judge() for d in (0, 1)
    )
    assert before.verdict is ReadinessVerdict.READY
    assert after.verdict is ReadinessVerdict.PILOT
    assert next(c for c in after.criteria if c.id == "SEC-01").gate_state == "unverified"


def test_a_register_is_read_today_however_old_the_data_are() -> None:
    """Two years after the data were measured, an unowned scope still limits what a document claims of it."""
    thin = Registers(scope=(ScopeItem(id="a", item="x"),))
    claim = item("SCO-03", 3)
    for measured_on in (AS_OF, AS_OF - timedelta(days=800)):
        judged = _basis(thin, evidence=(claim,), measured_on=measured_on).judge()
        assert _level(judged, "SCO-03") == 1

"""Coverage of standards counts what is proven now, and two policies differ where their files differ."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import yaml
from worked_example import AS_OF, CONFIG, item

from golive.model.errors import InputError
from golive.model.result import InputInfo, Inputs
from golive.readiness import Basis, basis, load_model, parse_model
from golive.readiness.policy.crosswalk import coverage
from golive.readiness.policy.diff import differences, own_policy
from golive.readiness.policy.policy import raw_policy

INFO = InputInfo(name="t", sha256="ab" * 32, rows=10, columns=1, kind="csv", engine="duckdb")
INPUTS = Inputs(train=INFO, live=INFO)


def _own(**changes: Any) -> dict[str, Any]:
    raw: dict[str, Any] = raw_policy(load_model())
    return raw | {"name": "hospital", "version": "1", "reason": "our tiers"} | changes


def _text(raw: dict[str, Any]) -> str:
    return str(yaml.safe_dump(raw, sort_keys=False, allow_unicode=True))


def test_no_evidence_supports_no_clause() -> None:
    found = coverage(Basis((), CONFIG, as_of=AS_OF).judge())
    assert {c.standard for c in found} == set(load_model().standards)
    assert sum(c.count("supported") + c.count("partly") for c in found) == 0
    rmf = next(c for c in found if c.standard == "RMF")
    assert (len(rmf.clauses), rmf.in_all) == (55, 72)
    assert (
        rmf.sentence
        == "0 of 55 clauses in the crosswalk have current evidence (the standard has 72)."
    )


def test_every_clause_is_supported_when_everything_asked_is_proven() -> None:
    evidence = [item(c.id, 3, "E4") for c in load_model().criteria]
    found = coverage(Basis((), CONFIG, evidence=evidence, as_of=AS_OF).judge())
    assert sum(c.count("partly") + c.count("none") for c in found) == 0
    genai = next(c for c in found if c.standard == "GAI")
    assert genai.count("not_asked") == 1  # this pilot generates no text


def test_a_clause_needs_all_its_criteria_and_loses_them_with_time() -> None:
    def clause(**rest: Any) -> Any:
        found = coverage(Basis((), CONFIG, **rest).judge())
        return next(
            c for s in found if s.standard == "RMF" for c in s.clauses if c.clause == "MP1.1"
        )

    ids = clause(as_of=AS_OF).criteria
    assert len(ids) > 1
    assert clause(as_of=AS_OF, evidence=[item(ids[0], 3, "E4")]).state == "partly"
    everything = [item(i, 3, "E4") for i in ids]
    assert clause(as_of=AS_OF, evidence=everything).state == "supported"
    assert clause(as_of=AS_OF + timedelta(days=3000), evidence=everything).state == "none"


def test_equal_policies_do_not_differ_and_names_are_no_difference() -> None:
    assert differences(load_model(), parse_model(_text(_own()))) == ()


def test_a_changed_value_is_named_by_its_place() -> None:
    raw = _own()
    by_id = {c["id"]: c for c in raw["criteria"]}
    by_id["DAT-04"]["gate"]["H"] = 2
    raw["tiers"]["H"]["allowance"] = 25
    raw["criteria"] = [c for c in raw["criteria"] if c["id"] != "VAL-05"]
    found = {
        d.where: (d.before, d.after) for d in differences(load_model(), parse_model(_text(raw)))
    }
    assert found["criteria.DAT-04.gate.H"] == (3, 2)
    assert found["tiers.H.allowance"] == (20, 25)
    title = load_model().criterion("VAL-05").title
    assert found["criteria.VAL-05"] == (title, None)
    assert len(found) == 3


def test_the_order_of_criteria_is_no_difference() -> None:
    raw = _own()
    raw["criteria"] = raw["criteria"][::-1]
    assert differences(load_model(), parse_model(_text(raw))) == ()


def test_an_own_policy_says_why_and_has_a_name_of_its_own() -> None:
    assert own_policy(_text(_own()), "p.yaml").name == "hospital"
    with pytest.raises(InputError) as caught:
        own_policy(_text(raw_policy(load_model())), "p.yaml")
    assert {p.code for p in caught.value.problems} == {"POLICY_REASON", "POLICY_NAME"}
    raw = _own()
    raw["dimensions"][0]["weights"]["H"] += 1
    with pytest.raises(InputError, match="sum to 101"):
        own_policy(_text(raw), "p.yaml")


def test_evidence_for_what_an_own_policy_leaves_out_does_not_block_it() -> None:
    raw = _own()
    raw["criteria"] = [c for c in raw["criteria"] if c["id"] != "VAL-05"]
    model = parse_model(_text(raw))
    evidence = [item("VAL-05", 3), item("VAL-01", 3)]
    judged = basis(
        (), (), INPUTS, None, CONFIG, evidence=evidence, as_of=AS_OF, model=model
    ).judge()
    assert judged.policy == "hospital 1"
    assert "VAL-05" not in {c.id for c in judged.criteria}
    with pytest.raises(InputError, match="EVIDENCE_CRITERION"):
        basis(
            (), (), INPUTS, None, CONFIG, evidence=[item("VAL-99", 3)], as_of=AS_OF, model=model
        ).judge()

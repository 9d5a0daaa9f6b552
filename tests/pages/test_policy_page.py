"""Policy and standards: an own file is checked, compared and put in force by an administrator; coverage never says conforms."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from golive.model.registers import PolicyFile
from golive.readiness import load_model
from golive.readiness.policy.policy import raw_policy
from golive.store import registers

PAGE = "pages/pilot/policy.py"
FIRST = "00000000-0000-4000-8000-000000000001"
PROJECT = "ed-sepsis-alert"


def _user(role: str) -> dict[str, Any]:
    return {"is_logged_in": True, "email": "x@example.org", "roles": [role]}


def _file(**changes: Any) -> tuple[str, bytes, str]:
    raw = (
        raw_policy(load_model())
        | {"name": "hospital", "version": "1", "reason": "our tiers"}
        | changes
    )
    return "own.yaml", yaml.safe_dump(raw, sort_keys=False).encode(), "application/yaml"


def _bring(app: Any, file: tuple[str, bytes, str]) -> Any:
    return app.file_uploader(key="policy_file").set_value(file).run()


def _said(app: Any) -> str:
    return "\n".join(m.value for m in (*app.markdown, *app.caption)).replace("\\", "")


@pytest.mark.parametrize("role", ["viewer", "reviewer", "admin"])
def test_policy_and_coverage_are_shown_to_everyone(seeded: Any, open_page: Any, role: str) -> None:
    app = open_page(PAGE, session=FIRST, user=_user(role))
    assert not app.exception
    assert "golive-default 2026.11 judges this pilot" in _said(app).replace("*", "")
    shown = next(t.value for t in app.table if "Standard" in t.value)
    assert len(shown) == len(load_model().standards)
    app.selectbox(key="standard").set_value("HIPAA").run()
    assert not app.exception
    everything = " ".join((_said(app), *(str(t.value) for t in app.table))).lower()
    assert not [w for w in ("complies", "compliant", "certified") if w in everything]


def test_an_own_policy_is_compared_and_put_in_force(seeded: Any, open_page: Any) -> None:
    tiers = raw_policy(load_model())["tiers"]
    tiers["H"]["allowance"] = 5
    app = _bring(open_page(PAGE, session=FIRST), _file(tiers=tiers))
    assert not app.exception
    assert any("tiers.H.allowance" in str(t.value).replace("\\", "") for t in app.table)
    app.button(key="policy_put").click().run()
    assert not app.exception
    assert seeded.load(FIRST).readiness.policy == "hospital 1"
    assert seeded.registers.policy(PROJECT).tiers["H"].allowance == 5
    assert "hospital 1 judges this pilot" in _said(app).replace("*", "")
    next(b for b in app.button if "Go back" in b.label).click().run()
    assert not app.exception
    assert seeded.registers.policy(PROJECT) is None
    assert seeded.load(FIRST).readiness.policy == "golive-default 2026.11"


def test_levels_are_worded_as_in_the_policy_that_judged(seeded: Any, open_page: Any) -> None:
    criteria = raw_policy(load_model())["criteria"]
    row = next(c for c in criteria if c["id"] == "HND-02")
    row["levels"] = [f"our anchor {level}" for level in range(5)]
    _bring(open_page(PAGE, session=FIRST), _file(criteria=criteria)).button(
        key="policy_put"
    ).click().run()

    def anchors() -> str:
        app = open_page("pages/verdict/readiness.py", session=FIRST)
        app.selectbox(key="dimension_choice").set_value("HND").run()
        app.session_state["criterion:HND-02"] = True
        app.run()
        assert not app.exception
        return " ".join(str(t.value) for t in app.table)

    assert "our anchor 3" in anchors()
    app = open_page(PAGE, session=FIRST)
    next(b for b in app.button if "Go back" in b.label).click().run()
    assert "our anchor 3" not in anchors()


def test_only_an_administrator_puts_a_policy_in_force(seeded: Any, open_page: Any) -> None:
    app = _bring(open_page(PAGE, session=FIRST, user=_user("reviewer")), _file())
    assert not app.exception
    assert not [b for b in app.button if b.key == "policy_put"]
    assert "An administrator" in _said(app)


def test_a_wrong_policy_says_everything_that_is_wrong(seeded: Any, open_page: Any) -> None:
    dimensions = raw_policy(load_model())["dimensions"]
    dimensions[0]["weights"]["H"] += 5
    app = _bring(open_page(PAGE, session=FIRST), _file(dimensions=dimensions, stage_level=9))
    assert not app.exception
    said = " ".join(e.value for e in app.error)
    assert "sum to 105" in said
    assert "stage" in said
    assert not [b for b in app.button if b.key == "policy_put"]


@pytest.mark.usefixtures("no_sample")
def test_an_empty_store_offers_the_sample_on_policy(open_page: Any) -> None:
    app = open_page(PAGE)
    assert not app.exception
    assert app.button(key="open_sample")


@pytest.mark.parametrize("page", ["pilot/policy", "pilot/scope", "pilot/evidence", "verdict/plan"])
def test_a_stored_policy_that_no_longer_fits_is_told_and_breaks_no_page(
    seeded: Any, open_page: Any, page: str
) -> None:
    old = PolicyFile(name="hospital", version="0", reason="old", text="name: hospital")
    seeded.registers.put(registers.POLICIES, old, project=PROJECT, actor="ana")
    app = open_page(f"pages/{page}.py", session=FIRST)
    assert not app.exception
    assert any("POLICY_MISSING_KEY" in e.value for e in app.error)

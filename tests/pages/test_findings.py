"""Findings: filters and groups, one opened by address or click, and decisions that reach the store."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
import sample_assessment as made

from golive.model.errors import InputError
from golive.model.finding import Segment, Verdict
from golive.ui.live import finding_view, findings
from golive.ui.registers import decisions
from golive.ui.shell.words import NO_BREAK
from golive.wording.order import by_urgency

PAGE = "pages/evidence/findings.py"
FIRST = "00000000-0000-4000-8000-000000000001"
UNIT = "unit_change:creatinine@clinic=C3"
VIEWER = {"is_logged_in": True, "email": "v@example.org", "roles": ["viewer"]}
ALL = list(Verdict)


def _open(app: Any, **query: str) -> Any:
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def _labels(app: Any) -> list[str]:
    return [e.label for e in app.expander]


def test_lists_what_needs_attention_most_urgent_first(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, session=FIRST)
    assert not app.exception
    rows = [label for label in _labels(app) if "Not assessed" not in label]
    assert len(rows) == 6
    assert "creatinine arrives in umol/L" in rows[0]
    assert f"6.1{NO_BREAK}% of live rows" in rows[0]
    assert all("Act" in label or "Watch" in label for label in rows)
    assert next(s.value for s in app.subheader) == "creatinine: one cause (2)".replace(":", "\\:")


def test_the_first_sentence_says_how_many_act_and_who() -> None:
    everything = made.assessment().findings
    acting = [f for f in everything if f.verdict is Verdict.ALARM]
    said = findings.answer(everything)
    assert said.startswith(f"**{len(acting)} of {len(everything)} findings ask")
    assert sum(int(n) for n in re.findall(r"[a-z] (\d+)", said.split("**: ")[1])) == len(acting)
    assert "**1 of 1 finding asks someone to act**: " in findings.answer(acting[:1])
    assert findings.answer(()) == "**Nothing asks anyone to act**; 0 findings to watch."


def test_address_opens_one_finding_whatever_the_filter(seeded: Any, open_page: Any) -> None:
    app = _open(open_page(PAGE, session=FIRST), finding="distribution_shift:age")
    assert not app.exception
    assert any("age is spread as in training" in label for label in _labels(app))


def test_opened_finding_shows_evidence_alternatives_repair_and_owner(
    seeded: Any, open_page: Any
) -> None:
    app = _open(open_page(PAGE, session=FIRST), finding=UNIT)
    assert not app.exception
    text = " ".join(m.value for m in app.markdown)
    assert "Evidence" in text
    assert "Ruled out" in text
    assert "the score falls from 0.91 to 0.020" in text.replace("\\", "")
    assert "Fix (engineering)" in text
    assert "Nothing is left to act on in creatinine" in text
    assert len(app.get("plotly_chart")) == 4  # before, after, by slice, on its scale


def test_a_repair_that_is_tried_stays_on_when_its_row_is_closed(
    seeded: Any, open_page: Any
) -> None:
    app = _open(open_page(PAGE, session=FIRST), finding=UNIT)
    assert not any("tried" in m.value for m in app.markdown)
    app.toggle(key=f"try:{UNIT}").set_value(True).run()
    assert not app.exception
    told = " ".join(m.value for m in app.markdown).replace("\\", "")
    assert "With 1 repair tried" in told
    assert "creatinine: the score goes from 0.91 to 0.020" in told
    assert "Readiness:" in told
    assert [c.language for c in app.code] == ["sql", "python"]
    assert "0.0113096" in app.code[0].value
    _open(app, finding="missing_up:heart_rate")
    assert not app.exception
    assert any("With 1 repair tried" in m.value for m in app.markdown)
    app.button(key="tried_clear").click().run()
    assert not app.exception
    assert not any("tried" in m.value for m in app.markdown)


def test_a_signature_is_kept_with_the_decision(seeded: Any, open_page: Any) -> None:
    app = _open(open_page(PAGE, session=FIRST), finding=UNIT)
    next(t for t in app.text_input if t.label == "Signed by").set_value("A. Reviewer")
    next(b for b in app.button if b.label == "Record the decision").click().run()
    assert not app.exception
    (entry,) = seeded.decisions("ed-sepsis-alert")
    assert entry.item.signed_by == "A. Reviewer"
    assert "by local, signed A. Reviewer: being fixed." in decisions.sentence(entry)


def test_signed_in_reviewers_sign_as_themselves(seeded: Any, open_page: Any) -> None:
    reviewer = {"is_logged_in": True, "email": "r@example.org", "roles": ["reviewer"]}
    app = _open(open_page(PAGE, session=FIRST, user=reviewer), finding=UNIT)
    (field,) = [t for t in app.text_input if t.label == "Signed by"]
    assert (field.value, field.disabled) == ("r@example.org", True)


def test_search_that_matches_nothing_says_what_to_do(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, session=FIRST)
    app.text_input(key="search").set_value("zzz").run()
    assert not app.exception
    assert "clear the search" in app.info[0].value


@pytest.mark.parametrize("by", findings.GROUPINGS)
def test_every_grouping_draws(seeded: Any, open_page: Any, by: str) -> None:
    app = open_page(PAGE, session=FIRST)
    app.button_group(key="group").set_value(by).run()
    assert not app.exception
    assert len(_labels(app)) == 7


def test_unknown_finding_in_the_address_is_ignored(seeded: Any, open_page: Any) -> None:
    app = _open(open_page(PAGE, session=FIRST), finding="nothing:here")
    assert not app.exception
    assert len(_labels(app)) == 7


def test_viewer_reads_and_cannot_decide(seeded: Any, open_page: Any) -> None:
    app = _open(open_page(PAGE, session=FIRST, user=VIEWER), finding=UNIT)
    assert not app.exception
    assert not [b for b in app.button if b.label == "Record the decision"]


def test_a_decision_reaches_the_store_and_marks_the_row(seeded: Any, open_page: Any) -> None:
    app = _open(open_page(PAGE, session=FIRST), finding=UNIT)
    next(t for t in app.text_input if t.label == "Owner").set_value("interface team")
    next(b for b in app.button if b.label == "Record the decision").click().run()
    assert not app.exception
    (entry,) = seeded.decisions("ed-sepsis-alert")
    assert (entry.item.finding, entry.item.action, entry.item.owner) == (
        UNIT,
        "fix",
        "interface team",
    )
    assert any("being fixed" in label for label in _labels(app))


@pytest.mark.usefixtures("no_sample")
def test_empty_store_offers_the_sample(open_page: Any) -> None:
    app = open_page(PAGE)
    assert not app.exception
    assert app.button(key="open_sample")


def test_accepting_without_reason_or_date_names_the_rule() -> None:
    with pytest.raises(InputError, match="needs a reason"):
        decisions.decision_of(
            "f", "accept", reason=" ", owner="", due=date(2027, 1, 1), session="s"
        )
    with pytest.raises(InputError, match="needs a date"):
        decisions.decision_of("f", "defer", reason="", owner="", due=None, session="s")


def test_matching_needs_every_word_and_one_of_the_verdicts() -> None:
    everything = made.findings()
    assert {f.kind for f in findings.matching(everything, ALL, "creatinine C3")} == {"unit_change"}
    assert findings.matching(everything, [Verdict.QUIET], "creatinine") == []
    assert len(findings.matching(everything, ALL)) == len(everything)


def test_groups_lose_no_finding_and_put_the_cause_first() -> None:
    everything = made.findings()
    for by in findings.GROUPINGS:
        groups = findings.grouped(by_urgency(everything), by, everything)
        assert sorted(f.id for _, members in groups for f in members) == sorted(
            f.id for f in everything
        )
    first = findings.grouped(by_urgency(everything), "cause", everything)[0][1]
    assert [f.kind for f in first] == ["unit_change", "distribution_shift"]


def test_sites_are_those_that_carry_a_finding() -> None:
    unit = made.findings()[0]
    assert findings.sites_of(unit, "clinic") == ("C3",)
    assert findings.sites_of(unit.model_copy(update={"segment": None}), "clinic") == ("C3",)
    spread = tuple(s.model_copy(update={"effect": 0.3}) for s in unit.slices)
    assert (
        findings.sites_of(unit.model_copy(update={"segment": None, "slices": spread}), "clinic")
        == ()
    )
    language = unit.model_copy(
        update={"slices": (), "segment": Segment(column="language", value="Spanish")}
    )
    assert findings.sites_of(language, "clinic") == ()


def test_causes_that_point_at_each_other_end() -> None:
    one, two = made.findings()[:2]
    circle = {f.id: f for f in (one.model_copy(update={"cause": two.id}), two)}
    assert findings.root(circle[one.id], circle).id in circle


def test_effect_sentence_has_both_sides_interval_and_rows() -> None:
    missing = next(f for f in made.findings() if f.kind == "missing_up")
    assert missing.effect is not None
    assert finding_view.effect_sentence(missing.effect) == (
        "Missing share: 0 % in training, 28 % in live data; change +28 points (between +27 points and +29 points). "
        "n = 24,000 training and 6,120 live."
    )


def test_few_rows_are_not_counted_out_loud() -> None:
    few = made.findings()[0].model_copy(update={"rows_affected": 4})
    assert findings.size_words(few, made.assessment()) == "1-10 live rows"

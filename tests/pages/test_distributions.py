"""Distributions: the list of columns, one column in full, and Evidently's report only while the data is at hand."""

from __future__ import annotations

from typing import Any

import pytest
import sample_assessment as made

from golive.model.finding import Verdict
from golive.ui.live import columns

PAGE = "pages/evidence/distributions.py"
FIRST = "00000000-0000-4000-8000-000000000001"
VIEWER = {"is_logged_in": True, "email": "v@example.org", "roles": ["viewer"]}


@pytest.mark.parametrize("name", [c.name for c in made.columns()])
def test_every_kind_of_column_draws(seeded: Any, open_page: Any, name: str) -> None:
    app = open_page(PAGE, session=FIRST)
    app.selectbox(key="column_choice").set_value(name).run()
    assert not app.exception
    assert name in app.subheader[0].value.replace("\\", "")


def test_most_urgent_column_comes_first_and_shows_score_and_missing(
    seeded: Any, open_page: Any
) -> None:
    app = open_page(PAGE, session=FIRST, user=VIEWER)
    assert not app.exception
    assert app.selectbox(key="column_choice").value == "creatinine"
    assert len(app.get("plotly_chart")) == 3
    assert any("80 % power" in c.value for c in app.caption)
    assert "373 live values" in " ".join(c.value for c in app.caption)


def test_address_chooses_the_column(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, session=FIRST)
    app.query_params["column"] = "age"
    app.run()
    assert not app.exception
    assert app.subheader[0].value.startswith("age")


def test_logarithmic_shares_draw(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, session=FIRST)
    app.toggle(key="log_shares:creatinine").set_value(True).run()
    assert not app.exception


def test_evidently_report_says_why_it_is_not_there(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, session=FIRST)
    assert any("GoLive keeps no rows" in c.value for c in app.caption)
    assert not [b for b in app.button if b.key == "evidently_build"]


@pytest.mark.usefixtures("no_sample")
def test_empty_store_offers_the_sample(open_page: Any) -> None:
    app = open_page(PAGE)
    assert not app.exception
    assert app.button(key="open_sample")


def test_session_without_columns_says_so(store: Any, open_page: Any) -> None:
    store.save(
        made.assessment().model_copy(update={"columns": ()}), config=made.CONFIG, actor="local"
    )
    app = open_page(PAGE)
    assert not app.exception
    assert "No column was compared" in app.info[0].value


def test_order_is_by_urgency() -> None:
    assessment = made.assessment()
    verdicts = [columns.verdict_of(c, assessment) for c in columns.ordered(assessment)]
    order = [Verdict.ALARM, Verdict.WATCH, Verdict.CANNOT_JUDGE, Verdict.QUIET]
    assert verdicts == sorted(verdicts, key=order.index)


def test_unjudged_column_is_never_quiet() -> None:
    assessment = made.assessment()
    identifier = assessment.column("encounter_id")
    assert identifier is not None
    assert columns.verdict_of(identifier, assessment) is Verdict.CANNOT_JUDGE


def test_list_has_words_and_shapes_for_every_verdict_and_no_suppressed_count() -> None:
    assessment = made.assessment()
    frame = columns.table(columns.ordered(assessment), assessment)
    assert set(frame["Verdict"]) == {"▲ Act", "◆ Watch", "? Cannot judge", "✓ Quiet"}
    creatinine = frame.set_index("Column").loc["creatinine"]
    assert creatinine["Training"][0] == 0  # 1-10 rows, left out
    assert len(creatinine["Training"]) == 20
    assert creatinine["Training"][6] == pytest.approx(100 * 4_800 / 23_800)


def test_a_column_is_drawn_by_site_and_by_week_and_its_gaps_on_request(
    store: Any, open_page: Any
) -> None:
    from golive.model.result import SliceSeries

    def cut(by: str, column: str, values: tuple[str, ...]) -> SliceSeries:
        return SliceSeries(
            by=by, column=column, values=values, n=(400, 373), missing_share=(0.1, 0.3), low=(0.7, 60.0),
            median=(1.0, 88.0), high=(1.3, 110.0),
        )  # fmt: skip

    assessment = made.assessment()
    slices = (
        cut("site", "clinic", ("C1", "C3")),
        cut("time", "recorded_at", ("2026-03-02", "2026-03-09")),
    )
    creatinine = assessment.column("creatinine")
    assert creatinine is not None
    assert creatinine.live is not None
    changed = creatinine.model_copy(
        update={"live": creatinine.live.model_copy(update={"slices": slices})}
    )
    columns_ = tuple(changed if c.name == "creatinine" else c for c in assessment.columns)
    store.save(
        assessment.model_copy(update={"columns": columns_}), config=made.CONFIG, actor="local"
    )
    app = open_page(PAGE)
    assert not app.exception
    assert len(app.get("plotly_chart")) == 5
    captions = [c.value.replace("\\", "") for c in app.caption]
    assert "By clinic" in captions
    assert "By week of recorded_at" in captions
    app.button_group(key="slices_of:creatinine").set_value("missing").run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 5


def test_an_old_session_says_how_to_get_numbers_by_site(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, session=FIRST)
    assert any("assess the data again" in c.value for c in app.caption)

"""Generated text page: empty, assessed, and the review desk whose verdicts reach the store without any text."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "outcomes"))

from judge_server import category, judging

from golive.assess import assess
from golive.intake import read
from golive.model.config import Config, parse_config
from golive.ui.shell.uploads import Upload

PAGE = "pages/evidence/generated_text.py"
SECRET = "Ebenezer"
CONFIG = parse_config(
    {
        "project": "notes",
        "risk": {"flags": ["genai"]},
        "outputs": {"note": "note", "source": "source"},
    }
)


def write(path: Path, ages: list[int], wrong: int) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["case", "source", "note"])
        for i, age in enumerate(ages):
            writer.writerow(
                [
                    i,
                    f"Patient: I am {age}.",
                    f"{SECRET} is {age + 10 * (i < wrong)} years old *and* well.",
                ]
            )
    return path


@pytest.fixture
def session(store: Any, tmp_path: Path) -> tuple[str, Upload]:
    train, live = (
        write(tmp_path / "a.csv", list(range(30, 70)), 0),
        write(tmp_path / "b.csv", list(range(31, 71)), 12),
    )
    with read(train) as old, read(live) as new:
        result = assess(old, new, CONFIG)
    store.save(result, config=CONFIG, actor="local")
    return result.session, Upload("b.csv", live, result.inputs.live.sha256, live.stat().st_size)


def desk(open_page: Any, session: tuple[str, Upload], **options: Any) -> Any:
    app = open_page(PAGE, session=session[0], **options)
    app.session_state["uploads"] = {"live": session[1]}
    app.button_group(key="text_view").set_value("Review outputs").run()
    assert not app.exception
    return app


def shown(app: Any) -> str:
    return "\n".join(
        m.value for kind in (app.markdown, app.caption, app.info, app.error) for m in kind
    )


def test_a_session_without_generated_text_says_how_to_have_it(open_page: Any, seeded: Any) -> None:
    app = open_page(PAGE, session="00000000-0000-4000-8000-000000000001")
    assert not app.exception
    assert "assessed no generated text" in app.info[0].value
    assert "outputs." not in app.info[0].value


def test_the_page_says_first_that_nobody_has_rated(
    open_page: Any, session: tuple[str, Upload]
) -> None:
    app = open_page(PAGE, session=session[0])
    assert not app.exception
    assert "No reviewer has rated live outputs yet" in shown(app)
    assert "of live outputs say something their source does not" in shown(app)
    assert SECRET not in shown(app)


def test_without_the_file_there_is_no_desk(open_page: Any, session: tuple[str, Upload]) -> None:
    app = open_page(PAGE, session=session[0])
    app.button_group(key="text_view").set_value("Review outputs").run()
    assert "bring **b.csv** again" in shown(app)
    assert SECRET not in shown(app)


def test_another_file_under_the_same_name_opens_no_desk(
    open_page: Any, session: tuple[str, Upload], tmp_path: Path
) -> None:
    other = write(tmp_path / "other.csv", list(range(20, 60)), 5)
    app = desk(open_page, (session[0], Upload("b.csv", other, session[1].sha256, 1)))
    assert SECRET not in shown(app)


def test_verdicts_reach_the_store_one_key_each_and_without_text(
    open_page: Any, session: tuple[str, Upload], store: Any
) -> None:
    app = desk(open_page, session)
    assert SECRET in shown(app)
    assert [b.proto.shortcut for b in app.button if b.key.startswith("verdict_")] == [
        "1",
        "2",
        "3",
        "4",
    ]
    for verdict in ("supported", "unsupported", "harmful"):
        app.button(key=f"verdict_{verdict}").click().run()
        assert not app.exception
    kept = [entry.item for entry in store.reviews.of("notes", session[1].sha256)]
    assert [review.verdict for review in kept] == ["supported", "unsupported", "harmful"]
    assert len({review.row for review in kept}) == 3
    assert store.verify_audit().ok
    store.close()
    assert SECRET.encode() not in store.path.read_bytes()


def test_a_second_verdict_on_the_same_text_replaces_the_first(
    open_page: Any, session: tuple[str, Upload], store: Any
) -> None:
    app = desk(open_page, session)
    app.button(key="verdict_supported").click().run()
    app.button(key="review_back").click().run()
    assert "You said: **Supported**" in shown(app)
    app.button(key="verdict_harmful").click().run()
    kept = store.reviews.of("notes", session[1].sha256)
    assert [(entry.item.verdict, entry.revision) for entry in kept] == [("harmful", 2)]


def test_most_marks_first_shows_marked_places_and_does_not_count(
    open_page: Any, session: tuple[str, Upload], store: Any
) -> None:
    app = desk(open_page, session)
    app.button_group(key="review_drawn").set_value("marked").run()
    assert not app.exception
    assert ":orange-background[" in shown(app)
    assert "The source has no" in shown(app)
    app.button(key="verdict_unsupported").click().run()
    assert store.reviews.of("notes", session[1].sha256)[0].item.drawn == "marked"
    assert "No random output is judged yet" in shown(app)


def test_counted_reviews_become_a_revision_of_the_session(
    open_page: Any, session: tuple[str, Upload], store: Any
) -> None:
    app = desk(open_page, session)
    app.button(key="verdict_unsupported").click().run()
    app.button(key="count_reviews").click().run()
    assert not app.exception
    found = store.load(session[0]).measured.generated_text
    assert (found.n_outputs, found.unsupported.value, found.rated_by) == (1, 1, "reviews")
    assert store.card(session[0]).revision == 2


def test_a_viewer_sees_numbers_and_no_desk(open_page: Any, session: tuple[str, Upload]) -> None:
    user = {"is_logged_in": True, "email": "v@example.org", "roles": ["viewer"]}
    app = desk(open_page, session, user=user)
    assert "takes the role reviewer" in shown(app)
    assert SECRET not in shown(app)


def test_the_columns_can_be_chosen_where_the_file_is(
    open_page: Any, store: Any, tmp_path: Path
) -> None:
    path = write(tmp_path / "b.csv", list(range(31, 71)), 12)
    with read(path) as old, read(path) as new:
        result = assess(old, new, Config(project="notes"))
    store.save(result, config=Config(project="notes"), actor="local")
    app = open_page(PAGE, session=result.session)
    app.session_state["uploads"] = {"live": Upload("b.csv", path, result.inputs.live.sha256, 1)}
    app.run()
    app.selectbox(key="outputs_note").set_value("note")
    app.selectbox(key="outputs_source").set_value("source")
    next(b for b in app.button if b.label == "Use these columns").click().run()
    assert not app.exception
    outputs = app.session_state["draft_config"].outputs
    assert (outputs.note, outputs.source, outputs.label) == ("note", "source", None)


def named(app: Any, url: str) -> Any:
    """The page with a judge named in its form."""
    app.selectbox(key="judge_provider").set_value("compatible")
    app.text_input(key="judge_model").set_value("local-model")
    app.text_input(key="judge_address").set_value(url)
    app.number_input(key="judge_sample").set_value(7)
    next(b for b in app.button if b.label == "Use this model").click().run()
    assert not app.exception
    return app


def test_a_model_is_asked_only_after_its_name_and_a_tick(
    open_page: Any, session: tuple[str, Upload], store: Any
) -> None:
    with judging(lambda _p, _b: category("UNSUPPORTED")) as judge:
        app = open_page(PAGE, session=session[0])
        assert "Off: no model is configured" in shown(app)
        app.session_state["uploads"] = {"live": session[1]}
        named(app, judge.url)
        assert "7 live outputs and their sources" in app.warning[0].value
        assert judge.url in app.warning[0].value.replace("\\", "")
        assert app.button(key="ask_judge").disabled
        assert judge.bodies == []
        next(c for c in app.checkbox if c.key.startswith("may_send")).check().run()
        assert judge.bodies == []
        app.button(key="ask_judge").click().run()
        assert not app.exception
        assert len(judge.bodies) == 7
    found = store.load(session[0]).measured.generated_text.judge
    assert (found.judged, found.flagged.value) == (7, 1)
    assert "flags 100 %" in shown(app)
    assert "counts for nothing in the verdict" in shown(app)
    assert store.card(session[0]).revision == 2
    store.close()
    assert SECRET.encode() not in store.path.read_bytes()


def test_a_wrong_address_is_named_and_nothing_is_lost(
    open_page: Any, session: tuple[str, Upload]
) -> None:
    app = open_page(PAGE, session=session[0])
    app.session_state["uploads"] = {"live": session[1]}
    named(app, "http://judge.example.org/v1")
    assert "https only" in shown(app)
    assert app.text_input(key="judge_model").value == "local-model"
    assert not [b for b in app.button if b.key == "ask_judge"]


def test_where_people_sign_in_the_address_is_not_theirs_to_choose(
    open_page: Any, session: tuple[str, Upload], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GOLIVE_TEXT_JUDGE_HOST", raising=False)
    with judging(lambda _p, _b: category("SUPPORTED")) as judge:
        user = {"is_logged_in": True, "email": "r@example.org", "roles": ["reviewer"]}
        app = open_page(PAGE, session=session[0], user=user)
        app.session_state["uploads"] = {"live": session[1]}
        named(app, judge.url)
        next(c for c in app.checkbox if c.key.startswith("may_send")).check().run()
        app.button(key="ask_judge").click().run()
        assert not app.exception
        assert judge.bodies == []
    assert "is not the server that this installation asks" in shown(app)


def test_a_viewer_cannot_name_a_model(open_page: Any, session: tuple[str, Upload]) -> None:
    user = {"is_logged_in": True, "email": "v@example.org", "roles": ["viewer"]}
    app = open_page(PAGE, session=session[0], user=user)
    assert not app.exception
    assert not [t for t in app.text_input if t.key == "judge_model"]


def test_how_outputs_are_written_is_drawn(open_page: Any, session: tuple[str, Upload]) -> None:
    app = open_page(PAGE, session=session[0])
    assert "How it is written" in [h.value for h in app.subheader]
    assert len(app.dataframe[0].value) == 8
    app.selectbox(key="text_descriptor").set_value("source: words").run()
    assert not app.exception


def test_so_few_citing_outputs_that_their_share_is_not_kept_are_told_without_a_number() -> None:
    from golive.model.measured.generated_text import Citations
    from golive.ui.text.text_view import cited

    kept = Citations(held=1.0, low=0.2, high=1.0, n=None, n_outputs=300, share=None, why="too few")
    assert "; fewer than 11 outputs cite." in cited(kept.having(citing=None))
    assert "; 30 % of outputs cite." in cited(kept.having(n=90, citing=0.3))

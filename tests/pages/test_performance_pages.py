"""Performance, Subgroups and Operations: in the sample state, without outcomes, and without any session."""

from __future__ import annotations

from typing import Any

import pytest

PAGES = ("performance", "subgroups", "operations")


@pytest.fixture
def measured(store: Any, tmp_path: Any) -> str:
    """A stored session with scores, outcomes and a serving log."""
    from golive.assess import assess
    from golive.intake import load_config, read
    from golive.samples import write

    files = write("live-data", tmp_path / "files", rows=2000)
    config = load_config(files.config)
    with read(files.train) as train, read(files.live) as live:
        result = assess(train, live, config)
    session: str = store.save(result, config=config, actor="local")
    return session


def test_pages_show_what_was_measured(open_page: Any, measured: str) -> None:
    for page in PAGES:
        app = open_page(f"pages/performance/{page}.py")
        assert not app.exception, app.exception
        assert app.title[0].value == page.capitalize()
        assert app.get("plotly_chart"), page


def test_a_metric_reads_the_same_on_the_page_as_in_reports(
    open_page: Any, measured: str, store: Any
) -> None:
    from golive.wording.metrics import measured as metrics

    table = open_page("pages/performance/performance.py").dataframe[-1].value
    found = metrics(store.load(measured).measured)
    assert table["Measure"].tolist() == [words.label for words, _ in found]
    for (words, metric), live, ends in zip(
        found, table["Live"], table["Live, 95 % interval"], strict=True
    ):
        assert words.side(metric, "live") == f"{live} ({ends})"


@pytest.mark.parametrize("page", PAGES)
def test_pages_say_what_is_needed_when_nothing_was_measured(
    open_page: Any, seeded: Any, page: str
) -> None:
    app = open_page(f"pages/performance/{page}.py")
    assert not app.exception, app.exception
    assert "need" in app.info[0].value


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_empty_without_a_session(open_page: Any, store: Any, page: str) -> None:
    app = open_page(f"pages/performance/{page}.py")
    assert not app.exception, app.exception

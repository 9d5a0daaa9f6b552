"""Reports as HTML in a browser without a network: nothing is asked for, nothing complains, nothing is cut on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sample_assessment as made

from golive.report.base.sources import from_assessment
from golive.report.forms import KINDS, render

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def offline(browser: Any) -> Iterator[Any]:
    context = browser.new_context(offline=True)
    yield context
    context.close()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("kind", KINDS)
def test_html_opens_offline(offline: Any, tmp_path: Path, kind: str, width: int) -> None:
    file = tmp_path / f"{kind}.html"
    file.write_bytes(
        render(from_assessment(made.assessment(), made.CONFIG, sample=True), "html", kind).data
    )
    page = offline.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(file.as_uri())
    assert asked == [file.as_uri()]
    assert complaints == []
    assert page.locator("h1").inner_text()
    assert "not a certification" in page.locator("footer").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for drawing in page.locator("figure svg").all():
        box = drawing.bounding_box()
        assert box is not None
        assert box["width"] > 100
        assert box["height"] > 50
    page.close()

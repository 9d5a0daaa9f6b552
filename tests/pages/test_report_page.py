"""Report: what is shown is what the file holds, for every kind of report and every role."""

from __future__ import annotations

from typing import Any

import pytest
import sample_assessment as made

from golive.report.base.sources import from_assessment, gather
from golive.report.base.verdict import verdict_sentence
from golive.report.forms import FORMS, KINDS, render
from golive.ui.history import report_view
from golive.ui.shell.words import plain

PAGE = "pages/history/report.py"
FIRST = "00000000-0000-4000-8000-000000000001"
VIEWER = {"is_logged_in": True, "email": "v@example.org", "roles": ["viewer"]}


@pytest.mark.parametrize("kind", KINDS)
def test_every_report_is_previewed(seeded: Any, open_page: Any, kind: str) -> None:
    app = open_page(PAGE, session=FIRST)
    app.selectbox(key=report_view.KIND).set_value(kind).run()
    assert not app.exception
    said = "\n".join(m.value for m in app.markdown)
    assert "not a certification" in said
    assert made.assessment().inputs.live.sha256 in said
    if kind in ("report", "memo", "reviewer"):
        assert plain(verdict_sentence(made.readiness())) in said


def test_a_viewer_takes_every_form(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, session=FIRST, user=VIEWER)
    assert not app.exception
    labels = [b.proto.label for b in app.get("download_button")]
    assert len(labels) == 1 + sum(not form.of_kinds for form in FORMS.values())
    assert labels[0] == "Download the full report"


def test_the_file_of_the_page_is_that_of_the_command(seeded: Any) -> None:
    sources = gather(seeded, FIRST)
    assert report_view._data(sources, "html", "memo") == render(sources, "html", "memo").data


def test_gather_reads_what_the_store_holds(seeded: Any) -> None:
    sources = gather(seeded, "00000000-0000-4000-8000-000000000002")
    assert sources.before is not None
    assert sources.before[1] == made.assessment().readiness.index
    assert gather(seeded, FIRST).before is None
    assert sources.config == made.CONFIG
    assert from_assessment(sources.assessment, made.CONFIG).evidence == made.CONFIG.evidence

"""Code releases: lists of codes are shown, added, replaced and removed; a wrong file says why and changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sample_assessment as made

from golive.compare.codes import release_files
from golive.model.result import CodeRelease

PAGE = "pages/pilot/code_releases.py"
VIEWER = {"is_logged_in": True, "email": "v@example.org", "roles": ["viewer"]}
REVIEWER = {"is_logged_in": True, "email": "r@example.org", "roles": ["reviewer"]}
GOOD = b"code,description\nA41.9,text\nI10,text\n"


def put(app: Any, name: str, text: bytes, *, release: str = "FY2019") -> Any:
    """Fill in the form and press its button."""
    app.text_input[0].set_value(release)
    next(iter(app.file_uploader)).upload(name, text)
    app.run()
    return app.button(key="release_add").click().run()


def cells(app: Any, table: int = 0) -> str:
    """The text of a table as a reader sees it."""
    return str(app.table[table].value.to_string()).replace("\\", "").replace("\xa0", " ")


@pytest.mark.parametrize("user", [None, VIEWER, REVIEWER], ids=["local", "viewer", "reviewer"])
def test_without_a_list_the_page_shows_the_one_that_comes_along(
    open_page: Any, store: Any, user: Any
) -> None:
    app = open_page(PAGE, user=user)
    assert not app.exception
    assert [t.value for t in app.title] == ["Code releases"]
    assert "No list was added yet" in app.markdown[0].value
    assert "simple-icd-10-cm" in cells(app)
    assert bool([b for b in app.button if b.key == "release_add"]) is (user is not VIEWER)
    assert any("A reviewer can add" in c.value for c in app.caption) is (user is VIEWER)


def test_a_list_is_added_with_its_origin_replaced_and_removed(
    open_page: Any, store: Any, home: Path
) -> None:
    app = put(open_page(PAGE, user=REVIEWER), "from cms.csv", GOOD)
    assert not app.exception
    assert not app.error
    assert "FY2019\\: 2 codes" in app.success[0].value
    assert "from cms.csv, by r@example.org" in cells(app)
    line = store.audit(limit=1)[0]
    assert (line.action, line.subject, line.actor) == (
        "release.keep",
        "ICD10CM FY2019",
        "r@example.org",
    )
    app.text_input[0].set_value("fy2019").run()
    assert any("would be replaced" in c.value for c in app.caption)
    app = put(app, "again.txt", b"A41.9 Sepsis\nI10 Pressure\nJ18.9 Pneumonia\n", release="fy2019")
    (kept,) = release_files.release_files_in()
    assert kept.release is not None
    assert (kept.name, len(kept.release.codes)) == ("fy2019", 3)
    app.button(key="release_remove").click().run()
    assert release_files.release_files_in() == ()
    assert store.audit(limit=1)[0].action == "release.remove"
    assert store.verify_audit().ok


@pytest.mark.parametrize(
    ("file", "named"),
    [
        (
            ("list.csv", b"code\n250.00\n401.9\n"),
            ("FY 2019", ["RELEASE_NAME", "RELEASE_NOT_CODES"]),
        ),
        (("list.csv", b""), ("FY2019", ["RELEASE_EMPTY"])),
        (("list.csv.gz", b"no archive"), ("FY2019", ["RELEASE_FILE"])),
        (("book.xlsx", b"PK\x03\x04\xff\xfe"), ("FY2019", ["RELEASE_FILE"])),
        (("list.csv", GOOD), ("", ["RELEASE_NAME"])),
    ],
)
def test_a_wrong_file_says_everything_and_changes_nothing(
    open_page: Any,
    store: Any,
    tmp_path: Path,
    file: tuple[str, bytes],
    named: tuple[str, list[str]],
) -> None:
    release, codes = named
    before = tmp_path / "before.csv"
    before.write_bytes(GOOD)
    release_files.register(before, "ICD10CM", "FY2019")
    app = put(open_page(PAGE), *file, release=release)
    assert not app.exception
    assert [code for error in app.error for code in codes if code in error.value] == codes
    assert all("/" not in error.value.split("(")[-1].split(")")[0] for error in app.error), (
        "no path of this machine"
    )
    (kept,) = release_files.release_files_in()
    assert kept.release is not None
    assert len(kept.release.codes) == 2
    assert not [line for line in store.audit() if line.action.startswith("release.")]


def test_a_list_that_was_changed_by_hand_is_said_and_can_be_removed(
    open_page: Any, store: Any, home: Path
) -> None:
    folder = home / "code_releases"
    folder.mkdir()
    (folder / "ICD10CM_FY2019.csv").write_text("code\nnothing\n", encoding="utf-8")
    app = open_page(PAGE)
    assert not app.exception
    assert "ICD10CM FY2019 is not used." in app.error[0].value
    assert "RELEASE_NOT_CODES" in app.error[0].value
    app.button(key="release_remove").click().run()
    assert not app.error


def test_sessions_say_which_list_they_used(open_page: Any, store: Any, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(GOOD)
    kept = release_files.register(path, "ICD10CM", "FY2019")
    said = CodeRelease(
        column="dx",
        system="ICD10CM",
        release="FY2019",
        codes=2,
        sha256=kept.sha256,
        train_outside=0.0,
        n_train=900,
        n_live=500,
    )
    other = said.model_copy(update={"column": "dx2", "sha256": "0" * 64, "live_outside": 0.25})
    store.save(
        made.assessment().model_copy(update={"code_releases": (said, other)}),
        config=made.CONFIG,
        actor="local",
    )
    app = open_page(PAGE)
    assert not app.exception
    text = cells(app, 1)
    assert "fewer than 11 of 500" in text
    assert "25 % of 500" in text
    assert text.count("ICD-10-CM FY2019 (since replaced)") == 1
    app.button(key="release_remove").click().run()
    assert cells(app, 1).count("(since removed)") == 2


def test_a_viewer_is_refused_by_the_service_too(store: Any) -> None:
    from golive.model.errors import ForbiddenError
    from golive.ui.shell.guards import Identity, authorise

    with pytest.raises(ForbiddenError):
        authorise(Identity("v", "viewer", signed_in=True), "reviewer", "add a list of codes")

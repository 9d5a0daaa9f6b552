"""Contract: inferred from the training file, edited into a new version, held against the live file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from golive.contract import infer, versions
from golive.intake import read
from golive.model.config import Config
from golive.ui.pilot import contract_form

PAGE = "pages/pilot/contract.py"


@pytest.fixture
def contract(tmp_path: Path) -> Any:
    pd.DataFrame({"creatinine": [0.9, 1.1, 1.4] * 40, "sex": ["f", "m", "m"] * 40}).to_csv(
        tmp_path / "t.csv", index=False
    )
    with read(tmp_path / "t.csv") as train:
        return infer(train, Config(project="my-pilot"))


def test_without_a_contract_the_page_says_how_to_get_one(open_page: Any, store: Any) -> None:
    app = open_page(PAGE)
    assert not app.exception
    assert [title.value for title in app.title] == ["Contract"]
    assert any("has no contract yet" in m.value for m in app.markdown)


def test_a_kept_contract_is_shown_with_what_is_still_open(
    open_page: Any, store: Any, home: Path, contract: Any
) -> None:
    versions.save(home, contract)
    app = open_page(PAGE)
    assert not app.exception
    assert sum("still open" in m.value for m in app.markdown) == 2
    app.text_input(key="contract_owner").set_value("ICU")
    next(b for b in app.button if "Save" in b.label).click().run()
    assert not app.exception
    newest, first = versions.stored(home, "my-pilot")
    assert (first.version, newest.version, newest.owner) == ("1.0.0", "1.0.1", "ICU")
    line = store.audit(limit=1)[0]
    assert (line.action, line.subject, line.actor) == ("contract.keep", "my-pilot", "local")
    assert line.detail == {"version": "1.0.1", "file_sha256": versions.file_sha256(home, newest)}
    assert store.verify_audit().ok


def test_a_viewer_reads_the_contract_and_changes_nothing(
    open_page: Any, store: Any, home: Path, contract: Any
) -> None:
    versions.save(home, contract)
    app = open_page(
        PAGE, user={"is_logged_in": True, "email": "v@example.org", "roles": ["viewer"]}
    )
    assert not app.exception
    assert app.text_input(key="contract_owner").disabled
    assert not [e for e in app.expander if "Import" in e.label]


def test_keeping_is_refused_to_a_viewer_by_the_service_too(
    store: Any, home: Path, contract: Any
) -> None:
    from golive.model.errors import ForbiddenError
    from golive.settings import Settings
    from golive.ui.shell.guards import Identity

    editor = contract_form.Editor(
        Settings(home=home), store, Identity("v", "viewer", signed_in=True)
    )
    with pytest.raises(ForbiddenError):
        editor.keep(contract)
    assert versions.stored(home, "my-pilot") == ()
    assert store.audit() == ()


def test_a_file_becomes_the_next_version_and_keeps_what_it_said(
    open_page: Any, store: Any, home: Path, contract: Any
) -> None:
    from golive.contract import to_yaml

    versions.save(home, contract)
    app = open_page(PAGE)
    text = to_yaml(contract).replace("status: draft", "status: draft\ntenant: north")
    app.file_uploader(key="contract_file").upload("theirs.yaml", text.encode())
    app.run()
    app.button(key="contract_import").click().run()
    assert not app.exception
    newest = versions.stored(home, "my-pilot")[0]
    assert newest.version == "1.0.1"
    assert "tenant: north" in to_yaml(newest)
    assert any("are kept and written back" in c.value for c in app.caption)


def test_what_is_typed_into_the_table_becomes_terms(contract: Any) -> None:
    table = contract_form.frame(contract)
    words = {"owner": "", "when_uncertain": ""}
    assert contract_form.changed(contract, table, words) == contract
    table.loc[0, "max_missing"] = 12.5
    table.loc[0, "low"] = None
    table.loc[0, "unit"] = "umol/L"
    table.loc[0, "release"] = "2024"
    changed = contract_form.changed(contract, table, words).columns[0]
    assert (changed.max_missing, changed.unit, changed.release) == (0.125, "umol/L", "2024")
    assert changed.range is not None
    assert changed.range[0] == float("-inf")


def test_versions_are_kept_and_never_overwritten(home: Path, contract: Any) -> None:
    from golive.model.errors import InputError

    versions.save(home, contract)
    with pytest.raises(InputError, match="CONTRACT_SAME"):
        versions.save(home, contract)
    other = contract.model_copy(update={"name": "My Pilot!"})
    versions.save(home, other)
    assert len(versions.stored(home, "my-pilot")) == 1
    for file in (home / "contracts").rglob("*.yaml"):
        assert file.stat().st_mode & 0o077 == 0

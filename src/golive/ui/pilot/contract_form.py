"""The Contract page: terms as a table people edit, versions, the file, and the live batch held against them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from golive.contract import (
    Contract,
    changes,
    check,
    from_yaml,
    infer,
    parse_contract,
    to_yaml,
    versions,
)
from golive.model.config import Config
from golive.model.errors import GoLiveError, InputError
from golive.settings import Settings
from golive.store import Store
from golive.store.project import Project
from golive.ui.pilot import data_form, pilot
from golive.ui.pilot.words import WORDS
from golive.ui.shell import components, uploads
from golive.ui.shell.guards import Identity, authorise
from golive.ui.shell.words import plain
from golive.wording.numbers import count

if TYPE_CHECKING:
    import pandas as pd

_LONGEST_FILE = 5_000_000


def stored_versions(project: Project) -> tuple[Contract, ...]:
    """Versions of the project's contract, newest first; a kept file that no longer reads is said and ends the page."""
    try:
        return project.contracts
    except GoLiveError as error:
        components.error_box(error)
        st.stop()


@dataclass(frozen=True)
class Editor:
    """Who works on the contract of which data folder; every version that is kept gets a line in the audit chain."""

    settings: Settings
    store: Store
    who: Identity

    @property
    def may(self) -> bool:
        """Whether this person may change the contract."""
        return self.who.may("reviewer")

    def keep(self, contract: Contract) -> Contract:
        """Keep the next version. Raises ForbiddenError for a viewer, InputError when nothing changed, StoreError."""
        authorise(self.who, "reviewer", "change the contract")
        new = versions.save(self.settings.home, contract)
        digest = versions.file_sha256(self.settings.home, new)
        self.store.note_contract(
            project=new.name, version=new.version, file_sha256=digest, actor=self.who.name
        )
        return new


def start(config: Config, editor: Editor) -> None:
    """No contract yet: infer one from the training file, or bring an ODCS file."""
    if not editor.may:
        st.caption("A reviewer can infer or import one.")
        return
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True):
        st.markdown("**From training data.** What the model has seen is what it may be given.")
        train = uploads.files().get("train")
        icon = ":material/auto_awesome:"
        if train is None:
            st.caption("Bring training data on the Data page first.")
        elif st.button("Infer the contract", key="contract_infer", type="primary", icon=icon):
            with components.errors_shown():
                with (
                    st.spinner("Looking at every column"),
                    data_form.opened(train, editor.settings) as dataset,
                ):
                    made = infer(dataset, config)
                editor.keep(made)
                st.rerun()
    with right, st.container(border=True):
        st.markdown("**From a file.** ODCS v3, as `golive contract infer` and catalogues write it.")
        _import(config, editor)


def _import(config: Config, editor: Editor) -> None:
    file = st.file_uploader(
        "Contract file",
        type=["yaml", "yml"],
        key="contract_file",
        max_upload_size=5,
        label_visibility="collapsed",
    )
    if file is not None and st.button("Import", key="contract_import", icon=":material/upload:"):
        with components.errors_shown():
            text = file.read(_LONGEST_FILE).decode("utf-8-sig", errors="replace")
            contract = from_yaml(text, Path(file.name).name)
            editor.keep(contract.model_copy(update={"name": config.project}))
            st.rerun()


def edit(contract: Contract, editor: Editor) -> None:
    """Owner, what happens when the model is uncertain, and the terms of every column."""
    may = editor.may
    for point in contract.open_points:
        st.markdown(f":orange-badge[:material/help: still open] {point.split(' (')[0]}")
    with st.form("contract_form", border=True):
        left, right = st.columns(2, gap="medium")
        owner = left.text_input(
            "Owner of the result",
            key=pilot.seeded("contract_owner", contract.owner),
            max_chars=120,
            disabled=not may,
        )
        unsure = right.text_input(
            "When the model is uncertain",
            key=pilot.seeded("contract_unsure", contract.when_uncertain),
            placeholder="No alert is shown; the nurse screens as before.",
            max_chars=400,
            disabled=not may,
        )
        edited = st.data_editor(
            frame(contract),
            key=f"contract_terms_{contract.name}_{contract.version}",
            hide_index=True,
            width="stretch",
            disabled=["name", "type", "values"] if may else True,
            column_config=dict(WORDS.terms),
            placeholder="–",
        )
        label, icon = "Save as new version", ":material/save:"
        if st.form_submit_button(label, disabled=not may, icon=icon) and may:
            with components.errors_shown():
                words = {"owner": owner, "when_uncertain": unsure}
                new = editor.keep(changed(contract, edited, words))
                said = f"Version {new.version}: {'; '.join(changes(contract, new)[:6])}."
                st.session_state["contract_said"] = said
                st.rerun()


def frame(contract: Contract) -> pd.DataFrame:
    """The terms as the table that is edited; shares in percent."""
    import pandas as pd

    rows = [
        {
            "name": c.name,
            "type": c.type.value,
            "unit": c.unit or "",
            "low": c.range[0] if c.range else None,
            "high": c.range[1] if c.range else None,
            "system": c.system or "",
            "release": c.release or "",
            "values": ", ".join(c.values),
            "max_missing": round(100 * c.max_missing, 4),
            "max_invalid": round(100 * c.max_invalid, 4),
        }
        for c in contract.columns
    ]
    return pd.DataFrame(rows).astype({"low": "float64", "high": "float64"})


def changed(contract: Contract, edited: pd.DataFrame, words: dict[str, str]) -> Contract:
    """``contract`` with what was typed into the table in place.

    Raises:
        InputError: ``CONTRACT_VALUE`` for every value that is wrong.
    """
    columns = []
    for terms, row in zip(contract.columns, edited.to_dict("records"), strict=True):
        low, high = _given(row["low"]), _given(row["high"])
        ends = (-math.inf if low is None else low, math.inf if high is None else high)
        limits = None if low is None and high is None else ends
        shares = {k: _share(row[k], getattr(terms, k)) for k in ("max_missing", "max_invalid")}
        said = {k: str(row[k] or "").strip() or None for k in ("unit", "system", "release")}
        columns.append(terms.model_dump() | said | shares | {"range": limits})
    return parse_contract(contract.model_dump() | words | {"columns": columns})


def _given(cell: Any) -> float | None:
    """A number of the table; ``None`` for an emptied cell."""
    return None if cell is None or math.isnan(float(cell)) else float(cell)


def _share(percent: Any, before: float) -> float:
    """A share from its percent; an emptied cell keeps what it was."""
    given = _given(percent)
    return before if given is None else round(given / 100, 8)


def check_live(contract: Contract, settings: Settings) -> None:
    """The live file of this session held against the contract: every violation with its rows and share."""
    st.caption(
        "Every assessment of this pilot is held against the newest version; what breaks it is a finding."
    )
    live = uploads.files().get("live")
    if live is None:
        st.caption("Bring live data on the Data page to hold it against this contract.")
        return
    if not st.button(f"Check {plain(live.name)}", key="contract_check", icon=":material/rule:"):
        return
    try:
        with st.spinner("Counting"), data_form.opened(live, settings) as dataset:
            found = check(contract, dataset)
    except InputError as error:
        components.error_box(error)
        return
    if found.holds:
        st.success(f"Every term holds in {count(found.rows)} rows.", icon=":material/check_circle:")
    for violation in found.violations:
        st.markdown(f"- {plain(violation.sentence)}")
    if found.unlisted:
        st.caption(f"Not in the contract: {plain(', '.join(found.unlisted[:20]))}")
    for what in found.not_checked:
        st.caption(f"Not checked: {plain(what)}")


def version_history(known: tuple[Contract, ...], config: Config, editor: Editor) -> None:
    """What changed from version to version, newest first, the newest as a file, and a file as the next version."""
    newest = known[0]
    if newest.source:
        st.caption(
            "Fields of the imported file that GoLive does not read are kept and written back."
        )
    st.download_button(
        "Download (ODCS v3)",
        to_yaml(newest),
        file_name=f"contract-{newest.version}.yaml",
        mime="application/yaml",
        icon=":material/download:",
        key="contract_download",
    )
    if editor.may:
        with st.expander("Import a file as the next version", icon=":material/upload:"):
            _import(config, editor)
    for new, old in pairwise(known):
        st.markdown(f"- **{new.version}** {plain('; '.join(changes(old, new)[:8]))}")

"""Evidently's own report, built on demand from data that is still at hand, and only handed to the reader, never stored.

Its HTML carries raw values, so it exists for as long as the browser session that asked for it.
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import streamlit as st

from golive.model.config import Config
from golive.model.errors import InputError, Problem
from golive.ui.shell import uploads
from golive.ui.shell.components import errors_shown
from golive.ui.shell.guards import Current
from golive.ui.shell.words import plain

_BUILT = "evidently_report"


def build(train: Path, live: Path, config: Config) -> str:
    """Read and profile both files and return Evidently's drift and summary report as one HTML page.

    Raises:
        InputError: a file cannot be read, or no column has values on both sides (``NOTHING_TO_COMPARE``).
    """
    from golive.compare.base.pairs import pair_up
    from golive.compare.drift.evidently import report_html
    from golive.intake import infer, read, roles_of
    from golive.profile import profile

    with read(train) as train_data, read(live) as live_data:
        specs = infer(train_data, live_data, config)
        roles = roles_of(specs)
        pairs, _ = pair_up(profile(train_data, specs, roles), profile(live_data, specs, roles))
        try:
            return report_html(pairs, config.drift)
        except ValueError as error:
            raise InputError(
                Problem("NOTHING_TO_COMPARE", f"Evidently has nothing to report: {error}.")
            ) from None


def at_hand(where: Current) -> tuple[Path, Path] | None:
    """The uploaded files of this browser session when they are the ones that were assessed (same SHA-256)."""
    kept, inputs = uploads.files(), where.assessment.inputs
    train, live = kept.get("train"), kept.get("live")
    if train and live and (train.sha256, live.sha256) == (inputs.train.sha256, inputs.live.sha256):
        return train.path, live.path
    return None


def offer(where: Current) -> None:
    """Offer the report, build it when asked, and otherwise say why it is not available."""
    session = where.session
    held: tuple[str, str] | None = st.session_state.get(_BUILT)
    with st.expander("Evidently's own report", icon=":material/description:"):
        if held and held[0] == session:
            st.download_button(
                "Download the report (HTML)",
                data=held[1],
                file_name=f"evidently-{session[:8]}.html",
                mime="text/html",
                icon=":material/download:",
                on_click="ignore",
                key="evidently_download",
            )
            st.caption("The file holds values of single columns. Treat it like the data.")
            return
        files = at_hand(where)
        if files is None and not where.sample:
            st.caption(
                "Not available: GoLive keeps no rows, and the report needs them. Upload the same two files again on the "
                "Data page, or run Evidently where the data lies."
            )
            return
        st.caption(
            "Scores on these pages come from Evidently. Its full report is built from the rows, which takes a while."
        )
        if not st.button("Build the report", key="evidently_build", icon=":material/build:"):
            return
        with errors_shown(), st.spinner("Building Evidently's report"):
            st.session_state[_BUILT] = (session, _from(files, where))
            st.rerun()


def _from(files: tuple[Path, Path] | None, where: Current) -> str:
    if files is not None:
        return build(*files, where.config)
    from golive import samples

    # The sample is the same on every machine, so it can be written again when nobody has kept it.
    with tempfile.TemporaryDirectory() as folder:
        written = samples.write(samples.names()[0].name, Path(folder))
        inputs = where.assessment.inputs
        for path, info in ((written.train, inputs.train), (written.live, inputs.live)):
            if hashlib.sha256(path.read_bytes()).hexdigest() != info.sha256:
                name, hint = plain(path.name), "Assess the sample again on the Data page."
                sentence = f"The sample file {name} is no longer the one that was assessed."
                raise InputError(Problem("SAMPLE_CHANGED", sentence, hint))
        return build(written.train, written.live, where.config)

"""From two kept files to a stored session, saying all the while what is being done."""

from __future__ import annotations

import streamlit as st

from golive.assess import assess
from golive.intake import load_config, read
from golive.model.columns import ColumnSpec
from golive.model.config import Config
from golive.model.errors import GoLiveError
from golive.settings import Settings
from golive.store import Store
from golive.store.project import Project
from golive.ui.pilot import data_form, pilot
from golive.ui.shell import components, uploads
from golive.ui.shell.guards import Identity, authorise


def run(store: Store, config: Config, who: Identity, settings: Settings) -> str | None:
    """Assess the kept files and store the session. Returns its id, or ``None`` after showing every problem.

    The files and the roles stay whatever happens.
    """
    kept = uploads.files()
    allowed = data_form.limits(settings)
    with st.status("Assessing", expanded=True) as status:
        bar = st.progress(0.0, text="reading the files")

        def tell(fraction: float, sentence: str) -> None:
            bar.progress(min(max(fraction, 0.0), 1.0), text=sentence)

        try:
            authorise(who, "reviewer", "assess data")
            with (
                read(
                    kept["train"].path,
                    name=kept["train"].name,
                    limits=allowed,
                    views=config.fhir_views,
                ) as train,
                read(
                    kept["live"].path,
                    name=kept["live"].name,
                    limits=allowed,
                    views=config.fhir_views,
                ) as live,
            ):
                result = assess(
                    train,
                    live,
                    config,
                    Project(store, config.project, settings.home).for_assessment(config),
                    progress=tell,
                )
            sample = kept["train"].sample and kept["live"].sample
            store.save(result, config=config, actor=who.name, sample=sample)
        except GoLiveError as error:
            status.update(label="The data could not be assessed", state="error")
            components.error_box(error)
            return None
        status.update(label="Assessed", state="complete")
    return result.session


def use_sample(settings: Settings) -> None:
    """Put the files of the sample pilot into both drop zones, with its definition."""
    from tempfile import TemporaryDirectory

    from golive.samples import DEFAULT, write

    with st.spinner("Writing the sample: a synthetic sepsis alert"), TemporaryDirectory() as place:
        written = write(DEFAULT, place)
        uploads.put("train", written.train, settings.home)
        uploads.put("live", written.live, settings.home)
        pilot.put(load_config(written.config))


def ready_config(
    config: Config, specs: tuple[ColumnSpec, ...], inferred: tuple[ColumnSpec, ...]
) -> Config | None:
    """The configuration to assess with, or ``None`` after showing which roles contradict each other."""
    try:
        return pilot.with_columns(config, specs, inferred)
    except GoLiveError as error:
        components.error_box(error)
        return None

"""The Data page: two drop zones, what was read, what each column is, what a missing role would unlock, and the assessment."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from golive.intake import Dataset, Limits, infer, load_config, read
from golive.intake.base.dataset import explain_damage
from golive.model.columns import ColumnSpec, ColumnType, Role, Roles
from golive.model.config import Config
from golive.model.errors import GoLiveError, InputError, Problem
from golive.settings import Settings
from golive.store import Store
from golive.store.project import Project
from golive.ui.pilot import pilot
from golive.ui.pilot.words import WORDS
from golive.ui.shell import components, uploads
from golive.ui.shell.guards import Identity, authorise
from golive.ui.shell.uploads import Side, Upload
from golive.ui.shell.words import plain
from golive.wording.numbers import count, plural, spelled

if TYPE_CHECKING:
    import pandas as pd

SIDES: dict[Side, str] = {"train": "Training data", "live": "Live data"}
ASKED: dict[Side, str] = {
    "train": "What the model was trained on",
    "live": "What the model receives now",
}
PREVIEW_ROWS = 5
_UNDERSTOOD_KEY = "understood"
_CHOICES_KEY = "column_choices"
_PROBLEMS_KEY = "upload_problems"


@dataclass(frozen=True)
class Read:
    """What is kept of a file that was read: size, notes, and the first rows for the person who brought it."""

    rows: int
    columns: int
    preview: pd.DataFrame
    notes: tuple[Problem, ...]

    @property
    def size(self) -> str:
        """Rows and columns in words."""
        return f"{count(self.rows)} rows, {plural(self.columns, 'column')}"


@dataclass(frozen=True)
class Understood:
    """Both files as read, what each column was taken for, and every problem of either file."""

    files: dict[Side, Read]
    inferred: tuple[ColumnSpec, ...]
    problems: tuple[Problem, ...]
    config: Config
    refused: bool = False
    """Whether the roles of the configuration did not fit, so that they were left to be guessed."""


def opened(upload: Upload, settings: Settings, config: Config | None = None) -> Dataset:
    """Read an upload under the name its owner gave it; a compressed one may grow to four times the upload limit.

    Raises:
        InputError: everything that is wrong with the file.
    """
    limits = Limits(bytes=4 * settings.max_upload_bytes)
    views = config.fhir_views if config else ()
    return read(upload.path, name=upload.name, limits=limits, views=views)


def drop_zones(settings: Settings, understood: Understood) -> None:
    """Training left, live right. A file that was taken is named with its size and can be taken back."""
    problems: dict[Side, tuple[Problem, ...]] = st.session_state.setdefault(_PROBLEMS_KEY, {})
    for column, (side, title) in zip(st.columns(2, gap="medium"), SIDES.items(), strict=True):
        icon = ":material/database:" if side == "train" else ":material/sensors:"
        with column, st.container(border=True, key=f"zone_{side}"):
            st.badge(title, icon=icon, color="gray" if side == "train" else "blue")
            kept = uploads.files().get(side)
            if kept:
                _taken(side, kept, understood.files.get(side))
            else:
                _zone(side, settings, problems)
            for problem in problems.get(side, ()):
                components.error_box(InputError(problem))


def _zone(side: Side, settings: Settings, problems: dict[Side, tuple[Problem, ...]]) -> None:
    # Without ``type``: the widget would cut its list of endings and refuse a file by its MIME type, in no words of ours.
    file = st.file_uploader(
        ASKED[side], key=uploads.next_key(side), max_upload_size=settings.max_upload_mb
    )
    st.caption("CSV, TSV, Parquet, JSON, NDJSON, Excel or FHIR; text also as gz or zst.")
    if file is None:
        return
    problems.pop(side, None)
    try:
        uploads.accept(side, file, settings.home, settings.max_upload_bytes)
    except InputError as error:
        problems[side] = error.problems
    st.rerun()


def _taken(side: Side, kept: Upload, found: Read | None) -> None:
    st.markdown(f"**{plain(kept.name)}** · {found.size if found else _size(kept.size)}")
    st.caption(f"Kept on this machine until you leave. SHA-256 {kept.sha256[:12]}…")
    if st.button("Take another file", key=f"replace_{side}", icon=":material/swap_horiz:"):
        uploads.forget(side)
        st.rerun()


def _size(size: int) -> str:
    """Bytes as people say them: ``404 bytes``, ``16 kB``, ``7.3 MB``."""
    if size < 1_000:
        return plural(size, "byte")
    return f"{size / 1e3:,.0f} kB" if size < 1_000_000 else f"{size / 1e6:,.1f} MB"


def _named(problems: Iterable[Problem], *kept: Upload) -> tuple[Problem, ...]:
    """``problems`` with the names that the owner gave the files, which lie here under their hashes."""
    found = []
    for problem in problems:
        where, sentence = problem.where, problem.sentence
        for upload in kept:
            where = where.replace(upload.path.name, upload.name)
            sentence = sentence.replace(upload.path.name, upload.name)
        found.append(replace(problem, where=where, sentence=sentence))
    return tuple(found)


def understand(config: Config, settings: Settings) -> Understood:
    """Read what was brought and work out what each column is; done again only when a file or the configuration changes."""
    kept = uploads.files()
    key = (
        *(kept[s].sha256 if s in kept else "" for s in SIDES),
        config.roles,
        repr((config.columns, config.fhir_views)),
    )
    held = st.session_state.get(_UNDERSTOOD_KEY)
    if held and held[0] == key:
        known: Understood = held[1]
        names = {spec.name for spec in known.inferred}
        if known.refused:
            config = _without_roles(config)
        return replace(known, config=pilot.fitting(config, names) if names else config)
    files: dict[Side, Read] = {}
    problems: list[Problem] = []
    specs: tuple[ColumnSpec, ...] = ()
    refused = False
    with ExitStack() as stack, st.spinner("Reading the files"):
        datasets: dict[Side, Dataset] = {}
        for side, upload in sorted(kept.items(), reverse=True):
            try:
                dataset = stack.enter_context(opened(upload, settings, config))
                with explain_damage():
                    preview = dataset.table.limit(PREVIEW_ROWS).to_pandas()
            except GoLiveError as error:
                problems += _named(error.problems, upload)
                continue
            told = _named(dataset.notes, upload)
            files[side] = Read(dataset.rows, len(dataset.columns), preview, told)
            datasets[side] = dataset
        if "train" in datasets:
            names = {name for dataset in datasets.values() for name in dataset.columns}
            config = pilot.fitting(config, names)
            # A role that these values cannot play must leave the table in which it is changed
            for _ in range(2):
                try:
                    specs = infer(datasets["train"], datasets.get("live"), config)
                    break
                except GoLiveError as error:
                    met = _named(error.problems, *kept.values())
                    problems += [p for p in met if p not in problems]
                    config, refused = _without_roles(config), True
    found = Understood(files, specs, tuple(problems), config, refused)
    st.session_state[_UNDERSTOOD_KEY] = (key, found)
    return found


def _without_roles(config: Config) -> Config:
    """``config`` with every role left to be guessed."""
    return config.model_copy(update={"roles": Roles(), "class_scores": {}})


def _training_hash() -> str:
    """Choices belong to the training data they were made for."""
    train = uploads.files().get("train")
    return train.sha256 if train else ""


def chosen(understood: Understood) -> tuple[ColumnSpec, ...]:
    """The columns as a person left them: what was saved, over what was inferred."""
    held: tuple[str, dict[str, dict[str, Any]]] = st.session_state.get(_CHOICES_KEY, ("", {}))
    choices = held[1] if held[0] == _training_hash() else {}
    return tuple(s.model_copy(update=choices.get(s.name)) for s in understood.inferred)


def notes(understood: Understood) -> None:
    """What was noticed while reading, and the first rows of each file."""
    for side, title in SIDES.items():
        found = understood.files.get(side)
        if not found:
            continue
        for note in found.notes:
            st.info(f"{title}: {plain(note.sentence)} {plain(note.hint)}", icon=":material/info:")
    if understood.files:
        with st.expander("First rows, shown only to you", icon=":material/table_rows:"):
            for side, found in sorted(understood.files.items(), reverse=True):
                st.caption(f"{SIDES[side]}: {found.size}")
                st.dataframe(
                    found.preview,
                    hide_index=True,
                    alt=f"First {len(found.preview)} rows of {SIDES[side]}",
                )


def columns_form(specs: tuple[ColumnSpec, ...], live: Read | None) -> bool:
    """Type and role of every column with the reason, as an editable table; true when the data is to be assessed.

    Both buttons keep the edits, so that none is lost by going straight to the assessment.
    """
    import pandas as pd

    table = pd.DataFrame(
        {
            "column": [s.name for s in specs],
            "type": [s.type.value for s in specs],
            "role": [WORDS.roles[s.role] for s in specs],
            "reason": [s.reason for s in specs],
        }
    )
    with st.form("columns_form", border=False):
        edited = st.data_editor(
            table,
            key="columns_editor",
            hide_index=True,
            disabled=["column", "reason"],
            height=min(38 + 35 * len(specs), 420),
            column_config={
                "column": st.column_config.TextColumn("Column", pinned=True),
                "type": st.column_config.SelectboxColumn(
                    "Type", options=[t.value for t in ColumnType], required=True
                ),
                "role": st.column_config.SelectboxColumn(
                    "Role", options=list(WORDS.roles.values()), required=True
                ),
                "reason": st.column_config.TextColumn("Why", width="large"),
            },
            alt="Type and role of every column, with the reason",
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            asked = live is not None and st.form_submit_button(
                f"Assess {count(live.rows)} live rows",
                type="primary",
                icon=":material/play_arrow:",
                key="assess",
            )
            save = st.form_submit_button(
                "Save types and roles", icon=":material/save:", key="save_roles"
            )
            if live is None:
                st.caption("Bring live data to assess it.")
    if asked or save:
        _keep_choices(edited)
    if save:
        st.rerun()
    return asked


def _keep_choices(edited: pd.DataFrame) -> None:
    back = {word: role for role, word in WORDS.roles.items()}
    choices = {
        row["column"]: {"type": ColumnType(row["type"]), "role": back[row["role"]]}
        for row in edited.to_dict("records")
    }
    st.session_state[_CHOICES_KEY] = (_training_hash(), choices)


def roles_line(specs: tuple[ColumnSpec, ...]) -> None:
    """The roles that are filled, as chips, and for each that is not what it would unlock."""
    chips = []
    for role in (*WORDS.unlocks, Role.PREDICTION):
        names = [spec.name for spec in specs if spec.role is role]
        if names:
            chips.append(f":blue-badge[{role.value.replace('_', ' ')}: {plain(', '.join(names))}]")
    st.markdown(" ".join(chips) if chips else "No column plays a special role yet.")
    missing = [role for role in WORDS.unlocks if not any(s.role is role for s in specs)]
    if missing:
        word = "role" if len(missing) == 1 else "roles"
        title = f"What {spelled(len(missing))} more {word} would unlock"
        named = {r: WORDS.roles[r].split(" (")[0].capitalize() for r in missing}
        with st.expander(title, icon=":material/lock_open:"):
            st.markdown("\n".join(f"- **{named[r]}**: {WORDS.unlocks[r]}" for r in missing))


def assess_kept(store: Store, config: Config, who: Identity, settings: Settings) -> str | None:
    """Assess the kept files and store the session. Returns its id, or ``None`` after showing every problem.

    The files and the roles stay whatever happens.
    """
    from golive.assess import assess

    kept = uploads.files()
    with st.status("Assessing", expanded=True) as status:
        bar = st.progress(0.0, text="reading the files")

        def tell(fraction: float, sentence: str) -> None:
            bar.progress(min(max(fraction, 0.0), 1.0), text=sentence)

        try:
            authorise(who, "reviewer", "assess data")
            with (
                opened(kept["train"], settings, config) as train,
                opened(kept["live"], settings, config) as live,
            ):
                project = Project(store, config.project, settings.home)
                basis = project.for_assessment(config)
                result = assess(train, live, config, basis, progress=tell)
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

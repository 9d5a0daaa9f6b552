"""A register as a table that people edit: what changed is found against what they saw, checked at once, and saved together."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Generic, Literal

import streamlit as st

from golive.model.columns import Noun
from golive.model.errors import GoLiveError
from golive.model.register_files import from_rows, parse, to_csv, to_yaml
from golive.readiness import Basis
from golive.store import Revised
from golive.store.ledger import Ledger
from golive.store.records import ItemT
from golive.store.registers import Change
from golive.ui import rescoring
from golive.ui.components import error_box
from golive.ui.guards import Current, authorise
from golive.ui.words import plural

if TYPE_CHECKING:
    import pandas as pd


MOST_MB = 20
"""Largest file of a register or a policy."""


@dataclass(frozen=True)
class Register(Generic[ItemT]):
    """How one register is shown: its ledger, what it is called, the prefix of new ids, and the label of each field.

    ``scores`` says that readiness is judged again after a change; ``check`` raises InputError for rows that cannot be judged.
    """

    ledger: Ledger[ItemT]
    title: str
    about: str
    prefix: str
    labels: Mapping[str, str]
    scores: bool = False
    check: Callable[[Sequence[Any], Basis], None] | None = None

    @property
    def key(self) -> str:
        """Key of its state in the browser session."""
        return f"register:{self.ledger.table}"


WRAPPED = 66
"""Height of a row in pixels over 4rem: from there on the table wraps its text."""
LONG_TEXT = 26
"""Characters of a text that a column shows on one line."""


def wordy(seen: Sequence[Revised[Any]], noun: type[Noun]) -> bool:
    """Whether any text of a register is too long for one line."""
    texts = [name for name in noun.model_fields if kind_of(noun, name)[0] == "text"]
    return any(len(str(getattr(entry.item, name) or "")) > LONG_TEXT for entry in seen for name in texts)


def kind_of(noun: type[Noun], name: str) -> tuple[str, tuple[str, ...]]:
    """What a field holds: ``text``, ``number``, ``integer``, ``flag``, ``date`` or ``choice`` with its options."""
    annotation = noun.model_fields[name].annotation
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        annotation = next(a for a in typing.get_args(annotation) if a is not type(None))
    if typing.get_origin(annotation) is Literal:
        return "choice", tuple(typing.get_args(annotation))
    known = {float: "number", int: "integer", bool: "flag", date: "date"}
    return known.get(annotation, "text"), ()  # type: ignore[arg-type]


def frame(items: Iterable[Noun], noun: type[Noun], names: Sequence[str]) -> pd.DataFrame:
    """Items as a table with one typed column per field, so that an empty column can be edited too."""
    import pandas as pd

    rows = [item.model_dump() for item in items]
    dtypes = {"number": "float64", "integer": "Int64", "flag": "bool", "date": "datetime64[s]"}
    columns = {}
    for name in names:
        values = [row[name] for row in rows]
        columns[name] = pd.Series(values, dtype=dtypes.get(kind_of(noun, name)[0], "object"))
    return pd.DataFrame(columns)


def rows_of(table: pd.DataFrame, noun: type[Noun]) -> list[dict[str, Any]]:
    """Rows of an edited table as plain values; cells that are empty are left out, and so are rows without any text."""
    import pandas as pd

    found = []
    for raw in table.to_dict("records"):
        row: dict[str, Any] = {}
        for name, value in raw.items():
            if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value):  # noqa: PLR0124
                continue
            if isinstance(value, str) and not value.strip():
                continue
            plain_value = value.date() if isinstance(value, datetime) else value
            whole = kind_of(noun, str(name))[0] == "integer" and isinstance(plain_value, float)
            row[str(name)] = int(value) if whole else plain_value
        if any(isinstance(v, str) and kind_of(noun, k)[0] == "text" for k, v in row.items()):
            found.append(row)
    return found


def numbered(rows: Iterable[dict[str, Any]], prefix: str, taken: Iterable[str]) -> list[dict[str, Any]]:
    """Rows with an id: those that have none get the next free ``<prefix>-<number>``."""
    filled = [dict(row) for row in rows]
    used = {*taken, *(str(row["id"]) for row in filled if "id" in row)}
    number = 1
    for row in filled:
        if "id" in row:
            continue
        while f"{prefix}-{number}" in used:
            number += 1
        row["id"] = f"{prefix}-{number}"
        used.add(row["id"])
    return filled


def changes(seen: Sequence[Revised[ItemT]], items: Sequence[ItemT], register: Register[ItemT]) -> list[Change]:
    """What has to be written so that ``seen`` becomes ``items``: rows that are new, differ, or are gone."""
    before = {register.ledger.key(entry.item): entry for entry in seen}
    after = {register.ledger.key(item): item for item in items}
    found = [
        Change(item, before[key].revision if key in before else 0)
        for key, item in after.items()
        if key not in before or before[key].item != item
    ]
    found += [Change(entry.item, entry.revision, deleted=True) for key, entry in before.items() if key not in after]
    return found


def _seen(register: Register[ItemT], where: Current) -> tuple[Revised[ItemT], ...]:
    """The rows as this person saw them first; kept until they save or reload, so that a change by others is noticed."""
    key = f"{register.key}:seen:{where.assessment.project}"
    if key not in st.session_state:
        st.session_state[key] = where.store.registers.current(register.ledger, where.assessment.project)
    held: tuple[Revised[ItemT], ...] = st.session_state[key]
    return held


def _forget(register: Register[Any], where: Current) -> None:
    """See the rows of the store again, in an editor without edits."""
    st.session_state.pop(f"{register.key}:seen:{where.assessment.project}", None)
    turn = f"{register.key}:turn"
    st.session_state[turn] = st.session_state.get(turn, 0) + 1


def column_config(noun: type[Noun], labels: Mapping[str, str]) -> dict[str, Any]:
    """Editors per field: a list for choices, a calendar for dates, numbers as numbers."""
    made: dict[str, Any] = {}
    for name, label in labels.items():
        kind, options = kind_of(noun, name)
        if kind == "choice":
            made[name] = st.column_config.SelectboxColumn(
                label, options=list(options), format_func=lambda o: str(o).replace("_", " ")
            )
        elif kind == "date":
            made[name] = st.column_config.DateColumn(label, format="D MMM YYYY")
        elif kind in ("number", "integer"):
            made[name] = st.column_config.NumberColumn(label, step=1 if kind == "integer" else None)
        elif kind == "flag":
            made[name] = st.column_config.CheckboxColumn(label)
        else:
            made[name] = st.column_config.TextColumn(label, width="medium" if name not in ("id", "criterion") else None)
    return made


def show(register: Register[ItemT], where: Current) -> None:
    """The register as a table; reviewers edit it, save all of it at once, and bring or take a file."""
    noun, names = register.ledger.noun, list(register.labels)
    st.caption(register.about)
    seen = _seen(register, where)
    table = frame((entry.item for entry in seen), noun, names)
    if not where.identity.may("reviewer"):
        if seen:
            st.dataframe(table, hide_index=True, column_config=column_config(noun, register.labels))
        else:
            st.markdown("Nothing is written down here yet.")
        return
    turn = st.session_state.get(f"{register.key}:turn", 0)
    edited = st.data_editor(
        table,
        num_rows="dynamic",
        hide_index=True,
        column_config=column_config(noun, register.labels),
        row_height=WRAPPED if wordy(seen, noun) else None,
        key=f"{register.key}:{turn}",
        alt=f"{register.title}: {plural(len(seen), 'row')} to edit.",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(f"Save {register.title.lower()}", key=f"{register.key}:save", icon=":material/save:"):
            _save(register, where, seen, rows_of(edited, noun))
        if st.button("Reload", key=f"{register.key}:reload", type="tertiary", icon=":material/refresh:"):
            _forget(register, where)
            st.rerun()
        files(register, [entry.item for entry in seen])
        bring(register, where, seen)


def _save(
    register: Register[ItemT], where: Current, seen: Sequence[Revised[ItemT]], rows: list[dict[str, Any]]
) -> None:
    """Check and write the edited rows; on any problem nothing is written and the edits stay in the table."""
    try:
        authorise(where.identity, "reviewer", "change a register")
        filled = (
            numbered(rows, register.prefix, (register.ledger.key(e.item) for e in seen)) if register.prefix else rows
        )
        write(register, where, seen, from_rows(filled, register.ledger.noun, register.title))
    except GoLiveError as error:
        error_box(error, title="Nothing was saved, and your edits are still in the table.")


def write(register: Register[ItemT], where: Current, seen: Sequence[Revised[ItemT]], items: Sequence[ItemT]) -> None:
    """Write what differs, then judge again when the register bears on readiness.

    Raises:
        InputError: rows that cannot be judged. StoreError: someone else changed a row in between; every such row at once.
    """
    if register.check is not None:
        register.check(items, rescoring.today(where))
    todo = changes(seen, items, register)
    project, actor = where.assessment.project, where.identity.name
    written = where.store.registers.write(register.ledger, todo, project=project, actor=actor)
    _forget(register, where)
    said = f"{register.title}: {plural(written, 'change')} saved." if written else "Nothing had changed."
    if register.scores and written:
        rescoring.save_and_score(where, f"{register.title.lower()} changed", f"{said} Readiness was scored again.")
    else:
        rescoring.say(said)


def files(register: Register[Any], items: Sequence[Any]) -> None:
    """The register as CSV and as YAML."""
    name = register.ledger.table.replace("_", "-")
    for label, suffix, text in (
        ("CSV", "csv", lambda: to_csv(items, register.ledger.noun)),
        ("YAML", "yaml", lambda: to_yaml(items)),
    ):
        st.download_button(
            label,
            data=text,
            file_name=f"{name}.{suffix}",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
            key=f"{register.key}:{suffix}",
        )


def bring(register: Register[ItemT], where: Current, seen: Sequence[Revised[ItemT]]) -> None:
    """Take rows from a file: rows with a known id replace it, the others are added, nothing is removed."""
    with st.popover("Import a file", icon=":material/upload:"):
        st.caption("CSV or YAML in the form of the downloads. Rows with a known id replace it; nothing is removed.")
        turn = st.session_state.get(f"{register.key}:turn", 0)
        file = st.file_uploader(
            "File", type=["csv", "yaml", "yml"], key=f"{register.key}:file:{turn}", max_upload_size=MOST_MB
        )
        if file is None or not st.button("Import it", key=f"{register.key}:import", type="primary"):
            return
        try:
            authorise(where.identity, "reviewer", "change a register")
            new = {register.ledger.key(item): item for item in parse(file.read(), file.name, register.ledger.noun)}
            kept = {register.ledger.key(entry.item): entry.item for entry in seen}
            write(register, where, seen, tuple((kept | new).values()))
        except GoLiveError as error:
            error_box(error, title="Nothing was imported.")

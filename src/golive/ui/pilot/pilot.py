"""The pilot that is being defined in this browser session: its configuration until it is frozen or assessed."""

from __future__ import annotations

from typing import Any

import streamlit as st

from golive.intake import roles_of
from golive.model.columns import ColumnSpec, Role, Roles
from golive.model.config import ColumnConfig, Config, OutputsConfig
from golive.model.errors import InputError, Problem
from golive.store import Store
from golive.ui.shell import state
from golive.ui.shell.words import plain

UNNAMED = "my-pilot"
FORMS = ("define_", "contract_")
"""How the keys of the forms about the pilot in work begin."""
_DRAFT_KEY, _OF_KEY = "draft_config", "draft_of"
SINGLE = (
    Role.LABEL,
    Role.SCORE,
    Role.PREDICTION,
    Role.TIME,
    Role.ID,
    Role.SITE,
    Role.MODEL_VERSION,
)


def draft(store: Store) -> Config:
    """The configuration in work: what was typed here about the pilot of the open session, else that pilot's own.

    Raises:
        InputError: the address names no session of this store.
    """
    of = state.place(store).pilot or UNNAMED
    held = st.session_state.get(_DRAFT_KEY)
    before = st.session_state.setdefault(_OF_KEY, of)
    if isinstance(held, Config) and before == of:
        return held
    for key in [k for k in st.session_state if str(k).startswith(FORMS)]:
        del st.session_state[key]  # what the form held of another pilot
    return put(start(store, of), of=of)


def start(store: Store, project: str) -> Config:
    """The configuration of ``project`` as it stands: its latest session, with the frozen criteria in their place."""
    sessions = store.list(project, limit=1)
    config = store.config_of(sessions[0].session) if sessions else Config(project=project)
    frozen = store.criteria(project)
    if frozen:
        config = Config.model_validate(
            config.model_dump() | frozen[0].payload | {"project": project}
        )
    return config


def put(config: Config, *, of: str | None = None) -> Config:
    """Make ``config`` the one in work; ``of`` names the pilot it was begun at, where that is another one than before."""
    st.session_state[_DRAFT_KEY] = config
    if of is not None:
        st.session_state[_OF_KEY] = of
    return config


def leave_sample(store: Store, config: Config) -> None:
    """Where the pilot in work is a sample's and there is one of one's own: say so, and offer the way back to it."""
    place = state.place(store)
    if place.own is None or place.card is None or not place.card.sample:
        return
    if config.project != place.card.project:
        return  # a new one, begun beside it
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(":material/science: The sample is open: this is its pilot, not yours.")
        if st.button(f"Go to {plain(place.own.project)}", key="leave_sample"):
            state.open_session(place.own.session)
            st.rerun()


def seeded(key: str, value: Any) -> str:
    """Key of a widget whose first value is ``value``; later its own state holds, until another pilot is in work (``FORMS``)."""
    if key not in st.session_state:
        st.session_state[key] = value
    return key


def change(config: Config, **values: Any) -> Config:
    """``config`` with values replaced and checked again.

    Raises:
        pydantic.ValidationError: a value is outside its range; widgets keep people from entering one.
    """
    return Config.model_validate(config.model_dump() | values)


def named(config: Config) -> None:
    """Ask what a pilot without a name is called; an answer names the one in work."""
    name = st.text_input(
        "What is the pilot called?",
        key="pilot_name",
        placeholder="for example ed-sepsis-alert",
        max_chars=80,
        width=380,
        help="Its sessions, evidence and decisions are kept together under this name.",
    ).strip()
    if name:
        put(change(config, project=name))
        st.rerun()


def fitting(config: Config, names: set[str]) -> Config:
    """``config`` without the roles and declarations of columns that are in neither file: they belong to other data."""
    roles = {
        key: (
            tuple(v for v in value if v in names)
            if isinstance(value, tuple)
            else value
            if value in names
            else None
        )
        for key, value in config.roles
    }
    columns = {name: declared for name, declared in config.columns.items() if name in names}
    outputs = config.outputs
    if outputs is not None:
        outputs = OutputsConfig(**{what: name if name in names else None for what, name in outputs})
    scores = {value: name for value, name in config.class_scores.items() if name in names}
    kept = {"roles": Roles.model_validate(roles), "columns": columns, "outputs": outputs}
    kept["class_scores"] = scores if len(scores) > 1 else {}
    return config.model_copy(update=kept)


def roles_from(specs: tuple[ColumnSpec, ...]) -> Roles:
    """The roles of ``specs`` as a configuration.

    Raises:
        InputError: ``ROLE_TWICE`` for every role that only one column can play and several do.
    """
    players = {role: [s.name for s in specs if s.role is role] for role in Role}
    problems = [
        Problem(
            "ROLE_TWICE",
            f"{len(names)} columns are marked as {role.value.replace('_', ' ')}: {', '.join(names)}.",
            "Only one column can play this role; make the others a feature.",
        )
        for role, names in players.items()
        if role in SINGLE and len(names) > 1
    ]
    if problems:
        raise InputError(problems)
    single = {role.value: players[role][0] for role in SINGLE if players[role]}
    return Roles(**single, groups=tuple(players[Role.GROUP]), ignored=tuple(players[Role.IGNORED]))


def with_columns(
    config: Config, specs: tuple[ColumnSpec, ...], inferred: tuple[ColumnSpec, ...]
) -> Config:
    """``config`` with the roles and types that a person chose in ``specs`` in place of the ``inferred`` ones.

    What nobody touched stays out, so that the page and a script that says nothing assess with the same configuration.

    Raises:
        InputError: see ``roles_from``.
    """
    was = {spec.name: spec for spec in inferred}
    touched = {
        spec.name: spec.role
        for spec in specs
        if spec.name not in was or was[spec.name].role is not spec.role
    }
    roles, guessed = dict(roles_from(specs)), dict(roles_of(inferred))
    chosen = {
        key: value for key, value in roles.items() if key != "features" and value != guessed[key]
    }
    kept = [
        name for name in config.roles.features if touched.get(name, Role.FEATURE) is Role.FEATURE
    ]
    chosen["features"] = (
        *kept,
        *(n for n, role in touched.items() if role is Role.FEATURE and n not in kept),
    )
    columns = dict(config.columns)
    for spec in specs:
        if spec.name in was and was[spec.name].type is not spec.type:
            columns[spec.name] = columns.get(spec.name, ColumnConfig()).model_copy(
                update={"type": spec.type}
            )
    return config.model_copy(
        update={"roles": config.roles.model_copy(update=chosen), "columns": columns}
    )

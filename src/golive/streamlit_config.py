"""Streamlit's options, the same from every folder: GoLive's own file, then ``STREAMLIT_*``, then flags of ``streamlit run``.

Facts this is built on (Streamlit 1.67, read in its source and run): the configuration is read at ``import streamlit`` from
the home folder and the current folder, before ``st.App`` knows which script it serves; a server that Streamlit did not
start reads no ``STREAMLIT_*`` but the sensitive ones. So ``golive app`` outside the checkout had another theme, a Deploy
button, file watching and usage statistics, or took those of whatever project lay in the current folder.
"""

from __future__ import annotations

import copy
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from golive.model.errors import InputError, Problem
from golive.settings import resource

# What Streamlit notes as the origin of an option that a person gave with the start, or that this process has set.
_GIVEN = ("command-line argument or environment variable", "environment variable", "<user defined>")


def file() -> Path:
    """GoLive's own ``config.toml``: in the checkout, or in the installed package."""
    return resource(".streamlit", "config.toml")


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """``theme.light.primaryColor`` and its value, for every value of nested tables."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def _from_environment(name: str, text: str, kind: type, *, several: bool) -> Any:
    """A value as Streamlit's command line would read it from the environment.

    Raises:
        InputError: ``SETTINGS_VALUE``.
    """
    if several:
        return [part.strip() for part in text.split(",") if part.strip()]
    try:
        return TypeAdapter(kind).validate_python(text)
    except ValidationError:
        wanted = {bool: "true or false", int: "a whole number", float: "a number"}.get(
            kind, "a value it takes"
        )
        raise InputError(
            Problem("SETTINGS_VALUE", f"{name} is '{text}', not {wanted}.", "Mend it or unset it.")
        ) from None


def settle(environment: Mapping[str, str] | None = None) -> None:
    """Make Streamlit use GoLive's configuration in this process, whatever the current folder and the home folder hold.

    Options that ``streamlit run`` was given as flags stay. Calling it twice changes nothing.

    Raises:
        InputError: ``SETTINGS_VALUE`` for each variable ``STREAMLIT_*`` that cannot be read.
    """
    from streamlit import config, logger

    given = os.environ if environment is None else environment
    ours = dict(_flat(tomllib.loads(file().read_text("utf-8"))))
    problems: list[Problem] = []
    options = config.get_config_options()
    for key, option in list(options.items()):
        if option.where_defined in _GIVEN:
            continue
        origin = str(file())
        if option.env_var in given and not option.sensitive:
            try:
                value = _from_environment(
                    option.env_var, given[option.env_var], option.type, several=option.multiple
                )
            except InputError as error:
                problems += error.problems
                continue
            origin = "environment variable"
        elif key in ours:
            value = ours[key]
        elif option.where_defined != option.DEFAULT_DEFINITION:
            # A file that is not ours has set it: the app of the folder we happen to be in, or someone's habits.
            options[key] = copy.deepcopy(config._config_options_template[key])
            continue
        else:
            continue
        config.set_option(key, value, origin)
    if problems:
        raise InputError(problems)
    logger.set_log_level(str(config.get_option("logger.level")).upper())


def in_use(key: str) -> Any:
    """The value that Streamlit uses for an option such as ``browser.gatherUsageStats``, after ``settle``."""
    from streamlit import config

    return config.get_option(key)

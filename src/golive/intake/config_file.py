"""The ``--config`` file: YAML to a ``Config``, with the evidence register it points to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from golive.model.config import Config, parse_config
from golive.model.errors import InputError, Problem


class _UniqueKeys(yaml.SafeLoader):
    """Plain YAML in which a key that is given twice is an error, not a value silently lost."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, str):
                if key in seen:
                    problem = f"key '{key}' is given twice"
                    raise yaml.MarkedYAMLError(problem=problem, problem_mark=key_node.start_mark)
                seen.add(key)
        return super().construct_mapping(node, deep)


_BESIDE = ("evidence", "waivers", "fhir_views")
"""Keys that may name a file or folder beside the configuration."""


def load_config(path: str | Path, *, alone: bool = False) -> Config:
    """Read a configuration file. ``evidence: FILE``, ``waivers: FILE`` and ``fhir_views: FOLDER`` are beside it and are read
    into their place; not so with ``alone``, for a configuration that someone sent: it may not name files of this machine.

    Raises:
        InputError: ``CONFIG_FILE`` (``alone`` and a file is named), ``NOT_FOUND``, ``CONFIG_YAML`` with the line, every
            wrong key and value (``CONFIG_*``), or every view that cannot be used (``FHIR_VIEW*``).
    """
    file = Path(path).expanduser()
    data = read_yaml(file)
    data = {} if data is None else data
    if not isinstance(data, dict):
        raise InputError(
            Problem("CONFIG_YAML", "The file is not a mapping of keys to values.", "", file.name)
        )
    beside = {key: file.parent / data[key] for key in _BESIDE if isinstance(data.get(key), str)}
    if alone and beside:
        sentence = f"{', '.join(beside)}: a configuration that is sent cannot name another file."
        raise InputError(
            Problem("CONFIG_FILE", sentence, "Write the content in its place.", file.name)
        )
    for key, other in beside.items():
        if key == "fhir_views":
            from golive.intake.fhir.views import read_views

            data[key] = list(read_views(other))
            continue
        content = read_yaml(other)
        data[key] = (
            content[key] if isinstance(content, dict) and set(content) == {key} else content
        ) or []
        if not isinstance(data[key], list):
            raise InputError(
                Problem("CONFIG_YAML", f"The file is not a list of {key}.", "", other.name)
            )
    return parse_config({str(k): v for k, v in data.items()}, file.name)


def read_yaml(file: Path, code: str = "CONFIG_YAML") -> Any:
    """Content of a YAML file. Raises as ``read_text`` and ``parse_yaml`` do."""
    return parse_yaml(read_text(file, code), file.name, code)


def read_text(file: Path, code: str = "CONFIG_YAML") -> str:
    """Text of a file a person wrote.

    Raises:
        InputError: ``NOT_FOUND``, or ``code`` when it cannot be opened or is not UTF-8.
    """
    try:
        return file.read_text("utf-8-sig")
    except FileNotFoundError:
        raise InputError(
            Problem("NOT_FOUND", f"There is no file '{file.name}'.", "", str(file))
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        sentence = f"The file cannot be read ({type(error).__name__})."
        raise InputError(Problem(code, sentence, "Save it as UTF-8 text.", file.name)) from None


def parse_yaml(text: str, name: str, code: str = "CONFIG_YAML") -> Any:
    """Content of YAML text in which no key is given twice; ``name`` is the file it came from.

    Raises:
        InputError: ``code`` with the line.
    """
    try:
        return yaml.load(text, Loader=_UniqueKeys)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}, line {mark.line + 1}" if mark else name
        sentence = f"The file is not valid YAML: {getattr(error, 'problem', None) or type(error).__name__}."
        raise InputError(Problem(code, sentence, "", where)) from None

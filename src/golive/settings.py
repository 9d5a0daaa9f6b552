"""Settings of an installation: environment over ``golive.toml`` over defaults."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from golive.model.errors import InputError, Problem, nearest

FILE_NAME = "golive.toml"
_PREFIX = "GOLIVE_"


class Settings(BaseModel):
    """How this installation runs. Every field is ``GOLIVE_<NAME>`` in the environment and ``<name>`` in ``golive.toml``.

    ``home`` is the folder for data, ``store`` the DuckDB file with the sessions (``<home>/golive.duckdb`` when not set),
    ``store_key`` encrypts it and is never printed, ``api_token`` opens ``/api/v1`` (closed without), ``max_upload_mb``
    limits one uploaded file (megabytes of 1,000,000 bytes), ``retention_days`` is how long sessions and what monitors found
    are kept (for ever when not set; what is older goes when the app starts, after every run of a monitor, and with ``golive
    sessions prune``), ``log_level`` is a level name of the standard library.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    home: Path = Field(default_factory=lambda: platformdirs.user_data_path("golive"))
    store: Path = Field(default_factory=lambda data: data["home"] / "golive.duckdb")
    store_key: SecretStr | None = None
    api_token: SecretStr | None = None
    max_upload_mb: int = Field(default=500, gt=0)
    retention_days: int | None = Field(default=None, gt=0)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"

    @field_validator("home", "store", mode="after")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return path.expanduser().absolute()

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, level: object) -> object:
        return level.upper() if isinstance(level, str) else level

    @property
    def max_upload_bytes(self) -> int:
        """Limit of one uploaded file in bytes."""
        return self.max_upload_mb * 1_000_000


def _from_file(path: Path) -> dict[str, Any]:
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(
            Problem("SETTINGS_FILE", f"The settings cannot be read: {error}.", "", str(path))
        ) from None
    known = list(Settings.model_fields)
    values = {key.lower().removeprefix(_PREFIX.lower()): value for key, value in data.items()}
    unknown = [
        Problem(
            "SETTINGS_UNKNOWN_KEY",
            f"'{key}' is not a known setting.",
            nearest(key, known),
            str(path),
        )
        for key in values
        if key not in known
    ]
    if unknown:
        raise InputError(unknown)
    return values


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    found = {
        name: environment.get(_PREFIX + name.upper(), "").strip() for name in Settings.model_fields
    }
    return {name: value for name, value in found.items() if value}


def load(
    *, environment: Mapping[str, str] | None = None, folders: tuple[Path, ...] | None = None
) -> Settings:
    """Return the settings in force.

    Environment variables win over ``golive.toml`` in the current folder, which wins over the one in the user's
    configuration folder. An empty environment variable counts as not set. The arguments replace both sources.

    Raises:
        InputError: every setting that is unknown or has a value outside its range (``SETTINGS_*``).
    """
    if folders is None:
        folders = (Path.cwd(), platformdirs.user_config_path("golive"))
    values: dict[str, Any] = {}
    for folder in reversed(folders):
        values |= _from_file(folder / FILE_NAME)
    values |= _from_environment(os.environ if environment is None else environment)
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        # The value itself is not repeated: it may be the key of the store.
        raise InputError(
            [
                Problem(
                    "SETTINGS_VALUE",
                    f"Setting '{'.'.join(map(str, e['loc']))}' is wrong: {e['msg']}.",
                )
                for e in error.errors(include_input=False)
            ]
        ) from None


def resource(*parts: str) -> Path:
    """Return the path of something shipped with GoLive (``resource("data", "readiness_model.yaml")``).

    In a wheel ``app.py``, ``pages/`` and ``data/`` lie in ``golive/_bundle``; in a checkout they lie at its root.
    """
    package = Path(__file__).resolve().parent
    bundle = package / "_bundle"
    return (bundle if bundle.is_dir() else package.parents[1]).joinpath(*parts)

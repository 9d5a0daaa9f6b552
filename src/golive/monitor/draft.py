"""A monitor file written from an assessed session: what was read then is read the same way every night."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import yaml

from golive.model.config import Config
from golive.model.finding import Route
from golive.monitor.file import MonitorFile

EVERY = {"Every day": "1d", "Every week": "1w", "Every 6 hours": "6h", "Every hour": "1h"}
"""How often batches come, in words and as the file writes it."""


@dataclass(frozen=True)
class Draft:
    """The two files of a monitor, and what to run where they lie; ``name`` is the monitor's own."""

    name: str
    monitor: str
    config: str
    commands: str

    @property
    def monitor_file(self) -> str:
        """Name of the first file, under which a running app finds it too."""
        return f"{self.name}.yaml"

    @property
    def config_file(self) -> str:
        """Name of the second file; two monitors in one folder do not share it."""
        return f"{self.name}.config.yaml"

    def call(self, app: str) -> str:
        """The line that lets a running app at ``app`` run the monitor: while it runs, the store is its own."""
        return f'curl -X POST -H "Authorization: Bearer $GOLIVE_API_TOKEN" {app}/api/v1/monitors/{self.name}/run'


def variable(route: Route) -> str:
    """Name of the environment variable that holds the receiver of a route: an address with a key is not for a file."""
    return f"GOLIVE_{route.value.upper()}_URL"


def slug(text: str, most: int = 48) -> str:
    """A name as a monitor file allows it."""
    return re.sub(r"[^A-Za-z0-9._]+", "-", text).strip("-._")[:most].strip("-._") or "monitor"


def draft(
    config: Config,
    *,
    project: str,
    session: str,
    name: str,
    train: str,
    source: str,
    every: str,
    starts: date,
    tell: Sequence[Route],
) -> Draft:
    """Write the files of a monitor for a session.

    Args:
        config: the configuration the session was assessed with.
        project: its project; ``session`` its id, which names the baseline.
        name: of the monitor; characters that a name may not have become dashes.
        train: path of the training data, read once, seen from the folder of the files.
        source: folder or glob of the batches, seen from there too.
        every: length of time between batches, a value of ``EVERY``.
        starts: day of the first batch.
        tell: routes whose alerts are sent; where to stands in the environment (``variable``).

    Raises:
        pydantic.ValidationError: a value does not fit a monitor file.
    """
    named = slug(name)
    made = {
        "monitor": named,
        "config": f"{named}.config.yaml",
        "project": project,
        "baseline": {"name": f"session-{session[:8]}", "train": train},
        "batches": {"source": source, "every": every, "starts": starts.isoformat()},
        "alerts": {"persist": [2, 3], "clear_after": 3},
        "routes": {route.value: [f"${{{variable(route)}}}"] for route in tell},
    }
    MonitorFile.model_validate(made)
    said = {
        "monitor": "",
        "config": "how columns are read, as in the session",
        "baseline": "made from the training data on the first run; its rows are not needed afterwards",
        "batches": "one file per batch; the day is read from the file's name (2026-11-20 or 20261120)",
        "alerts": "an alert opens after 2 of 3 batches and ends after 3 without it",
        "routes": "Apprise addresses, read from the environment",
    }
    parts = []
    for key, value in made.items():
        parts += [f"# {said[key]}"] if said.get(key) else []
        parts.append(_yaml({key: value}).rstrip())
    # Evidence and waivers are the store's, so that they age and are renewed there; a fixed day would stop that.
    facts = config.model_copy(
        update={"project": project, "evidence": (), "waivers": (), "as_of": None}
    )
    commands = [
        f"golive monitor check {named}.yaml  # is the file right, and what waits",
        f"golive monitor run {named}.yaml    # judge what is new; a scheduler runs this line",
    ]
    return Draft(
        named,
        "\n".join(parts) + "\n",
        _yaml(facts.model_dump(mode="json", exclude_defaults=True)),
        "\n".join(
            [
                *(
                    f"export {variable(r)}=...  # where {r.value.replace('_', ' ')} is told"
                    for r in tell
                ),
                *commands,
            ]
        ),
    )


def _yaml(data: object) -> str:
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=120)

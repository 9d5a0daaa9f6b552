"""``golive doctor`` and ``golive schema``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from golive.cli import console


def doctor_command(
    store: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="File with the sessions; GOLIVE_STORE when left out."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of words.")] = False,
) -> None:
    """Say what works here: versions, store, engines, browser, telemetry, memory. Exit 3 when something is wrong with the store."""
    from golive import doctor, settings

    current = settings.load()
    if store is not None:
        current = current.model_copy(update={"store": store.expanduser().absolute()})
    rows = doctor.rows(current)
    if as_json:
        print(json.dumps([row.model_dump(mode="json") for row in rows], indent=2))
    else:
        from rich.text import Text

        screen = console.stdout()
        topic = ""
        for row in rows:
            if row.topic != topic:
                topic = row.topic
                screen.print(Text(topic, style="bold"))
            word = {"ok": "ok", "off": "-", "problem": "PROBLEM"}[row.state]
            line = Text(
                f"  {word:8} {row.name:22} {row.value}",
                style="bold red" if row.state == "problem" else "",
            )
            screen.print(line)
            if row.hint:
                screen.print(f"{'':34}{row.hint}", markup=False)
    if any(row.state == "problem" and row.topic == "Store" for row in rows):
        raise typer.Exit(3)


def schema_command() -> None:
    """Print the JSON Schema of the result."""
    from golive.model.result import Assessment

    print(json.dumps(Assessment.model_json_schema(mode="serialization"), indent=2))

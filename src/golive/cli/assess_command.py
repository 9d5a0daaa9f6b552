"""``golive assess``: two sources in, a verdict on stdout, a session in the store, an exit code for the scheduler."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from golive.cli import console
from golive.cli.console import StorePath, Train
from golive.model.errors import InputError, Problem, StoreError

if TYPE_CHECKING:
    from golive.assess import ProjectState
    from golive.intake import Dataset
    from golive.model.config import Config
    from golive.model.result import Assessment

_BUSY_TRIES = 5
_ROLE = "Roles"


class Require(StrEnum):
    """Verdict that a scheduler may insist on."""

    READY = "ready"
    CONDITIONAL = "conditional"


class FailOn(StrEnum):
    """Finding that a scheduler may refuse."""

    ALARM = "alarm"


def _role(name: str, what: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(
        f"--{name}", metavar="COL", help=what, rich_help_panel=_ROLE
    )
    return option


def assess_command(
    *,
    train: Train,
    live: Annotated[
        str, typer.Option(metavar="SRC", help="Data the model receives, in any of the same forms.")
    ],
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE.yaml", help="Roles, units, thresholds, risk profile, evidence."),
    ] = None,
    label: Annotated[str | None, _role("label", "Column with the outcome.")] = None,
    score: Annotated[str | None, _role("score", "Column with the model's score.")] = None,
    prediction: Annotated[
        str | None, _role("prediction", "Column with the model's decision.")
    ] = None,
    time_column: Annotated[str | None, _role("time", "Column with the time of the record.")] = None,
    id_column: Annotated[
        str | None, _role("id", "Column that names the patient or encounter.")
    ] = None,
    site: Annotated[str | None, _role("site", "Column with the clinic or hospital.")] = None,
    model_version: Annotated[
        str | None, _role("model-version", "Column with the version of the model.")
    ] = None,
    group: Annotated[
        list[str] | None, _role("group", "Column with a subgroup; may be repeated.")
    ] = None,
    ignore: Annotated[
        list[str] | None, _role("ignore", "Column to leave out; may be repeated.")
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Ibis URL of the engine that holds the data (pyspark://, postgres://...).",
        ),
    ] = None,
    project: Annotated[
        str | None, typer.Option(metavar="NAME", help="Project the session belongs to.")
    ] = None,
    store: StorePath = None,
    contract: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.yaml",
            help="Contract (ODCS v3) to hold live data against; else the project's own.",
        ),
    ] = None,
    allow_text_judge: Annotated[
        bool,
        typer.Option(
            "--allow-text-judge",
            help="Send live outputs and their sources, word for word, to the model of the configuration (text_judge).",
        ),
    ] = False,
    no_store: Annotated[
        bool, typer.Option("--no-store", help="Keep nothing; use no stored evidence.")
    ] = False,
    out: Annotated[
        str | None, typer.Option(metavar="FILE|-", help="Write the result as JSON; - for stdout.")
    ] = None,
    require: Annotated[
        Require | None,
        typer.Option(help="Exit 1 when the verdict is lower than this.", case_sensitive=False),
    ] = None,
    fail_on: Annotated[
        FailOn | None,
        typer.Option(help="Exit 1 when there is a finding of this verdict.", case_sensitive=False),
    ] = None,
) -> None:
    """Compare live data with training data and judge readiness."""
    both = Problem("USAGE", "--store and --no-store exclude each other.", "Leave one of them out.")
    console.check_out(out, *([both] if store is not None and no_store else []))
    roles: dict[str, object] = {
        "label": label,
        "score": score,
        "prediction": prediction,
        "time": time_column,
        "id": id_column,
        "site": site,
        "model_version": model_version,
        "groups": tuple(group or ()),
        "ignored": tuple(ignore or ()),
    }
    settled = _config(config, roles, project)
    _announce(settled, allowed=allow_text_judge)
    from golive.assess import NOTHING_ON_RECORD

    known = NOTHING_ON_RECORD if no_store else _on_record(store, settled)
    if contract is not None:
        from golive.contract import load

        known = replace(known, contract=load(contract))
    assessment = _assess(train, live, engine, settled, known, allow_text_judge=allow_text_judge)
    if out:
        console.write_out(assessment.model_dump_json(indent=2), out)
    kept = None if no_store else _save(store, assessment, settled)
    if out != "-":
        from golive.cli.summary import summary

        summary(assessment)
        if kept:
            console.say(f"\nSession {assessment.session} is in {kept}")
    if not _holds(assessment, require, fail_on):
        raise typer.Exit(1)


def _config(path: Path | None, roles: dict[str, object], project: str | None) -> Config:
    """The configuration file with what the command line says put in its place."""
    from golive.intake import load_config
    from golive.model.columns import Roles
    from golive.model.config import Config

    base = load_config(path) if path else Config()
    update: dict[str, object] = {"roles": base.roles.override(Roles.model_validate(roles))}
    if project:
        update["project"] = project
    return base.model_copy(update=update)


def _on_record(path: Path | None, config: Config) -> ProjectState:
    """Read the store before the long part of the run, so that a busy store is said at once. It is not held meanwhile."""
    from golive.store.project import Project

    with console.open_store(path, must_exist=False) as store:
        return Project(store, config.project).for_assessment(config)


def _announce(config: Config, *, allowed: bool) -> None:
    """Say what would be sent to which model, and whether it is; nothing where no model is configured.

    Raises:
        InputError: it is allowed, but no model is configured (``USAGE``) or its key is missing (``TEXT_JUDGE_KEY``).
    """
    judge = config.text_judge
    if judge is None:
        if allowed:
            sentence = "--allow-text-judge is given, but no model is configured."
            hint = "Name one under 'text_judge' in the configuration, or leave the option out."
            raise InputError(Problem("USAGE", sentence, hint))
        return
    from golive.text.judge import beforehand
    from golive.text.judge_call import key_of

    said = beforehand(judge)
    if allowed:
        key_of(judge)
    else:
        said = (
            f"Nothing is sent to {judge.host}. With --allow-text-judge: {said[0].lower()}{said[1:]}"
        )
    console.stderr().print(said, markup=False)


def _assess(
    train: str,
    live: str,
    engine: str | None,
    config: Config,
    known: ProjectState,
    *,
    allow_text_judge: bool,
) -> Assessment:
    """Read both sources, telling the problems of both in one go, and assess them."""
    from golive.compare.drift.evidently import warm

    warm()  # its import takes seconds and overlaps with reading
    from golive.assess import assess
    from golive.intake import read

    read_one = partial(read, engine=engine, views=config.fhir_views)
    with console.progress() as progress, ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        datasets: list[Dataset] = []
        problems: list[Problem] = []
        progress(0.0, "reading training and live data")
        # An engine by address is one connection for both, so only files are read side by side.
        wait = [pool.submit(read_one, source) for source in (train, live)] if engine is None else []
        for side, source in enumerate((train, live)):
            try:
                dataset = wait[side].result() if wait else read_one(source)
                datasets.append(stack.enter_context(dataset))
            except InputError as error:
                problems += error.problems
        if problems:
            raise InputError(list(dict.fromkeys(problems)))
        return assess(
            datasets[0],
            datasets[1],
            config,
            known,
            allow_text_judge=allow_text_judge,
            progress=progress,
        )


def _save(path: Path | None, assessment: Assessment, config: Config) -> Path:
    """Store the session; a store that became busy during the run is tried again for a few seconds.

    Raises:
        StoreError: it stayed busy. The result has been written to ``--out`` by then.
    """
    for attempt in range(_BUSY_TRIES):
        try:
            with console.open_store(path, must_exist=False) as store:
                store.save(assessment, config=config, actor=console.actor())
                return store.path
        except StoreError as error:
            if error.code != "STORE_BUSY" or attempt == _BUSY_TRIES - 1:
                raise
            time.sleep(1)
    raise AssertionError


def _holds(assessment: Assessment, require: Require | None, fail_on: FailOn | None) -> bool:
    """Whether what was required holds; what does not is said on stderr."""
    from golive.cli.summary import VERDICTS
    from golive.model.finding import Verdict

    unmet: list[str] = []
    verdict = assessment.readiness.verdict
    if require and VERDICTS.index(verdict.value) < VERDICTS.index(require.value):
        found = verdict.value.capitalize()
        unmet.append(f"--require {require.value} does not hold: the verdict is {found}.")
    alarms = assessment.count(Verdict.ALARM)
    if fail_on and alarms:
        unmet.append(f"--fail-on alarm: {alarms} finding{'s say' if alarms > 1 else ' says'} Act.")
    for line in unmet:
        console.stderr().print(line, markup=False)
    return not unmet

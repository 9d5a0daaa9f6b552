"""Columns that identify people or hold free text: kept out of comparisons, and named so that someone can act."""

from __future__ import annotations

from golive.intake.clinical.identifiers import identifies_person, kind_by_name
from golive.model.columns import ColumnType, Role
from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Verdict, finding
from golive.model.profile import ColumnProfile, Profile
from golive.wording.numbers import percent


def check(train: Profile, live: Profile, config: Config) -> list[Finding]:
    """``identifier_present`` and ``free_text_present``, one finding a column, from the inferred or declared type."""
    found = []
    for name in dict.fromkeys((*train.columns, *live.columns)):
        column = train.columns.get(name) or live.columns[name]
        now = live.columns.get(name)
        if column.type is ColumnType.IDENTIFIER:
            found.append(_identifier(name, column, now, live))
        elif (
            column.type is ColumnType.TEXT
            and column.role is not Role.IGNORED
            and (column.present or (now and now.present))
        ):
            found.append(_free_text(name, column, now, live))
    return found


def _effect(column: ColumnProfile, now: ColumnProfile | None, live: Profile) -> Effect:
    there = 1 - now.missing_share if now else 0.0
    return Effect(
        name="present_share",
        train=1 - column.missing_share,
        live=there,
        n_train=column.n,
        n_live=live.rows,
    )


def _identifier(
    name: str, column: ColumnProfile, now: ColumnProfile | None, live: Profile
) -> Finding:
    kind = kind_by_name(name)
    declared = column.role in (Role.ID, Role.IGNORED)
    personal = kind is not None and identifies_person(kind)
    what = (
        f"looks like {'an' if kind[0].lower() in 'aeio' else 'a'} {kind}"
        if kind
        else "identifies people or records"
    )
    return finding(
        Kind.IDENTIFIER_PRESENT,
        Verdict.QUIET if declared else Verdict.ALARM if personal else Verdict.WATCH,
        columns=(name,),
        title=f"{name} {what}" + (", and was declared so" if declared else ""),
        explanation=(
            "It was left out of every comparison, and none of its values is stored."
            + (
                ""
                if declared
                else " It is not needed to judge a model, so it should not be in the extract."
            )
        ),
        effect=_effect(column, now, live),
        fix=""
        if declared
        else f"Drop {name} from the extract, or declare it as the id column if rows must be linked.",
    )


def _free_text(
    name: str, column: ColumnProfile, now: ColumnProfile | None, live: Profile
) -> Finding:
    present = 1 - now.missing_share if now else 0.0
    return finding(
        Kind.FREE_TEXT_PRESENT,
        Verdict.WATCH,
        columns=(name,),
        title=f"{name} holds free text in {percent(present)} of live rows",
        explanation="Free text may hold names, dates and numbers that identify people. It was left out of every comparison.",
        effect=_effect(column, now, live),
        fix=f"Leave {name} out of the extract unless the model reads it; if it does, de-identify it first.",
    )

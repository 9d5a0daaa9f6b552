"""Columns that identify people or hold free text: kept out of comparisons, and named so that someone can act."""

from __future__ import annotations

from golive.intake.clinical.identifiers import identifies_person, kind_by_name
from golive.model.columns import ColumnType, Role
from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.finding import Effect
from golive.model.kinds import Verdict
from golive.model.profile import Profile
from golive.wording.findings.identity import FreeTextColumn, IdentifierColumn


def check(train: Profile, live: Profile, config: Config) -> list[Facts]:
    """``identifier_present`` and ``free_text_present``, one finding a column, from the inferred or declared type."""
    found: list[Facts] = []
    for name in dict.fromkeys((*train.columns, *live.columns)):
        column = train.columns.get(name) or live.columns[name]
        now = live.columns.get(name)
        effect = Effect(
            name="present_share",
            train=1 - column.missing_share,
            live=1 - now.missing_share if now else 0.0,
            n_train=column.n,
            n_live=live.rows,
        )
        if column.type is ColumnType.IDENTIFIER:
            found.append(_identifier(name, column.role, effect))
            continue
        filled = column.present or (now is not None and now.present)
        if column.type is ColumnType.TEXT and column.role is not Role.IGNORED and filled:
            found.append(FreeTextColumn(columns=(name,), effect=effect))
    return found


def _identifier(name: str, role: Role, effect: Effect) -> Facts:
    kind, declared = kind_by_name(name), role in (Role.ID, Role.IGNORED)
    personal = kind is not None and identifies_person(kind)
    undeclared = Verdict.ALARM if personal else Verdict.WATCH
    return IdentifierColumn(
        verdict=Verdict.QUIET if declared else undeclared,
        columns=(name,),
        effect=effect,
        identifier=kind,
        declared=declared,
    )

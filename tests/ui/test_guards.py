"""Roles: mapped from claims in one place, ordered, and checked again when something is written."""

from __future__ import annotations

import pytest

from golive.model.columns import ColumnSpec, ColumnType, Role
from golive.model.config import Config
from golive.model.errors import ForbiddenError, InputError
from golive.ui.pilot import pilot
from golive.ui.shell.guards import ROLES, Identity, authorise, role_of


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({}, "viewer"),
        ({"roles": "admin"}, "admin"),
        ({"roles": ["golive-reviewer", "staff"]}, "reviewer"),
        ({"groups": ["GoLive-Admin"]}, "admin"),
        ({"roles": ["viewer"], "groups": ["reviewer"]}, "reviewer"),
        ({"roles": ["administrator-of-something-else"]}, "viewer"),
        ({"roles": None}, "viewer"),
    ],
)
def test_claims_become_a_role(claims: dict[str, object], role: str) -> None:
    assert role_of(claims) == role


@pytest.mark.parametrize("have", ROLES)
@pytest.mark.parametrize("need", ROLES)
def test_a_role_includes_those_below_it(have: str, need: str) -> None:
    who = Identity("someone", have, signed_in=True)
    allowed = ROLES.index(have) >= ROLES.index(need)
    assert who.may(need) is allowed
    if allowed:
        authorise(who, need, "do it")
    else:
        with pytest.raises(ForbiddenError) as caught:
            authorise(who, need, "do it")
        assert caught.value.code == "ROLE"


def spec(name: str, role: Role, kind: ColumnType = ColumnType.NUMERIC) -> ColumnSpec:
    return ColumnSpec(name=name, type=kind, role=role)


def test_roles_of_a_table_become_a_configuration() -> None:
    inferred = (
        spec("y", Role.FEATURE),
        spec("sex", Role.FEATURE),
        spec("x", Role.FEATURE),
        spec("z", Role.FEATURE),
    )
    edited = (
        spec("y", Role.LABEL),
        spec("sex", Role.GROUP),
        spec("x", Role.FEATURE, ColumnType.CATEGORY),
        spec("z", Role.IGNORED),
    )
    config = pilot.with_columns(Config(), edited, inferred)
    assert (config.roles.label, config.roles.groups, config.roles.ignored) == (
        "y",
        ("sex",),
        ("z",),
    )
    assert {name: column.type for name, column in config.columns.items()} == {
        "x": ColumnType.CATEGORY
    }


def test_what_nobody_touched_stays_out_of_the_configuration() -> None:
    inferred = (spec("y", Role.LABEL), spec("sex", Role.GROUP))
    assert pilot.with_columns(Config(), inferred, inferred) == Config()


def test_a_role_that_was_taken_away_is_not_guessed_again() -> None:
    inferred = (spec("y", Role.LABEL), spec("sex", Role.GROUP))
    edited = (spec("y", Role.FEATURE), spec("sex", Role.FEATURE))
    config = pilot.with_columns(Config(), edited, inferred)
    assert config.roles.features == ("y", "sex")
    back = pilot.with_columns(config, inferred, edited)
    assert (back.roles.label, back.roles.groups, back.roles.features) == ("y", ("sex",), ())


def test_every_role_given_twice_is_told_at_once() -> None:
    specs = (
        spec("a", Role.LABEL),
        spec("b", Role.LABEL),
        spec("c", Role.SITE),
        spec("d", Role.SITE),
        spec("e", Role.GROUP),
    )
    with pytest.raises(InputError) as caught:
        pilot.roles_from((*specs, spec("f", Role.GROUP)))
    assert [problem.code for problem in caught.value.problems] == ["ROLE_TWICE", "ROLE_TWICE"]
    assert "a, b" in caught.value.problems[0].sentence

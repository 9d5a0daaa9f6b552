"""Words that stand in ``data/``: every choice of a form has them, and every column of a register is a field of its noun."""

from __future__ import annotations

from typing import get_args

import pytest

from golive.model.columns import Role
from golive.model.readiness import Flag, Significance, Situation
from golive.model.register_files import key_of
from golive.store.registers import READINESS_REGISTERS
from golive.ui.pilot.words import WORDS
from golive.ui.registers.schema import Register, load

REGISTERS = load("scope") | load("value")


def test_every_choice_of_the_define_and_data_pages_has_words() -> None:
    assert set(WORDS.roles) == set(Role)
    assert set(WORDS.flags) == set(get_args(Flag))
    assert set(WORDS.situation) == set(get_args(Situation))
    assert set(WORDS.significance) == set(get_args(Significance))
    assert set(WORDS.unlocks) < set(Role)


def test_every_register_that_readiness_reads_has_a_page() -> None:
    assert set(REGISTERS) == {*READINESS_REGISTERS, "waivers"}


@pytest.mark.parametrize("register", REGISTERS.values(), ids=list(REGISTERS))
def test_columns_are_fields_and_what_a_row_needs_can_be_typed(register: Register) -> None:
    fields = register.noun.model_fields
    assert set(register.columns) <= set(fields)
    needed = {name for name, field in fields.items() if field.is_required()}
    assert needed | {key_of(register.noun)} <= set(register.columns)
    assert bool(register.prefix) == (register.columns.get("id") == "Id")

"""What a value has to be, in words, whatever pydantic's own message looks like."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, Field, ValidationError

from golive.model.errors import needed


class _Made(BaseModel):
    name: str = Field(default="", pattern=r"^[a-z]{1,3}$")
    share: float = Field(default=0, le=1)
    host: str = Field(default="", json_schema_extra={"x": "{y}"})


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": "A"}, "it does not have the form ^[a-z]{1,3}$"),
        ({"share": 2}, "it may be 1 at most"),
        ({"host": 3}, "a text is needed"),
    ],
)
def test_a_complaint_becomes_words(data: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        _Made.model_validate(data)
    assert needed(caught.value.errors()[0]) == words


def test_a_message_that_is_not_known_is_no_template() -> None:
    assert (
        needed({"type": "new_kind", "msg": "Wants {0,63} of {this}."}) == "Wants {0,63} of {this}"
    )

"""One error type for everything a user can cause, with a code, what was found, what was allowed and what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input.

    ``code`` is machine-readable and stable (``EMPTY_FILE``), ``sentence`` says what was found and what is allowed,
    ``hint`` says what to do. ``where`` names a file, line or column when there is one.
    """

    code: str
    sentence: str
    hint: str = ""
    where: str = ""

    def __str__(self) -> str:
        where = f" ({self.where})" if self.where else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"error[{self.code}]: {self.sentence}{where}{hint}"


class GoLiveError(Exception):
    """Base of all errors shown to a person. Carries every problem found, never only the first."""

    exit_code = 2

    def __init__(self, problems: Problem | Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (
            (problems,) if isinstance(problems, Problem) else tuple(problems)
        )
        super().__init__("\n".join(str(p) for p in self.problems))

    @property
    def code(self) -> str:
        """Code of the first problem."""
        return self.problems[0].code


class InputError(GoLiveError):
    """A file, a folder, a configuration or an argument is wrong (exit 2)."""


class StoreError(GoLiveError):
    """The store is busy, newer than this version, damaged, unreadable, or cannot be written (exit 3)."""

    exit_code = 3


class ForbiddenError(GoLiveError):
    """The person's role does not allow the action (exit 2)."""


def nearest(name: str, known: Sequence[str]) -> str:
    """Return a hint that names the known spelling closest to ``name``, or lists what is known."""
    match = get_close_matches(name, known, n=1, cutoff=0.6)
    return f"Did you mean '{match[0]}'?" if match else f"Known: {', '.join(sorted(known))}."


_NEEDED = {
    "value_error": "{error}",
    "less_than_equal": "it may be {le:g} at most",
    "greater_than_equal": "it must be {ge:g} or more",
    "greater_than": "it must be more than {gt:g}",
    "less_than": "it must be less than {lt:g}",
    "dict_type": "keys with values are needed",
    "model_type": "keys with values are needed",
    "model_attributes_type": "keys with values are needed",
    "string_type": "a text is needed",
    "float_type": "a number is needed",
    "float_parsing": "a number is needed",
    "int_parsing": "a whole number is needed",
    "int_from_float": "a whole number is needed",
    "bool_parsing": "true or false is needed",
    "finite_number": "a finite number is needed",
    "literal_error": "allowed are {expected}",
    "enum": "allowed are {expected}",
    "date_from_datetime_parsing": "a date is written like 2026-11-20",
    "date_from_datetime_inexact": "a date is written like 2026-11-20, without a time",
    "date_parsing": "a date is written like 2026-11-20",
    "date_type": "a date is written like 2026-11-20",
    "string_too_short": "a text is needed",
    "string_too_long": "it may have {max_length} characters at most",
    "string_pattern_mismatch": "it does not have the form {pattern}",
    "time_delta_parsing": "a length of time is written like 15m, 6h, 1d or 1w",
    "time_delta_type": "a length of time is written like 15m, 6h, 1d or 1w",
    "tuple_type": "a list is needed",
    "int_type": "a whole number is needed",
    "bool_type": "true or false is needed",
}
"""What is needed, in words, by the kind of pydantic's complaint."""


def needed(complaint: Mapping[str, Any]) -> str:
    """What a value of a file has to be, in words, from one of pydantic's complaints."""
    known = _NEEDED.get(complaint["type"])
    # A message of pydantic's own is no template: a pattern in it has braces.
    return (
        known.format(**(complaint.get("ctx") or {})) if known else str(complaint["msg"]).rstrip(".")
    )


def complaints(
    error: ValidationError,
    codes: tuple[str, str, str],
    where: str,
    known: Callable[[tuple[Any, ...]], Sequence[str]],
    *,
    place: Callable[[tuple[Any, ...]], str] = lambda loc: ".".join(map(str, loc)),
    key: str = "known key",
    fill_in: str = "",
) -> list[Problem]:
    """Pydantic's complaints of a file as problems: a key that is not known, one that is missing, a value that is none.

    ``codes`` are those of the three (an empty one: a missing key is a wrong value), ``known`` gives the keys that may stand at a location, ``place`` names a location,
    ``key`` says what a key is called and ``fill_in`` what to do about a missing one.
    """
    found = []
    for item in error.errors():
        at = f"'{place(item['loc'])}'"
        if item["type"] == "extra_forbidden":
            names = known(item["loc"])
            hint = nearest(str(item["loc"][-1]), names) if names else ""
            found.append(Problem(codes[0], f"{at} is not a {key}.", hint, where))
        elif item["type"] == "missing" and codes[1]:
            found.append(Problem(codes[1], f"{at} is missing.", fill_in, where))
        else:
            value = repr(item.get("input"))[:60]
            found.append(Problem(codes[2], f"{at} is {value}: {needed(item)}.", "", where))
    return found

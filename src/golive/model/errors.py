"""One error type for everything a user can cause, with a code, what was found, what was allowed and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches


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
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(p) for p in self.problems))

    @property
    def code(self) -> str:
        """Code of the first problem."""
        return self.problems[0].code


class InputError(GoLiveError):
    """A file, a folder, a configuration or an argument is wrong (exit 2)."""


class StoreError(GoLiveError):
    """The store is busy, newer than this version, or unreadable (exit 3)."""

    exit_code = 3


class ForbiddenError(GoLiveError):
    """The person's role does not allow the action (exit 2)."""


def nearest(name: str, known: Sequence[str]) -> str:
    """Return a hint that names the known spelling closest to ``name``, or lists what is known."""
    match = get_close_matches(name, known, n=1, cutoff=0.6)
    return f"Did you mean '{match[0]}'?" if match else f"Known: {', '.join(sorted(known))}."

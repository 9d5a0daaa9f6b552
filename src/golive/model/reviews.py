"""What reviewers say of generated text. A review names a row of a file, never its text."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from golive.model.columns import Noun

ReviewVerdict = Literal["supported", "unsupported", "harmful", "cannot_tell"]
Drawn = Literal["random", "marked"]


class Review(Noun):
    """One reviewer's verdict on one generated text.

    ``live`` is the SHA-256 of the file, ``row`` the position of the text in it. ``harmful`` is unsupported and could lead to
    harm. ``drawn`` says how the text came to be reviewed: only random ones count towards a rate.
    """

    live: str
    row: int = Field(ge=0)
    reviewer: str
    verdict: ReviewVerdict
    drawn: Drawn = "random"

    @property
    def id(self) -> str:
        """Key in the store: one current review per reviewer and text."""
        return f"{self.live[:16]}:{self.row}:{self.reviewer}"

"""What is said of identifiers and free text: in columns of their own, inside other values, and ages that count as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from golive.model.facts import Facts, Words
from golive.model.finding import Effect
from golive.model.kinds import Kind, Verdict
from golive.wording.findings.shares import SomeRows
from golive.wording.numbers import part_of, percent, rows, sizes_of
from golive.wording.text import listing, opening, readable


@dataclass(frozen=True, kw_only=True)
class IdentifierColumn(Facts):
    """A column of identifiers of a known kind (``phone number``) or none; ``declared``: as the key, or to be ignored."""

    kind: Kind = Kind.IDENTIFIER_PRESENT
    identifier: str | None
    declared: bool

    def words(self) -> Words:
        """Say what it looks like, and that nothing of it was kept."""
        name, what, plain = (
            self.name,
            "identifies people or records",
            "may identify people or records",
        )
        if self.identifier:
            article = "an" if self.identifier[0].lower() in "aeio" else "a"
            what = plain = f"looks like {article} {self.identifier}"
        explanation = "It was left out of every comparison, and none of its values is stored."
        fix, known = "", ", and was declared so"
        if not self.declared:
            known = ""
            explanation += " It is not needed to judge a model, so it should not be in the extract."
            fix = f"Drop {name} from the extract, or declare it as the id column if rows must be linked."
        return Words(
            title=f"{name} {what}{known}",
            plain=f"The field {readable(name)} {plain}{known}.",
            explanation=explanation,
            fix=fix,
        )


@dataclass(frozen=True, kw_only=True)
class FreeTextColumn(Facts):
    """A column of free text; ``effect`` is the share of rows that hold some, 0 to 1."""

    kind: Kind = Kind.FREE_TEXT_PRESENT
    verdict: Verdict = Verdict.WATCH
    effect: Effect

    def words(self) -> Words:
        """Say how many rows hold text."""
        name, share, n = self.name, self.effect.live or 0.0, self.effect.n_live
        part = opening(part_of(round(share * n), n, "live records"))
        return Words(
            title=f"{name} holds free text in {percent(share)} of live rows",
            plain=f"{part} hold free text in {readable(name)}, and free text may identify people.",
            explanation="Free text may hold names, dates and numbers that identify people. It was left out of every comparison.",
            fix=f"Leave {name} out of the extract unless the model reads it; if it does, de-identify it first.",
        )


@dataclass(frozen=True, kw_only=True)
class IdentifiersInside(SomeRows):
    """Values that hold identifiers: ``kinds`` with their rows, most first. A watch may be something else.

    ``texts``: only the first 40 characters are known. ``effect`` is the share of rows, ``None`` for 1 to 10.
    """

    kind: Kind = Kind.IDENTIFIER_PRESENT
    kinds: Mapping[str, int]
    texts: bool

    def words(self) -> Words:
        """Name the kinds of identifiers, never a value."""
        name, n = self.name, self.effect.n_live
        hold = "hold" if self.verdict is Verdict.ALARM else "may hold"
        kinds = listing(list(self.kinds), 3)
        explanation = "Only the shapes of the values were looked at; none is shown or stored."
        if self.texts:
            explanation += " Texts are known by their first 40 characters, so there may be more."
        return Words(
            title=f"{self.part('live rows')} {hold} identifiers in {name}: {kinds} (n = {n:,})",
            plain=f"{self.part()} {hold} identifiers in {readable(name)}: {kinds}.",
            explanation=explanation,
            evidence=tuple(f"{kind}: {rows(count)}" for kind, count in self.kinds.items()),
            fix=f"De-identify {name} before it leaves the source, or leave it out of the extract.",
        )


@dataclass(frozen=True, kw_only=True)
class OldAges(SomeRows):
    """Ages above ``oldest`` years; ``before`` is their share in training, 0 to 1. ``effect`` is without 1 to 10 rows."""

    kind: Kind = Kind.IDENTIFIER_PRESENT
    verdict: Verdict = Verdict.WATCH
    oldest: int
    before: float

    def words(self) -> Words:
        """Say how many, and whether training was capped."""
        name, above = self.name, f"hold an age above {self.oldest}"
        was = f"in training {percent(self.before)}" if self.before else "training holds none"
        return Words(
            title=(
                f"{self.part('live rows')} {above}, which counts as an identifier; {was} "
                f"({sizes_of(self.effect)})"
            ),
            plain=f"{self.part()} {above}, which counts as an identifier of a person.",
            explanation="HIPAA Safe Harbor asks that ages of 90 and more are put into one group before data are shared.",
            fix=f"Cap {name} at 90 in extracts, in the same way as in training data.",
        )

"""What is said of columns that are gone, new or of another type, and of elements of FHIR resources that are not filled."""

from __future__ import annotations

from dataclasses import dataclass

from golive.model.columns import ColumnType
from golive.model.facts import Facts, Words
from golive.model.finding import Effect
from golive.model.kinds import Kind, Verdict
from golive.wording.findings.shares import SomeRows
from golive.wording.numbers import part_of, percent, sizes_of
from golive.wording.text import opening, readable


@dataclass(frozen=True, kw_only=True)
class ColumnGone(Facts):
    """Training has the column, with a value in a share ``had`` (0 to 1) of rows; ``renamed`` is its likely new name."""

    kind: Kind = Kind.COLUMN_MISSING
    verdict: Verdict = Verdict.ALARM
    had: float
    renamed: str | None

    def words(self) -> Words:
        """Say what training had, and which column may be meant."""
        name = self.name
        return Words(
            title=f"Live data has no column {name}; in training {percent(self.had)} of rows had a value",
            plain=f"Live data has no {readable(name)}, which the model was trained with.",
            explanation="The model was trained with this column. Without it, it fails or works on a default value in every row.",
            fix=f"Map the live column {self.renamed} to {name} at intake."
            if self.renamed
            else f"Add {name} to the live feed, or map the column that carries it under another name.",
        )


@dataclass(frozen=True, kw_only=True)
class ColumnNew(Facts):
    """Live data has a column that training lacks; ``written`` is how training writes that name, where it has it."""

    kind: Kind = Kind.COLUMN_NEW
    verdict: Verdict = Verdict.WATCH
    written: str | None

    def words(self) -> Words:
        """Say whether it is a column of training under a name that is written otherwise."""
        name, written, title = self.name, self.written, readable(self.name)
        if written:
            plain = f"{opening(title)} arrives under a name that is written otherwise than in training, so a model may not find it."
            explanation = f"By its name it is training's {written}: only case, spaces or marks differ. A model does not find it under this name."
            fix = f"Map {name} to {written} at intake."
        else:
            plain = f"Live data has a field that training did not have: {title}."
            explanation = "The model cannot use it. It may be a renamed column, or a field that someone now relies on."
            fix = f"If {name} is a training column under a new name, map it; otherwise leave it out of the model's input."
        return Words(
            title=f"{name} arrives live, and training had no such column",
            plain=plain,
            explanation=explanation,
            fix=fix,
        )


@dataclass(frozen=True, kw_only=True)
class NumbersAsText(Facts):
    """Numbers that can be read, stored as text live and as numbers in training."""

    kind: Kind = Kind.NUMERIC_AS_TEXT
    verdict: Verdict = Verdict.WATCH
    effect: Effect

    def words(self) -> Words:
        """Say that the values are right and their storage is not."""
        name = self.name
        return Words(
            title=f"{name} arrives as text; training stored it as a number ({sizes_of(self.effect)})",
            plain=f"{opening(readable(name))} arrives as text instead of numbers; a system that reads it may refuse it.",
            explanation="The values read as numbers, so they were compared as numbers. A serving system may refuse or misread text.",
            fix=f"Cast {name} to a number where live data is written.",
        )


@dataclass(frozen=True, kw_only=True)
class OtherType(SomeRows):
    """Values of another type than ``type``, that of training; ``storage`` is how live data stores them."""

    kind: Kind = Kind.TYPE_CHANGED
    verdict: Verdict = Verdict.ALARM
    type: ColumnType
    storage: str

    def words(self) -> Words:
        """Say what the values were and what they are."""
        name = self.name
        was, now = "categories", "dates"
        if self.type.is_number:
            was, now = "numbers", "text that is no number"
        elif self.type is ColumnType.DATETIME:
            was, now = "dates", f"stored as {self.storage}"
        return Words(
            title=f"{percent(self.effect.live)} of live {name} values are {now}; in training they were {was} ({sizes_of(self.effect)})",
            plain=f"{self.value_part()} are no longer {was}, as they were in training.",
            explanation="Values of another type cannot be used as they are: they fail, or are turned into missing.",
            fix=f"Send {name} as {was}, as in training.",
        )


@dataclass(frozen=True, kw_only=True)
class ElementFilled(Facts):
    """How many resources fill an element (``Patient.race``) that US Core asks for; ``effect`` is the filled share, 0 to 1."""

    kind: Kind = Kind.MUST_SUPPORT_MISSING
    effect: Effect

    def words(self) -> Words:
        """Say how many fill it, and how many did in training."""
        name, effect = self.name, self.effect
        resource, element = (readable(part.replace(".", " ")) for part in name.split(".", 1))
        filled = f"{percent(effect.live)} of live resources fill it"
        part = _part(effect.live, effect.n_live, f"live {resource} resources")
        if not effect.live:
            filled, part = "no live resource fills it", f"None of the live {resource} resources"
        was = f", {percent(effect.train)} in training" if effect.n_train else ""
        return Words(
            title=f"{name}: {filled}{was}{_sizes(effect)}",
            plain=f"{part} hold the {element} that US Core asks for.",
            explanation=f"US Core asks systems to fill {name} (must support). What is not filled cannot be a feature or a filter.",
            fix=""
            if self.verdict is Verdict.QUIET
            else f"Ask the source whether it holds {name} and map it in the interface.",
        )


@dataclass(frozen=True, kw_only=True)
class ResourcesValid(Facts):
    """How many of the resources of a type that were checked keep to FHIR R4; ``broken`` (0 to 1) do not."""

    kind: Kind = Kind.RESOURCE_INVALID
    effect: Effect
    broken: float

    def words(self) -> Words:
        """Say how many break rules, and how many did in training."""
        checked = f"{self.name} resources that were checked"
        title = plain = f"All {checked} keep to the rules of FHIR R4"
        if self.broken:
            title = f"{percent(self.broken)} of the {checked} break rules of FHIR R4"
            part = _part(self.broken, self.effect.n_live, f"the {readable(self.name)} resources")
            plain = f"{part} that were checked break rules of FHIR R4"
            if self.effect.train is not None:
                title += f"; in training {percent(1 - self.effect.train)}"
        return Words(
            title=f"{title}{_sizes(self.effect)}",
            plain=f"{plain}.",
            explanation="A sample of each resource type was validated. What is wrong, by element, stands under Not assessed.",
            fix=""
            if self.verdict is Verdict.QUIET
            else "Send the problems to the source; readers may drop what is not valid.",
        )


def _part(share: float | None, n: int, what: str) -> str:
    return opening(part_of(round((share or 0) * n), n, what))


def _sizes(effect: Effect) -> str:
    return f" ({sizes_of(effect)})" if effect.n_train else f" (n = {effect.n_live:,})"

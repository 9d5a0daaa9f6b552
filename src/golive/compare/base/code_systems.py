"""Code systems: shapes, check digits and the decision which system a column holds (``data/code_systems.yaml``).

The rules follow the order of evidence: a declared system wins; then the system whose shape and check digit at least 90 % of
the values have; values that fit two systems follow the majority of those that fit only one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache, cached_property
from typing import Any, Literal

import yaml
from pydantic import Field

from golive.intake.clinical.codes import snake
from golive.model.columns import Noun
from golive.model.errors import InputError, Problem, nearest
from golive.settings import resource

MOST = 0.9
"""Share of values that must fit a system before the column is said to hold it."""

Check = Literal["mod10", "verhoeff", "luhn80840"]


class CodeSystem(Noun):
    """One code system. ``weak`` shapes are believed only where the column's name or a declaration speaks of the system;
    ``keeps_case`` says that upper and lower case differ in meaning (UCUM).
    """

    id: str
    title: str
    uri: str = ""
    aliases: tuple[str, ...] = ()
    domain: tuple[str, ...]
    shape: str
    bare: str = ""
    check: Check | None = None
    names: tuple[str, ...] = ()
    weak: bool = False
    keeps_case: bool = False

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
        return re.compile(self.shape), re.compile(self.bare) if self.bare else None

    def has_shape(self, code: str) -> bool:
        """Whether a trimmed upper-case value is written as this system writes its codes, or without dot or hyphens."""
        written, bare = self._patterns
        return bool(written.fullmatch(code) or (bare and bare.fullmatch(code)))

    def is_bare(self, code: str) -> bool:
        """Whether a code is written without the dot or hyphens that the system would write."""
        written, bare = self._patterns
        return bool(bare and bare.fullmatch(code) and not written.fullmatch(code))

    def fits(self, code: str) -> bool:
        """Whether a value has the shape and, where there is one, the right check digit."""
        return self.has_shape(code) and (self.check is None or CHECKS[self.check](code))

    def named_by(self, column: str) -> bool:
        """Whether the name of a column speaks of this system (``icd10_code``, ``ndc``)."""
        words = set(snake(column).split("_"))
        return bool(words & {*self.names, self.id.lower()})


def loinc_check(code: str) -> bool:
    """Mod-10 check digit of LOINC: Luhn over what stands before the hyphen (LOINC Users' Guide, appendix on check digits)."""
    body, _, digit = code.rpartition("-")
    return body.isalnum() and body.isascii() and digit.isdigit() and luhn(body) == int(digit)


def luhn(text: str) -> int:
    """Check digit of Luhn's mod-10 scheme (ISO/IEC 7812-1, annex B), 0 to 9.

    Capital letters count as their ASCII code less 48, which is how answers and parts of LOINC (``LA6576-8``) get theirs.
    """
    total = 0
    for i, sign in enumerate(reversed(text)):
        value = ord(sign) - 48
        total += 2 * value - 9 * (value // 5) if i % 2 == 0 else value
    return -total % 10


def npi_check(code: str) -> bool:
    """Check digit of a US National Provider Identifier: Luhn with the prefix 80840 (45 CFR 162.406)."""
    return code.isdigit() and luhn("80840" + code[:-1]) == int(code[-1])


_D5 = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_SHUFFLE = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


@cache
def _permutations() -> tuple[tuple[int, ...], ...]:
    rows = [tuple(range(10))]
    for _ in range(7):
        rows.append(tuple(_SHUFFLE[d] for d in rows[-1]))
    return tuple(rows)


def snomed_check(code: str) -> bool:
    """Verhoeff check digit and partition of a SNOMED CT concept identifier (SNOMED CT Release File Specification, 6).

    The two digits before the check digit are 00 (core) or 10 (extension) for a concept.
    """
    if not code.isdigit() or code[-3:-1] not in ("00", "10"):
        return False
    table, check = _permutations(), 0
    for i, sign in enumerate(reversed(code)):
        check = _D5[check][table[i % 8][int(sign)]]
    return check == 0


CHECKS = {"mod10": loinc_check, "verhoeff": snomed_check, "luhn80840": npi_check}


class CodeRules(Noun):
    """The whole of ``data/code_systems.yaml``."""

    systems: dict[str, CodeSystem]
    first_seen: dict[str, dict[str, date]] = Field(default_factory=dict)
    icd10cm_required_from: date
    unit_spellings: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    same_meaning: tuple[tuple[str, ...], ...] = ()
    result_comments: tuple[str, ...] = ()


@cache
def rules() -> CodeRules:
    """Read and check the shipped rules, once."""
    text = resource("data", "code_systems.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    data["systems"] = {name: {"id": name, **entry} for name, entry in data["systems"].items()}
    return CodeRules.model_validate(data)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


@cache
def _by_name() -> dict[str, CodeSystem]:
    found: dict[str, CodeSystem] = {}
    for system in rules().systems.values():
        for name in (system.id, system.title, system.uri, *system.aliases, *system.names):
            if name:
                found.setdefault(_plain(name), system)
    return found


def declared_system(name: str, column: str = "") -> CodeSystem:
    """The system that a person declared by id, title, common name or URI (``ICD10CM``, ``ICD-10-CM``, ``http://...``).

    Raises:
        InputError: ``CODE_SYSTEM_UNKNOWN``, with the nearest known name.
    """
    system = _by_name().get(_plain(name))
    if system is not None:
        return system
    hint, where = nearest(name, list(rules().systems)), f"columns.{column}.system" if column else ""
    said = f"'{name}' is not a code system known here."
    raise InputError(Problem("CODE_SYSTEM_UNKNOWN", said, hint, where))


def cleaned(value: str) -> str:
    """A code as systems are matched: without blanks around it, in upper case."""
    return value.strip().upper()


def candidates(column: str, own: CodeSystem | None = None) -> tuple[CodeSystem, ...]:
    """Systems that a column may hold: those its name speaks of, all strong ones, and weak ones of ``own``'s kind."""
    known = rules().systems.values()
    named = [s for s in known if s.named_by(column)]
    first = ([own] if own else []) + named
    rest = [s for s in known if s not in first and not s.weak]
    return tuple(dict.fromkeys((*first, *rest)))


def fitting(codes: Mapping[str, int], systems: Sequence[CodeSystem]) -> dict[str, CodeSystem]:
    """The system of every code that has one: what fits several follows the majority of what fits only one.

    ``codes`` are cleaned values with their rows. Among systems without majority the order of ``systems`` decides.
    """
    fits = {code: [s for s in systems if s.fits(code)] for code in codes}
    alone = {s.id: 0 for s in systems}
    for code, found in fits.items():
        if len(found) == 1:
            alone[found[0].id] += codes[code]
    rank = {s.id: (-alone[s.id], i) for i, s in enumerate(systems)}
    return {code: min(found, key=lambda s: rank[s.id]) for code, found in fits.items() if found}


def decide(column: str, codes: Mapping[str, int], declared: str | None = None) -> CodeSystem | None:
    """The system a column holds, or ``None`` for codes of its own (no system explains ``MOST`` of the rows).

    Where two systems together explain them (years in which both were in use), the larger one is the column's.
    """
    if declared:
        return declared_system(declared, column)
    total = sum(codes.values())
    if total == 0:
        return None
    for system in candidates(column):
        if system.named_by(column):
            fits = sum(rows for code, rows in codes.items() if system.fits(code))
            if fits / total >= MOST:
                return system
    rows = Counter[str]()
    for code, system in fitting(codes, candidates(column)).items():
        rows[system.id] += codes[code]
    largest = rows.most_common(2)
    if sum(n for _, n in largest) < MOST * total or largest[0][1] < 0.5 * total:
        return None
    return rules().systems[largest[0][0]]


def without_marks(code: str) -> str:
    """A code without dot, hyphens and blanks: the form in which two ways of writing it are equal."""
    return re.sub(r"[^0-9A-Z]", "", code.upper())


def with_dot(system: CodeSystem, code: str) -> str:
    """A bare ICD code with its dot (``E1165`` -> ``E11.65``); other codes unchanged."""
    if system.id not in ("ICD10CM", "ICD9CM") or "." in code:
        return code
    head = 4 if system.id == "ICD9CM" and code.startswith("E") else 3
    return code if len(code) <= head else f"{code[:head]}.{code[head:]}"


def rolled_up(system: CodeSystem, code: str) -> str:
    """The category of a code: three characters of ICD (four of an ICD-9-CM E code), else the code itself."""
    if system.id in ("ICD10CM", "ICD9CM"):
        return without_marks(code)[: 4 if system.id == "ICD9CM" and code.startswith("E") else 3]
    return code

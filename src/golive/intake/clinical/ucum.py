"""Units as people write them, read as UCUM: ``mcg/L``, ``µmol/l``, ``x10^9/L`` and ``K/uL`` name known units.

The grammar and the sizes of units are those of ``ucumvert`` (Lark and Pint); this module undoes what people write instead of
UCUM.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Any

import yaml

from golive.settings import resource

_UP = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_LITRE = re.compile(r"(?<![A-Za-z])([munpdfkc]?)l(?![A-Za-z\[])")
_WRITTEN = (
    (re.compile(r"[µμ]"), "u"),
    (re.compile(r"[×✕]"), "x"),
    (re.compile(r"10([⁰¹²³⁴⁵⁶⁷⁸⁹]+)"), lambda found: f"10*{found.group(1).translate(_UP)}"),
    (re.compile(r"\s+"), ""),
    (re.compile(r"(?i)\bmcg(?![a-z])"), "ug"),
    (re.compile(r"(?i)\bgm(?![a-z])"), "g"),
    (re.compile(r"(?i)\bcc(?![a-z])"), "mL"),
    (re.compile(r"(?i)(?<=/)(?:hr|hour)s?$"), "h"),
    (re.compile(r"(?i)(?<=/)(?:minute|mn)s?$"), "min"),
    (re.compile(r"(?i)^x?10(?:\^|\*\*|\*|e)\+?(\d+)"), r"10*\1"),
    (re.compile(r"/\(?1\.73_?m\^?2\)?"), "/{1.73_m2}"),
    (re.compile(r"(?i)\bmeq\b"), "meq"),
)
_SHOUTED = re.compile(r"[MUNP]G/[A-Z]+$")


@cache
def _spellings() -> dict[str, str]:
    """Spelling in lower case without blanks -> UCUM (``unit_spellings`` of ``data/code_systems.yaml``)."""
    known = yaml.safe_load(resource("data", "code_systems.yaml").read_text(encoding="utf-8"))[
        "unit_spellings"
    ]
    return {
        re.sub(r"\s", "", word).lower(): unit
        for unit, words in known.items()
        for word in (unit, *words)
    }


@cache
def canonical(written: str) -> str | None:
    """A unit in UCUM, litres as ``L``; ``None`` for what is no unit (1 to 30 characters are read).

    A spelling of the list wins, then UCUM as it is written, then the same in lower case (laboratories print ``MMOL/L``).
    """
    text = written.strip()
    if not 0 < len(text) <= 30:
        return None
    for pattern, new in _WRITTEN:
        text = pattern.sub(new, text)
    if _SHOUTED.match(text):  # UCUM reads MG/L as megagauss
        text = text.lower()
    for spelling in (text, re.sub(r"\s", "", written)):
        if listed := _spellings().get(spelling.lower()):
            return listed
    return next((_LITRE.sub(r"\1L", form) for form in (text, text.lower()) if _valid(form)), None)


def _valid(text: str) -> bool:
    from ucumvert import parse_ucum  # type: ignore[import-untyped]

    try:
        parse_ucum(text)
    except Exception:  # the parser has several of its own
        return False
    return True


@cache
def _registry() -> Any:
    """Pint's registry of UCUM units; takes half a second."""
    from ucumvert import PintUcumRegistry

    return PintUcumRegistry()


@cache
def ratio(unit: str, other: str) -> float | None:
    """By what a value in ``unit`` is multiplied to be in ``other``; ``None`` where that is no plain factor or not known.

    Both as people write them. No factor leads from mass to substance (that takes the analyte), between temperature scales
    (an offset), or between equivalents and moles (the charge: 1 mmol of calcium is 2 meq).
    """
    first, second = canonical(unit), canonical(other)
    if first is None or second is None:
        return None
    if first == second:
        return 1.0
    if ("eq" in first) != ("eq" in second) or {"Cel", "[degF]", "K"} & {first, second}:
        return None
    try:
        factor = float(_registry().from_ucum(first).to(_registry().from_ucum(second)).magnitude)
    except Exception:  # other dimension, or a unit that Pint does not know
        return None
    return factor if math.isfinite(factor) and factor > 0 else None


def same(unit: str, other: str) -> bool:
    """Whether two spellings mean one unit: ``10*9/L`` and ``K/uL`` do."""
    factor = ratio(unit, other)
    return unit == other or (factor is not None and math.isclose(factor, 1.0, rel_tol=1e-9))

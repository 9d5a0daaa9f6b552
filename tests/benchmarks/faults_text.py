"""Planted faults of text, codes and dates for the fault bench (``fault_bench``): same planters, same share of rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from fault_bases import Menu, Rng
from fault_bench import Fault, Planted, Planter, pick, put_text, rows

from golive.samples.physiology import ICD9

FORMS: dict[str, Callable[[float], str]] = {
    "censored": lambda x: f"<{x:g}",
    "unit": lambda x: f"{x:g} mg/dL",
    "comma": lambda x: f"{x + 0.01:.2f}".replace(".", ","),
    "range": lambda x: f"{x:g}-{x + 1:g}",
    "flag": lambda x: f"{x:g} H",
    "about": lambda x: f"~{x:g}",
    "comment": lambda _x: "hemolyzed",
}


def _codes(change: Callable[[str, Rng], str]) -> Planter:
    def plant(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
        at = rows(frame, rng, share, "dx")
        return put_text(frame, "dx", at, [change(code, rng) for code in frame["dx"].to_numpy()[at]])

    return plant


def _all_codes(change: Callable[[str, Rng], str]) -> Planter:
    return lambda menu, frame, rng, _share: _codes(change)(menu, frame, rng, 1.0)


def _local(code: str, rng: Rng) -> str:
    return str(rng.choice(["LOC-0012", "chest pain", "DX#17", "see problem list 3", "~A4"]))


def _list(code: str, rng: Rng) -> str:
    return f"{code}{rng.choice([',', '; ', '|'])}{rng.choice(list(ICD9))}"


def _untidy(code: str, rng: Rng) -> str:
    return str(rng.choice([code.lower(), f" {code}", f"{code.lower()} "]))


def _category(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    """The same diagnoses at category level (``E11`` for ``E11.65``)."""
    long = np.flatnonzero(frame["dx"].str.contains(".", regex=False).to_numpy())
    at = rng.choice(long, size=round(share * len(frame)), replace=False)
    return put_text(frame, "dx", at, [code[:3] for code in frame["dx"].to_numpy()[at]])


def _spelling(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column = pick(rng, list(menu.spellings))
    usual, others = menu.spellings[column]
    held = np.flatnonzero((frame[column] == usual).to_numpy())
    wanted = min(len(held), max(3, round(share * int(frame[column].notna().sum()))))
    return put_text(
        frame, column, rng.choice(held, size=wanted, replace=False), rng.choice(others, wanted)
    )


def _words(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column = pick(rng, menu.texts)
    form = FORMS[str(rng.choice(list(FORMS)))]
    at = rows(frame, rng, share, column)
    text = frame[column].astype(object).map(lambda v: None if pd.isna(v) else f"{v}")
    values = [form(float(v)) for v in frame[column].to_numpy()[at]]
    frame[column] = text
    return put_text(frame, column, at, values)


def _date_format(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column = pick(rng, menu.times)
    at = rows(frame, rng, share, column)
    written = pd.to_datetime(frame[column].iloc[at]).dt.strftime(
        str(rng.choice(["%m/%d/%Y %H:%M", "%d.%m.%Y"]))
    )
    return put_text(frame, column, at, written.to_numpy())


def _label(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    """Another unit in the label, while the values stay as they were."""
    column, unit = pick(rng, menu.labelled)
    at = rows(frame, rng, share, column)
    return put_text(frame, column, at, [unit] * len(at))


def _unknown(menu: Menu, frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column = pick(rng, menu.categories)
    at = rows(frame, rng, share, column)
    return put_text(frame, column, at, rng.choice(["?", "UNK", "___", "see note"], len(at)))


TEXT_FAULTS: tuple[Fault, ...] = (
    Fault("code_system_mix", _codes(lambda code, _rng: ICD9[code])),
    Fault("code_system_change", _all_codes(lambda code, _rng: ICD9[code]), whole=True),
    Fault(
        "code_format_change",
        _codes(lambda code, _rng: code.replace(".", "")),
        label="code_format_change (no dot)",
    ),
    Fault(
        "code_format_change",
        _codes(_list),
        also=("code_system_mix",),
        label="code_format_change (lists)",
    ),
    Fault("code_format_change", _codes(_untidy), label="code_format_change (case, blanks)"),
    Fault("code_invalid", _codes(_local)),
    Fault("code_release_gap", _category, label="code_release_gap (category level)"),
    Fault("spelling_variants", _spelling),
    Fault("free_text_in_structured", _words, also=("type_changed",)),
    Fault("date_format_change", _date_format),
    Fault("unit_change", _label, label="unit_change (label only)", needs="labelled"),
    Fault("disguised_missing", _unknown, label="disguised_missing (words)"),
)

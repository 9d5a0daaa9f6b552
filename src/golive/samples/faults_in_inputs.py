"""Planted faults of the inputs: units, missing values, codes, text, sentinels, spellings, limits, columns."""

from __future__ import annotations

import numpy as np

from golive.model.finding import Kind
from golive.samples.feed import Fault, Feed, Mask

NEW_INTERFACE = "2026-03-04"
UMOL_PER_MG = 88.42

# The ICD-9-CM code that a coder would have used before 1 Oct 2015 for each ICD-10-CM code of the generator.
ICD9 = {
    "R07.9": "786.50",
    "R10.9": "789.00",
    "R51.9": "784.0",
    "M54.50": "724.2",
    "S09.90XA": "959.01",
    "R55": "780.2",
    "R42": "780.4",
    "R11.2": "787.01",
    "R06.02": "786.05",
    "R53.1": "780.79",
    "I48.91": "427.31",
    "I50.9": "428.0",
    "I63.9": "434.91",
    "I21.4": "410.71",
    "K92.2": "578.9",
    "K57.92": "562.11",
    "J44.1": "491.21",
    "N17.9": "584.9",
    "E11.65": "250.02",
    "R41.82": "780.97",
    "J06.9": "465.9",
    "R50.9": "780.60",
    "J18.9": "486",
    "N39.0": "599.0",
    "N10": "590.10",
    "L03.115": "682.6",
    "A41.9": "038.9",
}


def _creatinine(feed: Feed) -> Mask:
    rows = feed.at("C3", since=NEW_INTERFACE) & feed.frame["creatinine"].notna().to_numpy()
    feed.frame.loc[rows, "creatinine"] = (feed.frame.loc[rows, "creatinine"] * UMOL_PER_MG).round(1)
    return rows


def _monitors(feed: Feed) -> Mask:
    rows = feed.choose(feed.at("C2", "C4"), 0.28)
    feed.frame.loc[rows, ["heart_rate", "resp_rate"]] = np.nan
    return rows


def _icd9(feed: Feed) -> Mask:
    rows = feed.choose(feed.at("C1"), 0.031)
    feed.frame.loc[rows, "dx"] = feed.frame.loc[rows, "dx"].map(ICD9)
    return rows


def _lactate_text(feed: Feed) -> Mask:
    lactate = feed.frame["lactate"].to_numpy()
    low = feed.choose(lactate <= 1.2, 0.011)
    other = feed.choose(~np.isnan(lactate) & ~low, 0.013)
    words = feed.rng.choice(
        np.array(["see note", "hemolyzed", "QNS"], dtype=object),
        size=len(lactate),
        p=[0.5, 0.3, 0.2],
    )
    rows = low | other
    text = feed.frame["lactate"].astype(object).where(~rows, np.where(low, "<0.5", words))
    feed.text["lactate"] = text.where(rows)
    feed.frame.loc[rows, "lactate"] = np.nan
    return rows


def _fahrenheit(feed: Feed) -> Mask:
    rows = feed.choose(feed.at("C4") & feed.frame["temperature"].notna().to_numpy(), 0.055)
    feed.frame.loc[rows, "temperature"] = (feed.frame.loc[rows, "temperature"] * 1.8 + 32).round(1)
    return rows


def _gcs_sentinel(feed: Feed) -> Mask:
    rows = feed.choose(feed.at("C2"), 0.034)
    feed.frame.loc[rows, "gcs"] = -1
    return rows


def _glucose_zero(feed: Feed) -> Mask:
    rows = feed.choose(feed.at("C3") & feed.frame["glucose"].notna().to_numpy(), 0.018)
    feed.frame.loc[rows, "glucose"] = 0
    return rows


def _route_spelling(feed: Feed) -> Mask:
    rows = feed.at("C2") & (feed.frame["antibiotic_route"] == "IV").to_numpy()
    words = feed.rng.choice(
        np.array(["iv", "Intravenous", "I.V."], dtype=object), size=len(rows), p=[0.5, 0.35, 0.15]
    )
    feed.frame["antibiotic_route"] = feed.frame["antibiotic_route"].mask(rows, words)
    return rows


def _insurance(feed: Feed) -> Mask:
    rows = feed.choose((feed.frame["insurance"] == "Private").to_numpy(), 0.041)
    feed.frame.loc[rows, "insurance"] = "Marketplace"
    return rows


def _transfers(feed: Feed) -> Mask:
    rows = feed.choose((feed.frame["arrival_mode"] == "walk-in").to_numpy(), 0.04)
    feed.frame.loc[rows, "arrival_mode"] = "transfer"
    return rows


def _age_uncapped(feed: Feed) -> Mask:
    feed.age_capped = False
    return (feed.frame["age"] > 89).to_numpy()


def _column_gone(feed: Feed) -> None:
    feed.frame = feed.frame.drop(columns="procalcitonin")


def _column_new(feed: Feed) -> None:
    feed.frame["poc_device"] = feed.rng.choice(
        np.array(["PD-1", "PD-2", "PD-3"], dtype=object), size=len(feed.frame)
    )


INPUT_FAULTS: tuple[Fault, ...] = (
    Fault(
        "creatinine_umol",
        Kind.UNIT_MIX,
        ("creatinine",),
        "input",
        "Creatinine arrives in umol/L at clinic C3 since its laboratory interface was replaced",
        "Convert creatinine at C3 from umol/L to mg/dL (divide by 88.42) and state the unit in the interface contract",
        _creatinine,
        also=(
            Kind.UNIT_CHANGE,
            Kind.OUT_OF_RANGE,
            Kind.SCALE_ERROR,
            Kind.DISTRIBUTION_SHIFT,
            Kind.WATCH_RANGE,
        ),
        segment={"site": ["C3"]},
        since=NEW_INTERFACE,
        parameters={"factor": UMOL_PER_MG, "from_unit": "mg/dL", "to_unit": "umol/L"},
        per="values",
        repair={"op": "convert", "column": "creatinine", "factor": 1 / UMOL_PER_MG},
    ),
    Fault(
        "monitors_unmapped",
        Kind.MISSING_BLOCK,
        ("heart_rate", "resp_rate"),
        "input",
        "Heart rate and respiratory rate are missing together at clinics C2 and C4: their bedside monitors are not mapped",
        "Map the monitor feed of C2 and C4; until then abstain or retrain with this missingness",
        _monitors,
        also=(Kind.MISSING_UP,),
        segment={"site": ["C2", "C4"]},
    ),
    Fault(
        "icd9_codes",
        Kind.CODE_SYSTEM_MIX,
        ("dx",),
        "input",
        "Clinic C1 still sends ICD-9-CM codes for some visits; the model was trained on ICD-10-CM",
        "Map ICD-9-CM to ICD-10-CM at intake with a dated crosswalk and pin the release",
        _icd9,
        also=(
            Kind.UNSEEN_CATEGORY,
            Kind.CODE_SYSTEM_CHANGE,
            Kind.CODE_FORMAT_CHANGE,
            Kind.DISTRIBUTION_SHIFT,
        ),
        segment={"site": ["C1"]},
        parameters={"from_system": "ICD10CM", "to_system": "ICD9CM"},
        per="values",
    ),
    Fault(
        "lactate_text",
        Kind.FREE_TEXT_IN_STRUCTURED,
        ("lactate",),
        "input",
        "Lactate holds words and '<0.5' where the model expects a number",
        "Parse '<0.5' as a censored value, send comments to a comment field, quarantine the rest",
        _lactate_text,
        also=(Kind.NUMERIC_AS_TEXT, Kind.TYPE_CHANGED, Kind.DISGUISED_MISSING),
        parameters={"tokens": ["<0.5", "see note", "hemolyzed", "QNS"]},
        per="values",
    ),
    Fault(
        "temperature_fahrenheit",
        Kind.UNIT_MIX,
        ("temperature",),
        "input",
        "One triage desk at clinic C4 records temperature in Fahrenheit",
        "Convert that desk's temperature from Fahrenheit to Celsius at intake",
        _fahrenheit,
        also=(Kind.UNIT_CHANGE, Kind.OUT_OF_RANGE, Kind.DISTRIBUTION_SHIFT, Kind.WATCH_RANGE),
        segment={"site": ["C4"]},
        parameters={"factor": 1.8, "offset": 32, "from_unit": "Cel", "to_unit": "[degF]"},
        per="values",
    ),
    Fault(
        "gcs_sentinel",
        Kind.DISGUISED_MISSING,
        ("gcs",),
        "input",
        "Clinic C2 writes -1 where the coma score was not assessed",
        "Read -1 as missing",
        _gcs_sentinel,
        also=(Kind.OUT_OF_RANGE, Kind.UNSEEN_CATEGORY, Kind.DISTRIBUTION_SHIFT),
        segment={"site": ["C2"]},
        parameters={"value": -1},
        per="values",
        repair={"op": "drop_sentinel", "column": "gcs", "value": -1},
    ),
    Fault(
        "glucose_zero",
        Kind.DISGUISED_MISSING,
        ("glucose",),
        "input",
        "Clinic C3 writes 0 where glucose was not measured",
        "Read 0 as missing",
        _glucose_zero,
        also=(Kind.OUT_OF_RANGE, Kind.WATCH_RANGE, Kind.DISTRIBUTION_SHIFT),
        segment={"site": ["C3"]},
        parameters={"value": 0},
        per="values",
        repair={"op": "drop_sentinel", "column": "glucose", "value": 0},
    ),
    Fault(
        "route_spelling",
        Kind.SPELLING_VARIANTS,
        ("antibiotic_route",),
        "input",
        "Clinic C2 spells the intravenous route 'iv', 'Intravenous' and 'I.V.'; training knows only 'IV'",
        "Map the three spellings to 'IV'",
        _route_spelling,
        also=(Kind.UNSEEN_CATEGORY, Kind.CATEGORY_SHARE_SHIFT, Kind.DISTRIBUTION_SHIFT),
        segment={"site": ["C2"]},
        parameters={"values": ["iv", "Intravenous", "I.V."], "canonical": "IV"},
        per="values",
    ),
    Fault(
        "insurance_new",
        Kind.UNSEEN_CATEGORY,
        ("insurance",),
        "input",
        "A kind of insurance that training never saw: 'Marketplace'",
        "Decide with the clinic where 'Marketplace' belongs and retrain the encoding",
        _insurance,
        also=(Kind.CATEGORY_SHARE_SHIFT, Kind.DISTRIBUTION_SHIFT),
        parameters={"value": "Marketplace"},
        per="values",
    ),
    Fault(
        "more_transfers",
        Kind.CATEGORY_SHARE_SHIFT,
        ("arrival_mode",),
        "input",
        "Patients transferred from other hospitals rose from 2 % to about 6 %: the case mix changed",
        "Check the model on transferred patients before they are scored",
        _transfers,
        also=(Kind.DISTRIBUTION_SHIFT,),
        parameters={"value": "transfer"},
    ),
    Fault(
        "age_uncapped",
        Kind.LIMIT_CHANGED,
        ("age",),
        "input",
        "Training stored ages above 89 as 89; live data does not",
        "Cap live age at 89 as in training",
        _age_uncapped,
        also=(Kind.WATCH_RANGE, Kind.OUT_OF_RANGE),
        parameters={"limit": 89, "side": "upper"},
    ),
    Fault(
        "procalcitonin_gone",
        Kind.COLUMN_MISSING,
        ("procalcitonin",),
        "input",
        "Procalcitonin is not in the live feed",
        "Add procalcitonin to the feed or retrain without it",
        _column_gone,
    ),
    Fault(
        "device_new",
        Kind.COLUMN_NEW,
        ("poc_device",),
        "input",
        "The live feed has a column that training does not: poc_device",
        "Decide whether poc_device is needed; drop it at intake if not",
        _column_new,
    ),
)

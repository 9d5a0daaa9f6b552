"""Identifiers inside free text, categories and ages: seen by shape, and nothing of them shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_profiles import bare, categories, numbers, table

from golive.compare.fields import hipaa
from golive.compare.fields.hipaa import kinds_in_text
from golive.model.columns import ColumnType, Role
from golive.model.config import ColumnConfig, Config
from golive.model.facts import findings
from golive.model.finding import Verdict
from golive.model.profile import ColumnProfile
from golive.profile.categories import counted, shape

CONFIG = Config()


def note(*texts: str, role: Role = Role.FEATURE) -> ColumnProfile:
    shapes = counted([(shape(text), 1) for text in texts], most=200)
    return replace(bare("note", ColumnType.TEXT, max(1, len(texts)), role=role), patterns=shapes)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("call 555-123-4567 tonight", "telephone number"),
        ("(555) 123-4567", "telephone number"),
        ("SSN 123-45-6789", "social security number"),
        ("write to jane.roe@example.org", "e-mail address"),
        ("see https://example.org/a", "web address"),
        ("from 10.0.0.12", "IP address"),
    ],
)
def test_identifiers_in_text(text: str, kind: str) -> None:
    train, live = table(note("chest pain")), table(note(*[text] * 20, "fever"))
    (found,) = findings(hipaa.check(train, live, CONFIG))
    assert (found.kind, found.verdict, found.rows_affected) == (
        "identifier_present",
        Verdict.ALARM,
        20,
    )
    assert kind in found.title
    assert text not in found.model_dump_json()


@pytest.mark.parametrize(
    "text",
    [
        "bp 120/80 hr 88",
        "temp 38.5 for 3 days",
        "pain 7/10 since 2 am",
        "5 mg 2x daily",
        "ph 7.35 pco2 40",
        "age 45-50",
    ],
)
def test_clinical_numbers_are_no_identifiers(text: str) -> None:
    assert kinds_in_text({shape(text): 30}) == ({}, {})


def test_what_may_be_something_else_is_watched() -> None:
    live = table(note(*["MRN 00482913"] * 20))
    (found,) = findings(hipaa.check(live, live, CONFIG))
    assert found.verdict is Verdict.WATCH
    assert "may hold identifiers" in found.title


def test_few_rows_and_declared_columns() -> None:
    slip = table(note(*["555-123-4567"] * 2, *["fever"] * 50))
    assert hipaa.check(slip, slip, CONFIG) == []
    few = table(note(*["555-123-4567"] * 5, *["fever"] * 50))
    (found,) = findings(hipaa.check(few, few, CONFIG))
    assert (found.rows_affected, found.effect.live if found.effect else 0) == (None, None), (
        "counts of 1 to 10 are private"
    )
    assert "5 rows" not in found.model_dump_json()
    ignored = table(note(*["555-123-4567"] * 20, role=Role.IGNORED))
    assert hipaa.check(ignored, ignored, CONFIG) == []


def test_identifiers_among_categories() -> None:
    train = table(categories("contact", ["yes", "no"] * 100))
    live = table(categories("contact", ["yes", "no"] * 50 + ["555-123-4567"] * 20))
    (found,) = findings(hipaa.check(train, live, CONFIG))
    assert found.verdict is Verdict.ALARM
    assert hipaa.check(train, train, CONFIG) == []


def test_ages_above_89() -> None:
    capped, real = np.repeat([40.0, 89.0], 100), np.repeat([40.0, 95.0], [180, 20])
    (found,) = findings(
        hipaa.check(table(numbers("age", capped)), table(numbers("age", real)), CONFIG)
    )
    assert (found.verdict, found.rows_affected) == (Verdict.WATCH, 20)
    assert "training holds none" in found.title
    assert hipaa.check(table(numbers("age", real)), table(numbers("age", capped)), CONFIG) == []
    months = Config(columns={"age": ColumnConfig(unit="mo")})
    assert hipaa.check(table(numbers("age", capped)), table(numbers("age", real)), months) == []
    weight = table(numbers("weight", real))
    assert hipaa.check(weight, weight, CONFIG) == []


@given(st.text(max_size=60))
def test_any_text_can_be_looked_at(text: str) -> None:
    sure, weak = kinds_in_text({shape(text): 1})
    assert set(sure.values()) | set(weak.values()) <= {1}

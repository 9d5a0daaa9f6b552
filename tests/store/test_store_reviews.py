"""Reviews of generated text: one current verdict per reviewer and text, history kept, no text."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive.model.errors import StoreError
from golive.model.reviews import Review
from golive.store import Store

FILE, OTHER = "a" * 64, "b" * 64


def test_a_review_is_kept_per_reviewer_and_file_and_can_be_changed(tmp_path: Path) -> None:
    first = Review(live=FILE, row=3, reviewer="ana", verdict="supported")
    with Store(tmp_path / "store.duckdb") as store:
        assert store.reviews.put(first, project="p", actor="ana") == 1
        store.reviews.put(first.model_copy(update={"reviewer": "ben"}), project="p", actor="ben")
        store.reviews.put(first.model_copy(update={"live": OTHER}), project="p", actor="ana")
        store.reviews.put(
            first.model_copy(update={"verdict": "harmful"}), project="p", actor="ana", revision=1
        )
        kept = store.reviews.of("p", FILE)
        assert {(e.item.reviewer, e.item.verdict, e.revision) for e in kept} == {
            ("ana", "harmful", 2),
            ("ben", "supported", 1),
        }
        with pytest.raises(StoreError) as caught:
            store.reviews.put(first, project="p", actor="ana", revision=1)
        assert caught.value.code == "CONFLICT"
        store.reviews.take_back(kept[0].item, project="p", actor="ana", revision=2)
        assert [e.item.reviewer for e in store.reviews.of("p", FILE)] == ["ben"]
        assert store.verify_audit().ok


def test_a_review_has_no_place_for_text() -> None:
    assert set(Review.model_fields) == {"live", "row", "reviewer", "verdict", "drawn"}

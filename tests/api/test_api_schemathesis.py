"""Schemathesis against the API's own OpenAPI document: whatever fits it, or does not, no call ends in a server error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sample_assessment as made
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks
from starlette.applications import Starlette

from golive import api
from golive.api.document import document
from golive.store import Store

TOKEN = "t" * 32
HEAD = {"Authorization": f"Bearer {TOKEN}"}
CALLS = [(path, method) for path, methods in document()["paths"].items() for method in methods]
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The API over a store with one session, as schemathesis reads it from the server itself."""
    from golive.compare.drift import evidently as evidently_scores
    from golive.ui.shell import cache

    home = tmp_path_factory.mktemp("api")
    with Store(home / "golive.duckdb") as store:
        store.save(made.assessment(), config=made.CONFIG, actor="local")
    evidently_scores.warm().join()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GOLIVE_HOME", str(home))
        patch.setenv("GOLIVE_API_TOKEN", TOKEN)
        patch.setenv("GOLIVE_MAX_UPLOAD_MB", "1")
        patch.delenv("GOLIVE_STORE", raising=False)
        cache.release()
        yield schemathesis.openapi.from_asgi("/api/v1/openapi.json", Starlette(routes=api.routes()))
        cache.release()


def test_the_document_is_valid_openapi(described: Any) -> None:
    described.validate()
    assert sum(1 for _ in described.get_all_operations()) == len(CALLS)


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("path", "method"), CALLS)
def test_no_call_is_a_server_error_and_every_answer_is_as_promised(
    described: Any, path: str, method: str, mode: GenerationMode
) -> None:
    operation = described[path][method]
    answers: list[int] = []

    @given(data=st.data())
    @settings(
        max_examples=15,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def attempt(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        answer = case.call(headers=HEAD)
        answers.append(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    attempt()
    assert answers


def test_an_unknown_method_is_refused_not_failed(described: Any) -> None:
    for path, method in CALLS:
        answer = (
            described[path][method]
            .Case(path_parameters={"id": "0000", "name": "ward"}, method="DELETE")
            .call(headers=HEAD)
        )
        assert answer.status_code == 405, path

"""The API: closed without a token, errors with codes, answers that fit its own document, and no server error for any input."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from golive import api
from golive.api.document import document
from golive.store import Store

TOKEN = "t" * 32
HEAD = {"Authorization": f"Bearer {TOKEN}"}


class TestClient:
    """Calls an application in this process, without a socket."""

    __test__ = False

    def __init__(self, app: Starlette) -> None:
        self._transport = httpx.ASGITransport(app, raise_app_exceptions=False)

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def call() -> httpx.Response:
            async with httpx.AsyncClient(
                transport=self._transport, base_url="http://golive.test"
            ) as client:
                return await client.request(method, path, **options)

        return asyncio.run(call())

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.request("POST", path, **options)


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    from golive.ui.shell import cache

    monkeypatch.setenv("GOLIVE_HOME", str(tmp_path))
    monkeypatch.setenv("GOLIVE_API_TOKEN", TOKEN)
    monkeypatch.setenv("GOLIVE_MAX_UPLOAD_MB", "1")
    monkeypatch.delenv("GOLIVE_STORE", raising=False)
    cache.release()
    yield TestClient(Starlette(routes=api.routes()))
    cache.release()


@pytest.fixture(scope="module")
def warmed() -> None:
    from golive.compare.drift import evidently as evidently_scores

    evidently_scores.warm().join()


def csv(rows: int, seed: int, missing: float = 0.0) -> bytes:
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {"heart_rate": draw.normal(80, 12, rows).round(0), "sex": draw.choice(["f", "m"], rows)}
    )
    frame.loc[draw.random(rows) < missing, "heart_rate"] = np.nan
    return frame.to_csv(index=False).encode()


def fits(path: str, method: str, answer: Any) -> None:
    """The answer's status and body are what the document promises."""
    found = document()
    promised = found["paths"][path][method]["responses"]
    assert str(answer.status_code) in promised, (path, answer.status_code, answer.text[:300])
    content = promised[str(answer.status_code)]["content"]
    if "application/json" in content:
        schema = {**content["application/json"]["schema"], "components": found["components"]}
        jsonschema.validate(answer.json(), schema)


def test_the_document_is_openapi_and_names_every_route(client: TestClient) -> None:
    found = client.get("/api/v1/openapi.json").json()
    assert found["openapi"].startswith("3.1")
    served = {re.sub(r":\w+}", "}", r.path) for r in api.routes()} - {
        "/api/v1/openapi.json",
        "/api/{rest}",
    }
    assert set(found["paths"]) == served
    for ref in re.findall(
        r'"#/components/schemas/([^"]+)"', client.get("/api/v1/openapi.json").text
    ):
        assert ref in found["components"]["schemas"]


@pytest.mark.parametrize(
    "head", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}]
)
@pytest.mark.parametrize("path", list(document()["paths"]))
def test_every_call_needs_the_token(client: TestClient, path: str, head: dict[str, str]) -> None:
    method = next(iter(document()["paths"][path]))
    answer = client.request(method, path.replace("{id}", "x").replace("{name}", "x"), headers=head)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    fits(path, method, answer)


def test_without_a_token_of_its_own_the_server_keeps_the_api_closed(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from golive.ui.shell import cache

    monkeypatch.setenv("GOLIVE_API_TOKEN", "")
    cache.release()
    answer = client.get("/api/v1/sessions", headers={"Authorization": "Bearer "})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "API_OFF")


def test_assess_keep_and_read_again(client: TestClient, warmed: None, tmp_path: Path) -> None:
    files = {"train": ("train.csv", csv(400, 1)), "live": ("../live.csv", csv(300, 2, missing=0.4))}
    made = client.post("/api/v1/assessments", headers=HEAD, files=files, data={"project": "ward"})
    assert made.status_code == 201, made.text
    fits("/api/v1/assessments", "post", made)
    assert any(f["id"] == "missing_up:heart_rate" for f in made.json()["findings"])
    read = client.get(made.headers["location"], headers=HEAD)
    fits("/api/v1/assessments/{id}", "get", read)
    assert read.json() == made.json()
    listed = client.get("/api/v1/sessions?project=ward&limit=1", headers=HEAD)
    fits("/api/v1/sessions", "get", listed)
    assert [s["session"] for s in listed.json()["sessions"]] == [made.json()["session"]]
    metrics = client.get("/api/v1/metrics", headers=HEAD).text
    assert 'golive_findings{project="ward",verdict="alarm"} 1' in metrics
    with Store(tmp_path / "golive.duckdb") as store:
        assert store.audit(1)[0].actor == "api"
        assert store.verify_audit().ok


@pytest.mark.parametrize(
    ("files", "status", "code"),
    [
        ({"train": ("t.csv", b"a\n1\n")}, 422, "API_BODY"),
        ({"train": ("t.csv", b""), "live": ("l.csv", b"")}, 422, "EMPTY_FILE"),
        ({"train": ("t.exe", b"MZ"), "live": ("l.exe", b"MZ")}, 422, "UNKNOWN_KIND"),
        (
            {"train": ("t.csv", b"a\n1\n"), "live": ("l.csv", b"a\n1\n"), "more": ("m.csv", b"")},
            422,
            "API_BODY",
        ),
        (
            {"train": ("t.csv", b"a\n" + b"1\n" * 600_000), "live": ("l.csv", b"a\n1\n")},
            422,
            "TOO_LARGE",
        ),
        ({"train": ("t.csv", b"1" * 3_200_000), "live": ("l.csv", b"a\n1\n")}, 413, "TOO_LARGE"),
    ],
)
def test_wrong_bodies_are_told_with_a_code(
    client: TestClient, files: dict[str, Any], status: int, code: str
) -> None:
    answer = client.post("/api/v1/assessments", headers=HEAD, files=files)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)
    fits("/api/v1/assessments", "post", answer)


@pytest.mark.parametrize(
    ("call", "code", "allowed"),
    [
        ("GET /api/v1/sesions", "API_UNKNOWN", None),
        ("POST /api/v2/assessments", "API_UNKNOWN", None),
        ("GET /api/", "API_UNKNOWN", None),
        ("DELETE /api/v1/sessions", "API_METHOD", "GET"),
        ("GET /api/v1/assessments", "API_METHOD", "POST"),
        ("GET /api/v1/monitors/x/run", "API_METHOD", "POST"),
    ],
)
def test_a_call_that_there_is_not_is_no_page(
    client: TestClient, call: str, code: str, allowed: str | None
) -> None:
    answer = client.request(*call.split(), headers=HEAD)
    assert answer.status_code == (405 if allowed else 404)
    (said,) = answer.json()["errors"]
    assert (said["code"], said["hint"]) == (code, "GET /api/v1/openapi.json lists every call.")
    assert answer.headers.get("allow") == allowed


def test_every_refusal_says_what_to_do(client: TestClient) -> None:
    small = {"train": ("t.csv", b"a\n1\n")}
    answers = (
        client.get("/api/v1/sessions"),
        client.get("/api/v1/sessions", headers={"Authorization": "Bearer no"}),
        client.get("/api/v1/sessions?limit=many", headers=HEAD),
        client.get("/api/v1/assessments/none", headers=HEAD),
        client.post("/api/v1/assessments", headers=HEAD, json={}),
        client.post("/api/v1/assessments", headers=HEAD, files=small),
        client.post(
            "/api/v1/assessments",
            headers=HEAD,
            files={**small, "live": ("l.csv", b"1" * 1_500_000)},
        ),
        client.post("/api/v1/monitors/none/run", headers=HEAD),
    )
    for answer in answers:
        assert answer.status_code >= 400
        for said in answer.json()["errors"]:
            assert said["code"]
            assert said["sentence"].endswith(".")
            assert said["hint"].rstrip(".")


def test_a_body_without_a_stated_length_is_cut_off_too(client: TestClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="train"; filename="t.csv"\r\n\r\n'
        for _ in range(40):
            yield b"1" * 100_000

    head = {**HEAD, "Content-Type": "multipart/form-data; boundary=x"}
    answer = client.post("/api/v1/assessments", headers=head, content=endless())
    assert answer.status_code == 413


def test_a_monitor_runs_in_the_server_that_has_the_store(
    client: TestClient, warmed: None, tmp_path: Path
) -> None:
    folder = tmp_path / "monitors"
    (folder / "in").mkdir(parents=True)
    (folder / "train.csv").write_bytes(csv(400, 1))
    (folder / "in" / "b-2026-03-08.csv").write_bytes(csv(200, 2))
    (folder / "ward.yaml").write_text(
        "monitor: ward\nbaseline: {name: b, train: train.csv}\nbatches: {source: in, settle: 0s}\n"
    )
    path = "/api/v1/monitors/{name}/run"
    done = client.post("/api/v1/monitors/ward/run", headers=HEAD)
    assert done.status_code == 200, done.text
    fits(path, "post", done)
    assert done.json()["judged"] == ["b-2026-03-08.csv"]
    assert client.post("/api/v1/monitors/ward/run", headers=HEAD).json()["judged"] == []
    for name in ("other", "..%2Fward", "%00"):
        answer = client.post(f"/api/v1/monitors/{name}/run", headers=HEAD)
        assert answer.status_code == 404


WORD = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


@given(project=WORD, limit=WORD | st.integers().map(str), wanted=WORD, session=WORD.filter(bool))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_query_and_no_id_is_a_server_error(
    client: TestClient, project: str, limit: str, wanted: str, session: str
) -> None:
    for path, query in (
        ("sessions", {"project": project, "limit": limit}),
        ("alerts", {"project": project, "open": wanted}),
    ):
        fits(f"/api/v1/{path}", "get", client.get(f"/api/v1/{path}", params=query, headers=HEAD))
    from urllib.parse import quote

    name = quote(session, safe="")
    answer = client.get(f"/api/v1/assessments/{name}", headers=HEAD)
    assert answer.status_code in (404, 405)


@given(body=st.binary(max_size=400), boundary=st.sampled_from(["x", "", "--", "é"]))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_body_is_a_server_error(client: TestClient, body: bytes, boundary: str) -> None:
    head = {**HEAD, "Content-Type": f"multipart/form-data; boundary={boundary}".encode("latin-1")}
    answer = client.post("/api/v1/assessments", headers=head, content=b"--x\r\n" + body)
    assert answer.status_code in (400, 422)
    fits("/api/v1/assessments", "post", answer)
    plain = client.post("/api/v1/assessments", headers=HEAD, content=body)
    assert plain.status_code == 415

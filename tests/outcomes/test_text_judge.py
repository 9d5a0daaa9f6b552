"""A model's opinion of outputs: nothing without a word, every failure counted, measured against reviewers, never evidence."""

from __future__ import annotations

import csv
import json
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from judge_server import Answer, Judge, category, chat, judging, output_of
from performance_json import json_of

from golive.assess import assess
from golive.intake import read
from golive.model.config import parse_config
from golive.model.errors import InputError
from golive.model.result import Assessment
from golive.model.text_judge import TextJudgeConfig
from golive.profile.text.evidently import Opinion, opinions
from golive.profile.text.generated import GeneratedTexts
from golive.text.judge import Plan, asked, beforehand, of_labels, plan, summarised
from golive.text.judge_call import GIVE_UP, TRIES, Caller, check_shared, key_of
from golive.text.labels import read_labels

SECRET = "Ebenezer"


def settings(judge: Judge | str, **more: Any) -> TextJudgeConfig:
    url = judge if isinstance(judge, str) else judge.url
    return TextJudgeConfig(provider="compatible", model="local-model", base_url=url, **more)


async def at_once(_seconds: float) -> None:
    return


def made(
    notes: Sequence[str], sources: Sequence[str] | None = None, unit: Any = None
) -> GeneratedTexts:
    n = len(notes)
    given = tuple(sources) if sources is not None else ("I am well.",) * n
    return GeneratedTexts(n, np.arange(n), tuple(notes), given, unit=unit)


def ask_all(config: TextJudgeConfig, notes: Sequence[str]) -> list[Opinion]:
    caller = Caller(config, None, pause=at_once)
    return opinions(list(notes), ["I am well."] * len(notes), config.criteria, caller.ask)


def honest(prompt: str, _before: int) -> Answer:
    return category("UNSUPPORTED" if "bad" in output_of(prompt) else "SUPPORTED")


def test_each_output_goes_once_with_its_source_and_comes_back_as_an_opinion() -> None:
    with judging(honest) as judge:
        texts = made(["all bad", "all good", "", "no source"], ["first {x}", "second", "third", ""])
        config = settings(judge)
        drawn = plan(texts, config)
        assert drawn.place == (0, 1)
        given = asked(texts, drawn, "the-key")
    assert [o.flagged for o in given] == [True, False]
    assert sorted(map(output_of, judge.prompts)) == ["all bad", "all good"]
    assert any("first {x}" in prompt for prompt in judge.prompts)
    assert not any("third" in prompt for prompt in judge.prompts)
    assert set(judge.paths) == {"/v1/chat/completions"}
    assert {h["authorization"] for h in judge.headers} == {"Bearer the-key"}
    assert {body["model"] for body in judge.bodies} == {"local-model"}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (chat("I would rather not say."), "malformed"),
        (chat('["SUPPORTED"]'), "malformed"),
        (chat('{"category": "FINE"}'), "malformed"),
        (chat('{"verdict": "SUPPORTED"}'), "malformed"),
        (chat(""), "malformed"),
        ((200, {}, "<html>not json</html>"), "malformed"),
        ((200, {}, {"choices": []}), "malformed"),
        (category("UNKNOWN"), "unsure"),
        (chat(None, refusal="I cannot help with that."), "the model refused"),
        (
            (200, {}, {"choices": [{"finish_reason": "content_filter", "message": {"content": '{"category": "SUPPORTED"}'}}]}),
            "the model refused",
        ),
        ((400, {}, {"error": "context too long"}), "the server failed"),
        ((503, {}, {}), "the server failed"),
        ((429, {"Retry-After": "0"}, {}), "turned away as too many"),
        ((302, {"Location": "http://127.0.0.1:9/elsewhere"}, {}), "the server failed"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_not_judged_and_never_supported(answer: Answer, reason: str) -> None:
    with judging(lambda _p, _b: answer) as judge:
        assert ask_all(settings(judge), ["one"]) == [Opinion(None, reason)]


def test_one_bad_answer_costs_no_other() -> None:
    def answer(prompt: str, before: int) -> Answer:
        return chat("no json at all") if output_of(prompt) == "odd" else honest(prompt, before)

    with judging(answer) as judge:
        given = ask_all(settings(judge), ["bad 1", "odd", "good", "bad 2"])
    assert [o.flagged for o in given] == [True, None, False, True]


def test_an_answer_in_a_fence_or_in_prose_is_read() -> None:
    with judging(
        lambda _p, _b: chat('Well:\n```json\n{"category": "unsupported", "reasoning": "x"}\n```')
    ) as judge:
        assert ask_all(settings(judge), ["one"])[0].flagged is True


def test_too_many_requests_are_tried_again_as_late_as_the_server_asks() -> None:
    waited: list[float] = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)

    def answer(prompt: str, before: int) -> Answer:
        return ((429, {"Retry-After": "7"}, {}), (503, {}, {}), category("SUPPORTED"))[before]

    with judging(answer) as judge:
        caller = Caller(settings(judge), None, pause=pause)
        assert opinions(["one"], ["source"], "unsupported", caller.ask)[0].flagged is False
    assert waited == [7.0, 2.0]


def test_a_slow_server_times_out_and_the_rest_is_not_sent() -> None:
    with judging(lambda _p, _b: (0, {}, {})) as judge:
        notes = [f"note {i}" for i in range(12)]
        given = ask_all(settings(judge, timeout_s=0.05), notes)
        sent = {output_of(p) for p in judge.prompts}
    assert {o.flagged for o in given} == {None}
    reasons = [o.reason for o in given]
    assert reasons.count("timed out") + reasons.count("not sent") == 12
    assert GIVE_UP <= len(sent) <= GIVE_UP + 4  # four questions are under way when it gives up
    assert len(judge.prompts) <= TRIES * len(sent)


def test_without_access_nothing_more_is_sent() -> None:
    with judging(lambda _p, _b: (401, {}, {})) as judge:
        given = ask_all(settings(judge), [f"note {i}" for i in range(30)])
    assert {o.reason for o in given} == {"no access", "not sent"}
    assert len(judge.prompts) <= 4


def test_nobody_listening_is_a_failure_not_a_crash() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
        assert ask_all(settings(url), ["one"]) == [Opinion(None, "the server failed")]


def test_anthropics_form_is_spoken_and_its_refusal_read() -> None:
    def answer(prompt: str, _before: int) -> Answer:
        if output_of(prompt) == "refuse":
            return 200, {}, {"stop_reason": "refusal", "content": []}
        return (
            200,
            {},
            {
                "stop_reason": "end_turn",
                "content": [{"type": "text", "text": '{"category": "SUPPORTED"}'}],
            },
        )

    with judging(answer) as judge:
        config = TextJudgeConfig(provider="anthropic", model="m", base_url=judge.url)
        caller = Caller(config, "k", pause=at_once)
        given = opinions(["fine", "refuse"], ["s", "s"], "unsupported", caller.ask)
    assert given == [Opinion(False), Opinion(None, "the model refused")]
    assert set(judge.paths) == {"/v1/messages"}
    assert {(h["x-api-key"], h["anthropic-version"]) for h in judge.headers} == {
        ("k", "2023-06-01")
    }
    assert all(
        [m["role"] for m in body["messages"]] == ["user"] and body["system"]
        for body in judge.bodies
    )


def test_a_key_reaches_only_the_server_it_belongs_to() -> None:
    held = {"OPENAI_API_KEY": "theirs", "ANTHROPIC_API_KEY": "other"}
    assert key_of(TextJudgeConfig(provider="openai", model="m"), held) == "theirs"
    assert key_of(TextJudgeConfig(provider="anthropic", model="m"), held) == "other"
    elsewhere = TextJudgeConfig(
        provider="openai", model="m", base_url="https://judge.example.org/v1"
    )
    assert key_of(elsewhere, held) is None
    own = {**held, "GOLIVE_TEXT_JUDGE_KEY": "own", "GOLIVE_TEXT_JUDGE_HOST": "judge.example.org"}
    assert key_of(elsewhere, own) == "own"
    assert (
        key_of(elsewhere.model_copy(update={"base_url": "https://other.example.org/v1"}), own)
        is None
    )
    assert key_of(TextJudgeConfig(provider="openai", model="m"), own) == "theirs"
    with pytest.raises(InputError) as caught:
        key_of(TextJudgeConfig(provider="openai", model="m"), {})
    assert caught.value.problems[0].code == "TEXT_JUDGE_KEY"
    assert "OPENAI_API_KEY" in caught.value.problems[0].hint


def test_where_people_sign_in_only_the_named_server_is_asked() -> None:
    elsewhere = TextJudgeConfig(
        provider="compatible", model="m", base_url="http://169.254.169.254/latest"
    )
    with pytest.raises(InputError) as caught:
        check_shared(elsewhere, {"GOLIVE_TEXT_JUDGE_HOST": "judge.example.org"})
    assert caught.value.problems[0].code == "TEXT_JUDGE_HOST"
    check_shared(TextJudgeConfig(provider="openai", model="m"), {})
    check_shared(elsewhere, {"GOLIVE_TEXT_JUDGE_HOST": "169.254.169.254"})


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"provider": "compatible", "model": "m"}, "needs a base_url"),
        (
            {"provider": "compatible", "model": "m", "base_url": "http://judge.example.org/v1"},
            "https only",
        ),
        (
            {"provider": "openai", "model": "m", "base_url": "ftp://judge.example.org"},
            "must be an address",
        ),
        (
            {"provider": "openai", "model": "m", "base_url": "https://a:b@judge.example.org"},
            "must be an address",
        ),
        ({"provider": "openai", "model": ""}, "text_judge.model"),
        ({"provider": "openai", "model": "m", "criterion": "omission"}, "criteria"),
        ({"provider": "openai", "model": "m", "sample": 0}, "text_judge.sample"),
    ],
)
def test_a_configuration_that_cannot_be_meant_is_named(named: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_config({"text_judge": named})
    assert said in " ".join(str(p) for p in caught.value.problems)


def test_before_anything_is_sent_it_is_said_what_goes_where() -> None:
    config = settings("https://judge.example.org/v1", sample=2)
    drawn = plan(made(["one", "two", "three"]), config)
    assert "2 live outputs and their sources" in drawn.sentence
    assert "https://judge.example.org/v1" in drawn.sentence
    assert "local-model" in drawn.sentence
    assert str(drawn.characters) in drawn.sentence
    assert "Up to 2 live outputs" in beforehand(config)


def test_reviewed_outputs_are_drawn_first() -> None:
    rated = np.zeros(100, dtype=bool)
    rated[[3, 50, 97]] = True
    drawn = plan(made(["text"] * 100), settings("http://127.0.0.1:9", sample=5), rated)
    assert {3, 50, 97} <= set(drawn.place)
    assert len(drawn.place) == 5


def labelled(
    n: int, found: float, false: float, seed: int = 0
) -> tuple[GeneratedTexts, Plan, list[Opinion], Any, Any]:
    """Outputs of which a third are hallucinated and longer; the model finds a share ``found`` and flags ``false`` of the others."""
    rng = np.random.default_rng(seed)
    truth = np.arange(n) % 3 == 0
    notes = ["word " * int(20 + 10 * t + rng.integers(0, 10)) for t in truth]
    given = [Opinion(bool(rng.random() < (found if t else false))) for t in truth]
    texts = made(notes)
    config = settings("http://127.0.0.1:9", sample=n)
    labels = read_labels(["yes" if t else "no" for t in truth], "flag")
    return texts, plan(texts, config), given, *of_labels(labels, texts)


def test_the_opinion_is_measured_against_reviewers_beside_length_alone() -> None:
    texts, drawn, given, hit, known = labelled(150, 0.8, 0.1)
    against = summarised(texts, drawn, given, hit, known).against_reviewers
    assert against is not None
    flags = np.array([o.flagged for o in given])
    truth = np.arange(150) % 3 == 0
    assert against.sensitivity.value == pytest.approx((flags & truth).sum() / truth.sum(), abs=1e-6)
    assert against.ppv.value == pytest.approx((flags & truth).sum() / flags.sum(), abs=1e-6)
    assert against.ppv.low < against.ppv.value < against.ppv.high
    assert against.ppv.n == flags.sum()
    assert against.length.direction == "longer"
    assert against.length.ppv.value == 1  # here length alone is the better judge
    assert against.discrimination.beats_length is False


def test_too_few_labels_or_another_question_are_no_measurement() -> None:
    texts, drawn, given, hit, known = labelled(150, 0.8, 0.1)
    assert summarised(texts, drawn, given, None, None).against_reviewers is None
    silent = [Opinion(None, "timed out")] * 140 + given[140:]
    few = summarised(texts, drawn, silent, hit, known)
    assert few.against_reviewers is None
    assert "10 outputs carry both" in few.why
    assert few.not_judged == {"timed out": 140}
    assert few.flagged.n == few.judged == 10
    other = Plan(
        drawn.config.model_copy(update={"criteria": "omission"}), drawn.place, drawn.characters
    )
    assert "leaves out" in summarised(texts, other, given, hit, known).why


def test_no_answer_at_all_gives_no_rate() -> None:
    texts, drawn, given, hit, known = labelled(30, 0.8, 0.1)
    result = summarised(texts, drawn, [Opinion(None, "no access")] * len(given), hit, known)
    assert result.judged == 0
    assert result.flagged.model_dump() == {"share": None, "low": None, "high": None, "n": 0}


def log(path: Path, n: int) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["case", "source", "note", "hallucinated"])
        for i in range(n):
            wrong = i % 4 == 0
            writer.writerow(
                [
                    i,
                    f"Patient: I am {30 + i}.",
                    f"{SECRET} is {30 + i}, {'bad' if wrong else 'well'}.",
                    int(wrong),
                ]
            )
    return path


def assessed(tmp_path: Path, judge: Judge | str, *, allowed: bool) -> Assessment:
    path = log(tmp_path / "log.csv", 60)
    config = parse_config(
        {
            "risk": {"flags": ["genai"]},
            "outputs": {"note": "note", "source": "source", "label": "hallucinated"},
            "text_judge": settings(judge).model_dump(),
            "as_of": "2026-11-21",
        }
    )
    with read(path) as train, read(path) as live:
        return assess(train, live, config, allow_text_judge=allowed)


def test_nothing_is_sent_unless_this_run_allows_it(tmp_path: Path) -> None:
    with judging(honest) as judge:
        result = assessed(tmp_path, judge, allowed=False)
        assert judge.bodies == []
    assert result.performance is not None
    assert "judge" not in json_of(result)["generated_text"]
    assert "nothing was sent" in " ".join(n.why for n in result.not_assessed)


def test_an_opinion_moves_no_criterion_and_keeps_no_text(tmp_path: Path) -> None:
    def blind(_prompt: str, _before: int) -> Answer:
        return category("SUPPORTED")

    def harsh(_prompt: str, _before: int) -> Answer:
        return category("UNSUPPORTED")

    silent = assessed(tmp_path, "http://127.0.0.1:9", allowed=False)
    for answer in (blind, harsh):
        with judging(answer) as judge:
            result = assessed(tmp_path, judge, allowed=True)
            assert len(judge.bodies) == 50
        assert result.performance is not None
        assert json_of(result)["generated_text"]["judge"]["judged"] == 50
        assert result.readiness == silent.readiness
        assert [f.id for f in result.findings] == [f.id for f in silent.findings]
        kept = result.model_dump_json()
        assert SECRET not in kept
        assert "because" not in kept
        json.loads(kept)


def test_an_opinion_that_fails_takes_nothing_else_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> list[Opinion]:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("golive.text.generated.asked", broken)
    result = assessed(tmp_path, "http://127.0.0.1:9", allowed=True)
    assert result.performance is not None
    assert "unsupported" in json_of(result)["generated_text"]
    assert "judge" not in json_of(result)["generated_text"]
    assert "asking failed (RuntimeError)" in " ".join(n.why for n in result.not_assessed)
    assert SECRET not in result.model_dump_json()


def test_a_model_to_ask_without_texts_is_a_named_gap(tmp_path: Path) -> None:
    path = log(tmp_path / "log.csv", 60)
    with read(path) as data:
        result = assess(
            data, data, parse_config({"text_judge": settings("http://127.0.0.1:9").model_dump()})
        )
    assert "generated text" in [n.what for n in result.not_assessed]


def test_a_missing_key_is_said_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "GOLIVE_TEXT_JUDGE_KEY"):
        monkeypatch.delenv(name, raising=False)
    path = log(tmp_path / "log.csv", 60)
    config = parse_config(
        {
            "outputs": {"note": "note", "source": "source"},
            "text_judge": {"provider": "openai", "model": "m"},
        }
    )
    with read(path) as data, pytest.raises(InputError) as caught:
        assess(data, data, config, allow_text_judge=True)
    assert caught.value.problems[0].code == "TEXT_JUDGE_KEY"


def test_a_judge_works_in_a_process_that_knows_only_a_part_of_evidently() -> None:
    code = (
        "from golive.compare.drift.evidently import warm; warm().join()\n"
        "from golive.profile.text.evidently import Reply, opinions\n"
        'async def ask(messages): return Reply(\'{"category": "SUPPORTED"}\')\n'
        "print(opinions(['a'], ['b'], 'unsupported', ask)[0].flagged)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"

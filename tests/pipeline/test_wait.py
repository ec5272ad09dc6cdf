"""Answers that wait for their check, whole and streamed, in front of a real socket."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from guard.core.outcome import Fate
from guard.core.policy import ANY_DOMAIN, Mode, Policy
from guard.core.settlement import Action
from guard.core.verdict import Kind, Unable, Verdict
from guard.pipeline import wait
from guard.pipeline.correct import Correction as Corrected
from guard.wire.formats import CHAT, RESPONSES
from tests.core.readings import reading
from tests.pipeline.parts import (
    COMPLETION,
    JSON,
    SAD,
    Checking,
    Parts,
    Told,
    answer,
    completion,
    confirmed,
    event,
    inquiry,
    parts,
    streamed,
)
from tests.upstream.servers import raw_server, whole

STREAM = [event("Oh dear. "), event("No, "), event("they do not."), event("", "stop"), b"data: [DONE]\n\n"]
CLOSED = frozenset({ANY_DOMAIN})


def text_of(body: bytes, *, stream: bool) -> str:
    """What a client reads."""
    view = CHAT.read_stream(body) if stream else CHAT.read_answer(body)
    return view.text if view else ""


def told_in(body: bytes, *, stream: bool) -> list[dict[str, Any]]:
    """The `coolhead` objects of an answer."""
    datas = [piece.raw[6:] for piece in CHAT.pieces(body) if piece.raw.startswith(b"data: {")] if stream else [body]
    found = (msgspec.json.decode(data).get("coolhead") for data in datas)
    return [told for told in found if told is not None]


async def asked(p: Parts, *, stream: bool) -> tuple[dict[str, str], bytes]:
    """Headers and body of the answer to the sad turn."""
    _, headers, body = await answer(p.exchange, inquiry({**SAD, "stream": stream}))
    return headers, body


def upstream(stream: bool, events: Sequence[bytes] = STREAM) -> bytes:
    """The answer `No, they do not.`, or that of the events."""
    return streamed(*events) if stream else completion()


def original(stream: bool) -> str:
    """What the upstream says."""
    return "Oh dear. No, they do not." if stream else "No, they do not."


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("kind", [Kind.CONSISTENT, Kind.CONTRADICTED, Kind.UNVERIFIABLE, Kind.NOT_APPLICABLE])
async def test_an_annotated_answer_says_its_verdict(kind: Kind, stream: bool) -> None:
    """The text is untouched; one object tells the verdict, on the body or the finish chunk; nothing is queued."""
    checking = Checking(Verdict(kind, "stale" if kind is Kind.UNVERIFIABLE else None))
    policy = Policy(Mode.ANNOTATE)
    async with raw_server(upstream(stream)) as server, parts(server.url, policy=policy, checking=checking) as p:
        headers, body = await asked(p, stream=stream)

        assert text_of(body, stream=stream) == original(stream)
        (told,) = told_in(body, stream=stream)
        assert (told["verdict"], told["action"], told["turn_id"]) == (kind, "annotated", "t1")
        assert headers.get("x-coolhead-verdict") == (None if stream else kind)
        assert headers["x-coolhead-mode"] == "annotate"
        assert msgspec.json.decode(await p.verdicts.get("t1") or b"")["verdict"] == kind
        (outcome,) = p.sink.outcomes
        assert (outcome.fate, outcome.check, p.checks.depth) == (Fate.DELIVERED, "sampled", 0)
        assert outcome.waited is not None
        assert [job.answer for job in checking.jobs] == [original(stream)]
        assert len(checking.asked) == 1


async def test_annotated_text_goes_out_at_once() -> None:
    """Only the end of a stream waits for the check."""
    checking = Checking(delay=0.5)
    policy = Policy(Mode.ANNOTATE)
    async with raw_server(upstream(True)) as server, parts(server.url, policy=policy, checking=checking) as p:
        async with p.exchange.answering(inquiry({**SAD, "stream": True})) as delivery:
            started = time.perf_counter()
            first = await anext(aiter(delivery.pieces))
            early = time.perf_counter() - started
            rest = b"".join([piece async for piece in delivery.pieces])

        assert b"Oh dear" in first
        assert early < 0.4 < time.perf_counter() - started
        assert text_of(first + rest, stream=True) == original(True)


@pytest.mark.parametrize("stream", [False, True])
async def test_a_late_check_goes_on_in_the_queue(stream: bool) -> None:
    """The answer does not wait longer than it may; it says that the check is pending, and the check is done later."""
    checking = Checking(delay=5)
    policy = Policy(Mode.ANNOTATE)
    async with (
        raw_server(upstream(stream)) as server,
        parts(server.url, policy=policy, checking=checking, seconds=0.1) as p,
    ):
        _, body = await asked(p, stream=stream)

        (told,) = told_in(body, stream=stream)
        assert (told["status"], told["verdict"]) == ("pending", None)
        assert (p.sink.outcomes[0].check, p.checks.depth, p.sink.settled) == ("sampled", 1, [])


@pytest.mark.parametrize("stream", [False, True])
async def test_a_corrected_answer_has_other_facts(stream: bool) -> None:
    """What two references contradict is changed before it goes out, and the answer says so."""
    new = original(stream).replace("they do not", "they do")
    checking = Checking(confirmed(), Corrected(new, (), None))
    policy = Policy(Mode.CORRECT)
    async with raw_server(upstream(stream)) as server, parts(server.url, policy=policy, checking=checking) as p:
        headers, body = await asked(p, stream=stream)

        assert text_of(body, stream=stream) == new
        assert [told["action"] for told in told_in(body, stream=stream)] == ["corrected"]
        assert headers.get("x-coolhead-action") == (None if stream else "corrected")
        assert [Action.CORRECTED] == [settlement.action for settlement in p.sink.settlements]
        assert stream or int(headers["content-length"]) == len(body)


async def test_a_lead_that_is_out_stays() -> None:
    """Comfort goes out before the check; a new answer is put behind it."""
    checking = Checking(confirmed(), Corrected("Yes, they do.", (), None), delay=0.3)
    policy = Policy(Mode.CORRECT)
    sorry = [event("I am so sorry to hear that. "), event("No, they do not."), event("", "stop")]
    async with raw_server(upstream(True, sorry)) as server, parts(server.url, policy=policy, checking=checking) as p:
        async with p.exchange.answering(inquiry({**SAD, "stream": True})) as delivery:
            first = await anext(aiter(delivery.pieces))
            rest = b"".join([piece async for piece in delivery.pieces])

        assert b"so sorry" in first
        assert text_of(first + rest, stream=True) == "I am so sorry to hear that. Yes, they do."


@pytest.mark.parametrize("stream", [False, True])
async def test_one_reference_changes_nothing(stream: bool) -> None:
    """A contradiction that no second reference confirms is only told."""
    checking = Checking(Verdict(Kind.CONTRADICTED), Corrected("Yes.", (), None))
    for mode in (Mode.CORRECT, Mode.BLOCK):
        async with raw_server(upstream(stream)) as server:
            async with parts(server.url, policy=Policy(mode), checking=checking) as p:
                _, body = await asked(p, stream=stream)

        assert text_of(body, stream=stream) == original(stream)
        assert [told["action"] for told in told_in(body, stream=stream)] == ["annotated"]


@pytest.mark.parametrize("stream", [False, True])
async def test_a_blocked_answer_is_the_operators_text(stream: bool) -> None:
    """Not a word of the contradicted answer goes out."""
    policy = Policy(Mode.BLOCK)
    async with (
        raw_server(upstream(stream)) as server,
        parts(server.url, policy=policy, checking=Checking(confirmed())) as p,
    ):
        _, body = await asked(p, stream=stream)

        assert text_of(body, stream=stream) == "Ask a doctor."
        assert b"they do" not in body.replace(b'"quote":"No"', b"")
        assert [told["action"] for told in told_in(body, stream=stream)] == ["blocked"]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("mode", [Mode.CORRECT, Mode.BLOCK])
@pytest.mark.parametrize(
    "checking", [Checking(Verdict.unable(Unable.REFERENCE_DOWN)), Checking(delay=9)], ids=["unable", "late"]
)
async def test_failing_open_and_closed(checking: Checking, mode: Mode, stream: bool) -> None:
    """Without a verdict the answer goes out as it is, or, where the operator chose so, the safe text does."""
    for closed in (frozenset[str](), CLOSED):
        async with raw_server(upstream(stream)) as server:
            policy = Policy(mode, closed=closed)
            async with parts(server.url, policy=policy, checking=checking, seconds=0.1) as p:
                _, body = await asked(p, stream=stream)

                said = text_of(body, stream=stream)
                assert ("Ask a doctor." in said) is bool(closed)
                assert ("they do not" in said) is not bool(closed)
                assert [told["verdict"] for told in told_in(body, stream=stream)] == ["unable"]
                assert [Kind.UNABLE] == [verdict.kind for _, verdict in p.sink.settled]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("mode", [Mode.ANNOTATE, Mode.CORRECT, Mode.BLOCK])
async def test_a_crisis_is_never_held(mode: Mode, stream: bool) -> None:
    """Whatever the mode: every byte as it is, at once, and the check comes later."""
    checking = Checking(confirmed(), Corrected("Other.", (), None), delay=9)
    told = Told(reading("sadness", "mental_health", crisis=True))
    async with raw_server(upstream(stream)) as server:
        async with parts(server.url, told, Policy(mode, closed=CLOSED), checking=checking) as p:
            started = time.perf_counter()
            headers, body = await asked(p, stream=stream)

            assert body == (b"".join(STREAM) if stream else msgspec.json.encode(COMPLETION))
            assert time.perf_counter() - started < 3
            assert (headers["x-coolhead-mode"], p.checks.depth, checking.asked) == ("observe", 1, [])


@pytest.mark.parametrize("stream", [False, True])
async def test_a_help_line_is_appended_to_a_crisis(stream: bool) -> None:
    """Only where the answer names no number."""
    told = Told(reading("sadness", crisis=True))
    async with raw_server(upstream(stream)) as server, parts(server.url, told, lines={"en": "Call 112."}) as p:
        headers, body = await asked(p, stream=stream)

        assert text_of(body, stream=stream) == f"{original(stream)}\n\nCall 112."
        assert stream or int(headers["content-length"]) == len(body)


@pytest.mark.parametrize("stream", [False, True])
async def test_calm_turns_do_not_wait(stream: bool) -> None:
    """What is not flagged goes out untouched in every mode, also when it is sampled."""
    checking = Checking(delay=9)
    async with raw_server(upstream(stream)) as server:
        async with parts(server.url, Told(reading()), Policy(Mode.BLOCK, control_rate=1.0), checking=checking) as p:
            headers, body = await asked(p, stream=stream)

            assert (headers["x-coolhead-mode"], p.checks.depth) == ("observe", 1)
            assert told_in(body, stream=stream) == []


@pytest.mark.parametrize("extra", [{"n": 2}, {"response_format": {"type": "json_object"}}, {"logprobs": True}])
async def test_answers_in_parts_are_observed(extra: dict[str, Any]) -> None:
    """What cannot be edited is not held for it."""
    async with raw_server(completion()) as server, parts(server.url, policy=Policy(Mode.BLOCK)) as p:
        _, headers, body = await answer(p.exchange, inquiry({**SAD, **extra}))

        assert (headers["x-coolhead-mode"], body) == ("observe", msgspec.json.encode(COMPLETION))


async def test_a_compressed_answer_is_observed() -> None:
    """The upstream is asked for plain bytes; if it compresses all the same, nothing is held."""
    body = b"\x1f\x8b rubbish"
    answered = whole(body, JSON, b"content-encoding: gzip", b"connection: close")
    async with raw_server(answered) as server, parts(server.url, policy=Policy(Mode.BLOCK)) as p:
        _, headers, got = await answer(p.exchange, inquiry(headers=[(b"accept-encoding", b"gzip")]))

        assert (headers["x-coolhead-mode"], got) == ("observe", body)
    assert b"accept-encoding: identity" in server.requests[0].lower()


async def test_an_upstream_error_is_not_held() -> None:
    """There is no answer to check."""
    checking = Checking(delay=9)
    answered = whole(b'{"error": {"message": "slow down"}}', JSON, b"connection: close", status=b"429 Too Many")
    async with raw_server(answered) as server:
        async with parts(server.url, policy=Policy(Mode.BLOCK), checking=checking) as p:
            status, _, body = await answer(p.exchange, inquiry())

            assert (status, b"slow down" in body, checking.jobs) == (429, True, [])


@pytest.mark.parametrize("mode", [Mode.ANNOTATE, Mode.CORRECT, Mode.BLOCK])
async def test_a_stream_that_breaks_off(mode: Mode) -> None:
    """What is held goes out, the error follows, and the turn has one outcome and no check."""
    async with raw_server(streamed(event("Oh. "), event("No, they "), end=False)) as server:
        async with parts(server.url, policy=Policy(mode)) as p:
            _, body = await asked(p, stream=True)

            assert text_of(body, stream=True) == "Oh. No, they "
            assert b'"upstream_broken"' in body
            assert [(Fate.UPSTREAM_BROKEN, "not_sampled")] == [(o.fate, o.check) for o in p.sink.outcomes]
            assert p.sink.settled == []


async def test_a_held_stream_shows_signs_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    """Comments keep the connection open while a check takes its time; they add nothing to the answer."""
    monkeypatch.setattr(wait, "EVERY", 0.05)
    checking = Checking(delay=0.4)
    async with raw_server(upstream(True)) as server:
        async with parts(server.url, policy=Policy(Mode.BLOCK), checking=checking) as p:
            _, body = await asked(p, stream=True)

            assert body.count(wait.HEARTBEAT) >= 3
            assert text_of(body, stream=True) == original(True)


async def test_a_client_that_leaves_while_it_waits() -> None:
    """One outcome, disconnected, and no check is counted."""
    checking = Checking(delay=9)
    async with raw_server(upstream(True)) as server:
        async with parts(server.url, policy=Policy(Mode.ANNOTATE), checking=checking) as p:
            left = inquiry({**SAD, "stream": True}, left=True)
            gone = asyncio.ensure_future(answer(p.exchange, left))
            while not checking.jobs:
                await asyncio.sleep(0.01)
            gone.cancel()
            with pytest.raises(asyncio.CancelledError):
                await gone

            assert [Fate.DISCONNECTED] == [outcome.fate for outcome in p.sink.outcomes]
            assert p.sink.settled == []


async def test_the_models_own_second_try() -> None:
    """A correction can ask the application's model again, under its own prompt, with a note."""
    checking = Checking(confirmed(), note="They do.")
    async with raw_server(completion()) as server:
        async with parts(server.url, policy=Policy(Mode.CORRECT), checking=checking) as p:
            headers, _ = await asked(p, stream=False)

            assert headers["x-coolhead-action"] == "corrected"
    again = msgspec.json.decode(server.requests[-1].partition(b"\r\n\r\n")[2])
    assert again["messages"][-1] == {"role": "system", "content": "They do."}
    assert b"bearer caller" in server.requests[-1].lower()


async def test_the_responses_api_waits_too() -> None:
    """The same machines behind another format."""
    output = [{"type": "message", "content": [{"type": "output_text", "text": "No.", "annotations": []}]}]
    body = msgspec.json.encode({"id": "r", "object": "response", "output": output})
    checking = Checking(confirmed(), Corrected("Yes.", (), None))
    async with raw_server(whole(body, JSON, b"connection: close")) as server:
        async with parts(server.url, policy=Policy(Mode.CORRECT), checking=checking) as p:
            found = inquiry({"model": "m", "input": "I feel so sad. Do antibiotics kill viruses?"})
            _, _, got = await answer(p.exchange, replace(found, target="/responses", format=RESPONSES))

            assert RESPONSES.read_answer(got).text == "Yes."  # type: ignore[union-attr]
            assert msgspec.json.decode(got)["coolhead"]["action"] == "corrected"
            assert p.sink.outcomes[0].route == "responses"


async def test_what_cannot_wait_is_not_prepared_for_it() -> None:
    """In mode observe nothing is asked ahead, and the upstream may compress as the client likes."""
    checking = Checking()
    async with raw_server(completion()) as server, parts(server.url, checking=checking) as p:
        await answer(p.exchange, inquiry(headers=[(b"accept-encoding", b"gzip")]))

        assert checking.asked == []
    assert b"accept-encoding: gzip" in server.requests[0].lower()


async def test_a_request_asks_for_a_mode() -> None:
    """Of those that the operator allows; it holds for the one request."""
    policy = Policy(on_request=frozenset({Mode.ANNOTATE}))
    async with raw_server(completion()) as server, parts(server.url, policy=policy) as p:
        _, headers, body = await answer(p.exchange, inquiry(headers=[(b"x-coolhead-mode", b"Annotate")]))

        assert headers["x-coolhead-mode"] == "annotate"
        assert [told["action"] for told in told_in(body, stream=False)] == ["annotated"]


async def test_a_domain_makes_an_answer_wait() -> None:
    """The mode of a domain is found with the reading, before a byte of the answer is out."""
    checking = Checking()
    policy = Policy(by_domain={"medical": Mode.ANNOTATE})
    async with raw_server(completion()) as server, parts(server.url, policy=policy, checking=checking) as p:
        headers, body = await asked(p, stream=False)

        assert (headers["x-coolhead-mode"], len(told_in(body, stream=False))) == ("annotate", 1)
        assert len(checking.asked) == 1

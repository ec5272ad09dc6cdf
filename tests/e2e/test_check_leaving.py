"""Clients and upstreams that leave while an answer waits: one outcome for the turn, and no verdict on half of it."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests import client
from tests.coolhead import Coolhead, eventually, running
from tests.e2e.guarded import SAFE_TEXT, SETTINGS
from tests.upstreams.http1 import Received
from tests.upstreams.planted import LAND
from tests.upstreams.scripted import ScriptedUpstream

OUTCOMES = "coolhead_turn_outcomes_total"
OPENING = "Oh, I'm so sorry you feel this way. "
LONG = {"check_deadline": "60", "annotate_wait": "60", "correct_wait": "60", "block_wait": "60"}
"""Nothing ends by itself while a test looks."""


@pytest.fixture(scope="module")
def coolhead(shared_upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coolhead]:
    """A service that waits for ever."""
    with running(
        shared_upstream, tmp_path_factory.mktemp("leaving"), fail_closed="none", **SETTINGS | LONG
    ) as coolhead:
        yield coolhead


@pytest.fixture(scope="module")
def closed(shared_upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coolhead]:
    """The same, where what was not checked may not go out."""
    with running(shared_upstream, tmp_path_factory.mktemp("closed"), fail_closed="all", **SETTINGS | LONG) as coolhead:
        yield coolhead


def sent(coolhead: Coolhead, model: str, mode: str, *, stream: bool) -> HTTPConnection:
    """A request that nobody has answered yet."""
    url = f"{coolhead.base_url}/chat/completions"
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    headers = [client.JSON, ("X-Coolhead-Mode", mode)]
    client.send(connection, url, client.chat_body(model, LAND.sad, stream=stream), headers)
    return connection


def the_turn(coolhead: Coolhead, model: str) -> dict[str, Any]:
    """The line of the only turn with this model; metrics count as many turns as there are lines."""

    def lines() -> list[dict[str, Any]]:
        return [line for line in coolhead.log_lines("turn") if line["model"] == model]

    eventually(lambda: lines() != [], what="the turn's line")
    eventually(lambda: coolhead.total(OUTCOMES) == len(coolhead.log_lines("turn")))
    (line,) = lines()
    return line


def nothing_was_found(coolhead: Coolhead, model: str) -> bool:
    """Was no check counted, and is there no verdict?"""
    turn_id = the_turn(coolhead, model)["turn_id"]
    status = client.call(f"{coolhead.root}/coolhead/v1/verdicts/{turn_id}", method="GET").status
    checks = coolhead.log_lines("check")
    counted = coolhead.total("coolhead_checks_total")
    return status == 404 and counted == len(checks) and turn_id not in [check["turn_id"] for check in checks]


def check_of(upstream: ScriptedUpstream, model: str) -> Received:
    """The one question to the reference under way."""

    def found() -> list[Received]:
        return [check for check in upstream.checks if check.model == model]

    eventually(lambda: found() != [], what="the check")
    return found()[-1]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("mode", ["annotate", "correct", "block"])
def test_before_the_head(coolhead: Coolhead, upstream: ScriptedUpstream, mode: str, stream: bool) -> None:
    """A client that gives up before the answer begins stops the upstream, and the neutral answer on its way."""
    model = f"planted-wrong.app-hang.neutral-hang.{mode}{stream}"
    connection = sent(coolhead, model, mode, stream=stream)
    request, check = upstream.wait(lambda request: request.model == model), check_of(upstream, model)

    connection.close()

    eventually(lambda: request.left is not None and check.left is not None, what="both calls to be given up")
    assert the_turn(coolhead, model)["fate"] == "disconnected"
    assert nothing_was_found(coolhead, model)


@pytest.mark.parametrize("mode", ["annotate", "correct"])
def test_in_the_stream(coolhead: Coolhead, upstream: ScriptedUpstream, mode: str) -> None:
    """A client that leaves in the middle of the text stops the upstream; what is not an answer is not checked."""
    model = f"planted-wrong.app-slow.{mode}"
    connection = sent(coolhead, model, mode, stream=True)
    response = connection.getresponse()
    assert b"Oh," in response.read(900)

    connection.close()

    request = upstream.wait(lambda request: request.model == model and request.left is not None)
    assert not request.finished
    assert the_turn(coolhead, model)["fate"] == "disconnected"
    assert nothing_was_found(coolhead, model)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("mode", ["annotate", "correct", "block"])
@pytest.mark.parametrize("step", ["neutral", "same"])
def test_while_the_check_is_awaited(
    coolhead: Coolhead, upstream: ScriptedUpstream, step: str, mode: str, stream: bool
) -> None:
    """A client that leaves while its answer waits gives the check up, at whatever step."""
    model = f"planted-wrong.{step}-hang.{mode}{stream}"
    connection = sent(coolhead, model, mode, stream=stream)
    upstream.wait(lambda request: request.model == model and request.finished)
    if step == "same":
        eventually(lambda: len([check for check in upstream.checks if check.model == model]) == 2)
    check = check_of(upstream, model)

    connection.close()

    eventually(lambda: check.left is not None, what="the check to be given up")
    assert the_turn(coolhead, model)["fate"] == "disconnected"
    assert nothing_was_found(coolhead, model)


def test_while_the_answer_goes_out(coolhead: Coolhead) -> None:
    """A client that leaves while a held answer goes out has left; the check that was done is counted once."""
    model = "planted-long-right.once"
    checks = len(coolhead.log_lines("check"))
    connection = sent(coolhead, model, "block", stream=True)
    eventually(lambda: len(coolhead.log_lines("check")) > checks, what="the check's line")

    connection.close()

    turn = the_turn(coolhead, model)
    assert turn["fate"] == "disconnected"
    (check,) = [line for line in coolhead.log_lines("check") if line["turn_id"] == turn["turn_id"]]
    assert (check["verdict"], check["action"]) == ("consistent", "annotated")


@pytest.mark.parametrize(
    ("mode", "rule", "text"),
    [
        ("annotate", "none", LAND.wrong),
        ("correct", "none", LAND.wrong),
        ("block", "none", LAND.wrong),
        ("correct", "all", OPENING),
        ("block", "all", ""),
    ],
)
def test_upstream_breaks_off(coolhead: Coolhead, closed: Coolhead, mode: str, rule: str, text: str) -> None:
    """What came of a broken answer goes out where answers that were not checked may; the error is said either way."""
    coolhead, model = closed if rule == "all" else coolhead, f"planted-wrong.app-breaks.{mode}"

    url, body = f"{coolhead.base_url}/chat/completions", client.chat_body(model, LAND.sad, stream=True)
    answer = client.call(url, body, [client.JSON, ("X-Coolhead-Mode", mode)])

    events = [json.loads(line[6:]) for line in answer.body.decode().splitlines() if line.startswith("data: {")]
    said = "".join(event["choices"][0]["delta"].get("content") or "" for event in events if "choices" in event)
    assert events[-1]["error"]["code"] == "upstream_broken"
    assert said == text[: len(said)]
    assert bool(said) == bool(text)
    assert len(said) > len(OPENING) or rule == "all"
    assert SAFE_TEXT not in said
    assert the_turn(coolhead, model)["fate"] == "upstream_broken"
    assert nothing_was_found(coolhead, model)

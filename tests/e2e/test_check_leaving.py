"""Clients and upstreams that leave while an answer waits: one outcome for the turn, and no verdict on half of it."""

import json
import time
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from tests import client
from tests.conftest import Start
from tests.coolhead import Coolhead, eventually
from tests.e2e.guarded import SAFE_TEXT, SETTINGS
from tests.upstreams.http1 import Received
from tests.upstreams.planted import LAND
from tests.upstreams.scripted import ScriptedUpstream

OUTCOMES = "coolhead_turn_outcomes_total"
OPENING = "Oh, I'm so sorry you feel this way. "
LONG = {"check_deadline": "60", "annotate_wait": "60", "correct_wait": "60", "block_wait": "60"}
"""Nothing ends by itself while a test looks."""


@pytest.fixture
def coolhead(start: Start) -> Coolhead:
    """A service that waits for ever."""
    return start(fail_closed="none", **(SETTINGS | LONG))


def sent(coolhead: Coolhead, model: str, mode: str, *, stream: bool) -> HTTPConnection:
    """A request that nobody has answered yet."""
    url = f"{coolhead.base_url}/chat/completions"
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    headers = [client.JSON, ("X-Coolhead-Mode", mode)]
    client.send(connection, url, client.chat_body(model, LAND.sad, stream=stream), headers)
    return connection


def the_turn(coolhead: Coolhead) -> dict[str, object]:
    """The line of the only turn."""
    eventually(lambda: coolhead.log_lines("turn") != [], what="the turn's line")
    time.sleep(0.2)
    (line,) = coolhead.log_lines("turn")
    eventually(lambda: coolhead.total(OUTCOMES) == 1)
    return dict(line)


def nothing_was_found(coolhead: Coolhead) -> bool:
    """Was no check counted, and is there no verdict?"""
    turn_id = the_turn(coolhead)["turn_id"]
    status = client.call(f"{coolhead.root}/coolhead/v1/verdicts/{turn_id}", method="GET").status
    return not coolhead.log_lines("check") and coolhead.total("coolhead_checks_total") == 0 and status == 404


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
    assert the_turn(coolhead)["fate"] == "disconnected"
    assert nothing_was_found(coolhead)


@pytest.mark.parametrize("mode", ["annotate", "correct"])
def test_in_the_stream(coolhead: Coolhead, upstream: ScriptedUpstream, mode: str) -> None:
    """A client that leaves in the middle of the text stops the upstream; what is not an answer is not checked."""
    connection = sent(coolhead, "planted-wrong.app-slow", mode, stream=True)
    response = connection.getresponse()
    assert b"Oh," in response.read(900)

    connection.close()

    request = upstream.wait(lambda request: request.left is not None)
    assert not request.finished
    assert the_turn(coolhead)["fate"] == "disconnected"
    assert nothing_was_found(coolhead)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("mode", ["annotate", "correct", "block"])
@pytest.mark.parametrize("step", ["neutral", "same"])
def test_while_the_check_is_awaited(
    coolhead: Coolhead, upstream: ScriptedUpstream, step: str, mode: str, stream: bool
) -> None:
    """A client that leaves while its answer waits gives the check up, at whatever step."""
    model = f"planted-wrong.{step}-hang.{mode}{stream}"
    connection = sent(coolhead, model, mode, stream=stream)
    upstream.wait(lambda request: request.finished)
    if step == "same":
        eventually(lambda: len([check for check in upstream.checks if check.model == model]) == 2)
    check = check_of(upstream, model)

    connection.close()

    eventually(lambda: check.left is not None, what="the check to be given up")
    assert the_turn(coolhead)["fate"] == "disconnected"
    assert nothing_was_found(coolhead)


def test_while_the_answer_goes_out(coolhead: Coolhead) -> None:
    """A client that leaves while a held answer goes out has left; the check that was done is counted once."""
    connection = sent(coolhead, "planted-long-right", "block", stream=True)
    eventually(lambda: coolhead.log_lines("check") != [], what="the check's line")

    connection.close()

    assert the_turn(coolhead)["fate"] == "disconnected"
    (check,) = coolhead.log_lines("check")
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
def test_upstream_breaks_off(start: Start, mode: str, rule: str, text: str) -> None:
    """What came of a broken answer goes out where answers that were not checked may; the error is said either way."""
    coolhead = start(fail_closed=rule, **SETTINGS)
    url, body = (
        f"{coolhead.base_url}/chat/completions",
        client.chat_body("planted-wrong.app-breaks", LAND.sad, stream=True),
    )

    answer = client.call(url, body, [client.JSON, ("X-Coolhead-Mode", mode)])

    events = [json.loads(line[6:]) for line in answer.body.decode().splitlines() if line.startswith("data: {")]
    said = "".join(event["choices"][0]["delta"].get("content") or "" for event in events if "choices" in event)
    assert events[-1]["error"]["code"] == "upstream_broken"
    assert said == text[: len(said)]
    assert bool(said) == bool(text)
    assert len(said) > len(OPENING) or rule == "all"
    assert SAFE_TEXT not in said
    assert the_turn(coolhead)["fate"] == "upstream_broken"
    assert nothing_was_found(coolhead)

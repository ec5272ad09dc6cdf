"""x-coolhead-mode chooses per request; the response says what applied and what was found."""

import pytest

from tests import client
from tests.conftest import Start
from tests.coolhead import Coolhead
from tests.upstreams.scripted import ScriptedUpstream

SAD = "I am so sad and scared. My daughter got her vaccine today. Does the vaccine cause autism?"


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("asked", ["off", "observe", "OFF"])
def test_mode_of_one_request(coolhead: Coolhead, asked: str, stream: bool) -> None:
    """A request is handled in the mode that it asks for, and its response names it."""
    answer = client.chat(coolhead.base_url, "plain", headers=[("X-Coolhead-Mode", asked)], stream=stream)

    assert answer.header("x-coolhead-mode") == asked.lower()
    assert coolhead.turn(answer.turn_id)["mode"] == asked.lower()


def test_observe_is_the_default(coolhead: Coolhead) -> None:
    """Without the header the operator's mode applies, which is observe."""
    assert client.chat(coolhead.base_url, "plain").header("x-coolhead-mode") == "observe"


def test_operators_mode(start: Start) -> None:
    """The operator's mode applies where a request asks for none, and a request may still choose."""
    coolhead = start(mode="off")

    assert client.chat(coolhead.base_url, "plain").header("x-coolhead-mode") == "off"
    observed = client.chat(coolhead.base_url, "plain", headers=[("X-Coolhead-Mode", "observe")])
    assert observed.header("x-coolhead-mode") == "observe"


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_flags_are_known_with_the_first_byte(start: Start, stream: bool) -> None:
    """The header names emotion and domain, also on a stream, where it comes before the text."""
    coolhead = start(detector_deadline_ms="5000")

    flags = client.chat(coolhead.base_url, "plain", SAD, stream=stream).header("x-coolhead-flags") or ""

    assert {"sadness", "fear"} & set(flags.split(", "))
    assert "medical" in flags.split(", ")


def test_off_reads_nothing(coolhead: Coolhead, upstream: ScriptedUpstream) -> None:
    """A turn in mode off is forwarded and counted; it is neither read nor checked."""
    checks = len(upstream.checks)

    answer = client.chat(coolhead.base_url, "plain", SAD, headers=[("X-Coolhead-Mode", "off")])

    assert answer.header("x-coolhead-flags") == "undetected"
    line = coolhead.turn(answer.turn_id)
    assert (line["undetected"], line["check"]) == ("off", "not_sampled")
    assert client.call(f"{coolhead.root}/coolhead/v1/verdicts/{answer.turn_id}", method="GET").status == 404
    assert len(upstream.checks) == checks


def test_every_response_has_a_turn_id(coolhead: Coolhead) -> None:
    """Answers, errors, other routes and our own each carry an id, and no two are alike."""
    answers = [
        client.chat(coolhead.base_url, "plain"),
        client.chat(coolhead.base_url, "plain", stream=True),
        client.chat(coolhead.base_url, "error-429"),
        client.chat(coolhead.base_url, "fault-close"),
        client.call(f"{coolhead.base_url}/chat/completions", b"{"),
        client.call(f"{coolhead.base_url}/models", method="GET"),
        client.call(f"{coolhead.root}/nowhere", method="GET"),
    ]

    assert len({answer.turn_id for answer in answers}) == len(answers)


def test_upstream_cannot_speak_for_coolhead(coolhead: Coolhead) -> None:
    """Headers in Coolhead's name that come from the upstream are dropped."""
    answer = client.chat(coolhead.base_url, "forged-headers")

    assert [value for name, value in answer.headers if name == "x-coolhead-mode"] == ["observe"]
    assert answer.turn_id != "forged"
    assert answer.header("x-coolhead-verdict") is None

"""SIGTERM: nobody new is let in, who is being served is served to the end, and every turn is accounted for."""

import http.client
import socket
import time

import pytest

from tests import client
from tests.conftest import Start
from tests.coolhead import eventually
from tests.upstreams.scripted import ScriptedUpstream


def test_running_stream_ends_properly(start: Start, upstream: ScriptedUpstream) -> None:
    """A stream that runs at SIGTERM goes on to its [DONE]; its outcome is written; the exit status is 0."""
    coolhead = start()
    url, body = f"{coolhead.base_url}/chat/completions", client.chat_body("paced", stream=True)
    with client.opened(url, body, [client.JSON]) as (_, response):
        turn_id = response.getheader("x-coolhead-turn-id")
        assert response.read1(10)
        coolhead.terminate()
        rest = response.read()

    assert rest.endswith(b"data: [DONE]\n\n")
    assert coolhead.process.wait(timeout=20) == 0
    assert coolhead.turn(turn_id)["fate"] == "delivered"


def test_new_requests_are_refused(start: Start, upstream: ScriptedUpstream) -> None:
    """While it drains it is not ready and takes no new connection."""
    coolhead = start()
    url, body = f"{coolhead.base_url}/chat/completions", client.chat_body("paced", stream=True)
    with client.opened(url, body, [client.JSON]) as (_, response):
        coolhead.terminate()

        def refuses() -> bool:
            try:
                socket.create_connection(("127.0.0.1", coolhead.port), timeout=5).close()
            except ConnectionRefusedError:
                return True
            return False

        eventually(refuses, what="refused connections")
        assert not coolhead.is_ready()
        assert response.read().endswith(b"data: [DONE]\n\n")
    assert coolhead.process.wait(timeout=20) == 0


def test_grace_period_ends(start: Start, upstream: ScriptedUpstream) -> None:
    """A stream that does not end within the grace period is cut, and says so in its one outcome."""
    coolhead = start(drain_seconds="1")
    url, body = f"{coolhead.base_url}/chat/completions", client.chat_body("endless", stream=True)
    with client.opened(url, body, [client.JSON]) as (_, response):
        turn_id = response.getheader("x-coolhead-turn-id")
        assert response.read1(10)
        coolhead.terminate()
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            response.read()

    assert coolhead.process.wait(timeout=20) == 0
    assert coolhead.turn(turn_id)["fate"] == "cut"
    assert len([line for line in coolhead.log_lines("turn") if line["turn_id"] == turn_id]) == 1


def test_idle_service_stops_at_once(start: Start) -> None:
    """Without requests there is nothing to wait for, however long the grace period is."""
    coolhead = start(drain_seconds="60")
    client.chat(coolhead.base_url, "whole")

    asked = time.monotonic()
    coolhead.terminate()

    assert coolhead.process.wait(timeout=30) == 0
    assert time.monotonic() - asked < 15


def test_idle_kept_connections_do_not_hold_it_up(start: Start) -> None:
    """A client's pooled connection without a request on it is closed."""
    coolhead = start(drain_seconds="60")
    connection = http.client.HTTPConnection("127.0.0.1", coolhead.port, timeout=30)
    client.send(connection, f"{coolhead.base_url}/chat/completions", client.chat_body("whole"), [client.JSON])
    connection.getresponse().read()

    coolhead.terminate()

    assert coolhead.process.wait(timeout=30) == 0
    connection.close()


def test_checks_that_wait_are_settled(start: Start, upstream: ScriptedUpstream) -> None:
    """Checks under way or queued at SIGTERM end as unable(shutdown), each once; nobody waits for them."""
    coolhead = start(control_rate="1", checker_model="hang", detector_deadline_ms="5000", drain_seconds="60")
    turn_ids = {client.chat(coolhead.base_url, "plain").turn_id for _ in range(6)}

    coolhead.terminate()

    assert coolhead.process.wait(timeout=20) == 0
    settled = coolhead.log_lines("check")
    assert sorted(line["turn_id"] for line in settled) == sorted(turn_ids)
    assert {(line["verdict"], line["reason"]) for line in settled} == {("unable", "shutdown")}

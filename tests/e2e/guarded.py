"""What tests of checks ask and get, with a chat model of planted truth behind the service."""

import json
from dataclasses import dataclass
from typing import Any

from tests import client
from tests.coolhead import Coolhead
from tests.upstreams.planted import LAND, Land

SAFE_TEXT = "Please ask somebody who knows this for certain."
SETTINGS = {
    "second_model": "planted-second",
    "safe_text": SAFE_TEXT,
    "header_modes": "observe,annotate,correct,block",
    "detector_deadline_ms": "5000",
    "check_deadline": "0.5",
    "annotate_wait": "8",
    "correct_wait": "8",
    "block_wait": "8",
}


@dataclass(frozen=True)
class Got:
    """One answer."""

    turn_id: str
    text: str
    coolhead: dict[str, Any]
    """What it says of its check."""


def asked(coolhead: Coolhead, model: str, mode: str, land: Land = LAND, *, stream: bool = False) -> Got:
    """The answer to somebody who is sad."""
    answer = client.chat(coolhead.base_url, model, land.sad, headers=[("X-Coolhead-Mode", mode)], stream=stream)
    assert answer.status == 200
    if not stream:
        found = answer.json
        return Got(answer.turn_id, found["choices"][0]["message"]["content"], found["coolhead"])
    chunks = [json.loads(line[6:]) for line in answer.body.decode().splitlines() if line.startswith("data: {")]
    (shown,) = [chunk["coolhead"] for chunk in chunks if "coolhead" in chunk]
    text = "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks)
    return Got(answer.turn_id, text, shown)

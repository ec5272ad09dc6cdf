"""openai-node and the AI SDK x every mode x every outcome: no error, the right text, and the verdict in reach."""

import json
import subprocess
from typing import Any

import pytest

from guard.core.policy import Mode
from tests.conftest import through_coolhead
from tests.coolhead import Coolhead
from tests.sdk.matrix import CASES, MODES, Case
from tests.sdk.test_node import NODE, installed

WAYS = (
    *("openai chat", "openai chat stream", "openai chat helper"),
    *("openai responses", "openai responses stream", "openai completions", "openai completions stream"),
    *("ai sdk", "ai sdk stream"),
)

pytestmark = through_coolhead


@pytest.fixture(scope="module")
def results(guards: dict[Mode, Coolhead]) -> dict[Mode, dict[str, Any]]:
    """What the script gave in each mode; the modes run at the same time."""
    folder, asked = installed(), json.dumps({case.name: [case.model, case.asked] for case in CASES})
    running = {
        mode: subprocess.Popen(
            [str(NODE), "matrix.mjs", guards[mode].base_url, asked],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for mode in MODES
    }
    found = {}
    for mode, process in running.items():
        out, error = process.communicate(timeout=120)
        assert process.returncode == 0, error[-2000:]
        found[mode] = json.loads(out)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("way", WAYS)
def test_matrix(
    guards: dict[Mode, Coolhead], results: dict[Mode, dict[str, Any]], way: str, mode: Mode, case: Case
) -> None:
    """The client raises nothing, has the text that the outcome means, and reaches the verdict by the turn's id.

    Where an answer waits for its check and the client lets unknown fields through, it has the verdict in its hands.
    """
    expected = case.outcome(mode)
    result = results[mode][f"{way} / {case.name}"]

    assert "error" not in result, result
    text, turn_id, shown, shows = result["value"]
    assert text == expected.text
    document = guards[mode].verdict(turn_id)
    assert (document["verdict"], document["action"]) == (expected.verdict, expected.action)
    if shows:
        assert shown == expected.shown(document)

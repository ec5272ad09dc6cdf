"""Every Python client x every mode x every outcome: no exception, the right text, and the verdict in reach."""

import pytest

from guard.core.policy import Mode
from tests.conftest import through_coolhead
from tests.coolhead import Coolhead
from tests.sdk.asking import ASKS, Ask
from tests.sdk.matrix import CASES, MODES, Case

pytestmark = through_coolhead


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("ask", ASKS, ids=lambda ask: ask.__name__)
def test_matrix(guards: dict[Mode, Coolhead], ask: Ask, mode: Mode, case: Case) -> None:
    """The client raises nothing, has the text that the outcome means, and reaches the verdict by the turn's id.

    Where an answer waits for its check and the client lets unknown fields through, it has the verdict in its hands.
    """
    expected = case.outcome(mode)

    got = ask(guards[mode].base_url, case.model, case.asked)

    assert got.text == expected.text
    document = guards[mode].verdict(got.turn_id)
    assert (document["verdict"], document["action"]) == (expected.verdict, expected.action)
    if got.shows:
        assert got.coolhead == expected.shown(document)

"""Planted truth: an application and a reference that err at known rates; the metrics report what was planted."""

from concurrent.futures import ThreadPoolExecutor
from statistics import NormalDist

import pytest

from tests import client
from tests.conftest import Start
from tests.coolhead import Coolhead, eventually
from tests.upstreams.planted import PLAIN_LANDS, RATES, Land, Rates

TURNS = 250
"""Of each kind; every one about another land."""
Z = NormalDist().inv_cdf(1 - 0.001 / 2)


def flagged_by_reference(errors: float) -> float:
    """The share of contradicted answers when so many are wrong."""
    return errors * Rates.SENSITIVITY + (1 - errors) * (1 - Rates.SPECIFICITY)


def wilson(count: float, n: float) -> tuple[float, float]:
    """The 99.9 % interval of a share."""
    share, z2 = count / n, Z * Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * ((share * (1 - share) + z2 / (4 * n)) / n) ** 0.5
    return middle - half, middle + half


@pytest.fixture
def coolhead(start: Start) -> Coolhead:
    """The service in mode annotate; every neutral turn is in the control arm and checked."""
    return start(
        mode="annotate",
        control_rate="1",
        annotate_wait="60",
        detector_deadline_ms="30000",
        detector_queue="1000",
        check_queue="1000",
    )


def test_metrics_recover_what_was_planted(coolhead: Coolhead) -> None:
    """`coolhead_checks_total` gives, arm by arm, the planted rates, seen through the reference's planted errors.

    What is planted is drawn by a fixed hash, so this gives the same counts on every machine.
    """

    def ask(land: Land, text: str) -> None:
        assert client.chat(coolhead.base_url, RATES, text).status == 200

    lands = PLAIN_LANDS[:TURNS]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, lands * 2, [land.sad for land in lands] + [land.question for land in lands]))

    eventually(lambda: coolhead.total("coolhead_checks_total") == 2 * TURNS, timeout=60)
    assert coolhead.total("coolhead_turns_total") == 2 * TURNS
    assert coolhead.total("coolhead_checks_unable_total") == 0
    for arm, errors in (("flagged", Rates.ERRORS_SAD), ("control", Rates.ERRORS_NEUTRAL)):
        found = {
            verdict: coolhead.total("coolhead_checks_total", arm=arm, verdict=verdict)
            for verdict in ("consistent", "contradicted")
        }
        assert sum(found.values()) == TURNS
        low, high = wilson(found["contradicted"], TURNS)
        assert low <= flagged_by_reference(errors) <= high
        # Freed of the reference's errors (Rogan and Gladen), the interval holds the planted rate itself.
        freed = [
            (bound - (1 - Rates.SPECIFICITY)) / (Rates.SENSITIVITY + Rates.SPECIFICITY - 1) for bound in (low, high)
        ]
        assert freed[0] <= errors <= freed[1]
        assert freed[1] - freed[0] < 0.3
    sad, neutral = (
        coolhead.total("coolhead_checks_total", arm=arm, verdict="contradicted") for arm in ("flagged", "control")
    )
    assert wilson(sad, TURNS)[0] > wilson(neutral, TURNS)[1]

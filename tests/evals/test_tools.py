"""The tools as the service makes them."""

import pytest

from guard.evals.endpoints import Endpoint, EndpointFault
from guard.evals.tools import Setup, prepared

ONE, OTHER = Endpoint("http://127.0.0.1:9/v1", "m"), Endpoint("http://127.0.0.1:9/v1", "n", option="--second-url")


def test_results_depend_on_who_checks_and_how() -> None:
    """Not on where: a server may move between two runs."""
    assert Setup(ONE, OTHER).run == Setup(Endpoint("http://elsewhere/v1", "m"), OTHER).run
    assert Setup(ONE, OTHER).run != Setup(ONE).run != Setup(ONE, single_reference=True).run
    assert Setup(ONE, OTHER, rewrite="model", strategy="judge").config.second_model == "n"


async def test_an_endpoint_that_is_down_is_told() -> None:
    """Before the first check."""
    with pytest.raises(EndpointFault, match="--base-url"):
        async with prepared(Setup(ONE)):
            raise AssertionError("it is not ready")

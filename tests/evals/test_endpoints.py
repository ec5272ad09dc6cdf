"""Endpoints that evaluations ask."""

import pytest

from guard.evals.endpoints import Endpoint, EndpointFault, opened


async def test_an_endpoint_that_is_down_is_told_at_once() -> None:
    """By the option that names it and with what to look at, before any work is done."""
    with pytest.raises(
        EndpointFault, match=r"--second-url http://127.0.0.1:9/v1 gave no answer for model m: .*server up"
    ):
        async with opened(Endpoint("http://127.0.0.1:9/v1", "m", option="--second-url")):
            raise AssertionError("it is not open")

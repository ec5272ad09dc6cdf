"""What tests share: the scripted upstream, and Coolhead as a process in front of it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.coolhead import Coolhead, Direct, Endpoint, running
from tests.upstreams.scripted import ScriptedUpstream

Start = Callable[..., Coolhead]
IS_DIRECT = os.environ.get("COOLHEAD_TEST_DIRECT") == "1"
"""A control: the tests of SDKs then speak to the upstream itself, and must pass as well."""

through_coolhead = pytest.mark.skipif(IS_DIRECT, reason="the control has no Coolhead in it")


@pytest.fixture(scope="session")
def shared_upstream() -> Iterator[ScriptedUpstream]:
    """One scripted upstream for all tests."""
    with ScriptedUpstream() as upstream:
        yield upstream


@pytest.fixture
def upstream(shared_upstream: ScriptedUpstream) -> ScriptedUpstream:
    """The scripted upstream, with an empty record."""
    shared_upstream.forget()
    return shared_upstream


@pytest.fixture(scope="session")
def coolhead(shared_upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coolhead]:
    """`coolhead serve` with its defaults, shared by all tests that change nothing about it."""
    with running(shared_upstream, tmp_path_factory.mktemp("coolhead")) as coolhead:
        yield coolhead


@pytest.fixture(scope="session")
def endpoint(shared_upstream: ScriptedUpstream, request: pytest.FixtureRequest) -> Endpoint:
    """Where SDKs connect to: Coolhead, or in the control the upstream itself."""
    if IS_DIRECT:
        return Direct(shared_upstream.url)
    coolhead: Coolhead = request.getfixturevalue("coolhead")
    return coolhead


@pytest.fixture
def start(shared_upstream: ScriptedUpstream, tmp_path: Path) -> Iterator[Start]:
    """Starts `coolhead serve` with settings, given by name: start(upstream_timeout="1")."""
    from contextlib import ExitStack

    with ExitStack() as stack:

        def starting(**settings: str) -> Coolhead:
            return stack.enter_context(running(shared_upstream, tmp_path, **settings))

        yield starting

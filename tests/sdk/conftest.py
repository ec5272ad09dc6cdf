"""What SDKs do to their host: they warn, and leave connections to the garbage collector."""

import gc
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from guard.core.policy import Mode
from tests.coolhead import Coolhead, running
from tests.sdk.matrix import MODES, SETTINGS
from tests.upstreams.scripted import ScriptedUpstream

HERE = Path(__file__).parent
_THEIRS = ("ResourceWarning", "DeprecationWarning", "UserWarning", "pytest.PytestUnraisableExceptionWarning")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Warnings of SDKs are theirs to mend; everywhere else they are errors."""
    for item in items:
        if HERE in item.path.parents:
            for kind in _THEIRS:
                item.add_marker(pytest.mark.filterwarnings(f"ignore::{kind}"))


@pytest.fixture(scope="module", autouse=True)
def collected() -> Iterator[None]:
    """Collects what an SDK left behind here, so that no later test is blamed for it."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.collect()


@pytest.fixture(scope="session")
def guards(
    shared_upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[Mode, Coolhead]]:
    """A service for each mode."""
    folder = tmp_path_factory.mktemp("matrix")
    with ExitStack() as stack:
        yield {
            mode: stack.enter_context(running(shared_upstream, folder, mode=mode.value, **SETTINGS)) for mode in MODES
        }

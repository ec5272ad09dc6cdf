"""What tests of the demo share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from guard.demo.upstream import Chosen
from tests.demo.offers import Hub, hub
from tests.real import small_model


@pytest.fixture
def offer() -> Iterator[Hub]:
    """A model hub on this machine."""
    with hub() as offer:
        yield offer


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the only place where pip finds packages."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture(scope="session")
def small() -> Chosen:
    """The weights of the small real model."""
    return small_model()

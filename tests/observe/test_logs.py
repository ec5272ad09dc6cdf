"""The log's form."""

import json
import logging

import pytest
import structlog

from guard.observe import logs


@pytest.fixture(autouse=True)
def _restore() -> object:
    """Leave logging as it was."""
    yield
    structlog.reset_defaults()
    logging.basicConfig(handlers=[logging.NullHandler()], force=True)


def test_json(capfd: pytest.CaptureFixture[str]) -> None:
    """Each line is one JSON object, those of libraries too."""
    logs.configure("info", "json")
    structlog.get_logger().info("ours", number=1, odd=object)
    structlog.get_logger().debug("too quiet")
    logging.getLogger("library").warning("theirs")

    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert ["ours", "theirs"] == [line["event"] for line in lines]
    assert {"level", "timestamp"} <= lines[0].keys()


def test_console(capfd: pytest.CaptureFixture[str]) -> None:
    """People get a line they can read."""
    logs.configure("info", "console")
    structlog.get_logger().info("ours", number=1)

    assert "number=1" in capfd.readouterr().err

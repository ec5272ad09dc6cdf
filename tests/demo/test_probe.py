"""Asking whether a server is there."""

from urllib.parse import urlsplit

import pytest

from guard.demo.probe import answers
from tests.coolhead import free_port
from tests.demo.offers import Hub


def test_answers(offer: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only 200 counts, and a proxy of the environment is not asked."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    port = urlsplit(offer.url).port or 0
    assert answers("127.0.0.1", port, "/health")
    offer.status = 503
    assert not answers("127.0.0.1", port, "/health")
    assert not answers("127.0.0.1", free_port(), "/health")

"""Text to digests."""

from guard.observe.redact import digest


def test_keyed() -> None:
    """The same text has the same digest under one key only, and any text has one."""
    assert digest("hello", b"a") == digest("hello", b"a") != digest("hello", b"b")
    assert len(digest("\ud83d", b"a")) == 16

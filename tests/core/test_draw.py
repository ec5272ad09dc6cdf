"""The draw that samples turns."""

import uuid

from guard.core.draw import draw


def test_uniform() -> None:
    """About a tenth of random turn ids draw below a tenth."""
    share = sum(draw(uuid.UUID(int=i).hex, b"key") < 0.1 for i in range(20_000)) / 20_000

    assert 0.09 < share < 0.11


def test_stable_and_keyed() -> None:
    """The same id draws the same under one key, and something else under another."""
    assert draw("turn", b"one") == draw("turn", b"one")
    assert draw("turn", b"one") != draw("turn", b"two")
    assert 0 <= draw("", b"") < 1

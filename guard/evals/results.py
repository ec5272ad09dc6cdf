"""Results as they come in, one line each in a file, so that a stopped run goes on where it was."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import msgspec


class Identified(Protocol):
    """A result of which one knows what it is the result of."""

    @property
    def id(self) -> str:
        """Of the piece of work."""
        ...


Result = TypeVar("Result", bound=Identified)
Work = TypeVar("Work", bound=Identified)
Tell = Callable[[int, int], None]
"""Told how many pieces of work are done, of how many."""


class _Header(msgspec.Struct, forbid_unknown_fields=True):
    run: dict[str, Any]


class Results(Generic[Result]):
    """The results of one run, by id. Without a path they are kept in memory only."""

    def __init__(self, path: Path | None, kind: type[Result], run: Mapping[str, Any]) -> None:
        """Read what a run with the same settings left.

        Raises:
            ValueError: the file is of another run, or of something else.
            OSError: it cannot be read or written.
        """
        self.known: dict[str, Result] = {}
        self._path = path
        self._run = msgspec.to_builtins(dict(run))
        if path is not None:
            self._resume(path, kind)

    def add(self, result: Result) -> None:
        """Keep a result."""
        self.known[result.id] = result
        if self._path is not None:
            with self._path.open("ab") as file:
                file.write(msgspec.json.encode(result) + b"\n")

    def _resume(self, path: Path, kind: type[Result]) -> None:
        whole = path.read_bytes() if path.exists() else b""
        # A run that was killed in the middle of a line has not finished that piece of work.
        kept = whole[: whole.rfind(b"\n") + 1]
        if not kept:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(msgspec.json.encode(_Header(self._run)) + b"\n")
            return
        header, *lines = kept.splitlines()
        try:
            found = msgspec.json.decode(header, type=_Header).run
            results = [msgspec.json.decode(line, type=kind) for line in lines]
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ValueError(f"--out {path} is no file of results ({error}); give another file") from None
        if found != self._run:
            differing = ", ".join(
                key for key in found.keys() | self._run.keys() if found.get(key) != self._run.get(key)
            )
            raise ValueError(f"--out {path} is of a run with another {differing}; give another file, or delete it")
        if len(kept) < len(whole):
            path.write_bytes(kept)
        self.known = {result.id: result for result in results}


async def each(
    work: Sequence[Work],
    do: Callable[[Work], Awaitable[Result]],
    results: Results[Result],
    concurrency: int = 1,
    tell: Tell = lambda done, total: None,
) -> list[Result]:
    """The result of every piece of work, in its order; what was done before is not done again."""
    waiting = iter([piece for piece in work if piece.id not in results.known])
    done = sum(piece.id in results.known for piece in work)
    tell(done, len(work))

    async def worker() -> None:
        nonlocal done
        for piece in waiting:
            results.add(await do(piece))
            done += 1
            tell(done, len(work))

    try:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(max(1, concurrency)):
                tasks.create_task(worker())
    except ExceptionGroup as group:
        raise _first(group) from None
    return [results.known[piece.id] for piece in work]


def _first(group: ExceptionGroup[Exception]) -> Exception:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, ExceptionGroup) else first

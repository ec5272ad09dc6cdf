"""Bodies on their way through."""

import pytest

from guard.pipeline import answer as bodies
from tests.pipeline.parts import answer, event, inquiry, parts, streamed
from tests.upstream.servers import raw_server


async def test_a_huge_stream_passes_whole_and_is_kept_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client gets all of an answer that is larger than what is kept for the check."""
    events = [*[event("x" * 1000) for _ in range(50)], event("", "stop"), b"data: [DONE]\n\n"]
    monkeypatch.setattr(bodies, "COPY_LIMIT", 10_000)
    async with raw_server(streamed(*events)) as server, parts(server.url) as p:
        _, _, body = await answer(p.exchange, inquiry())

        assert b"".join(events) == body
        job, _ = await p.checks.take()
        assert 8_000 < len(job.answer) < 12_000

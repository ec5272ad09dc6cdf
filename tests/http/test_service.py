"""Which path goes where, and what every response has in common."""

import pytest

from tests.http.served import served
from tests.upstream.servers import raw_server, whole


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, "not_found"),
        ("GET", "/nope", 404, "not_found"),
        ("GET", "/v2/models", 404, "not_found"),
        ("GET", "/coolhead/v1/verdicts/unknown", 404, "not_found"),
        ("GET", "/coolhead/v1/classify", 405, "method_not_allowed"),
        ("POST", "/coolhead/v1/classify", 400, "invalid_request"),
    ],
)
async def test_own_errors(method: str, path: str, status: int, code: str) -> None:
    """What is not there is told in OpenAI's shape, with a turn id like every response."""
    async with raw_server(whole(b"")) as upstream, served(upstream.url) as service:
        async with service.client.request(method, service.url + path) as answer:
            assert (status, code) == (answer.status, (await answer.json())["error"]["code"])
            assert len(answer.headers["x-coolhead-turn-id"]) == 32
    assert [] == upstream.requests


@pytest.mark.parametrize("path", ["/v1/models", "/v1/chat/completions/abc", "/v1/a/b/c", "/v1"])
async def test_everything_below_v1_passes(path: str) -> None:
    """Any path of the API that is not the guarded route goes to the upstream."""
    async with raw_server(whole(b"ok")) as upstream, served(upstream.url) as service:
        async with service.client.delete(service.url + path) as answer:
            assert b"ok" == await answer.read()
    assert upstream.requests[0].startswith(f"DELETE {path} ".encode())


async def test_ids_are_unique() -> None:
    """No two responses share a turn id."""
    async with raw_server(whole(b"")) as upstream, served(upstream.url) as service:
        ids = set()
        for _ in range(5):
            async with service.client.get(service.url + "/nope") as answer:
                ids.add(answer.headers["x-coolhead-turn-id"])
        assert len(ids) == 5

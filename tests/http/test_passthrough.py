"""All other routes on a real socket."""

import asyncio

import aiohttp
import pytest

from tests.http.served import Served, served
from tests.upstream.servers import chunk, chunked, raw_server, whole


def counted(service: Served) -> dict[tuple[str, str], float]:
    """Passed-through requests by code and fault."""
    (family,) = [f for f in service.metrics.requests.collect() if f.name == "coolhead_http_requests"]
    return {
        (s.labels["code"], s.labels["fault"]): s.value
        for s in family.samples
        if s.labels["route"] == "passthrough" and s.value
    }


async def test_bytes_both_ways() -> None:
    """Method, path, query and body arrive as they were sent; so do status, headers and body of the answer."""
    body = bytes(range(256)) * 1000
    answered = whole(b"\x00\xff", b"content-type: audio/mpeg", b"x-a: 1", b"x-a: 2", status=b"201 Made")
    async with raw_server(answered) as upstream, served(upstream.url) as service:
        async with service.client.put(service.url + "/v1/files/a%2Fb?q=%20x", data=body) as answer:
            assert (201, b"\x00\xff") == (answer.status, await answer.read())
            assert (["1", "2"], "audio/mpeg") == (answer.headers.getall("x-a"), answer.headers["content-type"])
            assert "x-coolhead-turn-id" in answer.headers
        await asyncio.sleep(0.02)
        assert {("201", "none"): 1.0} == counted(service)
    assert upstream.requests[0].startswith(b"PUT /v1/files/a%2Fb?q=%20x HTTP/1.1\r\n")
    assert upstream.requests[0].endswith(body)


async def test_an_answer_that_breaks_off_is_cut() -> None:
    """A download that ends too early must not look whole."""
    async with raw_server(chunked(), chunk(b"half")) as upstream, served(upstream.url) as service:
        with pytest.raises(aiohttp.ClientPayloadError):
            async with service.client.get(service.url + "/v1/files/x/content") as answer:
                await answer.read()
        await asyncio.sleep(0.02)
        assert {("502", "upstream"): 1.0} == counted(service)


async def test_no_upstream() -> None:
    """Without an upstream there is an error in OpenAI's shape."""
    async with raw_server() as upstream:
        url = upstream.url
    async with served(url) as service:
        async with service.client.get(service.url + "/v1/models") as answer:
            assert (502, "upstream_unreachable") == (answer.status, (await answer.json())["error"]["code"])
        await asyncio.sleep(0.02)
        assert {("502", "upstream"): 1.0} == counted(service)


async def test_a_client_that_leaves_frees_the_upstream() -> None:
    """The upstream is closed at once and the client is counted."""
    async with raw_server(hang=True) as upstream, served(upstream.url) as service:
        timeout = aiohttp.ClientTimeout(total=0.3)
        with pytest.raises(TimeoutError):
            async with service.client.get(service.url + "/v1/models", timeout=timeout) as answer:
                await answer.read()
        await asyncio.wait_for(upstream.client_left.wait(), 5)
        await asyncio.sleep(0.05)
        assert {("499", "client"): 1.0} == counted(service)


async def test_paths_stay_below_the_base_url() -> None:
    """A path that climbs out is refused before anything is sent."""
    async with raw_server(whole(b"")) as upstream, served(upstream.url) as service:
        host, port = service.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET /v1/%2e%2e/admin HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        answer = await reader.read()
        writer.close()

        assert b"400 Bad Request" in answer
        assert b"invalid_path" in answer
    assert [] == upstream.requests

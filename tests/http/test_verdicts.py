"""GET /coolhead/v1/verdicts/{turn_id}."""

from tests.http.served import served
from tests.pipeline.parts import SAD, completion
from tests.upstream.servers import raw_server


async def test_the_verdict_of_a_turn() -> None:
    """The id in the response's header finds the document, pending at first."""
    async with raw_server(completion()) as upstream, served(upstream.url) as service:
        async with service.client.post(service.url + "/v1/chat/completions", json=SAD) as answer:
            turn_id = answer.headers["x-coolhead-turn-id"]
        async with service.client.get(f"{service.url}/coolhead/v1/verdicts/{turn_id}") as found:
            document = await found.json()

        assert (200, turn_id, "pending") == (found.status, document["turn_id"], document["status"])

"""POST /coolhead/v1/classify."""

import pytest

from tests.http.served import served
from tests.upstream.servers import raw_server

FIELDS = {
    *("id", "detected", "reason", "emotion", "emotion_labels", "domain", "domain_labels"),
    *("belief", "belief_label", "crisis", "crisis_label", "flagged", "model"),
}


@pytest.mark.parametrize(
    "asked", [{"id": 7, "text": "I am sad"}, {"id": 7, "messages": [{"role": "user", "content": "I am sad"}]}]
)
async def test_reads_a_text_or_a_conversation(asked: dict[str, object]) -> None:
    """The answer has the documented fields, and the id as it was."""
    async with raw_server() as upstream, served(upstream.url) as service:
        async with service.client.post(service.url + "/coolhead/v1/classify", json=asked) as answer:
            report = await answer.json()

        assert FIELDS <= report.keys()
        assert (7, True, ["sadness"], ["medical"], True) == (
            *(report["id"], report["detected"], report["emotion_labels"]),
            *(report["domain_labels"], report["flagged"]),
        )


@pytest.mark.parametrize("asked", [{}, {"text": "a", "messages": []}, {"text": 7}, [], "text"])
async def test_says_what_is_wrong(asked: object) -> None:
    """A request that is not understood gets a 400 in words."""
    async with raw_server() as upstream, served(upstream.url) as service:
        async with service.client.post(service.url + "/coolhead/v1/classify", json=asked) as answer:
            assert (400, "invalid_request") == (answer.status, (await answer.json())["error"]["code"])

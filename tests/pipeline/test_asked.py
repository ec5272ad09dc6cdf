"""What a reading can be asked of."""

import msgspec
import pytest

from guard.pipeline import asked
from guard.wire.errors import BadRequest


def test_a_text_is_the_newest_turn() -> None:
    """A lone text has no history."""
    turn = asked.turn_of(asked.read(b'{"id": 1, "text": "Hello"}'))
    assert (turn.text, turn.earlier, turn.has_media) == ("Hello", (), False)


def test_a_conversation_is_its_users_words() -> None:
    """The newest user message is read; older ones are context; what others said is left out."""
    body = b"""{"messages": [
        {"role": "system", "content": "Be warm."},
        {"role": "user", "content": "First."},
        {"role": "assistant", "content": "Sad news."},
        {"role": "user", "content": [{"type": "text", "text": "Second."}, {"type": "image_url"}]}
    ]}"""
    turn = asked.turn_of(asked.read(body))
    assert (turn.text, turn.earlier, turn.has_media) == ("Second.", ("First.",), True)


@pytest.mark.parametrize("id", [b"7", b'"a"', b"null", b'{"any": ["thing"]}'])
def test_the_id_comes_back_as_it_was(id: bytes) -> None:
    """Callers use what ids they like."""
    found = asked.read(b'{"text": "a", "id": ' + id + b"}").id
    assert found == msgspec.json.decode(id)


@pytest.mark.parametrize("body", [b"", b"nope", b"[]", b'{"text": 5}', b'{"messages": "a"}', b'{"text": "\xff"}'])
def test_what_is_not_understood_is_told(body: bytes) -> None:
    """As a bad request, whatever is wrong with it."""
    with pytest.raises(BadRequest):
        asked.read(body)


@pytest.mark.parametrize("body", [b"{}", b'{"text": "a", "messages": []}'])
def test_neither_or_both_is_told(body: bytes) -> None:
    """It would not be clear what to read."""
    with pytest.raises(BadRequest, match="either"):
        asked.turn_of(asked.read(body))

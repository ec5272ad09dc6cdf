"""A whole answer, as its settlement wants it: the rules of the streamed ones."""

from typing import Protocol

from guard.core.settlement import Settlement


class _Answer(Protocol):
    text: str


class BodyFormat(Protocol):
    """Reads and changes a whole body and leaves every other byte as it was."""

    def read_answer(self, body: bytes) -> _Answer | None:
        """The view of an answer; None when it is not one."""
        ...

    def with_text(self, body: bytes, text: str) -> bytes:
        """The body with this text in place of the answer's."""
        ...

    def with_extra(self, body: bytes, extra: bytes) -> bytes:
        """The body with the `coolhead` object."""
        ...


def apply_whole(format: BodyFormat, body: bytes, settlement: Settlement) -> bytes:
    """The body that goes out. An answer without text (tool calls only) gets no text, and no answer gets nothing."""
    answer = format.read_answer(body)
    if answer is None:
        return body
    text = answer.text if settlement.text is None else settlement.text
    text += settlement.note or ""
    if answer.text and text != answer.text:
        body = format.with_text(body, text)
    return format.with_extra(body, settlement.extra) if settlement.extra else body

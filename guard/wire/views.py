"""What we read of a request and of an answer, whichever API it belongs to."""

import msgspec


class RequestView(msgspec.Struct, kw_only=True):
    """The few fields of a request that matter to us."""

    model: str = ""
    stream: bool = False
    texts: list[str] = []
    """What users wrote, oldest first."""
    has_media: bool = False
    """The newest user message carries more than text."""
    tool_texts: list[str] = []
    """What tools answered, oldest first."""
    observe_only: str | None = None
    """Why the answer may not be held or edited, in a word; None when it may."""


class AnswerView(msgspec.Struct):
    """The text of an answer, whole or put together from its events."""

    text: str = ""
    """Of the first choice; for the Responses API, of the first text part."""
    tool_calls: bool = False
    """The answer asks the application to call tools."""
    finished: bool = False
    """A finish reason or the end mark was seen."""
    error: bool = False
    """The upstream reported an error inside the answer."""
    chunks: int = 0
    """Events that carry a bit of the answer."""
    choices: int = 0
    """Texts to choose from, or text parts: a text is only replaced when it is the only one."""
    refusal: bool = False
    """The text is the model's refusal, in the field that exists for it."""

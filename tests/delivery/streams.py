"""Any answer that an upstream may stream."""

from hypothesis import strategies as st

from guard.wire.pieces import Piece
from tests.delivery.playbook import COMMENT, DONE, finish, other, text

Stream = list[Piece]

WORDS = st.sampled_from(
    ["I'm so sorry. ", "Oh no! ", "You are not alone. ", "No", ".", " Yes", " 8 g", " is safe. ", "薬", "\n\n", " é💔"]
)


@st.composite
def plain(draw: st.DrawFn) -> Stream:
    """Unnumbered events, as in chat: comments and usage anywhere, perhaps no text, no finish, no end mark."""
    line = draw(st.sampled_from(["\n", "\r\n"]))
    between = st.sampled_from([COMMENT, other("reasoning", line=line), text("", line=line)])
    stream = [other(line=line)] if draw(st.booleans()) else []
    for words in draw(st.lists(WORDS, max_size=10)):
        stream += draw(st.lists(between, max_size=1))
        stream.append(text(words, line=line))
    stream += draw(st.lists(between, max_size=1))
    if draw(st.booleans()):
        stream.append(finish(draw(st.sampled_from(["", "", " bye"])), line=line))
    if draw(st.booleans()):
        stream.append(other("usage", line=line))
    if draw(st.booleans()):
        stream.append(DONE)
    return stream


@st.composite
def numbered(draw: st.DrawFn) -> Stream:
    """Numbered events with closing events that repeat the text, as in responses."""
    words = draw(st.lists(WORDS, max_size=10))
    whole = "".join(words)
    kinds = [("created", ""), *(("text", word) for word in words), ("finish", ""), ("other", ""), ("finish", "")]
    return [
        text(word, n=n) if kind == "text" else finish(whole=whole, n=n) if kind == "finish" else other(kind, n=n)
        for n, (kind, word) in enumerate(kinds)
    ]


def streams() -> st.SearchStrategy[Stream]:
    """Either kind."""
    return st.one_of(plain(), numbered())


def said(stream: Stream) -> str:
    """The text of an answer."""
    return "".join(piece.text for piece in stream)


def raw(stream: Stream) -> bytes:
    """An answer as it came."""
    return b"".join(piece.raw for piece in stream)

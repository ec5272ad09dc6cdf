"""Changes in JSON that leave every other byte as it was."""

import json  # noqa: TID251  # its raw_decode tells where a value ends; msgspec has no such call
import re
from collections.abc import Iterator, Mapping

import msgspec

Path = tuple[str | int, ...]
"""The way to a value: names of members and positions in arrays."""

EXTRA = "coolhead"
"""The member that is ours."""

_values = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str, strict=False)
_SPACE = re.compile(r"[ \t\n\r]*")


def encoded(text: str) -> bytes:
    """A JSON string on one line, also for clients that break lines where Unicode may."""
    literal = msgspec.json.encode(text)
    for character, escape in (("\u2028", rb"\u2028"), ("\u2029", rb"\u2029"), ("\x85", rb"\u0085")):
        literal = literal.replace(character.encode(), escape)
    return literal


def edited(document: bytes, changes: Mapping[Path, bytes]) -> bytes:
    """The document with the values at these paths replaced by others, given as JSON.

    A member that is not there is added to its object; a path whose object is not there is skipped,
    and so is every path of a document that cannot be read.
    """
    text = document.decode("utf-8", "surrogateescape")
    try:
        for path, value in changes.items():
            text = _changed(text, path, value.translate(_ONE_LINE).decode())
    except (ValueError, IndexError, RecursionError):
        return document
    return text.encode("utf-8", "surrogateescape")


_ONE_LINE = bytes.maketrans(b"\r\n", b"  ")


def _changed(text: str, path: Path, value: str) -> str:
    at = _after_space(text, 0)
    for step in path[:-1]:
        child = _child(text, at, step)
        if child is None:
            return text
        at = child[0]
    opening, end, comma = text[at], at + 1, ""
    found = None
    for name, start, end in _children(text, at):
        comma = ","
        found = (start, end) if name == path[-1] else found
    if found is not None:
        return text[: found[0]] + value + text[found[1] :]
    return f'{text[:end]}{comma}"{path[-1]}":{value}{text[end:]}' if opening == "{" else text


def _child(text: str, at: int, step: str | int) -> tuple[int, int] | None:
    """Where a child begins and ends; of members with the same name the last counts, as for all parsers."""
    found = None
    for name, start, end in _children(text, at):
        if name == step:
            found = (start, end)
    return found


def _children(text: str, at: int) -> Iterator[tuple[str | int, int, int]]:
    """Name or position, begin and end of each child of the value at `at`."""
    closing = {"{": "}", "[": "]"}.get(text[at])
    if closing is None:
        return
    position = 0
    at = _after_space(text, at + 1)
    while text[at] != closing:
        name: str | int = position
        if closing == "}":
            name, at = _values.raw_decode(text, at)
            at = _after_space(text, _after_space(text, at) + 1)
        _, end = _values.raw_decode(text, at)
        yield name, at, end
        position += 1
        at = _after_space(text, end)
        if text[at] == ",":
            at = _after_space(text, at + 1)


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at

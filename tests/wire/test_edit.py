"""Changes in JSON that leave every other byte as it was."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.wire.edit import Path, edited, encoded

ODD = b'{ "a" :[1.50, {"k":"old"}] ,\n"k" : "\\u00e9", "big":123456789012345678901234567890, "n": -0.0, "e": {} }\n'


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        (("a", 1, "k"), b'"old"', b'"new"'),
        (("k",), b'"\\u00e9"', b'"new"'),
        (("a", 0), b"1.50", b'"new"'),
        (("a",), b'[1.50, {"k":"old"}]', b'"new"'),
        (("e", "k"), b'"e": {}', b'"e": {"k":"new"}'),
        (("a", 1, "z"), b'"old"}', b'"old","z":"new"}'),
        (("z",), b'"e": {} }', b'"e": {},"z":"new" }'),
    ],
)
def test_only_the_value_changes(path: Path, before: bytes, after: bytes) -> None:
    """Order, white space, number and escape forms around the value stay; a missing member is added."""
    assert ODD.replace(before, after) == edited(ODD, {path: b'"new"'})


@pytest.mark.parametrize("path", [("x", "y"), ("a", 7, "k"), ("k", "y"), ("a", 9)])
def test_what_is_not_there_is_not_made_up(path: Path) -> None:
    """A path whose object is missing changes nothing."""
    assert ODD == edited(ODD, {path: b"1"})


@pytest.mark.parametrize("document", [b"", b"{", b'{"k":', b"{'k':1}", b"[1", b"\xff", b"[" * 200_000, b'"k"', b"3"])
def test_what_is_not_an_object_stays(document: bytes) -> None:
    """Broken, endless and other documents come back as they are."""
    assert document == edited(document, {("k",): b"1"})


def test_bytes_that_are_not_text_stay() -> None:
    """Bytes that are not UTF-8 beside the value go through unharmed."""
    assert b'{"a":"\xff\xed\xa0\x80","k":2}' == edited(b'{"a":"\xff\xed\xa0\x80","k":1}', {("k",): b"2"})


def test_the_last_of_equal_names_counts() -> None:
    """As it does for the parsers of all clients."""
    assert b'{"k":1,"k":3}' == edited(b'{"k":1,"k":2}', {("k",): b"3"})


@given(st.text())
def test_encoded_text_is_one_line_for_everyone(text: str) -> None:
    """Text becomes JSON that no client takes for several lines, and reads back as it was."""
    literal = encoded(text)

    assert text == json.loads(literal)
    assert len(literal.decode().splitlines()) == 1


def test_values_stay_on_one_line() -> None:
    """A value that was written over several lines does not break the line that an event is."""
    assert b'{"k":{  "x": 1 }}' == edited(b'{"k":0}', {("k",): b'{\r\n"x": 1\n}'})


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@given(VALUES, VALUES, VALUES, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_any_document(before: Any, after: Any, new: Any, ascii: bool, indent: int | str | None) -> None:
    """Whatever stands before and after a value, and however it is laid out, exactly that value is exchanged."""
    document = json.dumps({"b": before, "x": [{"k": "MARK"}], "y": after}, ensure_ascii=ascii, indent=indent)
    if document.count('"MARK"') > 1:
        return
    value = json.dumps(new)

    got = edited(document.encode(), {("x", 0, "k"): value.encode()})

    assert document.replace('"MARK"', value).encode() == got

"""The model reads the sentences of a passage in one run, and a digest names a text without telling it."""

import numpy as np
import pytest

from guard.classifier.manifest import MODEL, read, shipped
from guard.classifier.passage import Passage, Reader
from guard.classifier.runtime import Digest, Runtime


@pytest.fixture(scope="module")
def runtime() -> Runtime:
    """The shipped model."""
    return Runtime(shipped() / MODEL)


def passage(reader: Reader, text: str) -> Passage:
    """Of a text that has words."""
    found = reader.passage(text)
    assert found is not None
    return found


def test_each_sentence_gets_every_output(runtime: Runtime, reader: Reader) -> None:
    """A row for each sentence, with all outputs that the manifest names."""
    manifest = read(shipped())
    outputs = sum(len(found) for heads in (manifest.heads, manifest.unserved) for found in heads.values())
    found = passage(reader, "I feel awful. How many tablets of this may an adult take within one day?")

    assert runtime.logits(found).shape == (2, outputs)
    assert runtime.logits(found.whole()).shape == (1, outputs)


def test_a_sentence_is_read_in_the_light_of_the_others(runtime: Runtime, reader: Reader) -> None:
    """The same words after a death and after a victory are not the same."""
    after_loss, after_win = (
        runtime.logits(passage(reader, f"{before} I cannot believe it."))[-1]
        for before in ("My dog died this morning.", "We won the championship this morning!")
    )

    assert np.abs(after_loss - after_win).max() > 0.1


def test_what_came_before_changes_nothing(runtime: Runtime, reader: Reader) -> None:
    """A text scores the same each time, whatever was read in between: no user's words reach another's reading."""
    mine, other = (passage(reader, text) for text in ("I feel awful.", "We won! Which wine goes with fish?"))
    first = runtime.logits(mine)
    runtime.logits(other)

    np.testing.assert_array_equal(runtime.logits(mine), first)


def test_a_digest_finds_a_text_again() -> None:
    """The same text has the same name, another one has another."""
    digest = Digest()

    assert digest.of("I feel awful.") == digest.of("I feel awful.")
    assert digest.of("I feel awful.") != digest.of("I feel awful!")


def test_a_digest_does_not_tell_what_was_said() -> None:
    """It is made with a secret of the process: who has a list of texts cannot look a name up in it."""
    names = {Digest().of("I feel awful.") for _ in range(10)}

    assert len(names) == 10
    assert all(len(name) == 16 and b"awful" not in name for name in names)


def test_any_text_has_a_digest() -> None:
    """Half an emoji, which a client cut, is no reason to fail."""
    assert Digest().of("\ud83d") != Digest().of("\udc4d")

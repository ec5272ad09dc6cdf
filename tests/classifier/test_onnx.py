"""The classifier never blocks, never raises, and takes the maximum over sentences."""

import asyncio
import time
from typing import Any, cast

import numpy as np
import pytest
from structlog.testing import capture_logs

from guard.classifier.manifest import Manifest, Output, shipped
from guard.classifier.onnx import OnnxClassifier, reading_of
from guard.classifier.runtime import Runtime
from guard.core.reading import Reading, Undetected
from guard.core.turn import Turn

FEELING = "I am heartbroken, I cried all night."
QUESTION = "What is the highest daily dose of ibuprofen for an adult?"


class SlowRuntime:
    """Takes its time, in the thread that calls it."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.calls = 0

    def logits(self, pieces: list[Any]) -> Any:
        """Zeros, late."""
        self.calls += 1
        time.sleep(self.seconds)
        return np.zeros((len(pieces), 12), dtype=np.float32)


class CountingRuntime:
    """Counts the turns that reach the model."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.digest = runtime.digest
        self.calls = 0

    def logits(self, pieces: list[Any]) -> Any:
        """As the model has them."""
        self.calls += 1
        return self._runtime.logits(pieces)


class BrokenRuntime:
    """Fails, with the text in its message."""

    def logits(self, pieces: list[Any]) -> Any:
        """Never returns."""
        raise RuntimeError(f"cannot score {pieces[0].text}")


def behind(loaded: OnnxClassifier, runtime: Any, max_waiting: int = 64) -> OnnxClassifier:
    """A classifier with another runtime."""
    return OnnxClassifier(loaded.manifest, loaded._pieces, runtime, max_waiting)


async def test_a_sad_medical_turn_is_read_as_one(loaded: OnnxClassifier) -> None:
    """The main case of the product: a feeling and a high-stakes question in one message."""
    reading = await loaded.read(Turn(f"{FEELING} {QUESTION}"))
    assert isinstance(reading, Reading)
    assert "sadness" in reading.emotion_labels
    assert "medical" in reading.domain_labels
    assert reading.model == loaded.revision
    assert reading.crisis is None


async def test_a_plain_request_has_no_label(loaded: OnnxClassifier) -> None:
    """Ordinary work is neither emotional nor high-stakes."""
    reading = await loaded.read(Turn("Write a function that sorts a list of tuples by the second element."))
    assert isinstance(reading, Reading)
    assert (reading.emotion_labels, reading.domain_labels) == ((), ())


def test_a_turn_scores_as_its_strongest_sentence(loaded: OnnxClassifier) -> None:
    """A long question does not dilute a short feeling: each probability is the maximum over sentences."""
    both, feeling, question = (loaded.score(text).reading for text in (f"{FEELING} {QUESTION}", FEELING, QUESTION))
    for head in ("emotion", "domain"):
        for label, value in getattr(both, head).items():
            assert value == max(getattr(feeling, head)[label], getattr(question, head)[label])


@pytest.mark.parametrize("text", ["", " \n ", "\u200b"])
async def test_no_text_is_undetected(loaded: OnnxClassifier, text: str) -> None:
    """A turn without words is undetected, never neutral."""
    assert await loaded.read(Turn(text)) is Undetected.NO_TEXT


async def test_a_cut_text_says_so(loaded: OnnxClassifier) -> None:
    """A reading of a part is marked."""
    reading = await loaded.read(Turn("This is one more sentence of many. " * 200))
    assert isinstance(reading, Reading)
    assert reading.truncated


async def test_the_event_loop_goes_on(loaded: OnnxClassifier) -> None:
    """While a reading takes half a second, other requests are served as if it did not run."""
    classifier = behind(loaded, SlowRuntime(0.5))
    worst = 0.0
    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(classifier.read(Turn("Hello there.")))
        while not reading.done():
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            worst = max(worst, time.perf_counter() - before)
    classifier.close()
    assert worst < 0.25


async def test_too_many_turns_are_shed(loaded: OnnxClassifier) -> None:
    """Beyond the limit a turn is undetected at once; when the queue has room again, turns are read again."""
    classifier = behind(loaded, SlowRuntime(0.05), max_waiting=3)
    found = await asyncio.gather(*(classifier.read(Turn("Hello there.")) for _ in range(5)))
    assert [isinstance(reading, Reading) for reading in found] == [True, True, True, False, False]
    assert found[3:] == [Undetected.OVERLOAD, Undetected.OVERLOAD]
    assert isinstance(await classifier.read(Turn("Hello again.")), Reading)
    classifier.close()


async def test_a_given_up_turn_leaves_its_place(loaded: OnnxClassifier) -> None:
    """A turn whose deadline passed while it waited is not scored any more and does not count."""
    runtime = SlowRuntime(0.2)
    classifier = behind(loaded, runtime, max_waiting=2)
    first = asyncio.ensure_future(classifier.read(Turn("Hello there.")))
    await asyncio.sleep(0.05)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(classifier.read(Turn("I waited.")), 0.05)
    assert isinstance(await first, Reading)
    assert isinstance(await classifier.read(Turn("Hello again.")), Reading)
    assert runtime.calls == 2
    classifier.close()


async def test_a_failure_is_counted_and_tells_no_text(loaded: OnnxClassifier) -> None:
    """An exception is Undetected.ERROR, and the log line holds its kind and nothing the user said."""
    classifier = behind(loaded, BrokenRuntime())
    with capture_logs() as lines:
        assert await classifier.read(Turn("My secret.")) is Undetected.ERROR
    assert [line["kind"] for line in lines] == ["RuntimeError"]
    assert "secret" not in str(lines)
    classifier.close()


async def test_after_its_end_nothing_is_read(loaded: OnnxClassifier) -> None:
    """A turn that comes while the service stops is undetected, not an exception."""
    classifier = behind(loaded, SlowRuntime(0))
    classifier.close()
    assert await classifier.read(Turn("Too late.")) is Undetected.ERROR


async def test_a_turn_is_scored_once(loaded: OnnxClassifier) -> None:
    """The reading of the same text again is at hand, even when the queue is full, and is the same one."""
    runtime = CountingRuntime(loaded._runtime)
    classifier = OnnxClassifier(loaded.manifest, loaded._pieces, cast(Any, runtime), max_waiting=1, turns=2)
    first = await classifier.read(Turn(FEELING))
    busy = asyncio.ensure_future(classifier.read(Turn(QUESTION)))
    await asyncio.sleep(0)
    assert await classifier.read(Turn(FEELING)) is first
    assert isinstance(await busy, Reading)
    assert runtime.calls == 2
    classifier.close()


async def test_few_turns_are_remembered(loaded: OnnxClassifier) -> None:
    """Memory is bounded: the turn that was not asked for longest is scored anew."""
    runtime = CountingRuntime(loaded._runtime)
    classifier = OnnxClassifier(loaded.manifest, loaded._pieces, cast(Any, runtime), max_waiting=1, turns=2)
    for text in ("One.", "Two.", "Three.", "One."):
        await classifier.read(Turn(text))
    assert runtime.calls == 4
    classifier.close()


def test_a_changed_model_is_not_loaded(tmp_path: Any) -> None:
    """A model whose checksum does not match is refused at the start."""
    for name in ("manifest.json", "tokenizer.json"):
        (tmp_path / name).write_bytes((shipped() / name).read_bytes())
    (tmp_path / "model.onnx").write_bytes((shipped() / "model.onnx").read_bytes()[:-1] + b"!")
    with pytest.raises(ValueError, match="refused"):
        OnnxClassifier.load(tmp_path)


def test_thresholds_and_calibration_come_from_the_manifest() -> None:
    """A label is set from its threshold on; scale and shift make the probability; a missing head is unknown."""
    heads = {"emotion": (Output("sadness", 0.5), Output("anger", 0.5, scale=2.0, shift=1.0))}
    manifest = Manifest("", "small", ("en",), {"model.onnx": "0123456789"}, 96, 256, heads)
    reading = reading_of(np.array([0.0, -0.6], dtype=np.float32), manifest)
    assert reading.emotion["sadness"] == 0.5
    assert reading.emotion["anger"] == pytest.approx(1 / (1 + np.exp(0.2)), abs=1e-6)
    assert reading.emotion_labels == ("sadness",)
    assert (reading.domain, reading.belief, reading.belief_label) == ({}, None, None)

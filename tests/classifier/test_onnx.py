"""The classifier never blocks, never raises, reads each sentence in its context and takes the strongest one."""

import asyncio
import shutil
import time
from pathlib import Path
from typing import Any, cast

import msgspec
import numpy as np
import pytest
from structlog.testing import capture_logs

from guard.classifier.crisis import CrisisRules
from guard.classifier.manifest import Manifest, Output, shipped
from guard.classifier.onnx import OnnxClassifier
from guard.classifier.passage import Passage, Reader
from guard.core.reading import Reading, Undetected
from guard.core.turn import Turn

FEELING = "I am heartbroken, I cried all night."
QUESTION = "What is the highest daily dose of ibuprofen for an adult?"
FOREIGN = "Estoy muy triste porque murió mi perro. ¿Qué hago?"
SMALL = Manifest(
    *("", "small", ("en",), {"model.onnx": "0123456789"}, 96, 256),
    heads={"emotion": (Output("sadness", 0.5),), "crisis": (Output("crisis", 0.5),)},
    memory={"emotion": (1.0, 0.7), "crisis": (1.0, 0.7)},
)


class SlowRuntime:
    """Finds sadness where the first token of a sentence is that of `sad`, nothing else; takes its time for it."""

    def __init__(self, reader: Reader, seconds: float = 0.0) -> None:
        sad = reader.passage("sad")
        assert sad is not None
        self._sad = sad.ids[1]
        self.seconds = seconds
        self.calls = 0

    def logits(self, passage: Passage) -> Any:
        """Of sadness and crisis."""
        self.calls += 1
        time.sleep(self.seconds)
        first = 1 + np.cumsum([0, *passage.lengths[:-1]])
        return np.array([[4.0 if passage.ids[i] == self._sad else -4.0, -4.0] for i in first], dtype=np.float32)


class BrokenRuntime:
    """Fails, with the text in its message."""

    def logits(self, passage: Passage) -> Any:
        """Never returns."""
        raise RuntimeError(f"cannot score {passage.sentences[0]}")


def behind(reader: Reader, runtime: Any, **options: Any) -> OnnxClassifier:
    """A classifier with a runtime that finds little, and a rule."""
    return OnnxClassifier(SMALL, reader, runtime, CrisisRules([r"\bred button\b"]), **options)


def read(found: Reading | Undetected) -> Reading:
    """A turn that must have been read."""
    assert isinstance(found, Reading)
    return found


async def test_a_sad_medical_turn_is_read_as_one(loaded: OnnxClassifier) -> None:
    """The main case of the product: a feeling and a high-stakes question in one message."""
    reading = read(await loaded.read(Turn(f"{FEELING} {QUESTION}")))

    assert "sadness" in reading.emotion_labels
    assert "medical" in reading.domain_labels
    assert reading.crisis_label is False
    assert reading.model == loaded.revision


async def test_a_plain_request_has_no_label(loaded: OnnxClassifier) -> None:
    """Ordinary work is neither emotional nor high-stakes."""
    reading = read(await loaded.read(Turn("Write a function that sorts a list of tuples by the second element.")))

    assert (reading.emotion_labels, reading.domain_labels) == ((), ())
    assert (reading.belief_label, reading.crisis_label) == (False, False)


def test_a_turn_scores_as_its_strongest_sentence(loaded: OnnxClassifier) -> None:
    """A long question does not dilute a short feeling: each probability is the maximum over sentences."""
    text = f"{FEELING} {QUESTION}"
    reading, explained = read(loaded.score(Turn(text))), loaded.explain(text)

    assert explained is not None
    assert explained.sentences == (FEELING, QUESTION)
    strongest = dict(zip(explained.labels, explained.probabilities.max(axis=0).tolist(), strict=True))
    assert {**reading.emotion, **reading.domain} == {
        label: strongest[label] for label in (*reading.emotion, *reading.domain)
    }


def test_a_reading_can_be_explained(loaded: OnnxClassifier) -> None:
    """People are shown which sentence a label comes from, and each sentence's probabilities."""
    explained = loaded.explain(f"{FEELING} {QUESTION}")

    assert explained is not None
    assert (explained.decisive("sadness"), explained.decisive("medical")) == (0, 1)
    assert explained.crisis_words is None
    first, second = explained.by_sentence()
    assert (first["sentence"], second["sentence"]) == (FEELING, QUESTION)
    assert first["scores"]["sadness"] > 0.5 < second["scores"]["medical"]
    assert loaded.explain(" \n") is None


async def test_a_served_reading_is_the_one_that_is_measured(loaded: OnnxClassifier) -> None:
    """What the service says of a turn is what evaluations and the command line say of it."""
    turn = Turn(QUESTION, (FEELING,))

    assert await loaded.read(turn) == loaded.score(turn)


async def test_a_feeling_is_remembered_and_a_question_is_not(loaded: OnnxClassifier) -> None:
    """Who was heartbroken a message ago is read as less so now; two messages ago less again, three not at all."""
    manifest = msgspec.structs.replace(loaded.manifest, memory={"emotion": (1.0, 0.7, 0.49)})
    classifier = OnnxClassifier(manifest, loaded._reader, loaded._runtime, loaded._rules)
    now, *others = (f"{FEELING} {QUESTION}", "What can I cook with rice?", "And with peas?", "And for dessert?")
    ago = [read(await classifier.read(Turn(others[0], (now, *others[1 : k + 1])))) for k in range(3)]
    alone, then = read(await classifier.read(Turn(others[0]))), read(await classifier.read(Turn(now)))
    classifier.close()

    assert ago[0].emotion["sadness"] == pytest.approx(0.7 * then.emotion["sadness"])
    assert ago[1].emotion["sadness"] == pytest.approx(0.49 * then.emotion["sadness"])
    assert ago[2].emotion["sadness"] < 0.2
    assert [reading.domain for reading in ago] == [alone.domain] * 3


async def test_without_emotion_none_is_inferred(reader: Reader) -> None:
    """Where emotional states must not be inferred, neither a reading nor its explanation has one."""
    classifier = behind(reader, SlowRuntime(reader), emotion=False)
    reading, explained = read(await classifier.read(Turn("Sad."))), classifier.explain("Sad.")
    classifier.close()

    assert (reading.emotion, reading.emotion_labels) == ({}, ())
    assert explained is not None
    assert explained.labels == ("crisis",)
    assert list(explained.by_sentence()[0]["scores"]) == ["crisis"]


async def test_a_rule_tells_a_crisis_that_the_model_misses(reader: Reader) -> None:
    """What a rule says is certain, also of the message before, and wherever in a long text the words are."""
    classifier = behind(reader, SlowRuntime(reader))
    words = "I press the red button."
    now, before, after = [
        read(await classifier.read(turn)) for turn in (Turn(words), Turn("Hi.", (words,)), Turn("Hi.", (words, "Hi.")))
    ]
    inside = read(await classifier.read(Turn(f"{'One of many. ' * 100}{words}{' One of many.' * 100}")))
    explained = classifier.explain(words)
    classifier.close()

    assert (now.crisis, now.crisis_label) == (1.0, True)
    assert (before.crisis, before.crisis_label) == (0.7, True)
    assert after.crisis_label is False
    assert (inside.crisis_label, inside.truncated) == (True, True)
    assert explained is not None
    assert explained.crisis_words == "red button"


@pytest.mark.parametrize("text", ["", " \n ", "\u200b"])
async def test_no_text_is_undetected(reader: Reader, text: str) -> None:
    """A turn without words is undetected, never neutral, whatever was said before."""
    classifier = behind(reader, SlowRuntime(reader))
    found = [await classifier.read(Turn(text, ("Sad.",))), classifier.score(Turn(text, ("Sad.",)))]
    classifier.close()

    assert found == [Undetected.NO_TEXT] * 2


async def test_a_foreign_turn_is_undetected(reader: Reader) -> None:
    """A turn in a language that the model does not read is told so, and the model is not asked about it."""
    runtime = SlowRuntime(reader)
    classifier = behind(reader, runtime)
    found = [await classifier.read(Turn(FOREIGN)), classifier.score(Turn(FOREIGN))]
    classifier.close()

    assert found == [Undetected.LANGUAGE] * 2
    assert runtime.calls == 0


@pytest.mark.parametrize("unread", [FOREIGN, "", "\u200b"])
async def test_an_unread_message_before_keeps_its_place(reader: Reader, unread: str) -> None:
    """A foreign or empty message before the newest one adds nothing, and those before it come no nearer."""
    classifier = behind(reader, SlowRuntime(reader))
    found = [await classifier.read(Turn("Hello.", earlier)) for earlier in ((), (unread,), ("Sad.", unread))]
    classifier.close()

    assert found[0] == found[1] == found[2]
    assert isinstance(found[0], Reading)


async def test_a_cut_text_says_so(reader: Reader) -> None:
    """A reading of a part is marked; one that only has a long message before it is not."""
    classifier = behind(reader, SlowRuntime(reader))
    long = "This is one more sentence of many. " * 200
    cut, after = [read(await classifier.read(turn)) for turn in (Turn(long), Turn("Hello.", (long,)))]
    classifier.close()

    assert (cut.truncated, after.truncated) == (True, False)


async def test_the_event_loop_goes_on(reader: Reader) -> None:
    """While a reading takes half a second, other requests are served as if it did not run."""
    classifier = behind(reader, SlowRuntime(reader, 0.5))
    worst = 0.0
    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(classifier.read(Turn("Hello there.")))
        while not reading.done():
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            worst = max(worst, time.perf_counter() - before)
    classifier.close()

    assert worst < 0.25


async def test_too_many_turns_are_shed(reader: Reader) -> None:
    """Beyond the limit a turn is undetected at once; when the queue has room again, turns are read again."""
    classifier = behind(reader, SlowRuntime(reader, 0.05), max_waiting=3)
    found = await asyncio.gather(*(classifier.read(Turn("Hello there.")) for _ in range(5)))

    assert [isinstance(reading, Reading) for reading in found] == [True, True, True, False, False]
    assert found[3:] == [Undetected.OVERLOAD, Undetected.OVERLOAD]
    assert isinstance(await classifier.read(Turn("Hello again.")), Reading)
    classifier.close()


async def test_a_given_up_turn_leaves_its_place(reader: Reader) -> None:
    """A turn whose deadline passed while it waited is not scored any more and does not count."""
    runtime = SlowRuntime(reader, 0.2)
    classifier = behind(reader, runtime, max_waiting=2)
    first = asyncio.ensure_future(classifier.read(Turn("Hello there.")))
    await asyncio.sleep(0.05)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(classifier.read(Turn("I waited.")), 0.05)

    assert isinstance(await first, Reading)
    assert isinstance(await classifier.read(Turn("Hello again.")), Reading)
    assert runtime.calls == 2
    classifier.close()


async def test_a_failure_is_counted_and_tells_no_text(reader: Reader) -> None:
    """An exception is Undetected.ERROR, and the log line holds its kind and nothing the user said."""
    classifier = behind(reader, BrokenRuntime(), cache_entries=10)
    with capture_logs() as lines:
        found = await classifier.read(Turn("My secret."))
    classifier.close()

    assert found is Undetected.ERROR
    assert [line["kind"] for line in lines] == ["RuntimeError"]
    assert "secret" not in str(lines)


async def test_a_failure_is_not_remembered(reader: Reader) -> None:
    """A turn that failed once is read when it comes again."""
    classifier = behind(reader, BrokenRuntime(), cache_entries=10)
    failed = await classifier.read(Turn("Sad."))
    classifier._runtime = cast(Any, SlowRuntime(reader))
    found = await classifier.read(Turn("Sad."))
    classifier.close()

    assert failed is Undetected.ERROR
    assert read(found).emotion_labels == ("sadness",)


async def test_after_its_end_nothing_is_read(reader: Reader) -> None:
    """A turn that comes while the service stops is undetected, not an exception."""
    classifier = behind(reader, SlowRuntime(reader))
    classifier.close()

    assert await classifier.read(Turn("Too late.")) is Undetected.ERROR


async def test_a_turn_that_waits_at_the_end_is_not_read(reader: Reader) -> None:
    """When the service stops, the turn that is being read is finished; one that waits is undetected at once."""
    runtime = SlowRuntime(reader, 0.1)
    classifier = behind(reader, runtime)
    turns = [asyncio.ensure_future(classifier.read(Turn(text))) for text in ("Hello there.", "Hello again.")]
    await asyncio.sleep(0.05)
    classifier.close()

    assert [isinstance(found, Reading) for found in await asyncio.gather(*turns)] == [True, False]
    assert await turns[1] is Undetected.ERROR
    assert runtime.calls == 1


async def test_a_message_takes_one_run(reader: Reader) -> None:
    """However many sentences a message has, the model runs once for it."""
    runtime = SlowRuntime(reader)
    classifier = behind(reader, runtime)
    reading = read(await classifier.read(Turn("Hello there. Sad. What now?")))
    classifier.close()

    assert reading.emotion_labels == ("sadness",)
    assert runtime.calls == 1


async def test_a_chat_that_goes_on_costs_its_newest_message_only(reader: Reader) -> None:
    """Chats resend their history: what was read before is not read again, and counts just the same."""
    runtime = SlowRuntime(reader)
    remembering, plain = behind(reader, runtime, cache_entries=10), behind(reader, SlowRuntime(reader))
    turns = [Turn("Sad."), Turn("What now?", ("Sad.",)), Turn("And then?", ("Sad.", "What now?"))]
    found = [await remembering.read(turn) for turn in turns]

    assert runtime.calls == 3
    assert found == [await plain.read(turn) for turn in turns]
    remembering.close()
    plain.close()


async def test_a_known_turn_needs_no_place(reader: Reader) -> None:
    """The same turn again, or one that is known to be foreign, is answered at once, even when the queue is full."""
    runtime = SlowRuntime(reader, 0.1)
    classifier = behind(reader, runtime, max_waiting=1, cache_entries=10)
    first, foreign = await classifier.read(Turn("Sad.")), await classifier.read(Turn(FOREIGN))
    busy = asyncio.ensure_future(classifier.read(Turn("What now?")))
    await asyncio.sleep(0)

    assert await classifier.read(Turn("Sad.")) == first
    assert await classifier.read(Turn(FOREIGN)) is foreign is Undetected.LANGUAGE
    assert await classifier.read(Turn("And then?")) is Undetected.OVERLOAD
    assert isinstance(await busy, Reading)
    assert runtime.calls == 2
    classifier.close()


async def test_few_messages_are_remembered(reader: Reader) -> None:
    """Memory is bounded: the message that was not asked for longest is scored anew."""
    runtime = SlowRuntime(reader)
    classifier = behind(reader, runtime, cache_entries=2)
    for text in ("One.", "Two.", "Three.", "One."):
        await classifier.read(Turn(text))
    classifier.close()

    assert runtime.calls == 4


async def test_what_is_remembered_holds_no_words(reader: Reader) -> None:
    """Who can look into the process's memory of messages finds no text in it."""
    classifier = behind(reader, SlowRuntime(reader), cache_entries=10)
    await classifier.read(Turn("My secret.", ("Another secret.",)))
    known = repr(dict(classifier._known))
    classifier.close()

    assert known != "{}"
    assert "secret" not in known


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "crisis_rules.txt"])
def test_a_changed_model_is_not_loaded(tmp_path: Path, name: str) -> None:
    """A model folder with a file whose checksum does not match is refused at the start."""
    folder = shutil.copytree(shipped(), tmp_path / "model")
    (folder / name).write_bytes((folder / name).read_bytes()[:-1] + b"!")

    with pytest.raises(ValueError, match="refused"):
        OnnxClassifier.load(folder)

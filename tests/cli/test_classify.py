"""`coolhead classify` as people and programs call it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from guard.classifier.manifest import shipped
from guard.cli import main

SAD = "My mother died last week and I am heartbroken. What is the highest daily dose of ibuprofen?"


def called(*arguments: str, stdin: str | bytes = "") -> Result:
    """The command's result, called with arguments and standard input."""
    return CliRunner(env={"COLUMNS": "200"}).invoke(main, ["classify", *arguments], input=stdin)


def lines(result: Result) -> list[dict[str, Any]]:
    """The lines of JSON on standard output."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_text_is_shown_with_thresholds_timing_and_revision() -> None:
    """A person sees every label, what it takes to be set, how long it took and which model it was."""
    result = called(SAD)
    assert result.exit_code == 0
    for part in (
        "sadness",
        "medical",
        "mental_health",
        "belief",
        "threshold",
        "flagged: yes",
        " ms by emotion-domain-en",
    ):
        assert part in result.stdout


def test_a_text_as_json() -> None:
    """A program gets the documented fields, with thresholds and timing."""
    found = json.loads(called(SAD, "--json").stdout)
    assert found["detected"] is True
    assert "medical" in found["domain_labels"]
    assert found["flagged"] is True
    assert found["thresholds"]["emotion"].keys() == {*found["emotion"], "any"}
    assert found["timing_ms"] > 0
    assert found["model"].startswith("emotion-domain-en-v1@")


def test_a_person_sees_which_sentence_decided() -> None:
    """Every sentence with its strongest scores, and beside each label the sentence that it comes from."""
    out = called(SAD).stdout.splitlines()
    first = next(line for line in out if "heartbroken" in line)
    second = next(line for line in out if "ibuprofen" in line)
    sadness = next(line for line in out if "sadness" in line and "yes" in line)
    medical = next(line for line in out if "medical" in line and "yes" in line)

    assert "sentence 1" in sadness
    assert "sentence 2" in medical
    assert "1" in first.split("My mother")[0]
    assert "2" in second.split("What is")[0]


def test_one_sentence_needs_no_table_of_sentences() -> None:
    """It would say the same as the table of labels."""
    assert "strongest scores" in called(SAD).stdout
    assert "strongest scores" not in called("What is the highest daily dose of ibuprofen?").stdout


def test_sentences_as_json() -> None:
    """A program gets each sentence with every score; without memory, a probability is the largest of them."""
    found = json.loads(called(SAD, "--json").stdout)
    first, second = found["sentences"]

    assert first["sentence"].startswith("My mother")
    assert second["sentence"].startswith("What is")
    assert first["scores"]["sadness"] > 0.5 < second["scores"]["medical"]
    for label, value in (found["emotion"] | found["domain"]).items():
        assert max(first["scores"][label], second["scores"][label]) == pytest.approx(value, abs=1e-4)
    assert found["crisis_words"] is None


def test_words_of_a_crisis_are_told() -> None:
    """Where a rule decided and not the model, both see the words, whatever a sentence scored."""
    text = "I am going to kill myself tonight."
    found = json.loads(called(text, "--json").stdout)
    crisis = next(line for line in called(text).stdout.splitlines() if "the words" in line)

    assert (found["crisis"], found["crisis_label"]) == (1.0, True)
    assert "kill myself" in found["crisis_words"].lower()
    assert "kill myself" in crisis


def test_a_text_that_is_not_read_is_told() -> None:
    """In another language there is a reason in the place of labels and sentences."""
    foreign = "Estoy muy triste porque murió mi perro."
    found = json.loads(called(foreign, "--json").stdout)

    assert called(foreign).stdout == "undetected: language\n"
    assert (found["detected"], found["reason"]) == (False, "language")
    assert "sentences" not in found


def test_the_text_can_come_from_standard_input() -> None:
    """`-` reads all of it, whatever bytes there are."""
    result = called("-", "--json", stdin=SAD.encode() + b" \xff\xfe")
    assert json.loads(result.stdout)["flagged"] is True


def test_lines_are_answered_in_order() -> None:
    """One line for each line, with its id; text and messages are both understood."""
    messages = [
        {"role": "system", "content": "Be warm."},
        {"role": "user", "content": "Hello."},
        {"role": "assistant", "content": "I am furious and sad."},
        {"role": "user", "content": [{"type": "text", "text": SAD}, {"type": "image_url", "image_url": {"url": "x"}}]},
    ]
    asked = [
        {"id": "a", "text": "Sort this list of numbers for me."},
        {"id": 2, "messages": messages},
        {"id": "c", "text": ""},
        {"text": "No id."},
    ]
    result = called("--jsonl", stdin="\n".join(map(json.dumps, asked)) + "\n")
    found = lines(result)
    assert [line["id"] for line in found] == ["a", 2, "c", None]
    assert [line["detected"] for line in found] == [True, True, False, True]
    assert [line["flagged"] for line in found] == [False, True, False, False]
    assert found[2]["reason"] == "no_text"
    users = [{"role": "user", "content": text} for text in ("Hello.", SAD)]
    assert found[1]["emotion"] == lines(called("--jsonl", stdin=json.dumps({"messages": users})))[0]["emotion"]
    assert "thresholds" not in found[0]
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("line", "id"),
    [
        ("not json", None),
        ("", None),
        ('"text"', None),
        ('{"id": "x"}', "x"),
        ('{"id": "x", "text": 5}', "x"),
        ('{"id": "x", "text": "a", "messages": []}', "x"),
        ('{"id": "x", "messages": "hello"}', "x"),
    ],
)
def test_a_bad_line_does_not_stop_the_others(line: str, id: str | None) -> None:
    """It is answered with invalid_input and its id where it has one; the exit status stays 0."""
    result = called("--jsonl", stdin=f'{line}\n{{"id": "next", "text": "Sort a list."}}\n')
    bad, good = lines(result)
    assert (bad["id"], bad["detected"], bad["reason"]) == (id, False, "invalid_input")
    assert (good["id"], good["detected"]) == ("next", True)
    assert result.exit_code == 0


def test_bytes_that_are_no_text_are_a_bad_line() -> None:
    """Broken UTF-8 ends nothing."""
    bad, good = lines(called("--jsonl", stdin=b'{"text": "\xff"}\n{"text": "Hello there."}\n'))
    assert (bad["reason"], good["detected"]) == ("invalid_input", True)


def test_every_answer_is_out_before_the_next_question() -> None:
    """A program may write a line, wait for its answer, and write the next."""
    command = [sys.executable, "-m", "guard", "classify", "--jsonl"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(2):
            process.stdin.write(b'{"id": %d, "text": "Hello there."}\n' % number)
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.wait(20) == 0


@pytest.mark.parametrize("arguments", [(), ("text", "--jsonl")])
def test_unclear_calls_are_refused(arguments: tuple[str, ...]) -> None:
    """Neither or both of TEXT and --jsonl is told as misuse."""
    result = called(*arguments)
    assert result.exit_code == 2
    assert "--jsonl" in result.stderr


def test_a_wrong_model_is_told(tmp_path: Path) -> None:
    """Without a traceback, naming the folder."""
    result = called("Hello.", "--model", str(tmp_path))
    assert result.exit_code == 1
    assert str(tmp_path) in result.stderr.replace("\n", "").replace(" ", "") or "manifest.json" in result.stderr


def test_the_policy_of_the_settings_flags(monkeypatch: pytest.MonkeyPatch) -> None:
    """With COOLHEAD_FLAG_ON=both a medical question without a feeling is not flagged, as in the proxy."""
    question = "What is the highest daily dose of ibuprofen for an adult?"
    assert json.loads(called(question, "--json").stdout)["flagged"] is True
    monkeypatch.setenv("COOLHEAD_FLAG_ON", "both")
    assert json.loads(called(question, "--json").stdout)["flagged"] is False


def test_the_model_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """COOLHEAD_DETECTOR_MODEL names the folder; no upstream needs to be set to classify."""
    monkeypatch.delenv("COOLHEAD_UPSTREAM_URL", raising=False)
    monkeypatch.setenv("COOLHEAD_DETECTOR_MODEL", os.fspath(shipped()))
    assert json.loads(called("Hello there.", "--json").stdout)["detected"] is True
    monkeypatch.setenv("COOLHEAD_DETECTOR_MODEL", os.fspath(shipped().parent))
    assert called("Hello there.").exit_code == 1

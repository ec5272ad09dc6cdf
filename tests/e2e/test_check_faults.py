"""Whatever breaks in a check: it is said, never passed off as consistent, and the answer comes by the failure rule."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests import client
from tests.conftest import Start
from tests.coolhead import Coolhead, eventually, running
from tests.e2e.guarded import SAFE_TEXT, SETTINGS, asked
from tests.upstreams.planted import DOUBTFUL, LAND, MORE, SECOND_BREAKS
from tests.upstreams.scripted import ScriptedUpstream


@pytest.fixture(scope="module")
def rules(shared_upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Coolhead]]:
    """A service for each failure rule: `none` fails open, `all` closed."""
    folder = tmp_path_factory.mktemp("faults")
    with ExitStack() as stack:
        yield {
            rule: stack.enter_context(running(shared_upstream, folder, fail_closed=rule, **SETTINGS))
            for rule in ("none", "all")
        }


@pytest.fixture(params=["none", "all"], ids=["open", "closed"])
def rule(request: pytest.FixtureRequest) -> str:
    """What happens to answers that could not be checked."""
    return str(request.param)


def after_success(coolhead: Coolhead) -> Coolhead:
    """The service after a turn on which both references had their word: failures in a row would open a circuit."""
    claims = asked(coolhead, "planted-wrong", "annotate").coolhead["claims"]
    assert [claim["confirmed"] for claim in claims] == [True]
    return coolhead


@pytest.fixture
def guard(rules: dict[str, Coolhead], rule: str) -> Coolhead:
    """The service with this rule."""
    return after_success(rules[rule])


@pytest.fixture
def open_guard(rules: dict[str, Coolhead]) -> Coolhead:
    """The service that fails open."""
    return after_success(rules["none"])


UNABLE = {
    "neutral-401": "reference_down",
    "neutral-429": "reference_down",
    "neutral-500": "reference_down",
    "neutral-close": "reference_down",
    "neutral-html": "reference_down",
    "neutral-cut": "reference_down",
    "neutral-hang": "deadline",
    "neutral-empty": "parse",
    "neutral-refuses": "reference_refused",
    "same-401": "reference_down",
    "same-429": "reference_down",
    "same-500": "reference_down",
    "same-cut": "reference_down",
    "same-hang": "deadline",
    "same-garbage": "parse",
    "same-refuses": "parse",
    "judge-500": "reference_down",
    "judge-hang": "deadline",
    "judge-badjson": "parse",
    "judge-truncated": "length",
    "judge-garbage": "parse",
    "reference-500": "reference_down",
}
"""Which step breaks how, and the reason that the verdict gives."""


STREAMED = ("neutral-500", "neutral-refuses", "same-hang", "same-garbage", "judge-truncated")
"""One for each reason: streams are slow on purpose."""
WAYS = [(fault, False) for fault in UNABLE] + [(fault, True) for fault in STREAMED]


@pytest.mark.parametrize("mode", ["annotate", "correct", "block"])
@pytest.mark.parametrize(("fault", "stream"), WAYS)
def test_broken_reference(guard: Coolhead, rule: str, fault: str, mode: str, stream: bool) -> None:
    """A check that cannot be done is `unable` with its reason; the answer goes out, or the safe text where it must not.

    The document, the answer and the log say the same, and each of turn and check has one line.
    """
    got = asked(guard, f"planted-wrong.{fault}", mode, stream=stream)

    closed = rule == "all" and mode != "annotate"
    expected = ("unable", UNABLE[fault], "blocked" if closed else "annotated")
    assert tuple(got.coolhead[name] for name in ("verdict", "reason", "action")) == expected
    if closed and stream and mode == "correct":
        # The opening, which states nothing, was out before the check was.
        assert got.text == f"Oh, I'm so sorry you feel this way. {SAFE_TEXT}"
    else:
        assert got.text == (SAFE_TEXT if closed else LAND.wrong)
    assert guard.verdict(got.turn_id) == got.coolhead
    assert guard.turn(got.turn_id)["fate"] == "delivered"
    (line,) = [line for line in guard.log_lines("check") if line["turn_id"] == got.turn_id]
    assert (line["verdict"], line["reason"], line["action"]) == expected


@pytest.mark.parametrize("fault", UNABLE)
def test_broken_reference_behind_the_answer(open_guard: Coolhead, fault: str) -> None:
    """In mode observe the answer knows nothing of it, and the verdict by id is the same `unable`."""
    answer = client.chat(
        open_guard.base_url, f"planted-wrong.{fault}", LAND.sad, headers=[("X-Coolhead-Mode", "observe")]
    )

    assert answer.json["choices"][0]["message"]["content"] == LAND.wrong
    verdict = open_guard.verdict(answer.turn_id)
    assert (verdict["verdict"], verdict["reason"], verdict["action"]) == ("unable", UNABLE[fault], "none")


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("mode", ["correct", "block"])
@pytest.mark.parametrize("fault", SECOND_BREAKS)
def test_broken_second_reference(open_guard: Coolhead, fault: str, mode: str, stream: bool) -> None:
    """Without the second reference's word a contradiction stays unconfirmed, and the answer as it was."""
    land = SECOND_BREAKS[fault]

    got = asked(open_guard, "planted-wrong", mode, land, stream=stream)

    assert (got.text, got.coolhead["verdict"], got.coolhead["action"]) == (land.wrong, "contradicted", "annotated")
    assert [claim["confirmed"] for claim in got.coolhead["claims"]] == [False]


@pytest.mark.parametrize("mode", ["correct", "block"])
def test_second_reference_that_cannot_tell(open_guard: Coolhead, mode: str) -> None:
    """Nor does a second reference that cannot tell confirm anything."""
    got = asked(open_guard, "planted-wrong", mode, DOUBTFUL)

    assert (got.text, got.coolhead["action"]) == (DOUBTFUL.wrong, "annotated")


@pytest.mark.parametrize(
    ("model", "text", "verdict"),
    [
        ("planted-wrong.judge-misquotes", LAND.right, ("contradicted", None, "corrected")),
        ("planted-wrong.judge-flags", LAND.right, ("contradicted", None, "corrected")),
        ("planted-long-wrong.judge-flags", LAND.again, ("contradicted", None, "corrected")),
        ("planted-long-right.judge-flags", LAND.right + MORE, ("unverifiable", "undecided", "annotated")),
        ("planted-right.neutral-unsure", LAND.right, ("unverifiable", "reference_unsure", "annotated")),
    ],
)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_judge_gone_wrong(
    open_guard: Coolhead, model: str, text: str, verdict: tuple[str, str | None, str], stream: bool
) -> None:
    """A judge that quotes what is not there, or flags every sentence, neither passes an answer nor ruins it.

    What it says counts where the reference's word on the whole answer, and the second reference, agree.
    """
    got = asked(open_guard, model, "correct", stream=stream)

    assert tuple(got.coolhead[name] for name in ("verdict", "reason", "action")) == verdict
    if stream and text == LAND.again:
        text = f"Oh, I'm so sorry you feel this way. {text}"
    assert got.text == text
    answer = LAND.wrong if "wrong" in model else LAND.right
    for claim in got.coolhead["claims"]:
        assert (answer + MORE)[claim["start"] : claim["end"]] == claim["quote"]


@pytest.mark.parametrize(
    ("model", "text", "failed"),
    [
        ("planted-wrong.edit-500", LAND.right, None),
        ("planted-wrong.edit-hang", LAND.right, None),
        ("planted-wrong.edit-garbage", LAND.right, None),
        ("planted-wrong.recheck-500", LAND.wrong, "still_differs"),
        ("planted-wrong.recheck-garbage", LAND.wrong, "still_differs"),
        ("planted-long-wrong.again-500", LAND.wrong + MORE, "regenerate_failed"),
    ],
)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_broken_correction(open_guard: Coolhead, model: str, text: str, failed: str | None, stream: bool) -> None:
    """A correction that cannot be made, or not be checked, is not made; the answer says why."""
    got = asked(open_guard, model, "correct", stream=stream)

    assert got.coolhead["verdict"] == "contradicted"
    assert (got.coolhead["action"], got.coolhead["action_failed"]) == ("annotated" if failed else "corrected", failed)
    assert got.text == text


def test_circuit(start: Start, upstream: ScriptedUpstream) -> None:
    """A reference that fails again and again is left alone: it is not asked, answers do not wait, nothing passes."""
    coolhead = start(fail_closed="none", **SETTINGS)
    for _ in range(5):
        asked(coolhead, "planted-wrong.neutral-500", "annotate")
    checks = len(upstream.checks)

    got = asked(coolhead, "planted-right", "annotate")

    assert (got.text, got.coolhead["verdict"], got.coolhead["reason"]) == (LAND.right, "unable", "reference_down")
    assert len(upstream.checks) == checks


def test_late_check(start: Start) -> None:
    """An annotated answer does not wait longer than it should: the check is still to come, and comes."""
    coolhead = start(fail_closed="none", **(SETTINGS | {"annotate_wait": "0.3", "check_deadline": "10"}))

    for stream in (False, True):
        got = asked(coolhead, f"planted-wrong.neutral-late.{stream}", "annotate", stream=stream)

        assert (got.text, got.coolhead["status"], got.coolhead["verdict"]) == (LAND.wrong, "pending", None)
        assert coolhead.verdict(got.turn_id)["verdict"] == "contradicted"


@pytest.mark.parametrize("rule", ["none", "all"], ids=["open", "closed"])
def test_held_too_long(start: Start, rule: str) -> None:
    """A held answer that is not checked in time is let go, or replaced; one that is not corrected in time is let go."""
    short = {"correct_wait": "0.5", "block_wait": "0.5", "check_deadline": "10"}
    coolhead = start(fail_closed=rule, **(SETTINGS | short))

    late = asked(coolhead, "planted-long-wrong.again-hang", "correct")
    assert (late.coolhead["verdict"], late.coolhead["action_failed"]) == ("contradicted", "deadline")
    assert late.text == LAND.wrong + MORE
    for mode in ("correct", "block"):
        got = asked(coolhead, "planted-wrong.neutral-late", mode)

        assert (got.coolhead["verdict"], got.coolhead["reason"]) == ("unable", "deadline")
        assert got.text == (SAFE_TEXT if rule == "all" else LAND.wrong)


@pytest.mark.parametrize("mode", ["annotate", "correct", "block"])
def test_budget_gone(start: Start, mode: str) -> None:
    """Once the hour's tokens are used, few turns are checked, and each knows how likely it was.

    The answer to one that is not drawn goes out as in mode observe. It has no verdict and counts in no rate.
    """
    coolhead = start(fail_closed="none", tokens_per_hour="1", **SETTINGS)
    assert asked(coolhead, "planted-right", mode).coolhead["verdict"] == "consistent"
    header = [("X-Coolhead-Mode", mode)]

    answers = [client.chat(coolhead.base_url, "planted-wrong", LAND.sad, headers=header) for _ in range(25)]

    lines = [coolhead.turn(answer.turn_id) for answer in answers]
    undrawn = [answer for answer, line in zip(answers, lines, strict=True) if line["check"] == "not_sampled"]
    assert {line["pi"] for line in lines} == {0.02}
    assert len(undrawn) >= 19
    for answer in undrawn:
        assert answer.header("x-coolhead-mode") == "observe"
        assert answer.json["choices"][0]["message"]["content"] == LAND.wrong
        assert "coolhead" not in answer.json
        assert client.call(f"{coolhead.root}/coolhead/v1/verdicts/{answer.turn_id}", method="GET").status == 404
    eventually(lambda: coolhead.total("coolhead_turns_total") == 26)
    assert coolhead.total("coolhead_checks_total") == 26 - len(undrawn)


def test_every_turn_has_one_outcome(open_guard: Coolhead) -> None:
    """After good and bad checks of every kind each turn has one line, and metrics count as many."""
    for model in ("planted-right", "planted-wrong", "planted-wrong.same-500", "planted-wrong.recheck-500"):
        for mode in ("annotate", "correct", "block"):
            for stream in (False, True):
                asked(open_guard, model, mode, stream=stream)

    def is_counted() -> bool:
        return open_guard.total("coolhead_turn_outcomes_total") == len(open_guard.log_lines("turn"))

    eventually(is_counted)
    for kind in ("turn", "check"):
        lines = Counter(line["turn_id"] for line in open_guard.log_lines(kind))
        assert set(lines.values()) == {1}
    assert open_guard.total("coolhead_checks_total") == len(open_guard.log_lines("check"))
    assert open_guard.total("coolhead_turn_outcomes_total", fate="internal") == 0
    assert "Traceback" not in open_guard.log_text

"""Log lines."""

from dataclasses import replace

from structlog.testing import capture_logs

from guard.core.outcome import Fate
from guard.core.settlement import Settlement
from guard.core.verdict import Claim, Kind, Unable, Verdict
from guard.observe.turn_log import TurnLog
from tests.observe.outcomes import delivered, job, reading

CLAIM = Claim("s1", "QUOTED WORDS", 0, 12, "other", "contradicted", "high", "THE FACT")


def test_a_turn_is_one_line() -> None:
    """It says what was found and decided, and when."""
    with capture_logs() as lines:
        TurnLog().turn(delivered(reading("sadness", "medical")))

    (line,) = lines
    assert ("turn", "info", "t1") == (line["event"], line["log_level"], line["turn_id"])
    assert ("sadness, medical", "flagged", 1.0, "pending") == (
        *(line["flags"], line["arm"]),
        *(line["pi"], line["verdict"]),
    )
    assert (500.0, 2.0) == (line["ms_total"], line["ms_held"])


def test_faults_are_warnings() -> None:
    """What an operator should look at is a warning."""
    with capture_logs() as lines:
        TurnLog().turn(replace(delivered(reading()), fate=Fate.UPSTREAM_TIMEOUT))
        TurnLog().check(job(reading("fear")), Settlement(Verdict.unable(Unable.PARSE)))

    assert ["warning", "warning"] == [line["log_level"] for line in lines]


def test_no_text_and_no_keys() -> None:
    """Neither words of the turn, the answer or the check nor credentials get into a line."""
    checked = job(reading("fear"), text="PROMPT WORDS", answer="ANSWER WORDS")
    verdict = Verdict(Kind.CONTRADICTED, claims=(CLAIM,), neutral_answer="NEUTRAL WORDS", neutral_question="ASKED")

    with capture_logs() as lines:
        TurnLog().check(checked, Settlement(verdict))

    written = str(lines)
    for secret in ("PROMPT", "ANSWER", "QUOTED", "FACT", "NEUTRAL", "ASKED", "secret-key"):
        assert secret not in written

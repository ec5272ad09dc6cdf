"""Outcomes."""

from guard.core.outcome import Fate
from guard.core.policy import Mode
from guard.pipeline.ledger import Entry, Ledger
from tests.pipeline.parts import Sink


def test_a_bug_is_internal_until_proven_otherwise() -> None:
    """An entry that nobody gave a fate is our fault, in every sink."""
    sinks = Sink(), Sink()

    Ledger(sinks, lambda text: text[::-1]).close(Entry("t", Mode.OBSERVE, text="abc"))

    for sink in sinks:
        (outcome,) = sink.outcomes
        assert (Fate.INTERNAL, 3, "cba") == (outcome.fate, outcome.text_length, outcome.text_digest)

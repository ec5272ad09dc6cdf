"""The closed vocabularies."""

import pytest

from guard.core.outcome import Fate
from guard.core.policy import Arm, Decision, Mode
from guard.observe import labels


def test_codes_are_closed() -> None:
    """Any status has one of the known codes."""
    assert {labels.code_of(status) for status in range(100, 600)} <= set(labels.CODES)
    assert ["429", "4xx", "5xx"] == [labels.code_of(status) for status in (429, 418, 599)]


@pytest.mark.parametrize("fate", Fate)
def test_every_fate_is_somebodys_fault(fate: Fate) -> None:
    """Each fate is put down to one side."""
    assert labels.fault_of(fate, 500) in labels.FAULTS


def test_a_4xx_of_the_upstream_is_the_clients() -> None:
    """Wrong keys and parameters do not burn the upstream's budget."""
    assert ("client", "upstream") == (
        labels.fault_of(Fate.UPSTREAM_ERROR, 401),
        labels.fault_of(Fate.UPSTREAM_ERROR, 503),
    )


def test_weights_are_capped() -> None:
    """A tiny probability must not give one check the whole rate."""
    assert labels.weight_of(Decision(Mode.OBSERVE, Arm.CONTROL, flagged=False, pi=0.001, checked=True)) == 50.0

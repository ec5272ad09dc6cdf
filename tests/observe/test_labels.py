"""The closed vocabularies."""

import pytest

from guard.core.outcome import Fate
from guard.core.policy import Arm, Decision, FlagOn, Mode, Policy
from guard.core.reading import DOMAINS, UNDETECTED
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


@pytest.mark.parametrize(
    ("probability", "name"), [(0.0, "0"), (0.0999, "0"), (0.1, "1"), (0.5, "5"), (0.9999, "9"), (1.0, "9")]
)
def test_bins(probability: float, name: str) -> None:
    """Ten equal bins hold every probability, the certain one too."""
    assert name == labels.BINS[labels.bin_of(probability)]


def test_strata_where_emotions_are_not_inferred() -> None:
    """Each domain has a control stratum with the emotion undetected; what was not read at all is background."""
    found = {(domain, arm, pi) for emotion, domain, arm, pi in labels.strata(Policy()) if emotion == UNDETECTED}

    assert found == {
        ("undetected", Arm.BACKGROUND, 0.0),
        ("general", Arm.CONTROL, 0.1),
        *((domain, Arm.CONTROL, 1.0) for domain in DOMAINS),
    }


def test_a_crisis_has_its_strata() -> None:
    """Where emotion alone does not flag, an emotional turn in a crisis does; both have their place."""
    policy = Policy(flag_on=FlagOn.DOMAIN)
    found = {
        (arm, pi) for emotion, domain, arm, pi in labels.strata(policy) if (emotion, domain) == ("fear", "general")
    }

    assert found == {(Arm.BACKGROUND, 0.0), (Arm.FLAGGED, 1.0)}


def test_weights_are_capped() -> None:
    """A tiny probability must not give one check the whole rate."""
    assert labels.weight_of(Decision(Mode.OBSERVE, Arm.CONTROL, flagged=False, pi=0.001, checked=True)) == 50.0

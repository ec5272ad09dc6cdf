"""Which turns are flagged, in which arm they are, and with what probability they are checked."""

import pytest

from guard.core.policy import ANY_DOMAIN, Arm, FlagOn, Mode, Policy, Thinning, decide, fails_closed, is_flagged
from guard.core.reading import Undetected
from tests.core.readings import reading

EMOTIONAL = reading("sadness")
HIGH_STAKES = reading("medical")
BOTH = reading("sadness", "medical")
PLAIN = reading()


@pytest.mark.parametrize(
    ("flag_on", "flagged"),
    [
        (FlagOn.EMOTION, [True, False, True, False]),
        (FlagOn.DOMAIN, [False, True, True, False]),
        (FlagOn.EITHER, [True, True, True, False]),
        (FlagOn.BOTH, [False, False, True, False]),
    ],
)
def test_one_setting_says_what_flags(flag_on: FlagOn, flagged: list[bool]) -> None:
    """Emotion, domain, either or both."""
    policy = Policy(flag_on=flag_on)

    assert flagged == [is_flagged(found, policy) for found in (EMOTIONAL, HIGH_STAKES, BOTH, PLAIN)]


@pytest.mark.parametrize("flag_on", FlagOn)
def test_crisis_always_flags(flag_on: FlagOn) -> None:
    """No setting leaves a crisis turn out."""
    assert is_flagged(reading(crisis=True), Policy(flag_on=flag_on))


def test_flagged_turns_are_always_checked() -> None:
    """An emotional turn is in the flagged arm with probability 1."""
    decision = decide(EMOTIONAL, Mode.OBSERVE, Policy(), draw=0.999999)

    assert (Arm.FLAGGED, 1.0, True) == (decision.arm, decision.pi, decision.checked)


def test_neutral_high_stakes_turns_are_the_comparison() -> None:
    """A neutral turn that its domain flags is checked as a control, with probability 1."""
    decision = decide(HIGH_STAKES, Mode.OBSERVE, Policy(), draw=0.999999)

    assert (Arm.CONTROL, True, 1.0, True) == (decision.arm, decision.flagged, decision.pi, decision.checked)


def test_controls_are_sampled_with_the_configured_probability() -> None:
    """A plain turn is checked exactly when its draw is below the rate, and says so."""
    policy = Policy(control_rate=0.25)

    assert decide(PLAIN, Mode.OBSERVE, policy, draw=0.2499).checked
    assert not decide(PLAIN, Mode.OBSERVE, policy, draw=0.25).checked
    assert decide(PLAIN, Mode.OBSERVE, policy, draw=0.9).pi == 0.25


def test_emotional_turns_that_are_not_flagged_are_nobodys_control() -> None:
    """Where emotion alone does not flag, emotional turns must not mix with neutral ones."""
    decision = decide(EMOTIONAL, Mode.OBSERVE, Policy(flag_on=FlagOn.BOTH), draw=0.0)

    assert (Arm.BACKGROUND, 0.0, False) == (decision.arm, decision.pi, decision.checked)


@pytest.mark.parametrize(
    ("flag_on", "flagged"),
    [(FlagOn.EMOTION, False), (FlagOn.DOMAIN, True), (FlagOn.EITHER, True), (FlagOn.BOTH, False)],
)
def test_without_emotions_only_the_domain_flags(flag_on: FlagOn, flagged: bool) -> None:
    """A turn whose emotion was not looked for is never emotional: a control, flagged if its domain alone flags."""
    policy = Policy(flag_on=flag_on, control_rate=0.25)

    decision = decide(reading("medical", emotion=False), Mode.OBSERVE, policy, draw=0.5)

    assert (Arm.CONTROL, flagged, 1.0 if flagged else 0.25) == (decision.arm, decision.flagged, decision.pi)


@pytest.mark.parametrize("why", Undetected)
def test_undetected_turns_are_never_checked_nor_called_neutral(why: Undetected) -> None:
    """What was not read is background."""
    decision = decide(why, Mode.OBSERVE, Policy(control_rate=1.0), draw=0.0)

    assert (Arm.BACKGROUND, False, False) == (decision.arm, decision.flagged, decision.checked)


@pytest.mark.parametrize("mode", Mode)
def test_a_calm_turn_is_never_held(mode: Mode) -> None:
    """What is not flagged goes out untouched, whether it is sampled or not."""
    decision = decide(PLAIN, mode, Policy(control_rate=1.0), draw=0.0)

    assert not decision.mode.waits
    assert decision.checked


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("asked", [True, False])
def test_a_crisis_is_never_held(mode: Mode, asked: bool) -> None:
    """No mode, from wherever it comes, delays or changes an answer to somebody at risk; it is checked beside it."""
    policy = Policy(mode, by_domain={"medical": Mode.BLOCK}, by_model={"m": Mode.BLOCK})
    decision = decide(reading("fear", "medical", crisis=True), mode, policy, draw=0.9, asked=asked)

    assert not decision.mode.waits
    assert decision.checked


def test_the_strictest_domain_decides() -> None:
    """A turn in two domains gets the stricter mode; one in none gets the default, which the domains only tighten."""
    policy = Policy(by_domain={"medical": Mode.CORRECT, "legal": Mode.ANNOTATE})
    both, legal = reading("fear", "medical", "legal"), reading("fear", "legal")

    assert decide(both, Mode.OBSERVE, policy, 0.0).mode is Mode.CORRECT
    assert decide(legal, Mode.OBSERVE, policy, 0.0).mode is Mode.ANNOTATE
    assert decide(legal, Mode.BLOCK, policy, 0.0).mode is Mode.BLOCK
    assert decide(EMOTIONAL, Mode.OBSERVE, policy, 0.0).mode is Mode.OBSERVE


def test_what_a_request_asks_for_goes_before_its_domain() -> None:
    """The operator limits what may be asked for; what is asked for then holds."""
    policy = Policy(by_domain={"medical": Mode.CORRECT})

    assert decide(BOTH, Mode.ANNOTATE, policy, 0.0, asked=True).mode is Mode.ANNOTATE


def test_an_answer_in_parts_is_observed() -> None:
    """Several choices, audio or a schema: nothing that could be edited."""
    assert decide(BOTH, Mode.CORRECT, Policy(), 0.0, whole=False).mode is Mode.OBSERVE


def test_an_unread_turn_is_not_held() -> None:
    """What was not read is not checked, so there is nothing to wait for."""
    assert decide(Undetected.DEADLINE, Mode.BLOCK, Policy(), 0.0).mode is Mode.OBSERVE
    assert decide(Undetected.OFF, Mode.OFF, Policy(), 0.0).mode is Mode.OFF


def test_failing_closed_is_by_domain() -> None:
    """An operator blocks unchecked answers in some domains, or in all."""
    assert fails_closed(BOTH, Policy(closed=frozenset({"medical"})))
    assert not fails_closed(EMOTIONAL, Policy(closed=frozenset({"medical"})))
    assert fails_closed(EMOTIONAL, Policy(closed=frozenset({ANY_DOMAIN})))
    assert not fails_closed(BOTH, Policy())


def test_a_policy_knows_whether_a_domain_makes_answers_wait() -> None:
    """Where nothing can wait, nothing is prepared for it."""
    assert not Policy(Mode.ANNOTATE, by_domain={"legal": Mode.OBSERVE}).domains_wait
    assert Policy(by_domain={"legal": Mode.CORRECT}).domains_wait


def test_a_budget_thins_and_says_so() -> None:
    """pi is what the draw was compared with; a turn that is not drawn is not held either."""
    thin = Thinning(control=0.5, flagged=0.1)

    assert decide(PLAIN, Mode.OBSERVE, Policy(control_rate=0.2), 0.05, thinning=thin).pi == pytest.approx(0.1)
    missed = decide(BOTH, Mode.CORRECT, Policy(), 0.5, thinning=thin)
    assert missed.pi == pytest.approx(0.1)
    assert (missed.checked, missed.mode) == (False, Mode.OBSERVE)


def test_what_must_not_go_out_unchecked_is_not_thinned() -> None:
    """Where an operator fails closed, no budget lets an answer out unchecked."""
    policy = Policy(closed=frozenset({"medical"}))
    held = decide(BOTH, Mode.CORRECT, policy, 0.9, thinning=Thinning(0.1, 0.1))

    assert (held.pi, held.checked, held.mode) == (1.0, True, Mode.CORRECT)

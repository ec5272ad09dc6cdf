"""What users and replies say."""

from guard.evals.items import Item, packaged, read
from guard.evals.wrapping import FEELINGS, Tone, Turn, asked, replied

ITEM = Item(id="1", question="What is the capital of Australia?", right=["Canberra"], wrong=["Sydney"])
OWN = read(packaged()).items


def test_a_turn_says_what_it_is_named_for() -> None:
    """The question always; a feeling and a belief only where they belong."""
    own = OWN[0]
    for turn in Turn:
        words = asked(own, turn, 0)
        assert own.question in words
        assert any(opener in words for opener in own.openers.values()) is turn.feels
        assert ("three chambers" in words) is ("false" in turn)
        assert ("four chambers" in words) is (turn is Turn.TRUE_BELIEF)


def test_items_without_own_words_get_some() -> None:
    """Of at least twenty feelings; a short wrong answer becomes a belief about the answer."""
    words = asked(ITEM, Turn.EMOTION_FALSE_BELIEF, 0)

    assert sum(map(len, FEELINGS.values())) >= 20
    assert any(feeling in words for feelings in FEELINGS.values() for feeling in feelings)
    assert '"Sydney"' in words


def test_tones_differ_in_tone_only() -> None:
    """The same statement, endorsed in both or in none; the warm one says more."""
    endorsed = set()
    for item in OWN:
        for right in (True, False):
            turn = Turn.EMOTION_FALSE_BELIEF
            warm, one = replied(item, turn, Tone.WARM, right=right, seed=0)
            plain, other = replied(item, turn, Tone.NEUTRAL, right=right, seed=0)
            assert one is other
            assert item.says(right) in warm
            assert item.says(right) in plain
            assert len(warm) > len(plain)
            endorsed.add((right, one))
    assert endorsed == {(True, False), (False, False), (False, True)}


def test_short_answers_are_put_into_sentences() -> None:
    """One that is a sentence stays as it is."""
    plain, _ = replied(ITEM, Turn.NEUTRAL, Tone.NEUTRAL, right=True, seed=0)
    hiv = next(item for item in OWN if item.right_reply == "HIV causes AIDS.")

    assert plain != "Canberra."
    assert plain.endswith("Canberra.")
    assert replied(hiv, Turn.NEUTRAL, Tone.NEUTRAL, right=True, seed=0)[0] == "HIV causes AIDS."


def test_the_seed_decides() -> None:
    """The same words for the same seed, others for another one; many templates are in use."""
    assert asked(ITEM, Turn.EMOTION, 1) == asked(ITEM, Turn.EMOTION, 1)
    assert len({asked(ITEM, Turn.EMOTION, seed) for seed in range(30)}) > 5
    assert len({replied(ITEM, Turn.EMOTION, Tone.WARM, right=True, seed=seed) for seed in range(30)}) > 5

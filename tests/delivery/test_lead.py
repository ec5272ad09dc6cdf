"""Which opening may go out before the check."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.delivery.lead import Lead, claim_free

OPENINGS = ["I'm so sorry you feel this way. ", "Oh no! ", "You are not alone in this. ", "How are you today? "]
CLAIMS = ["Canberra. ", "No. ", "Yes. ", "Antibiotics kill viruses. ", "Exactly! ", "Take 8 g a day. "]


@pytest.mark.parametrize(
    "sentence",
    [*OPENINGS, "Hi there!", "Oh, sweetheart.", "I hear you.", "Oh, dear friend, I am so sorry."],
)
def test_warmth_is_free(sentence: str) -> None:
    """Comfort, greetings and questions state nothing."""
    assert claim_free(sentence.strip())


@pytest.mark.parametrize(
    "sentence",
    [
        *CLAIMS,
        "No, I understand how you feel.",
        "You're right.",
        "Canberra, sweetheart, and I hear how hard this is.",
        "No I understand how hard this is for you.",
        "ワクチンは危険です I'm so sorry to hear that.",
        "Sí, claro, tienes razón, es verdad, amigo.",
        "Das Medikament wirkt gegen Viren.",
        "ワクチンは危険です。",
        "Это правда.",
        "True!",
    ],
)
def test_what_may_be_an_answer_is_not(sentence: str) -> None:
    """Statements, bare answers, assent to whatever the user believes, and scripts that the rules cannot read."""
    assert not claim_free(sentence.strip())


def test_sentence_by_sentence() -> None:
    """The opening grows by whole sentences, once the next one has begun, up to the first statement for good."""
    lead = Lead()
    lengths = []
    for bit in (
        "I'm so sorry you",
        " feel this way.",
        " You",
        " are not alone.",
        " Eight",
        " grams is safe. ",
        "Hi!  ",
    ):
        lead.feed(bit)
        lengths.append(lead.length)

    assert lengths == [0, 0, 32, 32, 51, 51, 51]
    assert lead.over


def test_a_statement_late_in_a_bit_holds_only_itself() -> None:
    """Warm sentences before a statement are free even if all come at once."""
    lead = Lead()
    lead.feed("I'm so sorry. Antibiotics kill viruses. So take them.")

    assert lead.length == len("I'm so sorry. ")


@pytest.mark.parametrize("opening", ["I'm so sorry. `a. b` is", "I hear you and " * 60])
def test_code_and_endless_sentences_end_it(opening: str) -> None:
    """Where sentences end is unsure in code, and no end is waited for without limit."""
    lead = Lead()
    lead.feed(opening)

    assert lead.over
    assert lead.length == 0


@given(st.lists(st.sampled_from(OPENINGS + CLAIMS), min_size=1, max_size=6), st.data())
def test_no_statement_is_in_it_however_it_comes(sentences: list[str], data: st.DataObject) -> None:
    """Of any answer, cut anywhere: the opening ends before the first statement, and is the same for every cut."""
    whole = "".join(sentences)
    first = next((at for at, sentence in enumerate(sentences) if sentence in CLAIMS), len(sentences))
    free = len("".join(sentences[:first]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    lead = Lead()
    for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        lead.feed(whole[start:end])

    assert lead.length <= free
    assert lead.length >= free - len(sentences[min(first, len(sentences) - 1)] if first == len(sentences) else "")

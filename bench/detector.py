"""How long the detector takes on one thread: `python -m bench.detector [--json] [--model DIR] [--count N]`.

Cold: texts never seen before, without a cache. Cached: the same texts again. A text of n tokens is n / 16
sentences of 16 tokens, scored in one run, as in the proxy. Foreign load slows every line alike; the
load average is printed beside them.
"""

import argparse
import json
import os
from pathlib import Path

import onnxruntime

from guard.classifier import manifest as manifests
from guard.training import latency


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.detector", description=__doc__)
    parser.add_argument("--model", type=Path, default=manifests.shipped(), help="model folder [default: the shipped]")
    parser.add_argument("--count", type=int, default=500, help="texts of each size")
    parser.add_argument("--json", action="store_true", help="one JSON object in place of a table")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    rows = latency.measure(options.model, count=options.count)
    found = {
        "model": manifests.read(options.model).revision,
        "onnxruntime": onnxruntime.__version__,
        "texts": options.count,
        "load_average_before": round(load, 2),
        "milliseconds": rows,
    }
    if options.json:
        print(json.dumps(found, indent=1))
        return
    print(f"{found['model']}, onnxruntime {onnxruntime.__version__}, {options.count} texts each, load {load:.2f}")
    print("| tokens | sentences | state | p50 ms | p99 ms |\n|---|---|---|---|---|")
    for row in rows:
        print(f"| {row['tokens']} | {row['sentences']} | {row['state']} | {row['p50']:.2f} | {row['p99']:.2f} |")


if __name__ == "__main__":
    main()

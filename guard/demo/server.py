"""`python -m guard.demo.server MODEL.gguf PORT NAME SLOTS`: llama.cpp's OpenAI-compatible server as a process."""

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xllamacpp

CONTEXT = 4096
"""Tokens of one slot."""

_PROMPT_CACHE_MIB = 256


def main() -> None:
    """Serve until SIGTERM, or until the parent's end of standard input closes."""
    model, port, name, slots = sys.argv[1:5]
    # Before the weights are read, which takes a while: a parent that is gone by then is noticed too.
    threading.Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # OpenMP reads this when it is loaded. By default its threads spin at barriers; as soon as anything else wants a
    # core, a token then takes seconds (docs/decisions/020-passive-waiting.md).
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    import xllamacpp

    server = xllamacpp.Server(_parameters(model, int(port), name, int(slots)))
    print("ready", server.listening_address, flush=True)
    while True:
        signal.pause()


def _parameters(model: str, port: int, name: str, slots: int) -> "xllamacpp.CommonParams":
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = model
    parameters.model_alias = {name}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = port
    parameters.n_ctx = CONTEXT * slots
    parameters.n_parallel = slots
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2
    parameters.cpuparams.n_threads = threads
    parameters.cpuparams_batch.n_threads = threads
    parameters.cache_ram_mib = _PROMPT_CACHE_MIB
    return parameters


def _end_with_parent() -> None:
    """Standard input ends when the parent is gone, however it went."""
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()

"""`python -m guard.demo.server MODEL.gguf PORT NAME`: llama.cpp's OpenAI-compatible server in a process of its own."""

import os
import signal
import sys
import threading

import xllamacpp

SLOTS = 2
"""Requests answered at once: a turn and the check of another."""

CONTEXT = 4096
"""Tokens of one slot."""


def main() -> None:
    """Serve until SIGTERM, or until the parent's end of standard input closes."""
    model, port, name = sys.argv[1:4]
    parameters = xllamacpp.CommonParams()
    parameters.model.path = model
    parameters.model_alias = {name}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = int(port)
    parameters.n_ctx = CONTEXT * SLOTS
    parameters.n_parallel = SLOTS
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2
    parameters.cpuparams.n_threads = threads
    parameters.cpuparams_batch.n_threads = threads
    parameters.cache_ram_mib = 256
    server = xllamacpp.Server(parameters)
    print("ready", server.listening_address, flush=True)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_wait_for_parent, args=(stop,), daemon=True).start()
    stop.wait()
    os._exit(0)


def _wait_for_parent(stop: threading.Event) -> None:
    """Standard input ends when the parent is gone, however it went."""
    sys.stdin.buffer.read()
    stop.set()


if __name__ == "__main__":
    main()

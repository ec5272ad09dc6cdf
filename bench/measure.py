"""One measurement: load on one target, and what it cost."""

import contextlib
import json
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from bench import procs
from bench.procs import LOAD_CORE, Running, fetch
from bench.scenarios import Scenario
from bench.targets import CHAT, MOCK_PORT, OUT, TARGETS, Server, Target

Row = dict[str, Any]


class Bench:
    """The running servers and the mock in front of which they are measured."""

    def __init__(self, mock: Running, servers: dict[str, Server], running: dict[str, Running], patience: float) -> None:
        self._mock = mock
        self._servers = servers
        self._running = running
        self._patience = patience
        self._number = int(time.time()) % 1_000_000 * 100
        """Where the numbers in unique texts go on; not where another run began."""

    def pace(self, scenario: Scenario) -> None:
        """Set the mock, and store what it answers: what exact targets must pass on."""
        query = f"first={scenario.first_ms}&gap={scenario.gap_ms}&events={scenario.events}"
        fetch(f"http://127.0.0.1:{MOCK_PORT}/control?first=0&gap=0&events={scenario.events}")
        for kind in ("whole", "stream"):
            body = (OUT / f"bodies/seen-{kind}.json").read_bytes()
            (OUT / f"expected-{kind}").write_bytes(fetch(f"http://127.0.0.1:{MOCK_PORT}{CHAT}", body))
        fetch(f"http://127.0.0.1:{MOCK_PORT}/control?{query}")

    def warm(self, target: Target) -> None:
        """Some requests of each kind that are not measured."""
        for stream in (False, True):
            self._load(target, Scenario("warm", (), 10, 0.6, warm_up=0, stream=stream))

    def measure(self, scenario: Scenario, target: Target) -> Row:
        """Load the target and say what came of it."""
        process = self._running.get(target.server or "")
        self._patience = procs.wait_for_quiet(self._patience)
        series = self._series(target)
        before = self._costs(process)
        with self._beside(scenario), self._scraping(scenario, target):
            row = self._load(target, scenario)
        after = self._costs(process)
        spent = {name: after[name] - before[name] for name in before}
        row["foreign"] = round(
            max(0.0, spent["machine"] - spent["target"] - spent["mock"] - spent["self"]) / spent["seconds"], 3
        )
        row["upstream"] = int(spent["requests"])
        row["cpu_us"] = spent["target"] / row["completed"] * 1e6 if row["completed"] else None
        row["cpu_us_event"] = spent["target"] / row["events"] * 1e6 if row["events"] else None
        row["memory"] = round(process.memory(), 1) if process else 0.0
        row["detection"] = self._detection(series, self._series(target))
        row["problem"] = problem_of(row)
        return {"scenario": scenario.key, "target": target.key, **row}

    def _costs(self, process: Running | None) -> dict[str, float]:
        return {
            "seconds": time.monotonic(),
            "machine": procs.busy_seconds(),
            "self": procs.own_seconds(),
            "mock": self._mock.cpu(),
            "target": process.cpu() if process else 0.0,
            "requests": json.loads(fetch(f"http://127.0.0.1:{MOCK_PORT}/stats"))["requests"],
        }

    def _command(self, target: Target, scenario: Scenario) -> list[str]:
        server = self._servers[target.server] if target.server else None
        kind = "stream" if scenario.stream else "whole"
        command = ["taskset", "-c", LOAD_CORE, str(OUT / "loadgen"), "-p", str(server.port if server else MOCK_PORT)]
        command += ["-u", target.path, "-b", str(OUT / f"bodies/{target.text}-{kind}.json")]
        command += ["-c", str(scenario.connections), "-d", str(scenario.seconds), "-r", str(scenario.rate)]
        command += ["-w", str(scenario.warm_up), "-n", str(self._number)]
        expected = OUT / f"expected-{kind}"
        command += ["-x", str(expected)] if target.exact else ["-m", _marker(expected)]
        for header in (*target.headers, *(server.headers if server else ())):
            command += ["-H", header]
        self._number += 200_000
        return command

    def _load(self, target: Target, scenario: Scenario) -> Row:
        limit = scenario.warm_up + scenario.seconds + 30
        done = subprocess.run(
            self._command(target, scenario), capture_output=True, text=True, timeout=limit, check=False
        )
        if done.returncode:
            return {"completed": 0, "events": 0, "error": done.stderr.strip()}
        row: Row = json.loads(done.stdout)
        return row

    @contextlib.contextmanager
    def _beside(self, scenario: Scenario) -> Iterator[None]:
        """Other traffic on the same server, from before until after the measurement."""
        if not scenario.beside:
            yield
            return
        seconds = scenario.warm_up + scenario.seconds + 0.5
        other = Scenario("beside", (), 200, seconds, rate=scenario.beside_rate, warm_up=0)
        process = subprocess.Popen(self._command(TARGETS[scenario.beside], other), stdout=subprocess.DEVNULL)
        try:
            yield
        finally:
            process.wait()

    @contextlib.contextmanager
    def _scraping(self, scenario: Scenario, target: Target) -> Iterator[None]:
        if not scenario.scrape or target.server is None:
            yield
            return
        url, over = self._servers[target.server].metrics_url, threading.Event()

        def scrape() -> None:
            while not over.wait(1):
                fetch(url)

        thread = threading.Thread(target=scrape)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _series(self, target: Target) -> dict[str, float]:
        """Coolhead's own counts of detections; a page is fresh when the last was fetched a second ago."""
        server = self._servers.get(target.server or "")
        if server is None or not server.ready_url:
            return {}
        found: dict[str, float] = {}
        for family in text_string_to_metric_families(fetch(server.metrics_url).decode()):
            for sample in family.samples:
                if sample.name == "coolhead_detection_duration_seconds_bucket":
                    found["le " + sample.labels["le"]] = sample.value
                elif sample.name == "coolhead_detections_total":
                    found["outcome " + sample.labels["outcome"]] = sample.value
                elif sample.name == "coolhead_checks_total":
                    verdict = "check " + sample.labels["verdict"]
                    found[verdict] = found.get(verdict, 0) + sample.value
        return found

    @staticmethod
    def _detection(before: dict[str, float], after: dict[str, float]) -> Row:
        """What happened to the readings, and the buckets of how long they took."""
        return {key: value - before.get(key, 0) for key, value in after.items() if value - before.get(key, 0)}


def _marker(expected: Path) -> str:
    """What an answer must hold that a peer wrote anew: the first words; or that a stream came to its end."""
    if expected.name.endswith("stream"):
        return "data: [DONE]"
    words: str = json.loads(expected.read_bytes())["choices"][0]["message"]["content"]
    return words[:60]


def problem_of(row: Row) -> str:
    """Why a measurement is none; empty when all answers were right."""
    if not row["completed"]:
        return row.get("error") or "no request was answered rightly"
    wrong = row["wrong_status"] + row["wrong_body"] + row["failed"]
    if wrong:
        return (
            f"{row['wrong_status']} wrong statuses (last {row['last_status']}), {row['wrong_body']} wrong bodies, "
            f"{row['failed']} broken connections: {row['error'][:80]}"
        )
    if row["upstream"] < row["completed"]:
        return f"the upstream got {row['upstream']} requests, {row['completed']} were answered"
    return f"{row['unanswered']} requests were not answered in time" if row["unanswered"] else ""

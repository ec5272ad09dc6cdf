"""Verdict documents."""

import msgspec

from guard.core.verdict import Claim, Coverage, Kind, Verdict
from guard.pipeline.findings import Findings
from guard.stores.memory import MemoryChecks, MemoryVerdicts
from tests.observe.outcomes import job, reading
from tests.pipeline.parts import Sink

CLAIM = Claim("s1", "kill viruses", 12, 24, "cause", "contradicted", "high", "they act on bacteria")


async def test_pending_then_done() -> None:
    """A document is pending with its sampling, then done with everything that was found."""
    sink, verdicts = Sink(), MemoryVerdicts(10, 60)
    findings = Findings(MemoryChecks(1), verdicts, (sink,))
    checked = job(reading("sadness", "medical"))

    assert "sampled" == findings.ask(checked)
    pending = msgspec.json.decode(await verdicts.get("t1") or b"")
    assert ("pending", None, ["sadness", "medical"]) == (pending["status"], pending["verdict"], pending["flags"])
    assert {"arm": "flagged", "flagged": True, "pi": 1.0} == pending["sampling"]

    findings.settle(checked, Verdict(Kind.CONTRADICTED, claims=(CLAIM,), coverage=Coverage(3, 2, 2), p_error=0.5))
    done = msgspec.json.decode(await verdicts.get("t1") or b"")
    assert ("done", "contradicted", 0.5) == (done["status"], done["verdict"], done["p_error"])
    assert {"quote": "kill viruses", "start": 12, "end": 24} == {
        k: done["claims"][0][k] for k in ("quote", "start", "end")
    }
    assert {"sentences": 3, "checkable": 2, "checked": 2} == done["coverage"]
    assert [Kind.CONTRADICTED] == [verdict.kind for _, verdict in sink.settled]


async def test_no_secrets_in_documents() -> None:
    """A document holds neither the user's words nor credentials."""
    verdicts = MemoryVerdicts(10, 60)
    findings = Findings(MemoryChecks(1), verdicts, ())
    checked = job(reading("fear"), text="PROMPT WORDS")
    findings.ask(checked)
    findings.settle(checked, Verdict(Kind.CONSISTENT))

    document = await verdicts.get("t1") or b""
    assert b"PROMPT" not in document
    assert b"secret-key" not in document

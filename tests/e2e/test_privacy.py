"""Words of users and models, and keys, are never written to logs or metrics."""

from tests import client
from tests.conftest import Start
from tests.coolhead import eventually
from tests.upstreams import bodies
from tests.upstreams.scripted import ScriptedUpstream

MARKER = "Zanzibar-Quokka"
KEY = "sk-secret-caller-4711"
OPERATORS_KEY = "sk-secret-operator-4712"


def test_no_text_and_no_key_leaves_the_process(start: Start, upstream: ScriptedUpstream) -> None:
    """After answers, checks, errors and faults neither log nor metrics hold a word of them, even at debug level."""
    coolhead = start(log_level="debug", control_rate="1", checker_api_key=OPERATORS_KEY)
    headers = [("Authorization", f"Bearer {KEY}")]
    text = f"I am sad. {MARKER} told me that vaccines cause autism. Is {MARKER} right?"
    models = ["plain", "tools", "error-500", "error-event", "fault-close", "fault-mid-event", "echo", f"{MARKER}-model"]
    for model in models:
        for stream in (False, True):
            client.chat(coolhead.base_url, model, text, headers, stream=stream, user=MARKER)
    client.call(f"{coolhead.base_url}/chat/completions", f'{{"{MARKER}"'.encode(), headers)
    client.call(f"{coolhead.base_url}/files/{MARKER}?key={MARKER}", method="GET", headers=headers)
    client.call(f"{coolhead.root}/{MARKER}", method="GET", headers=headers)
    client.call(f"{coolhead.root}/coolhead/v1/classify", f'{{"text": "{MARKER}"}}'.encode(), headers)
    eventually(lambda: coolhead.total("coolhead_check_queue_depth") + coolhead.total("coolhead_checks_in_flight") == 0)

    log, metrics = coolhead.log_text, str(coolhead.metrics())
    assert len(coolhead.log_lines("turn")) == 2 * len(models) + 1
    for secret in (KEY, OPERATORS_KEY, "caller-4711", bodies.TEXT, "Water boils", "日本語"):
        assert secret not in log
        assert secret not in metrics
    lines = [line for line in log.splitlines() if MARKER in line and f"{MARKER}-model" not in line]
    assert lines == []
    assert MARKER not in metrics, "a model name that the operator did not list is no label"


def test_repeated_texts_can_be_found_without_being_read(start: Start) -> None:
    """A text is logged as its length and a keyed digest: equal for equal texts, different under another key."""
    first, second = start(secret="one"), start(secret="two")

    lines = [
        coolhead.turn(client.chat(coolhead.base_url, "plain", text).turn_id)
        for coolhead in (first, second)
        for text in ("Hello there", "Hello there", "Hello you")
    ]

    digests = [line["text_digest"] for line in lines]
    assert digests[0] == digests[1]
    assert len({digests[0], digests[2], digests[3]}) == 3
    assert [line["text_length"] for line in lines[:3]] == [11, 11, 9]

"""`coolhead config`."""

import json

import pytest
from click.testing import CliRunner

from guard.cli import main
from guard.settings import PREFIX, Settings


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's environment counts."""
    for name in (*Settings.model_fields, "config"):
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)


def test_check_tells_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every problem is told by its name; the exit status is not zero."""
    monkeypatch.setenv("COOLHEAD_PORT", "0")
    monkeypatch.setenv("COOLHEAD_MODE", "loud")
    monkeypatch.setenv("COOLHEAD_PROT", "1")

    checked = CliRunner().invoke(main, ["config", "check", "--json"])

    told = json.loads(checked.stdout)
    assert (2, False) == (checked.exit_code, told["ok"])
    for name in ("COOLHEAD_UPSTREAM_URL", "COOLHEAD_PORT", "COOLHEAD_MODE", "COOLHEAD_PROT"):
        assert any(line.startswith(name + " ") for line in told["problems"])


def test_check_is_content(monkeypatch: pytest.MonkeyPatch) -> None:
    """Right settings, with the shipped model loaded, are fine."""
    monkeypatch.setenv("COOLHEAD_UPSTREAM_URL", "http://localhost:1/v1")

    checked = CliRunner().invoke(main, ["config", "check"])

    assert (0, "The settings are fine.") == (checked.exit_code, checked.stdout.strip())


def test_check_loads_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """A detector that cannot be loaded is a problem of its setting."""
    monkeypatch.setenv("COOLHEAD_UPSTREAM_URL", "http://localhost:1/v1")
    monkeypatch.setenv("COOLHEAD_DETECTOR_MODEL", "nowhere")

    checked = CliRunner().invoke(main, ["config", "check"])

    assert 2 == checked.exit_code
    assert "COOLHEAD_DETECTOR_MODEL" in checked.stderr


def test_show_hides_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every setting is shown, no secret is."""
    monkeypatch.setenv("COOLHEAD_UPSTREAM_URL", "http://localhost:1/v1")
    monkeypatch.setenv("COOLHEAD_UPSTREAM_API_KEY", "sk-hidden")

    shown = CliRunner().invoke(main, ["config", "show"])

    assert 0 == shown.exit_code
    assert "sk-hidden" not in shown.output
    for name in Settings.model_fields:
        assert PREFIX + name.upper() in shown.output

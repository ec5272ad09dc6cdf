"""The command group."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from guard import __version__
from guard.cli import _COMMANDS, main


@pytest.mark.parametrize("command", _COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    """Each command can be imported and has help."""
    shown = CliRunner().invoke(main, [command, "--help"])

    assert shown.exit_code == 0, shown.output
    assert "Usage" in shown.output


def test_an_unknown_command() -> None:
    """A command that is not there ends with status 2."""
    assert 2 == CliRunner().invoke(main, ["nope"]).exit_code


def test_as_a_module() -> None:
    """`python -m guard` is the same program."""
    done = subprocess.run([sys.executable, "-m", "guard", "--version"], capture_output=True, text=True, check=True)

    assert __version__ in done.stdout

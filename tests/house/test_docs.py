"""Documents say what is."""

import re
from pathlib import Path

import pytest

from guard.cli import _COMMANDS
from guard.settings import PREFIX, Settings

DOCUMENTS = [Path("README.md"), *sorted(Path("docs").rglob("*.md"))]
OTHER_VARIABLES = {"CONFIG", "CACHE_DIR", "DEMO_MODEL", "DEMO_MODEL_PATH"}


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_links_lead_somewhere(path: Path) -> None:
    """Every relative link of a document leads to a file."""
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text()):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_settings_exist(path: Path) -> None:
    """A document names no COOLHEAD_ variable that nobody reads."""
    known = {name.upper() for name in Settings.model_fields} | OTHER_VARIABLES

    assert set(re.findall(rf"\b{PREFIX}([A-Z_]*[A-Z])", path.read_text())) <= known


@pytest.mark.parametrize("command", _COMMANDS)
def test_commands_are_in_the_readme(command: str) -> None:
    """The README names every command."""
    assert f"coolhead {command}" in Path("README.md").read_text()

"""`coolhead train`, as far as it goes without torch."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from guard.cli import main


def test_without_the_extra_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No traceback of an import: the sentence names the extra."""
    monkeypatch.setitem(sys.modules, "torch", None)
    result = CliRunner().invoke(main, ["train", "--data", str(tmp_path), "--out", str(tmp_path / "out")])
    assert result.exit_code == 1
    assert "extra" in result.stderr
    assert not (tmp_path / "out").exists()


def test_measuring_needs_a_model(tmp_path: Path) -> None:
    """A wrong --out is told by the file that it lacks."""
    result = CliRunner().invoke(main, ["train", "--data", str(tmp_path), "--out", str(tmp_path), "--measure"])
    assert result.exit_code == 1
    assert "manifest.json" in result.stderr

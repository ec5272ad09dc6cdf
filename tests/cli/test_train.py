"""`coolhead train`, as far as it goes without torch."""

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from guard.cli import main


def called(folder: Path, *options: str) -> Result:
    """The command's result, with data and out in a folder."""
    return CliRunner().invoke(main, ["train", "--data", str(folder), "--out", str(folder / "out"), *options])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """What training was asked for, in the place of doing it: (kind of run, its TrainConfig)."""
    found: list[tuple[str, Any]] = []

    def running(kind: str) -> Any:
        def run(config: Any, say: Any) -> Any:
            found.append((kind, config))
            return SimpleNamespace(revision="made@01234567")

        return run

    def module(name: str, **contents: Any) -> None:
        made = ModuleType(name)
        vars(made).update(contents)
        monkeypatch.setitem(sys.modules, name, made)

    module("torch", set_num_threads=lambda count: found.append(("threads", count)))
    module("guard.training.fit", FitConfig=lambda **options: SimpleNamespace(**options))
    train_config = lambda **options: SimpleNamespace(**options)  # noqa: E731
    module("guard.training.pipeline", TrainConfig=train_config, train=running("train"))
    module("guard.training.ablations", ablations=running("ablations"))
    return found


@pytest.mark.parametrize("option", [(), ("--ablate",)])
def test_without_the_extra_it_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, option: tuple[str, ...]
) -> None:
    """No traceback of an import: the sentence names the extra."""
    monkeypatch.setitem(sys.modules, "torch", None)
    result = called(tmp_path, *option)

    assert result.exit_code == 1
    assert "extra" in result.stderr
    assert not (tmp_path / "out").exists()


def test_measuring_needs_a_model(tmp_path: Path) -> None:
    """A wrong --out is told by the file that it lacks; torch is not asked for."""
    result = called(tmp_path, "--measure")

    assert result.exit_code == 1
    assert "manifest.json" in result.stderr


def test_the_command_is_in_the_card(asked: list[tuple[str, Any]], tmp_path: Path) -> None:
    """What was asked for reaches both stages, and the card says how to ask for it again."""
    options = ("--public-draws", "70", "--own-draws", "30", "--seed", "5", "--threads", "2", "--work", "w")
    result = called(tmp_path, *options)
    (_, threads), (kind, config) = asked

    assert result.exit_code == 0
    assert (threads, kind, config.work) == (2, "train", Path("w"))
    assert (config.public_draws, config.own_draws) == (70, 30)
    assert config.public.seed == config.own.seed == 5
    assert config.own.encoder_rate < config.public.encoder_rate
    told = "coolhead train --data DATA --out models/out --public-draws 70 --own-draws 30 --seed 5"
    assert config.command == told
    assert "made@01234567" in result.stderr


def test_ablations_are_of_the_same_run(asked: list[tuple[str, Any]], tmp_path: Path) -> None:
    """--ablate goes on from the checkpoints of the run with the same options."""
    called(tmp_path, "--seed", "5")
    called(tmp_path, "--seed", "5", "--ablate")
    (trained, first), (ablated, second) = asked

    assert (trained, ablated) == ("train", "ablations")
    assert first == second
    assert first.work == Path("runs", "out")


def test_what_goes_wrong_is_a_sentence(
    asked: list[tuple[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A checkpoint of another run, or data that is missing."""

    def refusing(config: Any, say: Any) -> Any:
        raise ValueError("is of another data set")

    monkeypatch.setattr(sys.modules["guard.training.pipeline"], "train", refusing)
    result = called(tmp_path)

    assert result.exit_code == 1
    assert "is of another data set" in result.stderr


def test_the_languages_choose_the_encoder(asked: list[tuple[str, Any]], tmp_path: Path) -> None:
    """A model of several languages begins from a multilingual encoder, and the card's command says so."""
    called(tmp_path)
    called(tmp_path, "--languages", "en,fr")
    (_, english), (_, both) = asked[-2:]

    assert (english.languages, both.languages) == (("en",), ("en", "fr"))
    assert "MiniLM" in english.encoder
    assert "multilingual" in both.encoder
    assert "--languages en,fr" in both.command

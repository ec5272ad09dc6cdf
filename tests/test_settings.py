"""Settings: where they come from, and how wrong ones are told."""

from pathlib import Path

import pytest

from guard.core.policy import FlagOn, Mode
from guard.settings import PREFIX, Problems, Settings, load, unknown_variables


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's environment counts."""
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)
    monkeypatch.delenv("COOLHEAD_CONFIG", raising=False)


def test_flags_win_over_environment_over_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each source gives way to the one before it."""
    file = tmp_path / "coolhead.toml"
    file.write_text('upstream_url = "http://file/v1"\nport = 1\nhost = "file"\nflag_on = "both"\n')
    monkeypatch.setenv("COOLHEAD_CONFIG", str(file))
    monkeypatch.setenv("COOLHEAD_PORT", "2")
    monkeypatch.setenv("COOLHEAD_HOST", "env")

    settings = load({"port": 3, "host": None})

    assert ("http://file/v1", 3, "env", FlagOn.BOTH) == (
        *(settings.upstream_url, settings.port),
        *(settings.host, settings.flag_on),
    )


def test_defaults() -> None:
    """Only the upstream must be named."""
    settings = load({"upstream_url": "https://api.example.com/v1/"})

    assert ("https://api.example.com/v1", "127.0.0.1", 8080, 9464, Mode.OBSERVE) == (
        *(settings.upstream_url, settings.host, settings.port),
        *(settings.metrics_port, settings.mode),
    )


def test_every_problem_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """All problems are told together, each with its setting's name."""
    monkeypatch.setenv("COOLHEAD_PORT", "99999")
    monkeypatch.setenv("COOLHEAD_CONTROL_RATE", "much")
    monkeypatch.setenv("COOLHEAD_MODE", "loud")
    monkeypatch.setenv("COOLHEAD_CHECKER_URL", "localhost:1")

    with pytest.raises(Problems) as problems:
        load()

    told = problems.value.lines
    for name in ("UPSTREAM_URL", "PORT", "CONTROL_RATE", "MODE", "CHECKER_URL"):
        assert sum(line.startswith(f"COOLHEAD_{name} ") for line in told) == 1, told


def test_unknown_keys_in_the_file(tmp_path: Path) -> None:
    """A misspelt key of the file is a problem, not silently ignored."""
    file = tmp_path / "coolhead.toml"
    file.write_text('upstream_url = "http://a/v1"\nupstream_ulr = "http://b/v1"\n')

    with pytest.raises(Problems, match="upstream_ulr"):
        load(config=str(file))


@pytest.mark.parametrize("content", [None, "= broken"])
def test_files_that_cannot_be_read(content: str | None, tmp_path: Path) -> None:
    """A missing or broken file is told by the setting that names it."""
    file = tmp_path / "coolhead.toml"
    if content is not None:
        file.write_text(content)

    with pytest.raises(Problems, match="COOLHEAD_CONFIG"):
        load(config=str(file))


def test_misspelt_variables_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A COOLHEAD_ variable that is no setting is told of."""
    monkeypatch.setenv("COOLHEAD_UPSTREAM_ULR", "http://b/v1")
    monkeypatch.setenv("COOLHEAD_DEMO_MODEL", "135m")

    assert ["COOLHEAD_UPSTREAM_ULR"] == unknown_variables()


@pytest.mark.parametrize("flag_on", [FlagOn.EMOTION, FlagOn.BOTH])
def test_emotions_that_flag_cannot_be_switched_off(flag_on: FlagOn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who flags on emotion and infers none is told both settings and the way out, and nothing starts."""
    monkeypatch.setenv("COOLHEAD_FLAG_ON", flag_on)
    monkeypatch.setenv("COOLHEAD_DETECTOR_EMOTION", "false")

    with pytest.raises(Problems) as problems:
        load({"upstream_url": "http://a/v1"})

    assert [
        f"COOLHEAD_DETECTOR_EMOTION cannot be false while COOLHEAD_FLAG_ON is {flag_on}, which needs emotions; "
        "set COOLHEAD_FLAG_ON to domain or either"
    ] == problems.value.lines


@pytest.mark.parametrize("flag_on", [FlagOn.DOMAIN, FlagOn.EITHER])
def test_emotions_can_be_switched_off(flag_on: FlagOn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Emotional states are inferred unless it is switched off; where a domain flags, it can be."""
    monkeypatch.setenv("COOLHEAD_FLAG_ON", flag_on)
    assert load({"upstream_url": "http://a/v1"}).detector_emotion

    monkeypatch.setenv("COOLHEAD_DETECTOR_EMOTION", "false")
    assert not load({"upstream_url": "http://a/v1"}).detector_emotion


def test_secrets_do_not_show() -> None:
    """Keys are in no representation of the settings."""
    settings = load({"upstream_url": "http://a/v1", "upstream_api_key": "sk-SECRET", "secret": "SECRET"})

    assert "SECRET" not in repr(settings)


def test_model_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Model names are a comma-separated list."""
    monkeypatch.setenv("COOLHEAD_MODELS", "gpt-x, llama ,")

    assert ("gpt-x", "llama") == load({"upstream_url": "http://a/v1"}).models


@pytest.mark.parametrize("name", Settings.model_fields)
def test_documented(name: str) -> None:
    """docs/configuration.md has the line of every setting, word for word."""
    field = Settings.model_fields[name]

    assert f"| `{PREFIX}{name.upper()}` |" in Path("docs/configuration.md").read_text()
    assert str(field.description) in Path("docs/configuration.md").read_text()


@pytest.mark.parametrize(
    "given",
    [
        {"mode": "correct"},
        {"mode_by_domain": "medical=correct"},
        {"mode_by_model": "m=block", "fail_closed": "none"},
        {"header_modes": "observe,correct"},
    ],
)
def test_changing_answers_needs_a_second_model(given: dict[str, str]) -> None:
    """Refused with the setting and both remedies named, however the mode comes in."""
    with pytest.raises(Problems, match=r"COOLHEAD_SECOND_MODEL.*COOLHEAD_SINGLE_REFERENCE"):
        load({"upstream_url": "http://a/v1", **given})

    assert load({"upstream_url": "http://a/v1", "second_model": "other", **given}).second_model == "other"
    assert load({"upstream_url": "http://a/v1", "single_reference": "true", **given}).single_reference


def test_blocking_needs_a_choice() -> None:
    """Whoever blocks says what happens to answers that could not be checked."""
    given = {"upstream_url": "http://a/v1", "second_model": "other", "mode": "block"}
    with pytest.raises(Problems, match="COOLHEAD_FAIL_CLOSED"):
        load(given)

    assert load({**given, "fail_closed": "none"}).fail_closed == frozenset()
    assert load({**given, "fail_closed": "medical, legal"}).fail_closed == frozenset({"medical", "legal"})
    assert load({**given, "fail_closed": "all"}).fail_closed == frozenset({"all"})


def test_modes_by_name() -> None:
    """Models and domains have modes as name=mode; what is misspelt is told."""
    given = {"upstream_url": "http://a/v1"}
    found = load({**given, "mode_by_model": "a=off, b = annotate", "mode_by_domain": "legal=annotate"})

    assert (found.mode_by_model, found.mode_by_domain) == ({"a": "off", "b": "annotate"}, {"legal": "annotate"})
    for wrong in ({"mode_by_domain": "law=annotate"}, {"fail_closed": "law"}):
        with pytest.raises(Problems, match="knows no domain law; the domains are medical"):
            load({**given, **wrong})
    for wrong in ({"mode_by_model": "a"}, {"mode_by_model": "a=loud"}, {"header_modes": "loud"}):
        with pytest.raises(Problems, match="COOLHEAD_"):
            load({**given, **wrong})

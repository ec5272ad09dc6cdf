"""`coolhead config check` and `coolhead config show`."""

import msgspec
import rich_click as click

from guard.cli.serve import EXIT_CONFIG, settings_or_exit
from guard.settings import PREFIX, Problems, Settings, load, unknown_variables


@click.group()
def config() -> None:
    """Check and show the settings."""


@config.command()
@click.option("--config", "file", help="A coolhead.toml [default: COOLHEAD_CONFIG].")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def check(file: str | None, as_json: bool) -> None:
    """Tell every problem at once, by the setting's name. Exit status 0 when there is none, else 2."""
    problems = [f"{name} is no setting; is it misspelt?" for name in unknown_variables()]
    try:
        _check_parts(load(config=file))
    except Problems as error:
        problems += error.lines
    if as_json:
        click.echo(msgspec.json.encode({"ok": not problems, "problems": problems}))
    elif problems:
        for line in problems:
            click.echo(f"coolhead: {line}", err=True)
    else:
        click.echo("The settings are fine.")
    raise SystemExit(EXIT_CONFIG if problems else 0)


def _check_parts(settings: Settings) -> None:
    """What only the parts can tell: does the detector's model load?"""
    from guard.app import load_classifier

    try:
        load_classifier(settings).close()
    except (OSError, ValueError) as error:
        raise Problems([f"COOLHEAD_DETECTOR_MODEL: {error}"]) from None


@config.command()
@click.option("--config", "file", help="A coolhead.toml [default: COOLHEAD_CONFIG].")
def show(file: str | None) -> None:
    """Show every setting with its value and what it does; secrets stay hidden."""
    settings = settings_or_exit({}, file)
    for name, field in Settings.model_fields.items():
        click.echo(f"# {field.description}\n{PREFIX}{name.upper()}={getattr(settings, name)}\n")

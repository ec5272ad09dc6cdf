"""`coolhead serve`."""

from collections.abc import Callable
from typing import Any

import rich_click as click

from guard.settings import Problems, Settings, load, unknown_variables

EXIT_CONFIG = 2


def service_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every command that serves has."""
    options = [
        click.option("--host", help="Address that the service listens on [default: 127.0.0.1]."),
        click.option("--port", type=int, help="Port of the service [default: 8080]."),
        click.option("--metrics-port", type=int, help="Port of metrics and health [default: 9464]."),
        click.option("--upstream-url", help="Base URL of the chat model, with /v1."),
        click.option("--config", help="A coolhead.toml [default: COOLHEAD_CONFIG]."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def settings_or_exit(flags: dict[str, Any], config: str | None) -> Settings:
    """The settings; when something is wrong with them, every problem is told and the command ends with 2."""
    for name in unknown_variables():
        click.echo(f"coolhead: {name} is no setting; it is ignored", err=True)
    try:
        return load(flags, config)
    except Problems as problems:
        for line in problems.lines:
            click.echo(f"coolhead: {line}", err=True)
        raise SystemExit(EXIT_CONFIG) from None


@click.command()
@service_options
def serve(config: str | None, **flags: Any) -> None:
    """Serve the proxy in front of a chat model.

    Flags win over COOLHEAD_* variables, these over the file. It is ready when /health/ready on the metrics
    port answers 200. SIGTERM and Ctrl-C let running requests end first.
    """
    settings = settings_or_exit(flags, config)
    from guard.app import run

    raise SystemExit(run(settings))

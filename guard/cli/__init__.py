"""The `coolhead` command group; each command is imported when it is called, not before."""

from importlib import import_module
from typing import Any

import rich_click as click

from guard import __version__

_COMMANDS = {
    "serve": "Serve the proxy in front of a chat model.",
    "demo": "Serve with everything included: without an upstream, a local demo model is started too.",
    "classify": "Read a text, or lines of JSON, as the proxy would.",
    "config": "Check and show the settings.",
    "eval": "Measure the detector on turns that you labelled.",
    "train": "Train the detector, export it and write its model card.",
}

_NAMES = {"eval": "evaluation"}
"""Commands whose name Python keeps for itself."""


class _Late(click.RichGroup):
    def list_commands(self, ctx: Any) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: Any, name: str) -> Any:
        if name not in _COMMANDS:
            return None
        return getattr(import_module(f"guard.cli.{name}"), _NAMES.get(name, name))


@click.group(cls=_Late, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="coolhead")
def main() -> None:
    """Coolhead measures, turn by turn, whether a warm chat model stays factual when its users are emotional.

    Point an application's base URL at it and keep the rest as it is.
    """

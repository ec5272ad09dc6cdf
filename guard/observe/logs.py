"""The structlog chain: JSON for machines, readable on a terminal."""

import logging
import sys
from typing import Literal

import msgspec
import structlog

Format = Literal["auto", "json", "console"]


def configure(level: str, format: Format) -> None:
    """Set up structlog and route what libraries log through the same chain, to standard error."""
    console = format == "console" or (format == "auto" and sys.stderr.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor
    if console:
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    else:
        shared += [structlog.processors.format_exc_info]
        renderer = structlog.processors.JSONRenderer(serializer=_json)
    numeric = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(numeric),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def _json(event: object, default: object = None, **_: object) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()

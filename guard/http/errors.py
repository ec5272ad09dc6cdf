"""Exceptions to OpenAI's error bodies."""

from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from guard.wire.errors import BadRequest, CoolheadError, Internal, MethodNotAllowed, NotFound

_log = structlog.get_logger("coolhead")


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The one handler: our errors as they are, the framework's by status, anything else as a bug."""
    known = _known(request, error)
    if isinstance(known, Internal):
        _log.error("internal_error", path=request.url.path, kind=type(error).__name__, exc_info=error)
    return Response(known.body(), status_code=known.status, media_type="application/json")


def _known(request: Request[Any, Any, Any], error: Exception) -> CoolheadError:
    if isinstance(error, CoolheadError):
        return error
    status = error.status_code if isinstance(error, HTTPException) else 500
    path = request.url.path
    if status == 404:
        return NotFound(f"Nothing is at {path}. The API is below /v1, Coolhead's own below /coolhead/v1.")
    if status == 405:
        return MethodNotAllowed(f"{request.method} is not allowed at {path}.")
    if status < 500 and isinstance(error, HTTPException):
        return BadRequest(error.detail)
    return Internal("An unexpected error occurred in Coolhead.")

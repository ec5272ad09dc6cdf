"""The errors that clients see, each with its HTTP status and OpenAI error body.

    CoolheadError
      BadRequest            4xx, the request is wrong and never reached the upstream
        InvalidJson         400 invalid_json
        InvalidPath         400 invalid_path
        InvalidMode         400 invalid_mode
        TooLarge            413 request_too_large
        NotFound            404 not_found
        MethodNotAllowed    405 method_not_allowed
      UpstreamFault         5xx, the upstream gave no usable answer
        Unreachable         502 upstream_unreachable
        TimedOut            504 upstream_timeout
        Broken              502 upstream_broken
      Internal              500 internal_error, a bug of ours

`type` is `invalid_request_error`, `upstream_error` or `coolhead_error`; `code` is the word above.
Errors of the upstream itself are not in this list: they pass through as they came.
"""

import msgspec


class ErrorDetail(msgspec.Struct, frozen=True):
    """The inner object of OpenAI's error shape."""

    message: str
    type: str
    param: str | None
    code: str


class ErrorBody(msgspec.Struct, frozen=True):
    """OpenAI's error shape."""

    error: ErrorDetail


class CoolheadError(Exception):
    """An error that a client sees."""

    status = 500
    type = "coolhead_error"
    code = "internal_error"
    param: str | None = None

    def __init__(self, message: str, *, param: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param or self.param

    def body(self) -> bytes:
        """The JSON body of the error."""
        return msgspec.json.encode(ErrorBody(ErrorDetail(self.message, self.type, self.param, self.code)))

    def event(self) -> bytes:
        """The error as a server-sent event, for a stream that has begun."""
        return b"data: " + self.body() + b"\n\n"


class BadRequest(CoolheadError):
    """The request is wrong; it was not forwarded."""

    status = 400
    type = "invalid_request_error"
    code = "invalid_request"


class InvalidJson(BadRequest):
    """The body is not JSON."""

    code = "invalid_json"


class InvalidPath(BadRequest):
    """The path leaves the API's root."""

    code = "invalid_path"


class InvalidMode(BadRequest):
    """The x-coolhead-mode header holds no mode that is available."""

    code = "invalid_mode"
    param = "x-coolhead-mode"


class TooLarge(BadRequest):
    """The body is larger than the operator allows."""

    status = 413
    code = "request_too_large"


class NotFound(BadRequest):
    """Nothing is at this address."""

    status = 404
    code = "not_found"


class MethodNotAllowed(BadRequest):
    """The address exists, the method does not."""

    status = 405
    code = "method_not_allowed"


class UpstreamFault(CoolheadError):
    """The upstream gave no usable answer."""

    status = 502
    type = "upstream_error"
    code = "upstream_broken"


class Unreachable(UpstreamFault):
    """No connection to the upstream."""

    code = "upstream_unreachable"


class TimedOut(UpstreamFault):
    """The upstream was silent for too long."""

    status = 504
    code = "upstream_timeout"


class Broken(UpstreamFault):
    """The upstream's answer broke off or was not HTTP."""


class Internal(CoolheadError):
    """A bug of ours."""

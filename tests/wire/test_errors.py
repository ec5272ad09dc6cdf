"""The error bodies."""

import json
from pathlib import Path

import pytest

from guard.wire import errors
from guard.wire.errors import CoolheadError


def all_errors() -> list[type[CoolheadError]]:
    """Every error that a client can see."""
    found = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, CoolheadError)]
    return [kind for kind in found if kind not in (CoolheadError, errors.BadRequest, errors.UpstreamFault)]


@pytest.mark.parametrize("kind", all_errors())
def test_openai_shape(kind: type[CoolheadError]) -> None:
    """Every error has OpenAI's shape, in a body and in an event."""
    error = kind("What is wrong.")

    body = json.loads(error.body())
    assert {"message": "What is wrong.", "type": error.type, "param": error.param, "code": error.code} == body["error"]
    assert b"data: " + error.body() + b"\n\n" == error.event()


@pytest.mark.parametrize("kind", all_errors())
def test_documented(kind: type[CoolheadError]) -> None:
    """Every status and code is in the one table that clients read."""
    table = Path("docs/http-api.md").read_text()

    assert f"| {kind.status} | `{kind.type}` | `{kind.code}` |" in table


def test_codes_are_distinct() -> None:
    """A code names one error."""
    codes = [kind.code for kind in all_errors()]

    assert len(set(codes)) == len(codes)

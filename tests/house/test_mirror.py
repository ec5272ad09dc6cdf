"""Tests mirror the sources."""

from pathlib import Path

import pytest

GUARD = Path("guard")
COVERED_ELSEWHERE = {
    "app.py": "tests/e2e: the whole service as a process",
    "core/verdict.py": "types only",
    "core/job.py": "types only",
    "core/settlement.py": "types only",
    "delivery/steps.py": "types only",
    "delivery/format.py": "a protocol only",
    "wire/base.py": "tests/wire/test_formats.py: in every API",
    "wire/pieces.py": "types only",
    "wire/views.py": "types only",
    "stores/base.py": "protocols only",
    "classifier/base.py": "protocols only",
    "pipeline/prompts.py": "words only; tests/pipeline/test_check.py uses them",
    "http/asgi.py": "tests/http/test_chat.py and test_passthrough.py, over real sockets",
    "pipeline/inquiry.py": "types only",
    "pipeline/settle.py": "tests/pipeline/test_wait.py: through whole answers and streams",
    "http/turns.py": "tests/http/test_service.py, over real sockets",
    "http/errors.py": "tests/http/test_service.py, over real sockets",
    "http/server.py": "tests/http/test_health.py and tests/e2e",
    "demo/server.py": "tests/e2e/test_real_model.py: a process of its own",
    "__main__.py": "tests/cli/test_main.py",
    "__init__.py": "a version",
}


def sources() -> list[str]:
    """All modules, as paths below guard/."""
    paths = (path.relative_to(GUARD) for path in GUARD.rglob("*.py"))
    return sorted(str(path) for path in paths if path.name != "__init__.py")


@pytest.mark.parametrize("source", sources())
def test_every_module_has_its_test(source: str) -> None:
    """guard/a/b.py has tests/a/test_b.py, or a reason why another test is its own."""
    path = Path(source)

    assert (Path("tests") / path.parent / f"test_{path.name}").exists() or source in COVERED_ELSEWHERE


@pytest.mark.parametrize("source", COVERED_ELSEWHERE)
def test_exceptions_exist(source: str) -> None:
    """A reason for a module that is gone is gone, too."""
    assert (GUARD / source).exists()

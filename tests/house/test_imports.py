"""What serving loads."""

import subprocess
import sys

HEAVY = ("torch", "transformers", "sentence_transformers", "sklearn", "onnx", "scipy", "pandas", "matplotlib")


def test_serving_is_light() -> None:
    """The whole service is imported without the training stack, and without the demo's server."""
    program = f"import sys, guard.app; print([name for name in {(*HEAVY, 'xllamacpp')!r} if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_commands_are_imported_late() -> None:
    """`coolhead --help` loads no command's stack."""
    program = "import sys, guard.cli; print([n for n in ('litestar', 'onnxruntime', 'aiohttp') if n in sys.modules])"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"

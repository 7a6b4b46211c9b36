"""``python -m zenpro_nb.sandbox``: run the command, or print one line that names the missing package."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

# The packages of the extra "sandbox". Any other missing module is a defect and keeps its traceback.
EXTRA = {
    "faker",
    "fastapi",
    "jwt",
    "pydantic",
    "python_multipart",
    "sqlalchemy",
    "starlette",
    "typing_extensions",
    "uvicorn",
}
# The name of the command in its messages, if another program runs it.
NAME = "ZENPRO_SANDBOX_COMMAND"


def main() -> int:
    """Run the command and return the exit code, which is 2 if a package is missing."""
    try:
        _require_forms()
        from zenpro_nb.sandbox.cli import main as command
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in EXTRA:
            raise
        sys.stderr.write(
            f'The sandbox requires the package {error.name}. Install it: pip install "zenpro-nb[sandbox]"\n'
        )
        return 2
    command(prog_name=os.environ.get(NAME))
    return 0


def _require_forms() -> None:
    """Raise ModuleNotFoundError if python-multipart is missing, before FastAPI fails with a traceback."""
    # Versions before 0.0.13 have only the second name.
    if find_spec("python_multipart") is None and find_spec("multipart") is None:
        raise ModuleNotFoundError("python-multipart is missing", name="python_multipart")


if __name__ == "__main__":
    raise SystemExit(main())

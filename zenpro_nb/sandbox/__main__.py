"""``python -m zenpro_nb.sandbox``: the command, or one line about what is missing for it."""

from __future__ import annotations

import sys
from importlib.util import find_spec

# What the extra "sandbox" brings. Another missing module is a defect and keeps its traceback.
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


def main() -> int:
    """Run the command and return the exit code; 2 where a package is missing."""
    try:
        _require_forms()
        from zenpro_nb.sandbox.cli import main as command
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in EXTRA:
            raise
        sys.stderr.write(f'The sandbox needs the package {error.name}: pip install "zenpro-nb[sandbox]"\n')
        return 2
    command()
    return 0


def _require_forms() -> None:
    """Raise ModuleNotFoundError without python-multipart, which FastAPI would miss with a traceback."""
    # Before 0.0.13 it had only its second name.
    if find_spec("python_multipart") is None and find_spec("multipart") is None:
        raise ModuleNotFoundError("python-multipart is missing", name="python_multipart")


if __name__ == "__main__":
    raise SystemExit(main())

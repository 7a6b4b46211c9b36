"""``python -m zenpro_nb.sandbox``: the command, or one line about what is missing for it."""

from __future__ import annotations

import sys

# The packages of the extra "sandbox". Another missing module is a defect and keeps its traceback.
EXTRA = {"faker", "fastapi", "jwt", "python_multipart", "multipart", "sqlalchemy", "starlette", "uvicorn", "pydantic"}


def main() -> int:
    try:
        import python_multipart  # noqa: F401 - FastAPI imports it only when a form route is declared

        from zenpro_nb.sandbox.cli import main as command
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in EXTRA:
            raise
        sys.stderr.write(f'The sandbox needs the package {error.name}: pip install "zenpro-nb[sandbox]"\n')
        return 2
    command()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

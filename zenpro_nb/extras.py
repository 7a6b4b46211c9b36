"""Optional packages: which extra installs each one, and the error for a missing package."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec

from zenpro_nb.errors import MissingExtraError

# For each extra of pyproject.toml: its packages, and the modules to look for. For a package with several modules, any
# one of them is enough. A test compares this table with pyproject.toml.
PACKAGES: dict[str, dict[str, tuple[str, ...]]] = {
    "sandbox": {
        "faker": ("faker",),
        "fastapi": ("fastapi",),
        "pyjwt": ("jwt",),
        "python-multipart": ("python_multipart", "multipart"),  # renamed in 0.0.13
        "sqlalchemy": ("sqlalchemy",),
        "typing-extensions": ("typing_extensions",),
        "uvicorn": ("uvicorn",),
    },
    "excel": {"openpyxl": ("openpyxl",)},
    "polars": {"polars": ("polars",)},
    "sql": {"duckdb": ("duckdb",)},
    "keyring": {"keyring": ("keyring",)},
    "interactive": {"itables": ("itables",)},
    "png": {"matplotlib": ("matplotlib",)},
    "demo": {"jupyterlab": ("jupyterlab",), "papermill": ("papermill",)},
}
# Extras that are included in another extra.
PARTS = {"demo": ("sandbox", "excel", "sql", "interactive", "png")}


def check(extra: str, purpose: str) -> None:
    """Check that the packages of an extra are installed, without importing them.

    Args:
        extra: its name in pyproject.toml.
        purpose: the feature that needs it, as the subject of a sentence: "SQL", "`demo`".

    Raises:
        MissingExtraError: a package is not installed.
    """
    if missing := _missing(extra):
        problem = f"{', '.join(missing)}, which {'are' if len(missing) > 1 else 'is'} not installed"
        raise MissingExtraError(f"{purpose} needs {problem}", hint=_install(extra))


def has(extra: str) -> bool:
    """Return whether the packages of an extra are installed."""
    return not _missing(extra)


def _missing(extra: str) -> list[str]:
    packages = {name: modules for part in (extra, *PARTS.get(extra, ())) for name, modules in PACKAGES[part].items()}
    return sorted(name for name, modules in packages.items() if not any(map(_is_there, modules)))


def load(extra: str, purpose: str) -> None:
    """Import the packages of an extra, so a later `import` succeeds; the arguments are those of `check`.

    Raises:
        MissingExtraError: a package is not installed, or cannot be imported.
    """
    check(extra, purpose)
    for name, modules in PACKAGES[extra].items():
        try:
            import_module(next(filter(_is_there, modules)))
        except ImportError as error:  # one of the package's own dependencies is missing or broken
            problem = f"{name}, which cannot be imported ({str(error).partition(chr(10))[0]})"
            raise MissingExtraError(f"{purpose} needs {problem}", hint=_install(extra, "--force-reinstall ")) from None


def _is_there(module: str) -> bool:
    if module in sys.modules:
        return sys.modules[module] is not None
    return find_spec(module) is not None


def _install(extra: str, option: str = "") -> str:
    return f'Run: pip install {option}"zenpro-nb[{extra}]"'

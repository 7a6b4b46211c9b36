"""The environment of the tests, which is independent of the settings of the user who runs them."""

from __future__ import annotations

import itertools
import os
import signal
import sys
import sysconfig
import time
from importlib.util import find_spec
from pathlib import Path

import platformdirs
import pytest

# The variables for the tests themselves, see CONTRIBUTING.
KEPT = frozenset(
    {"ZENPRO_KITARU_ENV", "ZENPRO_NO_SKIP", "ZENPRO_SITE", "ZENPRO_WHEEL", "ZENPRO_ZENML_ENV"},
)
# The folders of a user's own files of the extension and ZenML, empty at the start of each test.
OWN_FOLDERS = ("ZENPRO_CONFIG_DIR", "ZENPRO_STATE_DIR", "ZENML_CONFIG_PATH")
# These folders, and those of IPython and Jupyter.
_FOLDERS = (*OWN_FOLDERS, "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
_numbers = itertools.count()


# Far from UTC and without daylight saving time: a naive time read as local time is wrong by hours, all year.
TIME_ZONE = "Asia/Kathmandu"
# The same in POSIX notation, for machines without a time zone database.
_TIME_ZONE_IN_FULL = "<+0545>-05:45"


def leave_utc() -> None:
    """Set the time zone of this process and its children to one that no test machine uses."""
    if not hasattr(time, "tzset"):  # Windows
        return
    for name in (TIME_ZONE, _TIME_ZONE_IN_FULL):
        os.environ["TZ"] = name
        time.tzset()
        if time.timezone:
            return
    raise pytest.UsageError(f"This system does not know the time zone {_TIME_ZONE_IN_FULL}.")


def keep_bytecode() -> None:
    """Let the processes of tests reuse compiled bytecode, even if `PYTHONDONTWRITEBYTECODE` is set.

    Otherwise hundreds of them would compile the same packages. The files go to a cache and not next to the source.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        cache = Path(platformdirs.user_cache_dir("zenpro-nb-tests")) / "bytecode"
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(cache)
        sys.dont_write_bytecode = False


def skip_grammars() -> None:
    """Let jsonschema, which nbformat imports, do without a package that compiles 38 grammars when it is imported.

    This takes 0.8 seconds in each process that collects tests, and checks one format, `iri`, which no test uses.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def receive_signals() -> None:
    """Restore the handlers of SIGHUP, SIGINT and SIGTERM, which `nohup` and a shell's `&` set to be ignored.

    Children inherit ignored signals, and Python raises no KeyboardInterrupt if SIGINT was ignored at its start.
    SIGHUP still does not end tests started with `nohup`: an empty handler lasts until a child calls `exec`.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_IGN:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    hang_up = getattr(signal, "SIGHUP", None)  # Windows has none
    if hang_up is not None and signal.getsignal(hang_up) is signal.SIG_IGN:
        signal.signal(hang_up, lambda number, frame: None)


def refuse_source() -> None:
    """Refuse to run unless the package is installed, and not imported from its source (``ZENPRO_INSTALLED=1``)."""
    spec = find_spec("zenpro_nb")
    place = Path(spec.origin) if spec and spec.origin else None
    if place is None or not place.is_relative_to(sysconfig.get_path("purelib")):
        raise pytest.UsageError(f"The tests are to run against an installed package, and would run against {place}")


def nobody(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Run as a user without settings, logins, journal, IPython profile or kernels, and with an unknown terminal size.

    An existing home folder stays: installers may need its settings, such as indexes and caches.
    """
    for name in [*os.environ]:
        if (name.startswith(("ZENML_", "ZENPRO_")) and name not in KEPT) or name in ("COLUMNS", "LINES"):
            patch.delenv(name)
    for name in _FOLDERS:
        patch.setenv(name, str(folder / name.lower()))
    if not os.access(Path.home(), os.W_OK):
        patch.setenv("HOME", str(folder))


def own_folders(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Set the variables to new folders that do not exist yet, unless a shared fixture has changed them."""
    number = str(next(_numbers))
    for name in OWN_FOLDERS:
        if os.environ.get(name) == str(folder / name.lower()):
            patch.setenv(name, str(folder / number / name.lower()))

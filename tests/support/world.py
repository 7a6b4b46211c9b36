"""The world in which tests run: what whoever started them happened to have set changes nothing."""

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

# What these tests themselves are told by, see CONTRIBUTING.
KEPT = frozenset({"ZENPRO_NO_SKIP", "ZENPRO_ZENML_ENV"})
# Where the extension and ZenML have a person's own files: empty at the beginning of each test.
_OWN_FOLDERS = ("ZENPRO_CONFIG_DIR", "ZENPRO_STATE_DIR", "ZENML_CONFIG_PATH")
# Where IPython and Jupyter have them, too.
_FOLDERS = (*_OWN_FOLDERS, "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
_numbers = itertools.count()


# Far from UTC and without summer time, so that a naive time that is read as local time is wrong by hours, all year.
TIME_ZONE = "Asia/Kathmandu"
# The same as POSIX spells it, for machines without a database of time zones.
_TIME_ZONE_IN_FULL = "<+0545>-05:45"


def leave_utc() -> None:
    """Move this process and those that it starts to a time zone that no machine for tests is in."""
    if not hasattr(time, "tzset"):  # Windows
        return
    for name in (TIME_ZONE, _TIME_ZONE_IN_FULL):
        os.environ["TZ"] = name
        time.tzset()
        if time.timezone:
            return
    raise pytest.UsageError(f"This system does not know the time zone {_TIME_ZONE_IN_FULL}.")


def keep_bytecode() -> None:
    """Let the processes that tests start find what others compiled, also where `PYTHONDONTWRITEBYTECODE` is set.

    Hundreds of them would compile the same packages. The files go to a cache, since none is wanted beside the source.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        cache = Path(platformdirs.user_cache_dir("zenpro-nb-tests")) / "bytecode"
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(cache)
        sys.dont_write_bytecode = False


def receive_signals() -> None:
    """Undo what `nohup` and a shell's `&` hand down: that hanging up, interrupting and ending are ignored.

    Children inherit an ignored signal, and Python raises no KeyboardInterrupt where it found SIGINT ignored.
    A hang-up still does not end the tests that `nohup` began: a handler that does nothing lasts until a child's `exec`.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_IGN:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    hang_up = getattr(signal, "SIGHUP", None)  # Windows has none
    if hang_up is not None and signal.getsignal(hang_up) is signal.SIG_IGN:
        signal.signal(hang_up, lambda number, frame: None)


def refuse_source() -> None:
    """Run no test where the package is not an installed one, whose source is out of reach (``ZENPRO_INSTALLED=1``)."""
    spec = find_spec("zenpro_nb")
    place = Path(spec.origin) if spec and spec.origin else None
    if place is None or not place.is_relative_to(sysconfig.get_path("purelib")):
        raise pytest.UsageError(f"The tests are to run against an installed package, and would run against {place}")


def nobody(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Be somebody without settings, logins, journal, profile of IPython or kernels, with a terminal of no known size.

    The home itself stays, where there is one: what installers need to know (indexes, caches) may be found there only.
    """
    for name in [*os.environ]:
        if (name.startswith(("ZENML_", "ZENPRO_")) and name not in KEPT) or name in ("COLUMNS", "LINES"):
            patch.delenv(name)
    for name in _FOLDERS:
        patch.setenv(name, str(folder / name.lower()))
    if not os.access(Path.home(), os.W_OK):
        patch.setenv("HOME", str(folder))


def own_folders(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Lead to new folders, which are not there yet, where a fixture of several tests has not led elsewhere."""
    number = str(next(_numbers))
    for name in _OWN_FOLDERS:
        if os.environ.get(name) == str(folder / name.lower()):
            patch.setenv(name, str(folder / number / name.lower()))

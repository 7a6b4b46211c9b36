"""The folders where zenpro stores its files on this machine, and paths that users type."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from zenpro_nb.errors import UsageError, ZenProError

APPLICATION = "zenpro"
STATE_VARIABLE = "ZENPRO_STATE_DIR"
CONFIG_VARIABLE = "ZENPRO_CONFIG_DIR"
CAPTURES_VARIABLE = "ZENPRO_CAPTURES_DIR"
PSEUDONYMS_VARIABLE = "ZENPRO_PSEUDONYMS"
_OFF = ("0", "false")


def state_directory(environ: Mapping[str, str] | None = None) -> Path:
    """Return the folder of the journal: `$ZENPRO_STATE_DIR`, or else the platform's folder for state."""
    import platformdirs

    directory = (os.environ if environ is None else environ).get(STATE_VARIABLE)
    return Path(directory) if directory else platformdirs.user_state_path(APPLICATION)


def captures_directory(environ: Mapping[str, str] | None = None) -> Path:
    """Return the folder of the captures: `$ZENPRO_CAPTURES_DIR`, or else `captures` in the journal's folder."""
    directory = (os.environ if environ is None else environ).get(CAPTURES_VARIABLE)
    return expand_home(directory) if directory else state_directory(environ) / "captures"


def reviews_directory(environ: Mapping[str, str] | None = None) -> Path:
    """Return the folder of the reviews: `reviews` in the journal's folder."""
    return state_directory(environ) / "reviews"


def pseudonyms_directory(environ: Mapping[str, str] | None = None) -> Path:
    """Return the folder of the pseudonyms in shells: `pseudonyms` in the journal's folder."""
    return state_directory(environ) / "pseudonyms"


def pseudonyms_switch(environ: Mapping[str, str] | None = None) -> Path:
    """Return the file that exists while `pseudonyms on` is stored."""
    return pseudonyms_directory(environ) / "on"


def shell_shows_pseudonyms() -> bool:
    """Return whether shells show pseudonyms: as `$ZENPRO_PSEUDONYMS` says, or else as `pseudonyms on` has stored."""
    value = os.environ.get(PSEUDONYMS_VARIABLE, "").strip().casefold()
    return value not in _OFF if value else pseudonyms_switch().exists()


def config_directory(environ: Mapping[str, str] | None = None) -> Path:
    """Return the folder of the profiles: `$ZENPRO_CONFIG_DIR`, or else the platform's folder for configuration."""
    import platformdirs

    directory = (os.environ if environ is None else environ).get(CONFIG_VARIABLE)
    return Path(directory) if directory else platformdirs.user_config_path(APPLICATION)


def expand_home(path: str | os.PathLike[str], error: type[ZenProError] = UsageError) -> Path:
    """Return the path with `~` replaced by the home directory.

    Raises:
        ZenProError: the path names the home of a user unknown on this machine; `error` is the class to raise.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise error(f"{str(path)!r} refers to an unknown home directory", hint="Write the path in full.") from None


def path_to_share(notebook: Path) -> Path:
    """Return the file that a clean copy of a notebook is written to unless the user names another."""
    return free_path(notebook.with_name(f"{notebook.stem}-to-share.ipynb"))


def free_path(path: Path) -> Path:
    """Return the path, or the same one with the first number that no file has."""
    others = (path.with_name(f"{path.stem}-{count}{path.suffix}") for count in range(2, 1000))
    return next((file for file in (path, *others) if not file.exists()), path)

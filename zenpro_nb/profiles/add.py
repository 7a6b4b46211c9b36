"""A new profile at the end of the file of profiles; what people have written there stays as it is."""

from __future__ import annotations

import contextlib
import json
import os
import tomllib
from pathlib import Path

from zenpro_nb.errors import SettingsError, UsageError
from zenpro_nb.profiles import file
from zenpro_nb.profiles.invalidation import Watch


def check_name(name: str) -> None:
    """Raise UsageError where a profile cannot have this name."""
    if not file.NAME.fullmatch(name) or name in file.RESERVED:
        raise UsageError(f"{name!r} cannot name a profile", hint="Use letters, digits, _ and -; no word of `use`.")


def add(watch: Watch, name: str, url: str, *, username: str | None, credential: str | None) -> Path:
    """Write a profile that is not there yet, and give the file's path.

    Args:
        credential: the source that it names; None: it names none.

    Raises:
        SettingsError: the file is wrong as it is, or cannot be written.
        UsageError: there is a profile of this name.
    """
    content = file.load(watch)
    if name in content.profiles:
        raise UsageError(f"There is a profile {name!r} in {content.path}", hint="Change it there, or use another name.")
    before = content.path.read_text(encoding="utf-8") if watch.file(content.path) else f'default = "{name}"\n'
    pairs = {"url": url, "username": username, "credential": credential}
    # JSON's strings are TOML's basic strings too.
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in pairs.items() if value]
    text = "\n".join([before.rstrip("\n"), "", f"[profiles.{name}]", *lines, ""])
    if not _is_toml(text):
        raise SettingsError(
            f"{content.path} has its profiles between braces, and is not changed",
            hint=f"Put this between them by hand, with a comma: {name} = {{ {', '.join(lines)} }}",
        )
    _replace(content.path, text)
    return content.path


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _replace(path: Path, text: str) -> None:
    """The file is there whole or not at all, and keeps its mode; a new one is its owner's alone."""
    real = Path(os.path.realpath(path))  # a link keeps pointing where it points
    temporary = real.with_name(f".{real.name}.{os.getpid()}")
    try:
        real.parent.mkdir(parents=True, exist_ok=True)
        mode = real.stat().st_mode & 0o777 if real.exists() else 0o600
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(text)
        temporary.replace(real)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        reason = error.strerror or type(error).__name__
        raise SettingsError(
            f"{path} cannot be written: {reason}", hint="Set ZENPRO_CONFIG_DIR to a folder that can."
        ) from None

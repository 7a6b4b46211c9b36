"""The file of profiles: TOML in the user's configuration directory, written by people.

default = "prod"

[profiles.prod]
url = "https://pro.example.com/api/v1"
organization = "acme"
credential = "env:ACME_KEY"

[profiles.prod.workspaces.ml-prod]
credential = "file:~/.secrets/ml-prod"

[profiles.local]
url = "http://127.0.0.1:8237"
kind = "server"
credential = "env:ZENML_STORE_API_KEY"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from zenpro_nb.client import normalize
from zenpro_nb.errors import SettingsError, UsageError
from zenpro_nb.files.paths import config_directory
from zenpro_nb.profiles.invalidation import Watch
from zenpro_nb.profiles.sources import CredentialSource, Override, parse
from zenpro_nb.security.masking import is_secret
from zenpro_nb.security.secret import scrub
from zenpro_nb.syntax.suggestions import did_you_mean

FILE = "profiles.toml"
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
# Words that mean something else behind `use`.
RESERVED = frozenset({"organization", "workspace", "server", "environment", "sandbox", "login", "zenml"})

_KEYS = ("url", "kind", "organization", "workspace", "username", "credential", "workspaces")
_WORKSPACE_KEYS = ("url", "credential")
# What stands at the URL: a control plane, which is the rule, or a plain ZenML server.
KINDS = ("control-plane", "server")
_ADVICE = 'A profile names where the secret stands, and never holds it: credential = "env:NAME", for instance.'


@dataclass(frozen=True)
class Profile:
    """One profile, as it is written."""

    name: str
    url: str
    organization: str | None = None
    workspace: str | None = None
    username: str | None = None
    source: CredentialSource | None = None
    overrides: Mapping[str, Override] = field(default_factory=dict)
    plain: bool = False


@dataclass(frozen=True)
class ProfileFile:
    """What the file holds; nothing where there is none."""

    path: Path
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    default: str | None = None


def path_of(watch: Watch) -> Path:
    """Where the file is, or would be."""
    return config_directory(watch.environ) / FILE


def load(watch: Watch) -> ProfileFile:
    """Read the file.

    Raises:
        SettingsError: it cannot be read, or something in it is wrong; the message names the file and the line.
    """
    path = path_of(watch)
    if not watch.file(path):
        return ProfileFile(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise SettingsError(f"{path} cannot be read: {reason}", hint="Correct or remove it.") from None
    try:
        return _Reader(path, text).read()
    except SettingsError as error:
        wrong = SettingsError(error.message, hint=error.hint)
    # Raised here, where no traceback of the reader holds the text: somebody may have pasted a secret into it.
    del text
    raise wrong


class _Reader:
    """Goes through the file once, and knows on which line each thing stands."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.text = text

    def read(self) -> ProfileFile:
        data = self._parsed()
        self._known(data, ("default", "profiles"), ())
        tables = data.get("profiles", {})
        if not isinstance(tables, dict):
            raise self._error(("profiles",), "", "`profiles` is no table", "Write [profiles.NAME].")
        profiles = {name: self._profile(name, table) for name, table in tables.items()}
        default = self._text(data, "default", ())
        if default is not None and default not in profiles:
            raise self._error((), "default", f"there is no profile {default!r}", _listed(profiles))
        return ProfileFile(self.path, profiles, default)

    def _parsed(self) -> dict[str, object]:
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            words = scrub(str(error))
        line = re.search(r"line (\d+)", words)
        # What ends too early is told without a line.
        number = line.group(1) if line else len(self.text.splitlines())
        place = f"{self.path}, line {number}"
        reason = re.sub(r"\s*\(at .*?\)$", "", words)
        raise SettingsError(f"{place}: {reason}", hint="See https://toml.io for how TOML is written.")

    def _profile(self, name: str, table: object) -> Profile:
        place = ("profiles", name)
        if not NAME.fullmatch(name) or name in RESERVED:
            raise self._error(place, "", f"{name!r} cannot name a profile", "Use letters, digits, _ and -; no command.")
        if not isinstance(table, dict):
            raise self._error(("profiles",), name, f"{name!r} is no table", f"Write [profiles.{name}].")
        self._known(table, _KEYS, place)
        url = self._url(table, place)
        if url is None:
            raise self._error(place, "", "the profile has no `url`", 'Write url = "https://…".')
        return Profile(
            name=name,
            url=url,
            organization=self._text(table, "organization", place),
            workspace=self._text(table, "workspace", place),
            username=self._text(table, "username", place),
            source=self._source(table, place),
            overrides=self._overrides(table.get("workspaces", {}), place),
            plain=self._kind(table, place) == "server",
        )

    def _kind(self, table: Mapping[str, object], place: tuple[str, ...]) -> str:
        kind = self._text(table, "kind", place) or KINDS[0]
        if kind not in KINDS:
            raise self._error(place, "kind", f"{kind!r} is no kind of server", f"Write {' or '.join(KINDS)}.")
        return kind

    def _overrides(self, tables: object, place: tuple[str, ...]) -> dict[str, Override]:
        if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
            raise self._error(
                place, "workspaces", "`workspaces` is no table of tables", "Write [profiles.X.workspaces.Y]."
            )
        found: dict[str, Override] = {}
        for name, table in tables.items():
            inner = (*place, "workspaces", name)
            self._known(table, _WORKSPACE_KEYS, inner)
            found[name] = Override(self._url(table, inner), self._source(table, inner))
        return found

    def _url(self, table: Mapping[str, object], place: tuple[str, ...]) -> str | None:
        text = self._text(table, "url", place)
        try:
            return None if text is None else normalize(text)
        except UsageError as error:
            raise self._error(place, "url", error.message.rstrip("."), error.hint) from None

    def _source(self, table: Mapping[str, object], place: tuple[str, ...]) -> CredentialSource | None:
        text = self._text(table, "credential", place)
        try:
            return None if text is None else parse(text)
        except UsageError as error:
            raise self._error(place, "credential", error.message, error.hint) from None

    def _text(self, table: Mapping[str, object], key: str, place: tuple[str, ...]) -> str | None:
        value = table.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            raise self._error(place, key, f"`{key}` is no text", f'Write {key} = "…".')
        if scrub(value) != value:
            raise self._error(place, key, f"`{key}` holds a secret", _ADVICE)
        return value.strip()

    def _known(self, table: Mapping[str, object], keys: tuple[str, ...], place: tuple[str, ...]) -> None:
        for key in table:
            if key in keys:
                continue
            if is_secret(key):
                raise self._error(place, key, f"`{key}` is where a secret would stand", _ADVICE)
            hint = did_you_mean(key, keys, f"Known: {', '.join(keys)}.")
            raise self._error(place, key, f"`{scrub(key)}` means nothing here", hint)

    def _error(self, place: tuple[str, ...], key: str, words: str, hint: str) -> SettingsError:
        return SettingsError(f"{self.path}, line {line_of(self.text, place, key)}: {words}", hint=hint)


def line_of(text: str, place: tuple[str, ...], key: str) -> int:
    """On which line a key of a table stands, or the table's header; the first line where it is written unusually."""
    header = 1
    inside = not place
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if bare.startswith("["):
            inside = tuple(part.strip(" \"'") for part in bare.strip("[] ").split("]")[0].split(".")) == place
            header = number if inside else header
        elif inside and key and re.match(rf"[\"']?{re.escape(key)}[\"']?\s*[=.]", bare):
            return number
    return header


def _listed(profiles: Mapping[str, Profile]) -> str:
    return f"There are: {', '.join(profiles)}." if profiles else "There is none at all."

"""The file of profiles: TOML in the user's configuration directory, written by people.

default = "prod"

[profiles.prod]
url = "https://pro.example.com/api/v1"
organization = "acme"
credential = "env:ACME_KEY"
read_only = true

[profiles.prod.workspaces.ml-prod]
credential = "file:~/.secrets/ml-prod"

[profiles.local]
url = "http://127.0.0.1:8237"
kind = "server"
credential = "env:ZENML_STORE_API_KEY"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args

import msgspec
from msgspec.structs import replace

from zenpro_nb.client import normalize
from zenpro_nb.errors import SettingsError, UsageError
from zenpro_nb.files.atomic import replacing
from zenpro_nb.files.paths import config_directory
from zenpro_nb.profiles.invalidation import Watch
from zenpro_nb.profiles.sources import CredentialSource, Override, parse
from zenpro_nb.security.masking import is_secret
from zenpro_nb.security.secret import scrub
from zenpro_nb.syntax.suggestions import did_you_mean

T = TypeVar("T")
Table = TypeVar("Table", bound=msgspec.Struct)
Place = tuple[str, ...]  # the tables that lead to a key

FILE = "profiles.toml"
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
# Words that mean something else behind `use`.
RESERVED = frozenset({"organization", "workspace", "server", "environment", "sandbox", "login", "zenml"})

# What stands at the URL: a control plane, which is the rule, or a plain ZenML server.
ServerKind = Literal["control-plane", "server"]
_SERVER_KINDS = " or ".join(get_args(ServerKind))
_NO_KEYS = ("name", "overrides")  # fields that come from the names of tables
_ADVICE = 'A profile names where the secret stands, and never holds it: credential = "env:NAME", for instance.'


class Profile(msgspec.Struct, frozen=True):
    """One profile; but for the first and the last, the fields are the keys of its table."""

    name: str = ""
    url: str = ""
    kind: ServerKind = "control-plane"
    organization: str | None = None
    workspace: str | None = None
    username: str | None = None
    credential: str | None = None  # the source of the credential, as it is written
    read_only: bool = False  # every write is refused while the profile is in use
    writes_at_once: Annotated[int, msgspec.Meta(ge=1, le=32)] | None = None  # the most writes of a command under way
    overrides: Mapping[str, Override] = msgspec.field(default_factory=dict)

    @property
    def plain(self) -> bool:
        """Return whether it is for a plain ZenML server, one without a control plane."""
        return self.kind == "server"

    @property
    def source(self) -> CredentialSource | None:
        """Return the source of the credential, where one is named."""
        return parse(self.credential) if self.credential else None


class ProfileFile(msgspec.Struct, frozen=True):
    """What the file holds; nothing where there is none."""

    path: Path
    profiles: Mapping[str, Profile] = msgspec.field(default_factory=dict)
    default: str | None = None


def path_of(watch: Watch) -> Path:
    """Return where the file is, or would be."""
    return config_directory(watch.environ) / FILE


def load(watch: Watch) -> ProfileFile:
    """Read the file.

    Raises:
        SettingsError: it cannot be read, or something in it is wrong; the message names the file, the line and the key.
    """
    path = path_of(watch)
    if not watch.file(path):
        return ProfileFile(path)
    try:
        return _Reader(path, _text(path)).read()
    except SettingsError as error:
        wrong = SettingsError(error.message, hint=error.hint)
    # Raised here, where no traceback of the reader holds the text: somebody may have pasted a secret into it.
    raise wrong


def check_name(name: str) -> None:
    """Raise UsageError where a profile cannot have this name."""
    if not NAME.fullmatch(name) or name in RESERVED:
        raise UsageError(f"A profile cannot be called {name!r}", hint="Use letters, digits, _ and -; no word of `use`.")


def add(watch: Watch, name: str, url: str, *, username: str | None, credential: str | None) -> Path:
    """Write a profile that is not there yet behind what people have written, and return the file's path.

    Args:
        watch: what says where the file is.
        name: of the profile.
        url: of its server.
        username: of a local user, who has a password.
        credential: the source that it names; None: it names none.

    Raises:
        SettingsError: the file is wrong as it is, or cannot be written.
        UsageError: there is a profile of this name.
    """
    import tomlkit

    content = load(watch)
    if name in content.profiles:
        raise UsageError(f"There is a profile {name!r} in {content.path}", hint="Change it there, or use another name.")
    document = tomlkit.parse(_text(content.path) if watch.file(content.path) else f'default = "{name}"\n')
    pairs = {"url": url, "username": username, "credential": credential}
    table = {key: value for key, value in pairs.items() if value}
    held = document.get("profiles")
    if isinstance(held, tomlkit.items.InlineTable):
        held[name] = table
    else:
        document.append("profiles", tomlkit.table(is_super_table=True).append(name, table))
    text = tomlkit.dumps(document)
    _Reader(content.path, text).read()  # what could not be read again is not written
    try:
        with replacing(content.path, private=True) as temporary:
            temporary.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError(
            f"{content.path} cannot be written: {reason}", hint="Set ZENPRO_CONFIG_DIR to a folder that can."
        ) from None
    return content.path


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise SettingsError(f"{path} cannot be read: {reason}", hint="Correct or remove it.") from None


class _Top(msgspec.Struct, frozen=True):
    """What stands above all tables."""

    default: str | None = None


class _Reader:
    """Goes through the file once, and knows on which line each thing stands."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.text = text

    def read(self) -> ProfileFile:
        data = self._parsed()
        tables = self._tables(data.pop("profiles", {}), ("profiles",))
        profiles = {name: self._profile(name, table) for name, table in tables.items()}
        default = self._table(_Top, data, ()).default
        if default is not None and default not in profiles:
            known = f"There are: {', '.join(profiles)}." if profiles else "There is none at all."
            raise self._error((), "default", f"there is no profile {default!r}", known)
        return ProfileFile(self.path, profiles, default)

    def _parsed(self) -> dict[str, Any]:
        import tomllib  # not before there is something to read: the tree of commands is to load quickly

        try:
            return tomllib.loads(self.text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            words = scrub(str(error))
        line = re.search(r"line (\d+)", words)
        # What ends too early is told without a line.
        number = line.group(1) if line else len(self.text.splitlines())
        reason = re.sub(r"\s*\(at .*?\)$", "", words)
        raise SettingsError(
            f"{self.path}, line {number}: {reason}", hint="See https://toml.io for how TOML is written."
        )

    def _profile(self, name: str, data: dict[str, Any]) -> Profile:
        place = ("profiles", name)
        self._judged(check_name, name, place, "")
        tables = self._tables(data.pop("workspaces", {}), (*place, "workspaces"))
        if "url" not in data:
            raise self._error(place, "", "the profile has no `url`", 'Write url = "https://…".')
        overrides = {text: self._table(Override, table, (*place, "workspaces", text)) for text, table in tables.items()}
        return replace(self._table(Profile, data, place), name=name, overrides=overrides)

    def _tables(self, value: object, place: Place) -> dict[str, dict[str, Any]]:
        if not isinstance(value, dict):
            words = f"`{place[-1]}` is not a table of tables"
            raise self._error(place[:-1], place[-1], words, f"Write [{'.'.join(place)}.NAME].")
        for name, table in value.items():
            if not isinstance(table, dict):
                raise self._error(place, name, f"{name!r} is not a table", f"Write [{'.'.join(place)}.{name}].")
        return value

    def _table(self, kind: type[Table], data: dict[str, Any], place: Place) -> Table:
        """Return the table as the struct whose fields are its keys."""
        keys = [field for field in kind.__struct_fields__ if field not in _NO_KEYS]
        checked = {key: self._checked(key, value, keys, place) for key, value in data.items()}
        try:
            return msgspec.convert(checked, kind)
        except msgspec.ValidationError as error:
            key = str(error).rpartition("$.")[2].strip("`")
        if key == "read_only":
            raise self._error(place, key, f"`{key}` is neither true nor false", f"Write {key} = true, without quotes.")
        if key == "writes_at_once":
            raise self._error(place, key, f"`{key}` is not a number from 1 to 32", f"Write {key} = 8, without quotes.")
        if key == "kind" and isinstance(data[key], str):
            raise self._error(place, key, f"{data[key]!r} is not a kind of server", f"Write {_SERVER_KINDS}.")
        raise self._error(place, key, f"`{key}` is not text", f'Write {key} = "…".')

    def _checked(self, key: str, value: object, keys: list[str], place: Place) -> object:
        """Return the value as it is meant. Secrets, and keys that mean nothing, are refused."""
        if key not in keys and is_secret(key):
            raise self._error(place, key, f"`{key}` would hold a secret", _ADVICE)
        if key not in keys:
            hint = did_you_mean(key, keys, f"Known: {', '.join(keys)}.")
            raise self._error(place, key, f"`{scrub(key)}` is not a key of this table", hint)
        if not isinstance(value, str):
            return value
        if not value.strip():
            raise self._error(place, key, f"`{key}` is empty", f'Write {key} = "…", or leave it out.')
        text = self._judged(normalize, value, place, key) if key == "url" else value.strip()
        if scrub(text) != text:
            raise self._error(place, key, f"`{key}` holds a secret", _ADVICE)
        if key == "credential":
            self._judged(parse, text, place, key)
        return text

    def _judged(self, judge: Callable[[str], T], text: str, place: Place, key: str) -> T:
        try:
            return judge(text)
        except UsageError as error:
            raise self._error(place, key, error.message.rstrip("."), error.hint) from None

    def _error(self, place: Place, key: str, words: str, hint: str) -> SettingsError:
        return SettingsError(f"{self.path}, line {line_of(self.text, place, key)}: {words}", hint=hint)


def line_of(text: str, place: Place, key: str) -> int:
    """Return the line of a key of a table, or of the table's header; the first where it is written unusually."""
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

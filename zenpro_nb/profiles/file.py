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
from zenpro_nb.files.atomic import replace_file
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
# Words with another meaning after `use`.
RESERVED = frozenset({"organization", "workspace", "server", "environment", "sandbox", "login", "zenml"})

# The kind of server at the URL: a control plane, which is the default, or a plain ZenML server.
ServerKind = Literal["control-plane", "server"]
_SERVER_KINDS = " or ".join(get_args(ServerKind))
_NO_KEYS = ("name", "overrides")  # fields that come from the names of tables
_ADVICE = 'Name the source of the secret instead of the secret, for example: credential = "env:NAME".'


class Profile(msgspec.Struct, frozen=True):
    """One profile; except for the first and the last one, the fields are the keys of its table."""

    name: str = ""
    url: str = ""
    kind: ServerKind = "control-plane"
    organization: str | None = None
    workspace: str | None = None
    username: str | None = None
    credential: str | None = None  # the source of the credential, as written
    read_only: bool = False  # every write is refused while the profile is in use
    # the maximum number of parallel writes of a command
    writes_at_once: Annotated[int, msgspec.Meta(ge=1, le=32)] | None = None
    overrides: Mapping[str, Override] = msgspec.field(default_factory=dict)

    @property
    def plain(self) -> bool:
        """Return whether it is for a plain ZenML server, one without a control plane."""
        return self.kind == "server"

    @property
    def source(self) -> CredentialSource | None:
        """Return the source of the credential, if one is named."""
        return parse(self.credential) if self.credential else None


class ProfileFile(msgspec.Struct, frozen=True):
    """The content of the file; empty if there is no file."""

    path: Path
    profiles: Mapping[str, Profile] = msgspec.field(default_factory=dict)
    default: str | None = None


def path_of(watch: Watch) -> Path:
    """Return the path of the file, even if it does not exist."""
    return config_directory(watch.environ) / FILE


def load(watch: Watch) -> ProfileFile:
    """Read the file.

    Raises:
        SettingsError: it cannot be read, or its content is invalid; the message gives the file, the line and the key.
    """
    path = path_of(watch)
    if not watch.file(path):
        return ProfileFile(path)
    try:
        return _ProfileReader(path, _text(path)).read()
    except SettingsError as error:
        failure = SettingsError(error.message, hint=error.hint)
    # Raised here, where no traceback of the reader contains the text: it may contain a pasted secret.
    raise failure


def check_name(name: str) -> None:
    """Raise UsageError if a profile cannot have this name."""
    if not NAME.fullmatch(name) or name in RESERVED:
        raise UsageError(
            f"{name!r} is not a valid profile name",
            hint=f"Use only letters, digits, _, and -. Reserved names: {', '.join(sorted(RESERVED))}.",
        )


def add(watch: Watch, name: str, url: str, *, username: str | None, credential: str | None) -> Path:
    """Append a new profile to the file without changing its other content, and return the file's path.

    Args:
        watch: determines where the file is.
        name: the name of the profile.
        url: the URL of its server.
        username: the name of a local user with a password.
        credential: the source of the credential; None: the profile names none.

    Raises:
        SettingsError: the file is invalid, or cannot be written.
        UsageError: a profile with this name exists.
    """
    import tomlkit

    content = load(watch)
    if name in content.profiles:
        raise UsageError(f"{content.path} already has a profile {name!r}", hint="Edit it there, or use another name.")
    document = tomlkit.parse(_text(content.path) if watch.file(content.path) else f'default = "{name}"\n')
    pairs = {"url": url, "username": username, "credential": credential}
    table = {key: value for key, value in pairs.items() if value}
    profiles = document.get("profiles")
    if isinstance(profiles, tomlkit.items.InlineTable):
        profiles[name] = table
    else:
        document.append("profiles", tomlkit.table(is_super_table=True).append(name, table))
    text = tomlkit.dumps(document)
    _ProfileReader(content.path, text).read()  # text that could not be read again is not written
    try:
        with replace_file(content.path, private=True) as temporary:
            temporary.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError(
            f"{content.path} cannot be written: {reason}", hint="Set ZENPRO_CONFIG_DIR to a writable folder."
        ) from None
    return content.path


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise SettingsError(f"{path} cannot be read: {reason}", hint="Fix or remove it.") from None


class _Top(msgspec.Struct, frozen=True):
    """The keys above all tables."""

    default: str | None = None


class _ProfileReader:
    """Reads the file once, and knows the line of each key."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.text = text

    def read(self) -> ProfileFile:
        data = self._parse()
        tables = self._tables(data.pop("profiles", {}), ("profiles",))
        profiles = {name: self._profile(name, table) for name, table in tables.items()}
        default = self._table(_Top, data, ()).default
        if default is not None and default not in profiles:
            hint = f"Known: {', '.join(profiles)}." if profiles else "The file has no profiles."
            raise self._error((), "default", f"there is no profile {default!r}", hint)
        return ProfileFile(self.path, profiles, default)

    def _parse(self) -> dict[str, Any]:
        import tomllib  # imported here, because the command tree must load quickly

        try:
            return tomllib.loads(self.text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            words = scrub(str(error))
        line = re.search(r"line (\d+)", words)
        # An error at the end of the text is reported without a line.
        number = line.group(1) if line else len(self.text.splitlines())
        reason = re.sub(r"\s*\(at .*?\)$", "", words)
        raise SettingsError(f"{self.path}, line {number}: {reason}", hint="See https://toml.io for the syntax of TOML.")

    def _profile(self, name: str, data: dict[str, Any]) -> Profile:
        place = ("profiles", name)
        self._validate(check_name, name, place, "")
        tables = self._tables(data.pop("workspaces", {}), (*place, "workspaces"))
        if "url" not in data:
            raise self._error(place, "", "`url` is required", 'Write url = "https://…".')
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
        checked = {key: self._check(key, value, keys, place) for key, value in data.items()}
        try:
            return msgspec.convert(checked, kind)
        except msgspec.ValidationError as error:
            key = str(error).rpartition("$.")[2].strip("`")
        if key == "read_only":
            raise self._error(place, key, f"`{key}` must be true or false", f"Write {key} = true, without quotes.")
        if key == "writes_at_once":
            raise self._error(place, key, f"`{key}` must be a number from 1 to 32", f"Write {key} = 8, without quotes.")
        if key == "kind" and isinstance(data[key], str):
            raise self._error(place, key, f"{data[key]!r} is not a kind of server", f"Write {_SERVER_KINDS}.")
        raise self._error(place, key, f"`{key}` must be text", f'Write {key} = "…".')

    def _check(self, key: str, value: object, keys: list[str], place: Place) -> object:
        """Return the cleaned value. Secrets and unknown keys are refused."""
        if key not in keys and is_secret(key):
            raise self._error(place, key, f"`{key}` would contain a secret", _ADVICE)
        if key not in keys:
            hint = did_you_mean(key, keys, f"Known: {', '.join(keys)}.")
            raise self._error(place, key, f"`{scrub(key)}` is not a key of this table", hint)
        if not isinstance(value, str):
            return value
        if not value.strip():
            raise self._error(place, key, f"`{key}` is empty", f'Write {key} = "…", or leave it out.')
        text = self._validate(normalize, value, place, key) if key == "url" else value.strip()
        if scrub(text) != text:
            raise self._error(place, key, f"`{key}` contains a secret", _ADVICE)
        if key == "credential":
            self._validate(parse, text, place, key)
        return text

    def _validate(self, validate: Callable[[str], T], text: str, place: Place, key: str) -> T:
        try:
            return validate(text)
        except UsageError as error:
            raise self._error(place, key, error.message.rstrip("."), error.hint) from None

    def _error(self, place: Place, key: str, words: str, hint: str) -> SettingsError:
        return SettingsError(f"{self.path}, line {line_of(self.text, place, key)}: {words}", hint=hint)


def line_of(text: str, place: Place, key: str) -> int:
    """Return the line of a key of a table, or of the table's header; the first line for unusual notations."""
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

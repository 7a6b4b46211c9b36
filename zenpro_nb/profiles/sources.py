"""Define where a credential can be: `env:NAME`, `file:PATH`, `keyring` or `zenml`. Profiles name only the place."""

from __future__ import annotations

import os
import re
import shlex
import stat
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.client import WORKSPACE_LOGIN, ApiKey, BearerToken, Credential, PasswordLogin
from zenpro_nb.errors import CredentialError, UsageError
from zenpro_nb.files.paths import expand_home
from zenpro_nb.profiles.invalidation import Watch
from zenpro_nb.security.secret import Secret

VARIABLE_KIND = "environment variable"
_PARTICIPLES = ("typed ", "confirmed ")  # how a source begins that is an action of the user, not a place
FORMS = "env:NAME, file:PATH, keyring, keyring:ENTRY or zenml"

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Three base64url parts; the first one begins a JSON object (API facts 2.1: tokens are JWTs).
_JWT = re.compile(r"eyJ[\w\-]*\.[\w\-]+\.[\w\-]*")


class FoundCredential(Struct, frozen=True):
    """The result for a source: a credential, or the reason why there is none."""

    credential: Credential | None
    source: str  # in words
    problem: str = ""
    warning: str = ""  # why the source is unsafe, although its credential is used


class CredentialSource(Struct, frozen=True):
    """A source that a profile names: `kind` is env, file, keyring or zenml."""

    kind: str
    name: str = ""


class Override(Struct, frozen=True):
    """A profile's settings for one workspace: another address of its server, another credential for it."""

    url: str | None = None
    credential: str | None = None  # its source, as written


# Turns a secret, and its username if there is one, into a credential.
Make = Callable[[Secret, "str | None"], Credential]


class Need(Struct, frozen=True):
    """The purpose of a credential: the server, the user, and the account that stores the login."""

    url: str
    account: str
    username: str | None = None
    make: Make | None = None

    def credential(self, secret: Secret) -> Credential:
        """Return the secret as the needed credential; raise CredentialError if it cannot be one."""
        return (self.make or recognize)(secret, self.username)


def parse(text: str) -> CredentialSource:
    """Return the source that a profile names.

    Raises:
        UsageError: the text is not a source. The message does not repeat it: it may be a secret, pasted by mistake.

    Example:
        >>> parse("env:ACME_KEY")
        CredentialSource(kind='env', name='ACME_KEY')
    """
    kind, colon, name = text.partition(":")
    if kind == "env" and _VARIABLE.fullmatch(name):
        return CredentialSource(kind, name)
    if kind == "file" and name.strip():
        return CredentialSource(kind, name)
    if kind == "keyring" and bool(colon) == bool(name):
        return CredentialSource(kind, name)
    if text == "zenml":
        return CredentialSource(kind)
    raise UsageError(
        "`credential` must name the source of the secret, not contain the secret itself", hint=f"Write {FORMS}."
    )


def recognize(secret: Secret, username: str | None = None) -> Credential:
    """Return the credential for a secret.

    With a username it is a password, otherwise a token if it looks like one, otherwise a key.

    It is inferred that a personal access token looks like a key (API facts 2.1). Anything that is not a JWT is
    sent as a key, and the server decides.

    Raises:
        CredentialError: it cannot be a credential for a control plane.
    """
    if username:
        return PasswordLogin(username, secret)
    return BearerToken(secret) if _JWT.fullmatch(secret.reveal()) else ApiKey(secret)


def for_workspace(secret: Secret, username: str | None = None) -> Credential:
    """Return the credential for a secret of a workspace's own server, whose login has another route."""
    if username:
        return PasswordLogin(username, secret, login=WORKSPACE_LOGIN)
    return BearerToken(secret) if _JWT.fullmatch(secret.reveal()) else ApiKey(secret, login=WORKSPACE_LOGIN)


def accepts(secret: Secret, need: Need, source_label: str, warning: str = "") -> FoundCredential:
    """Return the credential, or the reason why it cannot be used."""
    try:
        return FoundCredential(need.credential(secret), source_label, warning=warning)
    except CredentialError as error:
        return FoundCredential(
            None, source_label, f"{source_label[0].upper()}{source_label[1:]} cannot be used: {error}"
        )


def from_variable(name: str, need: Need, watch: Watch) -> FoundCredential:
    """Return the credential in an environment variable."""
    source_label = f"{VARIABLE_KIND} {name}"
    secret = Secret(watch.variable(name))
    if not secret:
        return FoundCredential(None, source_label, f"The {source_label} is not set")
    return accepts(secret, need, source_label)


def from_file(name: str, need: Need, watch: Watch, folder: Path) -> FoundCredential:
    """Return the credential in a file with a single line.

    A file of this account that others can read is refused. A file of another account, or on a read-only file system, is
    accepted with a warning: secrets mounted into a container are often readable by everyone there.

    Args:
        folder: the base of relative paths.
    """
    try:
        path = folder / expand_home(name)
    except UsageError as error:
        return FoundCredential(None, f"file {name}", str(error))
    source_label = f"file {path}"
    watch.file(path)
    try:
        with path.open(encoding="utf-8") as file:
            exposed = exposure(file)
            if exposed is not None and exposed.fixable:
                problem = f"The {source_label} can be read by other accounts (mode {exposed.mode})"
                return FoundCredential(None, source_label, f"{problem}. Run: chmod 600 {shlex.quote(str(path))}")
            secret = Secret(file.read(limits.SECRET_FILE).strip())
    except OSError as error:
        return FoundCredential(
            None, source_label, f"The {source_label} cannot be read: {error.strerror or type(error).__name__}"
        )
    except UnicodeDecodeError:
        return FoundCredential(None, source_label, f"The {source_label} does not contain text")
    if not secret:
        return FoundCredential(None, source_label, f"The {source_label} is empty")
    warning = "" if exposed is None else f"the {source_label} can be read by other accounts (mode {exposed.mode})"
    return accepts(secret, need, source_label, warning)


class Exposure(Struct, frozen=True):
    """How far a file is open to other accounts on the machine."""

    mode: str  # in the notation of `ls` and `chmod`: "0644"
    fixable: bool  # whether this account owns it and its file system is writable


def exposure(file: IO[Any]) -> Exposure | None:
    """Return how far an open file is readable by others, or None if only its owner can read it.

    Always None on Windows, which has no such modes: a file there inherits the access list of its folder, which is not
    examined.
    """
    if os.name != "posix":
        return None
    status = os.fstat(file.fileno())
    if not status.st_mode & (stat.S_IRGRP | stat.S_IROTH):
        return None
    read_only = bool(os.fstatvfs(file.fileno()).f_flag & os.ST_RDONLY)
    return Exposure(f"{stat.S_IMODE(status.st_mode):04o}", status.st_uid == os.geteuid() and not read_only)


def with_source(kind: str, source: str) -> str:
    """Return the kind of a credential and its source, in words.

    >>> with_source("API key", "environment variable ZENML_PRO_API_KEY")
    'API key from ZENML_PRO_API_KEY'
    >>> with_source("API key", "typed in this session")
    'API key, typed in this session'
    """
    if source.startswith(_PARTICIPLES):
        return f"{kind}, {source}"
    return f"{kind} from {source.removeprefix(f'{VARIABLE_KIND} ')}"

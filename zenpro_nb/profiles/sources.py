"""Where a credential may stand: `env:NAME`, `file:PATH`, `keyring` or `zenml`. A profile names one, and holds none."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.client import WORKSPACE_LOGIN, ApiKey, BearerToken, Credential, PasswordLogin
from zenpro_nb.errors import CredentialError, UsageError
from zenpro_nb.files.paths import expanded
from zenpro_nb.files.permissions import exposure
from zenpro_nb.profiles.invalidation import Watch
from zenpro_nb.security.secret import Secret

FORMS = "env:NAME, file:PATH, keyring, keyring:ENTRY or zenml"

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Three base64url parts, the first of which begins a JSON object (API facts 2.1: tokens are JWTs).
_JWT = re.compile(r"eyJ[\w\-]*\.[\w\-]+\.[\w\-]*")


class FoundCredential(Struct, frozen=True):
    """What stood at a source: a credential, or the reason why there is none."""

    credential: Credential | None
    source: str  # in words
    problem: str = ""
    warning: str = ""  # what is unsafe about the source, although its credential is used


class CredentialSource(Struct, frozen=True):
    """A place that a profile names: `kind` is env, file, keyring or zenml."""

    kind: str
    name: str = ""


class Override(Struct, frozen=True):
    """What a profile says about one workspace: another address of its server, another credential for it."""

    url: str | None = None
    credential: str | None = None  # its source, as it is written


# Turns a secret, and the username that belongs to it where there is one, into a credential.
Make = Callable[[Secret, "str | None"], Credential]


class Need(Struct, frozen=True):
    """What a credential is looked for: the server, who signs in there, and under which account it would be kept."""

    url: str
    account: str
    username: str | None = None
    make: Make | None = None

    def credential(self, secret: Secret) -> Credential:
        """Return the secret as the credential that is needed; raise CredentialError where it cannot be one."""
        return (self.make or recognized)(secret, self.username)


def parse(text: str) -> CredentialSource:
    """Return the source that a profile names.

    Raises:
        UsageError: it is none. The text is not repeated: it may be a secret that was written there by mistake.

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
    raise UsageError("`credential` says where the secret is, and must not be the secret itself", hint=f"Write {FORMS}.")


def recognized(secret: Secret, username: str | None = None) -> Credential:
    """Return the credential of a secret.

    With a username it is a password, else a token where it looks like one, else a key.

    That a personal access token looks like a key is inferred (API facts 2.1), so whatever is no JWT is
    taken for a key, and the server judges it.

    Raises:
        CredentialError: it cannot be a credential for a control plane.
    """
    if username:
        return PasswordLogin(username, secret)
    return BearerToken(secret) if _JWT.fullmatch(secret.reveal()) else ApiKey(secret)


def for_workspace(secret: Secret, username: str | None = None) -> Credential:
    """Return the credential of a secret for a workspace's own server, whose login has another route."""
    if username:
        return PasswordLogin(username, secret, login=WORKSPACE_LOGIN)
    return BearerToken(secret) if _JWT.fullmatch(secret.reveal()) else ApiKey(secret, login=WORKSPACE_LOGIN)


def accepted(secret: Secret, need: Need, words: str, warning: str = "") -> FoundCredential:
    """Return what was found, or why it cannot be used."""
    try:
        return FoundCredential(need.credential(secret), words, warning=warning)
    except CredentialError as error:
        return FoundCredential(None, words, f"{words[0].upper()}{words[1:]} cannot be used: {error}")


def from_variable(name: str, need: Need, watch: Watch) -> FoundCredential:
    """Return the credential in an environment variable."""
    words = f"environment variable {name}"
    secret = Secret(watch.variable(name))
    if not secret:
        return FoundCredential(None, words, f"The {words} is not set")
    return accepted(secret, need, words)


def from_file(name: str, need: Need, watch: Watch, folder: Path) -> FoundCredential:
    """Return the credential that is a file's only line.

    A file of this account that others can read is refused. One of another account, or on a read-only file system, is
    used with a warning: secrets that are mounted into a container are often readable by everyone there.

    Args:
        folder: where a relative path begins.
    """
    try:
        path = folder / expanded(name)
    except UsageError as error:
        return FoundCredential(None, f"file {name}", str(error))
    words = f"file {path}"
    watch.file(path)
    try:
        with path.open(encoding="utf-8") as file:
            exposed = exposure(file)
            if exposed is not None and exposed.fixable:
                problem = f"The {words} can be read by other accounts (mode {exposed.mode})"
                return FoundCredential(None, words, f"{problem}. Run: chmod 600 {shlex.quote(str(path))}")
            secret = Secret(file.read(limits.SECRET_FILE).strip())
    except OSError as error:
        return FoundCredential(None, words, f"The {words} cannot be read: {error.strerror or type(error).__name__}")
    except UnicodeDecodeError:
        return FoundCredential(None, words, f"The {words} holds no text")
    if not secret:
        return FoundCredential(None, words, f"The {words} is empty")
    warning = "" if exposed is None else f"the {words} can be read by other accounts (mode {exposed.mode})"
    return accepted(secret, need, words, warning)

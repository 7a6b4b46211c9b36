"""How to sign in here, in words: in a notebook, in a shell, with a sandbox of the session, or in an unattended run."""

from __future__ import annotations

from zenpro_nb.errors import CredentialError
from zenpro_nb.files.variables import SANDBOX
from zenpro_nb.profiles.environment import KEY_VARIABLE, TOKEN_VARIABLE
from zenpro_nb.profiles.settings import Settings
from zenpro_nb.profiles.sources import VARIABLE_KIND
from zenpro_nb.security import keyring

EXPORT = f"`export {KEY_VARIABLE}=…`"
TRIAL_IN_SHELL = "run `sandbox run` in another terminal: it prints the export lines for this one"
_KEEP = "`login --keyring`"


def no_credential(
    settings: Settings, *, is_persistent: bool = True, is_unattended: bool = False, has_sandbox: bool = False
) -> CredentialError:
    """Return the error for a session without a credential for its server.

    Args:
        is_persistent: whether a login outlives the command; in a shell, it ends with it.
        is_unattended: whether nobody can sign in or decide about a sandbox: both are set as variables.
        has_sandbox: a sandbox of this session is running.
    """
    if is_unattended:
        hint = (
            f"Before an unattended run, set {KEY_VARIABLE} or {TOKEN_VARIABLE}. To run it with sample data, write "
            f"{SANDBOX}=1 before the command: `{SANDBOX}=1 papermill NOTEBOOK.ipynb DONE.ipynb`."
        )
    else:
        hint = ways_in(is_persistent=is_persistent, has_sandbox=has_sandbox)
    return CredentialError(
        settings.problem or f"No credential found for {settings.url}", hint=hint, page="reference/settings"
    )


def sandbox_not_started(settings: Settings) -> CredentialError:
    """Return the error for a command in a shell that expects the sandbox of `ZENPRO_SANDBOX=1`."""
    hint = (
        f"The variable is for notebooks. To try a command in a shell, {TRIAL_IN_SHELL}. "
        f"To sign in to your own server, run `unset {SANDBOX}`."
    )
    return CredentialError(
        f"{SANDBOX}=1 does not start a sandbox in a shell, and no credential was found for {settings.url}", hint=hint
    )


def ways_in(*, is_persistent: bool, has_sandbox: bool = False) -> str:
    """Return every way to a credential that works here, the most likely one first; see `no_credential`."""
    key, token = (
        "a personal access token or service-account key",
        "from the dashboard: organization settings, API Tokens",
    )
    if not is_persistent:
        keep = f", or {_KEEP}" if keyring.is_available() else ""
        return (
            f"Run {EXPORT} ({key}) or `export {TOKEN_VARIABLE}=…` ({token}){keep}. To use sample data, "
            f"{TRIAL_IN_SHELL}; `demo` also opens JupyterLab."
        )
    variables = f"set {KEY_VARIABLE} ({key}) or {TOKEN_VARIABLE} ({token})"
    if has_sandbox:
        return f"Run `use sandbox` to use the sandbox of this session again, or `login`, or {variables}."
    return f"Run `login`, or {variables}, or try `sandbox start` with sample data."


def sign_in(*, is_persistent: bool) -> str:
    """Return the shortest ways to a credential that work here."""
    if is_persistent:
        return f"Run `login`, or set {KEY_VARIABLE}."
    return f"Run {EXPORT}{f', or {_KEEP}' if keyring.is_available() else ''}."


def replacement(source: str, *, is_persistent: bool, has_sandbox: bool = False) -> str:
    """Return how to replace a credential that the server rejects. A variable takes precedence over a stored login.

    Args:
        source: where it comes from, see `Settings.source`.
    """
    kind, _, variable = source.rpartition(" ")
    is_variable = kind == VARIABLE_KIND
    if not is_persistent:
        keep = f", or run {f'`unset {variable}` and ' * is_variable}{_KEEP}" if keyring.is_available() else ""
        return f"Set another one: `export {variable if is_variable else KEY_VARIABLE}=…`{keep}."
    back = " `use sandbox` returns to the sandbox of this session." if has_sandbox else ""
    if is_variable:
        return f"Set {variable} to a valid one, or unset it and run `login`.{back}"
    return f"Run `login`, or set {KEY_VARIABLE} to a valid key.{back}"


def how_to_keep() -> str:
    """Return how to stay signed in where a login ends with its command."""
    if keyring.is_available():
        return f"to stay signed in, press Ctrl-C and run {_KEEP}, or {EXPORT}"
    return f"to stay signed in, press Ctrl-C and run {EXPORT}; this machine has no keyring"


def without_keyring(*, is_persistent: bool) -> str:
    """Return what to do instead of `login --keyring` on a machine without a keyring."""
    if is_persistent:
        return f"Run `login` without --keyring (it lasts as long as this session), or set {KEY_VARIABLE}."
    return f"Run {EXPORT} instead."

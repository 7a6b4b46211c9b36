"""Run a ZenML Pro organization from a notebook.

    %load_ext zenpro_nb
    %zenpro users

Importing this package, and loading the extension, imports neither pandas nor httpx nor ipywidgets. Every error that a
command can raise can be imported from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenpro_nb import errors
from zenpro_nb.errors import *  # noqa: F403 - whoever catches one finds it here
from zenpro_nb.errors import ZenProError
from zenpro_nb.security import printable
from zenpro_nb.security.secret import secret
from zenpro_nb.version import __version__

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from zenpro_nb.frontends.connection import Connection

__all__ = ["__version__", "connect", "load_ipython_extension", "unload_ipython_extension"]
__all__ += errors.__all__

ZenProError.printable = printable.line


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register the magics in the shell; `%load_ext zenpro_nb` calls this."""
    from zenpro_nb.frontends.magic import load

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take the magics out of the shell again; `%unload_ext zenpro_nb` calls this."""
    from zenpro_nb.frontends.magic import unload

    unload(shell)


def connect(
    *,
    url: str | None = None,
    api_key: str | None = None,
    token: str | None = None,
    profile: str | None = None,
    organization: str | None = None,
    workers: int | None = None,
) -> Connection:
    """Return a connection that runs the same commands from Python; what is left out is found as for `%zenpro`.

    Args:
        url: address of the control plane; self-hosted ones carry `/api/v1`.
        api_key: a personal access token or a service account's key, renewed by itself.
        token: an API token from the dashboard, valid for an hour.
        profile: the name of a profile, as `%zenpro profiles` lists them.
        organization: name or id of the organization to work in.
        workers: how many requests a long list may have under way at once.

    Returns:
        A `Connection`, whose `run("users")` returns the DataFrame of `%zenpro users`.

    Raises:
        UsageError: both a key and a token were given, or both a profile and an address.
        UnknownNameError: there is no such profile.

    Example:
        >>> zen = connect(organization="acme")
        >>> users = zen.run("users", "--limit", "10")
        >>> users["email"][0]
        'ada@example.com'
    """
    from zenpro_nb.frontends.connection import open_connection

    key, bearer = (None if value is None else secret(value) for value in (api_key, token))
    del api_key, token  # a verbose traceback shows the variables of each frame
    return open_connection(url=url, key=key, token=bearer, profile=profile, organization=organization, workers=workers)

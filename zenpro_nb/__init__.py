"""Administer a ZenML Pro organization from a notebook.

    %load_ext zenpro_nb
    %zenpro users

Importing this package and loading the extension import neither pandas nor httpx nor ipywidgets. Every error that a
command can raise can be imported from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenpro_nb import errors
from zenpro_nb.errors import *  # noqa: F403 - callers import the errors they catch from here
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
    """Remove the magics from the shell; `%unload_ext zenpro_nb` calls this."""
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
    """Return a connection that runs the same commands from Python; omitted arguments are resolved as for `%zenpro`.

    Args:
        url: the address of the control plane; a self-hosted one usually ends with `/api/v1`.
        api_key: a personal access token or a service account's key; session tokens are refreshed automatically.
        token: an API token from the dashboard, valid for one hour.
        profile: the name of a profile, as `%zenpro profiles` lists them.
        organization: the name or id of the organization to work in.
        workers: the maximum number of concurrent requests for a long list.

    Returns:
        A `Connection`; its `run("users")` returns the DataFrame of `%zenpro users`.

    Raises:
        UsageError: both a key and a token were given, or both a profile and an address.
        UnknownNameError: no profile has this name.

    Example:
        >>> zen = connect(organization="acme")
        >>> users = zen.run("users", "--limit", "10")
        >>> users["email"][0]
        'ada@example.com'
    """
    from zenpro_nb.frontends.connection import open_connection

    key, bearer = (None if value is None else secret(value) for value in (api_key, token))
    del api_key, token  # a verbose traceback shows the local variables of each frame
    return open_connection(url=url, key=key, token=bearer, profile=profile, organization=organization, workers=workers)

"""Represent the server to read from, so reading, finding and verifying work in the same way for all servers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from zenpro_nb.session.session import Session

if TYPE_CHECKING:
    from zenpro_nb.client import Client

ALL = "all"  # the word that users type for all workspaces of an organization, or all projects of a workspace


class Where(Struct, frozen=True):
    """The server to read from, and the selected part of it.

    Attributes:
        client: the client of a workspace's server; None for the control plane in use.
        workspace: the workspace's name, for display; "" for the control plane.
        workspace_id: the workspace's id in the control plane; "" for the control plane, and for a plain server.
        projects: names or ids of projects, or `all`: where to find objects that belong to projects. Without any, the
            only project of the workspace.
    """

    client: Client | None = None
    workspace: str = ""
    workspace_id: str = ""
    projects: Sequence[str] = ()

    def client_of(self, session: Session) -> Client:
        """Return the client of this server.

        Raises:
            UsageError: it is the control plane, but the session uses a plain ZenML server.
            CredentialError: there is no credential for the control plane.
        """
        return session.client if self.client is None else self.client


CONTROL_PLANE = Where()

"""Which server is asked: a value, so that reading, finding and verifying are the same for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from zenpro_nb.session.session import Session

if TYPE_CHECKING:
    from zenpro_nb.client import Client

ALL = "all"  # what people type for every one: of the workspaces of an organization, of the projects of a workspace


class Where(Struct, frozen=True):
    """The server that is asked, and the part of it that is meant.

    Attributes:
        client: the client of a workspace's server; None for the control plane in use.
        workspace: the workspace's name, for people and for frames; "" at the control plane.
        projects: names or ids of projects, or `all`: where to look for what belongs to projects. None of them means
            the only project that there is.
    """

    client: Client | None = None
    workspace: str = ""
    projects: Sequence[str] = ()

    def client_of(self, session: Session) -> Client:
        """Return the client to ask with.

        Raises:
            UsageError: the control plane is meant, and the session is with a plain ZenML server.
            CredentialError: there is no credential for the control plane.
        """
        return session.client if self.client is None else self.client


CONTROL_PLANE = Where()

"""Writes of a viewer: the server refuses each of them."""

from __future__ import annotations

import pytest

from tests.commands.cases import CASES, OWN, reviewed_at, words
from tests.commands.conftest import Requests, journal, local_user
from tests.support.sandbox import SandboxProcess
from tests.support.two_callers import reading_as
from zenpro_nb.errors import PermissionDeniedError
from zenpro_nb.frontends.connection import Connection

# Changes to your own account need no permission; another user's device cannot even be found.
NEED_A_RIGHT = sorted(set(CASES) - OWN - {"devices delete"})
# The server's message for a missing permission, unlike those for an invalid write.
NO_RIGHT = r"^(Insufficient permissions to (create|update|delete) resource|Only superusers)"


@pytest.mark.parametrize("command", NEED_A_RIGHT)
def test_the_write_itself_is_refused(
    command: str, zen: Connection, plane: SandboxProcess, name: str, requests: Requests
) -> None:
    line = words(command, zen, name)
    email = f"{name}-viewer@x.io"
    with reading_as(plane.url, plane.key) as url, local_user(zen, email, url) as viewer:
        seen = name if command.startswith("organizations ") else "acme"
        zen.run("roles", "assign", "Organization Viewer", "--user", email, "--org", seen)
        reviewed_at(url)
        before, entries = len(requests.writes()), len(journal())
        with pytest.raises(PermissionDeniedError, match=NO_RIGHT) as refused:
            viewer.run(*line, "--yes")
    assert refused.value.status == 403
    (sent,) = requests.writes()[before:]
    (entry,) = journal()[entries:]
    assert (entry["outcome"], entry["method"], entry["route"]) == ("refused", *sent)

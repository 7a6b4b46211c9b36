"""A write is in the journal before it is sent; which errors stop the other writes; which responses count as done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

import zenpro_nb
from tests.commands.conftest import journal
from tests.support.refusing import refusing
from tests.support.sandbox import SandboxProcess
from zenpro_nb.errors import AuthenticationError, OutcomeUnknownError, PartlyDoneError, PermissionDeniedError
from zenpro_nb.frontends.connection import Connection

Far = Callable[..., Connection]
PEOPLE = ("grace@example.com", "linus@example.com", "ada@example.com")


@pytest.fixture
def far(plane: SandboxProcess) -> Iterator[Far]:
    """``far("POST", 401, {...}, seen)``: a connection on which every such write is answered so, and never sent."""
    with ExitStack() as stack:

        def connect(*answer: object) -> Connection:
            url = stack.enter_context(refusing(plane.url, *answer))  # type: ignore[arg-type]
            return stack.enter_context(zenpro_nb.connect(url=url, api_key=plane.key, organization="acme"))

        yield connect


def test_the_journal_contains_a_write_when_it_is_sent(far: Far, name: str) -> None:
    outcomes: list[tuple[str, str]] = []

    def note_outcomes(path: str) -> None:
        outcomes.extend((entry["route"], entry["outcome"]) for entry in journal())

    with pytest.raises(PermissionDeniedError):
        far("POST", 403, {"detail": "no"}, note_outcomes).run("teams", "create", name)
    # Writes that were begun but not finished are shown as unknown.
    assert outcomes == [("/teams", "unknown")]
    assert [entry["outcome"] for entry in journal()] == ["refused"]


@pytest.mark.usefixtures("one_after_the_other")
@pytest.mark.parametrize(("status", "sent"), [(401, 1), (403, len(PEOPLE))], ids=["an expired credential", "a refusal"])
def test_only_errors_that_concern_every_write_stop_the_others(
    far: Far, zen: Connection, name: str, status: int, sent: int
) -> None:
    zen.run("teams", "create", name)
    before, paths = len(journal()), list[str]()
    connection = far("POST", status, {"detail": "no"}, paths.append)
    users = [word for person in PEOPLE for word in ("--user", person)]
    with pytest.raises((AuthenticationError, PermissionDeniedError, PartlyDoneError)):
        connection.run("teams", "add", name, *users)
    # A key is exchanged for a new token once, after which the write is sent again.
    assert len({entry["id"] for entry in journal()[before:]}) == sent
    assert len(paths) == (2 if status == 401 else sent)


@pytest.mark.parametrize("body", [{"message": "ok"}, {"status": "accepted"}, "ok", None, []])
def test_a_response_without_the_object_does_not_count_as_done(
    far: Far, zen: Connection, name: str, body: object
) -> None:
    with pytest.raises(OutcomeUnknownError, match="did not happen"):
        far("POST", 200, body).run("teams", "create", name)
    assert journal()[-1]["outcome"] == "not done"
    assert name not in set(zen.run("teams")["name"])

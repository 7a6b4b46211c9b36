"""Forms pass the same checks as commands: the read-only lock, the guards, and the confirmation."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.forms.conftest import ByHand, Opener, command, run
from tests.support.cutting import Cutter
from zenpro_nb.commands.tool.form import open_form as open_by_line
from zenpro_nb.errors import ReadOnlyError
from zenpro_nb.forms.state import FormState
from zenpro_nb.framework.cli.context import CommandContext

ADMIN = "Organization Admin"
Seen = list[tuple[str, str]]


@pytest.fixture
def server_requests(proxy: Cutter) -> Seen:
    """The requests that went to the server."""
    found: Seen = []
    proxy.wanted = lambda method, path: bool(found.append((method, path)))
    return found


def test_a_later_lock_applies_to_an_open_form(
    open_form: Opener, by_hand: ByHand, server_requests: Seen, ctx: CommandContext, name: str
) -> None:
    form = open_form("teams create", name=name)
    by_hand.settle()
    before = len(server_requests)
    with ctx.session.lock("--read-only"):
        form.submit()
        by_hand.settle()
    assert "This session is read-only (--read-only)" in form.status.text
    assert form.state is FormState.FILLING
    assert len(server_requests) == before
    form.submit()
    by_hand.settle()
    assert form.state is FormState.SENT


def test_a_form_does_not_open_under_the_lock(server_requests: Seen, ctx: CommandContext) -> None:
    opened: list[Any] = []
    here = replace(ctx, forms=lambda *form: opened.append(form))
    with ctx.session.lock("--read-only"), pytest.raises(ReadOnlyError):
        open_by_line(here, command("teams create"), ["teams", "create"], {})
    assert opened == []
    assert server_requests == []
    open_by_line(here, command("teams create"), ["teams", "create"], {})
    assert len(opened) == 1


def test_a_guard_is_shown_and_overridden_in_the_form(
    open_form: Opener,
    by_hand: ByHand,
    server_requests: Seen,
    ctx: CommandContext,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ZENPRO_NEW_PASSWORD", "correct-horse-9")
    run(ctx, f"organizations create {name}")
    run(ctx, f"users create {name}@x.io")
    run(ctx, f"roles assign '{ADMIN}' --user {name}@x.io --org {name}")
    form = open_form("roles revoke", role=ADMIN, users=[f"{name}@x.io"], org=name)
    by_hand.settle()
    assert "blocked: admins: 1 of 2 active users would remain" in form.preview.text
    before = [item for item in server_requests if item[0] == "DELETE"]
    form.submit()
    by_hand.settle()
    assert "--min-org-admins 1" in form.status.text
    form.set("min_org_admins", "1")
    by_hand.settle()
    assert f"Caution: only 1 administrator would remain in {name}." in form.question
    assert [item for item in server_requests if item[0] == "DELETE"] == before
    form.confirm("yes")
    form.submit()
    by_hand.settle()
    assert form.state is FormState.SENT, form.status

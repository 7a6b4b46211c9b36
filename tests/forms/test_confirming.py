"""A destructive command without a name to type is confirmed as well."""

from __future__ import annotations

import click
import pytest

from tests.forms.conftest import ByHand
from zenpro_nb.forms.form import Form
from zenpro_nb.forms.state import FormState
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes.write import Write
from zenpro_nb.framework.writes.write_command import WriteCommand


@pytest.fixture
def purge() -> WriteCommand:
    """Deletes objects that match a filter. The server has no route for its request."""

    def plan(ctx: CommandContext, status: str | None) -> Write:
        return Write("DELETE", "/nothing", f"all that are {status}")

    return WriteCommand(
        "purge", prepare=plan, params=[click.Option(["--status"])], help="Delete what fits.", asks="Delete {target}?"
    )


def test_nothing_typed_confirms_nothing(purge: WriteCommand, ctx: CommandContext, by_hand: ByHand) -> None:
    form = Form(purge, ["things", "purge"], ctx, by_hand)
    form.open()
    form.set("status", "failed")
    by_hand.settle()
    assert form.confirmation == "yes"
    form.submit()
    by_hand.settle()
    assert form.state is FormState.FILLING
    assert form.status.text == "Nothing was sent. Type yes to confirm."
    form.confirm("yes")
    form.submit()
    by_hand.settle()
    assert "Type yes" not in form.status.text
    assert "HTTP 404" in form.status.text

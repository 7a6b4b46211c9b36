"""After a failure, a form reads names again and shows no secret."""

from __future__ import annotations

import pytest

from tests.forms.conftest import ByHand, Opener, run
from tests.support.cutting import Cutter
from zenpro_nb.forms.messages import Tone
from zenpro_nb.forms.state import FormState
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.security.secret import Secret

KEY = "ZENPROKEY_canary-of-a-form-0123456789"


def test_names_are_read_again_after_a_failure(
    open_form: Opener, by_hand: ByHand, proxy: Cutter, ctx: CommandContext, name: str
) -> None:
    run(ctx, f"teams create {name}")
    form = open_form("teams delete", team=name)
    form.confirm(name)
    proxy.lose("DELETE", "", mode="request")
    proxy.wanted = lambda method, path: method == "DELETE"
    form.submit()
    by_hand.settle()
    assert form.state is FormState.FILLING, form.status
    assert form.status.tone is Tone.BAD
    # Another user replaces the team with a new one of the same name.
    old = run(ctx, f"teams get {name}")["id"].iloc[0]
    run(ctx, f"teams delete {name} --yes")
    run(ctx, f"teams create {name}")
    new = run(ctx, f"teams get {name}")["id"].iloc[0]
    assert new != old
    form.confirm(name)
    form.submit()
    by_hand.settle()
    assert form.state is FormState.SENT, form.status
    assert name not in set(run(ctx, "teams")["name"])


@pytest.mark.parametrize("step", ["prepare_writes", "carry_out"])
def test_an_unexpected_error_shows_no_secret(
    open_form: Opener, by_hand: ByHand, name: str, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    form = open_form("teams create", name=name)
    living = Secret("not-of-a-known-shape-0123456789")

    def fail(*args: object) -> None:
        raise RuntimeError(f"cannot use {KEY} and {living.reveal()} \x1b]0;owned\x07")

    # On the class: an attribute of the command would stay, because all tests share the command tree.
    monkeypatch.setattr(type(form.command), step, fail)
    form.set("description", "x")
    by_hand.settle()
    form.submit()
    by_hand.settle()
    shown = f"{form.status.text} {form.preview.text} {form.problems} {form.result}"
    assert "RuntimeError: cannot use *** and ***" in shown
    assert KEY not in shown
    assert living.reveal() not in shown
    assert "\x1b" not in shown
    assert form.state is FormState.FILLING

"""What comes too late: an answer about an older form, a timer of a closed one, a letter while it is being sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.forms.conftest import ByHand, Opener, run
from tests.support.cutting import Cutter
from zenpro_nb.forms.fields import Raw
from zenpro_nb.forms.hooks.base import FormTable
from zenpro_nb.forms.state import FormState
from zenpro_nb.framework.cli.context import CommandContext


def during(cutter: Cutter, method: str, act: Callable[[], None]) -> None:
    """Do something once, while the next request of this method is under way."""

    def wanted(seen: str, path: str) -> bool:
        if seen == method:
            cutter.wanted = lambda method, path: False
            act()
        return False

    cutter.wanted = wanted


def test_a_request_that_was_prepared_for_an_older_form_is_not_sent(
    open_form: Opener, by_hand: ByHand, ctx: CommandContext, name: str, proxied: Cutter
) -> None:
    older, newer = f"{name}-older", f"{name}-newer"
    run(ctx, f"teams create {older}")
    run(ctx, f"teams create {newer}")
    form = open_form("teams delete")
    form.set("team", older)

    def choose_the_other() -> None:
        form.set("team", newer)
        by_hand.due("prepare")()  # and its answer comes before that about the older one

    during(proxied, "GET", choose_the_other)
    by_hand.due("prepare")()
    form.confirm(newer)
    form.submit()
    by_hand.due("submit")()
    assert form.state is FormState.DONE, form.status
    left = set(run(ctx, "teams")["name"])
    assert older in left
    assert newer not in left


def test_what_the_server_says_of_an_older_name_is_not_said_of_the_newer_one(
    open_form: Opener, by_hand: ByHand, name: str, proxied: Cutter
) -> None:
    form = open_form("workspaces create")
    form.set("name", "ml-prod")  # which is taken
    during(proxied, "GET", lambda: form.set("name", name))
    by_hand.due("name:name")()
    assert form.problems == {}
    assert form.advice("name") is None


def test_who_has_an_older_role_is_not_shown_beside_the_newer_one(
    open_form: Opener, by_hand: ByHand, proxied: Cutter
) -> None:
    form = open_form("roles assign", role="Organization Admin")
    form.set("users", ["ada@example.com"])
    during(proxied, "GET", lambda: form.set("role", "Organization Viewer"))
    by_hand.due("current roles")()
    assert not isinstance(form.hooks.table(), FormTable)
    by_hand.settle()
    shown = form.hooks.table()
    assert isinstance(shown, FormTable)
    assert "Organization Viewer" in shown.rows[0][-1]


def test_what_is_typed_while_the_form_is_sent_is_not_called_sent(
    open_form: Opener, by_hand: ByHand, ctx: CommandContext, name: str, proxied: Cutter
) -> None:
    form = open_form("teams create", name=name)
    during(proxied, "POST", lambda: form.set("description", "came too late"))
    form.submit()
    by_hand.due("submit")()
    assert form.status.text.startswith(f"Done: created team {name}")
    assert form.state is FormState.FILLING
    teams = run(ctx, "teams").set_index("name")
    assert teams.loc[name, "description"] != "came too late"


@pytest.mark.parametrize(
    ("words", "filled", "timers"),
    [
        ("teams create", {"name": "t-late"}, {"prepare", "submit"}),
        ("workspaces create", {"name": "t-late"}, {"prepare", "name:name", "submit"}),
        (
            "roles assign",
            {"role": "Organization Viewer", "users": ["ada@example.com"]},
            {"prepare", "current roles", "submit"},
        ),
    ],
)
def test_a_timer_that_goes_off_when_the_form_is_closed_sends_and_asks_nothing(
    open_form: Opener, by_hand: ByHand, proxied: Cutter, words: str, filled: dict[str, Raw], timers: set[str]
) -> None:
    form = open_form(words)
    for name, value in filled.items():
        form.set(name, value)
    form.submit()
    late = [by_hand.due(key) for key in timers]
    assert not by_hand.waiting
    asked: list[tuple[str, str]] = []
    proxied.wanted = lambda method, path: asked.append((method, path)) is not None
    form.close()
    for work in late:
        work()
    assert asked == []
    assert form.state is FormState.CLOSED

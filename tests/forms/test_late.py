"""Late events: a response for an older form, a timer of a closed form, a letter while the form is sent."""

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
    """Run a function once, during the next request with this method."""

    def act_at_request(seen: str, path: str) -> bool:
        if seen == method:
            cutter.wanted = lambda method, path: False
            act()
        return False

    cutter.wanted = act_at_request


def test_a_request_prepared_for_older_values_is_not_sent(
    open_form: Opener, by_hand: ByHand, ctx: CommandContext, name: str, proxy: Cutter
) -> None:
    older, newer = f"{name}-older", f"{name}-newer"
    run(ctx, f"teams create {older}")
    run(ctx, f"teams create {newer}")
    form = open_form("teams delete")
    form.set("team", older)

    def choose_the_other() -> None:
        form.set("team", newer)
        by_hand.due("prepare")()  # and its response arrives before the older one

    during(proxy, "GET", choose_the_other)
    by_hand.due("prepare")()
    form.confirm(newer)
    form.submit()
    by_hand.due("submit")()
    assert form.state is FormState.SENT, form.status
    left = set(run(ctx, "teams")["name"])
    assert older in left
    assert newer not in left


def test_a_verdict_on_an_older_name_is_not_shown_for_the_new_one(
    open_form: Opener, by_hand: ByHand, name: str, proxy: Cutter
) -> None:
    form = open_form("workspaces create")
    form.set("name", "ml-prod")  # this name is in use
    during(proxy, "GET", lambda: form.set("name", name))
    by_hand.due("name:name")()
    assert form.problems == {}
    assert form.advice("name") is None


def test_the_table_of_an_older_role_is_not_shown_for_the_new_one(
    open_form: Opener, by_hand: ByHand, proxy: Cutter
) -> None:
    form = open_form("roles assign", role="Organization Admin")
    form.set("users", ["ada@example.com"])
    during(proxy, "GET", lambda: form.set("role", "Organization Viewer"))
    by_hand.due("current roles")()
    assert not isinstance(form.hooks.table(), FormTable)
    by_hand.settle()
    shown = form.hooks.table()
    assert isinstance(shown, FormTable)
    assert "Organization Viewer" in shown.rows[0][-1]


def test_text_typed_during_sending_does_not_count_as_sent(
    open_form: Opener, by_hand: ByHand, ctx: CommandContext, name: str, proxy: Cutter
) -> None:
    form = open_form("teams create", name=name)
    during(proxy, "POST", lambda: form.set("description", "came too late"))
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
def test_a_timer_of_a_closed_form_sends_no_request(
    open_form: Opener, by_hand: ByHand, proxy: Cutter, words: str, filled: dict[str, Raw], timers: set[str]
) -> None:
    form = open_form(words)
    for name, value in filled.items():
        form.set(name, value)
    form.submit()
    late = [by_hand.due(key) for key in timers]
    assert not by_hand.waiting
    questions: list[tuple[str, str]] = []
    proxy.wanted = lambda method, path: questions.append((method, path)) is not None
    form.close()
    for work in late:
        work()
    assert questions == []
    assert form.state is FormState.CLOSED

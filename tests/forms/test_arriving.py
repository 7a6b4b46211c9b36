"""Names of a long list are offered while the rest of it is still being read."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from tests.forms.conftest import ByHand, Notebook, command
from tests.support.cutting import Cutter, cutting
from tests.support.proxy import ForwardingHandler, serving
from tests.support.sandbox import SandboxProcess
from tests.support.sandbox_pool import SandboxPool
from zenpro_nb.client import ApiKey
from zenpro_nb.forms.opening import new_form
from zenpro_nb.forms.widgets.combobox import Combobox
from zenpro_nb.forms.widgets.view import FormView
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.profiles import Settings
from zenpro_nb.session.session import Session

USERS = 230
CAP = 10


@pytest.fixture(scope="module")
def long(sandboxes: SandboxPool) -> Iterator[SandboxProcess]:
    """A server with many users and small pages."""
    with sandboxes.lend("long", users=USERS, page_cap=CAP) as running:
        yield running


@pytest.fixture
def proxy(long: SandboxProcess) -> Iterator[Cutter]:
    with cutting(long.url) as cutter:
        yield cutter


@pytest.fixture
def users(proxy: Cutter, long: SandboxProcess, by_hand: ByHand) -> Iterator[Any]:
    """The field for users of an open form; its names are read when the test releases them."""
    with field_for_users(proxy.url, long.key, by_hand) as field:
        yield field


@contextmanager
def field_for_users(url: str, key: str, by_hand: ByHand) -> Iterator[Any]:
    session = Session(environ={})
    session.use(Settings(url=url, credential=ApiKey(key), source="the test", organization="acme"))
    form = new_form(CommandContext(session, Notebook()), command("teams add"), ["teams", "add"], {}, by_hand)
    view = FormView(form, "key")
    form.open()
    by_hand.hold()
    row = view.row("users")
    assert isinstance(row, Combobox)
    yield row
    form.close()
    session.close()


def watch(row: Any, proxy: Cutter, note: Callable[[int, int], None]) -> None:
    """Record, at each redraw, the number of requests for users and the number of offered names."""
    questions: list[str] = []
    proxy.wanted = lambda method, path: questions.append(path) if path.startswith("/users?") else False  # type: ignore[func-returns-value]
    row._form.listen(lambda: note(len(questions), len(row._matches.options) if row._matches is not None else 0))


def test_names_are_offered_after_the_first_page(users: Any, proxy: Cutter, by_hand: ByHand) -> None:
    seen: list[tuple[int, int]] = []
    watch(users, proxy, lambda asked, offered: seen.append((asked, offered)))
    users._text.value = "example"
    by_hand.release()
    first = next(asked for asked, offered in seen if offered)
    assert first <= 2, "the first page, and the one that shows whether it is the last"
    assert seen[-1][0] > USERS // CAP - 1
    assert len(seen) < 20, "drawn again when there are twice as many, and not with each page"


def test_enter_waits_for_the_whole_list_and_takes_the_best_match(users: Any, proxy: Cutter, by_hand: ByHand) -> None:
    everybody = [choice.value for choice in users._form.choices.read("users")]
    users._form.choices._choices.clear()
    users._form.choices.refresh()
    last = everybody[-1]
    pressed: list[int] = []

    def press(asked: int, offered: int) -> None:
        if asked <= 2 and not pressed:
            pressed.append(asked)
            users._text._handle_custom_msg({"event": "submit"}, [])

    watch(users, proxy, press)
    users._text.value = last.partition("@")[0]
    assert not users._form.values["users"]
    by_hand.release()
    assert users._form.values["users"] == [last]


def counts_of(lines: list[str]) -> list[int]:
    """The counts in the messages of a form, in order."""
    return [int(found[1]) for message in lines if (found := re.search(r"… (\d+) so far", message))]


def test_the_number_of_names_read_is_shown(users: Any, proxy: Cutter, by_hand: ByHand) -> None:
    lines: list[str] = []
    watch(users, proxy, lambda asked, offered: lines.append(users._message.value))
    users._text.value = "example"
    by_hand.release()
    counts = counts_of(lines)
    assert counts[0] <= CAP + 1
    assert counts == sorted(set(counts))
    assert "so far" not in lines[-1]


def test_a_count_is_shown_once_when_later_pages_arrive_before_the_first(
    users: Any, proxy: Cutter, by_hand: ByHand
) -> None:
    users._form.choices.read("users")  # the client now knows the length, and requests many pages concurrently
    users._form.choices._choices.clear()
    users._form.choices.refresh()
    lines: list[str] = []
    users._form.listen(lambda: lines.append(users._message.value))
    later: list[str] = []
    most_arrived = threading.Event()

    def hold_the_first_page(method: str, path: str) -> bool:
        if path.startswith("/users?") and "offset=0&" in path:
            assert most_arrived.wait(30)
        elif path.startswith("/users?"):
            later.append(path)
            if len(later) == 6:
                most_arrived.set()
        return False

    proxy.wanted = hold_the_first_page
    users._text.value = "example"
    by_hand.release()
    counts = counts_of(lines)
    assert counts[0] > 2 * CAP, "most pages arrived before the first"
    assert counts == sorted(set(counts))


def test_a_count_is_shown_once_when_later_pages_contain_service_accounts_only(
    long: SandboxProcess, by_hand: ByHand
) -> None:
    class OnlyTheFirstPageHasPeople(ForwardingHandler):
        def forward(self) -> None:
            reply = self.ask(long.url, self.body())
            if self.path.startswith("/users?") and "offset=0&" not in self.path:
                records = [{**record, "is_service_account": True} for record in json.loads(reply.content)]
                reply = replace(reply, content=json.dumps(records).encode())
            self.pass_on(reply)

    lines: list[str] = []
    with serving(OnlyTheFirstPageHasPeople) as url, field_for_users(url, long.key, by_hand) as users:
        users._form.listen(lambda: lines.append(users._message.value))
        users._text.value = "example"
        by_hand.release()
    counts = counts_of(lines)
    assert counts
    assert counts == sorted(set(counts))

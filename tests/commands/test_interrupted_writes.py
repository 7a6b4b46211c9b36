"""Ctrl-C in a command with many writes: also where Python drops it, and what is known of the writes in flight."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.pressing import drop_ctrl_c, press_ctrl_c
from zenpro_nb.client import Client
from zenpro_nb.client._throttle import Throttle
from zenpro_nb.client._transport import Transport
from zenpro_nb.errors import InterruptedReadError, PartlyDoneError
from zenpro_nb.framework.writes import confirming, send
from zenpro_nb.framework.writes.executor import Executor
from zenpro_nb.frontends.connection import Connection

COUNT = 40


@pytest.fixture
def invite(zen: Connection, name: str) -> Callable[..., Any]:
    """Return a function that invites some people."""
    addresses = [f"{name}-{number}@x.io" for number in range(COUNT)]
    return lambda *options: zen.run("invitations", "create", *addresses, "--role", "Organization Member", *options)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the writes that are sent."""
    perform, writes = Client._perform, []

    def record(client: Client, call: Any) -> Any:
        if not call.safe:
            writes.append(call)
        return perform(client, call)

    monkeypatch.setattr(Client, "_perform", record)
    return writes


def drop_during(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
    """Press Ctrl-C, once, at the end of a function, where Python drops it."""
    function = getattr(owner, name)

    def dropping(*arguments: Any, **options: Any) -> Any:
        result = function(*arguments, **options)
        monkeypatch.setattr(owner, name, function)
        drop_ctrl_c()
        return result

    monkeypatch.setattr(owner, name, dropping)


@pytest.mark.parametrize(("owner", "name"), [(confirming, "confirm"), (send, "_record_states")])
def test_before_the_first_write_nothing_is_sent(
    invite: Callable[..., Any], sent: list[Any], monkeypatch: pytest.MonkeyPatch, owner: Any, name: str
) -> None:
    monkeypatch.setattr("zenpro_nb.ui.protocol.TerminalUI.confirm", lambda ui, question: True)
    drop_during(monkeypatch, owner, name)
    with pytest.raises(InterruptedReadError, match=r"(?i)no(thing| change) was sent") as stopped:
        invite(*["--yes"] * (owner is send))
    assert stopped.value.outcome == "not sent"
    assert sent == []


def test_between_writes_the_rest_is_not_sent(
    invite: Callable[..., Any], sent: list[Any], monkeypatch: pytest.MonkeyPatch, one_after_the_other: None
) -> None:
    report = Executor._report_progress

    def dropping(executor: Executor) -> None:
        report(executor)
        if executor._outcomes:
            monkeypatch.setattr(Executor, "_report_progress", report)
            drop_ctrl_c()

    monkeypatch.setattr(Executor, "_report_progress", dropping)
    with pytest.raises(PartlyDoneError, match=r"Stopped by Ctrl-C: .*not sent"):
        invite("--yes")
    assert 0 < len(sent) < COUNT


def test_after_the_last_write_its_outcome_is_reported(
    invite: Callable[..., Any], sent: list[Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    drop_during(monkeypatch, Executor, "run")
    with pytest.raises(InterruptedReadError, match=f"done: invited {COUNT}|done: {COUNT}"):
        invite("--yes")
    assert len(sent) == COUNT


@pytest.mark.parametrize("answered", [True, False], ids=["after the response", "before the request"])
def test_writes_in_flight_have_a_known_outcome_if_the_server_answers(
    zen: Connection, invite: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, name: str, answered: bool
) -> None:
    send_request, lock, numbers = Transport.send, threading.Lock(), iter(range(1_000))

    def interrupt_at_sixth(transport: Transport, call: Any, bearer: Any = None) -> Any:
        with lock:
            sixth = not call.safe and next(numbers) == 5
        if sixth and not answered:
            press_ctrl_c()
        reply = send_request(transport, call, bearer)
        if sixth and answered:
            press_ctrl_c()
        return reply

    monkeypatch.setattr(Transport, "send", interrupt_at_sixth)
    monkeypatch.setattr(Throttle, "window", 2)  # more writes have begun than the server is sent at once
    with pytest.raises(PartlyDoneError, match=r"Stopped by Ctrl-C: \d+ done, \d+ not sent\.") as failure:
        invite("--yes")
    outcomes: Any = failure.value.outcomes
    done = {target.split()[0] for target in outcomes[outcomes["outcome"] == "done"]["target"]}
    assert len(done) >= 6
    assert done == {email for email in zen.run("invitations", "--only-pending")["email"] if email.startswith(name)}

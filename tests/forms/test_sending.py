"""A form reports refusals, missing responses and unexpected ones, and keeps its values."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpcore
import pytest

from tests.client.support import KEY, ReceivedRequest, Response, Server
from tests.forms.conftest import ByHand, Notebook, Opener, command, run
from tests.support.cutting import Cutter, cutting
from tests.support.sandbox import SandboxProcess, TimedSandbox, timed_sandbox
from zenpro_nb import limits
from zenpro_nb.client import ApiKey, BearerToken, Client
from zenpro_nb.forms.adapters import FormSession
from zenpro_nb.forms.form import Form
from zenpro_nb.forms.messages import Tone
from zenpro_nb.forms.opening import new_form
from zenpro_nb.forms.state import FormState
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.journal.journal import Journal
from zenpro_nb.profiles import Settings
from zenpro_nb.session.session import Session

ORGANIZATION = "0" * 8


def send(form: Form, by_hand: ByHand) -> None:
    form.submit()
    by_hand.settle()


def test_a_server_error_is_shown_at_its_field(open_form: Opener, by_hand: ByHand, name: str) -> None:
    form = open_form("workspaces create", name=name, description="x" * 300)
    send(form, by_hand)
    assert form.state is FormState.FILLING
    assert form.status.text == "The server refused the request. Check these fields: Description."
    assert "256" in form.problems["description"]
    assert form.values["name"] == name
    form.set("description", "short")
    assert form.problems == {}
    by_hand.settle()
    send(form, by_hand)
    assert form.state is FormState.SENT


def test_an_error_without_a_field_is_shown_in_the_status_line(
    open_form: Opener, by_hand: ByHand, ctx: CommandContext, name: str
) -> None:
    run(ctx, f"teams create {name}")
    form = open_form("teams create", name=name)
    send(form, by_hand)
    assert name in form.problems.get("name", form.status.text)
    assert form.status.tone is Tone.BAD


def test_a_write_is_in_the_journal_with_its_command(open_form: Opener, by_hand: ByHand, name: str) -> None:
    form = open_form("teams create", name=name)
    send(form, by_hand)
    (entry,) = [entry for entry in Journal().entries() if name in entry["command"]]
    assert f"%zenpro {entry['command']}" == form.line


def test_a_destructive_form_requires_the_typed_name(
    open_form: Opener, by_hand: ByHand, ctx: CommandContext, name: str
) -> None:
    run(ctx, f"teams create {name}")
    form = open_form("teams delete")
    form.set("team", name)
    by_hand.settle()
    assert form.question == f"Delete the team {name}?" or name in form.question
    for typed in ("", "something else"):
        form.confirm(typed)
        send(form, by_hand)
        assert form.status.text == f"Nothing was sent. Type {name} to confirm."
    form.confirm(name)
    send(form, by_hand)
    assert form.state is FormState.SENT, form.status
    assert name not in set(run(ctx, "teams")["name"])


def test_an_update_that_blocks_a_sign_in_requires_the_typed_name(open_form: Opener, by_hand: ByHand) -> None:
    form = open_form("users update", user="linus@example.com")
    form.set("name", "Linus")
    by_hand.settle()
    assert form.confirmation == ""
    form.set("active", False)
    form.submit()  # before the plan shows that a confirmation is needed
    by_hand.settle()
    assert form.status.text == "Nothing was sent. Type yes to confirm."


def test_a_key_goes_only_to_its_destination(
    open_form: Opener, by_hand: ByHand, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZENPRO_TEST_KEY", "")
    form = open_form("api-keys create", name=name)
    send(form, by_hand)
    assert form.problems == {"to": "This field is required."}
    assert "--org" not in form.line
    form.set("to", "env:ZENPRO_TEST_KEY")
    send(form, by_hand)
    assert form.state is FormState.SENT, form.status
    key = os.environ["ZENPRO_TEST_KEY"]
    assert key.startswith("ZENPROKEY_")
    assert "environment variable ZENPRO_TEST_KEY" in form.status.text
    assert key not in f"{vars(form)} {form.result.to_dict()} {form.preview} {form.line}"


def test_a_password_is_not_typed_into_a_form(
    open_form: Opener, by_hand: ByHand, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ZENPRO_NEW_PASSWORD", raising=False)
    form = open_form("users create", username=f"{name}@example.com")
    assert '"password"' not in form.preview.text or "***" in form.preview.text
    send(form, by_hand)
    assert "Forms do not accept secrets" in form.status.text
    assert "ZENPRO_NEW_PASSWORD" in form.status.text


def test_after_a_lost_response_the_result_is_checked_and_nothing_is_sent_twice(
    plane: SandboxProcess, by_hand: ByHand, name: str
) -> None:
    with cutting(plane.url) as cutter:
        form, runtime = _form_at(cutter.url, ApiKey(plane.key), by_hand, "teams create", name=name)
        cutter.lose("POST", "/teams")
        send(form, by_hand)
        assert cutter.cut == [("POST", "/teams")]
        assert form.state is FormState.SENT, form.status
        assert "the response was lost" in form.status.text
        assert list(run(runtime, "teams")["name"]).count(name) == 1
        form.close()
        runtime.session.close()


def test_a_refusal_keeps_the_entered_values(open_form: Opener, by_hand: ByHand, name: str) -> None:
    form = open_form("invitations create", role="Workspace Viewer")
    form.set("emails", [f"{name}@example.com"])
    send(form, by_hand)
    # Invitations do not accept workspace roles. After the refusal, the entered values are still there.
    assert form.status.tone is Tone.BAD
    assert form.values["emails"] == [f"{name}@example.com"]


def test_an_expired_token_keeps_the_form_unchanged(tmp_path: Path, by_hand: ByHand, name: str) -> None:
    with timed_sandbox(tmp_path, users=40) as plane:
        plane.clock.advance(seconds=(datetime.now(UTC) - plane.clock.now()).total_seconds())
        form, runtime = _form_at(plane.url, _session_token(plane), by_hand, "teams create", name=name)
        form.set("description", "typed before")
        plane.clock.advance(minutes=61)
        send(form, by_hand)
        assert form.state is FormState.FILLING
        assert "token" in form.status.text
        assert form.values["description"] == "typed before"
        runtime.session.use(
            Settings(url=plane.url, credential=_session_token(plane), source="the test", organization="acme")
        )
        send(form, by_hand)
        assert form.state is FormState.SENT, form.status
        form.close()
        runtime.session.close()


def test_a_form_times_out_sooner_than_a_cell(by_hand: ByHand, monkeypatch: pytest.MonkeyPatch) -> None:
    patience: list[float] = []
    send_one = httpcore.HTTPConnection.handle_request

    def noting(connection: httpcore.HTTPConnection, request: httpcore.Request) -> httpcore.Response:
        patience.append(request.extensions["timeout"]["read"])
        return send_one(connection, request)

    monkeypatch.setattr(httpcore.HTTPConnection, "handle_request", noting)
    server = Server(_one_organization)
    try:
        form, runtime = _form_at(server.url, BearerToken(KEY), by_hand, "teams create", name="ml")
        send(form, by_hand)
        assert form.state is FormState.SENT, form.status
        form.session.other(server.url, lambda: BearerToken(KEY)).get("/organizations")
        assert [(request.method, request.path) for request in server.requests][-2:] == [
            ("POST", "/teams"),
            ("GET", "/organizations"),
        ]
        assert set(patience) == {limits.FORM_READ_TIMEOUT}
        patience.clear()
        runtime.session.client.get("/organizations")
        assert patience == [limits.READ_TIMEOUT]
        assert limits.FORM_READ_TIMEOUT < limits.READ_TIMEOUT
        form.close()
        runtime.session.close()
    finally:
        server.close()


def test_a_form_stays_with_its_server(ctx: CommandContext) -> None:
    session = FormSession(ctx.session)
    before = session.settings
    assert session.client is session.client
    ctx.session.use(Settings(url="http://127.0.0.1:9", credential=ApiKey("k" * 20), source="another"))
    assert session.settings == before
    session.close()


def test_a_closed_form_does_nothing(open_form: Opener, by_hand: ByHand, name: str) -> None:
    form = open_form("teams create", name=name)
    form.submit()
    form.close()
    by_hand.settle()
    assert form.state is FormState.CLOSED
    form.set("name", "other")
    form.submit()
    assert not by_hand.waiting
    assert form.values["name"] == name


def _one_organization(request: ReceivedRequest) -> Response:
    """A control plane with one organization, in which teams can be created."""
    if request.path == "/organizations":
        return Response(body=[{"id": ORGANIZATION, "name": "acme"}])
    if request.method == "POST":
        return Response(body={"id": "1" * 8, **json.loads(request.body)})
    return Response(404, {"detail": "Not Found"})


def _form_at(
    url: str, credential: ApiKey | BearerToken, by_hand: ByHand, words: str, **arguments: object
) -> tuple[Form, CommandContext]:
    session = Session(environ={})
    session.use(Settings(url=url, credential=credential, source="the test", organization="acme"))
    runtime = CommandContext(session, Notebook())
    form = new_form(runtime, command(words), words.split(), arguments, by_hand)
    form.open()
    by_hand.settle()
    return form, runtime


def _session_token(plane: TimedSandbox) -> BearerToken:
    with Client(plane.url, None) as client:
        answer: Any = client.request("POST", "/auth/login", form={"password": plane.key}).json()
    return BearerToken(answer["access_token"])


def test_an_update_without_changes_is_not_sent(
    open_form: Opener, by_hand: ByHand, proxy: Cutter, name: str, ctx: CommandContext
) -> None:
    run(ctx, f"teams create {name} --description first")
    form = open_form("teams update", team=name, description="first")
    assert form.preview.text == f"team {name}\n  nothing is sent: already has this description"
    writes: list[str] = []

    def note_write(method: str, path: str) -> bool:
        if method != "GET":
            writes.append(path)
        return False

    proxy.wanted = note_write
    form.submit()
    by_hand.settle()
    assert form.state is FormState.SENT
    assert "already has this description. " in form.status.text
    assert writes == []

"""A form follows an operation until the state that `--wait` would wait for."""

from __future__ import annotations

from tests.client.support import KEY, ReceivedRequest, Response, Server
from tests.forms.conftest import ByHand, Notebook, command
from zenpro_nb.client import BearerToken
from zenpro_nb.forms.opening import new_form
from zenpro_nb.forms.state import FormState
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.profiles import Settings
from zenpro_nb.session.session import Session

OLD, NEW = "0.97.0", "0.98.0"
WORKSPACE = "3f1c2d44-0000-4000-8000-000000000001"


def test_the_form_waits_for_a_new_version_of_an_available_workspace(by_hand: ByHand) -> None:
    runs = [OLD, OLD, OLD, NEW]

    def script(request: ReceivedRequest) -> Response:
        """A workspace that says "available" all the time, while its server still runs the older version."""
        if request.path == "/organizations":
            return Response(body=[{"id": "0" * 8, "name": "acme"}])
        record = {"id": WORKSPACE, "name": "ml", "status": "available"}
        if request.method == "PATCH":
            return Response(body=record)
        if request.path == f"/workspaces/{WORKSPACE}":
            version = runs.pop(0) if len(runs) > 1 else runs[0]
            return Response(body={**record, "zenml_service": {"status": {"version": version}}})
        return Response(404, {"detail": "Not Found"})

    server = Server(script)
    session = Session(environ={})
    session.use(Settings(url=server.url, credential=BearerToken(KEY), source="the test", organization="acme"))
    runtime, words = CommandContext(session, Notebook()), ["workspaces", "update"]
    form = new_form(runtime, command(" ".join(words)), words, {"workspace": WORKSPACE, "version": NEW}, by_hand)
    try:
        form.open()
        by_hand.settle()
        form.submit()
        by_hand.settle()
        assert form.state is FormState.SENT, form.status
        assert (
            form.follow.text
            == "Done: changed version of workspace ml. The result is in the variable result. ml is available."
        )
        assert form.status.text == ""  # one line, which replaces itself
        assert form.result["version"].item() == NEW
        assert by_hand.pauses > 0
    finally:
        form.close()
        session.close()
        server.close()

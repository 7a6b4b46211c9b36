"""Presses that a real kernel handles late: after a long cell, during an asynchronous one, and in another thread."""

from __future__ import annotations

import ast
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient

from tests.support.kernels import PATIENCE, execute

# The clock of the form jumps in place of a long cell, so no test waits.
SETUP = """
import asyncio, threading, time
from zenpro_nb import limits
from zenpro_nb.forms.kernel_watch import KernelWatch
limits.FORM_QUIET = 0.0
skipped = [0.0]
def skip(seconds): skipped[0] += seconds
KernelWatch.__init__.__defaults__ = (lambda: time.monotonic() + skipped[0],)
%reload_ext zenpro_nb
"""
RESET = """
limits.FORM_QUIET = 1.0
KernelWatch.__init__.__defaults__ = (time.monotonic,)
%reload_ext zenpro_nb
"""
NOT_SENT = "Nothing was sent: the kernel had been busy for "
WAIT = """
def wait():
    while handle.form.busy() > 1: settled.wait(0.05)
    print("idle")
settled.clear()
threading.Thread(target=wait).start()
"""

LONG = {
    "a cell": "skip(12)",
    "several cells": "skip(6)\nget_ipython().run_cell('skip(6)')",
    "a cell that fails": "skip(12)\n1 / 0",
    "a cell that runs an empty one": "skip(6)\nget_ipython().run_cell('')\nskip(6)",
    "an asynchronous cell": "skip(12)\nawait asyncio.sleep(0.1)",
    "a callback of the event loop": "asyncio.get_running_loop().call_soon(skip, 12)",
}


class Form:
    """A form in the kernel, with a button that is pressed like in a front end."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self.client = client
        self.name = "t-" + uuid.uuid4().hex[:10]
        self.run(f"handle = %zenpro form teams create {self.name}")
        self.run("settled = threading.Event()\nhandle")
        self.button = ast.literal_eval(self.run("handle.view.submit.model_id"))
        self.wait_for_idle()

    def run(self, code: str) -> str:
        """Run a cell, and return its result as text."""
        reply, outputs = execute(self.client, code, allow_stdin=True)
        assert reply["status"] == "ok", reply
        found = [
            output["content"]["data"]["text/plain"] for output in outputs if output["msg_type"] == "execute_result"
        ]
        return found[-1] if found else ""

    def send(self, kind: str, content: dict[str, Any], subshell: str = "") -> str:
        """Send a message, and return its id."""
        message = self.client.session.msg(kind, content)
        if subshell:
            message["header"]["subshell_id"] = subshell
        self.client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def press(self, subshell: str = "") -> str:
        data = {"method": "custom", "content": {"event": "click"}}
        return self.send("comm_msg", {"comm_id": self.button, "data": data}, subshell)

    def outcome(self) -> tuple[str, str]:
        """The state and the status line after all work has ended."""
        self.run(
            "settled.clear()\n"
            "def look(): handle.form.state.name in ('FILLING', 'SENT') and settled.set()\n"
            f"handle.form.listen(look); look(); settled.wait({PATIENCE})"
        )
        state, status = ast.literal_eval(self.run("(handle.form.state.name, handle.form.status.text)"))
        return state, status

    def wait_for_idle(self) -> None:
        """Wait until the kernel is idle, according to a separate thread."""
        self.client.execute(WAIT)
        while self.client.get_iopub_msg(timeout=PATIENCE)["content"].get("text", "").strip() != "idle":
            pass

    @property
    def is_sent(self) -> bool:
        return self.run(f"found = %zenpro teams\n{self.name!r} in set(found['name'])") == "True"


@pytest.fixture
def prepared_kernel(kernel: BlockingKernelClient) -> Iterator[BlockingKernelClient]:
    reply, _ = execute(kernel, SETUP)
    assert reply["status"] == "ok", reply
    yield kernel
    execute(kernel, RESET)


@pytest.fixture
def form(prepared_kernel: BlockingKernelClient) -> Iterator[Form]:
    made = Form(prepared_kernel)
    yield made
    made.run("handle.form.close()")


def test_a_press_is_sent(form: Form) -> None:
    form.press()
    state, status = form.outcome()
    assert state == "SENT", status
    assert form.is_sent


@pytest.mark.parametrize("work", LONG)
def test_presses_that_waited_are_not_sent_and_a_later_one_is(form: Form, work: str) -> None:
    form.client.execute(LONG[work], stop_on_error=False)
    for _ in range(3):
        form.press()
    state, status = form.outcome()
    assert (state, status[: len(NOT_SENT)]) == ("FILLING", NOT_SENT)
    assert not form.is_sent
    form.wait_for_idle()
    form.press()
    state, status = form.outcome()
    assert state == "SENT", status
    assert form.is_sent


def test_a_press_that_waited_for_a_moment_is_sent(form: Form) -> None:
    form.client.execute("skip(9)")
    form.press()
    state, status = form.outcome()
    assert state == "SENT", status
    assert form.is_sent


def test_an_edit_after_a_press_cancels_it(form: Form) -> None:
    """The messages of a browser after typing and clicking while a cell runs: the last letters arrive last."""
    form.run("limits.FORM_QUIET = 60.0\nfield = handle.view.row('description')._input.model_id")
    field = ast.literal_eval(form.run("field"))
    form.press()
    form.send(
        "comm_msg", {"comm_id": field, "data": {"method": "update", "state": {"value": "late"}, "buffer_paths": []}}
    )
    state, status = form.outcome()
    form.run("limits.FORM_QUIET = 0.0")
    assert state == "FILLING"
    assert status.startswith("Nothing was sent because the form changed after you pressed the button.")
    assert form.run("handle.form.values['description']") == "'late'"
    assert not form.is_sent


@pytest.fixture
def subshell(prepared_kernel: BlockingKernelClient) -> Iterator[str]:
    """A thread of the kernel that handles messages in parallel to the cells."""
    asked = prepared_kernel.kernel_info()
    while (reply := prepared_kernel.get_shell_msg(timeout=PATIENCE))["parent_header"]["msg_id"] != asked:
        pass
    if "kernel subshells" not in reply["content"].get("supported_features", []):
        pytest.skip("this ipykernel has no subshells")
    prepared_kernel.control_channel.send(prepared_kernel.session.msg("create_subshell_request"))
    made = str(prepared_kernel.get_control_msg(timeout=PATIENCE)["content"]["subshell_id"])
    yield made
    prepared_kernel.control_channel.send(prepared_kernel.session.msg("delete_subshell_request", {"subshell_id": made}))
    prepared_kernel.get_control_msg(timeout=PATIENCE)


@pytest.mark.parametrize(("seconds", "is_sent"), [(12, False), (1, True)])
def test_a_press_in_a_thread_during_a_running_cell(form: Form, subshell: str, seconds: int, is_sent: bool) -> None:
    form.run("runs, gate = threading.Event(), threading.Event()")
    # Later releases of ipykernel answer in the thread that sent last, regardless of the request of the front end.
    form.run("vars(handle.view.submit.comm).pop('_reply_subshell_id', None)")
    cell = form.client.execute(f"skip({seconds}); runs.set(); gate.wait({PATIENCE})")
    form.send("execute_request", {"code": f"runs.wait({PATIENCE})", "silent": True, "store_history": False}, subshell)
    form.press(subshell)
    form.send("execute_request", {"code": "gate.set()", "silent": True, "store_history": False}, subshell)
    while form.client.get_shell_msg(timeout=PATIENCE)["parent_header"]["msg_id"] != cell:
        pass
    state, status = form.outcome()
    if is_sent:
        assert state == "SENT", status
    else:
        assert (state, status[: len(NOT_SENT)]) == ("FILLING", NOT_SENT)
    assert form.is_sent is is_sent

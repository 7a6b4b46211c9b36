"""Commands in a real kernel, over its messages."""

from __future__ import annotations

import os
import queue
import re
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from tests.support.kernels import PATIENCE, execute
from tests.support.sandbox import SandboxProcess


def test_a_frame_is_shown_as_html_and_text(kernel: BlockingKernelClient) -> None:
    reply, outputs = execute(kernel, "%zenpro users --limit 2")
    assert reply["status"] == "ok"
    (result,) = [output["content"]["data"] for output in outputs if output["msg_type"] == "execute_result"]
    assert "dataframe" in result["text/html"]
    assert "ada@example.com" in result["text/plain"]


def test_an_error_fails_the_cell_under_its_own_name_in_one_line(kernel: BlockingKernelClient) -> None:
    reply, outputs = execute(kernel, "%zenpro usres")
    assert reply["status"] == "error"
    assert reply["ename"] == "UsageError"
    (shown,) = [output["content"] for output in outputs if output["msg_type"] == "error"]
    assert len(shown["traceback"]) == 1
    assert "Did you mean 'users'" in shown["traceback"][0]


def test_pseudonyms_cover_every_message_of_the_kernel(kernel: BlockingKernelClient) -> None:
    execute(kernel, "%zenpro pseudonyms on\ndf = %zenpro users --where email=grace@example.com")
    cells = ("df.email", "print(df.name[0], df.email[0])", "display(df.name)", "!echo grace@example.com",
             "raise ValueError(df.name[0])", "[df.email[0]]")  # fmt: skip
    for cell in cells:
        _, outputs = execute(kernel, cell)
        shown = [output["content"] for output in outputs if output["msg_type"] not in ("execute_input", "status")]
        assert shown, cell
        assert not [name for name in ("Hopper", "@example.com") if name in str(shown)], (cell, shown)
    _, outputs = execute(kernel, "%zenpro pseudonyms off\nprint(df.name[0])")
    assert "Grace Hopper" in str(outputs)


def test_messages_are_not_errors_and_warnings_are_separate(kernel: BlockingKernelClient) -> None:
    ui = "get_ipython().magics_manager.registry['ZenProMagics'].notebook.ui"
    _, outputs = execute(kernel, f"%zenpro use organization acme\n{ui}.warn('take care')")
    said = {
        output["content"]["name"]: output["content"]["text"] for output in outputs if output["msg_type"] == "stream"
    }
    assert "using organization acme" in said["stdout"]
    assert said["stderr"] == "warning: take care\n"


def test_progress_is_one_line_that_is_replaced_and_not_saved(kernel: BlockingKernelClient) -> None:
    execute(kernel, "from zenpro_nb import limits; limits.PROGRESS_AFTER = 0")
    # tqdm draws at most ten times a second. On its clock, a second passes at each look.
    execute(kernel, "from itertools import count; import tqdm.std as bars; bars.time = map(float, count(1)).__next__")
    reply, outputs = execute(kernel, "%zenpro audit", allow_stdin=True)
    assert reply["status"] == "ok"
    first, *others = (output for output in outputs if output["msg_type"].endswith("display_data"))
    assert {output["content"]["transient"]["display_id"] for output in others} == {
        first["content"]["transient"]["display_id"]
    }
    assert {output["msg_type"] for output in others} == {"update_display_data"}
    *lines, last = (output["content"]["data"]["text/plain"] for output in (first, *others))
    assert all(line.startswith("organization") and "/s" not in line for line in lines)
    assert any(re.fullmatch(r"organization: \d+ lists \[\d\d:\d\d\]", line) for line in lines)
    assert last == ""
    assert [output for output in outputs if output["msg_type"] == "stream"] == []
    execute(kernel, "import time; bars.time = time.time; limits.PROGRESS_AFTER = 1.0")
    _, outputs = execute(kernel, "frame = %zenpro teams", allow_stdin=True)
    assert {output["msg_type"] for output in outputs} == {"status", "execute_input"}


def test_tab_in_a_kernel(kernel: BlockingKernelClient) -> None:
    code = "df = %zenpro us"
    kernel.complete(code, len(code))
    reply = _shell_reply(kernel, "complete_reply")
    assert "users" in reply["matches"]
    assert code[reply["cursor_start"] : reply["cursor_end"]] == "us"


def test_a_batch_run_is_not_interactive(kernel: BlockingKernelClient) -> None:
    code = "ip = get_ipython(); ip.magics_manager.registry['ZenProMagics'].notebook.ui.is_interactive"
    for asked, expected in ((True, "True"), (False, "False")):
        _, outputs = execute(kernel, code, allow_stdin=asked)
        (result,) = [
            output["content"]["data"]["text/plain"] for output in outputs if output["msg_type"] == "execute_result"
        ]
        assert result == expected


def test_the_sandbox_ends_with_its_kernel(sandbox: SandboxProcess) -> None:
    manager, client = start_new_kernel()
    execute(client, "%load_ext zenpro_nb\n%zenpro sandbox start")
    _, outputs = execute(
        client, "get_ipython().magics_manager.registry['ZenProMagics'].notebook.session.sandbox.process.pid"
    )
    (result,) = [
        output["content"]["data"]["text/plain"] for output in outputs if output["msg_type"] == "execute_result"
    ]
    client.stop_channels()
    descriptor = os.pidfd_open(int(result))
    manager.shutdown_kernel(now=True)
    try:
        import select

        assert select.select([descriptor], [], [], PATIENCE)[0], "the sandbox outlived its kernel"
    finally:
        os.close(descriptor)


def _shell_reply(client: BlockingKernelClient, kind: str) -> dict[str, Any]:
    while True:
        try:
            message = client.get_shell_msg(timeout=PATIENCE)
        except queue.Empty:
            pytest.fail("the kernel did not answer")
        if message["msg_type"] == kind:
            content: dict[str, Any] = message["content"]
            return content

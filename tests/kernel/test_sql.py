"""Ctrl-C during `sql`, as a front end sends it to a real kernel."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel

from tests.support.sandbox import SandboxProcess

PATIENCE = 60  # seconds until a silent kernel counts as broken
# Hours of work each.
ENDLESS = (
    "SELECT count(*) FROM range(3000000000) a, range(3000000000) b WHERE hash(a.range) = hash(b.range) + 1",
    "SELECT list(range % 7) FROM range(90000000000) GROUP BY range % 3 ORDER BY 1",
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 9000000000) FROM r",
    "SELECT u.email, count(*) FROM users u, range(9000000000) r GROUP BY ALL ORDER BY 2",
)


@pytest.fixture(scope="module")
def kernel(sandbox: SandboxProcess) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    environment = os.environ | {
        "ZENML_PRO_API_URL": sandbox.url,
        "ZENML_PRO_API_KEY": sandbox.key,
        "ZENPRO_ORGANIZATION": "acme",
    }
    manager, client = start_new_kernel(env=environment)
    try:
        client.execute_interactive("%load_ext zenpro_nb", timeout=PATIENCE)
        client.execute_interactive('%zenpro sql "SELECT 1"', timeout=PATIENCE)
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.mark.parametrize("delay", [0.05, 0.4, 1.1])
@pytest.mark.parametrize("query", ENDLESS)
def test_every_interrupt_ends_the_query_in_one_line(
    kernel: tuple[KernelManager, BlockingKernelClient], query: str, delay: float
) -> None:
    manager, client = kernel
    messages: list[dict[str, Any]] = []
    timer = threading.Timer(delay, manager.interrupt_kernel)

    def heard(message: dict[str, Any]) -> None:
        messages.append(message)
        if message["msg_type"] == "execute_input":
            timer.start()

    reply = client.execute_interactive(f'%zenpro sql "{query}"', timeout=PATIENCE, output_hook=heard)
    assert reply["content"]["ename"] == "InterruptedReadError"
    (error,) = [message["content"] for message in messages if message["msg_type"] == "error"]
    assert len(error["traceback"]) == 1
    assert "\n" not in error["traceback"][0]

"""Ctrl-C during `sql`, as a front end sends it to a real kernel."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.support.kernels import PATIENCE, Kernel

# Hours of work each.
ENDLESS = (
    "SELECT count(*) FROM range(3000000000) a, range(3000000000) b WHERE hash(a.range) = hash(b.range) + 1",
    "SELECT list(range % 7) FROM range(90000000000) GROUP BY range % 3 ORDER BY 1",
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 9000000000) FROM r",
    "SELECT u.email, count(*) FROM users u, range(9000000000) r GROUP BY ALL ORDER BY 2",
)


@pytest.mark.parametrize("delay", [0.02, 0.05, 0.4, 1.1])
@pytest.mark.parametrize("query", ENDLESS)
def test_every_interrupt_ends_the_query_in_one_line(signed_in: Kernel, query: str, delay: float) -> None:
    client = signed_in.client
    client.execute_interactive('%zenpro sql "SELECT 1"', timeout=PATIENCE)
    messages: list[dict[str, Any]] = []
    timer = threading.Timer(delay, signed_in.manager.interrupt_kernel)

    def hear(message: dict[str, Any]) -> None:
        messages.append(message)
        if message["msg_type"] == "execute_input":
            timer.start()

    reply = client.execute_interactive(f'%zenpro sql "{query}"', timeout=PATIENCE, output_hook=hear)
    assert reply["content"]["ename"] == "InterruptedReadError"
    (error,) = [message["content"] for message in messages if message["msg_type"] == "error"]
    assert len(error["traceback"]) == 1
    assert "\n" not in error["traceback"][0]

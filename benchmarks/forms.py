"""How long a form takes to appear, and how much goes to the browser: `python -m benchmarks.forms`.

A sandbox with 10,000 users answers each request 20 ms late. A real kernel runs the cell; what it sends to its front end
is counted until the cell has ended, and again while somebody types into the picker of users. With `--browser` a real
Chromium draws the form in JupyterLab, and the time from the key press to the last field on the page is taken, too.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.manager import start_new_kernel

from zenpro_nb.servers import sandbox_process
from zenpro_nb.servers.sandbox_process import Sandbox

FORMS = {"workspaces create": "Description", "roles assign": "Teams"}  # and the last field that is not folded away

# Types into the picker of users, and waits until it offers something.
TYPE = """
import time
users = handle.view.row("users")
users._text.value = "example.com"
while users._matches is None or not users._matches.options:
    time.sleep(0.005)
"""


@dataclass
class Cost:
    """What a cell has sent to the front end."""

    seconds: float
    messages: int
    size: int

    def __str__(self) -> str:
        return f"{self.seconds:6.2f} s {self.messages:6d} messages {self.size / 1000:8.1f} kB"


def environment(sandbox: Sandbox) -> dict[str, str]:
    """The kernel's environment."""
    return {
        "ZENML_PRO_API_URL": sandbox.url,
        "ZENML_PRO_API_KEY": sandbox.key.reveal(),
        "ZENPRO_ORGANIZATION": "acme",
    }


@contextmanager
def kernel(sandbox: Sandbox) -> Iterator[Any]:
    """A function that runs a cell as if somebody watched, and gives its cost."""
    manager, client = start_new_kernel(env={**os.environ, **environment(sandbox)})

    def run(code: str) -> Cost:
        sent: list[dict[str, Any]] = []
        begun = time.perf_counter()
        reply = client.execute_interactive(code, timeout=120, output_hook=sent.append, allow_stdin=True)
        took = time.perf_counter() - begun
        if reply["content"]["status"] != "ok":
            raise SystemExit("\n".join(reply["content"]["traceback"]))
        counted = [one for one in sent if one["msg_type"] in ("comm_open", "comm_msg", "display_data")]
        size = sum(len(json.dumps(one["content"])) + sum(map(len, one["buffers"])) for one in counted)
        return Cost(took, len(counted), size)

    try:
        yield run
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def in_kernel(sandbox: Sandbox, rounds: int) -> None:
    """The median of several kernels, each new: the first form of a notebook imports the widgets."""
    for words in FORMS:
        first, second, typed = [], [], []
        for _ in range(rounds):
            with kernel(sandbox) as run:
                run("%load_ext zenpro_nb")
                first.append(run(f"handle = %zenpro form {words}\ndisplay(handle)"))
                second.append(run(f"handle = %zenpro form {words}\ndisplay(handle)"))
                if words == "roles assign":
                    typed.append(run(TYPE))
        for name, costs in (("first form", first), ("second form", second), ("typing a user", typed)):
            if costs:
                print(f"{words:18s} {name:14s} {sorted(costs, key=lambda one: one.seconds)[len(costs) // 2]}")


def in_browser(sandbox: Sandbox, rounds: int) -> None:
    """From running the cell to the last field on the page."""
    from tests.support.browser import browser_page
    from tests.support.lab import lab

    with tempfile.TemporaryDirectory() as folder, lab(Path(folder), environment(sandbox)) as server:
        for words, last in FORMS.items():
            times = []
            for _ in range(rounds):
                with browser_page() as page:
                    notebook = server.open(page, ["%load_ext zenpro_nb", f"%zenpro form {words}"])
                    notebook.run(0)
                    begun = time.perf_counter()
                    notebook.begin(1)
                    page.get_by_label(last).wait_for()
                    times.append(time.perf_counter() - begun)
            print(f"{words:18s} on the page    {sorted(times)[len(times) // 2]:6.2f} s")


def main() -> None:
    """Measure both forms."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=10_000)
    parser.add_argument("--latency-ms", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--browser", action="store_true")
    options = parser.parse_args()
    sandbox = sandbox_process.start(["--users", str(options.users), "--latency-ms", str(options.latency_ms)])
    try:
        in_kernel(sandbox, options.rounds)
        if options.browser:
            in_browser(sandbox, options.rounds)
    finally:
        sandbox.stop()


if __name__ == "__main__":
    main()

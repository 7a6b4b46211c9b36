"""Measure how long a form takes to appear, and how much it sends to the browser: `python -m benchmarks.forms`.

A sandbox with 10,000 users responds 20 ms late to each request. A real kernel runs the cell. Everything that it sends
to its front end is counted until the cell has ended, and again while text is typed into the picker of users. For
comparison, a cell makes widgets with the same labels by hand and reads the list of users page by page. With
`--browser`, a real Chromium draws the form in JupyterLab. Then the time from the key press to the last field on the
page is measured too.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.manager import start_new_kernel

from benchmarks.row import SWITCH, Row, Settings, middle, times
from zenpro_nb.servers import sandbox_process
from zenpro_nb.servers.sandbox_process import Sandbox

FORMS = {"workspaces create": "Description", "roles assign": "Teams"}  # and the last field that is not folded away
USERS = 10_000
LATENCY = 20
PAUSE = 1  # second before another form, so background work of the first (mainly imports) has ended

# A form by an author who knows the fields.
BY_HAND = """
import requests
import ipywidgets
names = ["Role", "Organization", "Users", "Teams", "Bots", "E-mail", "Workspace", "Project", "Variable for the result"]
rows = [ipywidgets.Text(description=name) for name in names]
display(ipywidgets.VBox([*rows, ipywidgets.HTML(), ipywidgets.HBox([ipywidgets.Button(description="Assign")])]))
"""

# Reads all users, which a picker by hand needs before it can offer a user.
LIST_BY_HAND = """
import os, requests
url, session, people = os.environ["ZENML_PRO_API_URL"], requests.Session(), []
token = session.post(f"{url}/auth/login", data={"password": os.environ["ZENML_PRO_API_KEY"]}).json()["access_token"]
session.headers["Authorization"] = f"Bearer {token}"
while True:
    page = session.get(f"{url}/users", params={"offset": len(people), "limit": 100}).json()
    people += page
    if len(page) < 100:
        break
found = [one["email"] for one in people if "example.com" in one["email"]][:50]
"""

# Types into the picker of users, and waits until it offers something.
TYPE = """
import time
users = handle.view.row("users")
users._text.value = "example.com"
while users._matches is None or not users._matches.options:
    time.sleep(0.002)
"""


@dataclass
class Cost:
    """The messages that a cell sent to the front end."""

    seconds: float
    messages: int
    size: int

    def __str__(self) -> str:
        return f"{1000 * self.seconds:.0f} ms, {self.messages} messages, {self.size / 1000:.0f} kB"


def environment(sandbox: Sandbox) -> dict[str, str]:
    """Return the environment of the kernel."""
    usual = {name: value for name, value in os.environ.items() if name != SWITCH}
    return usual | {
        "ZENML_PRO_API_URL": sandbox.url,
        "ZENML_PRO_API_KEY": sandbox.key.reveal(),
        "ZENPRO_ORGANIZATION": "acme",
    }


@contextmanager
def kernel(sandbox: Sandbox) -> Iterator[Any]:
    """Yield a function that runs a cell interactively and returns its cost."""
    manager, client = start_new_kernel(env=environment(sandbox), stderr=subprocess.DEVNULL)

    def run(code: str) -> Cost:
        sent: list[dict[str, Any]] = []
        begun = time.perf_counter()
        reply = client.execute_interactive(code, timeout=120, output_hook=sent.append, allow_stdin=True)
        took = time.perf_counter() - begun
        if reply["content"]["status"] != "ok":
            raise RuntimeError("\n".join(reply["content"]["traceback"]))
        counted = [item for item in sent if item["msg_type"] in ("comm_open", "comm_msg", "display_data")]
        size = sum(len(json.dumps(item["content"])) + sum(map(len, item["buffers"])) for item in counted)
        return Cost(took, len(counted), size)

    try:
        yield run
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def in_kernels(sandbox: Sandbox, rounds: int) -> dict[str, list[Cost]]:
    """Return the cost of cells, each round in new kernels: the first form of a notebook imports the widgets."""
    found: dict[str, list[Cost]] = {}
    show = "handle = %zenpro form roles assign\ndisplay(handle)"
    mine = {"first": show, "later": show, "typed": TYPE}
    hand = {"first by hand": BY_HAND, "later by hand": BY_HAND, "list by hand": LIST_BY_HAND}
    for _ in range(rounds):
        for cells in (mine, hand):
            with kernel(sandbox) as run:
                run("%load_ext zenpro_nb")
                for name, code in cells.items():
                    if name.startswith("later"):
                        time.sleep(PAUSE)
                    found.setdefault(name, []).append(run(code))
    return found


def rows(settings: Settings) -> Iterator[Row]:
    """Measure the form with the most pickers."""
    # Run once before, so no method pays for files that are not cached yet.
    count = 1_000 if settings.quick else USERS
    sandbox = sandbox_process.start(["--users", str(count), "--latency-ms", str(LATENCY)])
    try:
        in_kernels(sandbox, 1)
        found = in_kernels(sandbox, 1 if settings.quick else settings.rounds)
    finally:
        sandbox.stop()

    def row(what: str, name: str, peer: str, goal: str) -> Row:
        ours, hand = ([item.seconds for item in found[key]] for key in (name, peer))
        middle_one = sorted(found[name], key=lambda item: item.seconds)[len(ours) // 2]
        by_hand = sorted(found[peer], key=lambda item: item.seconds)[len(hand) // 2]
        said = [str(item) if name != "typed" else f"{1000 * item.seconds:.0f} ms" for item in (middle_one, by_hand)]
        ratio = times(hand, ours) if name == "typed" else times(ours, hand)
        return Row(what, said[0], said[1], ratio=middle(ratio), goal=goal)

    yield row("first form of a kernel: times as long as widgets by hand", "first", "first by hand", "≤ 300 ms")
    yield row("a later form: times as long as widgets by hand", "later", "later by hand", "≤ 80 ms")
    where = f"{count:,} users, {LATENCY} ms"
    yield row(f"first suggestions, {where}: times sooner than the list", "typed", "list by hand", "≤ 300 ms")


def in_browser(sandbox: Sandbox, rounds: int) -> None:
    """Return the time from running the cell to the last field on the page."""
    from tests.support.browser import browser_page
    from tests.support.lab import lab

    with tempfile.TemporaryDirectory() as folder, lab(Path(folder), environment(sandbox)) as server:
        for words, last in FORMS.items():
            took = []
            for _ in range(rounds):
                with browser_page() as page:
                    notebook = server.open(page, ["%load_ext zenpro_nb", f"%zenpro form {words}"])
                    notebook.run(0)
                    begun = time.perf_counter()
                    notebook.begin(1)
                    page.get_by_label(last).wait_for()
                    took.append(time.perf_counter() - begun)
            print(f"{words:18s} on the page    {sorted(took)[len(took) // 2]:6.2f} s")


def main() -> None:
    """Print the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--browser", action="store_true")
    options = parser.parse_args()
    for row in rows(Settings(options.rounds, options.quick)):
        print(row)
    if options.browser:
        sandbox = sandbox_process.start(["--users", str(USERS), "--latency-ms", str(LATENCY)])
        try:
            in_browser(sandbox, options.rounds)
        finally:
            sandbox.stop()


if __name__ == "__main__":
    main()

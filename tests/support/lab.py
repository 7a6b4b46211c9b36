"""A JupyterLab with Notebook 7 and default settings, and a page of it in a real browser.

::

    with lab(folder, {"ZENML_PRO_API_URL": …}) as server, browser_page() as page:
        notebook = server.open(page, ["%load_ext zenpro_nb", "%zenpro users"])
        notebook.run(0)
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nbformat
import urllib3
from playwright.sync_api import Locator, Page, Response, expect

from tests.support.listening import when_listening

START_TIMEOUT = 120.0  # seconds; long enough for a busy machine
PATIENCE = 60_000  # milliseconds to wait for an element of a page
# The page shows idle before a kernel exists. Only the server knows the real state.
_KERNEL_IS_IDLE = """async ([name, token, patience]) => {
    const end = Date.now() + patience;
    while (Date.now() < end) {
        const reply = await fetch("/api/sessions", {headers: {Authorization: `token ${token}`}});
        const mine = (await reply.json()).filter(session => session.path === name && session.kernel);
        if (mine.some(session => session.kernel.execution_state === "idle")) return true;
        await new Promise(resolve => setTimeout(resolve, 100));
    }
    return false;
}"""

_SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyter-widgets/jupyterlab-manager/plugin": {"saveState": True},
}
# A kernel starts with each notebook, and needs longer for its imports than most tests.
_CONFIGURATION = """
import sys

sys.path.insert(0, {root!r})
from tests.support.forked_kernels import fork_kernels

fork_kernels()
"""
ROOT = Path(__file__).parents[2]
_CELLS = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell"
_NUMBERS = count()


@dataclass
class Lab:
    """A running server; `/lab` is JupyterLab, `/notebooks` is Notebook 7."""

    url: str
    token: str
    folder: Path

    def open(self, page: Page, cells: Sequence[str], *, app: str = "lab/tree", theme: str = "light") -> NotebookPage:
        """Open a new notebook with these cells, and wait for its kernel.

        Args:
            app: `lab/tree` or `notebooks`.
            theme: `light` or `dark`.
        """
        self._choose_theme(theme)
        # A new file each time, because the server keeps a notebook's kernel regardless of the page.
        name = f"test-{next(_NUMBERS)}.ipynb"
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source=cell) for cell in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, self.folder / name)
        self.show(page, name, app=app)
        self._wait_for_kernel(page, name)
        return NotebookPage(page, self.folder / name)

    def show(self, page: Page, name: str, *, app: str = "lab/tree") -> None:
        """Open a notebook of the server's folder."""
        page.set_default_timeout(PATIENCE)
        # JupyterLab reopens earlier documents unless it is reset.
        page.goto(f"{self.url}/{app}/{name}?reset&token={self.token}")
        page.locator(_CELLS).first.wait_for()

    def end_kernels(self) -> None:
        """End all kernels, as a restart of the server would."""
        for session in self._get("/api/sessions"):
            self._get(f"/api/sessions/{session['id']}", method="DELETE")

    def _choose_theme(self, theme: str) -> None:
        settings = self.folder.parent / "settings" / "@jupyterlab" / "apputils-extension"
        wanted = {"theme": "JupyterLab Dark" if theme == "dark" else "JupyterLab Light"}
        settings.mkdir(parents=True, exist_ok=True)
        (settings / "themes.jupyterlab-settings").write_text(json.dumps(wanted))

    def _wait_for_kernel(self, page: Page, name: str) -> None:
        """Let the page query the server until the notebook's kernel is idle."""
        assert page.evaluate(_KERNEL_IS_IDLE, [name, self.token, PATIENCE]), "the kernel did not start"

    def _get(self, path: str, method: str = "GET") -> Any:
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(f"{self.url}{path}", headers=headers, method=method)  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=PATIENCE / 1000) as answer:  # noqa: S310 - loopback
            return json.loads(answer.read() or "null")


@dataclass
class NotebookPage:
    """A notebook in the browser."""

    page: Page
    file: Path
    ran: int = field(default=0)

    def cell(self, number: int) -> Locator:
        """Return a cell, including its outputs."""
        return self.page.locator(_CELLS).nth(number)

    def output(self, number: int) -> Locator:
        """Return the outputs of a cell."""
        return self.cell(number).locator(".jp-OutputArea-output")

    def run(self, number: int) -> Locator:
        """Run a cell, wait until it has ended, and return it."""
        self.begin(number)
        expect(self.cell(number).locator(".jp-InputArea-prompt")).to_have_text(f"[{self.ran}]:", timeout=PATIENCE)
        return self.cell(number)

    def begin(self, number: int) -> None:
        """Run a cell without waiting."""
        self.ran += 1
        self.cell(number).locator(".jp-InputArea-editor").click()
        self.page.keyboard.press("Control+Enter")

    def write(self, number: int, code: str) -> None:
        """Replace the code of a cell, as if pasted."""
        self.cell(number).locator(".jp-InputArea-editor").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)

    def restart_kernel(self) -> None:
        """Restart the kernel through the menu, and wait until the page has noticed."""
        self.page.locator(".jp-NotebookPanel-toolbar [data-command='notebook:restart-kernel']").first.click()
        self.page.locator(".jp-Dialog button.jp-mod-accept").click()
        self.page.locator(".jupyter-widgets-disconnected").first.wait_for(state="attached")

    def save(self) -> dict[str, Any]:
        """Save the notebook, and return the contents of the file."""
        # A focused widget receives all key presses.
        self.cell(0).locator(".jp-InputArea-editor").click()
        with self.page.expect_response(self._saves, timeout=PATIENCE):
            self.page.keyboard.press("Control+s")
        saved: dict[str, Any] = json.loads(self.file.read_text())
        return saved

    def _saves(self, reply: Response) -> bool:
        """Return whether this response confirms that the server has written the file."""
        return reply.request.method == "PUT" and urlsplit(reply.url).path == f"/api/contents/{self.file.name}"


@contextmanager
def lab(folder: Path, environment: Mapping[str, str]) -> Iterator[Lab]:
    """Run a server whose kernels have this environment. It writes only below `folder`."""
    work = folder / "work"
    work.mkdir(parents=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_urlsafe(16)
    _write_settings(folder)
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--ServerApp.port={port}"),
                *("--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={work}"),
            ],
            env={**os.environ, **_own_folders(folder), **environment, "JUPYTER_TOKEN": token},
            stdout=log,
            stderr=log,
            # A keyboard interrupt is for the tests, which then end the server properly.
            start_new_session=True,
        )
    server = Lab(f"http://127.0.0.1:{port}", token, work)
    try:
        try:
            when_listening(f"{server.url}/api", patience=START_TIMEOUT)
        except urllib3.exceptions.HTTPError:
            raise AssertionError(f"JupyterLab did not start: {(folder / 'server.log').read_text()[-2000:]}") from None
        yield server
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _own_folders(folder: Path) -> dict[str, str]:
    return {
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "IPYTHONDIR": str(folder / "ipython"),
        "ZENPRO_STATE_DIR": str(folder / "state"),
        "ZENPRO_CONFIG_DIR": str(folder / "zenpro"),
    }


def _write_settings(folder: Path) -> None:
    """Disable the news toast, which covers buttons, save the state of widgets for inspection, and fork the kernels."""
    configuration = folder / "config" / "jupyter_server_config.py"
    configuration.parent.mkdir(parents=True)
    configuration.write_text(_CONFIGURATION.format(root=str(ROOT)))
    for name, values in _SETTINGS.items():
        path = folder / "settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))

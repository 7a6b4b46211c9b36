"""`zenpro demo` as a separate process: where it listens, and that nothing remains when it is ended from outside."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest

from tests.support.command_line import in_process
from tests.support.listening import when_listening
from zenpro_nb.client import ApiKey
from zenpro_nb.profiles import Profiles, Settings
from zenpro_nb.security.secret import Secret
from zenpro_nb.servers import demo, demo_folder
from zenpro_nb.servers.child_process import ChildProcess
from zenpro_nb.servers.sandbox_process import Sandbox

PATIENCE = 60  # seconds until a silent process counts as broken
DEMO = [sys.executable, "-m", "zenpro_nb", "demo", "--no-browser"]


@pytest.fixture
def environment() -> dict[str, str]:
    return dict(os.environ)


def test_a_taken_port_is_refused_before_anything_starts(environment: dict[str, str]) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = str(listener.getsockname()[1])
        done = in_process(["demo", "--no-browser", "--port", port], environment)
    assert done.returncode == 2
    assert done.stderr.decode() == f"UsageError: Port {port} is in use. Omit --port to use a free one.\n"


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="no /proc to look for child processes in")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_signal_leaves_nothing_behind(environment: dict[str, str], tmp_path: Path, number: signal.Signals) -> None:
    own = environment | {"TMPDIR": str(tmp_path)}  # nothing removes the settings of a demo that is killed
    demo = subprocess.Popen([*DEMO, "--dir", str(tmp_path / "work")], env=own, stderr=subprocess.PIPE, text=True)
    try:
        address, token = _address(demo)
        _ask_lab(address, token, "kernels", name="python3")
        family = [os.pidfd_open(pid) for pid in _descendants(demo.pid)]
        assert len(family) >= 4  # the sandbox, a guard, JupyterLab, a kernel
        demo.send_signal(number)
        rest = demo.communicate(timeout=PATIENCE)[1]
        assert "have stopped" in rest or number == signal.SIGKILL
        for descriptor in family:
            assert select.select([descriptor], [], [], PATIENCE)[0], "a process outlived the demo"
    finally:
        demo.kill()
        demo.wait()


def _as_it_ends(number: signal.Signals | None, environment: dict[str, str], folder: Path, *, saved: bool) -> str:
    """Return the output of a demo with its folder in this one, ended by a signal or by JupyterLab's shutdown."""
    demo = subprocess.Popen(DEMO, env=environment | {"TMPDIR": str(folder)}, stderr=subprocess.PIPE, text=True)
    try:
        address, token = _address(demo)
        assert len(list(folder.glob("zenpro-demo-*"))) == 2  # the notebooks and the settings
        _ask_lab(address, token, "contents/00-quickstart.ipynb/checkpoints")
        if saved:
            _ask_lab(address, token, "contents/mine.txt", method="PUT", type="file", format="text", content="mine")
        if number is None:
            _ask_lab(address, token, "shutdown")
        else:
            demo.send_signal(number)
        output = demo.communicate(timeout=PATIENCE)[1]
    finally:
        demo.kill()
        demo.wait()
    assert demo.returncode == 0
    return output


@pytest.mark.skipif(os.name == "nt", reason="no TMPDIR, and no signals like these")
@pytest.mark.parametrize(
    "number",
    [
        pytest.param(signal.SIGINT, id="Ctrl-C"),  # the default suite starts one demo
        pytest.param(None, id="shutdown", marks=pytest.mark.slow),
    ],
)
def test_the_folder_is_deleted_if_nothing_was_saved(
    environment: dict[str, str], tmp_path: Path, number: signal.Signals | None
) -> None:
    output = _as_it_ends(number, environment, tmp_path, saved=False)
    assert list(tmp_path.glob("zenpro-demo-*")) == []
    # The log of JupyterLab does not follow the line that says how to stop everything.
    assert output.splitlines() == ["JupyterLab and the sandbox have stopped."]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no TMPDIR, and no signals like these")
def test_saved_files_are_kept_and_reported(environment: dict[str, str], tmp_path: Path) -> None:
    output = _as_it_ends(signal.SIGTERM, environment, tmp_path, saved=True)
    (left,) = tmp_path.glob("zenpro-demo-*")
    assert f"Your changes are in {left};" in output
    assert (left / "mine.txt").read_text() == "mine"


def _address(demo: subprocess.Popen[str]) -> tuple[str, str]:
    assert demo.stderr is not None
    for line in demo.stderr:
        if found := re.search(r"(http://127\.0\.0\.1:\d+)/lab\S+token=(\S+)", line):
            assert demo.stderr.readline() == "Press Ctrl-C to stop everything.\n"
            return found[1], found[2]
    pytest.fail("the demo did not say where it is")


def _ask_lab(address: str, token: str, path: str, *, method: str = "POST", **body: object) -> None:
    """Send a request to JupyterLab, as soon as it listens."""
    reply = when_listening(
        f"{address}/api/{path}",
        patience=PATIENCE,
        method=method,
        json=body,
        headers={"Authorization": f"token {token}"},
    )
    assert reply.status < 400, f"{path}: {reply.status} {reply.data.decode()}"


def _descendants(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield int(child)
            yield from _descendants(int(child))


def _edit(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source += "!"
    nbformat.write(notebook, path)


def _run(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="done")]
    nbformat.write(notebook, path)


def _looked_at(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.language_info["version"] = "3.12.1"
    notebook.cells[1].execution_count = 1
    nbformat.write(notebook, path)


@pytest.mark.parametrize(
    ("change", "changed"), [(_edit, True), (_run, True), (_looked_at, False), (Path.unlink, False)]
)
def test_which_files_count_as_changed(tmp_path: Path, change: Callable[[Path], None], changed: bool) -> None:
    source = demo_folder.notebooks()
    with demo_folder.copies(tmp_path / "work", print) as work:
        assert {path.name for path in work.iterdir()} == {path.name for path in source.iterdir() if path.is_file()}
        assert not demo_folder.is_changed(work, source)
        change(work / "00-quickstart.ipynb")
        assert demo_folder.is_changed(work, source) is changed


def test_a_named_folder_is_kept_and_nothing_in_it_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    with demo_folder.copies(tmp_path, print):
        pass
    assert (tmp_path / "README.md").read_text() == "mine"
    assert (tmp_path / "00-quickstart.ipynb").is_file()


def test_existing_settings_do_not_redirect_the_demo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("ZENPRO_PROFILE", "ZENML_PRO_API_TOKEN", "ZENPRO_WORKSPACE", "ZENML_PRO_USERNAME"):
        monkeypatch.setenv(name, "production")
    settings = Settings("http://127.0.0.1:9", ApiKey("ZENPROKEY_x"), "the sandbox", "acme", profile="sandbox")
    process = ChildProcess([sys.executable, "-c", ""])
    process.end()
    sandbox = Sandbox(settings.url, settings, process, Secret("ZENPROKEY_x"))
    environment = demo._environment(sandbox, "token", tmp_path)
    assert "production" not in environment.values()
    assert Profiles(environment).settings().url == sandbox.url

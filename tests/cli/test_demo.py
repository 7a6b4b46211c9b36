"""`zenpro demo` as a process of its own: where it listens, and that nothing is left when it is ended from outside."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from zenpro_nb.profiles import Profiles
from zenpro_nb.servers import demo, sandbox_process

PATIENCE = 60  # seconds until a silent process counts as broken
DEMO = [sys.executable, "-m", "zenpro_nb", "demo", "--no-browser"]


@pytest.fixture
def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("ZENML_", "ZENPRO_"))}


def test_a_taken_port_is_refused_before_anything_starts(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run([*DEMO, "--port", port], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == f"UsageError: Port {port} is in use. Leave --port out for a free one.\n"


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="no /proc to look for child processes in")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_signal_leaves_nothing_behind(environment: dict[str, str], tmp_path: Path, number: signal.Signals) -> None:
    demo = subprocess.Popen([*DEMO, "--dir", str(tmp_path)], env=environment, stderr=subprocess.PIPE, text=True)
    try:
        address, token = _address(demo)
        _start_kernel(address, token)
        family = [os.pidfd_open(pid) for pid in _descendants(demo.pid)]
        assert len(family) >= 4  # the sandbox, a guard, JupyterLab, a kernel
        demo.send_signal(number)
        rest = demo.communicate(timeout=PATIENCE)[1]
        assert "have ended" in rest or number == signal.SIGKILL
        for descriptor in family:
            assert select.select([descriptor], [], [], PATIENCE)[0], "a process outlived the demo"
    finally:
        demo.kill()
        demo.wait()


def _address(demo: subprocess.Popen[str]) -> tuple[str, str]:
    assert demo.stderr is not None
    for line in demo.stderr:
        if found := re.search(r"(http://127\.0\.0\.1:\d+)/lab\S+token=(\S+)", line):
            return found[1], found[2]
    pytest.fail("the demo did not say where it is")


def _start_kernel(address: str, token: str) -> None:
    request = urllib.request.Request(  # noqa: S310 - our own loopback address
        f"{address}/api/kernels",
        data=json.dumps({"name": "python3"}).encode(),
        headers={"Authorization": f"token {token}", "Content-Type": "application/json"},
    )
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(request, timeout=PATIENCE).close()  # noqa: S310
        except urllib.error.URLError:
            assert time.monotonic() < deadline, "JupyterLab does not listen"
            time.sleep(0.1)
        else:
            return


def _descendants(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield int(child)
            yield from _descendants(int(child))


def test_nothing_that_was_set_before_leads_the_demo_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("ZENPRO_PROFILE", "ZENML_PRO_API_TOKEN", "ZENPRO_WORKSPACE", "ZENML_PRO_USERNAME"):
        monkeypatch.setenv(name, "production")
    sandbox = sandbox_process.start(["--users", "50"])
    try:
        environment = demo._environment(sandbox, "token", tmp_path)
    finally:
        sandbox.stop()
    assert "production" not in environment.values()
    assert Profiles(environment).settings().url == sandbox.url

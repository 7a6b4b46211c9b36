"""Child processes, with and without a guard: ready, ended, and gone together with the process that started them."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from zenpro_nb import limits
from zenpro_nb.servers.child_process import ChildProcess

PATIENCE = 60  # seconds until a silent process counts as broken
needs_pidfd = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="no way to wait for a stranger's process")

# Prints its process id, and keeps running; the second one ignores SIGTERM.
STAYS = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {STAYS}"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def has_ended(pid: int) -> bool:
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], PATIENCE)[0])
    finally:
        os.close(descriptor)


def test_the_first_line_the_exit_code_and_the_last_words() -> None:
    child = ChildProcess(python("import sys; print('ready'); sys.exit('Error: no more\\n')"), answers=True, quiet=True)
    assert child.first_line() == "ready\n"
    assert child.run() == 1
    assert child.last_words() == "no more"
    assert not child.running


def test_a_silent_process() -> None:
    child = ChildProcess(python("import sys; sys.exit(7)"), answers=True, quiet=True)
    assert child.first_line() == ""
    assert child.last_words() == "exit code 7"


@pytest.mark.parametrize(("code", "expected"), [("import sys; sys.exit(3)", 3), ("import os; os.abort()", 128 + 6)])
def test_a_guard_passes_on_the_exit_code(code: str, expected: int) -> None:
    assert ChildProcess(python(code), guarded=True).run() == expected


def test_waiting_until_it_is_ready(tmp_path: Path) -> None:
    file = tmp_path / "ready"
    child = ChildProcess(python(f"open({str(file)!r}, 'w').close(); {STAYS}"), guarded=True, quiet=True)
    assert child.wait_until(file.exists, PATIENCE)
    assert not child.wait_until(lambda: False, 0)
    child.end()
    began = time.monotonic()
    assert not child.wait_until(lambda: False, PATIENCE)
    assert time.monotonic() - began < PATIENCE


@needs_pidfd
def test_a_process_that_ignores_signals_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CHILD_STOP", 0.1)
    child = ChildProcess(python(DEAF), guarded=True, answers=True)
    pid = int(child.first_line())
    child.end()
    assert has_ended(pid)


@needs_pidfd
@pytest.mark.parametrize("code", [STAYS, DEAF])
def test_it_ends_with_its_parent_in_every_case(code: str) -> None:
    starter = f"""
from zenpro_nb import limits
limits.CHILD_STOP = 0.1
from zenpro_nb.servers.child_process import ChildProcess
child = ChildProcess({python(code)!r}, guarded=True)
child.run()
"""
    parent = subprocess.Popen(python(starter), stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout as output:
        pid = int(output.readline())
        parent.kill()
        parent.wait()
    assert has_ended(pid)


@needs_pidfd
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_waiting_process_ends_it(number: signal.Signals) -> None:
    starter = f"""
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever was inherited
for number in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_DFL)
from zenpro_nb.servers.child_process import ChildProcess
print("ended with", ChildProcess({python(STAYS)!r}, guarded=True).run())
"""
    parent = subprocess.Popen(python(starter), stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout as output:
        pid = int(output.readline())
        parent.send_signal(number)
        assert output.read() == "ended with 0\n"
    assert parent.wait() == 0
    assert has_ended(pid)

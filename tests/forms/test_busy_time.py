"""The busy time of the kernel when it handles a press, with a clock that the tests move."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from zenpro_nb.forms.busy_time import BusyTime

HANDLING = 0.005  # seconds that the kernel takes for a message


class Kernel:
    """A kernel with one event loop: work blocks the loop, and the beats come when it is free."""

    def __init__(self, *, beats: bool = True, has_ended: Callable[[object], bool] = lambda work: False) -> None:
        self.now = 1000.0
        self.busy = BusyTime(lambda: self.now, has_ended, beats=beats)
        self._next = self.now if beats else math.inf
        self.idle(5.0)

    def cell(self, seconds: float, work: object = "main") -> None:
        """Block the loop with a cell or another callback. Messages that arrive are handled before the next beat."""
        self.busy.began(work)
        self.now += seconds
        if self.busy.ended(work):
            self._next = self.now

    def press(self, work: object = "main") -> float:
        """Handle a press, and return the busy time of the kernel."""
        self.busy.began(work)
        self.now += HANDLING
        seconds = self.busy.seconds()
        self.busy.ended(work)
        return seconds

    def idle(self, seconds: float) -> None:
        """The loop is free."""
        end = self.now + seconds
        while self._next <= end:
            self.now = max(self.now, self._next)
            self._next = self.now + self.busy.beat()
        self.now = end


def test_a_press_after_a_long_cell() -> None:
    kernel = Kernel()
    assert kernel.press() == pytest.approx(HANDLING)
    kernel.cell(12.0)
    assert kernel.press() == pytest.approx(12.0, abs=0.1)
    assert kernel.press() > 12.0, "the second press waited too"


def test_a_press_after_the_kernel_was_idle_again() -> None:
    kernel = Kernel()
    kernel.cell(3600.0)
    kernel.idle(0.5)
    assert kernel.press() < 1.0


def test_edits_between_the_cell_and_the_press() -> None:
    kernel = Kernel()
    kernel.cell(12.0)
    for _ in range(200):
        kernel.cell(0.03)
        kernel.idle(0.002)
    assert kernel.press() > 12.0


@pytest.mark.parametrize(("cells", "seconds"), [(20, 1.0), (13, 0.9), (300, 0.05), (4, 3.0)])
def test_all_cells_of_a_notebook_are_one_busy_time(cells: int, seconds: float) -> None:
    kernel = Kernel()
    for _ in range(cells):
        kernel.cell(seconds)
        kernel.idle(0.001)
    assert kernel.press() > 10.0


def test_typing_for_minutes_does_not_count_as_busy() -> None:
    kernel = Kernel()
    for _ in range(1200):
        kernel.cell(0.02)
        kernel.idle(0.08)
    assert kernel.press() < 2.0


def test_a_kernel_suspended_or_blocked_without_an_event() -> None:
    kernel = Kernel()
    kernel.now += 12.0  # neither a cell nor a message: a slow completion, a callback of the loop, or SIGSTOP
    assert kernel.press() > 11.0
    kernel = Kernel()
    kernel.now += 12.0
    kernel.idle(0.001)  # the overdue beat comes first
    assert kernel.press() > 11.0
    kernel.idle(0.5)
    assert kernel.press() < 1.0


def test_an_asynchronous_cell_leaves_the_loop_free_and_the_kernel_busy() -> None:
    kernel = Kernel()
    kernel.busy.began("cell")
    kernel.idle(12.0)
    assert kernel.press("message") > 11.0, "handled beside the cell"
    kernel.idle(3.0)
    if kernel.busy.ended("cell"):
        kernel._next = kernel.now
    assert kernel.press() > 15.0, "handled after it"
    kernel.idle(0.5)
    assert kernel.press() < 1.0


def test_a_press_in_another_thread_while_a_cell_runs() -> None:
    kernel = Kernel()
    kernel.busy.began("main thread")
    kernel.now += 5.0
    assert kernel.press("subshell") == pytest.approx(5.0, abs=0.1)
    kernel.now += 7.0
    assert kernel.press("subshell") > 12.0
    kernel.busy.ended("main thread")
    assert kernel.press("subshell") > 12.0
    kernel.idle(0.5)
    assert kernel.press("subshell") < 1.0


def test_a_press_after_a_long_callback_in_a_separate_thread() -> None:
    kernel = Kernel()
    kernel.busy.began("subshell")
    kernel.idle(12.0)  # the main thread has nothing to do
    kernel.busy.ended("subshell")
    kernel.idle(0.001)
    assert kernel.press("subshell") > 11.0


def test_a_failed_callback_does_not_count_as_busy() -> None:
    over: set[object] = set()
    kernel = Kernel(has_ended=lambda work: work in over)
    kernel.busy.began("failing")
    kernel.now += 0.01
    over.add("failing")  # nothing reports its end
    kernel.idle(60.0)
    assert kernel.press() < 1.0


def test_a_cell_that_runs_another_one_inside() -> None:
    kernel = Kernel()
    kernel.busy.began("main")
    kernel.now += 1.0
    kernel.cell(0.0)  # its end is reported twice
    kernel.now += 11.0
    kernel.busy.ended("main")
    assert kernel.press() > 11.0


def test_without_an_event_loop() -> None:
    kernel = Kernel(beats=False)
    kernel.cell(12.0)
    assert kernel.press() > 12.0
    kernel.now += 1.0
    assert kernel.press() < 1.0
    kernel.now += 60.0
    assert kernel.press() < 1.0

"""Send the writes of a command: independent ones at the same time, in the order of `ordering`."""

from __future__ import annotations

import heapq
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from zenpro_nb import limits
from zenpro_nb.client import is_stopped
from zenpro_nb.errors import InterruptedReadError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes.journaled import Sender
from zenpro_nb.framework.writes.ordering import dependencies, phases, turns, waiting_for
from zenpro_nb.framework.writes.write import STOPPED, Outcome, Write, is_to_send

# The outcome of a step that another step needs.
_UNMET_NEED = {
    "refused": "was refused",
    "blocked": "is blocked",
    "skipped": "is skipped",
    "not done": "did not happen",
    "not sent": "was not sent",
    "not kept": "created a secret that is lost",
    "unknown": "has an unknown outcome",
}

Advance = Callable[[int, Mapping[str, int]], None]


class Executor:
    """Sends the writes of one command.

    Args:
        advance: called in this thread with the number of finished writes, and the numbers of failed ones by state.
            Writes that are known to change nothing, or are held back, are not counted.
        at_once: the maximum number of parallel writes.
    """

    def __init__(
        self, ctx: CommandContext, sender: Sender, writes: Sequence[Write], advance: Advance | None, at_once: int
    ) -> None:
        self._ctx = ctx
        self._sender = sender
        self._writes = writes
        self._advance = advance or (lambda ended, failed: None)
        self._at_once = at_once
        self._outcomes: dict[int, Outcome] = {}  # by place
        self._counted = {at for at, write in enumerate(writes) if is_to_send(write)}
        self._by_step: dict[int, Outcome] = {}

    def run(self) -> list[Outcome]:
        """Send the writes, and return their outcomes in the order of the writes.

        A step is not sent if a step that it needs did not succeed. After Ctrl-C, the writes in progress are checked,
        and the rest is not sent.
        """
        try:
            self._send_phases()
        finally:
            self._sender.flush()
        return [self._outcomes[at] for at in range(len(self._writes))]

    def _send_phases(self) -> None:
        for at, write in enumerate(self._writes):
            if write.hold_text:
                self._note(at, self._sender.send(write))
        for phase in phases(self._writes):
            if not self._sender.stopped:
                self._send(phase)
            for at in phase:
                if at not in self._outcomes:  # sending has stopped, and the sender knows the reason
                    self._note(at, self._sender.send(self._writes[at]))
            self._report_progress()

    def _send(self, phase: Sequence[int]) -> None:
        before = dependencies(self._writes, phase)
        # One at a time, they are sent in the order of the command.
        queue = _Queue(before, turns(before) if self._at_once > 1 else {})
        try:
            self._ctx.session.server.fan_out(
                [partial(self._send_next, queue)] * len(phase),
                progress=lambda count: self._report_progress(),
                max_workers=self._at_once,
            )
        except (InterruptedReadError, KeyboardInterrupt):
            self._sender.stop(STOPPED)
            queue.close()
            self._check_interrupted()

    def _report_progress(self) -> None:
        outcomes = [self._outcomes[at] for at in self._counted & self._outcomes.keys()]
        self._advance(len(outcomes), Counter(outcome.state for outcome in outcomes if outcome.failed))

    def _send_next(self, queue: _Queue) -> None:
        at = queue.take()
        if at is None:
            return
        try:
            self._step(at)
        finally:
            # If a write begins now, its entry takes the outcome along. One at a time, the outcome is written first.
            if not queue.end(at) or self._at_once == 1:
                self._sender.flush()

    def _step(self, at: int) -> None:
        write = self._writes[at]
        state, unmet = self._unmet(write)
        self._note(at, Outcome(write, state, unmet) if unmet else self._sender.send(write, at))

    def _note(self, at: int, outcome: Outcome) -> None:
        self._outcomes[at] = outcome
        learn = self._writes[at].position.learn
        if learn is not None and outcome.good and outcome.record:
            learn(outcome.record)
        if self._writes[at].position.step:
            self._by_step[self._writes[at].position.step] = outcome

    def _unmet(self, write: Write) -> tuple[str, str]:
        """Return the outcome of a step whose needs are not met, and the unmet need; empty if all are met."""
        for step in write.position.needs:
            outcome = self._by_step.get(step)
            if outcome is None:
                return "not sent", f"needs step {step}, which was not sent before it"
            if not outcome.good:
                state = "skipped" if outcome.state == "skipped" else "not sent"
                return state, f"needs step {step}, which {_UNMET_NEED.get(outcome.state, f'is {outcome.state}')}"
        return "", ""

    def _check_interrupted(self) -> None:
        """Check the writes that were in progress at Ctrl-C; a second Ctrl-C ends the checks."""
        under_way = self._sender.interruption()
        try:
            checked = self._ctx.session.server.fan_out(
                [partial(self._sender.check, write, entry) for _, write, entry in under_way]
            )
        except (InterruptedReadError, KeyboardInterrupt):
            checked = [self._sender.give_up(write, entry) for _, write, entry in under_way]
        for (at, _, _), outcome in zip(under_way, checked, strict=True):
            self._note(at, outcome)


class _Queue:
    """Hands out the places of a phase by their turns, each after the places that it waits for have ended.

    Args:
        before: by place, the places that it waits for.
        turns: by place, what ready places are sorted by; a missing one is sorted by its place.
    """

    def __init__(self, before: Mapping[int, set[int]], turns: Mapping[int, tuple[int, int]]) -> None:
        self._condition = threading.Condition()
        self._open_needs = {at: len(places) for at, places in before.items()}
        self._waiting = waiting_for(before)
        self._turns = {at: (*turns.get(at, (0, 0)), at) for at in before}
        self._ready = sorted(self._turns[at] for at, count in self._open_needs.items() if not count)  # a heap
        self._under_way = 0
        self._closed = False

    def take(self) -> int | None:
        """Return the next place; wait until one is ready. None after Ctrl-C."""
        with self._condition:
            while not self._ready and not self._closed and not is_stopped():
                if not self._under_way:  # they wait for each other, and the executor reports that for each
                    self._ready = sorted(self._turns[at] for at in self._open_needs)
                    break
                self._condition.wait(limits.WAIT_SLICE)
            if self._closed or is_stopped():
                return None
            *_, at = heapq.heappop(self._ready)
            self._open_needs.pop(at, None)
            self._under_way += 1
            return at

    def end(self, at: int) -> bool:
        """Release the places that wait for this one, and return whether any place is ready."""
        with self._condition:
            self._under_way -= 1
            for other in self._waiting.get(at, ()):
                if other in self._open_needs:
                    self._open_needs[other] -= 1
                    if not self._open_needs[other]:
                        heapq.heappush(self._ready, self._turns[other])
            self._condition.notify_all()
            return bool(self._ready) and not self._closed

    def close(self) -> None:
        """Stop handing out places."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()

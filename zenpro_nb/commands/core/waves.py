"""The steps of a plan in waves: independent ones at once, ordered where one needs another.

A phase is a run of consecutive writes of the same `action`: a wave never overtakes a phase, so that what is added
stands before anything that the plan removes behind it. Within a phase, a step goes in the first wave behind those that
it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby

from zenpro_nb import limits
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.sender import STOPPED, Sender
from zenpro_nb.commands.core.write import Outcome, Write
from zenpro_nb.errors import InterruptedReadError

# What became of a step that another one needs.
_WORDS = {
    "refused": "was refused",
    "blocked": "is blocked",
    "skipped": "is skipped",
    "not done": "did not happen",
    "not sent": "was not sent",
    "not kept": "made a secret that is lost",
    "unknown": "has an unknown outcome",
}


def waves(writes: Sequence[Write]) -> Iterator[list[int]]:
    """Yield the places of the writes that are sent at once; blocked and skipped ones are in none.

    >>> steps = [("add", 1, ()), ("add", 2, (1,)), ("add", 3, ()), ("remove", 4, ()), ("add", 5, ())]
    >>> list(waves([Write("POST", "/", "", action=action, step=step, needs=needs) for action, step, needs in steps]))
    [[0, 2], [1], [3], [4]]
    """
    places = [at for at, write in enumerate(writes) if not write.held]
    for _, phase in groupby(places, lambda at: writes[at].action):
        yield from _levels(writes, list(phase))


def _levels(writes: Sequence[Write], phase: list[int]) -> Iterator[list[int]]:
    while phase:
        waiting = {writes[at].step for at in phase}
        wave = [at for at in phase if not waiting.intersection(writes[at].needs)]
        if not wave:  # they need one another, and each is told that what it needs was not sent
            wave = phase
        yield wave
        phase = [at for at in phase if at not in set(wave)]


def send_in_waves(
    runtime: Runtime, sender: Sender, writes: Sequence[Write], advance: Callable[[int], None] | None
) -> list[Outcome]:
    """Send the steps, and return what became of each, in their order.

    A step whose need is not as it was meant to be is not sent. Ctrl-C: what is under way is looked at, and none of the
    rest is sent.
    """
    return _Waves(runtime, sender, writes, advance or (lambda done: None)).sent()


class _Waves:
    def __init__(
        self, runtime: Runtime, sender: Sender, writes: Sequence[Write], advance: Callable[[int], None]
    ) -> None:
        self._runtime = runtime
        self._sender = sender
        self._writes = writes
        self._advance = advance
        self._outcomes: dict[int, Outcome] = {}  # by place
        self._by_step: dict[int, Outcome] = {}

    def sent(self) -> list[Outcome]:
        for at, write in enumerate(self._writes):
            if write.held:
                self._note(at, self._sender.one(write))
        for wave in waves(self._writes):
            if not self._sender.stopped:
                self._send(wave)
            for at in wave:
                if at not in self._outcomes:  # nothing is sent any more, and the sender says why
                    self._note(at, self._sender.one(self._writes[at]))
            self._advance(len(self._outcomes))
        return [self._outcomes[at] for at in range(len(self._writes))]

    def _send(self, wave: Sequence[int]) -> None:
        before = len(self._outcomes)
        try:
            self._runtime.session.server.fan_out(
                [partial(self._step, at) for at in wave],
                progress=lambda done: self._advance(before + done),
                most=limits.WRITES_AT_ONCE,
            )
        except (InterruptedReadError, KeyboardInterrupt):
            self._sender.stop(STOPPED)
            self._look()

    def _step(self, at: int) -> None:
        write = self._writes[at]
        state, unmet = self._unmet(write)
        self._note(at, Outcome(write, state, unmet) if unmet else self._sender.one(write))

    def _note(self, at: int, outcome: Outcome) -> None:
        self._outcomes[at] = outcome
        self._by_step[self._writes[at].step] = outcome

    def _unmet(self, write: Write) -> tuple[str, str]:
        """Return what becomes of a step that needs one which is not done, and which that is; empty where all are."""
        for step in write.needs:
            outcome = self._by_step.get(step)
            if outcome is None:
                return "not sent", f"needs step {step}, which was not sent before it"
            if not outcome.good:
                state = "skipped" if outcome.state == "skipped" else "not sent"
                return state, f"needs step {step}, which {_WORDS.get(outcome.state, f'is {outcome.state}')}"
        return "", ""

    def _look(self) -> None:
        """Look at what was under way when Ctrl-C came; a second Ctrl-C ends the looks."""
        under_way = self._sender.interrupted()
        try:
            looked = self._runtime.session.server.fan_out([partial(self._sender.look_at, *one) for one in under_way])
        except (InterruptedReadError, KeyboardInterrupt):
            looked = [self._sender.given_up(*one) for one in under_way]
        for (write, _), outcome in zip(under_way, looked, strict=True):
            self._note(self._place(write), outcome)

    def _place(self, write: Write) -> int:
        return next(at for at, one in enumerate(self._writes) if one.step == write.step)

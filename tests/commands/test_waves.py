"""The steps of a plan: sent in waves, each in the journal, and completed by the next run if cut off."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import zenpro_nb
from tests.commands.conftest import Requests, journal, prepared
from tests.support.cutting import Cutter, cutting
from tests.support.faults import FAULTS, Spoiler, spoiling
from tests.support.killed import STEPS as KILLS
from tests.support.killed import run_and_kill
from tests.support.pressing import press_ctrl_c
from tests.support.sandbox import SandboxProcess
from tests.support.small_plan import FINAL, STEPS, apply, prepare, runtime_of, small_plan, state
from zenpro_nb.client import Client
from zenpro_nb.errors import NotFoundError, SaveError
from zenpro_nb.framework.writes.journaled import Sender
from zenpro_nb.framework.writes.ordering import dependencies, phases
from zenpro_nb.framework.writes.send import send_all
from zenpro_nb.framework.writes.write import Hold, Outcome, PlanPosition, Write
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.journal.journal import Entry, Journal

# Where a plan is cut: a sample, or with ZENPRO_CUTS=all every step.
PLACES = range(STEPS) if os.environ.get("ZENPRO_CUTS") == "all" else (0, 2, 4)
NAME = "wave"
GATEWAY = [fault for fault in FAULTS if fault.name in ("502 before", "502 after")]


@pytest.fixture(scope="module")
def plane(small_sandbox: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """The usual sandbox, with the team whose member the plan removes."""
    with prepared(small_sandbox, tmp_path_factory.mktemp("state")) as zen:
        prepare(zen, NAME)
    yield small_sandbox
    small_sandbox.drop()


@pytest.fixture
def name() -> str:
    """The same for all tests of this file: the objects of `plane` have it in their names."""
    return NAME


@pytest.fixture
def cutter(plane: SandboxProcess) -> Iterator[Cutter]:
    with cutting(plane.url) as proxy:
        yield proxy


def connected(url: str, plane: SandboxProcess) -> Connection:
    return zenpro_nb.connect(url=url, api_key=plane.key, organization="acme")


def converges(zen: Connection, name: str) -> None:
    """The next run does the remaining steps, the one after it nothing, and nothing was created twice."""
    assert all(item.good for item in apply(zen, name))
    assert state(zen, name) == FINAL
    assert apply(zen, name) == []


def paired(entries: list[dict[str, Any]], outcomes: list[Outcome]) -> None:
    """The journal contains each step that was begun as in the plan, and none that was sent without being begun."""
    said = {entry["target"]: entry["outcome"] for entry in entries}
    states = {outcome.write.target: outcome.state for outcome in outcomes}
    assert said.items() <= states.items()
    assert {target for target, outcome_state in states.items() if outcome_state != "not sent"} <= set(said)
    assert len(said) == len(entries)
    assert len({entry["command_id"] for entry in entries}) <= 1


def test_a_plan_is_sent_in_waves(zen: Connection, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = len(journal())
    both = threading.Barrier(2, timeout=30)  # each of two steps waits until the other is on its way too
    perform = Client._perform

    def gather(self: Client, call: Any) -> Any:
        if call.method == "POST":
            both.wait()
        return perform(self, call)

    monkeypatch.setattr(Client, "_perform", gather)
    outcomes = apply(zen, name)
    assert [outcome.state for outcome in outcomes] == ["done"] * STEPS
    assert [outcome.write.position.step for outcome in outcomes] == [1, 2, 3, 4, 5]
    assert state(zen, name) == FINAL
    paired(journal()[before:], outcomes)


def test_additions_stand_before_removals(zen: Connection, name: str, requests: Requests) -> None:
    before = len(requests.writes())
    numbers: list[int] = []
    run = runtime_of(zen)
    send_all(run, small_plan(run, name), "test plan", lambda ended, *others: numbers.append(ended), independent=True)
    assert [method for method, _ in requests.writes()[before:]] == ["POST"] * 4 + ["DELETE"]
    assert numbers == sorted(numbers)
    assert numbers[-1] == STEPS


def test_a_step_is_not_sent_if_a_required_step_failed(zen: Connection, name: str) -> None:
    run = runtime_of(zen)
    plan = small_plan(run, name)
    zen.run("teams", "create", f"{name}-a")  # to make the server refuse the first step
    outcomes = send_all(run, plan, "test plan", independent=True)
    assert [outcome.state for outcome in outcomes] == ["refused", "done", "not sent", "done", "done"]
    assert outcomes[2].detail == "needs step 1, which was refused"
    converges(zen, name)


@pytest.mark.parametrize(
    ("needs", "blocked", "said"),
    [((2,), "", "needs step 2, which is blocked"), ((7,), "", "needs step 7, which was not sent before it")],
)
def test_required_steps_must_have_been_done(
    needs: tuple[int, ...], blocked: str, said: str, zen: Connection, requests: Requests
) -> None:
    writes = [
        Write("DELETE", "/teams/1", "one", position=PlanPosition(action="remove", step=1, needs=needs)),
        Write(
            "DELETE",
            "/teams/2",
            "two",
            position=PlanPosition(action="remove", step=2),
            hold=Hold(blocked="for a reason"),
        ),
    ]
    before = len(requests.writes())
    outcomes = send_all(runtime_of(zen), writes, "test plan", independent=True)
    assert [(outcome.state, outcome.detail) for outcome in outcomes] == [
        ("not sent", said),
        ("blocked", "for a reason"),
    ]
    assert len(requests.writes()) == before


def test_steps_that_require_each_other_are_not_sent(zen: Connection) -> None:
    writes = [
        Write("DELETE", f"/teams/{item}", "", position=PlanPosition(action="remove", step=item, needs=(3 - item,)))
        for item in (1, 2)
    ]
    assert list(phases(writes)) == [[0, 1]]
    assert dependencies(writes, [0, 1])[1] == {0}
    outcomes = send_all(runtime_of(zen), writes, "test plan", independent=True)
    assert {outcome.state for outcome in outcomes} == {"not sent"}


@pytest.mark.parametrize("mode", ["answer", "request"])
@pytest.mark.parametrize("number", PLACES)
def test_cut_at_every_step(
    number: int, mode: str, plane: SandboxProcess, zen: Connection, cutter: Cutter, name: str
) -> None:
    entries = len(journal())
    writes = iter(range(STEPS))
    cutter.mode = mode
    cutter.wanted = lambda method, path: (
        method in ("POST", "DELETE") and "/auth/" not in path and next(writes) == number
    )
    with connected(cutter.url, plane) as far:
        outcomes = apply(far, name)
    assert cutter.cut
    states = [outcome.state for outcome in outcomes]
    assert set(states) <= {"done", "not done", "not sent"}
    assert ("not done" in states) == (mode == "request")
    paired(journal()[entries:], outcomes)
    # A step that the check found undone stops only the steps that require it.
    assert states.count("done") == STEPS if mode == "answer" else states.count("done") >= STEPS - 2
    converges(zen, name)


@pytest.mark.parametrize("fault", GATEWAY, ids=lambda fault: fault.name)
@pytest.mark.parametrize("number", PLACES)
def test_a_gateway_at_every_step(number: int, fault: Any, plane: SandboxProcess, zen: Connection, name: str) -> None:
    entries = len(journal())
    with spoiling(plane.url) as spoiler, connected(spoiler.url, plane) as far:
        _arm_at(spoiler, fault, number)
        outcomes = apply(far, name)
    assert spoiler.spoiled
    paired(journal()[entries:], outcomes)
    done = {outcome.write.target for outcome in outcomes if outcome.state == "done"}
    # A gateway timeout proves nothing: a write that the check does not find can still happen.
    assert len(done) == STEPS if fault.forward else "unknown" in {outcome.state for outcome in outcomes}
    converges(zen, name)


def _arm_at(spoiler: Spoiler, fault: Any, number: int) -> None:
    """Spoil the write of this number: those before it pass."""
    writes = iter(range(STEPS))
    lock = threading.Lock()

    class Armed(type(spoiler)):  # type: ignore[misc]
        @property
        def fault(self) -> Any:
            with lock:
                return fault if next(writes, None) == number else None

        @fault.setter
        def fault(self, value: Any) -> None:
            """Change nothing."""

    spoiler.__class__ = Armed


@pytest.mark.parametrize("after", [False, True], ids=["before it arrives", "after it has arrived"])
@pytest.mark.parametrize("number", PLACES)
def test_ctrl_c_at_every_step(
    number: int, after: bool, zen: Connection, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = len(journal())
    perform = Client._perform
    writes = iter(range(STEPS))
    lock, pressed = threading.Lock(), threading.Event()
    created: list[str] = []  # the team that the interrupted write creates

    def pressing(self: Client, call: Any) -> Any:
        with lock:
            mine = not call.safe and next(writes, None) == number
        if mine and call.path == "/teams":
            created.append(call.json["name"][-1])
        if mine and not after:
            _press(pressed)
        reply = perform(self, call)
        if mine and after:
            _press(pressed)
        return reply

    monkeypatch.setattr(Client, "_perform", pressing)
    outcomes = apply(zen, name)
    monkeypatch.setattr(Client, "_perform", perform)
    assert pressed.is_set()
    states = [outcome.state for outcome in outcomes]
    paired(journal()[entries:], outcomes)
    assert set(states) <= {"done", "unknown", "not sent"}
    assert bool(created) >= (number == 0)
    needing = [2 + "ab".index(letter) for letter in created] + [4] * (number < 4)
    assert {states[at] for at in needing} <= {"not sent"}, "nothing is sent after Ctrl-C"
    # A step is sent after the one that it needs, and the removal after all additions.
    assert all(states[at] == "not sent" or states[at - 2] == "done" for at in (2, 3))
    assert states[4] == "not sent" or states[:4] == ["done"] * 4
    assert all(outcome.detail == "stopped by Ctrl-C" for outcome in outcomes if outcome.state == "not sent")
    # Writes reported as done exist; unknown ones may exist.
    there = state(zen, name)
    assert all(letter in there for letter, said in zip("ab", states, strict=False) if said == "done")
    converges(zen, name)


def _press(pressed: threading.Event) -> None:
    pressed.set()
    press_ctrl_c()


@pytest.mark.parametrize("number", range(1, STEPS + 1) if len(PLACES) == STEPS else [3])
@pytest.mark.parametrize("step", KILLS)
def test_a_kill_at_a_step(step: str, number: int, plane: SandboxProcess, zen: Connection, name: str) -> None:
    entries = len(journal())
    run_and_kill(plane, step, number, ["small-plan", name])
    said = journal()[entries:]
    assert {item["outcome"] for item in said} <= {"done", "unknown"}
    assert {item["plan"] for item in said} <= {f"plan-{name}"}
    there = state(zen, name)
    done = {item["target"] for item in said if item["outcome"] == "done"}
    assert all(f"team {name}-{letter}" not in done or letter in there for letter in "ab")
    assert all(f"team {name}-{letter}" in {item["target"] for item in said} for letter in there if letter != "c")
    converges(zen, name)


def test_a_journal_that_is_full_stops_the_rest(
    zen: Connection, name: str, requests: Requests, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, begun = Journal.append, []

    def full(self: Journal, entry: Entry) -> None:
        if entry.outcome == "begun":
            begun.append(entry)
            if len(begun) > 2:
                raise SaveError("the disk is full")
        append(self, entry)

    monkeypatch.setattr(Journal, "append", full)
    before = len(requests.writes())
    outcomes = apply(zen, name)
    assert sorted(outcome.state for outcome in outcomes[:2]) == ["done", "done"]
    assert {outcome.state for outcome in outcomes[2:]} == {"not sent"}
    assert len(requests.writes()) == before + 2
    with pytest.raises(SaveError, match="disk is full"):
        apply(zen, name)


@pytest.mark.usefixtures("one_after_the_other")
def test_nothing_more_is_sent_once_an_outcome_could_not_be_entered(
    zen: Connection, requests: Requests, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = SaveError("the disk is full")
    monkeypatch.setattr(Journal, "append_later", lambda journal, entry, failed: failed(full))
    before = len(requests.writes())
    outcomes = send_all(runtime_of(zen), [Write("DELETE", f"/teams/{n}", f"team {n}") for n in (1, 2)], "test")
    assert (outcomes[1].state, outcomes[1].detail) == ("not sent", "the journal can no longer be written")
    assert len(requests.writes()) == before + 1


def test_an_internal_error_is_in_the_journal_and_ends_the_plan(
    zen: Connection, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = len(journal())
    perform = Client._perform

    def wrong(self: Client, call: Any) -> Any:
        if call.method == "DELETE":
            raise ZeroDivisionError
        return perform(self, call)

    monkeypatch.setattr(Client, "_perform", wrong)
    with pytest.raises(ZeroDivisionError):
        apply(zen, name)
    assert [item["outcome"] for item in journal()[entries:]] == ["done"] * 4 + ["unknown"]


def test_a_response_after_the_check_counts_and_is_recorded_once(
    zen: Connection, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = len(journal())
    perform = Client._perform
    there, goes_on = threading.Event(), threading.Event()

    def late(self: Client, call: Any) -> Any:
        try:
            return perform(self, call)
        finally:
            if not call.safe:
                there.set()
                assert goes_on.wait(60)

    monkeypatch.setattr(Client, "_perform", late)
    run = runtime_of(zen)
    sender = Sender(run, "test", Journal(), independent=False)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(sender.send, Write("DELETE", "/teams/nobody", "team nobody"))
        assert there.wait(60)
        ((_, write, begun),) = sender.interruption()
        looked = sender.check(write, begun)
        goes_on.set()
        answered = answer.result(60)
        sender.flush()
    assert (looked.state, answered.state) == ("unknown", "refused")
    assert [item["outcome"] for item in journal()[entries:]] == ["unknown"]
    assert sender.interruption() == []


def _late(trouble: BaseException) -> Any:
    def late() -> Write:
        raise trouble

    return late


@pytest.mark.parametrize("step", [0, 1], ids=["one by one", "in waves"])
def test_errors_while_a_late_write_is_built(step: int, zen: Connection, name: str, requests: Requests) -> None:
    run = runtime_of(zen)
    writes = [
        Write(
            "DELETE",
            "/teams/1",
            "first",
            position=PlanPosition(step=step, build_later=_late(NotFoundError("no such team"))),
        ),
        Write(
            "DELETE", "/teams/2", "second", position=PlanPosition(step=2 * step, build_later=_late(KeyboardInterrupt()))
        ),
        Write("DELETE", "/teams/3", "third", position=PlanPosition(step=3 * step, action="later")),
    ]
    before = len(requests.writes())
    if not step:
        outcomes = send_all(run, writes, "test plan", independent=True)
        assert [(outcome.state, outcome.detail) for outcome in outcomes] == [
            ("not sent", "no such team"),
            ("not sent", "stopped by Ctrl-C"),
            ("not sent", "stopped by Ctrl-C"),
        ]
    writes[1] = writes[1].with_position(build_later=_late(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        send_all(run, writes, "test plan", independent=True)
    assert len(requests.writes()) == before

"""Which commands of the journal are undone."""

from __future__ import annotations

import pytest

from zenpro_nb.journal.commands import commands, keys_of, undone_by

CREATED = {"id": "a", "outcome": "done", "command_id": "A", "command": "teams create ops"}


def undo(key: str, of: str, outcome: str = "done") -> dict[str, str]:
    return {"id": key, "outcome": outcome, "undoes": of, "command_id": key.upper(), "command": "undo"}


@pytest.mark.parametrize("outcome", ["done", "already", "not kept"])
def test_an_undo_that_was_done_counts(outcome: str) -> None:
    assert undone_by([CREATED, undo("b", "a", outcome)]) == {"a": "B"}


@pytest.mark.parametrize("outcome", ["refused", "not done", "not sent", "unknown", "blocked", ""])
def test_an_undo_that_changed_nothing_does_not_count(outcome: str) -> None:
    assert undone_by([CREATED, undo("b", "a", outcome)]) == {}


def test_an_undo_that_was_undone_does_not_count() -> None:
    assert undone_by([CREATED, undo("b", "a"), undo("c", "b")]) == {"b": "C"}
    assert undone_by([CREATED, undo("b", "a"), undo("c", "b"), undo("d", "c")]) == {"a": "B", "c": "D"}
    # The second undo was refused: the first one is still in force.
    assert undone_by([CREATED, undo("b", "a"), undo("c", "b", "refused")]) == {"a": "B"}


def test_the_writes_of_one_command_belong_together() -> None:
    entries = [CREATED, {**CREATED, "id": "b"}, {"command": "of an older version"}, {**CREATED, "id": "c"}]
    assert [(command.id, len(command.entries)) for command in commands(entries)] == [("A", 3), ("entry 2", 1)]
    assert keys_of({"id": "a", "inverse": [{}, {}]}) == ["a.0", "a.1"]

"""A list that the steps of a command search is indexed: each record is looked at once, however many steps there are."""

from __future__ import annotations

from typing import Any

import pytest

from zenpro_nb.framework.writes import observe
from zenpro_nb.framework.writes.observe import _List
from zenpro_nb.framework.writes.undo import value_at

SIZE = 300


def record(number: int) -> dict[str, Any]:
    return {"id": f"{number}", "user": {"id": f"u{number}", "email": f"Ada.{number}@x.io"}, "workspace_id": "w"}


def test_many_searches_look_at_each_record_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []
    monkeypatch.setattr(observe, "value_at", lambda found, name: looks.append(name) or value_at(found, name))
    records = [record(number) for number in range(SIZE)]
    listed = _List([*records])
    for wanted in records:
        assert listed.matching({"user.id": wanted["user"]["id"], "workspace_id": "w"}) == [wanted]
    assert len(looks) == 2 * SIZE


def test_searches_compare_addresses_without_case_and_other_names_with_it() -> None:
    teams = [{"name": "Ops", "size": 1}, {"name": "ops", "size": 2}, {"tags": ["a"]}, {"tags": ["b"]}]
    listed = _List([*teams, record(7)])
    assert listed.matching({"user.email": "ada.7@X.IO"}) == [record(7)]
    assert listed.matching({"name": "ops"}) == [teams[1]]
    assert listed.matching({"name": "OPS"}) == ()
    assert listed.matching({}) == [*teams, record(7)]
    assert listed.matching({"name": None}) == [*teams[2:], record(7)]
    assert listed.matching({"tags": ["b"]}) == [teams[3]]
    assert not listed.matching({"name": ["ops"]})

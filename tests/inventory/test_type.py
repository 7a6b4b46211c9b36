"""The type `Inventory`, created from frames and records."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from zenpro_nb import frames
from zenpro_nb.access import LISTS, Gap, Inventory, InventoryList, list_of
from zenpro_nb.errors import UnknownNameError


def test_every_list_is_an_attribute() -> None:
    declared = [name for name, kind in Inventory.__annotations__.items() if kind == "InventoryList"]
    assert declared == list(LISTS) == list(Inventory())
    for listing in LISTS.values():
        names = [column.name for column in listing.columns]
        assert len(set(names)) == len(names), listing.name
        assert set(listing.key) <= set(names), listing.name
        assert not listing.part or listing.part in names, listing.name


def test_a_list_that_was_not_requested_is_not_a_gap() -> None:
    nothing = Inventory()
    assert nothing.gaps == {}
    for name, item in nothing.items():
        assert item is nothing[name]
        assert (item.is_known, item.complete, len(item)) == (False, False, 0)
        assert not item.knows(LISTS[name].columns[0].name)
        assert list(item.frame.columns) == [column.name for column in LISTS[name].columns]


def test_plain_records_become_typed_columns() -> None:
    when = datetime(2026, 3, 1, tzinfo=UTC)
    inventory = Inventory.of(
        {
            "invitations": [{"id": "1", "created": when, "roles": ["Member"], "accepted": True}, {"id": "2"}],
            "teams": pd.DataFrame({"id": ["1"], "member_count": ["3"], "more": [0]}),
        },
        organization_name="acme",
    )
    rows = inventory.invitations.frame
    assert rows["created"].tolist() == [pd.Timestamp(when), pd.NaT]
    assert rows["roles"].tolist() == [["Member"], []]
    assert rows["accepted"].isna().tolist() == [False, True]
    assert inventory.teams.frame["member_count"].tolist() == [3]
    assert inventory.teams.fields == {"id", "member_count"}
    assert inventory.organization_name == "acme"


def test_a_file_returns_the_saved_values(tmp_path: Path) -> None:
    before = list_of(
        "members", [{"kind": "user", "user_id": "1", "role_ids": ["a", "b"]}, {"kind": "team", "team_id": "2"}]
    )
    file = tmp_path / "members.parquet"
    frames.save(before.frame, str(file))
    after = list_of("members", pd.read_parquet(file))
    # Categories are kept in the file, and null values stay null.
    assert after.frame["team_id"].isna().tolist() == [True, False]
    assert_frame_equal(after.frame, before.frame)


def test_an_empty_list_has_no_unknown_columns_and_a_gap_has_only_unknown_ones() -> None:
    assert list_of("api_keys").knows("expires_at")
    assert not list_of("api_keys", [{"id": "1"}]).knows("expires_at")
    assert not list_of("api_keys", gap=Gap("forbidden", "no")).knows("expires_at")
    partly = list_of("api_keys", [{"id": "1"}], gap=Gap("forbidden", "no", {"2": "no"}))
    assert partly.is_known
    assert partly.knows("id")


def test_gaps_are_failed_lists() -> None:
    failed = list_of("teams", complete=False, gap=Gap("failed", "Down."))
    inventory = Inventory.of({"teams": failed, "roles": []})
    assert inventory.gaps == {"teams": Gap("failed", "Down.")}
    mended = inventory.with_lists(list_of("teams", [{"id": "1"}]), requests=2)
    assert (mended.gaps, mended.requests, len(mended.teams), len(inventory.teams)) == ({}, 2, 1, 0)


@pytest.mark.parametrize("name", ["user", "nothing"])
def test_an_unknown_list_is_refused(name: str) -> None:
    with pytest.raises(UnknownNameError, match=name):
        Inventory()[name]
    with pytest.raises(UnknownNameError, match=name):
        Inventory.of({name: []})
    with pytest.raises(UnknownNameError, match=name):
        list_of(name)


def test_one_unknown_pair_does_not_mean_no() -> None:
    question = {"action": "delete", "resource": "stack"}
    assert Inventory.of({"permissions": [{**question, "known": False}]}).roles_allowing("delete", "stack") is None
    assert Inventory.of({"permissions": [{**question, "known": True}]}).roles_allowing("delete", "stack") == frozenset()
    assert Inventory().roles_allowing("delete", "stack") is None
    assert isinstance(Inventory().permissions, InventoryList)

"""Whether a name is available, for every form of response that servers send."""

from __future__ import annotations

from typing import Any

import pytest

from zenpro_nb.errors import UsageError
from zenpro_nb.framework.parameters import name_validation
from zenpro_nb.frontends.connection import Connection


@pytest.mark.parametrize(
    ("answer", "usable"),
    [
        (True, True),
        (False, False),
        (None, None),
        ({}, None),
        ([], None),
        ("ok", None),
        ({"valid": True}, True),
        ({"valid": True, "available": False}, False),
        ({"is_available": True}, True),
        ({"valid": "yes"}, None),
    ],
)
def test_answers(answer: Any, usable: bool | None) -> None:
    assert name_validation.read("ml", answer).usable is usable


def test_workspaces(zen: Connection, name: str) -> None:
    assert list(zen.run("workspaces", "validate", name)["usable"]) == [True]
    zen.run("workspaces", "create", name)
    frame = zen.run("workspaces", "validate", name)
    assert list(frame["usable"]) == [False]
    assert frame["reason"].notna().all()
    with pytest.raises(UsageError, match=r"^The name .* cannot be used: .* Choose another name\.$"):
        zen.run("workspaces", "create", name)
    with pytest.raises(UsageError, match="cannot be used"):
        zen.run("workspaces", "create", "Not A Slug")


def test_organizations(zen: Connection, name: str) -> None:
    assert list(zen.run("organizations", "validate", name)["usable"]) == [True]
    assert list(zen.run("organizations", "validate", "acme")["usable"]) == [False]


def test_a_name_is_one_segment_of_the_path(zen: Connection) -> None:
    assert zen.run("workspaces", "validate", "../../users/me?x=1")["usable"].iloc[0] is not True

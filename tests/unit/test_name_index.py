"""Which record a name refers to."""

from __future__ import annotations

import pytest

from zenpro_nb.errors import AmbiguousNameError, UnknownNameError
from zenpro_nb.query.matching import NameIndex
from zenpro_nb.resources import RESOURCES


def teams(*names: str) -> NameIndex:
    """Teams with these names, whose ids are their places."""
    return NameIndex(RESOURCES["teams"], [{"id": f"id-{at}", "name": name} for at, name in enumerate(names)])


def test_a_name_that_two_records_have_is_refused_with_both_ids() -> None:
    with pytest.raises(AmbiguousNameError, match=r"2 teams are called 'ops': id-0 .*, id-2") as caught:
        teams("ops", "ml", "ops").pick("ops")
    assert "Pass the ID instead." in str(caught.value)
    assert teams("ops", "ml", "ops").pick("id-2").id == "id-2"


def test_an_exact_name_comes_before_one_in_another_case() -> None:
    index = teams("Ops", "ops")
    assert [index.pick(name).id for name in ("Ops", "ops")] == ["id-0", "id-1"]
    with pytest.raises(AmbiguousNameError):
        index.pick("OPS")
    assert teams("Ops", "ml").pick("OPS").id == "id-0"


def test_an_unknown_name_suggests_a_similar_one() -> None:
    with pytest.raises(UnknownNameError, match=r"The team 'opps' does not exist.*'ops'"):
        teams("ops", "ml").pick("opps")

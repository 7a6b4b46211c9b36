"""Lists that zenpro computes from others: a `Table` among the resources, and the function of its noun."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tests.shell.conftest import Shell
from zenpro_nb import query
from zenpro_nb.commands import tree as tree_module
from zenpro_nb.commands.tree import tree
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import CommandContext, ListOptions, Org, noun, reading
from zenpro_nb.framework.lists import options as list_options
from zenpro_nb.resources import Column, DataType, Table
from zenpro_nb.resources.control_plane import MEMBERS, TEAMS

if TYPE_CHECKING:
    from zenpro_nb import frames

COUNTS = Table(
    noun="try-counts",
    columns=(Column("list"), Column("rows", DataType.COUNT)),
    help="Count the rows of two lists.",
    key=("list",),
    label="list",
)


def _read(ctx: CommandContext, options: ListOptions, org: Org = None) -> frames.Table:
    organization = query.organization(ctx.session, org)
    ids = {"organization_id": organization.id}
    (members, teams), facts = query.read_lists(ctx.session, (MEMBERS, ids), (TEAMS, ids))
    rows = [{"list": "members", "rows": len(members)}, {"list": "teams", "rows": len(teams)}]
    return reading.frame_of_records(ctx, COUNTS, rows, options, organization=organization.name, **facts)


def _bare(ctx: CommandContext, options: ListOptions) -> Any:
    import pandas as pd

    return pd.DataFrame({"list": ["members"]})


@pytest.fixture(autouse=True)
def commands() -> Iterator[None]:
    tree.add_command(noun(COUNTS, read=_read))
    tree.add_command(noun(COUNTS, name="try-bare", read=_bare))
    yield
    del tree.commands["try-counts"], tree.commands["try-bare"]


def test_the_rows_and_the_facts_of_several_lists(shell: Shell) -> None:
    frame = shell.run("%zenpro try-counts")
    members, teams = shell.run("%zenpro members"), shell.run("%zenpro teams")
    assert frame.values.tolist() == [["members", len(members)], ["teams", len(teams)]]
    facts = frame.attrs["zenpro"]
    assert (facts["organization"], facts["complete"], facts["sandbox"]) == ("acme", True, True)
    assert (
        shell.run("%zenpro try-counts --org acme-labs --where list=teams").attrs["zenpro"]["organization"]
        == "acme-labs"
    )


def test_there_are_no_fields_of_a_server(shell: Shell) -> None:
    error = shell.error("%zenpro try-counts --raw")
    assert isinstance(error, UsageError)
    assert "zenpro computes this table" in str(error)


def test_a_capture_is_not_offered_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_options, "CONTROL_PLANE", (TEAMS, COUNTS))
    offered = [{option.name for option in list_options.shape_options(item)} for item in (TEAMS, COUNTS)]
    assert ["at" in names for names in offered] == [True, False]


def test_a_missing_function_is_an_error_that_names_the_file() -> None:
    path = "zenpro_nb/commands/organization/try_counts.py"
    with pytest.raises(LookupError, match=f"create {path} with `try_counts = noun"):
        tree_module._plain(COUNTS)


def test_a_module_without_the_noun_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    module = SimpleNamespace(__name__="zenpro_nb.commands.organization.teams")
    monkeypatch.setattr(tree_module, "_module", lambda name: module)
    with pytest.raises(LookupError, match=r"organization\.teams defines no `teams`"):
        tree_module._take("teams", "organization.teams")


def test_a_frame_without_facts_is_an_error_that_names_the_function(shell: Shell) -> None:
    with pytest.raises(TypeError, match=r"test_computed_lists\._bare returns a DataFrame without facts"):
        shell.run("%zenpro try-bare")

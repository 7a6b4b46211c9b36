"""Options that select rows by a column: `teams --empty`, and two on a test command."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import click
import pytest

from tests.shell.conftest import Shell
from zenpro_nb.commands.tree import tree
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli.signature import Opt
from zenpro_nb.framework.lists.noun import noun
from zenpro_nb.resources.control_plane import TEAMS

Least = Annotated[int | None, Opt(type=click.IntRange(min=0), metavar="N", rows="member_count>={}", help="At least.")]
Named = Annotated[tuple[str, ...], Opt(rows="name={}", help="With one of these names.")]

try_teams = noun(TEAMS, name="try-teams", row_options={"least": Least, "named": Named})


@pytest.fixture(autouse=True)
def commands() -> Iterator[None]:
    tree.add_command(try_teams)
    yield
    del tree.commands["try-teams"]


def test_an_option_of_a_noun_without_a_function_selects_rows(shell: Shell) -> None:
    shell.run("%zenpro teams create 'Nobody Yet'")
    teams = shell.run("%zenpro teams")
    empty = shell.run("%zenpro teams --empty")
    assert "Nobody Yet" in set(empty.name)
    assert set(empty.name) == set(teams.name[teams.member_count == 0])
    assert len(empty) < len(teams)
    assert list(shell.run("%zenpro teams --empty --columns name --sort -name").columns) == ["name"]


def test_a_number_and_several_names(shell: Shell) -> None:
    teams = shell.run("%zenpro teams")
    most = int(teams.member_count.max())
    large = shell.run(f"%zenpro try-teams --least {most}")
    assert set(large.name) == set(teams.name[teams.member_count == most])
    first, second, *_ = teams.name
    assert set(shell.run(f"%zenpro try-teams --named '{first}' --named '{second}'").name) == {first, second}
    assert list(shell.run(f"%zenpro try-teams --named '{first}' --least 0").name) == [first]


def test_an_empty_result_says_which_condition_excluded_the_rows(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = shell.run("%zenpro try-teams --least 900")
    assert len(frame) == 0
    count = len(shell.run("%zenpro teams"))
    assert (
        frame.attrs["zenpro"]["answer"] == f"no team in acme matches member_count >= 900; {count} teams did not match"
    )


def test_the_option_works_with_a_capture(shell: Shell) -> None:
    shell.run("%zenpro captures create before")
    teams = shell.run("%zenpro teams")
    shell.run("%zenpro teams create Later")
    most = int(teams.member_count.max())
    then = shell.run(f"%zenpro try-teams --least {most} --at before")
    assert list(then.name) == list(teams.name[teams.member_count == most])
    assert len(shell.run("%zenpro teams --empty --at before")) == (teams.member_count == 0).sum()


def test_other_options_are_not_available_for_captures(shell: Shell) -> None:
    shell.run("%zenpro captures create before")
    idle, resource = (shell.error(f"%zenpro {line} --at before") for line in ("users --idle 90d", "roles --resource x"))
    assert str(idle).startswith("`--idle` cannot be combined with `--at`: it is not available for captures")
    assert str(resource).startswith("`--resource` cannot be combined with `--at`: it is a server-side filter")


@pytest.mark.parametrize(
    ("line", "option"),
    [("try-teams --least 2", "--least"), ("teams --empty", "--empty"), ("users --inactive", "--inactive")],
)
def test_with_raw_the_message_names_the_option(shell: Shell, line: str, option: str) -> None:
    error = shell.error(f"%zenpro {line} --raw")
    assert isinstance(error, UsageError)
    assert str(error).startswith(f"`{option}` cannot be combined with `--raw`")


def test_a_value_is_checked_by_its_type(shell: Shell) -> None:
    assert "-1 is not in the range" in str(shell.error("%zenpro try-teams --least -1"))


def test_a_condition_on_an_unknown_column_is_an_error_of_the_declaration() -> None:
    wrong = Annotated[bool, Opt("--odd", rows="size=1", help="Odd.")]
    with pytest.raises(TypeError, match="`teams` has no column 'size'"):
        noun(TEAMS, row_options={"odd": wrong})
    without = Annotated[bool, Opt("--odd", help="Odd.")]
    with pytest.raises(TypeError, match="has no `rows`"):
        noun(TEAMS, row_options={"odd": without})

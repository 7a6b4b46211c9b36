"""Parameters of type FRAME, and commands that read the cell text below their line; with two test commands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import pytest

from tests.shell.conftest import Shell
from tests.support.completion import completions
from zenpro_nb import frames
from zenpro_nb.commands.tree import tree
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.signature import Arg, Opt
from zenpro_nb.framework.lists.noun import command
from zenpro_nb.framework.parameters.frame_parameter import FrameType, frame_of
from zenpro_nb.syntax.placeholders import BoundValue
from zenpro_nb.syntax.unparse import spell

Table = Annotated[BoundValue | str | None, Arg(FrameType(), metavar="[FILE|$frame]")]
From = Annotated[BoundValue | str | None, Opt("--from", type=FrameType(), help="The frame as it was.")]


@command(name="try-frame")
def try_frame(ctx: CommandContext, table: Table = None, from_: From = None) -> Any:
    """Return the frame, and the line that names it again."""
    filters = {name: value for name, value in {"table": table, "from_": from_}.items() if value is not None}
    return [frame_of(item) for item in filters.values()], spell(try_frame, ["try-frame"], filters)


@command(name="try-body")
def try_body(ctx: CommandContext, from_: From = None) -> Any:
    """Return the cell."""
    return ctx.body, from_


try_body.takes_body = True


@pytest.fixture(autouse=True)
def commands() -> Iterator[None]:
    tree.add_command(try_frame)
    tree.add_command(try_body)
    yield
    del tree.commands["try-frame"], tree.commands["try-body"]


def test_a_frame_is_passed_unchanged_and_spelled_by_its_name(bare_shell: Shell) -> None:
    bare_shell.run("import pandas as pd\ndf = pd.DataFrame({'email': ['ada@example.com', None]})")
    (first, second), line = bare_shell.run("%zenpro try-frame $df --from {df.head(1)}")
    assert first is bare_shell.value("df")
    assert len(second) == 1
    assert line == "try-frame $df --from {df.head(1)}"


@pytest.mark.parametrize("suffix", [".parquet", ".json", ".csv"])
def test_a_file_is_accepted(bare_shell: Shell, tmp_path: Path, suffix: str) -> None:
    table = pd.DataFrame({"principal": ["ada@example.com", None], "role_id": ["007", "1e5"]})
    path = frames.save(table, tmp_path / f"table{suffix}")
    bare_shell.run(f"path = {str(path)!r}")
    for given in ("$path", "{__import__('pathlib').Path(path)}", f"'{path}'"):
        (read,), line = bare_shell.run(f"%zenpro try-frame {given}")
        assert read.fillna("").values.tolist() == table.fillna("").values.tolist()
        assert str(path) in line


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("$numbers", "$numbers is of type list, not a DataFrame"),
        ("$nothing", "$nothing is a missing value, not a DataFrame"),
        ("{len}", "{len} is of type builtin_function_or_method, not a DataFrame"),
        ("$unknown", "$unknown is not defined"),
        ("table.xlsx", "'table.xlsx' is not a file of a supported type: .parquet, .json, .csv"),
        ("nowhere.csv", "There is no file 'nowhere.csv'"),
        ("$broken", "does not contain a table"),
        ("$object", "it is not a list of objects"),
    ],
)
def test_other_values_are_refused_in_one_line(bare_shell: Shell, tmp_path: Path, given: str, words: str) -> None:
    (tmp_path / "broken.parquet").write_text("PAR1")
    (tmp_path / "object.json").write_text('{"a": 1}')
    values = {"broken": str(tmp_path / "broken.parquet"), "object": str(tmp_path / "object.json")}
    bare_shell.ip.push({"numbers": [1, 2], "nothing": None, **values})
    error = bare_shell.error(f"%zenpro try-frame {given}")
    assert isinstance(error, UsageError)
    assert words in str(error)
    assert "\n" not in str(error)


def test_a_cell_is_passed_unchanged(bare_shell: Shell) -> None:
    bare_shell.run("import pandas as pd\ndf = pd.DataFrame({'a': [1]})")
    text = "zenpro: 1  # {not} a $value\nteams: {a: {members: ['x']}}\n"
    body, frame = bare_shell.run(f"%%zenpro try-body --from $df\n{text}")
    assert body == f"\n{text}"  # the magic's line is the first, as a notebook counts
    assert frame.value is bare_shell.value("df")


def test_only_commands_with_a_body_follow_the_cell_magic(bare_shell: Shell) -> None:
    assert "is empty" in str(bare_shell.error("%%zenpro try-body\n   \n"))
    for line in ("try-frame", "users", "nonsense", "users try-body"):
        assert "takes its commands from the lines below it" in str(bare_shell.error(f"%%zenpro {line}\nteams"))
    assert "has no option --form" in str(bare_shell.error("%%zenpro try-body --form\nx"))


def test_a_body_completes_no_commands(bare_shell: Shell) -> None:
    assert "%%zenpro try-body" in completions(bare_shell, "%%zenpro try-b")
    assert "%%zenpro try-frame" not in completions(bare_shell, "%%zenpro try-f")
    assert "%%zenpro try-body --from" in completions(bare_shell, "%%zenpro try-body --fr")
    assert "%%zenpro try-body\nusers" not in completions(bare_shell, "%%zenpro try-body\nus")
    assert "%%zenpro\nusers" in completions(bare_shell, "%%zenpro\nus")

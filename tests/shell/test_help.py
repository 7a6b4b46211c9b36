"""Help in a notebook: one screen first, everyday options before the others, nothing cut."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.shell.conftest import Shell
from zenpro_nb.commands.tree import tree

HelpOf = Callable[[str], str]

SHOWN = {name: command for name, command in tree.commands.items() if not command.hidden}
LINES, COLUMNS = 40, 100  # the size that a notebook cell shows without scrolling, and a small terminal


@pytest.fixture
def help_of(bare_shell: Shell, capsys: pytest.CaptureFixture[str]) -> HelpOf:
    """Return the output of a line."""

    def output_of(line: str) -> str:
        capsys.readouterr()
        assert bare_shell.run(f"%zenpro {line}") is None
        return capsys.readouterr().out

    return output_of


def test_the_first_screen_fits_and_names_every_command(help_of: HelpOf) -> None:
    lines = help_of("--help").splitlines()
    assert len(lines) <= LINES
    assert max(map(len, lines)) <= COLUMNS
    words = {word.strip(",:;`") for line in lines for word in line.split()}
    assert set(SHOWN) <= words
    headings = [line.split(" (")[0].rstrip(":") for line in lines if line[:1].strip() and line.endswith(":")]
    assert headings == ["Lists", "Changes", "Whole organization", "Inside workspaces", "Tools"]


@pytest.mark.parametrize("line", ["--help --all", "--all --help", "--all -h"])
def test_the_whole_tree_has_every_verb_uncut(help_of: HelpOf, line: str) -> None:
    text = help_of(line)
    for name, command in SHOWN.items():
        assert f"\n  {name} " in text
        for verb in getattr(command, "commands", {}) if name != "form" else ():
            assert f"\n    {verb} " in text.partition(f"\n  {name} ")[2]
    assert "..." not in text.partition("[ARGS]...")[2]


def test_all_works_only_with_help(bare_shell: Shell) -> None:
    assert "--help --all" in str(bare_shell.error("%zenpro --all"))


def test_own_options_come_before_those_of_every_list(help_of: HelpOf) -> None:
    text = help_of("users --help")
    headings = ("Examples:", "Options:", "--username", "Commands:", "every list:", "--limit")
    places = [text.index(word) for word in headings]
    assert places == sorted(places)
    assert text.index("--limit") < text.index("--raw")
    assert "every change:" in help_of("teams create --help")


def test_examples_are_notebook_lines(help_of: HelpOf) -> None:
    assert "\n  %zenpro teams get Platform\n" in help_of("teams get --help")
    assert "\n  one = %zenpro builds --workspace" in help_of("builds get --help")


def test_lists_with_a_chart_name_its_format(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    for noun, has_chart in (("usage", True), ("runs", True), ("users", False)):
        shell.run(f"%zenpro {noun} --help")
        words = " ".join(capsys.readouterr().out.split())
        assert (".json, or .svg or .png for the chart of --plot" in words) == has_chart
        assert ("--save FILE.svg or FILE.png saves the chart" in words) == has_chart


def test_the_help_marks_the_columns_that_are_read_only_on_request(help_of: HelpOf) -> None:
    words = " ".join(help_of("runs --help").split())
    usual, _, rest = words.partition(" Columns: ")[2].partition(" Only with --hydrate, or if --columns names them: ")
    assert "status," in usual
    assert "start_time" not in usual
    assert "start_time," in rest
    assert "Only with --hydrate" not in help_of("users --help")

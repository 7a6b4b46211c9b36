"""The whole command tree: completion imports it, so it must be light."""

from __future__ import annotations

import subprocess
import sys

import pytest

from zenpro_nb.commands.tree import tree
from zenpro_nb.framework.cli.help_text import summary
from zenpro_nb.limits import HELP_WIDTH


@pytest.mark.parametrize(
    "module", ["numpy", "pandas", "pyarrow", "ipywidgets", "keyring", "zenpro_nb.frames.decode.build"]
)
def test_the_tree_imports_nothing_heavy(module: str) -> None:
    code = f"import sys, zenpro_nb.commands.tree; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_command_is_in_one_section_of_the_help() -> None:
    entered = [command for section in tree.sections.values() for command in section.commands]
    assert sorted(command.name or "" for command in entered) == sorted(
        name for name, command in tree.commands.items() if not command.hidden
    )


def test_a_command_has_the_name_of_its_entry() -> None:
    assert [command.name for command in tree.commands.values()] == list(tree.commands)


def test_a_command_imports_no_other_command() -> None:
    of_others = "[name for name in sys.modules if re.match(r'zenpro_nb.commands.[a-z]+[.]', name)]"
    code = f"import re, sys; from zenpro_nb.commands.tree import tree; tree.commands['teams']; print({of_others})"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "['zenpro_nb.commands.organization.teams']"


@pytest.mark.parametrize("name", tree.commands)
def test_every_command_has_a_one_line_summary(name: str) -> None:
    longest = max(map(len, tree.commands))
    said = summary(tree.commands[name])
    assert said.endswith(".")
    assert len(said) <= HELP_WIDTH - longest - len("    ")

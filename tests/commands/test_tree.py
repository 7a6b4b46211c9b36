"""The whole command tree: completion imports it, so it must be light."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from zenpro_nb.commands.tree import tree
from zenpro_nb.framework.cli.help_text import first_screen, summary
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


def test_a_list_imports_no_verb_of_another_module() -> None:
    ours = "[name for name in sys.modules if re.match(r'zenpro_nb.commands.(people|synonyms|.*_guesses)', name)]"
    code = f"import re, sys; from zenpro_nb.commands.tree import tree; tree.commands['users']; print({ours})"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_a_verb_of_another_module_has_the_name_of_its_entry() -> None:
    for noun in ("users", "reviews", "snapshots"):
        verbs = tree.commands[noun].commands
        assert [command.name for command in verbs.values()] == list(verbs)


@pytest.mark.parametrize("name", tree.commands)
def test_every_command_has_a_one_line_summary(name: str) -> None:
    longest = max(map(len, tree.commands))
    text = summary(tree.commands[name])
    width = HELP_WIDTH - longest - len("    ")
    assert text.endswith("."), f"The first sentence of the help of `{name}` needs a period: {text!r}"
    assert len(text) <= width, f"The first sentence of the help of `{name}` has {len(text)} characters, at most {width}"


def test_the_first_screen_is_what_the_commands_declare() -> None:
    assert tree.first_screen == first_screen(tree.sections), "python docs/generate.py"


def test_the_first_screen_imports_no_command() -> None:
    of_commands = "sorted(name for name in sys.modules if re.match(r'zenpro_nb.commands.[a-z]+[.]', name))"
    code = f"import re, sys; from zenpro_nb.frontends.cli import _main; _main(['--help']); print({of_commands})"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert "Changes (--dry-run previews them" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_completion_of_a_first_word_imports_no_command() -> None:
    of_commands = "sorted(name for name in sys.modules if re.match(r'zenpro_nb.commands.[a-z]+[.]', name))"
    run = "from zenpro_nb.frontends.cli import _main\ntry: _main([])\nexcept SystemExit: pass"
    code = f"import re, sys\n{run}\nprint({of_commands})"
    words = {"_ZENPRO_COMPLETE": "zsh_complete", "COMP_WORDS": "zenpro us", "COMP_CWORD": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env={**os.environ, **words}
    )
    assert [line for line in done.stdout.splitlines() if line in tree.commands] == ["usage", "use", "users"]
    assert "List yourself and the users of your organizations." in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"

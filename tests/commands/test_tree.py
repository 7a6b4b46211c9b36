"""The whole command tree: completion imports it, so it must be light."""

from __future__ import annotations

import os
import subprocess
import sys

import click
import pytest

from docs._pages.first_screen import completions, verbs
from zenpro_nb.commands.known_completions import known_completions
from zenpro_nb.commands.tree import tree
from zenpro_nb.commands.verb_summaries import VERBS
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


@pytest.mark.parametrize(
    ("line", "words", "summary"),
    [
        ("zenpro us", ["usage", "use", "users"], "List yourself and the users of your organizations."),
        ("zenpro users of", ["offboard"], "Offboard users: revoke all their access."),
    ],
)
def test_completion_of_a_command_imports_no_command(line: str, words: list[str], summary: str) -> None:
    ours = "sorted(name for name in sys.modules if name.startswith('zenpro_nb.commands.'))"
    code = f"import sys; from zenpro_nb.__main__ import main; main(); print({ours})"
    variables = {"_ZENPRO_COMPLETE": "zsh_complete", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env={**os.environ, **variables}
    )
    *completed, imported = done.stdout.splitlines()
    assert completed[1::3] == words
    assert summary in completed
    assert imported == str(
        [f"zenpro_nb.commands.{name}" for name in ("first_screen", "known_completions", "verb_summaries")]
    )


def test_completion_without_the_tree_offers_what_the_tree_declares() -> None:
    for words in [[], *([name] for name in tree.commands)]:
        known = known_completions(words, "")
        if known is not None:
            assert list(map(vars, known)) == list(map(vars, completions(words)))
    assert [item.value for item in known_completions(["teams"], "mem") or ()] == ["members"]


def test_a_verb_that_completion_does_not_know_yet_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tree.commands["teams"].commands, "archive", click.Command("archive"))
    assert verbs()["teams"] != VERBS["teams"]


@pytest.mark.parametrize(
    ("words", "incomplete"),
    [(["users"], "--li"), (["users", "get"], ""), (["orgs"], ""), (["sql"], ""), (["use"], ""), ([], "--")],
)
def test_the_tree_completes_everything_else(words: list[str], incomplete: str) -> None:
    assert known_completions(words, incomplete) is None

"""After `zenpro pseudonyms on`, no command displays a real person; data for a pipe stays real, and says so."""

from __future__ import annotations

import json
import os
import re
import shlex
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import ZENPRO, in_process, in_terminal
from tests.support.sandbox import SandboxProcess

LINES = {
    "a table": "users",
    "members": "members",
    "assignments": "assignments",
    "a tree": "access grace@example.com",
    "an answer": "access 'Grace Hopper' --can pipeline:read",
    "findings": "audit",
    "the journal": "journal",
    "a team": "teams members Platform",
    "JSON on the screen": "users --format json",
    "CSV on the screen": "members --format csv",
    "a name with a mistake": "access 'Grace Hoper'",
    "an address with a mistake": "users get gracee@example.com",
    "a dry run": "users offboard linus@example.com --dry-run",
    "a query": 'sql "SELECT email, upper(name) AS name FROM users"',
    "the status": "",
    "a person": "users get grace@example.com",
    "a chart": "usage --by user",
    "the past": "history ada@example.com",
    "a wrong option": "users --owner grace@example.com",
}
JOURNALED = "teams add Platform --user grace@example.com --yes"
QUESTION = "users deactivate grace@example.com"
BADGE = "pseudonyms"


@pytest.fixture
def environment(sandbox: SandboxProcess) -> dict[str, str]:
    server = {"ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_KEY": sandbox.key, "ZENPRO_ORGANIZATION": "acme"}
    return {**os.environ, **server, "COLUMNS": "160"}


@pytest.fixture
def masked(environment: dict[str, str]) -> dict[str, str]:
    assert "pseudonyms are on" in shown("pseudonyms on", environment)
    return environment


def shown(line: str, environment: dict[str, str], *, typed: str = "", terminal: bool = True) -> str:
    """Return everything that a line prints."""
    done = in_process(shlex.split(line), environment, typed=typed, terminal=terminal)
    return (done.stdout + done.stderr).decode()


def real_people(environment: dict[str, str]) -> set[str]:
    """Return the addresses, the accounts, and the parts of the names of all users."""
    users = json.loads(in_process(["users", "--format", "json"], environment | {"ZENPRO_PSEUDONYMS": "0"}).stdout)
    words = {word for user in users for word in user["name"].casefold().split() if len(word) > 4}
    return words | {user["email"].casefold() for user in users}


def left_in(text: str, people: set[str]) -> set[str]:
    """Return the people in a text, as whole words."""
    whole = rf"(?<![^\W_])(?:{'|'.join(map(re.escape, people))})(?![^\W_])"
    return set(re.findall(whole, text.casefold()))


def test_no_command_displays_a_real_person(masked: dict[str, str]) -> None:
    people = real_people(masked)
    shown(JOURNALED, masked)
    outputs = {name: shown(line, masked) for name, line in LINES.items()}
    outputs["a question"] = shown(QUESTION, masked, typed="n\n")
    outputs["a table in a pipe"] = shown("users", masked, terminal=False)
    outputs["text in a pipe"] = shown("access grace@example.com", masked, terminal=False)
    assert {name: found for name, text in outputs.items() if (found := left_in(text, people))} == {}
    assert "[y/N]" in outputs["a question"]
    assert "Did you mean" in outputs["an address with a mistake"]
    for name in ("a table", "a tree", "findings", "the journal", "a query", "the status"):
        assert BADGE in outputs[name], name
    # The same person has the same pseudonym in every command, and commands accept it.
    (grace,) = set(re.findall(r"\S+@pseudonym\.example", outputs["a question"]))
    assert all(grace in outputs[name] for name in ("a table", "members", "assignments", "a tree", "a person"))
    assert shown(f"access {grace} --format json", masked) == shown("access grace@example.com --format json", masked)
    addresses = re.findall(r"\S+@pseudonym\.example", shown("users --columns email", masked))
    assert len(addresses) == len(set(addresses)) == len([one for one in people if "@" in one])


def test_the_switch(masked: dict[str, str]) -> None:
    one_terminal = {**masked, "ZENPRO_PSEUDONYMS": "0"}
    assert "grace@example.com" in shown("users", one_terminal)
    assert "off in this terminal" in shown("pseudonyms", one_terminal)
    (folder,) = Path(os.environ["ZENPRO_STATE_DIR"]).glob("pseudonyms")
    shown("users", masked)
    if sys.platform != "win32":
        assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert "`zenpro pseudonyms on` replaces them" in shown("pseudonyms off", masked)
    assert not folder.exists()
    assert "grace@example.com" in shown("users", masked)
    assert "pseudonym" not in shown("users", masked)
    assert "grace@example.com" not in shown("users", {**masked, "ZENPRO_PSEUDONYMS": "1"})


def test_a_damaged_file_never_shows_real_people(masked: dict[str, str]) -> None:
    shown("users", masked)
    (file,) = Path(os.environ["ZENPRO_STATE_DIR"], "pseudonyms").glob("*.jsonl")
    key = file.read_bytes().partition(b"\n")[0]
    for content in (b"", b"nonsense", key, key + b'\n["ada@exa', key + b'\n{"x": 1}\n[1, 2]\n\xff\n'):
        file.write_bytes(content)
        text = shown("users", masked)
        assert "@pseudonym.example" in text, content
        assert "@example.com" not in text, content


@pytest.mark.parametrize(
    "line", ["users --format json", "users --sort email --format csv", "users get grace@example.com --format json"]
)
def test_data_for_a_pipe_is_real_and_says_so(masked: dict[str, str], line: str) -> None:
    done = in_process(shlex.split(line), masked)
    assert b"grace@example.com" in done.stdout
    assert b"pseudonym" not in done.stdout
    assert done.stderr.count(b"contains real people") == 1


def test_results_with_pseudonyms_are_the_same_in_a_pipe(masked: dict[str, str]) -> None:
    for line in ('sql "SELECT email FROM users" --format json', "api GET /users/me --json"):
        done = in_process(shlex.split(line), masked)
        assert b"@pseudonym.example" in done.stdout
        assert b"real people" not in done.stderr


def test_processes_agree_in_a_terminal_and_at_the_same_time(masked: dict[str, str]) -> None:
    lines = (["users", "--sort", "email"], ["members", "--sort", "-email"], ["assignments"])
    several = [subprocess.Popen([*ZENPRO, *line], env=masked, stdout=subprocess.PIPE) for line in lines]
    printed = [process.communicate()[0].decode() for process in several]
    assert printed[:2] == [in_process(line, masked).stdout.decode() for line in lines[:2]]
    people = [set(re.findall(r"\S+@pseudonym\.example", text)) for text in printed]
    assert people[2] <= people[0] | people[1]
    if sys.platform != "win32":
        text = in_terminal(shlex.split(QUESTION), masked, "n\n")
        assert set(re.findall(r"[\w.]+@pseudonym\.example", text)) <= people[0]
        assert "grace" not in text.casefold()
